"""What all previews have in common: they refuse nonsense, and write captions."""

import itertools

import numpy as np
import PIL.Image
import pytest

from preproc import preview
from preproc.crop import around
from preproc.errors import InputError
from preproc.files import Photo
from preproc.outpaint import extend
from preproc.preview.lettering import font, readable

from .shown import PHOTO, disc


@pytest.mark.parametrize(
    "call",
    [
        lambda: preview.contact_sheet([PHOTO]),
        lambda: preview.contact_sheet(PHOTO),
        lambda: preview.contact_sheet({"a": PHOTO}),
        lambda: preview.contact_sheet([("a", PHOTO, 3)]),
        lambda: preview.contact_sheet([(1, PHOTO)]),
        lambda: preview.contact_sheet([("a", PHOTO)], columns="x"),
        lambda: preview.contact_sheet([("a", PHOTO)], columns=1.5),
        lambda: preview.contact_sheet([("a", PHOTO)], tile_px=None),
        lambda: preview.contact_sheet([("a", PHOTO)], background=[]),
        lambda: preview.before_after(PHOTO, PHOTO, position="x"),
        lambda: preview.before_after(PHOTO, PHOTO, split="slider", position=None),
        lambda: preview.checkerboard(PHOTO, cell_px="x"),
        lambda: preview.checkerboard(PHOTO, cell_px=2.5),
        lambda: preview.of_edit(PHOTO),
        lambda: preview.of_edit(around(PHOTO, disc()), tile_px="x"),
        lambda: preview.of_edit(around(PHOTO, disc()), tile_px=10**9),
    ],
    ids=itertools.count(),
)
def test_previews_refuse_what_makes_no_sense(call):
    with pytest.raises(InputError):
        call()


def test_captions_have_no_boxes():
    box = bytes(font(16).getmask("\U0010fffd"))
    for words in ("Café №5", "Straße – München", "Москва", "Ωmega", "写真", "a\nb\u202ec", "\udcff.jpg", "e\u0301"):
        spelled = readable(words)
        assert spelled
        assert all(bytes(font(16).getmask(letter)) != box for letter in spelled)
    assert readable("Straße – München") == "Strasse - Munchen"
    assert readable("Щука") == "Shchuka"
    same = preview.contact_sheet([("Café", PHOTO)]), preview.contact_sheet([("Cafe", PHOTO)])
    assert np.array_equal(*same)


def test_checkerboard():
    rgba = np.dstack([PHOTO, disc(feather=20)])
    shown = preview.checkerboard(rgba, cell_px=10)
    clear, full = rgba[:, :, 3] == 0, rgba[:, :, 3] == 255
    np.testing.assert_array_equal(shown[full], PHOTO[full])
    assert set(np.unique(shown[clear])) == {220, 255}
    assert shown[0, 9, 0] != shown[0, 10, 0]
    assert shown[0, 0, 0] == shown[10, 10, 0] != shown[10, 0, 0]
    picture = preview.checkerboard(PIL.Image.fromarray(rgba), cell_px=10)
    np.testing.assert_array_equal(np.asarray(picture), shown)


def test_checkerboard_of_an_opaque_picture_is_the_picture():
    np.testing.assert_array_equal(preview.checkerboard(PHOTO), PHOTO)
    with pytest.raises(InputError, match="cell_px"):
        preview.checkerboard(PHOTO, cell_px=0)


def test_checkerboard_of_16_bits():
    rgba = np.dstack([PHOTO, disc()])
    wide = Photo.open(rgba.astype(np.uint16) * 257)
    np.testing.assert_array_equal(preview.checkerboard(wide), preview.checkerboard(rgba))


MASK, BLEND, SENT = (255, 0, 80), (0, 190, 255), (255, 196, 0)


def near(picture, colour, tolerance=6):
    return (np.abs(picture.astype(int) - colour) <= tolerance).all(axis=2)


@pytest.mark.parametrize("background", ["dark", "light"])
def test_an_edit_shows_its_parts(background):
    photo = np.full((300, 400, 3), 90, np.uint8)
    mask = np.zeros((300, 400), np.uint8)
    mask[100:160, 150:230] = 255
    edit = around(photo, mask, feather_px=16)
    drawn = preview.of_edit(edit, tile_px=200, background=background)
    ours = drawn[:-40]  # above the legend
    assert near(ours, SENT).sum() > 100
    assert near(ours, BLEND).sum() > 200
    assert near(ours, MASK).sum() > 200
    for colour in (MASK, BLEND, SENT):
        assert near(drawn[-40:], colour, 2).sum() > 40  # the legend names it
    filled = (np.array(MASK) + 90) // 2
    left = near(ours[:, : ours.shape[1] // 2], filled)
    assert left.sum() == (40 - 4) * (
        30 - 4
    )  # the canvas is shown at half its size; outline and rim take 2 px each side


def test_an_edit_that_reaches_outside_its_photo():
    photo = np.full((200, 300, 3), 90, np.uint8)
    edit = extend(photo, left=100, top=60)
    before = edit.sent_image.copy()
    drawn = preview.of_edit(edit, tile_px=160)
    np.testing.assert_array_equal(edit.sent_image, before)
    assert near(drawn, BLEND).any()
    mask = np.zeros((40, 30), np.uint8)
    mask[:10, :10] = 255
    preview.of_edit(around(photo[:40, :30], mask), tile_px=64)


def test_of_edit_refuses():
    photo = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(InputError, match="tile_px"):
        preview.of_edit(extend(photo, left=16), tile_px=63)
