"""Previews: what must be visible is visible, what must be exact is exact."""

import itertools
import re

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc import preview
from preproc.crop import around
from preproc.errors import InputError, ShapeError
from preproc.files import Photo, save_image
from preproc.outpaint import extend
from preproc.preview.draw import clipped, fit
from preproc.preview.lettering import font, readable
from preproc.preview.sheet import lettering

RNG = np.random.default_rng(0)
PHOTO = cv2.resize(RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8), (180, 120), interpolation=cv2.INTER_CUBIC)
DARK = (20, 22, 26)


def disc(height=120, width=180, *, radius=40.0, feather=0.0):
    y, x = np.mgrid[:height, :width]
    away = np.hypot(x - width / 2 + 0.5, y - height / 2 + 0.5)
    if not feather:
        return np.where(away <= radius, 255, 0).astype(np.uint8)
    return np.clip((radius + feather / 2 - away) / feather * 255, 0, 255).astype(np.uint8)


# ------------------------------------------------------------------------------------------------ overlay


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


def test_overlay_needs_one_size():
    with pytest.raises(ShapeError):
        preview.overlay(PHOTO, disc(100, 180))


# ------------------------------------------------------------------------------------------------ before and after


def test_side_by_side_keeps_every_pixel_but_those_of_the_captions():
    after = 255 - PHOTO
    both = preview.before_after(PHOTO, after)
    assert both.shape == (120, 364, 3)
    np.testing.assert_array_equal(both[:90, :180], PHOTO[:90])
    np.testing.assert_array_equal(both[:90, 184:], after[:90])
    assert (both[:, 180:184] == DARK).all()
    assert (both[90:, :180] != PHOTO[90:]).any()


def test_pictures_of_two_sizes_are_centred():
    larger = np.full((200, 300, 3), 7, np.uint8)
    both = preview.before_after(PHOTO, larger, background="light")
    assert both.shape == (200, 484, 3)
    np.testing.assert_array_equal(both[40:100, :180], PHOTO[:60])
    assert (both[:40, :180] == 255).all()
    assert (both[160:, :180] == 255).all()


@pytest.mark.parametrize("position", [0.0, 0.25, 0.5, 1.0])
def test_the_slider_shows_before_on_its_left_and_after_on_its_right(position):
    after = 255 - PHOTO
    both = preview.before_after(PHOTO, after, split="slider", position=position)
    at = round(180 * position)
    assert both.shape == PHOTO.shape
    np.testing.assert_array_equal(both[:40, : max(0, at - 2)], PHOTO[:40, : max(0, at - 2)])
    np.testing.assert_array_equal(both[:40, at + 2 :], after[:40, at + 2 :])
    column = min(max(at - 1, 0), 179)
    assert (both[5, column] == 255).all()


@pytest.mark.parametrize("split", ["side", "slider"])
def test_what_became_transparent_is_not_shown(split, tmp_path):
    cut = np.dstack([PHOTO, disc(radius=40)])
    for after in (cut, save_image(cut, tmp_path / "cut.png"), PIL.Image.fromarray(cut)):
        shown = preview.before_after(PHOTO, after, split=split)[:90, -180:][:, 110:]
        np.testing.assert_array_equal(shown, preview.checkerboard(cut, cell_px=4)[:90, 110:])
    shown = preview.before_after(PIL.Image.fromarray(cut), PHOTO)
    np.testing.assert_array_equal(np.asarray(shown)[:90, :180], preview.checkerboard(cut, cell_px=4)[:90])


def test_both_have_words_or_none():
    small = np.full((48, 64, 3), 100, np.uint8)
    both = preview.before_after(small, small)
    np.testing.assert_array_equal(both[:, :64], both[:, -64:])


def test_small_pictures_have_no_room_for_words():
    tiny = np.full((8, 8, 3), 100, np.uint8)
    np.testing.assert_array_equal(preview.before_after(tiny, tiny)[:, :8], tiny)
    assert preview.before_after(tiny, tiny, split="slider").shape == (8, 8, 3)
    one = tiny[:1, :1]
    assert preview.before_after(one, one, split="slider").shape == (1, 1, 3)


