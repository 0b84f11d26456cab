"""Many pictures on one sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import PIL.Image
import PIL.ImageDraw

from ..arrays import Image
from ..choices import LARGEST_TILE, SMALLEST_TILE, Background
from ..errors import InputError
from ..files import ImageSource, Photo
from .draw import clipped, fit, flatten, theme_of
from .lettering import font, readable
from .options import read_whole

__all__ = ["contact_sheet", "lettering"]


def contact_sheet(
    tiles: Sequence[tuple[str, PIL.Image.Image | ImageSource]],
    /,
    *,
    columns: int | None = None,
    tile_px: int = 320,
    background: Background = "dark",
) -> Image:
    """Lay pictures out in a grid, each with a caption.

    Parameters
    ----------
    tiles
        Captions and pictures, in any form: photos, masks, control maps, transparent pictures (on gray squares). Each
        is fitted into a square, with its caption below; rows and columns are as large as their largest picture, and
        the pictures of a row begin at one height. One-pixel lines of control maps stay visible however far they are
        shrunk.
    columns
        None chooses a grid without gaps that is wider than high, where there is one.
    tile_px
        Side of the squares, a whole number from 16 to 4096.
    background
        ``"dark"`` or ``"light"``.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)

    Raises
    ------
    InputError
        If there are no tiles, or an option is out of range.

    Examples
    --------
    >>> photo = np.zeros((60, 80, 3), np.uint8)
    >>> contact_sheet([("photo", photo), ("edges", photo[:, :, 0])], tile_px=100).shape
    (101, 186, 3)
    """
    _check_tiles(tiles)
    tile_px = read_whole("tile_px", tile_px, SMALLEST_TILE, LARGEST_TILE)
    columns = None if columns is None else read_whole("columns", columns, 1)
    theme, px = theme_of(background), lettering(tile_px)
    across = min(columns or _columns_for(len(tiles)), len(tiles))
    shown = [PIL.Image.fromarray(_fitted(picture, tile_px)) for _, picture in tiles]
    widths = [_column_width(tiles, shown, slice(column, None, across), tile_px, px) for column in range(across)]
    heights = [max(tile.height for tile in shown[row : row + across]) for row in range(0, len(shown), across)]
    gap, margin, caption = max(6, tile_px // 20), max(10, tile_px // 14), round(px * 1.7) + 1
    size = (2 * margin + sum(widths) + gap * (across - 1), 2 * margin + sum(heights) + caption * len(heights))
    sheet = PIL.Image.new("RGB", (size[0], size[1] + gap * (len(heights) - 1)), theme.ground)
    draw = PIL.ImageDraw.Draw(sheet)
    for index, ((words, _), tile) in enumerate(zip(tiles, shown, strict=True)):
        column, row = index % across, index // across
        left = margin + sum(widths[:column]) + gap * column
        top = margin + sum(heights[:row]) + (caption + gap) * row
        sheet.paste(tile, (left, top))
        place = (left, top + tile.height + caption / 2)
        draw.text(place, clipped(words, widths[column], px), fill=theme.words, font=font(px), anchor="lm")
    return np.array(sheet)


def _check_tiles(tiles: object) -> None:
    """Refuse what is no list of captions and pictures; the pictures are looked at when they are drawn."""
    fix = 'contact_sheet([("before", photo), ("after", other)])'
    if isinstance(tiles, (str, bytes)) or not isinstance(tiles, Sequence):
        raise InputError(f"the tiles are a list of captions and pictures, got {type(tiles).__name__}", fix=fix)
    if not tiles:
        raise InputError("a contact sheet needs at least one picture, got none")
    for number, tile in enumerate(tiles, start=1):
        if not (isinstance(tile, (tuple, list)) and len(tile) == 2 and isinstance(tile[0], str)):
            raise InputError(f"a tile is a caption and a picture, got {type(tile).__name__} as tile {number}", fix=fix)


def lettering(tile_px: int) -> int:
    """Return the size of captions: a 17th of a tile, less of a large one, which has more room than words need."""
    return max(12, min(tile_px // 17, round(18 * math.pow(tile_px / 320, 0.6))))


def _column_width(
    tiles: Sequence[tuple[str, object]], shown: Sequence[PIL.Image.Image], column: slice, tile_px: int, px: int
) -> int:
    """Return the width of the widest picture of a column, or of its longest caption if that is still a tile's side."""
    words = max(font(px).getlength(readable(words)) for words, _ in tiles[column])
    return max(*(tile.width for tile in shown[column]), min(tile_px, math.ceil(words)))


def _fitted(picture: PIL.Image.Image | ImageSource, tile_px: int) -> Image:
    photo = Photo.open(picture)
    shrink = max(1.0, max(photo.size) / tile_px)
    return fit(flatten(photo, cell_px=round(10 * shrink)), width=tile_px, height=tile_px)


def _columns_for(count: int) -> int:
    """Choose the grid with the fewest empty places; of equals the one nearest to 16:10."""
    root = math.ceil(math.sqrt(count))

    def badness(across: int) -> tuple[int, float]:
        down = math.ceil(count / across)
        return across * down - count, abs(across / down - 1.6)

    return min(range(root, min(count, 2 * root) + 1), key=badness)
