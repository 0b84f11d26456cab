import cv2
import numpy as np
import PIL.Image
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import preproc
from preproc import check, control
from preproc.check import Report
from preproc.check.control_maps import CheckedType
from preproc.errors import InputError

TYPES = sorted(CheckedType.__args__)


def grid(size=256, step=16, width=1):
    picture = np.zeros((size, size), np.uint8)
    for start in range(8, size - 8, step):
        picture[8:-8, start : start + width] = 255
    return picture


def classes():
    labels = np.zeros((120, 160), int)
    labels[:, 40:], labels[60:, :] = 4, 12
    labels[90:, 100:] = 2
    return labels


def finding(report, code):
    return next(each for each in report.findings if each.code == code)


def test_every_type_of_the_registry_can_be_checked():
    assert {*control.TYPES, "photo"} == set(TYPES)


@pytest.mark.parametrize("of", TYPES)
@pytest.mark.parametrize("value", [0, 7, 255])
def test_blank(of, value):
    report = check.control(np.full((40, 60), value, np.uint8), of)
    assert report.codes == ("blank",)
    assert not report.ok


def test_blank_names_values_that_count_from_zero_to_one():
    report = check.control(grid() // 255, "canny")
    assert report.codes == ("blank",)
    assert report.findings[0].fix == "m * 255  # if its values count from 0 to 1"


def test_a_little_in_a_large_picture_is_not_blank():
    picture = np.zeros((3000, 2000), np.uint8)
    picture[1500:1510, 300:1500] = 255
    assert check.control(picture, "scribble").codes == ()


@pytest.mark.parametrize("form", ["array", "pillow", "path", "bytes"])
def test_any_form(form, tmp_path):
    picture = PIL.Image.fromarray(grid())
    picture.save(tmp_path / "edges.png")
    source = {
        "array": grid(),
        "pillow": picture,
        "path": tmp_path / "edges.png",
        "bytes": (tmp_path / "edges.png").read_bytes(),
    }[form]
    assert check.control(source, "canny").codes == ()
    assert check.kind_of(source) == "edges"


class TestLines:
    def test_inverted(self):
        report = check.control(255 - grid(), "canny")
        assert report.codes == ("inverted",)
        assert report.findings[0].fix == "255 - m"
        assert report.findings[0].value == pytest.approx(0.944, abs=0.01)

    def test_thick_scribbles_may_be_inverted_too(self):
        assert check.control(255 - grid(width=7, step=32), "scribble").codes == ("inverted",)
        assert check.control(grid(width=7, step=32), "scribble").codes == ()

    def test_doubled_by_nearest_neighbour(self):
        doubled = cv2.resize(grid(), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
        assert check.control(doubled, "canny").codes == ("thick-lines",)
        assert check.control(doubled, "scribble").codes == ()

    def test_strokes_wider_than_any_trained(self):
        assert check.control(grid(512, 128, 60), "scribble").codes == ("thick-lines",)

    def test_density(self):
        sparse = np.zeros((512, 512), np.uint8)
        sparse[256, 100:400] = 255
        assert check.control(sparse, "canny").codes == ("too-sparse",)
        assert check.control(grid(512, 2), "canny").codes == ("too-dense",)

    def test_density_is_judged_by_size(self):
        large = grid(2048, 256)
        assert check.control(large, "canny").codes == ()
        assert check.control(grid(512, 512), "canny").codes == ("too-sparse",)

    def test_interpolation_is_told_from_jpeg(self):
        grown = cv2.resize(grid(), None, fx=1.5, fy=1.5)
        assert "resizing" in finding(check.control(grown, "canny"), "gray-fringed").message
        data = cv2.imencode(".jpg", grid(), [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
        assert "JPEG" in finding(check.control(data, "canny"), "gray-fringed").message

    def test_faint_lines_of_a_thumbnail(self):
        shrunk = cv2.resize(grid(512, 24), (128, 128), interpolation=cv2.INTER_AREA)
        assert "gray-fringed" in check.control(shrunk, "canny").codes

    def test_soft_lines_are_no_fringe_for_soft_types(self):
        soft = cv2.GaussianBlur(grid(step=32, width=3), (0, 0), 2)
        assert check.control(soft, "soft_edge").codes == ()
        assert check.control(soft, "lineart").codes == ()

    def test_a_mask_is_no_line_drawing(self):
        mask = np.zeros((200, 200), np.uint8)
        mask[50:150, 50:150] = 255
        assert check.control(mask, "canny").codes == ("thick-lines",)

    def test_coloured_lines(self):
        coloured = np.zeros((200, 200, 3), np.uint8)
        coloured[::8, :, 0] = 255
        coloured[:, ::8, 1] = 255
        assert not check.control(coloured, "canny").ok


class TestSize:
    def test_equal(self):
        assert check.control(grid(), "canny", size=(256, 256)).ok

    def test_another_size_of_the_same_shape(self):
        report = check.control(grid(), "canny", size=(512, 512))
        assert report.codes == ("size-mismatch",)
        assert report.ok
        assert report.findings[0].value == (256, 256)
        assert "size=(512, 512)" in report.findings[0].fix

    def test_another_shape(self):
        report = check.control(grid(), "canny", size=(512, 384))
        assert report.codes == ("aspect",)
        assert not report.ok

    def test_turned(self):
        report = check.control(grid()[:, :200], "canny", size=(256, 200))
        assert "turned by 90 degrees" in report.findings[0].message

    def test_a_map_may_be_of_another_size_than_its_photo(self):
        photo = np.zeros((500, 500, 3), np.uint8)
        assert check.control(grid(), "canny", image=photo).codes == ()
        assert check.control(grid(), "canny", image=photo[:400]).codes == ("aspect",)

    @pytest.mark.parametrize(("width", "height"), [(1000, 667), (667, 1000), (999, 333)])
    def test_rounded_sides_are_no_other_shape(self, width, height):
        photo = np.zeros((height * 3 + 1, width * 3 - 1, 3), np.uint8)
        assert "aspect" not in check.control(np.zeros((height, width), np.uint8), "canny", image=photo).codes


class TestDepth:
    ramp = np.tile(np.linspace(255, 0, 200).astype(np.uint8), (150, 1)).T.copy()  # near at the top

    def test_points(self):
        points = {"near_point": (20, 10), "far_point": (20, 190)}
        assert check.control(self.ramp, "depth", **points).codes == ()
        report = check.control(255 - self.ramp, "depth", **points)
        assert report.codes == ("depth-inverted",)
        assert report.findings[0].value == (13, 244)

    def test_close_points_do_not_decide(self):
        points = {"near_point": (20, 100), "far_point": (20, 104)}
        assert check.control(255 - self.ramp, "depth", **points).codes == ()

    def test_points_on_a_border_do_not_decide(self):
        steps = np.full((150, 200), 60, np.uint8)
        steps[:, 100:] = 200
        for x in (99, 100, 101):
            assert check.control(steps, "depth", near_point=(x, 75), far_point=(150, 75)).codes in ((), ("unsure",))
        assert "depth-inverted" in check.control(steps, "depth", near_point=(50, 75), far_point=(150, 75)).codes

    def test_points_near_a_border_decide_where_most_around_them_does(self):
        steps = np.full((640, 640), 60, np.uint8)
        steps[:, 300:] = 200
        points = {"near_point": (293, 300), "far_point": (500, 300)}  # 17 of 21 columns around the first are near
        assert "depth-inverted" in check.control(steps, "depth", **points).codes
        assert "depth-inverted" not in check.control(255 - steps, "depth", **points).codes

    def test_sky(self):
        sky = (0, 150, 150, 200)
        assert check.control(self.ramp, "depth", sky=sky).codes == ()
        assert check.control(255 - self.ramp, "depth", sky=sky).codes == ("depth-inverted",)

    def test_sky_everywhere_does_not_decide(self):
        assert check.control(255 - self.ramp, "depth", sky=(0, 0, 150, 200)).codes == ()

    def test_second_map(self):
        second = np.sqrt(self.ramp / 255.0) * 0.5
        assert check.control(self.ramp, "depth", reference=second).codes == ()
        report = check.control(255 - self.ramp, "depth", reference=second)
        assert report.codes == ("depth-inverted",)
        assert report.findings[0].value == pytest.approx(-1, abs=0.001)

    def test_an_unrelated_map_does_not_decide(self):
        assert check.control(255 - self.ramp, "depth", reference=self.ramp.T[:, :150].repeat(2, 0)[:200]).codes == ()

    @pytest.mark.parametrize("name", ["astronaut", "brick"])
    def test_a_photo_is_no_second_map(self, name):
        photo = cv2.resize(getattr(skimage.data, name)(), (150, 200), interpolation=cv2.INTER_AREA)
        with pytest.raises(InputError, match=r"the reference is no depth map .*one in gray is expected"):
            check.control(self.ramp, "depth", reference=photo)

    def test_a_colour_map_is_no_second_map(self):
        with pytest.raises(InputError, match="have colour"):
            check.control(self.ramp, "depth", reference=cv2.applyColorMap(self.ramp, cv2.COLORMAP_VIRIDIS))

    def test_colour_map(self):
        coloured = cv2.cvtColor(cv2.applyColorMap(self.ramp, cv2.COLORMAP_VIRIDIS), cv2.COLOR_BGR2RGB)
        assert check.control(coloured, "depth").codes == ("colour",)

    def test_low_contrast(self):
        assert check.control(self.ramp // 8 + 100, "depth").codes == ("low-contrast",)

    @pytest.mark.parametrize(
        ("evidence", "words"),
        [
            ({"near_point": (1, 1)}, "one point proves nothing"),
            ({"near_point": (1, 1), "far_point": (150, 5)}, "far_point=.* lies outside of 150x200"),
            ({"sky": (0, 0, 151, 5)}, "no box inside 150x200"),
            ({"sky": (5, 5, 5, 9)}, "no box inside"),
            ({"reference": np.zeros((10, 300), np.uint8)}, "not the same view"),
        ],
    )
    def test_evidence_that_cannot_be(self, evidence, words):
        with pytest.raises(InputError, match=words):
            check.control(self.ramp, "depth", **evidence)

    def test_evidence_of_depth_for_another_type(self):
        with pytest.raises(InputError, match="sky say which end .* checked as canny"):
            check.control(grid(), "canny", sky=(0, 0, 1, 1))


class TestPose:
    body = ((40, 20), (40, 50), (25, 50), (15, 80), (12, 110), (55, 50), (65, 80), (68, 110), *[None] * 10)

    def test_upper_body(self):
        pose = control.draw_pose([self.body], (80, 128))
        assert check.control(pose, "pose").codes == ()
        assert check.control(pose[:, :, ::-1], "pose").codes == ("channels-swapped",)

    def test_hands_and_face(self):
        hand = [(60.0 + 6 * i, 30.0 + (i % 4) * 9) for i in range(21)]
        face = [(20.0 + i % 12 * 2, 20.0 + i // 12 * 3) for i in range(68)]
        person = control.Person((None,) * 18, face=face, left_hand=hand)
        assert check.control(control.draw_pose([person], (220, 90)), "pose").codes == ()

    def test_hands_alone_tell_the_order_of_the_channels(self):
        hand = [(20.0 + 6 * i, 30.0 + (i % 4) * 9) for i in range(21)]
        pose = control.draw_pose([control.Person((None,) * 18, left_hand=hand)], (180, 90))
        assert check.control(pose, "pose").codes == ()
        assert check.control(pose[:, :, ::-1], "pose").codes == ("channels-swapped",)

    @given(st.integers(0, 2**32 - 1), st.integers(1, 6))
    @settings(max_examples=12)
    def test_crowds_whose_limbs_cross_tell_it_too(self, seed, people):
        rng = np.random.default_rng(seed)
        crowd = [[tuple(rng.uniform(0, 400, 2)) for _ in range(18)] for _ in range(people)]
        pose = control.draw_pose(crowd, (400, 400))
        assert check.control(pose, "pose").codes == ()
        assert check.control(pose[:, :, ::-1], "pose").codes == ("channels-swapped",)

    def test_a_crowd_that_covers_more_than_half(self):
        crowd = np.random.default_rng(3).uniform(0, 240, (12, 18, 2)).tolist()
        pose = control.draw_pose(crowd, (240, 240))
        assert 0.1 < (pose == 0).all(axis=2).mean() < 0.5
        assert check.control(pose, "pose").codes == ()
        assert check.control(pose[:, :, ::-1], "pose").codes == ("channels-swapped",)

    def test_a_face_alone_is_not_judged(self):
        face = [(20.0 + i % 12 * 7, 20.0 + i // 12 * 9) for i in range(68)]
        pose = control.draw_pose([control.Person((None,) * 18, face=face)], (256, 256))
        assert check.control(pose, "pose").codes == ()

    def test_other_colours(self):
        pose = control.draw_pose([self.body], (80, 128))
        assert check.control(
            np.where(pose.any(axis=2, keepdims=True), (90, 200, 200), 0).astype(np.uint8), "pose"
        ).codes == ("not-a-pose",)


class TestSegmentation:
    def test_palettes(self):
        ade, coco = (control.segmentation_map(classes(), palette=name) for name in ("ade20k", "coco-contiguous"))
        assert check.control(ade, "segmentation").codes == ()
        assert check.control(coco, "segmentation", palette="coco").codes == ()
        assert check.control(ade, "segmentation", palette={1: (1, 2, 3)}).codes == ("palette",)
        report = check.control(coco, "segmentation")
        assert report.codes == ("palette",)
        assert "colours of coco" in report.findings[0].message

    def test_class_numbers_instead_of_colours(self):
        for numbers in (classes().astype(np.uint8), classes().astype(np.uint8) * 9):
            report = check.control(numbers, "segmentation")
            assert report.codes == ("palette",)
            assert "class numbers" in report.findings[0].message
            mended = eval(report.findings[0].fix, {"np": np, "control": control, "m": numbers})
            assert check.control(mended, "segmentation").codes == ()

    def test_swapped_channels(self):
        coloured = control.segmentation_map(classes())
        assert check.control(coloured[:, :, ::-1], "segmentation").codes == ("channels-swapped",)

    def test_fringes(self):
        grown = cv2.resize(control.segmentation_map(classes()), None, fx=1.3, fy=1.3)
        report = check.control(grown, "segmentation")
        assert report.codes == ("fringed-colours",)
        assert report.ok

    def test_unknown_colours_are_named(self):
        picture = np.zeros((90, 90, 3), np.uint8)
        picture[:30], picture[30:60], picture[60:] = (1, 130, 3), (200, 2, 99), (77, 88, 250)
        assert check.kind_of(picture) == "unknown"
        assert "#0182" in check.control(picture, "segmentation").findings[0].message


class TestNormal:
    def test_a_plain_wall(self):
        wall = np.full((60, 60, 3), (128, 128, 255), np.uint8)
        wall[20:40] = (150, 120, 253)
        assert check.control(wall, "normal").codes == ()

    def test_random_colours(self):
        noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)
        assert not check.control(noise, "normal").ok


class TestPicture:
    def test_gray_must_be_gray(self):
        noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)
        for of in ("gray", "recolor"):
            assert check.control(noise, of).codes == ("colour",)
        assert check.control(noise, "tile").codes == ()


class TestArguments:
    @pytest.mark.parametrize("of", ["low-quality", "Canny", "openpose", 3])
    def test_unknown_type(self, of):
        with pytest.raises(InputError, match="no control type is called"):
            check.control(grid(), of)

    def test_hyphens_are_pointed_out(self):
        with pytest.raises(InputError, match="did you mean 'low_quality'"):
            check.control(grid(), "low-quality")


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3))),
    st.sampled_from(TYPES),
)
def test_any_picture_gets_a_report(picture, of):
    original = picture.copy()
    picture.setflags(write=False)
    report = check.control(picture, of)
    assert isinstance(report, Report)
    assert all(each.fix for each in report.findings if each.level == "error")
    np.testing.assert_array_equal(picture, original)
    assert check.control(picture, of) == report


def test_a_depth_map_is_no_label_map():
    y, x = np.mgrid[0:200, 0:300]
    ramp = (150 + 0.3 * x + 0.05 * y).clip(0, 254).astype(np.uint8)
    report = check.control(ramp, "segmentation")
    assert report.codes == ("palette",)
    assert "segmentation_map" not in report.findings[0].fix


@pytest.mark.parametrize("form", ["bool", "uint16", "pillow", "rgba"])
def test_a_fix_mends_the_map_in_the_form_it_came_in(form):
    edges = cv2.Canny(skimage.data.coffee()[:300, :400], 100, 200)
    m = {
        "bool": edges == 0,
        "uint16": (255 - edges).astype(np.uint16) * 257,
        "pillow": PIL.Image.fromarray(255 - edges),
        "rgba": np.dstack([255 - edges] * 3 + [np.full_like(edges, 255)]),
    }[form]
    report = check.control(m, "canny")
    assert report.codes == ("inverted",)
    mended = eval(report.findings[0].fix, {"m": m, "preproc": preproc})
    assert check.control(mended, "canny").codes == ()


@pytest.mark.parametrize("of", ["segmentation", "normal"])
def test_what_photos_may_come_close_to_is_no_error(of):
    rng = np.random.default_rng(1)
    if of == "segmentation":
        exact = control.segmentation_map(np.kron(rng.integers(0, 20, (6, 8)), np.ones((40, 40), int)))
    else:
        y, x = np.mgrid[:200, :240]
        exact = control.normal_from_depth(np.clip(1 - np.hypot(x - 120, y - 100) / 150, 0, 1), near="high")
    close = np.clip(exact.astype(int) + rng.integers(-4, 5, exact.shape), 0, 255).astype(np.uint8)
    assert [finding.level for finding in check.control(exact, "photo").findings] == ["error"]
    assert [finding.level for finding in check.control(close, "photo").findings] == ["warning"]
