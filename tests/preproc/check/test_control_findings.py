"""What every control map is checked for, whatever its type: blank, form, size, arguments."""

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

from .grids import grid

TYPES = sorted(CheckedType.__args__)


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
