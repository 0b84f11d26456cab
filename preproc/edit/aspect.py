"""Read an aspect ratio, and find the sizes that have it."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..geometry import Size, SizeRule

__all__ = ["is_met_exactly", "least_size_of", "parse_aspect", "sizes_of_aspect"]

Sides: TypeAlias = NDArray[np.int64]

_LARGEST_NUMBER = 32
_TOLERANCE = 0.01


def parse_aspect(aspect: str | tuple[int, int] | Fraction) -> Fraction:
    """Read an aspect ratio.

    Examples
    --------
    >>> parse_aspect("16:9"), parse_aspect((4, 2))
    (Fraction(16, 9), Fraction(2, 1))
    """
    fix = 'write it as "16:9" or (16, 9)'
    if isinstance(aspect, Fraction):
        ratio = aspect
    else:
        parts = aspect.replace("x", ":").replace("/", ":").split(":") if isinstance(aspect, str) else aspect
        try:
            width, height = (Fraction(part) for part in parts)
            ratio = width / height
        except (TypeError, ValueError, ZeroDivisionError, OverflowError):
            raise InputError(f"cannot read {aspect!r} as an aspect ratio", fix=fix) from None
    if ratio <= 0:
        raise InputError(f"an aspect ratio is above 0, got {aspect!r}", fix=fix)
    return ratio


def is_met_exactly(aspect: Fraction) -> bool:
    """Tell whether sizes have exactly this aspect, or nearly: so where its numbers are too large for small sizes.

    Exactly 1.91:1 in multiples of 16 is 3056x1600 at least; 304x160 is within 1 %.

    Examples
    --------
    >>> is_met_exactly(Fraction(16, 9)), is_met_exactly(parse_aspect("1.91:1"))
    (True, False)
    """
    return max(aspect.numerator, aspect.denominator) <= _LARGEST_NUMBER


def least_size_of(aspect: Fraction, step: int) -> Size:
    """Return the smallest size of exactly this aspect with both sides multiples of `step`."""
    across, down = aspect.numerator, aspect.denominator
    unit = math.lcm(step // math.gcd(step, across), step // math.gcd(step, down))
    return Size(across * unit, down * unit)


def sizes_of_aspect(aspect: Fraction, rule: SizeRule) -> tuple[Sides, Sides]:
    """Widths and heights of all sizes of this aspect within the rule's sides; within 1 % where it is not met exactly."""
    if is_met_exactly(aspect):
        least = least_size_of(aspect, rule.step)
        times = np.arange(1, rule.largest_side // max(least) + 1, dtype=np.int64)
        return least.width * times, least.height * times
    longer_by = float(max(aspect, 1 / aspect))
    shorter = np.arange(rule.step, rule.largest_side + 1, rule.step, dtype=np.int64)
    shorter = shorter[shorter * longer_by <= rule.largest_side]
    longer = np.rint(shorter * (longer_by / rule.step)).astype(np.int64) * rule.step
    near = np.abs(longer / (shorter * longer_by) - 1) <= _TOLERANCE
    near &= longer <= rule.largest_side
    return (longer[near], shorter[near]) if aspect > 1 else (shorter[near], longer[near])
