"""One value against what is known of its argument: numbers, texts, sizes, and JSON of any kind."""

from __future__ import annotations

import difflib
import math
import numbers
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from .. import catalog
from ..catalog.field import Field
from ..catalog.pattern import is_bounded
from . import paths
from .levels import level_named, levels_of
from .reading import MISSING, Read, shown, wrong

__all__ = ["half_letter", "listed", "read_json", "read_number", "read_size", "read_text"]

_HALF = re.compile("[\ud800-\udfff]")
_RATIO = re.compile(r"([1-9]\d{0,4}):([1-9]\d{0,4})", re.ASCII)
_SIDE = 512  # fal's own default for a side of image_size


def read_number(read: Read, fact: Field, value: Any, path: str) -> Any:
    """Read a number, or the name of a level."""
    name = path.rpartition(".")[2]
    levels = levels_of(name)
    if isinstance(value, str) and (level := level_named(name, value)):
        read.warnings.append(f"{path}: {value!r} sends {level.value:g} ({level.effect})")
        value = level.value
    names = f" or one of {', '.join(levels)}" if levels else ""
    if isinstance(value, (bool, np.bool_)) or not _is_finite(value):
        return wrong(read, path, value, f"{shown(value)} is not a number{names}", "float_type")
    if fact.type == "integer" and value % 1:
        return wrong(read, path, value, f"{shown(value)} is not a whole number", "int_type")
    number: int | float = int(value) if isinstance(value, numbers.Integral) else float(value)
    if fact.type == "integer":
        number = int(number)
    if outside := _outside(fact, number):
        return wrong(read, path, value, *outside)
    return number


def _outside(fact: Field, number: float) -> tuple[str, str] | None:
    """Say which limit a number is beyond, with fal's word for it."""
    if fact.minimum is not None and number < fact.minimum:
        return f"{number} is below {_plain(fact.minimum)}{_range(fact)}", "greater_than_equal"
    if fact.above is not None and number <= fact.above:
        return f"{number} is not above {_plain(fact.above)}", "greater_than"
    if fact.maximum is not None and number > fact.maximum:
        return f"{number} is above {_plain(fact.maximum)}{_range(fact)}", "less_than_equal"
    if fact.below is not None and number >= fact.below:
        return f"{number} is not below {_plain(fact.below)}", "less_than"
    if fact.multiple_of and Fraction(str(number)) % Fraction(str(fact.multiple_of)):
        return f"{number} is not a multiple of {_plain(fact.multiple_of)}", "multiple_of"
    if fact.enum and number not in fact.enum:
        return f"{number} is not one of {listed(fact)}", "literal_error"
    return None


def _is_finite(value: Any) -> bool:
    """Tell whether something is a number that JSON and fal can carry."""
    if isinstance(value, numbers.Integral):
        return abs(int(value)) < 2**64
    return isinstance(value, numbers.Real) and math.isfinite(value)


def _range(fact: Field) -> str:
    if fact.minimum is None or fact.maximum is None:
        return ""
    return f" (allowed: {_plain(fact.minimum)} to {_plain(fact.maximum)})"


def _plain(limit: float) -> str:
    return str(int(limit)) if limit % 1 == 0 else str(limit)


def listed(fact: Field) -> str:
    """Name the choices, the first of them where there are many."""
    return ", ".join(map(str, fact.enum[:20])) + (", …" if len(fact.enum) > 20 else "")


def half_letter(text: str, /) -> str | None:
    r"""Say where a text holds half of a surrogate pair, which no UTF-8, and so no JSON of fal's, can carry.

    Examples
    --------
    >>> half_letter("a cat \ud83d")
    'letter 7 is half of a pair (U+D83D), as when an emoji was cut in two: leave it out'
    """
    found = _HALF.search(text)
    if found is None:
        return None
    code = f"U+{ord(found[0]):04X}"
    return f"letter {found.start() + 1} is half of a pair ({code}), as when an emoji was cut in two: leave it out"


def read_text(read: Read, fact: Field, value: str, path: str) -> Any:
    """Read a text: any, of a length or form, or one of a few."""
    if wrongly := _misformed(fact, value):
        return wrong(read, path, value, *wrongly)
    return _word(read, fact, value, path)


