"""Many pictures on one sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import PIL.Image
import PIL.ImageDraw

from ..arrays import Image
from ..errors import InputError
from ..files import ImageSource, Photo
from .draw import Background, clipped, fit, flatten, font, theme_of

__all__ = ["contact_sheet"]


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
        is fitted into a square. One-pixel lines of control maps stay visible however far they are shrunk.
    columns
        None chooses a grid without gaps that is wider than high, where there is one.
    tile_px
        Side of the squares.
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
    (141, 226, 3)
    """
    if not tiles:
        raise InputError("a contact sheet needs at least one picture, got none")
    if tile_px < 16 or (columns is not None and columns < 1):
        raise InputError(f"tile_px is at least 16 and columns at least 1, got {tile_px} and {columns}")
    theme = theme_of(background)
    across = min(columns or _columns_for(len(tiles)), len(tiles))
    down = math.ceil(len(tiles) / across)
    px = max(11, tile_px // 23)
    gap, margin, caption = max(6, tile_px // 20), max(10, tile_px // 14), round(px * 1.8) + 1
    pitch = (tile_px + gap, tile_px + caption + gap)
    size = (2 * margin + across * pitch[0] - gap, 2 * margin + down * pitch[1] - gap)
    sheet = PIL.Image.new("RGB", size, theme.ground)
    draw = PIL.ImageDraw.Draw(sheet)
    for index, (words, picture) in enumerate(tiles):
        left, top = margin + index % across * pitch[0], margin + index // across * pitch[1]
        tile = PIL.Image.fromarray(_fitted(picture, tile_px))
        draw.rectangle((left, top, left + tile_px - 1, top + tile_px - 1), fill=theme.panel)
        sheet.paste(tile, (left + (tile_px - tile.width) // 2, top + (tile_px - tile.height) // 2))
        place = (left, top + tile_px + caption / 2)
        draw.text(place, clipped(words, tile_px, px), fill=theme.words, font=font(px), anchor="lm")
    return np.array(sheet)


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
