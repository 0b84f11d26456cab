"""What comes out of `load_image` and `load_mask`, for every form and format."""

import io
import struct
import threading

import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from preproc.errors import FramesWarning, InputError, MaskError
from preproc.files import Photo, load_image, load_mask, size_of

from .stored import AVIF, UPRIGHT, chunk, encoded, exif_with, smooth


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


def test_the_first_of_several_frames_is_read_and_that_is_said(tmp_path):
    frames = [PIL.Image.new("RGB", (4, 3), colour) for colour in ((255, 0, 0), (0, 255, 0))]
    for name in ("GIF", "TIFF", "PNG", "WEBP"):
        options = {"lossless": True} if name == "WEBP" else {}
        data = encoded(frames[0], name, save_all=True, append_images=frames[1:], **options)
        with pytest.warns(FramesWarning, match="the data holds several pictures: the first is read"):
            assert load_image(data)[0, 0].tolist() == [255, 0, 0], name
        load_image(encoded(frames[0], name, save_all=True, **options))  # one frame is nothing to speak of


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
