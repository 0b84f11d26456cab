import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc import control
from preproc.control.gradient import GradientField, otsu_threshold
from preproc.errors import InputError

ORACLE = json.loads((Path(__file__).parent / "data" / "canny_controlnet_aux.json").read_text())


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return skimage.data.coffee()


def noise(deviation: float, shape=(512, 640, 3)) -> np.ndarray:
    values = 128 + np.random.default_rng(5).normal(0, deviation, shape)
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


class TestGivenThresholds:
    @pytest.mark.parametrize(("low", "high"), [(100, 200), (50, 200), (0, 0), (30.7, 90.2), (700, 2040)])
    @pytest.mark.parametrize("l2", [False, True])
    def test_is_opencvs_canny_of_the_colours(self, photo, low, high, l2):
        np.testing.assert_array_equal(
            control.canny(photo, low=low, high=high, l2=l2), cv2.Canny(photo, low, high, L2gradient=l2)
        )

    def test_a_step_gives_one_line(self):
        picture = np.zeros((3, 6, 3), np.uint8)
        picture[:, 3:] = 255
        assert control.canny(picture, low=100, high=200).tolist() == [[0, 0, 255, 0, 0, 0]] * 3

    def test_colour_alone_makes_an_edge(self):
        red_and_green_of_one_luma = np.zeros((9, 10, 3), np.uint8)
        red_and_green_of_one_luma[:, :5] = (200, 0, 0)
        red_and_green_of_one_luma[:, 5:] = (0, 102, 0)
        assert control.canny(red_and_green_of_one_luma, low=100, high=200).any()

    @pytest.mark.parametrize("name", control.PROFILES)
    def test_profiles(self, photo, name):
        of = control.PROFILES[name]
        np.testing.assert_array_equal(control.canny(photo, profile=name), cv2.Canny(photo, of.low, of.high))
        assert of.source

    def test_profile_numbers(self):
        numbers = {name: (each.low, each.high) for name, each in control.PROFILES.items()}
        assert numbers["controlnet_aux"] == (100, 200)
        assert numbers["flux"] == (50, 200)
        assert numbers["fooocus"] == (64, 128)
        assert numbers["krita"] == (80, 200)

    def test_denoising_takes_grain_away(self):
        picture = noise(12)
        picture[:, 300:] //= 2
        raw = control.canny(picture, low=40, high=100)
        smooth = control.canny(picture, low=40, high=100, denoise_sigma_px=2)
        assert np.count_nonzero(raw) > 20 * np.count_nonzero(smooth)
        assert smooth[:, 296:304].any(axis=1).mean() > 0.99


class TestControlnetAux:
    @pytest.mark.parametrize(
        "case", ORACLE["cases"], ids=lambda case: f"{case['image'].split('.')[-1]}-{case['resolution']}"
    )
    def test_equals_the_detector(self, case):
        picture = getattr(skimage.data, case["image"].removeprefix("skimage.data."))()
        edges = control.canny(
            picture, low=case["low"], high=case["high"], compat="controlnet_aux", resolution=case["resolution"]
        )
        assert edges.shape == (case["height"], case["width"])
        assert np.count_nonzero(edges) == case["edge_pixels"]
        assert hashlib.sha256(edges.tobytes()).hexdigest() == case["sha256_first_channel"]

    def test_defaults_are_the_detectors(self, photo):
        np.testing.assert_array_equal(
            control.canny(photo, compat="controlnet_aux"),
            control.canny(photo, low=100, high=200, compat="controlnet_aux", resolution=512),
        )


