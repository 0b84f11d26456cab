"""The plan of an edit as a picture."""

from __future__ import annotations

import cv2
import numpy as np
import PIL.Image
import PIL.ImageDraw
from numpy.typing import NDArray

from ..arrays import Image, narrow
from ..choices import LARGEST_TILE
from ..edit import Edit
from ..errors import InputError
from ..files import Photo
from ..geometry import Box, Size
from .draw import Background, Color, checker, flatten, theme_of
from .lettering import font
from .options import read_whole
from .overlaying import draw_edge, overlay
from .sheet import contact_sheet, lettering

__all__ = ["of_edit"]

_MASK: Color = (255, 0, 80)
_BLEND: Color = (0, 190, 255)
_SENT: Color = (255, 196, 0)
_CROP: Color = (255, 255, 255)
_LEGEND = (("mask", _MASK), ("blend edge", _BLEND), ("sent mask edge", _SENT), ("crop", _CROP))


def of_edit(edit: Edit, /, *, tile_px: int = 440, background: Background = "dark") -> Image:
    """Show what an edit sends and what it will paste back.

    Parameters
    ----------
    edit
        From `preproc.crop.around` or `preproc.outpaint.extend`.
    tile_px
        Side of each of the four pictures: the canvas with the crop's box, the crop with the mask, the edge of what
        pastes back and the edge of the sent mask, and the two pictures that are uploaded.
    background
        ``"dark"`` or ``"light"``.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)

    Raises
    ------
    InputError
        If an option is out of range.

    Examples
    --------
    >>> from preproc import crop
    >>> photo, m = np.zeros((300, 400, 3), np.uint8), np.zeros((300, 400), np.uint8)
    >>> m[100:150, 100:150] = 255
    >>> of_edit(crop.around(photo, m), tile_px=200).shape
    (404, 382, 3)
    """
    if not isinstance(edit, Edit):
        raise InputError(f"this shows an Edit, got {type(edit).__name__}", fix="preview.overlay shows a mask")
    tile_px = read_whole("tile_px", tile_px, 64, LARGEST_TILE)
    crop, share = edit.crop, float(np.mean(edit.sent_mask)) / 255
    sent = flatten(Photo.open(edit.sent_image), cell_px=16)
    tiles: list[tuple[str, NDArray[np.uint8]]] = [
        (f"canvas {edit.canvas}", _canvas_tile(edit, tile_px)),
        (f"crop {crop.size} at ({crop.left}, {crop.top})", _crop_tile(edit, sent, tile_px)),
        (f"sent image {edit.sent}", sent),
        (f"sent mask, {share:.0%} white", edit.sent_mask),
    ]
    return _with_legend(contact_sheet(tiles, columns=2, tile_px=tile_px, background=background), tile_px, background)


def _canvas_tile(edit: Edit, tile_px: int) -> Image:
    view = edit.canvas.box.union(edit.crop)
    size = _inside(view.size, tile_px)
    scale = size.width / view.size.width
    height, width = edit.original.shape[:2]
    at = Box(0, 0, width, height).shift(edit.origin[0] - view.left, edit.origin[1] - view.top)
    picture = edit.original
    if at.size != view.size:
        squares = checker(view.size.height, view.size.width, max(1, round(10 / scale)))
        picture = np.repeat(squares // 2 + 64, 3, axis=2)
        picture[at.slices] = edit.original
    result = _marked(_scaled(picture, size), edit, view, size)
    box = edit.crop.shift(-view.left, -view.top)
    corners = [side * scale for side in box]
    _draw_box(result, corners)
    return result


def _crop_tile(edit: Edit, sent: NDArray[np.uint8], tile_px: int) -> Image:
    size = _inside(edit.sent, tile_px)
    rgb = sent if sent.ndim == 3 else np.repeat(sent[:, :, np.newaxis], 3, axis=2)
    result = _marked(_scaled(rgb, size), edit, edit.crop, size)
    draw_edge(result, _scaled(edit.sent_mask, size) >= 128, color=_SENT, width_px=2, rim=0)
    return result


def _marked(picture: Image, edit: Edit, view: Box, size: Size) -> Image:
    """Draw mask and blend edge over a picture of `view`, a box of the canvas."""
    mask, blend = (_scaled(_cut(plane, view), size) for plane in (edit.mask, edit.blend))
    result = overlay.__wrapped__(picture, mask, color=_MASK, outline_px=2, isolines=False)
    draw_edge(result, blend > 0, color=_BLEND, width_px=2, rim=0)
    return result


def _cut(plane: NDArray[np.uint8], view: Box) -> NDArray[np.uint8]:
    """Cut a box out of a mask; 0 where it reaches outside."""
    result = np.zeros((view.size.height, view.size.width), np.uint8)
    inside = view.intersect(Box(0, 0, plane.shape[1], plane.shape[0]))
    result[inside.shift(-view.left, -view.top).slices] = plane[inside.slices]
    return result


def _inside(size: Size, tile_px: int) -> Size:
    """Return the size at which `fit` shows a picture of this size."""
    scale = tile_px / max(size)
    scale = scale if scale < 1 else int(scale)
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def _scaled(picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    shrinks = size.width < picture.shape[1]
    return narrow(cv2.resize(picture, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_NEAREST))


def _draw_box(image: Image, corners: list[float]) -> None:
    """Draw a rectangle just inside its corners: white on a dark rim."""
    height, width = image.shape[:2]
    left, top = round(corners[0]), round(corners[1])
    right, bottom = min(round(corners[2]), width) - 1, min(round(corners[3]), height) - 1
    picture = PIL.Image.fromarray(image)
    draw = PIL.ImageDraw.Draw(picture)
    if right - left >= 4 and bottom - top >= 4:
        draw.rectangle((left, top, right, bottom), outline=(0, 0, 0), width=4)
        left, top, right, bottom = left + 1, top + 1, right - 1, bottom - 1
    draw.rectangle((left, top, max(left, right), max(top, bottom)), outline=_CROP, width=2)
    image[:] = np.asarray(picture)


def _with_legend(sheet: Image, tile_px: int, background: Background) -> Image:
    """Add the meaning of the colours below, in as many lines as that takes."""
    theme, px = theme_of(background), lettering(tile_px)
    margin, pitch = max(10, tile_px // 14), round(px * 1.9)
    places: list[tuple[float, int]] = []
    left, line = float(margin), 0
    for words, _ in _LEGEND:
        width = px * 1.7 + font(px).getlength(words)
        if left > margin and left + width > sheet.shape[1] - margin:
            left, line = float(margin), line + 1
        places.append((left, line))
        left += width + px * 1.6
    strip = PIL.Image.new("RGB", (sheet.shape[1], pitch * (line + 1) + margin // 2), theme.ground)
    draw = PIL.ImageDraw.Draw(strip)
    for (words, color), (left, line) in zip(_LEGEND, places, strict=True):
        middle = pitch * line + pitch // 2
        draw.rectangle((left, middle - px * 0.35, left + px * 1.3, middle + px * 0.35), fill=color, outline=theme.faint)
        draw.text((left + px * 1.7, middle), words, fill=theme.words, font=font(px), anchor="lm")
    return np.vstack([sheet, np.asarray(strip)])
