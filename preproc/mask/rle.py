"""COCO's run-length code, equal to pycocotools in every bit.

A mask is read column by column; the counts say how many zeros, then how many ones, and so on. The compressed form
writes each count from the third on as its difference to the one two before, in groups of five bits, lowest first, each
a printable character.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import cv2
import numpy as np
from numpy.typing import NDArray

from ..adapt import takes_mask
from ..arrays import Mask, narrow
from ..errors import InputError, ShapeError
from ..files.load import canvas_of
from ..geometry import Size
from .arguments import as_flag

__all__ = ["Rle", "as_canvas", "from_rle", "to_rle"]

Ints = NDArray[np.int64]


class Rle(TypedDict):
    """COCO's form: `size` is ``[height, width]``, `counts` a string or a list of run lengths."""

    size: list[int]
    counts: str | list[int]


@takes_mask
def to_rle(mask: Mask, *, compressed: bool = True) -> Rle:
    """Write a mask in COCO's run-length code.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask. RLE knows only in and out: 128 and more is in.
    compressed
        Counts as COCO's string (for ``bytes``, as pycocotools gives them: ``counts.encode()``), or as a list.

    Returns
    -------
    dict
        ``{"size": [height, width], "counts": …}``, ready for JSON.

    Examples
    --------
    >>> import numpy as np
    >>> to_rle(np.array([[0, 255], [255, 255]], np.uint8))
    {'size': [2, 2], 'counts': '13'}
    >>> to_rle(np.array([[0, 255], [255, 255]], np.uint8), compressed=False)
    {'size': [2, 2], 'counts': [1, 3]}
    """
    compressed = as_flag(compressed, "compressed")
    columns = narrow(cv2.transpose(mask)).reshape(-1) >= 128
    borders = np.flatnonzero(columns[1:] != columns[:-1]) + 1
    counts = np.diff(np.concatenate([[0], borders, [columns.size]]))
    if columns[0]:
        counts = np.concatenate([[0], counts])
    height, width = mask.shape
    return {"size": [height, width], "counts": _compress(counts) if compressed else counts.tolist()}


def from_rle(rle: Mapping[str, Any] | str | bytes | Sequence[int], size: Any = None) -> Mask:
    """Read COCO's run-length code.

    Parameters
    ----------
    rle
        The dict with `size` and `counts`, or counts alone: a string, bytes or a list of run lengths.
    size
        ``(width, height)``, or a picture whose size is meant. Needed for counts alone; else it must agree. Not a list:
        COCO writes ``[height, width]``.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        0 and 255.

    Raises
    ------
    InputError
        If the counts are damaged, or do not add up to the number of pixels.
    ShapeError
        If the two sizes differ.

    Examples
    --------
    >>> from_rle({"size": [2, 2], "counts": "13"}).tolist()
    [[0, 255], [255, 255]]
    >>> from_rle([1, 3], (2, 2)).tolist()
    [[0, 255], [255, 255]]
    """
    counts, canvas = _parts(rle)
    if size is not None:
        wanted = as_canvas(size)
        if canvas is not None and canvas != wanted:
            fix = "RLE sizes are [height, width]" if canvas == wanted[::-1] else "mask.resize(mask.from_rle(rle), size)"
            raise ShapeError(f"this RLE is {canvas}, not {wanted}", actual=canvas, expected=wanted, fix=fix)
        canvas = wanted
    if canvas is None:
        raise InputError("these RLE counts come without a size", fix="mask.from_rle(counts, (width, height))")
    runs = _expand(counts) if isinstance(counts, (str, bytes)) else _as_runs(counts)
    if (runs < 0).any():
        raise InputError(
            f"these RLE counts hold a negative run, {int(runs.min())}", fix="check whether they are damaged"
        )
    if runs.sum() != canvas.pixels:
        raise InputError(
            f"these RLE counts add up to {int(runs.sum())} pixels, {canvas} has {canvas.pixels}",
            fix="check the size ([height, width] in the dict), or whether the counts are whole",
        )
    values = np.zeros(runs.size, np.uint8)
    values[1::2] = 255
    return narrow(cv2.transpose(np.repeat(values, runs).reshape(canvas.width, canvas.height)))


def as_canvas(size: Any) -> Size:
    """Return a size as others do, but refuse lists: in COCO's files they are the other way round."""
    if isinstance(size, list) or (isinstance(size, np.ndarray) and size.ndim == 1):
        raise InputError(
            f"a size as a list may be COCO's [height, width], got {size!r:.60}",
            fix="say (width, height) as a tuple, or pass the whole dict of size and counts",
        )
    return canvas_of(size)


def _parts(rle: Any) -> tuple[Any, Size | None]:
    if not isinstance(rle, Mapping):
        return rle, None
    try:
        counts, (height, width) = rle["counts"], rle["size"]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"RLE is a dict of size and counts, got the keys {sorted(map(str, rle))}",
            fix='{"size": [height, width], "counts": …}',
        ) from error
    return counts, canvas_of((width, height))


def _as_runs(counts: Any) -> Ints:
    if isinstance(counts, (Sequence, np.ndarray)) and any(np.ndim(run) for run in counts):
        raise InputError(
            "RLE counts are one list of run lengths, these are several lists, as COCO's polygons are",
            fix="mask.from_coco(segmentation, (width, height))",
        )
    runs = np.asarray(counts)
    if runs.ndim != 1 or not (runs.size == 0 or np.issubdtype(runs.dtype, np.integer)):
        raise InputError(f"RLE counts are a list of whole numbers or a string, got {type(counts).__name__}")
    return runs.astype(np.int64)


def _compress(counts: Ints) -> str:
    values = counts.copy()
    values[3:] -= counts[1:-2]
    size = values ^ (values >> 63)
    length = np.ones(values.size, np.int64)  # in characters: the highest bit of the last one is the sign
    while (longer := size >> (5 * length - 1) > 0).any():
        length += longer
    place = np.cumsum(length) - length
    codes = np.empty(length.sum(), np.uint8)
    for number in range(length.max()):
        chosen = length > number
        group = values[chosen] >> (5 * number) & 31 | (length[chosen] > number + 1) << 5
        codes[place[chosen] + number] = group + 48
    text: str = codes.tobytes().decode("ascii")
    return text


def _expand(counts: str | bytes) -> Ints:
    text = counts.encode() if isinstance(counts, str) else counts
    codes = np.frombuffer(text, np.uint8).astype(np.int64) - 48
    last = codes & 32 == 0
    if ((codes < 0) | (codes > 63)).any() or (codes.size and not last[-1]):
        bad = np.flatnonzero((codes < 0) | (codes > 63))
        where = f"character {int(bad[0])} is {chr(text[bad[0]])!r}" if bad.size else "the last count is cut off"
        raise InputError(f"this is no compressed RLE: {where}", fix="pass the counts as they stand in the JSON")
    if not codes.size:
        return codes
    end = np.flatnonzero(last)
    begin = np.concatenate([[0], end[:-1] + 1])
    group = np.arange(codes.size) - np.repeat(begin, end - begin + 1)
    if group.max() > 11:
        raise InputError("this is no compressed RLE: a count has more than 12 characters")
    values = np.add.reduceat((codes & 31) << (5 * group), begin)
    values -= ((codes[end] >> 4) & 1) << (5 * (end - begin + 1))
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    return values
