"""Options of previews, refused by name where they make no sense."""

from __future__ import annotations

import math
from numbers import Integral, Real

import numpy as np
import PIL.ImageColor

from ..errors import InputError
from .draw import Color

__all__ = ["read_color", "read_number", "read_whole"]


def read_number(name: str, value: object, least: float, most: float) -> float:
    """Return a finite number within the range."""
    if isinstance(value, bool) or not isinstance(value, Real) or not least <= float(value) <= most:
        raise InputError(f"{name} is a number from {least:g} to {most:g}, got {value!r}")
    return float(value)


def read_whole(name: str, value: object, least: int, most: float = math.inf) -> int:
    """Return a whole number within the range."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not least <= int(value) <= most:
        ends = f"of at least {least}" if most == math.inf else f"from {least} to {most:g}"
        raise InputError(f"{name} is a whole number {ends}, got {value!r}")
    return int(value)


def read_color(color: object) -> Color:
    """Return three levels of 0 to 255.

    Examples
    --------
    >>> read_color("red"), read_color((1, 2, 3))
    ((255, 0, 0), (1, 2, 3))
    """
    if isinstance(color, str):
        try:
            red, green, blue, *_ = PIL.ImageColor.getrgb(color)
        except ValueError as error:
            raise InputError(f"{color!r} is no colour", fix='"red", "#ff0050" or (255, 0, 80)') from error
        return red, green, blue
    levels: list[object] = list(color) if isinstance(color, (tuple, list, np.ndarray)) else []
    if len(levels) != 3:
        raise InputError(f"a colour is three levels of 0 to 255, or a name, got {color!r}", fix='"red" or (255, 0, 80)')
    red, green, blue = (read_whole("a level of a colour", level, 0, 255) for level in levels)
    return red, green, blue
