import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc import control
from preproc.errors import InputError


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return skimage.data.astronaut()


def disc(side=256, inside=200, outside=60) -> np.ndarray:
    picture = np.full((side, side, 3), outside, np.uint8)
    return cv2.circle(picture, (side // 2, side // 2), side // 4, (inside,) * 3, -1)


DRAWINGS = [control.soft_edge, control.lineart, control.scribble, control.lines]


@pytest.mark.parametrize("draw", DRAWINGS)
class TestAll:
    def test_white_on_black(self, draw, photo):
        drawing = draw(photo)
        assert drawing.shape == photo.shape[:2]
        assert drawing.dtype == np.uint8
        assert drawing.max() == 255
        assert 5 < drawing.mean() < 60
        assert np.median(drawing) < 40

    def test_nothing_is_drawn_of_a_plane(self, draw):
        assert not draw(np.full((128, 128, 3), 180, np.uint8)).any()

    def test_weak_grain_stays_dim(self, draw):
        grain = np.random.default_rng(0).normal(128, 2, (256, 256, 3))
        assert draw(np.rint(grain).astype(np.uint8)).mean() < 5

    def test_lines_lie_on_the_contour(self, draw):
        drawing = draw(disc())
        rows, columns = np.nonzero(drawing > 127)
        distance = np.hypot(rows - 128, columns - 128)
        assert len(rows) > 100
        assert np.abs(distance - 64).max() < 6

    def test_input_is_left_alone(self, draw, photo):
        before = photo.copy()
        draw(photo)
        np.testing.assert_array_equal(photo, before)


@pytest.mark.parametrize("draw", DRAWINGS[:3])
def test_strokes_grow_with_the_picture(draw, photo):
    large = cv2.resize(photo, (1024, 1024), interpolation=cv2.INTER_CUBIC)
    assert draw(large).mean() == pytest.approx(draw(photo).mean(), rel=0.2)


class TestSoftEdge:
    def test_strong_contours_are_brighter(self):
        picture = disc(inside=240)
        picture[:, :40] = 50
        edges = control.soft_edge(picture)
        assert edges[128, 60:70].max() > 150
        assert 0 < edges[128, 36:44].max() < 60

    def test_safe_has_three_levels(self, photo):
        soft, safe = control.soft_edge(photo), control.soft_edge(photo, safe=True)
        assert np.unique(safe).tolist() == [0, 127, 255]
        np.testing.assert_array_equal(safe == 255, soft >= 170)
        np.testing.assert_array_equal(safe == 0, soft < 85)


class TestLineart:
    def test_ink_on_paper_changes_colour(self):
        paper = np.full((200, 200, 3), 245, np.uint8)
        cv2.line(paper, (20, 100), (180, 100), (15, 15, 15), 1)
        drawing = control.lineart(paper)
        assert drawing[100, 40:160].min() == 255
        drawing[97:104] = 0
        assert not drawing.any()

    def test_inverted_is_the_negative(self, photo):
        np.testing.assert_array_equal(control.lineart(photo, inverted=True), 255 - control.lineart(photo))

    def test_contrast_threshold_thins(self, photo):
        counts = [np.count_nonzero(control.lineart(photo, least_levels=levels)) for levels in (0, 1, 5, 20)]
        assert counts == sorted(counts, reverse=True)
        assert counts[0] > 3 * counts[-1]


class TestScribble:
    def test_two_values(self, photo):
        assert np.unique(control.scribble(photo)).tolist() == [0, 255]

    def test_strokes_are_as_wide_as_asked(self, photo):
        widths = []
        for sigma in (1.5, 3, 6):
            strokes = control.scribble(disc(512), sigma_px=sigma)
            widths.append(np.count_nonzero(strokes) / (2 * np.pi * 128))
        assert widths[1] / widths[0] == pytest.approx(2, rel=0.35)
        assert widths[2] / widths[1] == pytest.approx(2, rel=0.35)

    def test_specks_are_left_out(self):
        picture = np.full((512, 512, 3), 240, np.uint8)
        picture[100:102, 100:102] = 0
        cv2.line(picture, (50, 300), (450, 300), (0, 0, 0), 3)
        strokes = control.scribble(picture)
        assert strokes[300, 60:440].all()
        assert not strokes[:200].any()


class TestLines:
    def test_straight_edges_are_found(self):
        picture = np.zeros((200, 200, 3), np.uint8)
        picture[60:140, 40:160] = 220
        drawing = control.lines(picture)
        for line in (
            drawing[58:62, 45:155],
            drawing[138:142, 45:155],
            drawing[65:135, 38:42].T,
            drawing[65:135, 158:162].T,
        ):
            assert (line.max(axis=0) == 255).mean() > 0.95
        assert not drawing[70:130, 50:150].any()

    def test_short_ones_are_left_out(self, photo):
        counts = [np.count_nonzero(control.lines(photo, least_length_px=px)) for px in (0, 20, 60, 1000)]
        assert counts == sorted(counts, reverse=True)
        assert counts[-1] == 0


@pytest.mark.parametrize(
    ("draw", "options"),
    [
        (control.soft_edge, {"sigma_px": 0.1}),
        (control.soft_edge, {"sigma_px": 101}),
        (control.lineart, {"sigma_px": float("nan")}),
        (control.lineart, {"least_levels": -1}),
        (control.scribble, {"least_levels": 256}),
        (control.lines, {"least_length_px": -1}),
    ],
)
def test_options_out_of_range(draw, options):
    with pytest.raises(InputError, match="not within|negative"):
        draw(np.zeros((32, 32, 3), np.uint8), **options)


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(DRAWINGS))
@settings(max_examples=40, deadline=None)
def test_tiny_pictures(height, width, draw):
    picture = np.random.default_rng(height * 10 + width).integers(0, 256, (height, width, 3), np.uint8)
    assert draw(picture).shape == (height, width)
