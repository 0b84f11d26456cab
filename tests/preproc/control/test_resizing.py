import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.morphology import skeletonize

from preproc import control
from preproc.control.resizing import kind_of
from preproc.errors import InputError

SIZES = [(1200, 800), (900, 600), (601, 401), (450, 300), (300, 200), (1200, 200), (300, 900)]


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return skimage.data.coffee()


@pytest.fixture(scope="module")
def edges(photo) -> np.ndarray:
    return control.canny(photo)


def rgb(gray: np.ndarray) -> np.ndarray:
    return np.repeat(gray[..., np.newaxis], 3, axis=2)


def parts(edges: np.ndarray) -> int:
    return cv2.connectedComponents(edges, connectivity=8)[0] - 1


class TestLines:
    @pytest.mark.parametrize("size", SIZES)
    def test_stay_two_values_and_one_pixel(self, edges, size):
        resized = control.resize(edges, size)
        assert resized.shape == size[::-1]
        assert np.unique(resized).tolist() == [0, 255]
        np.testing.assert_array_equal(skeletonize(resized > 0), resized > 0)

    @pytest.mark.parametrize("size", SIZES[:3])
    def test_none_is_torn_or_lost(self, edges, size):
        assert 0.85 * parts(edges) < parts(control.resize(edges, size)) <= parts(edges) + 1

    @pytest.mark.parametrize("size", SIZES)
    def test_they_stay_in_place(self, edges, size):
        resized = control.resize(edges, size)
        rows, columns = np.nonzero(resized)
        at = (((rows + 0.5) * 400 / size[1]).astype(int), ((columns + 0.5) * 600 / size[0]).astype(int))
        reach = max(3, 2 * int(400 / size[1]) + 1, 2 * int(600 / size[0]) + 1)
        assert cv2.dilate(edges, np.ones((reach, reach), np.uint8))[at].all()

    def test_a_dot_survives_any_reduction(self):
        dot = np.zeros((500, 500), np.uint8)
        dot[123, 456] = 255
        resized = control.resize(dot, (50, 50))
        assert np.argwhere(resized).tolist() == [[12, 45]]


class TestOthers:
    def test_filled_maps_stay_two_values(self, photo):
        strokes = control.scribble(photo)
        resized = control.resize(strokes, (911, 607))
        assert np.unique(resized).tolist() == [0, 255]
        assert resized.mean() == pytest.approx(strokes.mean(), rel=0.03)

    def test_inverted_stays_inverted(self, edges):
        resized = control.resize(255 - edges, (300, 200))
        assert np.unique(resized).tolist() == [0, 255]
        assert resized.mean() > 200

    def test_palette_colours_are_not_mixed(self):
        labels = np.kron(np.arange(12).reshape(3, 4), np.ones((20, 20), int))
        classes = control.make("segmentation", labels).image
        resized = control.resize(classes, (137, 61))
        before = {tuple(colour) for colour in classes.reshape(-1, 3)}
        assert {tuple(colour) for colour in resized.reshape(-1, 3)} == before

    def test_smooth_maps_are_averaged(self, photo):
        soft = control.soft_edge(photo)
        expected = cv2.resize(soft, (300, 200), interpolation=cv2.INTER_AREA)
        np.testing.assert_array_equal(control.resize(soft, (300, 200)), expected)

    def test_own_size_is_the_map(self, photo):
        np.testing.assert_array_equal(control.resize(photo, (600, 400)), photo)


class TestKind:
    def test_what_maps_look_like(self, photo, edges):
        safe = rgb(control.soft_edge(photo, safe=True))
        assert kind_of(rgb(edges)) == "lines"
        assert kind_of(rgb(255 - edges)) == "binary"
        assert kind_of(rgb(control.scribble(photo))) == "binary"
        assert kind_of(safe) == "palette"
        assert kind_of(rgb(control.soft_edge(photo))) == "smooth"
        assert kind_of(photo) == "smooth"
        assert kind_of(control.tile(photo)) == "smooth"
        assert kind_of(control.make("segmentation", np.tile(np.arange(100) // 10, (40, 1))).image) == "palette"

    def test_may_be_said(self, edges):
        assert np.unique(control.resize(edges, (300, 200), kind="smooth")).tolist() == [0, 64, 128, 191, 255]

    @pytest.mark.parametrize("kind", ["lines", "binary"])
    def test_two_values_cannot_be_asked_of_more(self, photo, kind):
        with pytest.raises(InputError, match="this one has more"):
            control.resize(photo, (30, 20), kind=kind)

    def test_unknown(self, edges):
        with pytest.raises(InputError, match="unknown kind"):
            control.resize(edges, (30, 20), kind="nearest")


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.floats(0, 1))
@settings(max_examples=80, deadline=None)
def test_two_values_stay_two_at_any_size(width, height, to_width, to_height, share):
    binary = (np.random.default_rng(width).random((height, width)) < share).astype(np.uint8) * 255
    resized = control.resize(binary, (to_width, to_height))
    assert resized.shape[:2] == (to_height, to_width)
    assert set(np.unique(resized)) <= {0, 255}
