"""Arguments of the makers, brought into form or refused."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

__all__ = [
    "FARTHEST_PX",
    "Ring",
    "as_amount",
    "as_box",
    "as_choice",
    "as_flag",
    "as_floats",
    "as_holes",
    "as_number",
    "as_points",
    "as_rings",
    "as_text",
    "as_whole",
    "is_contour",
]

Ring: TypeAlias = NDArray[np.float64]
"""Points `(n, 2)`, x and y; the last one joins the first."""

FARTHEST_PX = 1e7


def as_amount(value: Any, name: str, *, most: float = math.inf) -> float:
    """Bring a number into a finite float from 0 to `most`."""
    number = as_number(value, name)
    if not (0 <= number <= most and number < math.inf):
        limit = "" if most == math.inf else f" and at most {most:g}"
        raise InputError(f"{name} is at least 0{limit}, got {number:g}")
    return number


def as_number(value: Any, name: str) -> float:
    """Refuse what is no number, text that looks like one too."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if not isinstance(value, numbers.Real):
        raise InputError(f"{name} is a number, got {value!r:.60}")
    whole: Any = value
    try:
        return float(whole)
    except OverflowError:
        return math.inf if whole > 0 else -math.inf


def as_whole(value: Any, name: str, *, least: int) -> int:
    """Refuse what is no whole number of at least `least`."""
    number = as_number(value, name)
    if not number.is_integer() or number < least:
        raise InputError(f"{name} is a whole number of at least {least}, got {value!r:.60}")
    return int(number)


def as_choice(value: Any, choices: Sequence[str], name: str) -> None:
    """Refuse what is none of these words."""
    if not isinstance(value, str) or value not in choices:
        words = ", ".join(map(repr, choices[:-1])) + f" or {choices[-1]!r}"
        raise InputError(f"{name} is {words}, got {value!r:.60}")


def as_text(value: Any, what: str) -> None:
    """Refuse what is no text; a path, say."""
    if not isinstance(value, (str, bytes)):
        raise InputError(
            f"{what} is read from text, got {type(value).__name__}", fix="pass the file's text: path.read_text()"
        )


def as_flag(value: Any, name: str) -> bool:
    """Refuse what is neither True nor False."""
    if not isinstance(value, (bool, np.bool_, int)) or value not in {0, 1}:
        raise InputError(f"{name} is True or False, got {value!r:.60}")
    return bool(value)


def as_points(points: Any, *, least: int, what: str) -> Ring:
    """Bring points into the form `(n, 2)` of finite floats."""
    try:
        array = as_floats(points)
    except (OSError, TypeError, ValueError, OverflowError) as error:
        raise InputError(
            f"{what} needs points (x, y), got {type(points).__name__}: {error}", fix="[(x, y), (x, y), …]"
        ) from error
    if array.size == 0:
        array = array.reshape(0, 2)
    if is_contour(array):
        array = array[:, 0]
    if array.ndim != 2 or array.shape[1] != 2:
        raise InputError(
            f"{what} needs points of shape (n, 2), got shape {array.shape}",
            fix="[(x, y), (x, y), …], or points.reshape(-1, 2)",
        )
    if not np.isfinite(array).all():
        bad = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
        raise InputError(
            f"point {bad} of this {what} is ({array[bad, 0]:g}, {array[bad, 1]:g})",
            fix="leave out points that are not finite",
        )
    if array.size and np.abs(array).max() > FARTHEST_PX:
        raise InputError(
            f"a {what} reaches {np.abs(array).max():g} px, farther than {FARTHEST_PX:g}",
            fix="give coordinates in pixels",
        )
    if len(array) < least:
        raise InputError(
            f"a {what} needs at least {least} points, got {len(array)}",
            fix="mask.stroke draws lines and dots" if least == 3 else None,
        )
    return array


def as_floats(points: Any) -> NDArray[np.float64]:
    """Make an array of numbers; text that looks like some is refused."""
    array = np.array(points)
    if array.dtype.kind not in "biufO" or any(isinstance(value, (str, bytes)) for value in _objects(array)):
        raise TypeError("text is no number" if array.dtype.kind in "USO" else f"{array.dtype} is no number")
    return array.astype(np.float64, copy=False)


def _objects(array: NDArray[Any]) -> list[Any]:
    return array.ravel().tolist() if array.dtype.kind == "O" else []


def is_contour(points: Any) -> bool:
    """Tell points as OpenCV writes contours, `(n, 1, 2)`."""
    return isinstance(points, np.ndarray) and points.ndim == 3 and points.shape[1:] == (1, 2)


def as_rings(rings: Any, *, what: str) -> list[Ring]:
    """Bring one ring or several into a list of rings; several of a single point each are one, as OpenCV writes it."""
    if isinstance(rings, np.ndarray) and rings.ndim == 2:
        return [as_points(rings, least=3, what=what)]
    try:
        several = [ring for ring in rings if np.ndim(ring[0]) > 0]
    except (OSError, TypeError, IndexError, KeyError, ValueError):
        several = []
    if several and len(several) == len(rings):
        if all(np.ndim(ring) == 2 and len(ring) == 1 for ring in several):
            return [as_points([ring[0] for ring in several], least=3, what=what)]
        return [as_points(ring, least=3, what=what) for ring in rings]
    return [as_points(rings, least=3, what=what)]


def as_holes(holes: Any) -> list[Ring]:
    """Bring no ring, one or several into a list of rings; an empty list and None are none."""
    if holes is None or (isinstance(holes, Sequence) and not isinstance(holes, str) and len(holes) == 0):
        return []
    return as_rings(holes, what="hole")


def as_box(box: Any, *, what: str) -> tuple[float, float, float, float]:
    """Bring a box into four finite floats, left to right and top to bottom."""
    try:
        left, top, right, bottom = as_floats([*box]).tolist()
    except (OSError, TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{what} needs a box (left, top, right, bottom), got {box!r:.60}") from error
    as_points([(left, top), (right, bottom)], least=2, what=what)
    if right < left or bottom < top:
        raise InputError(
            f"this box runs backwards: left {left:g}, right {right:g}, top {top:g}, bottom {bottom:g}",
            fix="boxes are (left, top, right, bottom), not (left, top, width, height)",
        )
    return left, top, right, bottom
