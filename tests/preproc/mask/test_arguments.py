"""Numbers, sizes, boxes and contours are taken in every form that says one thing only."""

import cv2
import numpy as np
import pytest

from preproc import check, mask
from preproc.errors import InputError

DISC = mask.ellipse((40, 30), (5, 5, 30, 25))
IMAGE = np.random.default_rng(0).integers(0, 64, (30, 40, 3), dtype=np.uint8)


def test_text_is_no_number():
    for make in (
        lambda: mask.rectangle((20, 20), ("1", "2", "8", "9")),
        lambda: mask.rectangle((20, 20), "1289"),
        lambda: mask.polygon((20, 20), [("1", "2"), ("5", "6"), ("1", "9")]),
        lambda: mask.polygon((20, 20), [(1, "2"), (5, 6), (1, 9)]),
        lambda: mask.polygon((20, 20), np.array([(1, "2"), (5, 6), (1, 9)], object)),
        lambda: mask.Path([[("1", "2"), (5, 6), (1, 9)]]),
        lambda: check.mask(DISC, reference=("1", 2, 8, 9)),
        lambda: mask.from_labels(DISC, "12"),
        lambda: mask.from_labels(DISC, b"1"),
        lambda: mask.from_labels(DISC, ["1"]),
        lambda: mask.from_labels(DISC, [1.7]),
    ):
        with pytest.raises(InputError, match=r"box|points|path|whole number"):
            make()


@pytest.mark.parametrize(
    "ids", [255, [255], {255}, np.array([255]), np.array(255), [255.0], (number for number in [255])]
)
def test_numbers_of_labels(ids):
    np.testing.assert_array_equal(mask.from_labels(DISC, ids), (DISC == 255) * np.uint8(255))


def test_messages_stay_short():
    for make in (
        lambda: check.mask(DISC, reference=DISC.tolist()),
        lambda: mask.rectangle((20, 20), "x" * 10**6),
        lambda: mask.resize(DISC, [1] * 10**6),
        lambda: mask.from_color(IMAGE, "x" * 10**6),
        lambda: mask.from_color(IMAGE, [300] * 10**6),
        lambda: mask.Softening(border_px=[1] * 10**6),
        lambda: mask.Drawing.from_svg(f'<svg><rect width="{"x" * 10**6}"/></svg>'),
        lambda: mask.Drawing.from_svg(f'<svg viewBox="{"x" * 10**6}"/>'),
        lambda: mask.Drawing.from_svg(f'<svg><rect transform="{"x" * 10**6}"/></svg>'),
    ):
        with pytest.raises(InputError) as caught:
            make()
        assert len(str(caught.value)) < 500


@pytest.mark.parametrize("size", [[20, 16], np.array([20, 16]), (np.int64(20), 16)])
def test_sizes_come_as_lists_and_arrays_too(size):
    np.testing.assert_array_equal(mask.resize(DISC, size), mask.resize(DISC, (20, 16)))
    assert mask.Drawing(size).size == (20, 16)
    for wrong in ([20], [20, 16, 3], [20.0, 16], ["20", "16"], [0, 16]):
        with pytest.raises(InputError, match="a size is"):
            mask.resize(DISC, wrong)


def test_a_reference_box_comes_as_an_array_too():
    box = (5, 5, 30, 25)
    assert check.mask(DISC, reference=np.array(box)).codes == check.mask(DISC, reference=box).codes
    assert check.mask(DISC, reference=np.array(box, float)).codes == check.mask(DISC, reference=box).codes


def test_contours_of_opencv():
    contours, _ = cv2.findContours((DISC > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = contours[0]
    wanted = mask.polygon((40, 30), contour[:, 0])
    assert wanted.any()
    for points in (contour, contours, list(contours), contour.tolist()):
        np.testing.assert_array_equal(mask.polygon((40, 30), points), wanted)
        np.testing.assert_array_equal(mask.Drawing((40, 30), [mask.Polygon(points)]).render(), wanted)
    for points in (contour, contours, list(contours)):
        np.testing.assert_array_equal(mask.Drawing((40, 30), [mask.Path(points)]).render(), wanted)
    line = mask.stroke((40, 30), contour[:, 0], width_px=2)
    np.testing.assert_array_equal(mask.stroke((40, 30), contour, width_px=2), line)
    both = mask.polygon((40, 30), [(0, 0), (40, 0), (40, 30), (0, 30)], holes=contours)
    np.testing.assert_array_equal(both, mask.invert(wanted))
