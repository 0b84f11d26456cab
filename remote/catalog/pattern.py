"""Which regular expressions are searched for in a bounded time.

Python's `re` tries one way after another; where several repeats can share out the same letters, the ways multiply with
each, and a schema's ``^(a+)+$`` takes longer than anybody waits. The bound here is a count: each repeat that competes with
what follows it for the same letters costs a factor of the text's length, so does a search from every letter on, and all the
others together cost one more. Two such factors are allowed, and few ways besides. What is not simple to bound (a repeat
inside a repeat, references back, looks ahead) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

__all__ = ["is_bounded"]

_LETTERS = 256
_OTHER = _LETTERS  # stands for every letter beyond
_ALL = frozenset(range(_LETTERS + 1))
_MOST_WAYS = {0: 1000, 1: 1000, 2: 8}  # by how often the text's length is a factor
_MANY = 64  # a repeat of more counts like one without an end
_CLASSES = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}


class _UnboundedError(Exception):
    """Not simple to bound."""


class _Cost(NamedTuple):
    powers: int = 0  # repeats that compete for letters
    ways: int = 1  # besides
    scans: bool = False  # there are repeats that do not compete


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
        cost = _sequence(list(tree), frozenset())
    except (re.error, OverflowError, RecursionError, _UnboundedError, AttributeError):
        return False
    is_anchored = bool(tree) and str(tree[0][0]) == "AT" and str(tree[0][1]) in {"AT_BEGINNING", "AT_BEGINNING_STRING"}
    return cost.ways <= _MOST_WAYS.get(cost.powers + cost.scans + (not is_anchored), 0)


def _sequence(items: list[Any], after: frozenset[int]) -> _Cost:
    """Return what a row of items costs; `after` begins what follows it."""
    cost = _Cost()
    for at, item in enumerate(items):
        first, can_be_empty = _first(items[at + 1 :])
        more = _one(item, first | after if can_be_empty else first)
        cost = _Cost(cost.powers + more.powers, cost.ways * more.ways, cost.scans or more.scans)
    return cost


def _one(item: Any, after: frozenset[int]) -> _Cost:
    kind, value = str(item[0]), item[1]
    if kind in {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT"}:
        return _Cost()
    if kind == "SUBPATTERN" and not value[1]:
        return _sequence(list(value[3]), after)
    if kind == "BRANCH":
        return _branches(value[1], after)
    if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
        least, most, body = value
        return _repeat(least, most, body, after)
    raise _UnboundedError(kind)


def _branches(branches: Iterable[Any], after: frozenset[int]) -> _Cost:
    costs = [_sequence(list(branch), after) for branch in branches]
    ways = [cost.ways for cost in costs]
    return _Cost(
        max(cost.powers for cost in costs),
        max(ways) if _are_apart(branches) else sum(ways),
        any(cost.scans for cost in costs),
    )


def _are_apart(branches: Iterable[Any]) -> bool:
    firsts = [_first(list(branch)) for branch in branches]
    apart = sum(len(first) for first, _ in firsts) == len(frozenset().union(*(first for first, _ in firsts)))
    return apart and not any(can_be_empty for _, can_be_empty in firsts)


def _repeat(least: int, most: int, body: Any, after: frozenset[int]) -> _Cost:
    first, can_be_empty = _first(list(body))
    competes = bool(first & after)
    if most == 1:
        cost = _sequence(list(body), after)
        return cost._replace(ways=cost.ways + 1) if competes else cost
    inside = _sequence(list(body), first | after)
    if can_be_empty or inside.powers or inside.ways > 1 or _varies(body):
        raise _UnboundedError("a repeat inside a repeat")
    if least == most or not competes:
        return _Cost(scans=most > _MANY)
    return _Cost(powers=1) if most - least > _MANY else _Cost(ways=most - least + 1)


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
