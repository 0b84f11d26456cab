"""Saving: what each format holds and refuses, whole or not at all."""

import zlib
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from preproc.errors import InputError
from preproc.files import Photo, encode_png, load_image, load_mask, save_image, size_of, write_file

from .stored import PROFILE, camera_exif, random_planes, tags_of


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 1), (4, 6, 2), (4, 6, 3), (4, 6, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_save_image_keeps_arrays_as_they_are(tmp_path, shape, dtype):
    array = random_planes(0, 4, 6, 4, dtype)[:, :, : shape[-1] if len(shape) == 3 else 1].reshape(shape)
    array.flags.writeable = False
    photo = Photo.open(save_image(array, tmp_path / "a.png"))
    planes = photo.pixels if photo.alpha is None else np.dstack([photo.pixels, photo.alpha])
    np.testing.assert_array_equal(planes.reshape(shape), array)


def test_save_image_takes_views_masks_and_pillow(tmp_path):
    array = random_planes(0, 8, 12, 3, np.uint8)
    view = array[::-2, ::3, ::-1]
    np.testing.assert_array_equal(load_image(save_image(view, tmp_path / "view.png")), view)
    mask = array[:, :, 0] > 127
    assert load_mask(save_image(mask, tmp_path / "mask.png")).tolist() == (mask * 255).tolist()
    picture = PIL.Image.fromarray(array)
    np.testing.assert_array_equal(load_image(save_image(picture, tmp_path / "pil.png")), array)


def test_jpeg_and_webp_for_those_who_ask(tmp_path):
    array = cv2.resize(random_planes(0, 4, 4, 3, np.uint8), (64, 48), interpolation=cv2.INTER_CUBIC)
    sizes = [len(save_image(array, tmp_path / f"{q}.jpg", quality=q).read_bytes()) for q in (30, 95)]
    assert sizes[0] < sizes[1] == len(save_image(array, tmp_path / "default.jpg").read_bytes())
    assert np.abs(load_image(tmp_path / "95.jpg").astype(int) - array).mean() < 1.5
    np.testing.assert_array_equal(load_image(save_image(array, tmp_path / "a.webp")), array)
    assert not np.array_equal(load_image(save_image(array, tmp_path / "b.webp", quality=50)), array)
    wide = Photo(array.astype(np.uint16) * 257, icc_profile=PROFILE, exif=camera_exif())
    again = Photo.open(save_image(wide, tmp_path / "wide.jpg"))
    assert (again.depth, again.icc_profile) == (8, PROFILE)
    assert tags_of(again.exif)[0][0x010F] == "Maker"


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("a.bmp", {}, "names no format that is written"),
        ("a", {}, "names no format that is written"),
        ("a.png", {"quality": 90}, "for JPEG and WebP"),
        ("a.jpg", {"quality": 0}, "1 to 100"),
        ("a.jpg", {"quality": 101}, "1 to 100"),
        ("nowhere/a.png", {}, "does not exist"),
    ],
)
def test_save_image_refuses(tmp_path, name, options, words):
    with pytest.raises(InputError, match=words):
        save_image(np.zeros((2, 3, 3), np.uint8), tmp_path / name, **options)
    assert not list(tmp_path.iterdir())


def test_what_a_format_cannot_hold(tmp_path):
    with pytest.raises(InputError, match="no transparency"):
        save_image(np.zeros((2, 3, 4), np.uint8), tmp_path / "a.jpg")
    with pytest.raises(InputError, match="sides up to 16383 px, this picture is 16384x1"):
        save_image(np.zeros((1, 16384, 3), np.uint8), tmp_path / "a.webp")
    long_exif = Photo(np.zeros((2, 3, 3), np.uint8), exif=bytes(70_000))
    with pytest.raises(InputError, match="cannot be written as JPEG: EXIF data is too long"):
        save_image(long_exif, tmp_path / "a.jpg")
    with pytest.raises(InputError, match="sides up to 65500 px, this picture is 1x65501"):
        save_image(np.zeros((65501, 1), np.uint8), tmp_path / "a.jpg")
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten_silently(tmp_path):
    path = save_image(np.zeros((2, 3), np.uint8), tmp_path / "a.png")
    with pytest.raises(InputError, match=r"a\.png exists") as caught:
        save_image(np.ones((2, 3), np.uint8), path)
    assert "overwrite=True" in caught.value.fix
    assert load_mask(path).max() == 0
    save_image(np.ones((2, 3), np.uint8), path, overwrite=True)
    assert load_mask(path).max() == 1
    with pytest.raises(InputError, match="is a folder"):
        write_file(b"", tmp_path, overwrite=True)


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch, interruption):
    path = write_file(b"old", tmp_path / "a.bin")
    half = Path.write_bytes

    def interrupted(self, data):
        half(self, data[: len(data) // 2])
        raise interruption

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(interruption):
        write_file(b"new" * 100, path, overwrite=True)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.bin"]


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match=r"cannot write .*a\.png: No space left on device"):
        save_image(np.zeros((2, 3), np.uint8), tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


def chunks_of(data):
    at, found = 8, []
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        assert zlib.crc32(data[at + 4 : at + 8 + length]) == int.from_bytes(
            data[at + 8 + length : at + 12 + length], "big"
        )
        at += 12 + length
    return found


@pytest.mark.parametrize(("shape", "kind"), [((5, 7), 0), ((5, 7, 3), 2), ((5, 7, 4), 6), ((200, 7), 0)])
def test_encode_png_carries_pixels_and_nothing_else(shape, kind):
    array = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    found = chunks_of(encode_png(array))
    assert {name for name, _ in found} == {b"IHDR", b"IDAT", b"IEND"}
    assert found[0][1][8:10] == bytes([8, kind])
    decoded = cv2.imdecode(np.frombuffer(encode_png(array), np.uint8), cv2.IMREAD_UNCHANGED)
    if array.ndim == 3:
        decoded = decoded[:, :, [2, 1, 0, 3][: shape[2]]]
    np.testing.assert_array_equal(decoded, array)


def test_encode_png_is_8_bit_whatever_comes():
    for array in (np.array([[True, False]]), np.array([[65535, 0]], np.uint16), np.array([[1.0, 0.0]])):
        data = encode_png(array)
        assert chunks_of(data)[0][1][8:10] == b"\x08\x00"
        assert load_mask(data).tolist() == [[255, 0]]


def test_uploads_carry_no_metadata(tmp_path):
    photo = Photo(np.zeros((4, 4, 3), np.uint8), None, PROFILE, camera_exif())
    path = photo.save(tmp_path / "a.png")
    assert b"Maker" in path.read_bytes()
    data = encode_png(load_image(path))
    assert {name for name, _ in chunks_of(data)} == {b"IHDR", b"IDAT", b"IEND"}
    assert size_of(data) == (4, 4)


def test_arguments_in_the_order_of_cv2_are_told_apart(tmp_path: Path) -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    with pytest.raises(InputError, match="the picture comes first"):
        save_image(str(tmp_path / "a.png"), picture)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="got bytes"):
        Photo.open(picture).save(b"a.png")  # type: ignore[arg-type]


def test_a_path_is_converted(tmp_path: Path) -> None:
    first = save_image(np.full((2, 3, 4), 128, np.uint8), tmp_path / "a.png")
    second = save_image(first, tmp_path / "a.tif")
    assert Photo.open(second).alpha is not None
    assert np.array_equal(load_image(second), load_image(first))
