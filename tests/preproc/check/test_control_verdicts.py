"""No verdict against the truth: 200 crops of photos, their edges, poses and depths, under every expected type."""

import cv2
import numpy as np
import pytest
import skimage.data

from preproc import check, control

from .pictures import FOLDER, jpeg

NAMES = (
    "astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "clock_motion.png", "coffee.png",
    "coins.png", "grass.png", "gravel.png", "hubble_deep_field.jpg", "ihc.png", "microaneurysms.png", "moon.png",
    "motorcycle_left.png", "motorcycle_right.png", "page.png", "retina.jpg", "rocket.jpg", "text.png",
)  # fmt: skip
MAPS = {"edges", "inverted-edges", "depth", "normal", "pose", "inverted-pose", "segmentation"}
BODY = np.array([
    (0, -0.9), (0, -0.62), (-0.17, -0.62), (-0.25, -0.35), (-0.28, -0.1), (0.17, -0.62), (0.25, -0.35), (0.28, -0.1),
    (-0.1, -0.05), (-0.11, 0.4), (-0.12, 0.85), (0.1, -0.05), (0.11, 0.4), (0.12, 0.85), (-0.04, -0.94), (0.04, -0.94),
    (-0.08, -0.91), (0.08, -0.91),
])  # fmt: skip


def spoilt(photo, number):
    """One of eight things that happen to photos."""
    gray = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    noise = np.random.default_rng(number).normal(0, 15, gray.shape)
    return (
        lambda: photo,
        lambda: gray,
        lambda: jpeg(photo, 75),
        lambda: jpeg(gray, 60),
        lambda: cv2.GaussianBlur(gray, (0, 0), 1.5),
        lambda: cv2.convertScaleAbs(gray, alpha=0.4),
        lambda: cv2.resize(gray, None, fx=1.8, fy=1.8, interpolation=cv2.INTER_CUBIC),
        lambda: np.clip(gray + noise, 0, 255).astype(np.uint8),
    )[number % 8]()


@pytest.fixture(scope="module")
def photos():
    generator = np.random.default_rng(9)
    found = []
    loaded = [cv2.imread(str(FOLDER / name), cv2.IMREAD_COLOR_RGB) for name in NAMES]
    while len(found) < 200:
        photo = loaded[len(found) % len(NAMES)]
        height, width = (min(side, int(generator.integers(128, 400))) for side in photo.shape[:2])
        top, left = (
            int(generator.integers(0, most - side + 1))
            for most, side in zip(photo.shape, (height, width), strict=False)
        )
        crop = photo[top : top + height, left : left + width]
        if crop.std() > 8:  # a crop of a black margin is no photo
            found.append(np.ascontiguousarray(crop))
    return found


@pytest.fixture(scope="module")
def edges(photos):
    found = [cv2.Canny(photo, 100, 200) for photo in photos]
    found = [each for each in found if np.count_nonzero(each) > 0.002 * each.size]
    assert len(found) > 160
    return found


@pytest.fixture(scope="module")
def depths():
    """Crops of a stereo camera's depth as it came and smoothed as networks predict it, and drawn scenes."""
    disparity = np.load(FOLDER / "motorcycle_disp.npz")["arr_0"]
    generator = np.random.default_rng(10)
    found = []
    for number in range(48):
        side = int(generator.integers(180, 420))
        top, left = int(generator.integers(0, 501 - side)), int(generator.integers(0, 742 - side))
        depth = disparity[top : top + side, left : left + side]
        if number % 3 == 1:
            depth = cv2.GaussianBlur(np.where(np.isfinite(depth), depth, 10), (0, 0), 1.5)
        if number % 3 == 2:
            y, x = np.mgrid[0:side, 0:side] / side
            depth = y.copy()
            for _ in range(int(generator.integers(3, 20))):
                at_x, at_y, radius, near = generator.uniform((0, 0, 0.05, 0.2), (1, 1, 0.3, 1.4))
                depth = np.where((x - at_x) ** 2 + (y - at_y) ** 2 < radius**2, near + 0.2 * x, depth)
            depth = cv2.GaussianBlur(depth, (0, 0), generator.uniform(0.3, 2))
        found.append(control.normalize_depth(depth, near="high"))
    return found


def hand(at, reach):
    joints = [tuple(at)]
    for finger in np.linspace(-2, -0.4, 5):
        joints += [tuple(at + reach * joint / 4 * np.array((np.cos(finger), np.sin(finger)))) for joint in range(1, 5)]
    return joints


