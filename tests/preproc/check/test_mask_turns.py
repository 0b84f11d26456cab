"""A mask that lies another way than its image, upright or as it is stored."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest

import preproc
from preproc import check, mask
from preproc.files import Photo

from .findings import finding

STORED = mask.union(mask.ellipse((160, 120), (20, 10, 60, 50)), mask.rectangle((160, 120), (100, 90, 150, 110)))
SQUARE = mask.ellipse((120, 120), (20, 10, 60, 50))


def turned_photo(stored, orientation, folder):
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    PIL.Image.fromarray(np.dstack([stored] * 3)).save(folder / "photo.png", exif=exif)
    return folder / "photo.png"


def opened(path):
    return PIL.Image.open(io.BytesIO(path.read_bytes()))


def upright(path):
    return np.asarray(PIL.ImageOps.exif_transpose(opened(path)))[:, :, 0]


def run(fix, m):
    return eval(fix, {"np": np, "preproc": preproc, "m": m})


CASES = [(STORED, 2), (STORED, 3), (STORED, 4), (SQUARE, 3), (SQUARE, 5), (SQUARE, 6), (SQUARE, 7), (SQUARE, 8)]


@pytest.mark.parametrize(("stored", "orientation"), CASES)
@pytest.mark.parametrize("form", ["path", "pillow", "photo"])
def test_stored_pixels_of_the_same_size_are_told_of(stored, orientation, form, tmp_path):
    path = turned_photo(stored, orientation, tmp_path)
    image = {"path": path, "pillow": opened(path), "photo": Photo.open(path)}[form]
    found = finding(check.mask(stored, image), "exif-turn")
    assert found.level == "info"
    assert found.value == orientation
    np.testing.assert_array_equal(run(found.fix, stored), upright(path))
    assert "only if" in found.fix


@pytest.mark.parametrize("orientation", [1, 6])
def test_of_others_nothing_is_told(orientation, tmp_path):
    path = turned_photo(STORED, orientation, tmp_path)
    codes = check.mask(upright(path), path).codes
    assert not {"exif-turn", "exif-rotated", "transposed"} & set(codes)
    assert "exif-turn" not in check.mask(STORED, np.dstack([STORED] * 3)).codes


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_photo_that_is_read_knows_its_file(orientation, tmp_path):
    path = turned_photo(STORED, orientation, tmp_path)
    found = finding(check.mask(STORED, Photo.open(path)), "exif-rotated")
    np.testing.assert_array_equal(run(found.fix, STORED), upright(path))


def test_where_the_direction_is_open_all_ways_are_named():
    found = finding(check.mask(STORED, np.zeros((160, 120, 3), np.uint8)), "transposed")
    call, _, note = found.fix.partition("  # or ")
    ways = [call, *note.removesuffix(": look at it").split(", or ")]
    for way, right in zip(ways, (np.rot90(STORED, -1), np.rot90(STORED), STORED.T), strict=True):
        np.testing.assert_array_equal(run(way, STORED), right)
