from __future__ import annotations

import hashlib
import io
import struct

import cv2
import numpy as np
import PIL.Image
import pytest

from preproc import FileFormatError
from preproc.files import Photo
from remote.plan import make_plan
from remote.plan.encode import pixels_of, upload_file, upload_picture

RNG = np.random.default_rng(7)
PHOTO = RNG.integers(0, 256, (24, 32, 3), np.uint8)
MASK = np.linspace(0, 255, 24 * 32).astype(np.uint8).reshape(24, 32)


def chunks(png: bytes) -> list[str]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append(png[at + 4 : at + 8].decode())
        at += 12 + length
    return found


def decoded(png: bytes) -> np.ndarray:
    return np.array(PIL.Image.open(io.BytesIO(png)))


def test_masks_are_gray_and_exact() -> None:
    upload = upload_picture("mask_url", "mask", pixels_of(MASK, "mask"))
    assert PIL.Image.open(io.BytesIO(upload.data)).mode == "L"
    assert np.array_equal(decoded(upload.data), MASK)
    assert upload.sha256 == hashlib.sha256(upload.data).hexdigest()
    assert upload.placeholder == f"upload:{upload.sha256}"
    assert (upload.size, upload.content_type, upload.file_name) == ((32, 24), "image/png", "mask.png")


def test_images_are_rgb_and_exact() -> None:
    upload = upload_picture("image_url", "image", pixels_of(PHOTO, "image"))
    assert np.array_equal(decoded(upload.data), PHOTO)
    gray = upload_picture("image_url", "image", pixels_of(MASK, "image"))
    assert PIL.Image.open(io.BytesIO(gray.data)).mode == "RGB"


def test_gray_maps_take_one_channel_and_coloured_ones_three() -> None:
    assert pixels_of(MASK, "control").shape == (24, 32)
    assert pixels_of(np.repeat(MASK[:, :, None], 3, axis=2), "control").shape == (24, 32)
    assert pixels_of(PHOTO, "control").shape == (24, 32, 3)

    class Map:
        image = MASK

    assert np.array_equal(pixels_of(Map(), "control"), MASK)


def test_nothing_but_pixels_leaves_the_machine(tmp_path) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "secret camera"
    exif.get_ifd(0x8825)[1] = "N"
    path = tmp_path / "my private holiday.jpg"
    PIL.Image.fromarray(PHOTO).save(path, exif=exif, quality=95, comment=b"note to self")
    plan = make_plan("fal-ai/esrgan", arguments={"image_url": path})
    (upload,) = plan.uploads
    assert set(chunks(upload.data)) == {"IHDR", "IDAT", "IEND"}
    assert upload.size == (24, 32)  # the orientation is baked in
    assert b"secret" not in upload.data
    assert "holiday" not in repr(plan) + str(plan) + str(plan.to_json())
    upright = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    assert np.abs(decoded(upload.data).astype(int) - upright).max() <= 2


@pytest.mark.parametrize("form", ["path", "str", "bytes", "pil", "array", "photo", "file"])
def test_pictures_in_any_form(form: str, tmp_path) -> None:
    path = tmp_path / "photo.png"
    PIL.Image.fromarray(PHOTO).save(path)
    value = {
        "path": lambda: path,
        "str": lambda: str(path),
        "bytes": path.read_bytes,
        "pil": lambda: PIL.Image.open(path),
        "array": lambda: PHOTO,
        "photo": lambda: Photo.open(path),
        "file": lambda: io.BytesIO(path.read_bytes()),
    }[form]()
    (upload,) = make_plan("fal-ai/esrgan", arguments={"image_url": value}).uploads
    assert np.array_equal(decoded(upload.data), PHOTO)


def test_archives_go_byte_for_byte(tmp_path) -> None:
    archive = b"PK\x03\x04 not opened here"
    (tmp_path / "faces.zip").write_bytes(archive)
    for value in (archive, tmp_path / "faces.zip", str(tmp_path / "faces.zip")):
        plan = make_plan("fal-ai/photomaker", arguments={"prompt": "p", "image_archive_url": value})
        (upload,) = plan.uploads
        assert (upload.data, upload.content_type, upload.file_name) == (archive, "application/zip", "file.zip")
        assert upload.size is None
    assert upload_file("x_url", b"anything").content_type == "application/octet-stream"


def test_what_is_no_picture_is_refused_by_name(tmp_path) -> None:
    text = tmp_path / "photo.jpg"
    text.write_text("not a picture")
    with pytest.raises(FileFormatError):
        pixels_of(text, "image")


def test_the_bytes_stay_out_of_sight() -> None:
    upload = upload_picture("image_url", "image", PHOTO)
    assert len(repr(upload)) < 120
    assert "\\x" not in repr(upload)
