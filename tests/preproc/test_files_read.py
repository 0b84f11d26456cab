"""What comes out of `load_image` and `load_mask`, for every form, format, mode and depth."""

import io
import struct
import threading
import zlib

import cv2
import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from preproc.errors import FileFormatError, FramesWarning, InputError, MaskError
from preproc.files import Photo, load_image, load_mask, size_of

UPRIGHT = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3) * 3
AVIF = pytest.param(
    "AVIF",
    marks=pytest.mark.skipif("AVIF" not in PIL.Image.registered_extensions().values(), reason="a Pillow without AVIF"),
)


def encoded(picture, name="PNG", **options):
    buffer = io.BytesIO()
    picture.save(buffer, name, **options)
    return buffer.getvalue()


def smooth(height=24, width=40, *, seed=0):
    small = np.random.default_rng(seed).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(rows, *, depth, kind, before=b"", after=b""):
    """A PNG written chunk by chunk from rows of bytes."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    width = len(rows[0]) * 8 // depth // samples
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), depth, kind, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return b"\x89PNG\r\n\x1a\n" + header + before + pixels + after + chunk(b"IEND", b"")


def exif_with(orientation):
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    return exif


def test_every_form_of_a_file_gives_the_same_pixels(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(data := encoded(PIL.Image.fromarray(UPRIGHT)))
    with path.open("rb") as file, PIL.Image.open(path) as lazy:
        forms = [str(path), path, data, bytearray(data), file, io.BytesIO(data), lazy, UPRIGHT, Photo.open(path)]
        for form in forms:
            loaded = load_image(form)
            assert loaded.dtype == np.uint8
            np.testing.assert_array_equal(loaded, UPRIGHT)


def test_a_stream_that_cannot_seek_is_read():
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.left = encoded(PIL.Image.fromarray(UPRIGHT))

        def readable(self):
            return True

        def readall(self):
            left, self.left = self.left, b""
            return left

    np.testing.assert_array_equal(load_image(Pipe()), UPRIGHT)


def test_an_open_file_is_left_where_it_was(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"head" + encoded(PIL.Image.fromarray(UPRIGHT)))
    with path.open("rb") as file:
        file.seek(4)
        assert size_of(file) == (6, 4)
        np.testing.assert_array_equal(load_image(file), UPRIGHT)
        assert file.tell() == 4


def test_an_array_of_the_right_form_is_not_copied():
    assert load_image(UPRIGHT) is UPRIGHT


@pytest.mark.parametrize("name", ["PNG", "TIFF", "BMP", "PPM", "TGA", "PCX", "SGI", "JPEG2000"])
def test_lossless_formats(name):
    assert np.array_equal(load_image(encoded(PIL.Image.fromarray(UPRIGHT), name)), UPRIGHT)


@pytest.mark.parametrize("name", ["JPEG", "WEBP", AVIF, "GIF", "MPO"])
def test_lossy_formats_are_what_pillow_decodes(name):
    data = encoded(PIL.Image.fromarray(smooth()), name)
    with PIL.Image.open(io.BytesIO(data)) as picture:
        expected = np.asarray(picture.convert("RGB"))
    np.testing.assert_array_equal(load_image(data), expected)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 2}])
def test_jpeg_is_the_same_by_path_by_bytes_and_by_pillow(tmp_path, options):
    path = tmp_path / "a.jpg"
    path.write_bytes(data := encoded(PIL.Image.fromarray(smooth(50, 70)), "JPEG", quality=80, **options))
    with PIL.Image.open(path) as picture:
        expected = np.asarray(picture)
    for form in (path, data):
        np.testing.assert_array_equal(load_image(form), expected)


def test_jpeg_with_a_name_outside_ascii(tmp_path):
    path = tmp_path / "straße 猫.jpg"
    path.write_bytes(data := encoded(PIL.Image.fromarray(smooth()), "JPEG"))
    np.testing.assert_array_equal(load_image(path), load_image(data))


def test_gray_jpeg_has_one_channel():
    data = encoded(PIL.Image.fromarray(smooth()[:, :, 0]), "JPEG")
    photo = Photo.open(data)
    assert photo.pixels.shape == (24, 40, 1)
    with PIL.Image.open(io.BytesIO(data)) as picture:
        np.testing.assert_array_equal(photo.pixels[:, :, 0], np.asarray(picture))


def test_what_follows_the_end_of_a_jpeg_is_ignored():
    data = encoded(PIL.Image.fromarray(smooth()), "JPEG")
    motion_photo = data + b"\0\0\0\x18ftypmp42" + b"\xff\xda" * 50
    np.testing.assert_array_equal(load_image(motion_photo), load_image(data))


# ------------------------------------------------------------------------------------------------ which way up


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", AVIF])
def test_orientation_is_baked_in(orientation, name):
    options = {"lossless": True} if name == "WEBP" else {"quality": 95} if name in {"JPEG", "AVIF"} else {}
    data = encoded(PIL.Image.fromarray(smooth()), name, exif=exif_with(orientation), **options)
    with PIL.Image.open(io.BytesIO(data)) as picture:
        expected = np.asarray(PIL.ImageOps.exif_transpose(picture).convert("RGB"))
    np.testing.assert_array_equal(load_image(data), expected)
    assert size_of(data) == (expected.shape[1], expected.shape[0])
    with PIL.Image.open(io.BytesIO(data)) as picture:
        assert size_of(picture) == (expected.shape[1], expected.shape[0])
        np.testing.assert_array_equal(load_image(picture), expected)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_of_16_bit_png_and_of_exif_after_the_pixels(orientation):
    wide = UPRIGHT.astype(np.uint16) * 257 + 3
    rows = [row.astype(">u2").tobytes() for row in wide]
    block = exif_with(orientation).tobytes().removeprefix(b"Exif\0\0")
    expected = np.asarray(PIL.ImageOps.exif_transpose(_with_exif(UPRIGHT, orientation)))
    for place in ("before", "after"):
        data = png(rows, depth=16, kind=2, **{place: chunk(b"eXIf", block)})
        photo = Photo.open(data)
        assert photo.depth == 16
        np.testing.assert_array_equal(photo.pixels, expected.astype(np.uint16) * 257 + 3)
        assert size_of(data) == photo.size


def _with_exif(array, orientation):
    picture = PIL.Image.fromarray(array)
    picture.getexif()[0x0112] = orientation
    return picture


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_of_16_bit_tiff(orientation):
    wide = smooth().astype(np.uint16) * 257
    data = cv2.imencode(".tiff", wide[:, :, ::-1])[1].tobytes()
    turned = _retagged(data, orientation)
    expected = np.asarray(PIL.ImageOps.exif_transpose(_with_exif(smooth(), orientation))).astype(np.uint16) * 257
    np.testing.assert_array_equal(Photo.open(turned).pixels, expected)
    assert size_of(turned) == (expected.shape[1], expected.shape[0])


def _retagged(tiff, orientation):
    """The TIFF with an orientation tag in its first directory."""
    assert tiff[:4] == b"II*\0"
    (at,) = struct.unpack_from("<I", tiff, 4)
    (count,) = struct.unpack_from("<H", tiff, at)
    entries = [tiff[at + 2 + 12 * i : at + 14 + 12 * i] for i in range(count)]
    entries = [entry for entry in entries if entry[:2] != struct.pack("<H", 274)]
    entries.append(struct.pack("<HHIHH", 274, 3, 1, orientation, 0))
    entries.sort(key=lambda entry: struct.unpack("<H", entry[:2]))
    end = len(tiff) + len(tiff) % 2
    directory = struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", 0)
    return tiff[:4] + struct.pack("<I", end) + tiff[8:].ljust(end - 8, b"\0") + directory


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_impossible_orientation_turns_nothing(orientation):
    data = encoded(PIL.Image.fromarray(UPRIGHT), exif=exif_with(orientation))
    np.testing.assert_array_equal(load_image(data), UPRIGHT)


def test_broken_exif_does_not_stop_the_picture():
    rows = [row.tobytes() for row in UPRIGHT]
    with pytest.warns(UserWarning, match="Corrupt EXIF data"):  # Pillow's
        photo = Photo.open(png(rows, depth=8, kind=2, before=chunk(b"eXIf", b"MM\0*\xff\xff\xff\xff")))
    np.testing.assert_array_equal(photo.pixels, UPRIGHT)
    assert photo.exif is None


# ------------------------------------------------------------------------------------------------ modes and depths


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


def test_the_first_of_several_frames_is_read_and_that_is_said(tmp_path):
    frames = [PIL.Image.new("RGB", (4, 3), colour) for colour in ((255, 0, 0), (0, 255, 0))]
    for name in ("GIF", "TIFF", "PNG", "WEBP"):
        options = {"lossless": True} if name == "WEBP" else {}
        data = encoded(frames[0], name, save_all=True, append_images=frames[1:], **options)
        with pytest.warns(FramesWarning, match="the data holds several pictures: the first is read"):
            assert load_image(data)[0, 0].tolist() == [255, 0, 0], name
        load_image(encoded(frames[0], name, save_all=True, **options))  # one frame is nothing to speak of


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


@given(
    array=hnp.arrays(
        np.uint8, hnp.array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=9).map(lambda s: (*s[:2], 4))
    ),
    name=st.sampled_from(["PNG", "TIFF", "TGA"]),
)
@settings(max_examples=40, deadline=None)
def test_rgba_survives(array, name):
    photo = Photo.open(encoded(PIL.Image.fromarray(array), name))
    np.testing.assert_array_equal(np.dstack([photo.pixels, photo.alpha]), array)


def test_threads_read_the_same_as_one(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(PIL.Image.fromarray(smooth(100, 140)), "JPEG", exif=exif_with(6)))
    expected, found = load_image(path), []
    threads = [threading.Thread(target=lambda: found.append(load_image(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(np.array_equal(one, expected) for one in found)


# ------------------------------------------------------------------------------------------------ masks

SOFT = np.array([[0, 1, 127, 128, 254, 255]], np.uint8)


def test_masks_of_every_kind(tmp_path):
    gray = PIL.Image.fromarray(SOFT)
    palette = PIL.Image.fromarray(np.array([[0, 1, 2, 3, 4, 5]], np.uint8)).convert("P")
    palette.putpalette([level for value in SOFT[0].tolist() for level in (value, value, value)])
    opaque = PIL.Image.merge("RGBA", [gray, gray, gray, PIL.Image.new("L", gray.size, 255)])
    wide = PIL.Image.fromarray(SOFT.astype(np.uint16) * 257)
    for picture in (gray, gray.convert("RGB"), opaque, gray.convert("LA"), palette, wide):
        for form in (picture, encoded(picture), Photo.open(picture)):
            np.testing.assert_array_equal(load_mask(form), SOFT)


def test_one_bit_mask_is_black_and_white():
    assert load_mask(encoded(PIL.Image.frombytes("1", (8, 1), b"\xf0"))).tolist() == [[255] * 4 + [0] * 4]
    assert load_mask(np.array([[True, False]])).tolist() == [[255, 0]]


def test_mask_is_turned_with_its_photo():
    mask = np.arange(6, dtype=np.uint8).reshape(2, 3)
    data = encoded(PIL.Image.fromarray(mask), exif=exif_with(6))
    np.testing.assert_array_equal(load_mask(data), np.rot90(mask, -1))


@pytest.mark.parametrize(("mode", "code"), [("RGB", "colour"), ("RGBA", "alpha"), ("LA", "alpha")])
def test_a_mask_that_must_be_explained(tmp_path, mode, code):
    path = tmp_path / "mask.png"
    picture = PIL.Image.fromarray(smooth()).convert(mode)
    if "A" in mode:
        picture.putalpha(PIL.Image.linear_gradient("L").resize(picture.size))
    picture.save(path)
    with pytest.raises(MaskError, match=r"mask\.png: this mask has") as caught:
        load_mask(path)
    assert caught.value.code == code
    assert "mask.from_" in caught.value.fix


# ------------------------------------------------------------------------------------------------ sizes


def test_size_of_reads_the_header_only(tmp_path):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30000, 20000, 8, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"junk") + chunk(b"IEND", b"")
    assert size_of(data) == (30000, 20000)


def test_size_of_other_forms(tmp_path):
    assert size_of((640, 480)) == (640, 480)
    assert size_of((np.int64(3), 2)) == (3, 2)
    assert size_of(np.zeros((4, 6), bool)) == (6, 4)
    assert size_of(np.full((4, 6, 3), 7.5)) == (6, 4)  # the values are no business of a size
    assert size_of(Photo.open(UPRIGHT)) == (6, 4)
    assert size_of(PIL.Image.new("L", (6, 4))) == (6, 4)


@pytest.mark.parametrize("bad", [(0, 4), (4, -1), (4.5, 4), (4, 4, 3), (True, 4), ("4", 4), ()])
def test_size_of_what_is_no_size(bad):
    with pytest.raises(InputError, match="a size is"):
        size_of(bad)


def test_a_float_picture_that_is_not_finite_says_how_many_pixels():
    values = np.zeros((4, 5), np.float32)
    values[0, :3] = np.nan, np.inf, -np.inf
    with pytest.raises(FileFormatError, match="3 pixels that are NaN or infinite, of 20"):
        load_image(PIL.Image.fromarray(values))
