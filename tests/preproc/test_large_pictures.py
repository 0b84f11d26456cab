"""What is merely large is read wherever pictures are read: Pillow's own limit neither warns nor refuses."""

import numpy as np
import PIL.Image
import pytest

from preproc import Edit, check, crop, mask, save_image
from preproc.control.label_files import load_labels

LABELS = np.arange(48 * 64, dtype=np.uint8).reshape(48, 64) % 7


@pytest.fixture(params=[2000, 1000])  # at 3,072 pixels Pillow warns above the first and refuses above twice the second
def lower_limit(request, monkeypatch):
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", request.param)


@pytest.fixture(params=["png", "tif"])
def labels(request, tmp_path):
    PIL.Image.fromarray(LABELS).save(tmp_path / f"labels.{request.param}")
    return tmp_path / f"labels.{request.param}"


@pytest.fixture
def record(tmp_path):
    photo = save_image(np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8), tmp_path / "photo.png")
    crop.around(photo, mask.ellipse((64, 48), (20, 10, 40, 30)), feather_px=3.5).save(tmp_path / "photo.edit.json")
    return tmp_path / "photo.edit.json"


def test_regions_of_a_label_map(labels, lower_limit):
    np.testing.assert_array_equal(mask.from_labels(labels, [3]) == 255, LABELS == 3)
    np.testing.assert_array_equal(mask.from_labels(labels.read_bytes(), [3]) == 255, LABELS == 3)


def test_class_numbers(labels, lower_limit):
    np.testing.assert_array_equal(load_labels(labels), LABELS)


def test_edits(record, lower_limit):
    edit = Edit.load(record)
    again = crop.around(record.with_name("photo.png"), mask.ellipse((64, 48), (20, 10, 40, 30)), feather_px=3.5)
    for name in ("mask", "blend", "sent_mask", "sent_image"):
        np.testing.assert_array_equal(getattr(edit, name), getattr(again, name))


@pytest.mark.parametrize("suffix", ["png", "tif", "webp"])
def test_checks_of_masks(suffix, lower_limit, tmp_path):
    PIL.Image.fromarray(mask.ellipse((64, 48), (20, 10, 40, 30))).save(tmp_path / f"m.{suffix}", lossless=True)
    PIL.Image.new("RGB", (64, 48)).save(tmp_path / f"photo.{suffix}", lossless=True)
    assert check.mask(tmp_path / f"m.{suffix}", tmp_path / f"photo.{suffix}").ok


def test_checks_of_palettes_and_turned_photos(lower_limit, tmp_path):
    PIL.Image.fromarray(LABELS).convert("P").save(tmp_path / "m.png")
    exif = PIL.Image.Exif()
    exif[0x112] = 6
    PIL.Image.new("RGB", (64, 48)).save(tmp_path / "photo.jpg", exif=exif)
    assert {"palette", "exif-rotated"} <= set(check.mask(tmp_path / "m.png", tmp_path / "photo.jpg").codes)
