"""The promise of `check.control` on many photos: nothing is taken for what it is not."""

from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
import skimage.data

from preproc import SizeRule, check, control
from preproc.check.depth_score import measured
from preproc.check.scales import scales_of
from preproc.check.surfaces import blockiness, inside

FOLDER = Path(skimage.data.__file__).parent
NAMES = (
    "astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "clock_motion.png", "coffee.png",
    "coins.png", "grass.png", "gravel.png", "hubble_deep_field.jpg", "ihc.png", "microaneurysms.png",
    "moon.png", "motorcycle_left.png", "page.png", "retina.jpg", "rocket.jpg", "text.png",
)  # fmt: skip
# not color.png: a drawn chart, whose gray wedge is as smooth as depth
LINES = ("canny", "lineart", "lines", "scribble", "soft_edge")
MAPS = {"edges", "inverted-edges", "depth", "normal", "pose", "segmentation"}


def crops(count, seed):
    generator = np.random.default_rng(seed)
    photos = [cv2.imread(str(FOLDER / name), None, cv2.IMREAD_COLOR_RGB) for name in NAMES]
    for number in range(count):
        photo = photos[number % len(photos)]
        height, width = (min(side, int(generator.integers(96, 320))) for side in photo.shape[:2])
        top, left = (
            int(generator.integers(0, most - side + 1))
            for most, side in zip(photo.shape, (height, width), strict=False)
        )
        yield np.ascontiguousarray(photo[top : top + height, left : left + width])


def jpeg(picture, quality=90):
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_UNCHANGED)


@pytest.fixture(scope="module")
def photos():
    return [photo for photo in crops(200, seed=4) if photo.std() > 6]  # one crop of a black margin is no photo


@pytest.fixture(scope="module")
def edges(photos):
    found = [cv2.Canny(photo, 100, 200) for photo in photos]
    return [each for each in found if np.count_nonzero(each) > 0.001 * each.size]


@pytest.fixture(scope="module")
def depths():
    disparity = np.load(FOLDER / "motorcycle_disp.npz")["arr_0"]
    generator = np.random.default_rng(5)
    found = []
    for _ in range(30):
        side = int(generator.integers(150, 400))
        top, left = int(generator.integers(0, 500 - side)), int(generator.integers(0, 741 - side))
        found.append(control.normalize_depth(disparity[top : top + side, left : left + side], near="high"))
    return found


@pytest.fixture(scope="module")
def poses():
    standing = np.array([
        (0, -0.9), (0, -0.62), (-0.17, -0.62), (-0.25, -0.35), (-0.28, -0.1), (0.17, -0.62), (0.25, -0.35),
        (0.28, -0.1), (-0.1, -0.05), (-0.11, 0.4), (-0.12, 0.85), (0.1, -0.05), (0.11, 0.4), (0.12, 0.85),
        (-0.04, -0.94), (0.04, -0.94), (-0.08, -0.91), (0.08, -0.91),
    ])  # fmt: skip
    generator = np.random.default_rng(6)
    found = []
    for number in range(24):
        width, height = generator.integers(200, 420, 2)
        people = [
            standing * generator.uniform(0.2, 0.5) * height
            + generator.uniform(0.3, 0.7, 2) * (width, height)
            + generator.normal(0, 4, (18, 2))
            for _ in range(int(generator.integers(1, 4)))
        ]
        thickness = ("openpose", "scaled", "xinsir")[number % 3]
        found.append(control.draw_pose(people, (int(width), int(height)), thickness=thickness))
    return found


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

    @pytest.mark.parametrize("size", [(333, 517), (256, 512), (512, 910), (384, 640)])
    def test_bars_do_not_count(self, size):
        disparity = np.load(FOLDER / "motorcycle_disp.npz")["arr_0"]
        padded = control.make("depth", disparity, options={"near": "high"}, size=size, fit="pad").image
        assert check.control(padded, "depth").codes == ()
        assert check.control(padded, "photo").codes == ("map",)

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


class TestEdges:
    def test_pass_as_canny(self, edges):
        assert len(edges) > 150
        for each in edges:
            assert set(check.control(each, "canny").codes) <= {"too-sparse"}

    def test_every_inverted_one_is_found(self, edges):
        for each in edges:
            assert check.control(255 - each, "canny").codes == ("inverted",)
            assert check.control(jpeg(255 - each), "canny").codes == ("inverted",)

    def test_jpeg_is_found_and_still_taken_for_edges(self, edges):
        for each in edges:
            report = check.control(jpeg(each), "canny")
            assert report.ok
            assert "gray-fringed" in report.codes
            assert "JPEG" in report.findings[0].message

    def test_interpolation_is_found(self, edges):
        for each in edges[::3]:
            report = check.control(cv2.resize(each, None, fx=1.5, fy=1.5), "canny")
            assert report.ok
            assert "gray-fringed" in report.codes

    def test_are_found_where_a_photo_is_expected(self, edges):
        for each in edges[::3]:
            for picture in (each, 255 - each, jpeg(each), jpeg(255 - each)):
                assert check.control(picture, "photo").codes == ("map",)

    @pytest.mark.parametrize("of", ["depth", "pose", "normal", "segmentation"])
    def test_are_no_other_map(self, edges, of):
        assert not any(check.control(each, of).ok for each in edges[::5])


