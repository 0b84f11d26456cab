"""New canvas is told from the picture: transparent, flat or repeated, beside smooth and even pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from preproc import check, mask
from preproc.check.surround import rectangle_of

from .polarity_cases import DECIDED, INVERTED, texture, verdict


def test_transparent_canvas_must_be_white():
    rng = np.random.default_rng(5)
    picture = np.dstack([texture(rng, 100, 120), np.full((100, 120), 255, np.uint8)])
    picture[:, 90:, 3] = 0
    m = np.zeros((100, 120), np.uint8)
    m[:, 84:] = 255
    assert verdict(m, picture, intent="outpaint") == DECIDED
    assert verdict(255 - m, picture, intent="outpaint") == INVERTED


def test_which_part_is_the_pictures_rectangle():
    m = np.full((80, 100), 255, np.uint8)
    m[:60, 20:] = 0
    assert rectangle_of(m) is False
    assert rectangle_of(255 - m) is True
    m[:, 20:] = 0  # one side: both are
    assert rectangle_of(m) is None
    assert (
        "polarity-confirmed"
        in check.mask(np.pad(np.zeros((50, 60), np.uint8), 9, constant_values=255), intent="outpaint").codes
    )


@pytest.mark.parametrize("shape", [(1, 40), (40, 1), (1, 1), (16, 17)])
def test_slivers_of_a_canvas(shape):
    m = np.zeros(shape, np.uint8)
    m[: (shape[0] + 1) // 2, : (shape[1] + 1) // 2] = 255
    report = check.mask(m, np.zeros((*shape, 3), np.uint8), intent="outpaint")
    # Of the last one only the white part is a rectangle, as the kept picture is.
    assert ("inverted" in report.codes) == (shape == (16, 17))


def test_a_flat_sky_is_no_canvas_where_the_other_side_is():
    rng = np.random.default_rng(8)
    photo = texture(rng, 200, 150)
    photo[:60] = (140, 180, 230)
    canvas = cv2.copyMakeBorder(photo, 0, 80, 0, 0, cv2.BORDER_REFLECT)
    m = np.zeros(canvas.shape[:2], np.uint8)
    m[190:] = 255
    assert verdict(m, canvas, intent="outpaint") == DECIDED
    assert verdict(255 - m, canvas, intent="outpaint") == INVERTED
    canvas[200:] = texture(rng, 80, 150)
    assert verdict(m, canvas, intent="outpaint") == "polarity-undecided"
    assert verdict(255 - m, canvas, intent="outpaint") == "polarity-undecided"


@pytest.mark.parametrize("seed", range(4))
def test_a_backdrop_like_the_canvas_is_no_wrong_verdict(seed):
    rng = np.random.default_rng(seed)
    photo = np.full((270, 155, 3), 245, np.uint8)
    photo[60:220, 30:120] = texture(rng, 160, 90)
    canvas = cv2.copyMakeBorder(photo, 104, 0, 96, 0, cv2.BORDER_CONSTANT, value=(245, 245, 245))
    m = np.full(canvas.shape[:2], 255, np.uint8)
    m[108:, 100:] = 0
    assert verdict(m, canvas, intent="outpaint") in {DECIDED, "polarity-undecided"}
    assert verdict(255 - m, canvas, intent="outpaint") in {INVERTED, "polarity-undecided"}


@pytest.mark.parametrize("flat", ["right", "bottom", "both"])
@pytest.mark.parametrize("added", [40, 96])
def test_a_flat_side_that_was_not_extended(flat, added):
    rng = np.random.default_rng(added)
    photo = texture(rng, 200, 100)
    if flat != "bottom":
        photo[:, 60:] = 245
    if flat != "right":
        photo[160:] = 245
    canvas = cv2.copyMakeBorder(photo, 0, 0, added, 0, cv2.BORDER_CONSTANT, value=(245, 245, 245))
    m = np.zeros(canvas.shape[:2], np.uint8)
    m[:, : added + 4] = 255
    assert verdict(m, canvas, intent="outpaint") in {DECIDED, "polarity-undecided"}
    assert verdict(255 - m, canvas, intent="outpaint") in {INVERTED, "polarity-undecided"}


@pytest.mark.parametrize("fill", [cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE])
@pytest.mark.parametrize("side", range(4))
@pytest.mark.parametrize("added", [8, 30])
def test_a_strip_of_canvas_beside_an_even_picture(fill, side, added):
    """A sky that changes by a level or two, and things in one row of thirty."""
    rng = np.random.default_rng(side)
    sky = np.linspace(90, 190, 150)[:, np.newaxis] + np.linspace(0, 90, 160) + rng.integers(0, 2, (150, 160))
    photo = np.repeat(sky[:, :, np.newaxis].astype(np.uint8), 3, axis=2)
    photo[::30] = texture(rng, 5, 160)
    sides = [added * (number == side) for number in range(4)]
    canvas = cv2.copyMakeBorder(photo, *sides, fill, value=(40, 80, 120))
    for overlap in (0, 20):
        m = cv2.copyMakeBorder(np.zeros((150, 160), np.uint8), *sides, cv2.BORDER_CONSTANT, value=255)
        if overlap:
            m = mask.grow(m, overlap)
        assert verdict(m, canvas, intent="outpaint") == DECIDED, overlap
        assert verdict(255 - m, canvas, intent="outpaint") == INVERTED, overlap


@pytest.mark.parametrize("fill", [cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE])
@pytest.mark.parametrize("side", range(4))
@pytest.mark.parametrize("overlap", [0, 3, 48])
def test_canvas_larger_than_its_picture(fill, side, overlap):
    """The sky opposite is smooth, and even enough to be taken for canvas where the files are lossy."""
    rng = np.random.default_rng(side)
    photo = texture(rng, 110, 110)
    photo[:40] = np.linspace(150, 170, 40)[:, np.newaxis, np.newaxis]
    photo = np.ascontiguousarray(np.rot90(photo, (2, 0, 3, 1)[side]))
    sides = [160 * (number == side) for number in range(4)]
    canvas = cv2.copyMakeBorder(photo, *sides, fill, value=(128, 128, 128))
    m = cv2.copyMakeBorder(np.zeros((110, 110), np.uint8), *sides, cv2.BORDER_CONSTANT, value=255)
    if overlap:
        m = mask.grow(m, overlap)
    assert verdict(m, canvas, intent="outpaint") == DECIDED
    assert verdict(255 - m, canvas, intent="outpaint") == INVERTED


@pytest.mark.parametrize("overlap", [0, 5, 12])
def test_a_picture_more_even_than_its_canvas(overlap):
    """New canvas of noise beside a thing on a white backdrop: the even side is the picture."""
    rng = np.random.default_rng(overlap)
    canvas = np.full((150, 260, 3), 250, np.uint8)
    canvas[40:120, 60:140] = texture(rng, 80, 80)
    canvas[:, 180:] = texture(rng, 150, 80)
    m = np.zeros((150, 260), np.uint8)
    m[:, 180 - overlap :] = 255
    assert verdict(m, canvas, intent="outpaint") in {DECIDED, "polarity-undecided"}
    assert verdict(255 - m, canvas, intent="outpaint") in {INVERTED, "polarity-undecided"}


def test_a_side_bar_of_one_colour_is_no_canvas():
    rng = np.random.default_rng(2)
    photo = np.full((430, 260, 3), (90, 175, 255), np.uint8)
    photo[328:] = texture(rng, 102, 260)
    canvas = np.concatenate([photo, texture(rng, 250, 260)])
    m = np.zeros(canvas.shape[:2], np.uint8)
    m[430:] = 255
    assert verdict(m, canvas, intent="outpaint") == "polarity-undecided"
    assert verdict(255 - m, canvas, intent="outpaint") == "polarity-undecided"
