"""Sizes, boxes and size rules: integers only.

Sizes are `(width, height)`, boxes `(left, top, right, bottom)` half-open, as Pillow has them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

from .errors import InputError

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["Box", "Size", "SizeRule"]


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return self.width * self.height

    @property
    def aspect(self) -> Fraction:
        """Width over height, exact."""
        from fractions import Fraction

        return Fraction(self.width, self.height)

    @property
    def box(self) -> Box:
        """The box of the whole picture."""
        return Box(0, 0, self.width, self.height)

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class Box(NamedTuple):
    """A half-open rectangle of whole pixels; it may reach outside a picture.

    Examples
    --------
    >>> Box(10, 20, 30, 60).size
    Size(width=20, height=40)
    >>> Box(-5, 0, 8, 8).intersect(Size(10, 10).box)
    Box(left=0, top=0, right=8, bottom=8)
    """

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> Size:
        """Width and height; never negative."""
        return Size(max(0, self.right - self.left), max(0, self.bottom - self.top))

    @property
    def is_empty(self) -> bool:
        """True when it holds no pixel."""
        return self.right <= self.left or self.bottom <= self.top

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index an array: ``array[box.slices]``. The box must lie inside it."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def grow(self, px: int) -> Box:
        """Move all four sides outwards by `px` (inwards when negative)."""
        return Box(self.left - px, self.top - px, self.right + px, self.bottom + px)

    def shift(self, dx: int, dy: int) -> Box:
        """Move by whole pixels."""
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def intersect(self, other: Box) -> Box:
        """Return the part shared with `other`; empty boxes come back with zero size."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        return Box(left, top, max(left, min(self.right, other.right)), max(top, min(self.bottom, other.bottom)))

    def union(self, other: Box) -> Box:
        """Return the smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def contains(self, other: Box) -> bool:
        """Tell whether `other` lies inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


@dataclass(frozen=True, slots=True)
class SizeRule:
    """What an endpoint accepts, without saying which endpoint it is.

    Parameters
    ----------
    multiple_of
        Both sides must be multiples of it.
    cell
        Side of the latent cell in pixels (8 or 16): masks are snapped outwards to this grid.
    min_side, max_side
        Limits of each side in pixels, both included.
    min_pixels, max_pixels
        Limits of width times height, both included.
    max_aspect
        Longest side over shortest side at most.
    best_pixels
        Number of pixels the model paints best: regions of less than half of it are scaled up to it, of more than twice
        as many down to twice. None: never scaled further than the limits ask.
    billed_pixels
        Pixels of one billing step, such as 1,000,000 where every started megapixel is paid; sizes that would just
        start another step are avoided.

    Raises
    ------
    InputError
        If the limits contradict each other.

    Examples
    --------
    >>> SizeRule(multiple_of=32, cell=16).step
    32
    >>> SizeRule(max_side=1024).problems(Size(1500, 700))
    ['width 1500 is not a multiple of 16', 'height 700 is not a multiple of 16', 'longest side 1500 is over 1024']
    """

    multiple_of: int = 1
    cell: int = 16
    min_side: int = 1
    max_side: int | None = None
    min_pixels: int = 1
    max_pixels: int | None = None
    max_aspect: float | None = None
    best_pixels: int | None = None
    billed_pixels: int | None = None

    def __post_init__(self) -> None:
        self._check_numbers()
        if self.multiple_of < 1 or self.cell < 1 or self.min_side < 1 or self.min_pixels < 1:
            raise InputError(
                f"SizeRule needs multiple_of, cell, min_side and min_pixels of at least 1, got {self.multiple_of}, "
                f"{self.cell}, {self.min_side}, {self.min_pixels}"
            )
        if self.max_side is not None and self.largest_side < self.smallest_side:
            raise InputError(
                f"SizeRule contradicts itself: no multiple of {self.step} lies between min_side={self.min_side} "
                f"and max_side={self.max_side}",
                fix="raise max_side or lower min_side, cell or multiple_of",
            )
        if self.max_pixels is not None and self.max_pixels < max(self.min_pixels, self.smallest_side**2):
            raise InputError(
                f"SizeRule contradicts itself: max_pixels={self.max_pixels} is below "
                f"{max(self.min_pixels, self.smallest_side**2)}, the least that min_side, min_pixels, cell and "
                "multiple_of allow",
                fix="raise max_pixels, or lower what sets the minimum",
            )
        if self.max_side is not None and self.largest_side**2 < self.min_pixels:
            raise InputError(
                f"SizeRule contradicts itself: max_side={self.max_side} cannot reach min_pixels={self.min_pixels}",
                fix="raise max_side or lower min_pixels",
            )
        if self.max_aspect is not None and not 1 <= self.max_aspect < math.inf:
            raise InputError(f"max_aspect is longest side over shortest, so at least 1, got {self.max_aspect}")
        if self.best_pixels is not None:
            largest = self.max_pixels or self.largest_side**2
            if not self.min_pixels <= self.best_pixels <= largest:
                raise InputError(
                    f"SizeRule contradicts itself: best_pixels={self.best_pixels} is not between the "
                    f"{self.min_pixels} pixels and the {largest} that min_pixels and max_pixels or max_side allow",
                    fix="choose best_pixels between them, or leave it out",
                )

    def _check_numbers(self) -> None:
        """Refuse what is no whole number above 0, before anything is computed with it."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None and field.default is None:
                continue
            kinds = (int, float) if field.name == "max_aspect" else (int,)
            if isinstance(value, bool) or not isinstance(value, kinds):
                raise InputError(f"SizeRule: {field.name} is of type {kinds[-1].__name__}, got {value!r}")
            if field.default is None and not value > 0:
                raise InputError(f"SizeRule: {field.name} is above 0, got {value}", fix="None is no limit")

    @property
    def step(self) -> int:
        """Both sides are multiples of this: the least common multiple of `multiple_of` and `cell`."""
        return math.lcm(self.multiple_of, self.cell)

    @property
    def smallest_side(self) -> int:
        """The least allowed side."""
        return math.ceil(self.min_side / self.step) * self.step

    @property
    def largest_side(self) -> int:
        """The greatest allowed side; 14142 (fal's own limit) where the rule names none."""
        return (self.max_side or 14142) // self.step * self.step

    def problems(self, size: Size) -> list[str]:
        """Say in words why `size` may not be sent; an empty list when it may."""
        found = [
            f"{name} {side} is not a multiple of {self.step}"
            for name, side in (("width", size.width), ("height", size.height))
            if side % self.step
        ]
        longest, shortest = max(size), min(size)
        if self.max_side is not None and longest > self.max_side:
            found.append(f"longest side {longest} is over {self.max_side}")
        if shortest < self.min_side:
            found.append(f"shortest side {shortest} is under {self.min_side}")
        if self.max_pixels is not None and size.pixels > self.max_pixels:
            found.append(f"{size.pixels} pixels are over {self.max_pixels}")
        if size.pixels < self.min_pixels:
            found.append(f"{size.pixels} pixels are under {self.min_pixels}")
        if self.max_aspect is not None and longest > self.max_aspect * shortest:
            found.append(f"aspect {longest / shortest:.2f} is over {self.max_aspect:g}")
        return found
