"""Masks out of what a picture holds already: alpha, brightness, labels, depth."""

import io

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import preproc
from preproc import mask
from preproc.errors import FileFormatError, InputError

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)
pictures = hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)))


def png(image: PIL.Image.Image, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


def rgba(alpha: np.ndarray, color=(255, 255, 255)) -> PIL.Image.Image:
    picture = PIL.Image.new("RGB", alpha.shape[::-1], color)
    picture.putalpha(PIL.Image.fromarray(alpha))
    return picture


class TestFromAlpha:
    def test_both_sides(self):
        picture = np.dstack([np.zeros((16, 16, 3), np.uint8), RAMP])
        np.testing.assert_array_equal(mask.from_alpha(picture), RAMP)
        np.testing.assert_array_equal(mask.from_alpha(picture, edit="transparent"), 255 - RAMP)
        np.testing.assert_array_equal(mask.from_alpha(picture[:, :, 2:]), RAMP)

    def test_every_form_with_alpha(self, tmp_path):
        picture = rgba(RAMP, (200, 30, 30))
        picture.save(tmp_path / "a.png")
        picture.save(tmp_path / "a.webp", lossless=True, exact=True)
        for source in (
            tmp_path / "a.png",
            str(tmp_path / "a.png"),
            png(picture),
            tmp_path / "a.webp",
            np.array(picture),
        ):
            np.testing.assert_array_equal(mask.from_alpha(source), RAMP)
        np.testing.assert_array_equal(mask.from_alpha(preproc.Photo.open(tmp_path / "a.png")), RAMP)
        with (tmp_path / "a.png").open("rb") as file:
            np.testing.assert_array_equal(mask.from_alpha(file), RAMP)

    def test_pillow_in_pillow_out(self):
        out = mask.from_alpha(rgba(RAMP))
        assert isinstance(out, PIL.Image.Image)
        assert out.mode == "L"
        np.testing.assert_array_equal(np.array(out), RAMP)

    def test_premultiplied_reads_the_same(self):
        straight = rgba(RAMP, (200, 100, 50))
        np.testing.assert_array_equal(np.array(mask.from_alpha(straight.convert("RGBa"))), RAMP)
        multiplied = np.array(straight)
        multiplied[:, :, :3] = multiplied[:, :, :3] * (multiplied[:, :, 3:] / 255)
        np.testing.assert_array_equal(mask.from_alpha(multiplied), RAMP)

    def test_sixteen_bits_and_floats(self):
        wide = np.dstack([np.zeros((16, 16), np.uint16), RAMP.astype(np.uint16) * 257])
        np.testing.assert_array_equal(mask.from_alpha(wide), RAMP)
        np.testing.assert_array_equal(mask.from_alpha(wide / 65535), RAMP)

    def test_palette_with_transparency(self):
        picture = PIL.Image.new("P", (3, 1))
        picture.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0])
        picture.putdata([0, 1, 2])
        data = png(picture, transparency=bytes([0, 128, 255]))
        assert mask.from_alpha(data).tolist() == [[0, 128, 255]]

    @pytest.mark.parametrize("mode", ["L", "RGB", "1"])
    def test_without_alpha_nothing_is_assumed(self, mode):
        with pytest.raises(InputError, match="this 5x4 picture has no transparency"):
            mask.from_alpha(PIL.Image.new(mode, (5, 4)))

    def test_a_side_that_is_none(self):
        with pytest.raises(InputError, match="edit is 'opaque' or 'transparent', got 'white'"):
            mask.from_alpha(rgba(RAMP), edit="white")

    def test_the_mask_is_a_copy(self):
        picture = np.dstack([RAMP, RAMP])
        mask.from_alpha(picture)[:] = 7
        np.testing.assert_array_equal(picture[:, :, 1], RAMP)


