"""A mask over its photo: filled in proportion, outlined where it is one half."""

import re

import numpy as np
import PIL.Image
import pytest

from preproc import preview
from preproc.errors import InputError, ShapeError
from preproc.files import save_image

from .shown import PHOTO, disc


def test_overlay_fills_in_proportion_and_leaves_the_rest():
    mask = np.zeros((120, 180), np.uint8)
    mask[:, :60], mask[:, 60:120] = 255, 100
    plain = preview.overlay(PHOTO, mask, color=(10, 200, 30), opacity=0.6, outline_px=0, isolines=False)
    weight = mask[:, :, np.newaxis] / 255 * 0.6
    expected = PHOTO * (1 - weight) + np.array([10, 200, 30]) * weight
    assert np.abs(plain - expected).max() <= 1
    np.testing.assert_array_equal(plain[:, 120:], PHOTO[:, 120:])


@pytest.mark.parametrize("width", [1, 2, 4])
def test_the_outline_runs_along_50_percent_at_its_width(width):
    black = np.zeros((60, 80, 3), np.uint8)
    mask = np.zeros((60, 80), np.uint8)
    mask[:, :40] = np.clip(np.linspace(287.5, -32, 40), 0, 255).astype(np.uint8)
    drawn = preview.overlay(black, mask, color=(255, 0, 0), opacity=0, outline_px=width, isolines=False)[30]
    edge = int((mask[30] >= 128).sum())
    red = (drawn[:, 0].astype(int) - drawn[:, 1]) / 255  # white rims have as much green as red
    assert red.sum() == pytest.approx(width, abs=0.6)
    assert (red * (np.arange(80) + 0.5)).sum() / red.sum() == pytest.approx(edge, abs=0.3)


@pytest.mark.parametrize(("width", "least"), [(60, 1), (600, 2), (6000, 9)])
def test_lines_are_as_wide_as_the_photo_wants(width, least):
    black, mask = np.zeros((40, width, 3), np.uint8), np.zeros((40, width), np.uint8)
    mask[:, : width // 2] = 255
    drawn = preview.overlay(black, mask, color=(255, 0, 0), opacity=0, isolines=False)[20]
    assert least <= round((drawn[:, 0].astype(int) - drawn[:, 1]).sum() / 255) <= 2 * least
    mask[:] = np.linspace(300, -45, width).clip(0, 255)
    lines = preview.overlay(black, mask, opacity=0, outline_px=0)[20, :, 0] > 0
    assert lines.sum() >= 4 * max(1, width // 1200)


def test_isolines_show_where_a_feather_begins_and_is_full():
    black = np.zeros((120, 180, 3), np.uint8)
    soft = disc(radius=40, feather=30)
    drawn = preview.overlay(black, soft, opacity=0, outline_px=0)[60, 90:, 0]
    lines = np.flatnonzero(drawn)
    values = soft[60, 90:][lines]
    for level in (1, 64, 192, 255):
        assert np.abs(values.astype(int) - level).min() <= 10
    assert drawn.max() < 128  # faint
    hard = preview.overlay(black, disc(), opacity=0, outline_px=0)
    assert hard.max() == 0


@pytest.mark.parametrize("value", [0, 255])
def test_overlay_of_an_empty_and_of_a_full_mask(value):
    drawn = preview.overlay(PHOTO, np.full((120, 180), value, np.uint8), color=(0, 0, 255), opacity=1)
    if value == 0:
        np.testing.assert_array_equal(drawn, PHOTO)
    else:
        assert (drawn == (0, 0, 255)).all()


def test_overlay_changes_no_input_and_answers_in_kind(tmp_path):
    photo, mask = PHOTO.copy(), disc(feather=9)
    for array in (photo, mask):
        array.flags.writeable = False
    expected = preview.overlay(photo, mask)
    assert not np.shares_memory(expected, photo)
    picture = PIL.Image.fromarray(PHOTO)
    drawn = preview.overlay(picture, save_image(mask, tmp_path / "mask.png"))
    assert isinstance(drawn, PIL.Image.Image)
    np.testing.assert_array_equal(np.asarray(drawn), expected)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"opacity": 1.1}, "opacity is a number from 0 to 1, got 1.1"),
        ({"opacity": -0.1}, "opacity is"),
        ({"opacity": "half"}, "opacity is"),
        ({"opacity": float("nan")}, "opacity is"),
        ({"outline_px": -1}, "outline_px is"),
        ({"color": (0, 0, 256)}, "got 256"),
        ({"color": (0, 256)}, "three levels"),
        ({"color": None}, "three levels"),
        ({"color": "reddish"}, "'reddish' is no colour"),
    ],
    ids=str,
)
def test_overlay_refuses(options, said):
    with pytest.raises(InputError, match=re.escape(said)):
        preview.overlay(PHOTO, disc(), **options)


def test_colours_have_names():
    assert np.array_equal(
        preview.overlay(PHOTO, disc(), color="red"), preview.overlay(PHOTO, disc(), color=(255, 0, 0))
    )


def test_overlay_needs_one_size():
    with pytest.raises(ShapeError):
        preview.overlay(PHOTO, disc(100, 180))
