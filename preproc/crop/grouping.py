"""Group boxes so that few or cheap crops hold them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, reduce
from itertools import combinations
from operator import add
from typing import Literal, TypeAlias

from ..geometry import Box

__all__ = ["Cost", "group"]

Cost: TypeAlias = tuple[float, bool]
"""What a crop costs, and whether it is scaled down."""

_MOST_TRIED = 9
"""Up to so many boxes every grouping is looked at; more are joined pair by pair."""


def group(
    boxes: Sequence[Box], cost: Callable[[Box], Cost], *, prefer: Literal["cheapest", "fewest"]
) -> list[tuple[int, ...]]:
    """Return which boxes go together, as their numbers.

    Parameters
    ----------
    boxes
        What has to be held.
    cost
        Of the crop around a box.
    prefer
        ``"cheapest"``: the least cost; of equal ones those of which no common crop is scaled down, then the fewest
        crops. ``"fewest"``: the fewest crops of which no common one is scaled down, and of equal ones the cheapest.

    Returns
    -------
    list of tuples of int
        The best grouping for up to nine boxes; more are joined two by two, the pair that saves most first.
    """
    known = cache(cost)

    @cache
    def of(members: tuple[int, ...]) -> Cost:
        return known(reduce(Box.union, (boxes[member] for member in members)))

    if len(boxes) <= _MOST_TRIED:
        return _best(len(boxes), of, prefer)
    return _joined(len(boxes), of, prefer)


def _best(count: int, of: Callable[[tuple[int, ...]], Cost], prefer: str) -> list[tuple[int, ...]]:
    """Choose over all groupings, by dynamic programming over what is still left."""

    @cache
    def rest(left: tuple[int, ...]) -> tuple[tuple[float, ...], list[tuple[int, ...]]]:
        if not left:
            return (0.0, 0.0, 0.0), []
        options = []
        first, others = left[0], left[1:]
        for size in range(len(others) + 1):
            for more in combinations(others, size):
                members = (first, *more)
                paid, shrunk = of(members)
                if more and prefer == "fewest" and shrunk:
                    continue
                worse = float(bool(more) and shrunk)
                step = (paid, worse, 1.0) if prefer == "cheapest" else (1.0, paid, worse)
                total, groups = rest(tuple(other for other in others if other not in more))
                options.append((tuple(map(add, total, step)), [members, *groups]))
        return min(options, key=lambda option: option[0])

    return rest(tuple(range(count)))[1]


def _joined(count: int, of: Callable[[tuple[int, ...]], Cost], prefer: str) -> list[tuple[int, ...]]:
    """Join the pair that saves most, until none does."""
    groups: list[tuple[int, ...]] = [(number,) for number in range(count)]
    while len(groups) > 1:
        best: tuple[float, int, int] | None = None
        for one, other in combinations(range(len(groups)), 2):
            paid, shrunk = of(groups[one] + groups[other])
            saved = of(groups[one])[0] + of(groups[other])[0] - paid
            wanted = (saved > 0 or (saved == 0 and not shrunk)) if prefer == "cheapest" else not shrunk
            if wanted and (best is None or saved > best[0]):
                best = (saved, one, other)
        if best is None:
            break
        _, one, other = best
        joined = groups[one] + groups[other]
        groups = [members for index, members in enumerate(groups) if index not in {one, other}] + [joined]
    return groups
