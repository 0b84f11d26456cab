"""A mask in colours: which call reads it, however small or soft what was painted is."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

import preproc
from preproc import check, mask

from .findings import finding

SIZE = (400, 300)
PAINT = {
    "red on white": ((255, 0, 0), (255, 255, 255)),
    "magenta on white": ((255, 0, 255), (255, 255, 255)),
    "yellow on white": ((255, 255, 0), (255, 255, 255)),
    "red on black": ((255, 0, 0), (0, 0, 0)),
    "blue on black": ((0, 0, 255), (0, 0, 0)),
    "green on gray": ((0, 255, 0), (128, 128, 128)),
    "brown on black": ((180, 90, 40), (0, 0, 0)),
}
SOFT = {
    "feathered": mask.feather(mask.ellipse(SIZE, (100, 80, 220, 200)), 30),
    "gaussian": mask.feather(mask.ellipse(SIZE, (100, 80, 220, 200)), 40, position="centre", curve="gaussian"),
    "anti-aliased": mask.stroke(SIZE, [(30, 40), (300, 250)], width_px=9),
}


def painted(m, paint):
    colour, ground = (np.array(one, float) for one in PAINT[paint])
    share = m[..., np.newaxis] / 255
    return np.rint(share * colour + (1 - share) * ground).astype(np.uint8)


def read(picture):
    found = finding(check.mask(picture), "colour")
    return eval(found.fix, {"mask": mask, "preproc": preproc, "m": picture})


def overlap(one, other):
    return np.count_nonzero((one > 127) & (other > 127)) / np.count_nonzero((one > 127) | (other > 127))


@pytest.mark.parametrize("paint", PAINT)
@pytest.mark.parametrize("side", [3, 8, 25])  # of 120,000 px: 0.0075 %, 0.05 %, 0.5 %
@pytest.mark.parametrize("form", ["array", "jpeg"])
def test_a_small_object_is_what_is_selected(paint, side, form):
    m = mask.rectangle(SIZE, (150.5, 90.5, 150.5 + side, 90.5 + side))
    picture = painted(m, paint)
    if form == "jpeg":
        if side < 8:
            return  # too small for the eighth of a block that JPEG keeps of colours
        file = io.BytesIO()
        PIL.Image.fromarray(picture).save(file, "JPEG", quality=95)
        picture = file.getvalue()
    report = check.mask(picture)
    assert not [call for call in report.fixed().done if "luminance" in call]
    assert overlap(read(picture), m) > (0.7 if form == "jpeg" else 0.99)


@pytest.mark.parametrize("paint", PAINT)
@pytest.mark.parametrize("soft", SOFT)
def test_the_levels_of_a_soft_mask_are_kept(paint, soft):
    mended = read(painted(SOFT[soft], paint)).astype(int)
    assert np.abs(mended - SOFT[soft]).max() <= 2


def test_small_paint_on_a_gray_photo_is_what_is_selected():
    gray = np.random.default_rng(3).integers(0, 256, (30, 40), dtype=np.uint8).repeat(10, 0).repeat(10, 1)
    m = mask.rectangle(SIZE, (150, 90, 160, 100))
    picture = np.dstack([gray] * 3)
    picture[m > 0] = 255, 0, 0
    assert overlap(read(picture), m) == 1


def test_several_colours_on_white_are_what_is_not_white():
    picture = np.full((*SIZE[::-1], 3), 255, np.uint8)
    colours = [(255, 60, 60), (60, 160, 60), (60, 60, 255), (200, 60, 200), (200, 120, 60), (60, 160, 200)]
    for place, colour in enumerate(colours):
        picture[100:104, 50 + 40 * place : 54 + 40 * place] = colour
    mended = read(picture)
    assert mended[0, 0] == 0
    assert mended.mean() < 0.01 * 255


def test_pale_paint_on_white_is_no_tint():
    m = mask.rectangle(SIZE, (100, 80, 220, 200))
    picture = np.full((*SIZE[::-1], 3), 255, np.uint8)
    picture[m > 0] = 255, 220, 220
    assert not check.mask(picture).fixed().done
    assert overlap(read(picture), m) == 1
