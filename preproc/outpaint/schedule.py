"""How a long extension is cut into steps that are sent at their own scale."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from ..edit.placement import place
from ..geometry import Box, Size, SizeRule
from .added_sides import Sides

__all__ = ["Schedule", "schedule"]

_MOST_TIMES = 8
_CONTEXT_PX = 256
_WORTH_RATIO = 0.95  # more steps are not worth a scale that is larger by less than this


class Schedule(NamedTuple):
    """What each step adds and shows beside it, and what could not be had."""

    sides: tuple[Sides, ...]
    context_px: tuple[float | None, ...]
    notes: tuple[str, ...]


class _Run(NamedTuple):
    """The steps of one side."""

    pieces: list[Sides]
    context_px: float
    scale: Fraction


def schedule(
    photo: Size, total: Sides, *, max_step_px: int | None, context_px: float | None, overlap: float, rule: SizeRule
) -> Schedule:
    """Cut an extension into steps of at most `max_step_px` a side; None: a single one, scaled where the rule asks for it.

    All sides advance together where every step can be sent whole and unscaled. Elsewhere they go one after the other,
    with as many steps and as much beside the new part as let each be sent unscaled; first those of the direction that
    leaves the larger scale to the others or, of about equal ones, takes fewer steps.
    """
    canvas = _grown(photo, total)
    if context_px is None:
        whole = place(canvas.box, must=canvas.box, canvas=None, rule=rule)
        if max_step_px is None or whole.scale >= 1:
            together = _pieces(total, max_step_px or max(total))
            notes = () if whole.scale >= 1 else (_note_of_one_step(canvas, whole.scale, rule),)
            return Schedule(tuple(together), (None,) * len(together), notes)
    max_step_px = max_step_px or max(total)
    orders = ((0, 2, 1, 3), (1, 3, 0, 2))
    plans = [
        _one_after_the_other(
            photo, total, order, max_step_px=max_step_px, context_px=context_px, overlap=overlap, rule=rule
        )
        for order in orders
    ]
    enough = _enough(max(_scale_of(plan) for plan in plans))
    runs = min(
        (plan for plan in plans if _scale_of(plan) >= enough), key=lambda plan: sum(len(run.pieces) for run in plan)
    )
    lacks = [_note(run, rule) for run in runs if run.scale < 1]
    return Schedule(
        tuple(piece for run in runs for piece in run.pieces),
        tuple(run.context_px for run in runs for _ in run.pieces),
        tuple(lacks),
    )


def _scale_of(plan: list[_Run]) -> Fraction:
    return min(run.scale for run in plan)


def _enough(reached: Fraction) -> Fraction:
    """Least scale that is as good as the largest that can be reached; its own scale is only as good as itself."""
    return Fraction(1) if reached >= 1 else reached * Fraction(_WORTH_RATIO)


def _one_after_the_other(
    photo: Size,
    total: Sides,
    order: tuple[int, ...],
    *,
    max_step_px: int,
    context_px: float | None,
    overlap: float,
    rule: SizeRule,
) -> list[_Run]:
    runs, size = [], photo
    for side in order:
        alone = Sides(*(length if place == side else 0 for place, length in enumerate(total)))
        if any(alone):
            runs.append(
                _run(size, alone, max_step_px=max_step_px, context_px=context_px, overlap=math.ceil(overlap), rule=rule)
            )
            size = _grown(size, alone)
    return runs


def _run(size: Size, total: Sides, *, max_step_px: int, context_px: float | None, overlap: int, rule: SizeRule) -> _Run:
    """Choose the fewest steps of one side that are sent unscaled and show at least half of their length beside it.

    What no number of steps brings to its own scale is sent at about the largest that any reaches: every step is paid.
    """
    fewest = -(-max(total) // max_step_px)
    most_context = max(max_step_px, _CONTEXT_PX) if context_px is None else math.ceil(context_px)
    counts = range(fewest, min(max(total), _MOST_TIMES * fewest) + 1)
    extremes = [(count, context) for count in (counts[0], counts[-1]) for context in (0, most_context)]
    reached = [_scale(size, _pieces_of(total, count), context, overlap, rule) for count, context in extremes]
    wanted = _enough(max(reached))
    for count in counts:
        pieces = _pieces_of(total, count)
        least = max(0, math.ceil(max(pieces[0]) / 2) - overlap) if context_px is None else most_context
        if least > most_context or _scale(size, pieces, least, overlap, rule) < wanted:
            continue
        low, high = least, most_context  # the most that still is sent at that scale
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if _scale(size, pieces, middle, overlap, rule) >= wanted else (low, middle - 1)
        scale = _scale(size, pieces, low, overlap, rule)
        return _Run(pieces, float(low) if context_px is None else context_px, scale)
    pieces = _pieces_of(total, fewest)
    return _Run(pieces, float(most_context), _scale(size, pieces, most_context, overlap, rule))


def _scale(size: Size, pieces: list[Sides], context_px: int, overlap: int, rule: SizeRule) -> Fraction:
    """Smallest scale at which any of the steps is sent; the first and the last are the extremes."""
    scales = []
    for number in {0, len(pieces) - 1}:
        before = Sides(*(sum(added) for added in zip(*pieces[:number], strict=True))) if number else Sides(0, 0, 0, 0)
        canvas = _grown(_grown(size, before), pieces[number])
        left, top, right, bottom = (added + overlap if added else 0 for added in pieces[number])
        must = Box(
            canvas.width - right if right else 0,
            canvas.height - bottom if bottom else 0,
            left or canvas.width,
            top or canvas.height,
        ).intersect(canvas.box)
        scales.append(place(must.grow(context_px).intersect(canvas.box), must=must, canvas=canvas, rule=rule).scale)
    return min(scales)


def _note_of_one_step(canvas: Size, scale: Fraction, rule: SizeRule) -> str:
    return (
        f"sent at {float(scale):.2f} of its size: in one step the {canvas} canvas is more than the rule takes "
        f"({_limits(rule)}); with max_step_px=512 it goes in several, each at its own scale where that can be"
    )


def _note(run: _Run, rule: SizeRule) -> str:
    name = next(name for name, added in zip(Sides._fields, run.pieces[0], strict=True) if added)
    return (
        f"{name}: sent at {float(run.scale):.2f} of its size, as a strip along that side is longer than the rule takes "
        f"in one piece ({_limits(rule)})"
    )


def _limits(rule: SizeRule) -> str:
    limits = [f"{rule.max_side} px a side"] if rule.max_side else []
    limits += [f"{rule.max_pixels:,} pixels"] if rule.max_pixels else []
    limits += [f"twice the best {rule.best_pixels:,} pixels"] if rule.best_pixels else []
    return ", ".join(limits)


def _grown(size: Size, added: Sides) -> Size:
    return Size(size.width + added.left + added.right, size.height + added.top + added.bottom)


def _pieces(total: Sides, max_step_px: int) -> list[Sides]:
    return _pieces_of(total, -(-max(total) // max_step_px))


def _pieces_of(total: Sides, count: int) -> list[Sides]:
    """Split an extension evenly; all sides reach their end in the same piece."""
    reached = [[side * number // count for side in total] for number in range(count + 1)]
    return [
        Sides(*(after - before for before, after in zip(earlier, later, strict=True)))
        for earlier, later in pairwise(reached)
    ]
