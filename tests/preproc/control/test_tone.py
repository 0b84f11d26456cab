import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc import control
from preproc.errors import InputError

TONES = [control.gray, control.recolor, control.blur, control.tile, control.low_quality]


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return skimage.data.coffee()


class TestGray:
    def test_is_bt601_luma(self, photo):
        exact = photo @ np.array([0.299, 0.587, 0.114])
        assert np.abs(control.gray(photo) - exact).max() <= 0.51

    def test_channel_order(self):
        assert control.gray(np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)).tolist() == [[76, 29]]


class TestRecolor:
    def test_lightness_of_red_and_blue(self):
        # CIE L* of the sRGB primaries: 53.24, 87.73, 32.30 of 100
        primaries = np.eye(3, dtype=np.uint8)[np.newaxis] * 255
        assert control.recolor(primaries).tolist() == [[136, 224, 82]]

    def test_value(self, photo):
        np.testing.assert_array_equal(control.recolor(photo, luminance="hsv"), photo.max(axis=2))

    def test_gamma(self, photo):
        plain, dark, light = (control.recolor(photo, gamma=gamma).mean() for gamma in (1, 2, 0.5))
        assert dark < plain < light

    @pytest.mark.parametrize("options", [{"luminance": "hsl"}, {"gamma": 0}, {"gamma": 11}])
    def test_refuses(self, options):
        with pytest.raises(InputError):
            control.recolor(np.zeros((4, 4, 3), np.uint8), **options)


class TestBlur:
    def test_default_grows_with_the_picture(self, photo):
        np.testing.assert_array_equal(control.blur(photo), control.blur(photo, sigma_px=9 * 400 / 512))

    def test_zero_is_the_picture(self, photo):
        np.testing.assert_array_equal(control.blur(photo, sigma_px=0), photo)

    def test_refuses(self):
        with pytest.raises(InputError, match="not within 0 to 100"):
            control.blur(np.zeros((4, 4, 3), np.uint8), sigma_px=-1)


class TestTile:
    def test_one_is_a_copy(self, photo):
        same = control.tile(photo, reduction_ratio=1)
        np.testing.assert_array_equal(same, photo)
        assert not np.shares_memory(same, photo)

    def test_is_down_and_up(self, photo):
        small = cv2.resize(photo, (75, 50), interpolation=cv2.INTER_AREA)
        np.testing.assert_array_equal(control.tile(photo), cv2.resize(small, (600, 400), interpolation=cv2.INTER_CUBIC))

    @pytest.mark.parametrize("ratio", [0.5, 65, float("nan")])
    def test_refuses(self, ratio):
        with pytest.raises(InputError, match="within 1 to 64"):
            control.tile(np.zeros((4, 4, 3), np.uint8), reduction_ratio=ratio)


class TestLowQuality:
    def test_a_seed_is_a_picture(self, photo):
        one, again, other = (control.low_quality(photo, seed=seed) for seed in (1, 1, 2))
        np.testing.assert_array_equal(one, again)
        assert (one != other).mean() > 0.5

    def test_seed_draws_what_is_told(self, photo):
        steps = control.degradation(3, short_side=400)
        told = control.low_quality(
            photo,
            seed=3,
            blur_sigma_px=steps.blur_sigma_px,
            reduction_ratio=steps.reduction_ratio,
            noise_levels=steps.noise_levels,
            jpeg_quality=steps.jpeg_quality,
        )
        np.testing.assert_array_equal(told, control.low_quality(photo, seed=3))

    @given(st.integers(0, 2**63), st.integers(1, 5000))
    @settings(max_examples=50, deadline=None)
    def test_ranges(self, seed, short_side):
        steps = control.degradation(seed, short_side=short_side)
        assert (steps.blur_sigma_px + 0.006) * 512 / short_side >= 0.5
        assert steps.blur_sigma_px <= 4 * short_side / 512 + 0.006
        assert 1 <= steps.reduction_ratio <= 6
        assert 0 <= steps.noise_levels <= 12
        assert 20 <= steps.jpeg_quality <= 80

    def test_each_step_does_its_work(self, photo):
        clean = {"blur_sigma_px": 0, "reduction_ratio": 1, "noise_levels": 0, "jpeg_quality": 100}

        def change(**step):
            return np.abs(control.low_quality(photo, **{**clean, **step}).astype(int) - photo).mean()

        assert change() < 2  # JPEG halves the resolution of colour
        assert change(blur_sigma_px=3) > 4
        assert change(reduction_ratio=6) > 4
        assert change(jpeg_quality=10) > 4
        plane = np.full((200, 200, 3), 128, np.uint8)
        grain = control.gray(control.low_quality(plane, **{**clean, "noise_levels": 10}))
        assert grain.std() == pytest.approx(10 * np.linalg.norm([0.299, 0.587, 0.114]), rel=0.05)

    def test_colours_stay_in_order(self):
        red = np.zeros((64, 64, 3), np.uint8)
        red[..., 0] = 220
        assert control.low_quality(red).mean(axis=(0, 1)).argmax() == 0

    @pytest.mark.parametrize(
        "options",
        [{"seed": -1}, {"blur_sigma_px": 51}, {"reduction_ratio": 0.9}, {"noise_levels": -1}, {"jpeg_quality": 0}],
    )
    def test_refuses(self, options):
        with pytest.raises(InputError):
            control.low_quality(np.zeros((4, 4, 3), np.uint8), **options)


@pytest.mark.parametrize("tone", TONES)
def test_input_is_left_alone(tone, photo):
    before = photo.copy()
    result = tone(photo)
    assert result.shape[:2] == photo.shape[:2]
    assert not np.shares_memory(result, photo)
    np.testing.assert_array_equal(photo, before)


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(TONES))
@settings(max_examples=40, deadline=None)
def test_tiny_pictures(height, width, tone):
    picture = np.random.default_rng(height * 10 + width).integers(0, 256, (height, width, 3), np.uint8)
    assert tone(picture).shape[:2] == (height, width)
