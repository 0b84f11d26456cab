"""Masks read out of what a picture already says: transparency, brightness, labels, depth."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Iterable
from typing import Any, BinaryIO, Literal

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..adapt import turns_image, turns_photo
from ..arrays import Image, Mask, narrow, to_uint8
from ..errors import FileFormatError, InputError
from ..files import MAX_PIXELS, Photo
from ..files.decode import stored, stored_pillow
from ..files.source import is_file, opened
from .arguments import as_amount, as_choice, as_number

__all__ = ["from_alpha", "from_depth", "from_labels", "from_luminance"]


@turns_photo
def from_alpha(picture: Photo, *, edit: Literal["opaque", "transparent"] = "opaque") -> Mask:
    """Read the mask out of a picture's transparency.

    Which side is edited differs between tools, so say it. The default keeps the sense of a selection or a cut-out
    saved with alpha: **opaque is white, the part to edit**. OpenAI's edit endpoint and ComfyUI's Load Image mean the
    opposite: there the hole that was erased is edited, ``edit="transparent"``.

    Parameters
    ----------
    picture
        Anything with alpha: an RGBA or LA array or Pillow image, a PNG, WebP or TIFF, a palette with transparency,
        a `Photo`. Straight and premultiplied alpha read the same, as the colours are not looked at; a GIMP or Photoshop
        selection saved as alpha over a constant colour is read here too.
    edit
        Which part becomes 255: the ``"opaque"`` or the ``"transparent"`` one.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        The alpha channel, or 255 minus it; 16 bits are rounded to 8.

    Raises
    ------
    InputError
        If the picture has no alpha channel: nothing is assumed then. Or if `edit` is neither of the two.

    Examples
    --------
    >>> import numpy as np
    >>> cutout = np.zeros((1, 3, 4), np.uint8)
    >>> cutout[0, :, 3] = 0, 100, 255
    >>> from_alpha(cutout).tolist()
    [[0, 100, 255]]
    >>> from_alpha(cutout, edit="transparent").tolist()
    [[255, 155, 0]]
    """
    as_choice(edit, ("opaque", "transparent"), "edit")
    if picture.alpha is None:
        raise InputError(
            f"this {picture.size} picture has no transparency to read a mask from",
            fix="for a black and white picture: load_mask, or mask.from_luminance",
        )
    alpha = to_uint8(picture.alpha)
    return alpha.copy() if edit == "opaque" else narrow(cv2.bitwise_not(alpha))


@turns_image
def from_luminance(image: Image, *, low: float = 128, high: float = 255, soft: float = 0) -> Mask:
    """Select by brightness.

    Parameters
    ----------
    image
        uint8 RGB `(H, W, 3)`, or any other form of an image.
    low, high
        The range that becomes 255, both included; levels from 0 to 255.
    soft
        Over how many levels on both sides of the range the mask falls to 0; 0 gives a hard one.
        ``low=255, high=255, soft=255`` gives the brightness itself.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 within the range. Brightness is the Rec. 601 luma, rounded to levels as OpenCV does.

    Raises
    ------
    InputError
        If `low` is above `high`, or a number is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from_luminance(np.array([[0, 100, 127, 128, 255]], np.uint8)).tolist()
    [[0, 0, 0, 255, 255]]
    >>> from_luminance(np.array([[0, 100, 127, 255]], np.uint8), low=255, soft=255).tolist()
    [[0, 100, 127, 255]]
    """
    low, high, soft = as_amount(low, "low", most=255), as_amount(high, "high", most=255), as_amount(soft, "soft")
    if low > high:
        raise InputError(f"low={low:g} is above high={high:g}", fix="swap them; mask.invert selects what lies outside")
    table = _share_within(np.arange(256.0), low, high, soft)
    return narrow(cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), table))


def from_labels(labels: Any, ids: int | Iterable[int]) -> Mask:
    """Select regions of a label map by their numbers.

    Parameters
    ----------
    labels
        Integers `(H, W)` of any type, a tensor with ``__array__``, or a gray or palette picture of 8 or 16 bits (file or
        Pillow image), whose stored numbers or palette indices are the labels. Not a colour-coded picture: `from_color`
        reads these.
    ids
        One number or several. Numbers that occur nowhere select nothing.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 where the label is one of them.

    Raises
    ------
    InputError
        If the map is not two-dimensional or holds no whole numbers.
    FileFormatError
        If a file cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> from_labels(np.array([[0, 1, 2], [2, 7, 1]]), [1, 7]).tolist()
    [[0, 255, 0], [0, 255, 255]]
    """
    array = _as_array(_stored(labels), "a label map holds integers (H, W)")
    if array.dtype == np.bool_:
        array = array.astype(np.uint8)
    if array.ndim != 2 or not np.issubdtype(array.dtype, np.integer):
        raise InputError(
            f"a label map holds integers (H, W), got {array.dtype} of shape {array.shape}",
            fix="round floats first; for coloured regions mask.from_color",
        )
    return np.isin(array, _whole_numbers(ids)).astype(np.uint8) * np.uint8(255)


def _whole_numbers(ids: Any) -> NDArray[np.int64]:
    """Bring one number or several into an array; text is none, and fractions are not cut off."""
    if isinstance(ids, (str, bytes, bytearray, memoryview)):
        raise _no_numbers(ids)
    try:
        try:
            several = [operator.index(ids)]
        except TypeError:
            several = [int(number) if _is_whole(number) else operator.index(number) for number in ids]
        return np.unique(np.array(several, np.int64))
    except (TypeError, ValueError, OverflowError) as error:
        raise _no_numbers(ids) from error


def _no_numbers(ids: Any) -> InputError:
    return InputError(f"ids is one whole number or several, got {ids!r:.60}", fix="one number, or several in a list")


def _is_whole(number: Any) -> bool:
    return isinstance(number, (float, np.floating)) and float(number).is_integer()


def _as_array(values: Any, wanted: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:
        raise InputError(f"{wanted}, got rows of different lengths") from error


def _stored(labels: Any) -> Any:
    """Return a picture's stored numbers, which loading it as an image would turn into colours."""
    if isinstance(labels, PIL.Image.Image):
        return stored_pillow(labels, max_pixels=MAX_PIXELS)
    if not is_file(labels):
        return labels
    try:
        with opened(labels) as (file, path):
            return stored(file, path=path, max_pixels=MAX_PIXELS)
    except FileFormatError as error:
        where, reason = error.path or "these bytes", error.message.removeprefix(f"{error.path or 'the data'} ")
        raise FileFormatError(
            f"cannot read labels from {where}: it {reason}", path=error.path, fix=error.fix
        ) from error


