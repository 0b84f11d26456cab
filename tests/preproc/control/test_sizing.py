import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from preproc import Size, SizeRule, control
from preproc.errors import InputError

SIDES = st.integers(1, 400)


class TestGenerationSize:
    @pytest.mark.parametrize(
        ("picture", "rule", "expected"),
        [
            ((4000, 3000), SizeRule(best_pixels=1_048_576), (1152, 864)),
            ((1024, 1024), SizeRule(), (1024, 1024)),
            ((1500, 1000), SizeRule(), (1488, 992)),
            ((640, 480), SizeRule(min_side=512), (704, 528)),
            ((9000, 1000), SizeRule(max_aspect=4, max_side=2048), (2048, 512)),
            ((3000, 2000), SizeRule(max_pixels=1_000_000), (1200, 800)),
        ],
    )
    def test_known(self, picture, rule, expected):
        assert control.generation_size(picture, rule) == expected

    def test_takes_pictures(self):
        assert control.generation_size(np.zeros((480, 640, 3), np.uint8), SizeRule(cell=8)) == Size(640, 480)

    @given(
        st.tuples(st.integers(50, 5000), st.integers(50, 5000)),
        st.sampled_from([1, 8, 32, 64]),
        st.sampled_from([8, 16]),
        st.one_of(st.none(), st.integers(1024, 4096)),
        st.one_of(st.none(), st.floats(1, 4)),
        st.one_of(st.none(), st.integers(500_000, 2_000_000)),
    )
    @settings(max_examples=60, deadline=None)
    def test_the_rule_holds(self, picture, multiple, cell, side, aspect, pixels):
        rule = SizeRule(multiple_of=multiple, cell=cell, max_side=side, max_aspect=aspect, max_pixels=pixels)
        assert rule.problems(control.generation_size(picture, rule)) == []

    @given(st.tuples(st.integers(300, 5000), st.integers(300, 5000)))
    @settings(max_examples=60, deadline=None)
    def test_aspect_is_near(self, picture):
        assume(max(picture) < 4 * min(picture))
        size = control.generation_size(picture, SizeRule(best_pixels=1_048_576))
        assert size.width / size.height == pytest.approx(picture[0] / picture[1], rel=0.02)
        assert size.pixels == pytest.approx(1_048_576, rel=0.2)

    def test_no_size(self):
        with pytest.raises(InputError, match="no size fits"):
            control.generation_size((64, 64), SizeRule(min_pixels=1_000_000, max_pixels=1_000_100, max_aspect=1))


class TestPixelPerfect:
    def test_modes(self):
        assert control.pixel_perfect((1600, 1200), (1024, 1024)) == 1024
        assert control.pixel_perfect((1600, 1200), (1024, 1024), fit="pad") == 768
        assert control.pixel_perfect((400, 600), (512, 512), fit="pad") == 341

    def test_refuses(self):
        with pytest.raises(InputError, match="unknown way to fit"):
            control.pixel_perfect((4, 4), (4, 4), fit="inner")


class TestFit:
    @given(SIDES, SIDES, SIDES, SIDES, st.sampled_from(["crop", "pad", "stretch"]))
    @settings(max_examples=80, deadline=None)
    def test_size_is_exact(self, width, height, to_width, to_height, mode):
        fitted = control.fit(np.zeros((height, width, 3), np.uint8), (to_width, to_height), mode=mode)
        assert fitted.shape == (to_height, to_width, 3)

    @pytest.mark.parametrize("size", [(512, 512), (800, 300), (300, 900)])
    @pytest.mark.parametrize("mode", ["crop", "pad"])
    def test_a_circle_stays_round(self, size, mode):
        picture = np.zeros((600, 900, 3), np.uint8)
        cv2.circle(picture, (450, 300), 120, (255, 255, 255), -1)
        fitted = control.fit(picture, size, mode=mode)[..., 0] > 127
        rows, columns = np.flatnonzero(fitted.any(axis=1)), np.flatnonzero(fitted.any(axis=0))
        whole = (size[0] - 1) / 2, (size[1] - 1) / 2
        if mode == "pad" or max(size) < 900:
            assert abs(len(rows) - len(columns)) <= 2
        assert abs(rows.mean() - whole[1]) <= 1
        assert abs(columns.mean() - whole[0]) <= 1

    def test_pad_repeats_the_border(self):
        picture = np.zeros((2, 4, 3), np.uint8)
        picture[0], picture[1] = 10, 200
        fitted = control.fit(picture, (4, 6), mode="pad")
        assert fitted[:3].max() == 10
        assert fitted[3:].min() == 200

    def test_own_size_is_the_picture(self):
        photo = skimage.data.coffee()
        np.testing.assert_array_equal(control.fit(photo, (600, 400)), photo)

    def test_refuses(self):
        with pytest.raises(InputError, match="unknown way to fit"):
            control.fit(np.zeros((4, 4, 3), np.uint8), (4, 4), mode="inner")
        with pytest.raises(InputError):
            control.fit(np.zeros((4, 4, 3), np.uint8), (0, 4))
