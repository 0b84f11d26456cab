"""Photos are turned as their EXIF says."""

import io
import struct

import cv2
import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest

from preproc.files import Photo, load_image, size_of

from .stored import AVIF, UPRIGHT, chunk, encoded, exif_with, png, smooth


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