@pytest.mark.parametrize("options", [{"split": "top"}, {"split": "slider", "position": 1.5}, {"background": "pink"}])
def test_before_after_refuses(options):
    with pytest.raises(InputError):
        preview.before_after(PHOTO, PHOTO, **options)


def test_the_slider_needs_one_size():
    with pytest.raises(ShapeError):
        preview.before_after(PHOTO, PHOTO[:60], split="slider")


# ------------------------------------------------------------------------------------------------ transparency


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


# ------------------------------------------------------------------------------------------------ contact sheets


@given(
    st.integers(200, 1500),
    st.integers(200, 1500),
    st.sampled_from(["row", "column", "diagonal"]),
    st.booleans(),
    st.sampled_from([1, 3]),
)
@settings(max_examples=40, deadline=None)
def test_one_pixel_lines_stay_visible(height, width, kind, inverted, channels):
    lines = np.zeros((height, width), np.uint8)
    if kind == "row":
        lines[height // 2] = 255
    elif kind == "column":
        lines[:, width // 3] = 255
    else:
        cv2.line(lines, (0, 0), (width - 1, height - 1), 255, 1)
    shown = fit(
        np.repeat((255 - lines if inverted else lines)[:, :, np.newaxis], channels, axis=2)[:, :, :channels],
        width=100,
        height=100,
    )
    assert max(shown.shape[:2]) == 100
    best = 255 - shown.min(axis=2) if inverted else shown.max(axis=2)
    if kind == "row":
        assert (best.max(axis=0) == 255).all()
    elif kind == "column":
        assert (best.max(axis=1) == 255).all()
    else:
        assert (best.max(axis=int(height > width)) == 255).all()
    assert (best > 0).mean() < 0.1


def test_a_drawn_sheet_keeps_lines_that_averaging_would_lose():
    edges = np.zeros((1600, 2400), np.uint8)
    cv2.circle(edges, (1200, 800), 500, 255, 1)
    assert cv2.resize(edges, (320, 213), interpolation=cv2.INTER_AREA).max() < 90
    sheet = preview.contact_sheet([("edges", edges)])
    assert (sheet == 255).all(axis=2).sum() > 200


def test_photos_and_filled_masks_are_averaged():
    noise = RNG.integers(0, 256, (640, 640, 3), dtype=np.uint8)
    np.testing.assert_array_equal(
        fit(noise, width=80, height=80), cv2.resize(noise, (80, 80), interpolation=cv2.INTER_AREA)
    )
    mask = disc(600, 600, radius=100)
    np.testing.assert_array_equal(
        fit(mask, width=80, height=80), cv2.resize(mask, (80, 80), interpolation=cv2.INTER_AREA)
    )
    night = np.zeros((600, 600, 3), np.uint8)
    night[200:330, 100:500] = noise[:130, :400]
    np.testing.assert_array_equal(
        fit(night, width=80, height=80), cv2.resize(night, (80, 80), interpolation=cv2.INTER_AREA)
    )


def test_small_pictures_are_enlarged_in_whole_steps():
    tiny = RNG.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    shown = fit(tiny, width=100, height=100)
    assert shown.shape == (72, 96, 3)
    np.testing.assert_array_equal(shown[::12, ::12], tiny)
    assert fit(PHOTO, width=200, height=200).shape == PHOTO.shape


def test_every_tile_is_whole_and_in_its_place():
    colours = [(200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 0), (0, 200, 200)]
    shapes = [(400, 400), (100, 400), (400, 100), (40, 40), (300, 600)]
    tiles = [("", np.full((*shape, 3), colour, np.uint8)) for shape, colour in zip(shapes, colours, strict=True)]
    sheet = preview.contact_sheet(tiles, columns=3, tile_px=100)
    corners = []
    for colour, shape in zip(colours, shapes, strict=True):
        rows, columns = np.nonzero((sheet == colour).all(axis=2))
        assert (rows.max() - rows.min() + 1) * shape[1] == pytest.approx((columns.max() - columns.min() + 1) * shape[0])
        corners.append((columns.min(), rows.min()))
    for index, (left, top) in enumerate(corners):
        assert left == corners[index % 3][0]
        assert top == corners[index // 3 * 3][1]


def test_a_caption_stands_below_its_own_picture():
    high, low = np.full((100, 100, 3), (200, 0, 0), np.uint8), np.full((40, 100, 3), (0, 200, 0), np.uint8)
    sheet = preview.contact_sheet([("high", high), ("low", low)], tile_px=100)
    words = sheet.min(axis=2) > 150
    below = 10 + 40  # the margin and the picture
    assert words[below : below + 20, 116:].any()
    assert not words[below + 22 :, 116:].any()


@pytest.mark.parametrize(("tile_px", "least", "most"), [(64, 12, 12), (320, 18, 18), (640, 22, 30), (4096, 60, 100)])
def test_captions_grow_more_slowly_than_tiles(tile_px, least, most):
    assert least <= lettering(tile_px) <= most


def test_rows_and_columns_are_no_larger_than_their_pictures():
    wide, tall = np.full((100, 200, 3), 9, np.uint8), np.full((200, 100, 3), 9, np.uint8)
    margin = 14  # of a tile of 200 px
    sheet = preview.contact_sheet([("", wide), ("", wide)], columns=1, tile_px=200)
    assert sheet.shape[1] == 200 + 2 * margin
    assert sheet.shape[0] < 2 * (100 + 40) + 2 * margin
    assert preview.contact_sheet([("", tall)], tile_px=200).shape[1] == 100 + 2 * margin
    # a caption has the room of a whole tile
    assert preview.contact_sheet([("a caption of some length", tall)], tile_px=200).shape[1] > 130 + 2 * margin


@pytest.mark.parametrize(
    ("count", "grid"),
    [
        (1, (1, 1)),
        (2, (2, 1)),
        (3, (3, 1)),
        (4, (2, 2)),
        (6, (3, 2)),
        (8, (4, 2)),
        (10, (5, 2)),
        (12, (4, 3)),
        (15, (5, 3)),
    ],
)
def test_the_grid_has_no_gaps_where_it_can(count, grid):
    from preproc.preview.sheet import _columns_for

    across = _columns_for(count)
    assert (across, -(-count // across)) == grid


def test_captions_are_written_and_cut_to_their_cell():
    blank = np.zeros((10, 10, 3), np.uint8)
    with_words = preview.contact_sheet([("canny 100/200", blank)], tile_px=200)
    without = preview.contact_sheet([("", blank)], tile_px=200)
    assert with_words.shape == without.shape
    rows, columns = np.nonzero((with_words != without).any(axis=2))
    assert rows.min() >= 200
    assert rows.max() < with_words.shape[0] - 4
    assert with_words[rows, columns].max() > 220
    words = "a very long caption that has no room " * 5
    assert font(13).getlength(clipped(words, 100, 13)) <= 100
    assert clipped(words, 100, 13).endswith("...")
    assert clipped("short", 100, 13) == "short"


def test_sheets_take_every_form(tmp_path):
    path = save_image(np.dstack([PHOTO, disc()]), tmp_path / "a.png")
    gray = PHOTO[:, :, 0]
    tiles = [
        ("path", path),
        ("bytes", path.read_bytes()),
        ("PIL", PIL.Image.open(path)),
        ("gray", gray),
        ("bool", gray > 127),
        ("float", gray / 255),
        ("16", gray.astype(np.uint16) * 257),
        ("photo", Photo.open(path)),
    ]
    sheet = preview.contact_sheet(tiles, tile_px=180, background="light")
    tiles[2][1].close()
    assert sheet.dtype == np.uint8
    assert sheet.ndim == 3


@pytest.mark.parametrize(
    ("tiles", "options"),
    [
        ([], {}),
        ([("a", PHOTO)], {"columns": 0}),
        ([("a", PHOTO)], {"tile_px": 15}),
        ([("a", PHOTO)], {"background": "x"}),
    ],
)
def test_contact_sheet_refuses(tiles, options):
    with pytest.raises(InputError):
        preview.contact_sheet(tiles, **options)


# ------------------------------------------------------------------------------------------------ of_edit

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