def face(at, radius):
    angles = np.linspace(0, 2 * np.pi, 68, endpoint=False)
    return [
        tuple(at + radius * (1 - index % 3 / 4) * np.array((np.cos(a), np.sin(a)))) for index, a in enumerate(angles)
    ]


@pytest.fixture(scope="module")
def poses():
    generator = np.random.default_rng(11)
    found = []
    for number in range(40):
        width, height = (int(side) for side in generator.integers(240, 480, 2))
        people = []
        for _ in range(1 + number % 4):
            at = generator.uniform(0.3, 0.7, 2) * (width, height)
            body = BODY * generator.uniform(0.2, 0.5) * height + at + generator.normal(0, 4, (18, 2))
            reach = 0.12 * height
            people.append((
                control.Person(tuple(map(tuple, body))),
                control.Person(
                    tuple(map(tuple, body)),
                    left_hand=hand(body[7], reach), right_hand=hand(body[4], reach), face=face(body[0], reach / 2),
                ),
                control.Person((None,) * 18, left_hand=hand(at, 2 * reach)),
                control.Person((None,) * 18, face=face(at, reach)),
            )[number // 4 % 4])  # fmt: skip
        found.append(control.draw_pose(people, (width, height)))
    return found


def test_no_photo_is_taken_for_a_map(photos):
    for number, photo in enumerate(photos):
        for picture in (photo, spoilt(photo, number + number // 20)):
            assert check.control(picture, "photo").codes == ()
        assert check.kind_of(photo) not in MAPS


def test_no_map_is_taken_for_a_photo(edges, depths, poses):
    lines = [each for edge in edges[::6] for each in (edge, 255 - edge, jpeg(edge), jpeg(255 - edge))]
    smooth = [each for depth in depths for each in (depth, 255 - depth, jpeg(depth))]
    assert "photo" not in {check.kind_of(each) for each in [*lines, *smooth, *poses, *map(jpeg, poses)]}
    for kind, maps in (("canny", edges[1::3]), ("depth", smooth[::2]), ("pose", poses)):
        assert all(check.control(each, kind).ok for each in maps)
        assert all(check.control(jpeg(each), kind).ok for each in maps[::3])


def test_every_inverted_canny_is_found(edges):
    for edge in edges:
        assert check.control(255 - edge, "canny").codes == ("inverted",)
    for edge in edges[::3]:
        assert check.control(jpeg(255 - edge), "canny").codes == ("inverted",)


def test_lines_and_poses_are_refused_as_photos(edges, poses):
    for picture in (*edges[::4], *map(jpeg, edges[1::4]), *poses[::2]):
        report = check.control(picture, "photo")
        assert report.codes == ("map",)
        assert not report.ok


def test_depth_gets_no_verdict_without_evidence(depths):
    named = 0
    for depth in depths:
        for picture in (depth, 255 - depth):
            codes = check.control(picture, "depth").codes
            assert set(codes) <= {"unsure"}
            named += not codes
    assert named > 0.75 * 2 * len(depths)  # most are taken for what they are


def test_depth_is_judged_with_evidence(depths):
    for one in depths[::2]:
        assert check.control(255 - one, "depth", reference=one).codes == ("depth-inverted",)
        assert "depth-inverted" not in check.control(one, "depth", reference=one).codes


def test_dark_photos_do_not_pass_as_soft_lines(photos):
    """A photo in the dark is nearly black, as soft edges are: it is refused, or said to be unsure."""
    for photo in photos:
        dark = cv2.convertScaleAbs(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), alpha=0.4)
        for of in ("soft_edge", "lineart"):
            assert set(check.control(dark, of).codes) & {"photo", "unsure", "other-map", "inverted", "blank"}


def test_soft_lines_are_not_refused(photos):
    made = [control.soft_edge(photo) for photo in photos[::3]]
    unsure = [check.control(each, "soft_edge") for each in made if (each >= 64).mean() > 0.003]
    assert all(report.ok for report in unsure)
    assert sum("unsure" in report.codes for report in unsure) < 0.15 * len(unsure)


def test_orange_photos_are_no_swapped_normals():
    retina = skimage.data.retina()
    for top, left in ((300, 500), (500, 300), (600, 700), (350, 700)):
        crop = np.ascontiguousarray(retina[top : top + 300, left : left + 300])
        assert set(check.control(crop, "normal").codes) <= {"photo", "not-normals"}


def test_depth_does_not_pass_as_a_photo(depths):
    silent = [each for depth in depths for each in (depth, jpeg(depth)) if not check.control(each, "photo").codes]
    assert len(silent) <= 0.04 * 2 * len(depths)


def test_gray_photos_are_refused_as_depth_or_at_least_said_to_be_unsure(photos):
    """A gray photo is no depth map: an error where texture is evidence enough, else a warning."""
    gray = [cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY) for photo in photos]
    reports = [check.control(each, "depth") for each in gray]
    assert all(report.codes for report in reports)
    assert sum(not report.ok for report in reports) > 0.6 * len(reports)


def test_photos_out_of_strong_jpeg_hardly_ever_pass_as_depth(photos):
    for quality, most in ((20, 0.15), (50, 0.04)):
        compressed = [jpeg(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), quality) for photo in photos[::2]]
        silent = [each for each in compressed if not check.control(each, "depth").codes]
        assert len(silent) <= most * len(compressed)


def test_depth_out_of_jpeg_does_not_pass_as_a_photo(depths):
    compressed = [jpeg(depth, quality) for depth in depths[::2] for quality in (20, 40, 70)]
    assert all(check.control(each, "depth").ok for each in compressed)
    silent = [each for each in compressed if not check.control(each, "photo").codes]
    assert len(silent) <= len(compressed) / 6


def test_grain_in_the_dark_is_not_taken_for_lines(photos):
    """Photos at 5 % of their brightness, with a sensor's grain."""
    generator = np.random.default_rng(12)
    for photo in photos[::2]:
        dark = np.clip(0.05 * photo + generator.normal(0, 4, photo.shape), 0, 255).astype(np.uint8)
        assert check.control(dark, "photo").ok
        for of in ("canny", "scribble", "lines"):
            assert not check.control(dark, of).ok


def test_faint_soft_lines_do_not_pass_as_photos(photos):
    made = [control.soft_edge(photo) for photo in photos[::5]]
    faint = [(each * 0.25).astype(np.uint8) for each in made if (each >= 64).mean() > 0.003]
    silent = [each for each in faint if not check.control(each, "photo").codes]
    assert len(silent) <= len(faint) / 6


def test_light_gray_is_no_normal_map(photos):
    for photo in photos[::10]:
        light = (193 + cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY) / 12).astype(np.uint8)
        assert not check.control(light, "normal").ok


