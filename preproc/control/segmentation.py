"""Class numbers to the colours that segmentation ControlNets were trained on, and back."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..adapt import takes_image
from ..arrays import Image, narrow
from ..errors import InputError
from ..files import MAX_PIXELS
from ..files.decode import stored_pillow
from .options import checks_options

__all__ = ["Palette", "PaletteChoice", "palette_of", "read_segmentation", "segmentation_map"]

PaletteChoice: TypeAlias = Literal["ade20k", "coco", "coco-contiguous"] | Mapping[int, tuple[int, int, int]]
"""A palette by name, or colours by class number."""


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colours by class number.

    Parameters
    ----------
    labels
        Class numbers, rising.
    colours
        uint8 RGB of shape `(len(labels), 3)`, in the same order.
    names
        What the classes are called, where the palette is a published one.
    """

    labels: NDArray[np.int32]
    colours: NDArray[np.uint8]
    names: tuple[str, ...] = ()


def palette_of(choice: PaletteChoice, /) -> Palette:
    """Look up a palette.

    Parameters
    ----------
    choice
        ``"ade20k"``: 150 classes from 0 (wall), the colours of the ControlNets for segmentation; 6 (road) and 48
        (skyscraper) share one. ``"coco"``: the 133 classes of COCO panoptic by their category ids (1 to 200, with
        gaps). ``"coco-contiguous"``: the same in the same order as 0 to 132, which is how models number them. A
        mapping from class number to ``(red, green, blue)`` is a palette too.

    Returns
    -------
    Palette

    Raises
    ------
    InputError
        For an unknown name, or a mapping that is not from numbers to colours.

    Notes
    -----
    The classes are those of ADE20K's scene parsing [1]_ and of COCO's panoptic segmentation [2]_, with the colours of the
    COCO panoptic API.

    References
    ----------
    .. [1] B. Zhou, H. Zhao, X. Puig, S. Fidler, A. Barriuso and A. Torralba, "Scene parsing through ADE20K dataset",
       Conference on Computer Vision and Pattern Recognition (CVPR), 2017.
    .. [2] A. Kirillov, K. He, R. Girshick, C. Rother and P. Dollár, "Panoptic segmentation", Conference on Computer
       Vision and Pattern Recognition (CVPR), 2019.

    Examples
    --------
    >>> ade = palette_of("ade20k")
    >>> ade.names[2], ade.colours[2].tolist()
    ('sky', [6, 230, 230])
    """
    if isinstance(choice, str):
        published = _published()
        if choice not in published:
            raise InputError(
                f"no palette is called {choice!r}; {', '.join(published)} are", fix="or pass {label: (r, g, b)}"
            )
        return published[choice]
    try:
        rows = sorted((int(label), tuple(map(int, colour))) for label, colour in choice.items())
        colours = np.array([colour for _, colour in rows], np.int64).reshape(len(rows), 3)
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError(f"a palette maps numbers to (red, green, blue), got {choice!r:.80}") from error
    if not rows or colours.min() < 0 or colours.max() > 255:
        raise InputError("a palette needs at least one colour, each channel 0 to 255")
    return _frozen([label for label, _ in rows], colours, ())


@cache
def _published() -> dict[str, Palette]:
    data = json.loads(files(__package__).joinpath("data", "palettes.json").read_text(encoding="utf-8"))
    tables = {name: entry["labels"] for name, entry in data.items()}
    tables["coco-contiguous"] = [[number, *row[1:]] for number, row in enumerate(tables["coco"])]
    return {
        name: _frozen([row[0] for row in rows], [row[2:] for row in rows], tuple(row[1] for row in rows))
        for name, rows in tables.items()
    }


def _frozen(labels: Any, colours: Any, names: tuple[str, ...]) -> Palette:
    arrays = np.array(labels, np.int32), np.array(colours, np.uint8)
    for array in arrays:
        array.setflags(write=False)
    return Palette(*arrays, names)


@checks_options
def segmentation_map(
    labels: NDArray[Any], /, *, palette: PaletteChoice = "ade20k", ignore: Collection[int] = (-1, 255)
) -> Image:
    """Colour a map of class numbers as segmentation ControlNets expect it.

    Parameters
    ----------
    labels
        Whole numbers, shape `(H, W)`. ADE20K's own annotation files number from 1 with 0 for nothing: pass
        ``labels - 1``.
    palette
        See `palette_of`.
    ignore
        Class numbers that stand for no class; drawn black. Numbers of the palette win.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        RGB; every pixel has exactly a colour of the palette or is black.

    Raises
    ------
    InputError
        If `labels` are not whole numbers in two dimensions, or hold numbers that the palette does not know.

    Notes
    -----
    ADE20K is [1]_, COCO is [2]_; see `palette_of`.

    References
    ----------
    .. [1] B. Zhou, H. Zhao, X. Puig, S. Fidler, A. Barriuso and A. Torralba, "Scene parsing through ADE20K dataset",
       Conference on Computer Vision and Pattern Recognition (CVPR), 2017.
    .. [2] A. Kirillov, K. He, R. Girshick, C. Rother and P. Dollár, "Panoptic segmentation", Conference on Computer
       Vision and Pattern Recognition (CVPR), 2019.

    Examples
    --------
    >>> segmentation_map(np.array([[2, 4]])).tolist()
    [[[6, 230, 230], [4, 200, 3]]]
    """
    source: Any = labels
    is_picture = isinstance(source, PIL.Image.Image)
    array = stored_pillow(source, max_pixels=MAX_PIXELS) if is_picture else np.asarray(labels)
    if array.ndim != 2 or not array.size or not np.issubdtype(array.dtype, np.integer):
        raise InputError(
            f"class numbers are whole numbers of shape (H, W), got {array.dtype} of shape {array.shape}",
            fix="for class scores take scores.argmax over the classes; for colours use read_segmentation",
        )
    chosen = palette_of(palette)
    try:
        empty = np.unique(np.array([int(number) for number in ignore], np.int64))
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"ignore is a collection of class numbers, got {ignore!r:.80}") from error
    numbers = np.union1d(chosen.labels, empty)
    colours = np.zeros((len(numbers), 3), np.uint8)
    colours[np.searchsorted(numbers, chosen.labels)] = chosen.colours
    wanted = (np.minimum(array, 2**62) if array.dtype == np.uint64 else array).astype(np.int64)
    places = np.searchsorted(numbers, wanted).clip(max=len(numbers) - 1)
    unknown = numbers[places] != wanted
    if unknown.any():
        strange = np.unique(array[unknown])
        raise InputError(
            f"{len(strange)} class numbers are not in the palette: {', '.join(map(str, strange[:8]))}"
            f"{', …' if len(strange) > 8 else ''}; it knows {len(chosen.labels)} from {chosen.labels[0]} to {chosen.labels[-1]}",
            fix="choose the palette of the model that made them, or name them in ignore=",
        )
    return narrow(colours[places])


