"""Masks of colours: by distance, by flooding, by what differs between two pictures."""

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.color import deltaE_cie76, rgb2lab

from preproc import mask
from preproc.errors import InputError, ShapeError

pictures = hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)))


class TestColours:
    @given(pictures, st.tuples(*[st.integers(0, 255)] * 3), st.floats(0, 120))
    @settings(max_examples=30, deadline=None)
    def test_distance_is_the_1976_one(self, picture, color, tolerance):
        distance = deltaE_cie76(rgb2lab(picture), rgb2lab(np.array(color, np.uint8)))
        drawn = mask.from_color(picture, color, tolerance=tolerance)
        sure = np.abs(distance - tolerance) > 0.02
        np.testing.assert_array_equal(drawn[sure] == 255, distance[sure] <= tolerance)

    def test_soft_edges(self):
        gray = np.repeat(np.arange(100, 140, 4, dtype=np.uint8)[np.newaxis, :, np.newaxis], 3, axis=2)
        distance = deltaE_cie76(rgb2lab(gray), rgb2lab(np.array([100, 100, 100], np.uint8)))
        drawn = mask.from_color(gray, (100, 100, 100), tolerance=3, soft=8)
        assert np.abs(drawn - 255 * np.clip((11 - distance) / 8, 0, 1)).max() <= 1

    @pytest.mark.parametrize("color", ["lime", "#00ff00", "#0f0", (0, 255, 0), [0, 255, 0], np.array([0, 255, 0])])
    def test_names_of_a_colour(self, color):
        picture = np.array([[[0, 255, 0], [0, 0, 0]]], np.uint8)
        assert mask.from_color(picture, color).tolist() == [[255, 0]]

    @pytest.mark.parametrize("color", ["notacolour", (0, 255), (0, 256, 0), (0.5, 0, 0), (-1, 0, 0)])
    def test_colours_that_are_none(self, color):
        with pytest.raises(InputError, match="colour"):
            mask.from_color(np.zeros((2, 2, 3), np.uint8), color)

    def test_large_pictures_are_worked_on_in_strips(self):
        picture = np.random.default_rng(0).integers(0, 256, (300, 700, 3), dtype=np.uint8)
        whole = mask.from_color(picture, "gray", tolerance=50)
        np.testing.assert_array_equal(whole[100:120], mask.from_color(picture[100:120], "gray", tolerance=50))

    def test_flood(self):
        picture = np.full((9, 9, 3), 200, np.uint8)
        picture[:, 4] = 20
        picture[4, 4] = 203  # a gap in the wall, almost the same colour
        assert (mask.flood(picture, (0, 0)) > 0).sum() == 73
        assert (mask.flood(picture, (0, 0), tolerance=0.5) > 0).sum() == 36
        assert (mask.flood(picture, (4.5, 0.5)) > 0).sum() == 4
        assert (mask.flood(picture, [(4, 0), (4, 8)]) > 0).sum() == 8
        diagonal = np.eye(5, dtype=np.uint8) * 255
        assert (mask.flood(diagonal, (2, 2)) > 0).sum() == 1
        assert (mask.flood(diagonal, (2, 2), connectivity=8) > 0).sum() == 5

    @pytest.mark.parametrize("seed", [(9, 0), (-0.1, 0), (0, float("nan")), [], (1, 2, 3)])
    def test_seeds_that_are_none(self, seed):
        with pytest.raises(InputError):
            mask.flood(np.zeros((9, 9, 3), np.uint8), seed)

    def test_connectivity_that_is_none(self):
        with pytest.raises(InputError, match="connectivity is 4 or 8, got 6"):
            mask.flood(np.zeros((9, 9, 3), np.uint8), (1, 1), connectivity=6)

    def test_difference(self):
        before = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
        after = before.copy()
        after[5:9, 10:20] = 255 - after[5:9, 10:20]
        changed = mask.from_difference(before, after)
        assert not changed[:5].any()
        assert changed[5:9, 10:20].mean() > 240
        np.testing.assert_array_equal(changed, mask.from_difference(after, PIL.Image.fromarray(before)))
        assert not mask.from_difference(before, before, tolerance=0).any()
        soft = mask.from_difference(before, after, tolerance=5, soft=40)
        assert ((soft > 0) & (soft < 255)).any()
        assert (soft <= changed).all()

    def test_difference_of_two_sizes(self):
        with pytest.raises(ShapeError, match="before is 4x3 and after is 3x4"):
            mask.from_difference(np.zeros((3, 4, 3), np.uint8), np.zeros((4, 3, 3), np.uint8))