def night_sky(seed, gain=1.0, count=600, noise=3):
    """Stars of all magnitudes on black, out of focus a little, with a sensor's grain."""
    generator = np.random.default_rng(seed)
    sky = np.zeros((300, 400), np.float32)
    sky[generator.integers(0, 300, count), generator.integers(0, 400, count)] = 120 * (generator.pareto(1.1, count) + 1)
    sky = cv2.GaussianBlur(np.minimum(gain * sky, 3000), (0, 0), generator.uniform(0.7, 1.6))
    return np.clip(sky + generator.normal(0, noise, sky.shape), 0, 255).astype(np.uint8)


class TestEnlargedLines:
    @pytest.mark.parametrize("of", LINES)
    def test_pass_at_3072_px(self, of):
        made = getattr(control, of)(skimage.data.astronaut())
        grown = cv2.resize(made, (3072, 3072), interpolation=cv2.INTER_CUBIC)
        assert set(check.control(grown, of).codes) <= {"gray-fringed"}
        assert check.control(255 - grown, of).codes == ("inverted",)
        assert check.control(grown, "photo").codes in (("map",), ("unsure",))


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


class TestPoses:
    def test_pass(self, poses):
        for pose in poses:
            assert check.kind_of(pose) == "pose"
            assert check.control(pose, "pose").codes == ()

    def test_swapped_channels_are_found(self, poses):
        for pose in poses:
            assert check.control(pose[:, :, ::-1], "pose").codes == ("channels-swapped",)

    def test_jpeg_and_resizing_are_found(self, poses):
        for pose in poses[::3]:
            assert check.control(jpeg(pose), "pose").codes == ("fringed-colours",)
            assert check.control(255 - pose, "pose").codes == ("inverted",)
            assert check.control(np.where(pose.any(axis=2, keepdims=True), pose, 255), "pose").codes == ("background",)

    @pytest.mark.parametrize("of", ["photo", "canny", "depth", "normal", "segmentation"])
    def test_are_no_other_map(self, poses, of):
        assert not any(check.control(pose, of).ok for pose in poses[::4])


class TestOwnMaps:
    @pytest.mark.parametrize("of", LINES)
    def test_what_is_made_here_passes(self, photos, of):
        for photo in photos[::8]:
            made = getattr(control, of)(photo)
            if np.count_nonzero(made >= 64) > 0.002 * made.size:
                assert check.control(made, of).ok
                assert check.kind_of(made) in {"edges", "unknown"}

    @pytest.mark.parametrize("of", ["lineart", "lines", "scribble"])
    def test_inverted(self, photos, of):
        for photo in photos[::8]:
            made = getattr(control, of)(photo)
            if np.count_nonzero(made >= 64) > 0.002 * made.size:
                assert check.control(255 - made, of).codes == ("inverted",)

    @pytest.mark.parametrize("of", ["blur", "gray", "recolor", "tile", "low_quality"])
    def test_pictures_pass_as_pictures(self, photos, of):
        for photo in photos[::7]:
            report = check.control(getattr(control, of)(photo), of)
            assert report.ok
            assert set(report.codes) <= {"map"}  # a warning: without colour or detail it may be as smooth as depth

    def test_normals(self, depths):
        for depth in depths[::3]:
            normal = control.normal_from_depth(depth, near="high")
            assert check.control(normal, "normal").codes == ()
            assert check.control(jpeg(normal), "normal").codes == ()
            assert check.control(normal[:, :, ::-1], "normal").codes == ("channels-swapped",)
            assert check.control(255 - normal, "normal").codes == ("inverted",)


class TestShapes:
    """What `control.make` makes for a size passes as a map of its photo; what is stretched does not."""

    @pytest.mark.parametrize("of", ["canny", "soft_edge", "lineart", "gray", "tile"])
    @pytest.mark.parametrize("size", [(320, 320), (384, 256), (256, 448)])
    def test_cut_and_padded(self, of, size):
        photo = cv2.imread(str(FOLDER / "astronaut.png"), None, cv2.IMREAD_COLOR_RGB)[:400]
        for fit in ("crop", "pad"):
            made = control.make(of, photo, size=size, fit=fit).image
            assert "aspect" not in check.control(made, of, image=photo).codes
        stretched = control.make(of, photo, size=(256, 448), fit="stretch").image
        assert check.control(stretched, of, image=photo).codes[:1] == ("aspect",)

    @pytest.mark.parametrize("step", [8, 16, 32, 64])
    def test_sizes_that_a_rule_chooses(self, step):
        coffee = cv2.imread(str(FOLDER / "coffee.png"), None, cv2.IMREAD_COLOR_RGB)
        for width, height in [(600, 400), (533, 400), (600, 251), (241, 400), (399, 400), (600, 343)]:
            photo = coffee[:height, :width]
            for pixels in (120_000, 400_000):
                rule = SizeRule(multiple_of=step, best_pixels=pixels)
                for of in ("canny", "gray"):
                    made = control.make(of, photo, rule=rule).image
                    assert "aspect" not in check.control(made, of, image=photo).codes


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