class TestAutomatic:
    def test_what_is_reported_makes_the_same_map(self, photo):
        chosen = control.thresholds(photo)
        edges = control.canny(photo)
        again = control.canny(photo, low=chosen.low, high=chosen.high, denoise_sigma_px=chosen.sigma_px)
        np.testing.assert_array_equal(edges, again)
        assert chosen.density == np.count_nonzero(edges) / edges.size
        assert chosen.low == pytest.approx(0.4 * chosen.high)
        assert chosen.sigma_px == 2 * 400 / 512

    @pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket", "camera", "page"])
    def test_density_is_one_that_models_know(self, name):
        assert 0.01 < control.thresholds(getattr(skimage.data, name)()).density < 0.25

    def test_agrees_with_otsu_of_opencv(self, photo):
        smooth = cv2.GaussianBlur(photo, (0, 0), 2 * 400 / 512, borderType=cv2.BORDER_REFLECT)
        dx, dy = (cv2.Sobel(smooth, cv2.CV_16S, i, 1 - i, borderType=cv2.BORDER_REPLICATE) for i in (1, 0))
        magnitude = (np.abs(dx) + np.abs(dy)).max(axis=2).astype(np.uint16)
        expected, _ = cv2.threshold(magnitude, 0, 255, cv2.THRESH_OTSU)
        assert control.thresholds(photo).high == pytest.approx(expected, abs=2.5)

    def test_survives_weak_contrast(self, photo):
        weak = (photo * 0.3 + 90).astype(np.uint8)
        strong, faint = control.canny(photo) > 0, control.canny(weak) > 0
        near = cv2.dilate(strong.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        assert faint.sum() > 0.8 * strong.sum()
        assert (near & faint).sum() > 0.9 * faint.sum()
        fixed, left = (np.count_nonzero(control.canny(each, profile="controlnet_aux")) for each in (photo, weak))
        assert left < 0.3 * fixed

    @pytest.mark.parametrize("deviation", [0, 0.4, 1, 2])
    def test_nothing_is_drawn_of_nothing(self, deviation):
        assert control.thresholds(noise(deviation)).density < 0.001

    def test_a_soft_ramp_has_no_edge(self):
        ramp = np.tile(np.linspace(0, 255, 768).astype(np.uint8)[:, np.newaxis], (512, 1, 3))
        assert not control.canny(ramp).any()

    @pytest.mark.parametrize("times", [2, 3, 5])
    def test_a_larger_picture_gives_the_same_drawing(self, photo, times):
        large = cv2.resize(photo, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
        rows, columns = np.nonzero(control.canny(large))
        back = np.zeros(photo.shape[:2], np.uint8)
        back[rows // times, columns // times] = 1
        small = (control.canny(photo) > 0).astype(np.uint8)
        around = np.ones((5, 5), np.uint8)
        assert (cv2.dilate(small, around) & back).sum() > 0.9 * back.sum()
        assert (cv2.dilate(back, around) & small).sum() > 0.9 * small.sum()
        chosen, before = control.thresholds(large), control.thresholds(photo)
        assert chosen.sigma_px == times * before.sigma_px
        assert chosen.high * times == pytest.approx(before.high, rel=0.05)

    def test_lines_of_a_wide_blur_are_whole_and_thin(self):
        disc = np.full((1600, 1600, 3), 60, np.uint8)
        cv2.circle(disc, (800, 800), 500, (190, 180, 170), -1)
        edges = control.canny(disc)
        rows, columns = np.nonzero(edges)
        distance = np.hypot(rows - 800, columns - 800)
        assert np.abs(distance - 500).max() < 3
        count, _ = cv2.connectedComponents(edges, connectivity=8)
        assert count == 2
        assert len(rows) < 1.2 * 2 * np.pi * 500


class TestDensity:
    def test_none_that_models_saw_is_flagged(self, photo):
        assert control.thresholds(photo).warnings == ()
        assert control.make("canny", photo).warnings == ()
        grain = np.random.default_rng(0).integers(0, 256, (512, 512, 3), np.uint8)
        dense = control.make("canny", grain, options={"profile": "flux"})
        assert "of the pixels are edges, and models saw 1% to 25% at 512x512" in dense.warnings[0]
        assert control.thresholds(grain, profile="flux").warnings == dense.warnings
        assert control.thresholds(np.zeros((64, 64, 3), np.uint8)).warnings[0].startswith("too sparse")

    @pytest.mark.parametrize("density", [0.02, 0.06, 0.12])
    def test_is_met(self, photo, density):
        assert control.thresholds(photo, density=density).density == pytest.approx(density, rel=0.03)

    def test_a_blank_picture_gives_all_it_has(self):
        assert control.thresholds(np.zeros((64, 64, 3), np.uint8), density=0.1).density == 0


class TestMultiScale:
    def test_is_gray_and_keeps_what_holds_at_all_scales(self, photo):
        total = control.canny(photo, profile="fooocus", multi_scale=True)
        assert total.shape == photo.shape[:2]
        assert total.max() == 255
        assert len(np.unique(total)) > 20
        fine = control.canny(photo, profile="fooocus")
        assert 0 < total[fine > 0].mean() < 255

    def test_blank_stays_blank(self):
        assert not control.canny(np.zeros((40, 40, 3), np.uint8), multi_scale=True).any()


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"low": 100}, "give both or none"),
            ({"high": 100}, "give both or none"),
            ({"low": 200, "high": 100}, "0 <= low <= high <= 2040"),
            ({"low": -1, "high": 100}, "0 <= low"),
            ({"low": 100, "high": 2041}, "2040"),
            ({"low": float("nan"), "high": 100}, "nan"),
            ({"low": 100, "high": 200, "profile": "flux"}, "low and profile each"),
            ({"profile": "flux", "density": 0.1}, "profile and density each"),
            ({"profile": "bfl"}, "unknown profile 'bfl'"),
            ({"density": 0}, "share between 0 and 1"),
            ({"density": 6}, "share between 0 and 1"),
            ({"denoise_sigma_px": -1}, "not within 0 to 100"),
            ({"resolution": 512}, "compat only"),
            ({"compat": "comfy"}, "unknown compat"),
            ({"compat": "controlnet_aux", "l2": True}, "low, high and resolution only"),
            ({"compat": "controlnet_aux", "density": 0.1}, "low, high and resolution only"),
            ({"compat": "controlnet_aux", "multi_scale": True}, "low, high and resolution only"),
            ({"compat": "controlnet_aux", "resolution": 10}, "makes a map of 0x0"),
        ],
    )
    def test_contradictions(self, options, words):
        with pytest.raises(InputError, match=words):
            control.canny(np.zeros((64, 64, 3), np.uint8), **options)

    def test_thresholds_refuses_the_same(self):
        with pytest.raises(InputError, match="give both"):
            control.thresholds(np.zeros((64, 64, 3), np.uint8), low=3)


@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.sampled_from([{}, {"low": 10, "high": 60}, {"density": 0.1}, {"multi_scale": True}, {"denoise_sigma_px": 7}]),
)
@settings(max_examples=40, deadline=None)
def test_tiny_pictures_have_a_map(height, width, options):
    picture = np.random.default_rng(height * 10 + width).integers(0, 256, (height, width, 3), np.uint8)
    before = picture.copy()
    edges = control.canny(picture, **options)
    assert edges.shape == (height, width)
    assert edges.dtype == np.uint8
    np.testing.assert_array_equal(picture, before)


def test_otsu_splits_two_gradients():
    picture = np.zeros((20, 40, 3), np.uint8)
    picture[:, 10:] = 20
    picture[:, 20:] = 40
    picture[:, 30:] = 200
    field = GradientField(picture, 20, 40, 0, 1, l2=False)
    assert 80 <= otsu_threshold(field) < 640