def _misformed(fact: Field, text: str) -> tuple[str, str] | None:
    if half := half_letter(text):
        return half, "string_unicode"
    if fact.min_length is not None and len(text) < fact.min_length:
        return f"{len(text)} letters where at least {fact.min_length} belong", "string_too_short"
    if fact.max_length is not None and len(text) > fact.max_length:
        return f"{len(text):,} letters where at most {fact.max_length:,} are taken", "string_too_long"
    if fact.pattern and is_bounded(fact.pattern) and not re.search(fact.pattern, text):
        return f"{shown(text)} is not of the form {fact.pattern}", "string_pattern_mismatch"
    return None


def _word(read: Read, fact: Field, value: str, path: str) -> Any:
    if not fact.enum or value in fact.enum:
        return value
    if fact.open:
        beyond = _beyond(fact, value)
        return value if beyond is None else wrong(read, path, value, beyond, "literal_error")
    spelt = [choice for choice in fact.enum if str(choice).replace("-", "_") == value.replace("-", "_")]
    if len(spelt) == 1:
        read.warnings.append(f"{path}: {value!r} is written {spelt[0]!r} there")
        return spelt[0]
    near = difflib.get_close_matches(value, map(str, fact.enum), n=1)
    hint = f"; perhaps {near[0]!r}" if near else ""
    return wrong(read, path, value, f"{value!r} is not one of {listed(fact)}{hint}", "literal_error")


def _beyond(fact: Field, value: str) -> str | None:
    """Say what is wrong with a ratio of sides where any is taken between those that are listed."""
    listed = {ratio: str(choice) for choice in fact.enum if (ratio := _ratio(str(choice)))}
    if len(listed) < len(fact.enum):
        return None
    narrowest, widest = min(listed), max(listed)
    allowed = f"from {listed[narrowest]} to {listed[widest]}"
    ratio = _ratio(value)
    if ratio is None:
        return f"{value!r} is no ratio such as {fact.enum[0]!r}; it may be {allowed}"
    return None if narrowest <= ratio <= widest else f"{value!r} is not {allowed}"


def _ratio(text: str) -> Fraction | None:
    found = _RATIO.fullmatch(text)
    return Fraction(int(found[1]), int(found[2])) if found else None


def read_size(read: Read, fact: Field, value: Any, path: str) -> Any:
    """Read width and height, or the name of a size."""
    if isinstance(value, str):
        return _word(read, fact, value, path)
    if isinstance(value, Mapping):
        if not value or not set(value) <= {"width", "height"}:
            return wrong(read, path, value, f"{shown(dict(value))} is not a width and a height", "size_type")
        for name in {"width", "height"} - set(value):
            read.warnings.append(f"{path}.{name} was not given: {_SIDE} px, as the endpoint takes it")
        sides: Sequence[Any] = (value.get("width", _SIDE), value.get("height", _SIDE))
    elif isinstance(value, (tuple, list)) and len(value) == 2:
        sides = value
    else:
        names = ", ".join(map(str, fact.enum))
        message = f"{shown(value)} is not (width, height) or one of {names}"
        return wrong(read, path, value, message, "size_type")
    limit = Field(
        "integer",
        minimum=1 if fact.minimum is None else fact.minimum,
        maximum=catalog.max_side() if fact.maximum is None else fact.maximum,
        multiple_of=fact.multiple_of,
    )
    width = read_number(read, limit, sides[0], paths.join(path, "width"))
    height = read_number(read, limit, sides[1], paths.join(path, "height"))
    return MISSING if MISSING in {width, height} else {"width": width, "height": height}


def read_json(read: Read, value: Any, path: str) -> Any:
    """Read any value that JSON can carry."""
    if isinstance(value, Mapping):
        return {str(name): read_json(read, item, paths.join(path, str(name))) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [read_json(read, item, paths.join(path, number)) for number, item in enumerate(value)]
    if isinstance(value, str) and (half := half_letter(value)):
        return wrong(read, path, value, half, "string_unicode")
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, np.generic):
        return read_json(read, value.item(), path)
    if isinstance(value, (int, float)) and _is_finite(value):
        return value
    return wrong(read, path, value, f"{shown(value)} is not a JSON value", "json_type")