class TestEditorsExports:
    """A selection as drawing programs save it: gray, alpha over a constant colour, or indexed."""

    selection = mask.feather(mask.ellipse((16, 16), (3, 4, 12, 13)), 3)

    def test_gray(self):
        data = png(PIL.Image.fromarray(self.selection))
        np.testing.assert_array_equal(preproc.load_mask(data), self.selection)
        np.testing.assert_array_equal(mask.from_luminance(data, low=255, soft=255), self.selection)

    def test_gray_as_rgb(self):
        data = png(PIL.Image.fromarray(self.selection).convert("RGB"))
        np.testing.assert_array_equal(preproc.load_mask(data), self.selection)

    @pytest.mark.parametrize("color", [(0, 0, 0), (255, 255, 255), (255, 0, 0)])
    def test_alpha_over_a_constant_colour(self, color):
        np.testing.assert_array_equal(mask.from_alpha(png(rgba(self.selection, color))), self.selection)

    def test_indexed(self):
        indexed = PIL.Image.fromarray(self.selection).convert("P")
        np.testing.assert_array_equal(preproc.load_mask(png(indexed)), self.selection)


class TestFromLuminance:
    def test_hard_and_soft(self):
        gray = np.array([[0, 99, 100, 150, 200, 201, 255]], np.uint8)
        assert mask.from_luminance(gray, low=100, high=200).tolist() == [[0, 0, 255, 255, 255, 0, 0]]
        assert mask.from_luminance(gray, low=100, high=200, soft=10).tolist() == [[0, 230, 255, 255, 255, 230, 0]]
        assert mask.from_luminance(gray).tolist() == [[0, 0, 0, 255, 255, 255, 255]]
        assert mask.from_luminance(gray, low=0, high=50).tolist() == [[255, 0, 0, 0, 0, 0, 0]]

    def test_colours_weigh_as_rec_601(self):
        primaries = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
        assert mask.from_luminance(primaries, low=255, soft=255).tolist() == [[76, 150, 29]]

    @given(pictures, st.integers(0, 255), st.integers(0, 255))
    @settings(max_examples=20, deadline=None)
    def test_below_and_above_are_complements(self, picture, one, other):
        low, high = sorted((one, other))
        inside = mask.from_luminance(picture, low=low, high=high).astype(int)
        below = mask.from_luminance(picture, low=0, high=low - 1) if low else 0 * inside
        above = mask.from_luminance(picture, low=high + 1, high=255) if high < 255 else 0 * inside
        assert (inside + below + above == 255).all()

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"low": 200, "high": 100}, "low=200 is above high=100"),
            ({"low": -1}, "low is at least 0 and at most 255, got -1"),
            ({"high": 256}, "high is at least 0 and at most 255, got 256"),
            ({"soft": float("nan")}, "soft"),
            ({"low": "a"}, "low is a number, got 'a'"),
        ],
    )
    def test_refused(self, options, words):
        with pytest.raises(InputError, match=words):
            mask.from_luminance(RAMP, **options)


class TestFromLabels:
    labels = np.array([[0, 1, 2], [2, 7, 1]])

    @pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64, np.uint16])
    def test_types(self, dtype):
        assert mask.from_labels(self.labels.astype(dtype), 2).tolist() == [[0, 0, 255], [255, 0, 0]]

    def test_several_or_none(self):
        assert mask.from_labels(self.labels, {1, 7}).tolist() == [[0, 255, 0], [0, 255, 255]]
        assert not mask.from_labels(self.labels, 99).any()
        assert not mask.from_labels(self.labels, []).any()
        assert mask.from_labels(self.labels - 1, -1).tolist() == [[255, 0, 0], [0, 0, 0]]
        assert mask.from_labels(self.labels > 1, True).tolist() == [[0, 0, 255], [255, 255, 0]]

    def test_files(self, tmp_path):
        palette = PIL.Image.fromarray(self.labels.astype(np.uint8)).convert("P")
        palette.putpalette([9, 9, 9] * 8)
        palette.save(tmp_path / "p.png")
        PIL.Image.fromarray((self.labels * 1000).astype(np.uint16)).save(tmp_path / "w.png")
        expected = [[0, 0, 0], [0, 255, 0]]
        assert mask.from_labels(tmp_path / "p.png", 7).tolist() == expected
        assert mask.from_labels(palette, 7).tolist() == expected
        assert mask.from_labels((tmp_path / "w.png").read_bytes(), 7000).tolist() == expected

    def test_refused(self, tmp_path):
        with pytest.raises(InputError, match=r"float64 of shape \(2, 2\)"):
            mask.from_labels(np.zeros((2, 2)), 1)
        with pytest.raises(InputError, match=r"uint8 of shape \(2, 2, 3\)"):
            mask.from_labels(np.zeros((2, 2, 3), np.uint8), 1)
        with pytest.raises(FileFormatError, match="cannot read labels"):
            mask.from_labels(tmp_path / "missing.png", 1)
        with pytest.raises(FileFormatError, match="cannot read labels from these bytes"):
            mask.from_labels(b"nothing", 1)