@takes_image
@checks_options
def read_segmentation(
    picture: Image,
    /,
    *,
    palette: PaletteChoice = "ade20k",
    tolerance: int = 0,
    unknown: int | None = None,
) -> NDArray[np.int32]:
    """Read class numbers back from the colours of a segmentation map.

    Parameters
    ----------
    picture
        RGB of shape `(H, W, 3)`.
    palette
        See `palette_of`. Where classes share a colour, the lowest number is returned.
    tolerance
        How far each channel may be from the palette's colour, 0 to 255; the nearest colour wins. Maps that went
        through JPEG need about 20, and still have wrong classes along their borders.
    unknown
        The number for colours that are not in the palette; None refuses them, by name.

    Returns
    -------
    ndarray of int32, shape (H, W)
        Class numbers; -1 where the map is black and the palette has no black.

    Raises
    ------
    InputError
        If a colour is not in the palette and `unknown` is None.

    Notes
    -----
    Nearest by the channel that differs most: this project's own rule. The palettes and their sources are those of
    `palette_of`.

    Examples
    --------
    >>> read_segmentation(np.array([[[6, 230, 230], [0, 0, 0]]], np.uint8)).tolist()
    [[2, -1]]
    """
    if not 0 <= tolerance <= 255:
        raise InputError(f"tolerance is 0 to 255 levels, got {tolerance}")
    if unknown is not None and not -(2**31) <= unknown < 2**31:
        raise InputError(f"unknown is a number of 32 bits, got {unknown}", fix="unknown=-1")
    labels, strange = match_colours(picture, palette_of(palette), tolerance)
    if strange.any():
        if unknown is None:
            raise InputError(
                f"{strange.mean():.1%} of the pixels have colours that are not in the palette: "
                f"{', '.join(common_colours(picture[strange]))}",
                fix="choose the palette it was made with, raise tolerance= for a JPEG, or number them with unknown=-1",
            )
        labels[strange] = unknown
    return labels


def match_colours(picture: Image, chosen: Palette, tolerance: int = 0) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Give each pixel the class of the nearest colour within `tolerance`, and tell which have none."""
    numbered = zip(_codes(chosen.colours)[::-1].tolist(), chosen.labels[::-1].tolist(), strict=True)
    table = {0: -1} | dict(numbered)  # the lowest class wins where classes share a colour
    known = np.array(sorted(table), np.int32)
    numbers = np.array([table[code] for code in known.tolist()], np.int32)
    codes = _codes(picture)
    places = np.searchsorted(known, codes).clip(max=len(known) - 1)
    labels = numbers[places]
    strange = known[places] != codes
    if tolerance and strange.any():
        found, back = np.unique(codes[strange], return_inverse=True)
        nearest, near = _nearest(found, known, tolerance)
        labels[strange] = numbers[nearest][back]
        strange[strange] = ~near[back]
    return labels, strange


def _nearest(
    codes: NDArray[np.int32], known: NDArray[np.int32], tolerance: int
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the place of the nearest known colour, and whether it is within `tolerance` in every channel."""
    best = np.zeros(len(codes), np.intp)
    reach = np.full(len(codes), tolerance + 1, np.int16)
    red, green, blue = _channels(codes)
    for place, (r, g, b) in enumerate(_channels(known).T):
        distance = np.maximum(np.maximum(np.abs(red - r), np.abs(green - g)), np.abs(blue - b))
        best[distance < reach] = place
        np.minimum(reach, distance, out=reach)
    return best, reach <= tolerance


def _channels(codes: NDArray[np.int32]) -> NDArray[np.int16]:
    return np.stack([codes >> 16, codes >> 8 & 255, codes & 255]).astype(np.int16)


def common_colours(pixels: NDArray[np.uint8], most: int = 5) -> list[str]:
    """Name the most frequent colours among pixels of shape (N, 3)."""
    codes, counts = np.unique(_codes(pixels), return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]
    return [f"#{code:06x}" for code in codes[order]]


def _codes(colours: NDArray[np.uint8]) -> NDArray[np.int32]:
    wide = colours.astype(np.int32)
    codes: NDArray[np.int32] = wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]
    return codes
