"""Depth maps are told from photos: clipped, with bars and holes, out of JPEG; and the evidence that decides their order."""

import cv2
import numpy as np
import pytest
import skimage.data

from preproc import check, control
from preproc.check.depth_score import measured
from preproc.check.scales import scales_of
from preproc.check.surfaces import blockiness, inside

from .pictures import FOLDER, jpeg


class TestDepths:
    def test_near_things_before_black(self):
        y, x = np.mgrid[0:240, 0:320]
        for near, radius in ((2, 40), (3, 70), (5, 30)):
            ball = np.sqrt(np.maximum(radius**2 - (x - 150) ** 2 - (y - 120) ** 2, 0))
            metres = np.where(ball > 0, near * (1.3 - 0.3 * ball / radius), 60 - 0.1 * y)
            depth = control.normalize_depth(metres, near="low", spacing="inverse", percentiles=(0, 100))
            assert (depth < 25).mean() > 0.5
            for each in (depth, 255 - depth, jpeg(depth)):
                assert set(check.control(each, "depth").codes) <= {"unsure"}
            for of in ("canny", "scribble", "soft_edge", "lineart", "lines"):
                assert set(check.control(depth, of).codes) & {"photo", "other-map"}

    def test_no_verdict_without_evidence(self, depths):
        for each in depths:
            for picture in (each, 255 - each, jpeg(each)):
                assert set(check.control(picture, "depth").codes) <= {"unsure"}

    def test_are_never_taken_for_photos(self, depths):
        assert {check.kind_of(each) for picture in depths for each in (picture, jpeg(picture))} <= {"depth", "unknown"}

    def test_the_true_order_decides(self, depths):
        for each in depths:
            assert check.control(each, "depth", reference=each).ok
            assert check.control(255 - each, "depth", reference=each).codes == ("depth-inverted",)


def ground(height: int, width: int, horizon: int, sigma_px: float) -> np.ndarray:
    """A plain under a sky at no distance: the sky is clipped."""
    rows = np.zeros(height)
    rows[horizon:] = np.log1p(np.arange(height - horizon) / 20)
    depth = np.tile(rows[:, None], (1, width))
    depth = cv2.GaussianBlur(depth, (0, 0), sigma_px) if sigma_px else depth
    return np.rint(depth / depth.max() * 255).astype(np.uint8)


class TestClippedDepth:
    @pytest.mark.parametrize("sigma_px", [0, 1.5])
    @pytest.mark.parametrize(("height", "width", "horizon"), [(592, 171, 355), (500, 200, 300)])
    def test_skies_do_not_count(self, height, width, horizon, sigma_px):
        for depth in (ground(height, width, horizon, sigma_px), 255 - ground(height, width, horizon, sigma_px)):
            assert check.control(depth, "depth").codes == ()
            assert check.control(depth, "photo").codes == ("map",)

    @pytest.mark.parametrize("size", [(333, 517), (256, 512), (512, 910), (384, 640)])
    def test_bars_do_not_count(self, size):
        disparity = np.load(FOLDER / "motorcycle_disp.npz")["arr_0"]
        padded = control.make("depth", disparity, options={"near": "high"}, size=size, fit="pad").image
        assert check.control(padded, "depth").codes == ()
        assert check.control(padded, "photo").codes == ("map",)

    def test_where_hardly_anything_is_left_all_counts(self):
        gray = np.zeros((64, 64), np.uint8)
        gray[30:33] = 128
        measured = np.ones((32, 32), np.float32)
        assert inside(scales_of(gray), measured).size == measured.size
        assert inside(scales_of(np.full((64, 64), 128, np.uint8)), measured).size == measured.size


class TestHoles:
    def test_do_not_count(self):
        y, x = np.mgrid[0:240, 0:320]
        missing = np.random.default_rng(0).random((240, 320)) < 0.002
        depth = (60 + y / 3 + np.where((x - 150) ** 2 + (y - 120) ** 2 < 3600, 90, 0)).astype(np.uint8)
        whole, torn = measured(scales_of(depth)), measured(scales_of(np.where(missing, 0, depth).astype(np.uint8)))
        assert torn == pytest.approx(whole, abs=0.7)
        assert check.control(np.where(missing, 0, depth).astype(np.uint8), "depth").codes == ()

    def test_where_hardly_anything_is_left_all_counts(self):
        bars = np.zeros((64, 64), np.uint8)
        bars[30:33] = 128
        assert measured(scales_of(bars))["bend_64"] > 3
        assert measured(scales_of(np.full((64, 64), 128, np.uint8)))["bend_64"] < 0


class TestBlocks:
    def test_only_jpeg_has_them(self):
        ball = np.hypot(*np.mgrid[-100:100, -120:120])
        smooth = np.clip(200 - ball, 0, 255).astype(np.uint8)
        assert blockiness(smooth) < 1.1
        assert blockiness(jpeg(smooth, 30)) > 3
        assert blockiness(jpeg(smooth, 30)[3:, 5:]) > 3
        assert blockiness(smooth[:3, :3]) == 1

    @pytest.mark.parametrize("name", ["rocket", "coffee"])
    def test_grain_that_jpeg_took_proves_no_depth(self, name):
        photo = cv2.cvtColor(getattr(skimage.data, name)()[:256, :300], cv2.COLOR_RGB2GRAY)
        assert check.control(jpeg(photo, 15), "depth").codes == ("unsure",)

    def test_what_is_blocky_is_not_refused(self):
        y, x = np.mgrid[0:300, 0:400]
        ball = np.maximum(100**2 - (x - 180) ** 2 - (y - 140) ** 2, 0)
        depth = np.where(ball > 0, 140 + np.sqrt(ball), 60 + y / 5).astype(np.uint8)
        assert not check.control(depth, "photo").ok
        report = check.control(jpeg(depth, 50), "photo")  # a photo of a ball, saved so, looks the same
        assert report.ok
        assert report.codes == ("map",)


def test_faintly_coloured_pictures_are_no_depth_maps():
    y, x = np.mgrid[0:300, 0:400].astype(np.float32)
    smooth = 40 + 0.2 * x + 60 * np.exp(-(((x - 200) / 90) ** 2) - ((y - 150) / 70) ** 2)
    smooth[90:210, 40:120] += 50  # something near, with a clean border
    gray = np.rint(smooth).astype(np.uint8)
    tinted = np.stack([gray, gray - 2, gray - 6], axis=2)
    assert check.control(gray, "depth").codes == ()
    assert check.control(jpeg(cv2.merge([gray] * 3)), "depth").codes == ()
    assert check.control(tinted, "depth").codes == ("unsure",)
    assert "faintly coloured" in check.control(tinted, "depth").findings[0].message
    assert "map" in check.control(gray, "photo").codes
    assert check.control(tinted, "photo").codes == ()
