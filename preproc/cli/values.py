"""Sizes, boxes, points, colours and settings as people type them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..geometry import Size
from .exits import UsageError

__all__ = [
    "read_aspect",
    "read_box",
    "read_color",
    "read_points",
    "read_reference",
    "read_settings",
    "read_size",
    "read_value",
]


def read_size(text: str) -> Size:
    """Read ``1024x768``.

    Raises
    ------
    UsageError
        As all of these do.
    """
    match = re.fullmatch(r"(\d+)\s*[x×,]\s*(\d+)", text.strip())
    if match is None or not all(int(side) for side in match.groups()):
        raise UsageError(f"{text!r} is no size", fix="width x height in pixels, such as 1024x768")
    return Size(int(match[1]), int(match[2]))


def read_box(text: str) -> tuple[float, float, float, float]:
    """Read ``left,top,right,bottom``."""
    numbers = _numbers(text)
    if len(numbers) != 4:
        raise UsageError(f"{text!r} is no box", fix="left,top,right,bottom in pixels, such as 10,20,300,240")
    left, top, right, bottom = numbers
    if not all(map(math.isfinite, numbers)):
        raise UsageError(f"the box {text!r} has sides that are not finite", fix="left,top,right,bottom in pixels")
    if not (left < right and top < bottom):
        ends = f"left {left:g}, top {top:g}, right {right:g}, bottom {bottom:g}"
        raise UsageError(
            f"the box {text!r} holds nothing: {ends}",
            fix=f"left,top,right,bottom; of left,top,width,height it is {left:g},{top:g},{left + right:g},{top + bottom:g}",
        )
    return left, top, right, bottom


def read_aspect(text: str | None) -> str | None:
    """Check ``16:9``, ``3/2`` or ``1.5``, and return it as `preproc` reads it."""
    if text is None:
        return None
    sides = [_numbers(side) for side in re.split(r"[:/x]", text.strip())]
    values = [side[0] for side in sides if len(side) == 1 and math.isfinite(side[0]) and side[0] > 0]
    if not 1 <= len(sides) <= 2 or len(values) != len(sides) or (len(sides) == 1 and "." not in text):
        raise UsageError(f"{text!r} is no shape", fix="width to height, such as 16:9 or 1:1")
    return text if len(sides) > 1 else f"{text}:1"


def read_reference(text: str | None) -> Path | tuple[float, float, float, float] | None:
    """Read a box, or return the path of a mask."""
    if text is None:
        return None
    if Path(text).is_file():
        return Path(text)
    if not re.fullmatch(r"[-+.,\d\s]+", text):
        raise UsageError(f"{text!r} is neither a file that is there nor a box", fix="a mask, or left,top,right,bottom")
    return read_box(text)


def read_points(text: str) -> list[tuple[float, float]]:
    """Read ``10,20 300,20 150,200``."""
    points = [_numbers(point) for point in re.sub(r"\s*,\s*", ",", text.strip()).replace(";", " ").split()]
    if not points or any(len(point) != 2 for point in points):
        raise UsageError(f"{text!r} are no points", fix='"x,y x,y x,y" in pixels, such as "10,20 300,20 150,200"')
    return [(point[0], point[1]) for point in points]


def read_color(text: str) -> tuple[int, int, int]:
    """Read ``#ff8800``, ``255,136,0`` or a colour's name."""
    import PIL.ImageColor

    if "," in text and "(" not in text:
        text = f"rgb({text})"
    try:
        red, green, blue, *_ = PIL.ImageColor.getrgb(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no colour", fix="a name such as white, #ff8800, or 255,136,0") from error
    return red, green, blue


def read_settings(words: Sequence[str], *, example: str = "strength=0.8") -> dict[str, str]:
    """Read ``name=value`` words."""
    settings: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"{word!r} is no setting", fix=f"name=value, such as {example}")
        if name in settings:
            raise UsageError(f"{name} is given twice: {settings[name]!r} and {value!r}", fix="leave one of the two out")
        settings[name] = value
    return settings


def read_value(text: str) -> Any:
    """Read a number, ``true``, ``null``, a list or an object as JSON; anything else is text."""
    try:
        return json.loads(text)
    except ValueError:
        return {"True": True, "False": False, "None": None}.get(text, text)


def _numbers(text: str) -> list[float]:
    try:
        return [float(number) for number in re.split(r"[,\s]+", text.strip()) if number]
    except ValueError:
        return []
