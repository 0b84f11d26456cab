"""Many pictures on one sheet: each whole, in its place, its lines not lost."""

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc import preview
from preproc.errors import InputError
from preproc.files import Photo, save_image
from preproc.preview.draw import clipped, fit
from preproc.preview.lettering import font
from preproc.preview.sheet import lettering

from .shown import PHOTO, disc

RNG = np.random.default_rng(0)


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
