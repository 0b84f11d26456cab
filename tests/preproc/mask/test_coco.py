import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco

from preproc import mask
from preproc.errors import InputError, ShapeError

# pycocotools' own arrays predate NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SQUARE = [2, 2, 8, 2, 8, 6, 2, 6]


class TestFromCoco:
    def test_polygons_are_joined(self):
        both = mask.from_coco([SQUARE, [8, 2, 8, 6, 12, 6, 12, 2], [5, 1, 6, 1, 6, 9, 5, 9]], (14, 10))
        expected = np.maximum(mask.rectangle((14, 10), (2, 2, 12, 6)), mask.rectangle((14, 10), (5, 1, 6, 9)))
        np.testing.assert_array_equal(both, expected)

    def test_finer_than_pixels(self):
        assert mask.from_coco([[0, 0, 2, 0, 2, 1.5, 0, 1.5]], (3, 2)).tolist() == [[255, 255, 0], [128, 128, 0]]

    def test_annotations_rle_and_images(self):
        expected = mask.rectangle((10, 8), (2, 2, 8, 6))
        image = np.zeros((8, 10, 3), np.uint8)
        for segmentation in (
            [SQUARE],
            [np.array(SQUARE, np.float32)],
            {"segmentation": [SQUARE], "category_id": 3},
            mask.to_rle(expected),
            {"segmentation": mask.to_rle(expected, compressed=False)},
        ):
            np.testing.assert_array_equal(mask.from_coco(segmentation, image), expected)

    def test_nothing(self):
        assert not mask.from_coco([], (5, 4)).any()

    @pytest.mark.parametrize(
        ("segmentation", "words"),
        [
            ([[1, 2, 3]], "got 3 numbers"),
            ([[1, 2, 3, 4]], "at least 3 points, got 2"),
            ([[1, 2, 3, 4, float("nan"), 6]], "nan"),
            (SQUARE, "got 1 numbers"),
            ("13", "mask.from_rle"),
            ({"counts": "13"}, "size and counts"),
        ],
    )
    def test_refused(self, segmentation, words):
        with pytest.raises(InputError, match=words):
            mask.from_coco(segmentation, (9, 9))

    def test_rle_of_another_size(self):
        with pytest.raises(ShapeError):
            mask.from_coco({"size": [2, 3], "counts": [6]}, (2, 3))


def with_holes(seed: int) -> np.ndarray:
    """Return a mask with islands in holes."""
    rng = np.random.default_rng(seed)
    drawing = mask.Drawing((90, 70))
    for radius in (32, 24, 14, 7):
        ring = mask.Ellipse((44.3 - radius, 35.6 - radius, 44.3 + radius, 35.6 + radius))
        drawing = drawing.subtract(ring) if radius in {24, 7} else drawing.add(ring)
    for x, y in rng.uniform((5, 5), (85, 65), (12, 2)):
        drawing = drawing.subtract(mask.Ellipse((x, y, x + 4, y + 3)))
    return drawing.render()


class TestToCoco:
    @pytest.mark.parametrize("seed", range(4))
    @pytest.mark.parametrize("tolerance", [0, 0.05, 0.25])
    def test_holes_are_cut_open_and_nothing_is_lost(self, seed, tolerance):
        picture = with_holes(seed)
        polygons = mask.to_coco(picture, tolerance_px=tolerance)
        drawn = mask.from_coco(polygons, (90, 70))
        traced = mask.trace(picture, tolerance_px=tolerance).render()
        assert np.abs(drawn.astype(int) - traced).max() <= 1

    @pytest.mark.parametrize("seed", range(4))
    def test_pycocotools_draws_the_same(self, seed):
        picture = with_holes(seed)
        codes = coco.frPyObjects(mask.to_coco(picture), 70, 90)
        drawn = coco.decode(coco.merge(codes)) > 0
        wanted = picture >= 128
        assert (drawn & wanted).sum() / (drawn | wanted).sum() > 0.96

    @given(st.integers(0, 1000))
    @settings(max_examples=25, deadline=None)
    def test_noise(self, seed):
        picture = (np.random.default_rng(seed).random((12, 15)) < 0.6).astype(np.uint8) * 255
        drawn = mask.from_coco(mask.to_coco(picture, tolerance_px=0), (15, 12))
        assert np.abs(drawn.astype(int) - mask.trace(picture, tolerance_px=0).render()).max() <= 1

    def test_empty_and_full(self):
        assert mask.to_coco(np.zeros((5, 5), np.uint8)) == []
        assert len(mask.to_coco(np.full((5, 5), 255, np.uint8))) == 1
