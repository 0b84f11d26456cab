"""Photos are never taken for maps: gray, out of focus, dithered, tiny, and of the night sky."""

import cv2
import numpy as np
import PIL.Image
import pytest
import skimage.data

from preproc import check, control

from .pictures import LINES, jpeg

MAPS = {"edges", "inverted-edges", "depth", "normal", "pose", "segmentation"}


class TestPhotos:
    def test_are_never_taken_for_maps(self, photos):
        kinds = [check.kind_of(photo) for photo in photos]
        assert not MAPS.intersection(kinds)
        assert kinds.count("photo") > 0.65 * len(photos)

    def test_gray_ones_neither(self, photos):
        assert not MAPS.intersection(check.kind_of(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)) for photo in photos)

    @pytest.mark.parametrize("of", LINES)
    def test_are_found_where_lines_are_expected(self, photos, of):
        for photo in photos[:: 1 if of == "canny" else 4]:
            codes = check.control(photo, of).codes
            assert codes == ("photo",) or (codes == ("inverted",) and photo.mean() > 200)  # print on white paper

    @pytest.mark.parametrize("of", ["pose", "normal", "segmentation"])
    def test_are_refused_where_colours_mean_something(self, photos, of):
        assert not any(check.control(photo, of).ok for photo in photos[::5])

    def test_pass_as_photos(self, photos):
        assert [code for photo in photos[::3] for code in check.control(photo, "photo").codes] == []

    def test_colour_is_refused_as_depth(self, photos):
        coloured = [photo for photo in photos if np.ptp(photo, axis=2).mean() > 12]
        assert len(coloured) > 60
        assert not any(check.control(photo, "depth").ok for photo in coloured[::2])


class TestOutOfFocus:
    @pytest.mark.parametrize("sigma_px", [8, 12, 16])
    def test_photos_are_not_refused(self, sigma_px):
        blurred = cv2.GaussianBlur(skimage.data.camera(), (0, 0), sigma_px)
        assert check.control(blurred, "photo").ok
        assert check.control(blurred, "photo").codes == ("map",)  # a warning: depth without a step looks the same

    def test_depth_is_known_by_its_steps(self):
        y, x = np.mgrid[0:300, 0:400]
        ball = np.maximum(100**2 - (x - 180) ** 2 - (y - 140) ** 2, 0)
        depth = np.where(ball > 0, 140 + np.sqrt(ball), 60 + y / 5).astype(np.uint8)
        assert not check.control(depth, "photo").ok
        assert check.control(cv2.GaussianBlur(depth, (0, 0), 9), "photo").ok


class TestDithers:
    @pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
    def test_photos_of_one_bit_are_photos(self, name):
        dithered = PIL.Image.fromarray(getattr(skimage.data, name)()).convert("1")
        for of in (*LINES, "depth"):
            assert check.control(dithered, of).codes == ("photo",)
        assert check.control(dithered, "photo").codes == ()

    @pytest.mark.parametrize("pattern", ["hatching", "dots"])
    def test_lines_at_45_degrees_are_none(self, pattern):
        y, x = 2 * np.pi / 6 * np.mgrid[:160, :160]
        light = np.sin(x + y) if pattern == "hatching" else np.sin(x) * np.sin(y)
        grain = np.random.default_rng(0).normal(0, 6, light.shape)
        lines = cv2.Canny((128 + 90 * light + grain).clip(0, 255).astype(np.uint8), 100, 200)
        assert set(check.control(lines, "canny").codes) <= {"too-dense"}
        assert check.control(255 - lines, "canny").codes == ("inverted",)
        assert check.control(lines, "photo").codes == ("map",)

    def test_noise_and_dense_lines_are_none(self, photos):
        for photo in photos[::8]:
            dense = cv2.Canny(photo, 20, 50)
            if np.count_nonzero(dense) > 0.05 * dense.size:
                assert set(check.control(dense, "canny").codes) <= {"too-dense"}


class TestTiny:
    @pytest.mark.parametrize("side", [8, 16, 24, 32])
    def test_too_little_is_seen_for_an_error(self, photos, depths, side):
        small = [cv2.resize(photo, (side, side), interpolation=cv2.INTER_AREA) for photo in photos[::8]]
        for photo in small:
            assert set(check.control(photo, "photo").codes) <= {"unsure", "blank"}
            for of in ("canny", "soft_edge", "lineart", "scribble"):
                made = getattr(control, of)(photo)
                if made.std() > 5:
                    assert check.control(made, of).ok
        for depth in depths[::4]:
            assert check.control(cv2.resize(depth, (side, side), interpolation=cv2.INTER_AREA), "depth").ok

    def test_says_so(self):
        report = check.control(skimage.data.astronaut()[::16, ::16], "canny")
        assert report.codes == ("unsure",)
        assert "32x32 px are too few" in report.findings[0].message


def night_sky(seed, gain=1.0, count=600, noise=3):
    """Stars of all magnitudes on black, out of focus a little, with a sensor's grain."""
    generator = np.random.default_rng(seed)
    sky = np.zeros((300, 400), np.float32)
    sky[generator.integers(0, 300, count), generator.integers(0, 400, count)] = 120 * (generator.pareto(1.1, count) + 1)
    sky = cv2.GaussianBlur(np.minimum(gain * sky, 3000), (0, 0), generator.uniform(0.7, 1.6))
    return np.clip(sky + generator.normal(0, noise, sky.shape), 0, 255).astype(np.uint8)


class TestNightSkies:
    @pytest.mark.parametrize("gain", [0.2, 1])
    def test_are_no_lines(self, gain):
        for seed in range(4):
            sky = night_sky(seed, gain)
            assert check.control(sky, "photo").codes == ()
            assert check.control(sky, "canny").codes == ("photo",)

    def test_overexposed_ones_are_no_maps(self):
        for seed in range(4):
            assert check.control(night_sky(seed, gain=4), "photo").codes == ()

    def test_darkened_ones_are_no_lines(self):
        deep_field = cv2.cvtColor(skimage.data.hubble_deep_field(), cv2.COLOR_RGB2GRAY)
        for darkness in (0.15, 0.22, 0.3, 0.5):
            sky = (deep_field[:400, :500] * darkness).astype(np.uint8)
            assert check.control(sky, "photo").codes == ()
            assert check.control(sky, "canny").codes == ("photo",)

    def test_the_darkest_ones_are_no_soft_lines(self):
        assert check.control(skimage.data.hubble_deep_field()[:500, :800] // 16, "photo").codes == ()

    def test_their_edges_are_lines(self):
        edges = control.canny(skimage.data.hubble_deep_field()[:400, :500])
        assert check.kind_of(edges) == "edges"
        assert check.kind_of(jpeg(edges)) == "edges"
        assert check.control(cv2.resize(edges, None, fx=0.5, fy=0.5), "canny").ok