def from_depth(
    depth: NDArray[Any] | PIL.Image.Image | str | os.PathLike[str] | bytes | BinaryIO | Photo,
    /,
    *,
    near: float,
    far: float,
    soft: float = 0,
) -> Mask:
    """Select what lies within a range of depth.

    Parameters
    ----------
    depth
        Numbers `(H, W)` in any unit and of either direction, or a gray picture of 8 or 16 bits. Files of other kinds:
        `preproc.control.load_depth` reads them into an array.
    near, far
        The range that becomes 255, both included, in the values of `depth`; the order does not matter, so it fits
        distances as well as maps in which near is bright.
    soft
        Over how much depth on both sides of the range the mask falls to 0; 0 gives a hard one.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 within the range; 0 where the depth is NaN or infinite.

    Raises
    ------
    InputError
        If the depth is not two-dimensional, a limit is NaN, or `soft` negative.
    FileFormatError
        If a file cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> from_depth(np.array([[1.0, 2.0, 2.5, 4.0, np.nan]]), near=1.5, far=2.0, soft=1.0).tolist()
    [[128, 255, 128, 0, 0]]
    """
    is_picture = isinstance(depth, (PIL.Image.Image, Photo)) or is_file(depth)
    array = Photo.open(depth).pixels if is_picture else _as_array(depth, "depth is one number a pixel (H, W)")
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim != 2 or not (np.issubdtype(array.dtype, np.integer) or np.issubdtype(array.dtype, np.floating)):
        raise InputError(
            f"depth is one number a pixel (H, W), got {array.dtype} of shape {array.shape}",
            fix="a colour-mapped picture is no depth: use the map before it was coloured",
        )
    near, far = as_number(near, "near"), as_number(far, "far")
    if math.isnan(near) or math.isnan(far):
        raise InputError(f"near and far are numbers, got {near} and {far}")
    values = array.astype(np.float64)
    values[~np.isfinite(values)] = np.nan
    return _share_within(values, min(near, far), max(near, far), as_amount(soft, "soft"))


def _share_within(values: NDArray[np.float64], low: float, high: float, soft: float) -> Mask:
    """Return 255 from `low` to `high`, falling to 0 over `soft` on both sides; NaN is outside."""
    outside = np.maximum(low - values, values - high)
    with np.errstate(over="ignore"):
        share = outside <= 0 if soft == 0 else np.clip(1 - np.maximum(outside, 0) / soft, 0, 1)
    return narrow(np.rint(np.nan_to_num(255.0 * share)).astype(np.uint8))
