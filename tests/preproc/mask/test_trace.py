import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from skimage.measure import find_contours

from preproc import mask
from preproc.errors import InputError


def dense(points: np.ndarray, *, closed: bool) -> np.ndarray:
    """Return points along a line, a fiftieth of a pixel apart."""
    points = np.concatenate([points, points[:1]]) if closed else points
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.arange(0, along[-1], 0.02)
    return np.stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])], axis=1)


def apart(picture: np.ndarray) -> list[np.ndarray]:
    """Read diagonal neighbours as apart."""
    return find_contours(np.pad(picture.astype(float), 1), 127.5)


def joined(picture: np.ndarray) -> list[np.ndarray]:
    """Read diagonal neighbours as joined."""
    return find_contours(np.pad(picture.astype(float), 1), 127.5, fully_connected="high")


def interpolated(picture: np.ndarray, factor: int = 16) -> list[np.ndarray]:
    """Follow bilinear interpolation between the pixels."""
    nodes = np.pad(picture.astype(float), 1)
    for _ in range(2):
        at = np.arange((len(nodes) - 1) * factor + 1) / factor
        first = np.minimum(at.astype(int), len(nodes) - 2)
        share = (at - first)[:, np.newaxis]
        nodes = (nodes[first] * (1 - share) + nodes[first + 1] * share).T
    return [contour / factor for contour in find_contours(nodes, 127.5)]


def line(rng: np.random.Generator, width_px: float) -> np.ndarray:
    return mask.stroke((20, 16), rng.uniform(0, (20, 16), (4, 2)), width_px=width_px)


def blurred(rng: np.random.Generator) -> np.ndarray:
    noise = cv2.GaussianBlur(rng.normal(size=(16, 20)), (0, 0), rng.uniform(0.4, 1.2))
    return (127.5 + 80 * noise / noise.std()).clip(0, 255)


AWKWARD = {
    "noise": lambda rng: rng.integers(0, 256, (14, 18)),
    "blurred noise": blurred,
    "hard noise": lambda rng: 255 * (rng.random((14, 18)) < rng.uniform(0.2, 0.8)),
    "near the threshold": lambda rng: rng.choice([0, 120, 127, 128, 135, 255], (14, 18)),
    "thin": lambda rng: line(rng, rng.uniform(0.6, 2)),
    "soft": lambda rng: mask.feather(line(rng, 2), rng.uniform(1, 9), position="centre"),
    "pinholes": lambda rng: np.where(rng.random((14, 18)) < 0.1, rng.integers(0, 256, (14, 18)), 255),
}


def distances(
    drawing: mask.Drawing, picture: np.ndarray, contours: list[np.ndarray] | None = None
) -> tuple[float, float]:
    """Return the farthest that our outline lies from the picture's contour, and the other way round."""
    contours = apart(picture) if contours is None else contours
    theirs = np.concatenate([dense(contour[:, ::-1] - 0.5, closed=False) for contour in contours])
    ours = np.concatenate([dense(np.array(ring), closed=True) for ring in drawing.shapes[0].rings])
    return cKDTree(theirs).query(ours)[0].max(), cKDTree(ours).query(theirs)[0].max()


def star() -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    radius = 35 + 10 * np.cos(5 * angle)
    ring = np.stack([50 + radius * np.cos(angle), 50 + radius * np.sin(angle)], axis=1)
    return mask.polygon((100, 100), ring, holes=[0.3 * ring + 35])