class TestFromDepth:
    depth = np.array([[1.0, 2.0, 2.5, 4.0, np.nan, np.inf, -np.inf]])

    def test_ranges(self):
        assert mask.from_depth(self.depth, near=1.5, far=2.5).tolist() == [[0, 255, 255, 0, 0, 0, 0]]
        assert mask.from_depth(self.depth, near=2.5, far=1.5).tolist() == [[0, 255, 255, 0, 0, 0, 0]]
        assert mask.from_depth(self.depth, near=2, far=2, soft=2).tolist() == [[128, 255, 191, 0, 0, 0, 0]]
        assert mask.from_depth(self.depth, near=-np.inf, far=2).tolist() == [[255, 255, 0, 0, 0, 0, 0]]

    def test_pictures_keep_sixteen_bits(self, tmp_path):
        wide = np.array([[1000, 1001, 1002]], np.uint16)
        PIL.Image.fromarray(wide).save(tmp_path / "d.png")
        for source in (wide, tmp_path / "d.png", wide[:, :, np.newaxis]):
            assert mask.from_depth(source, near=1001, far=1001).tolist() == [[0, 255, 0]]

    def test_refused(self):
        with pytest.raises(InputError, match=r"one number a pixel \(H, W\)"):
            mask.from_depth(np.zeros((2, 2, 3)), near=0, far=1)
        with pytest.raises(InputError, match="near and far are numbers"):
            mask.from_depth(self.depth, near=float("nan"), far=1)
        with pytest.raises(InputError, match="soft"):
            mask.from_depth(self.depth, near=0, far=1, soft=-1)


@pytest.mark.parametrize(
    "call",
    [
        mask.from_luminance,
        lambda picture: mask.from_color(picture, "red"),
        lambda picture: mask.flood(picture, (1, 1)),
        lambda picture: mask.from_difference(picture, picture[::-1]),
        lambda picture: mask.from_labels(picture[:, :, 0], 3),
        lambda picture: mask.from_depth(picture[:, :, 0], near=1, far=9),
        lambda picture: mask.grabcut(picture, (2, 2, 9, 9), foreground=np.eye(12) > 0),
    ],
    ids=["luminance", "color", "flood", "difference", "labels", "depth", "grabcut"],
)
def test_pictures_are_left_alone(call):
    picture = np.random.default_rng(0).integers(0, 256, (12, 24, 3), dtype=np.uint8)[:, ::2]
    before = picture.copy()
    picture.setflags(write=False)
    drawn = call(picture)
    np.testing.assert_array_equal(picture, before)
    assert drawn.dtype == np.uint8
    assert drawn.shape == picture.shape[:2]


def test_pillow_in_pillow_out():
    picture = PIL.Image.new("RGB", (12, 9), "red")
    for out in (
        mask.from_luminance(picture),
        mask.from_color(picture, "red"),
        mask.flood(picture, (1, 1)),
        mask.from_difference(picture, picture),
    ):
        assert isinstance(out, PIL.Image.Image)
        assert out.size == (12, 9)
