"""Which regular expressions are searched for in a bounded time.

Python's `re` tries one way after another; where several repeats can share out the same letters, the ways multiply with
each, and a schema's ``^(a+)+$`` takes longer than anybody waits. The bound here is a count: repeats that compete with what
follows them for the same letters cost a factor of the text's length each, and two such factors are allowed. What is not
simple to bound (a repeat inside a repeat, references back, looks ahead) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

__all__ = ["is_bounded"]

_LETTERS = 256
_OTHER = _LETTERS  # stands for every letter beyond
_ALL = frozenset(range(_LETTERS + 1))
_MOST_POWERS = 2
_MOST_WAYS = 1000
_MANY = 64  # a repeat of more counts like one without an end
_CLASSES = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}


class _UnboundedError(Exception):
    """Not simple to bound."""


@cache
def is_bounded(pattern: str, /) -> bool:
    r"""Tell whether a pattern can be searched for in any text of usual length without a wait.

    Examples
    --------
    >>> [is_bounded(p) for p in ("^[a-z]+$", r"^\d+x\d+$", "^#([0-9a-f]{2}){3}$", r"^(cat|dog)(\.png)?$")]
    [True, True, True, True]
    >>> [is_bounded(p) for p in ("^(a+)+$", "^(a|aa)*$", ".*a.*b.*c", r"(a)\1", "^(")]
    [False, False, False, False, False]
    """
    try:
        re.compile(pattern)
        tree = re._parser.parse(pattern)  # type: ignore[attr-defined]  # noqa: SLF001 - nothing public knows the grammar
        if tree.state.flags & re.IGNORECASE:
            return False
        powers, ways = _sequence(list(tree), frozenset())
    except (re.error, OverflowError, RecursionError, _UnboundedError, AttributeError):
        return False
    is_anchored = bool(tree) and str(tree[0][0]) == "AT" and str(tree[0][1]) in {"AT_BEGINNING", "AT_BEGINNING_STRING"}
    return powers + (not is_anchored) <= _MOST_POWERS and ways <= _MOST_WAYS


def _sequence(items: list[Any], after: frozenset[int]) -> tuple[int, int]:
    """Return how many repeats compete for letters, and how many ways there are besides; `after` begins what follows."""
    powers, ways = 0, 1
    for at, item in enumerate(items):
        first, can_be_empty = _first(items[at + 1 :])
        more_powers, more_ways = _one(item, first | after if can_be_empty else first)
        powers, ways = powers + more_powers, ways * more_ways
    return powers, ways


def _one(item: Any, after: frozenset[int]) -> tuple[int, int]:
    kind, value = str(item[0]), item[1]
    if kind in {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT"}:
        return 0, 1
    if kind == "SUBPATTERN" and not value[1]:
        return _sequence(list(value[3]), after)
    if kind == "BRANCH":
        return _branches(value[1], after)
    if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
        least, most, body = value
        return _repeat(least, most, body, after)
    raise _UnboundedError(kind)


def _branches(branches: Iterable[Any], after: frozenset[int]) -> tuple[int, int]:
    costs = [_sequence(list(branch), after) for branch in branches]
    ways = [way for _, way in costs]
    return max(power for power, _ in costs), max(ways) if _are_apart(branches) else sum(ways)


def _are_apart(branches: Iterable[Any]) -> bool:
    firsts = [_first(list(branch)) for branch in branches]
    apart = sum(len(first) for first, _ in firsts) == len(frozenset().union(*(first for first, _ in firsts)))
    return apart and not any(can_be_empty for _, can_be_empty in firsts)


def _repeat(least: int, most: int, body: Any, after: frozenset[int]) -> tuple[int, int]:
    first, can_be_empty = _first(list(body))
    competes = bool(first & after)
    if most == 1:
        powers, ways = _sequence(list(body), after)
        return powers, ways + 1 if competes else ways
    if can_be_empty or _sequence(list(body), first | after) != (0, 1) or _varies(body):
        raise _UnboundedError("a repeat inside a repeat")
    if least == most or not competes:
        return 0, 1
    return (1, 1) if most - least > _MANY else (0, most - least + 1)


def _varies(body: Any) -> bool:
    """Tell whether what is repeated holds repeats that vary themselves, at any depth."""
    for kind, value in body:
        name = str(kind)
        if name in {"MAX_REPEAT", "MIN_REPEAT"} and (value[0] != value[1] or _varies(value[2])):
            return True
        if name == "SUBPATTERN" and _varies(value[3]):
            return True
        if name == "BRANCH" and (any(map(_varies, value[1])) or not _are_apart(value[1])):
            return True
    return False


def _first(items: list[Any]) -> tuple[frozenset[int], bool]:
    """Return the letters that something can begin with, and whether it can be empty."""
    found: frozenset[int] = frozenset()
    for kind, value in items:
        name = str(kind)
        if name == "AT":
            continue
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            first, can_be_empty = _first(list(value[2]))
            can_be_empty = can_be_empty or value[0] == 0
        elif name == "SUBPATTERN":
            first, can_be_empty = _first(list(value[3]))
        elif name == "BRANCH":
            parts = [_first(list(branch)) for branch in value[1]]
            first, can_be_empty = frozenset().union(*(part for part, _ in parts)), any(empty for _, empty in parts)
        else:
            first, can_be_empty = _letters(name, value), False
        found |= first
        if not can_be_empty:
            return found, False
    return found, True


def _letters(name: str, value: Any) -> frozenset[int]:
    if name == "LITERAL":
        return frozenset([min(value, _OTHER)])
    if name == "NOT_LITERAL":
        return _ALL - {value} if value < _OTHER else _ALL
    if name == "RANGE":
        low, high = value
        return frozenset(range(min(low, _OTHER), min(high, _OTHER) + 1))
    if name == "CATEGORY":
        words = str(value).removeprefix("CATEGORY_").removeprefix("UNI_")
        kind = _CLASSES[words.removeprefix("NOT_")]
        within = frozenset(code for code in range(_LETTERS) if re.match(kind, chr(code)))
        return (_ALL - within if words.startswith("NOT_") else within) | {_OTHER}
    if name == "IN":
        is_not = str(value[0][0]) == "NEGATE"
        parts = [_letters(str(kind), part) for kind, part in (value[1:] if is_not else value)]
        held = frozenset().union(*parts)
        return (_ALL - held) | {_OTHER} if is_not else held
    return _ALL  # any letter, or what is not told apart here