def scene(seed, height=240, width=320):
    """Ground, a wall and things before it, near is white."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    depth = np.maximum(40 + 0.05 * x, 0.75 * y)
    for _ in range(int(generator.integers(3, 9))):
        left, top, wide, tall, near = generator.uniform((0, 40, 30, 40, 90), (280, 160, 90, 110, 220))
        box = (x > left) & (x < left + wide) & (y > top) & (y < top + tall)
        disc = (x - left) ** 2 + (y - top) ** 2 < (wide / 2) ** 2
        depth = np.where(box if generator.random() < 0.5 else disc, np.maximum(depth, near + 0.1 * (x - left)), depth)
    return depth.clip(25, 245)


def holes(seed, height=240, width=320):
    """What a sensor does not see: patches, specks and a frame."""
    generator = np.random.default_rng(seed)
    field = cv2.GaussianBlur(generator.normal(0, 1, (height, width)), (0, 0), generator.uniform(3, 12))
    missing = (field > np.quantile(field, generator.uniform(0.8, 0.97))) | (generator.random(field.shape) < 0.01)
    missing[:, :8] = missing[:6] = True
    return missing


def test_depth_with_holes_and_noise_is_no_photo():
    generator = np.random.default_rng(13)
    for seed in range(24):
        whole = scene(seed)
        torn = np.where(holes(seed), 0, whole).astype(np.uint8)
        ramp = np.tile(np.linspace(*sorted(generator.uniform(30, 220, 2)), 320), (240, 1))
        noisy = [
            (low + gain * depth + generator.normal(0, 2.5, depth.shape)).clip(0, 255).astype(np.uint8)
            for depth, low, gain in ((whole, 60, 0.4), (whole, 0, 1), (ramp, 0, 1))
            if gain * np.ptp(depth) > 50
        ]
        for depth in (torn, *noisy):
            assert check.control(depth, "depth").ok
            assert check.control(depth, "photo").codes


@pytest.mark.parametrize("sigma_px", [4, 6, 9, 14])
def test_gray_photos_out_of_focus_do_not_pass_as_depth(photos, sigma_px):
    for photo in photos[::3]:
        blurred = cv2.GaussianBlur(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), (0, 0), sigma_px)
        assert {*check.control(blurred, "depth").codes} - {"low-contrast"}
        assert check.control(blurred, "photo").ok