class TestContour:
    @pytest.mark.parametrize("tolerance", [0, 0.05, 0.25, 0.5])
    @pytest.mark.parametrize(
        "picture",
        [
            pytest.param(star(), id="anti-aliased, with a hole"),
            pytest.param((star() > 127) * np.uint8(255), id="hard"),
            pytest.param(mask.rectangle((50, 50), (3.3, 4, 49.9, 50)), id="at the border"),
            pytest.param(mask.feather(star(), 9), id="feathered"),
            pytest.param(np.full((5, 7), 255, np.uint8), id="full"),
        ],
    )
    def test_lies_on_the_masks_own(self, picture, tolerance):
        out, back = distances(mask.trace(picture, tolerance_px=tolerance), picture)
        assert out <= tolerance + 0.01
        assert back <= 0.55

    @given(st.sampled_from(sorted(AWKWARD)), st.integers(0, 10_000))
    @settings(max_examples=30, deadline=None)
    def test_lies_within_half_a_pixel_of_every_reading(self, kind, seed):
        picture = AWKWARD[kind](np.random.default_rng(seed)).astype(np.uint8)
        drawing = mask.trace(picture)
        if drawing.shapes:
            for reading in (apart, joined, interpolated):
                assert max(distances(drawing, picture, contours=reading(picture))) <= 0.55

    @given(st.integers(0, 1000), st.floats(0.2, 0.8))
    @settings(max_examples=25, deadline=None)
    def test_hard_noise(self, seed, density):
        picture = (np.random.default_rng(seed).random((15, 12)) < density).astype(np.uint8) * 255
        out, back = distances(mask.trace(picture), picture, contours=interpolated(picture))
        assert max(out, back) <= 0.11  # two rings that meet at a point are kept apart there

    def test_a_bend_between_four_pixels(self):
        # the top left pixel is far inside, the others are barely outside: the contour is nearly a corner
        picture = np.array([[255, 127, 127], [127, 127, 127], [127, 127, 127]], np.uint8)
        [ring] = mask.trace(np.pad(picture, 3, mode="edge"), tolerance_px=0).shapes[0].rings
        assert np.max(np.sum(ring, axis=1)) > 3.5 + 3.5 + 1 + 0.35

    def test_holes_are_kept(self):
        drawing = mask.trace(star())
        assert len(drawing.shapes[0].rings) == 2
        assert drawing.render()[50, 50] == 0
        assert np.abs(drawing.render().astype(int) - star()).mean() < 0.5

    def test_islands_in_holes_and_diagonals(self):
        picture = np.zeros((11, 11), np.uint8)
        picture[1:10, 1:10] = 255
        picture[3:8, 3:8] = 0
        picture[5, 5] = 255
        drawing = mask.trace(picture)
        assert len(drawing.shapes[0].rings) == 3
        assert drawing.render()[5, [2, 4, 5]].tolist() == [255, 0, 128]
        assert len(mask.trace(np.eye(4, dtype=np.uint8) * 255).shapes[0].rings) in {1, 4}

    def test_positions_between_pixels(self):
        soft = np.array([[0, 64, 255, 255, 0]], np.uint8).repeat(9, axis=0)
        x = np.array(mask.trace(soft, tolerance_px=0).shapes[0].rings[0])[:, 0]
        assert x.min() == pytest.approx(1.5 + (127.5 - 64) / (255 - 64))
        assert x.max() == pytest.approx(4)

    def test_levels(self):
        ramp = np.tile(np.linspace(0, 255, 52).astype(np.uint8), (20, 1))
        for level in (0.1, 0.5, 0.9):
            left = np.array(mask.trace(ramp, level=level).shapes[0].rings[0])[:, 0].min()
            assert left == pytest.approx(0.5 + 51 * level, abs=0.1)

    def test_a_drawing_goes_around(self):
        drawing = mask.trace(star())
        assert drawing.size == (100, 100)
        assert mask.Drawing.from_json(drawing.to_json()) == drawing
        assert mask.Drawing.from_svg(drawing.to_svg()) == drawing
        large = drawing.render((400, 400)).reshape(100, 4, 100, 4).mean(axis=(1, 3))
        assert np.abs(large - drawing.render()).max() <= 1


def test_empty():
    assert mask.trace(np.zeros((5, 4), np.uint8)) == mask.Drawing((4, 5))
    assert mask.trace(np.full((5, 4), 127, np.uint8)).shapes == ()


def test_the_mask_is_left_alone():
    picture = star()
    before = picture.copy()
    picture.setflags(write=False)
    mask.trace(picture)
    np.testing.assert_array_equal(picture, before)


@pytest.mark.parametrize("level", [0, 1, -1, 127, float("nan")])
def test_levels_that_are_none(level):
    with pytest.raises(InputError, match="level lies between 0 and 1"):
        mask.trace(np.zeros((5, 4), np.uint8), level=level)


@pytest.mark.parametrize("tolerance", [-1, float("nan"), "x"])
def test_tolerances_that_are_none(tolerance):
    with pytest.raises(InputError, match="tolerance_px"):
        mask.trace(np.zeros((5, 4), np.uint8), tolerance_px=tolerance)


def test_coordinates_are_short():
    drawing = mask.trace(mask.ellipse((40, 30), (5.3, 4.1, 33.7, 25.2)))
    [shape] = drawing.shapes
    assert all(len(repr(float(value)).partition(".")[2]) <= 6 for ring in shape.rings for value in np.ravel(ring))


@pytest.mark.parametrize("tolerance_px", [100, 200, 300, 1e4, 1e300])
@pytest.mark.parametrize("box", [(50, 50, 350, 350), (10, 100, 390, 110), (20, 20, 21, 21)])
def test_a_tolerance_larger_than_the_object_leaves_few_points(box, tolerance_px):
    m = mask.ellipse((400, 400), box)
    (ring,) = mask.trace(m, tolerance_px=tolerance_px).shapes[0].rings
    assert 3 <= len(ring) <= 4
    (numbers,) = mask.to_coco(m, tolerance_px=tolerance_px)
    assert 6 <= len(numbers) <= 8
