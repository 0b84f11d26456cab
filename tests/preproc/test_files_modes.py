"""Every mode and depth is read as what it means."""

import struct

import cv2
import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest

from preproc.errors import FileFormatError, InputError
from preproc.files import Photo, load_image, load_mask

from .stored import chunk, encoded, png, smooth


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV"])
def test_every_pillow_mode_is_its_rgb_form(mode):
    rgb = PIL.Image.fromarray(smooth())
    picture = (
        rgb.convert("RGBA").convert("RGBa")
        if mode == "RGBa"
        else rgb.convert("P").convert("PA")
        if mode == "PA"
        else rgb.convert(mode)
    )
    before = picture.tobytes()
    expected = np.asarray(picture.convert("RGBA").convert("RGB") if mode == "RGBa" else picture.convert("RGB"))
    np.testing.assert_array_equal(load_image(picture), expected)
    assert picture.tobytes() == before


def test_premultiplied_gray():
    picture = PIL.Image.frombytes("LA", (2, 1), bytes([100, 255, 100, 255])).convert("La")
    assert load_image(picture).tolist() == [[[100] * 3, [100] * 3]]


def test_lab_becomes_srgb():
    picture = PIL.Image.frombytes("LAB", (3, 1), bytes([0, 0, 0, 255, 0, 0, 138, 0, 0]))
    black, white, gray = load_image(picture)[0].astype(int)
    assert np.abs(black - 0).max() <= 1
    assert np.abs(white - 255).max() <= 1
    assert np.abs(gray - 129).max() <= 2  # L* 54 is sRGB 129


def test_16_bit_gray_is_rounded_not_clipped():
    values = np.array([[0, 128, 129, 257, 32768, 65535]], np.uint16)
    expected = [[0, 0, 1, 1, 128, 255]]
    data = encoded(PIL.Image.fromarray(values))
    for form in (values, PIL.Image.fromarray(values), data, encoded(PIL.Image.fromarray(values), "TIFF")):
        assert load_image(form)[:, :, 1].tolist() == expected
        assert load_mask(form).tolist() == expected
        np.testing.assert_array_equal(Photo.open(form).pixels[:, :, 0], values)


def test_big_endian_16_bit():
    values = np.array([[0, 257, 65535]], ">u2")
    assert load_image(values)[:, :, 0].tolist() == [[0, 1, 255]]
    picture = PIL.Image.frombytes("I;16B", (3, 1), values.tobytes())
    assert load_image(picture)[:, :, 0].tolist() == [[0, 1, 255]]
    assert Photo.open(values).pixels.dtype == np.dtype(np.uint16)


@pytest.mark.parametrize(("kind", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_16_bit_png_keeps_every_bit(kind, channels):
    wide = np.random.default_rng(kind).integers(0, 65536, (5, 7, channels), dtype=np.uint16)
    photo = Photo.open(png([row.astype(">u2").tobytes() for row in wide], depth=16, kind=kind))
    colours = 3 if channels > 2 else 1
    np.testing.assert_array_equal(photo.pixels, wide[:, :, :colours])
    if channels in {2, 4}:
        np.testing.assert_array_equal(photo.alpha, wide[:, :, -1])
    else:
        assert photo.alpha is None


def test_16_bit_colour_tiff_keeps_every_bit():
    wide = np.random.default_rng(0).integers(0, 65536, (5, 7, 4), dtype=np.uint16)
    photo = Photo.open(cv2.imencode(".tiff", wide[:, :, [2, 1, 0]])[1].tobytes())
    np.testing.assert_array_equal(photo.pixels, wide[:, :, :3])
    assert load_image(photo).dtype == np.uint8


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_low_depth_gray_png_runs_to_white(depth):
    data = png([bytes([0b11100100])], depth=depth, kind=0)
    expected = {1: [255, 255, 255, 0, 0, 255, 0, 0], 2: [255, 170, 85, 0], 4: [238, 68]}[depth]
    assert load_image(data)[0, :, 0].tolist() == expected


def test_palette_gives_colours_with_their_transparency():
    palette = chunk(b"PLTE", bytes([10, 20, 30, 40, 50, 60])) + chunk(b"tRNS", bytes([128]))
    photo = Photo.open(png([bytes([0b01000000])], depth=1, kind=3, before=palette))
    assert photo.pixels[0, :2].tolist() == [[10, 20, 30], [40, 50, 60]]
    assert photo.alpha[0, :2].tolist() == [128, 255]


def test_colour_key_transparency():
    data = png([bytes([1, 2, 3, 4, 5, 6])], depth=8, kind=2, before=chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3)))
    photo = Photo.open(data)
    assert photo.pixels.tolist() == [[[1, 2, 3], [4, 5, 6]]]
    assert photo.alpha.tolist() == [[0, 255]]


def test_colours_under_full_transparency_are_kept():
    rgba = np.array([[[10, 20, 30, 0], [1, 2, 3, 255]]], np.uint8)
    for name, options in (("PNG", {}), ("WEBP", {"lossless": True, "exact": True}), ("TIFF", {})):
        data = encoded(PIL.Image.fromarray(rgba), name, **options)
        assert load_image(data).tolist() == rgba[:, :, :3].tolist(), name


def test_float_tiff_within_0_to_1():
    values = np.array([[0.0, 0.25, 1.0]], np.float32)
    photo = Photo.open(encoded(PIL.Image.fromarray(values), "TIFF"))
    assert photo.pixels.ravel().tolist() == [0, 16384, 65535]
    assert photo.rgb[0, :, 0].tolist() == [0, 64, 255]


@pytest.mark.parametrize("bad", [-0.1, 1.5, np.nan, np.inf])
def test_other_floats_are_named(bad):
    picture = PIL.Image.fromarray(np.array([[0.0, bad]], np.float32))
    with pytest.raises(
        FileFormatError, match="NaN or infinite" if not np.isfinite(bad) else "floating point values from"
    ):
        load_image(picture)
    with pytest.raises(InputError, match=r"floating point|NaN"):
        load_image(np.asarray(picture))


def test_32_bit_integers():
    assert load_image(PIL.Image.fromarray(np.array([[0, 255]], np.int32)))[0, :, 0].tolist() == [0, 255]
    with pytest.raises(FileFormatError, match="from 0 to 256; pictures run from 0 to 255"):
        load_image(PIL.Image.fromarray(np.array([[0, 256]], np.int32)))


def test_16_bit_pgm():
    assert load_image(b"P5 2 1 65535\n" + struct.pack(">HH", 65535, 32768))[0, :, 0].tolist() == [255, 128]


def test_a_float_picture_that_is_not_finite_says_how_many_pixels():
    values = np.zeros((4, 5), np.float32)
    values[0, :3] = np.nan, np.inf, -np.inf
    with pytest.raises(FileFormatError, match="3 pixels that are NaN or infinite, of 20"):
        load_image(PIL.Image.fromarray(values))
