"""Ranges of numbers on the command line: one outside is a mistake in the words, before any picture is read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import Parameter

__all__ = ["Aside", "Count", "Factor", "Gradient", "Length", "Level", "Share", "Width", "Within"]


@dataclass(frozen=True)
class Within:
    """Refuse what is no finite number of a range.

    Parameters
    ----------
    least, most
        The ends of the range; None for no upper one.
    open
        Whether the ends themselves are left out.
    """

    least: float
    most: float | None = None
    open: bool = False

    def __call__(self, _: Any, value: Any) -> None:
        """Raise ValueError for a number outside; None, an option that is left out, is fine."""
        if value is None:
            return
        low_enough = self.most is None or (value < self.most if self.open else value <= self.most)
        high_enough = value > self.least if self.open else value >= self.least
        if not (low_enough and high_enough and math.isfinite(value)):
            raise ValueError(f"It is {self}.")

    def __str__(self) -> str:
        """Say which numbers are meant."""
        if self.most is None:
            return f"{'above' if self.open else 'at least'} {self.least:g}"
        if self.open:
            return f"between {self.least:g} and {self.most:g}"
        return f"{self.least:g} to {self.most:g}"


Length = Annotated[float, Parameter(validator=Within(0))]
"""Pixels, or another distance."""
Width = Annotated[float, Parameter(validator=Within(0, open=True))]
"""Pixels of what has to be there."""
Factor = Annotated[float, Parameter(validator=Within(1))]
"""How many times larger."""
Share = Annotated[float, Parameter(validator=Within(0, 1))]
"""A part of the whole."""
Aside = Annotated[int, Parameter(validator=Within(0))]
"""Whole pixels, also none."""
Count = Annotated[int, Parameter(validator=Within(1))]
"""Whole, and one at least."""
Level = Annotated[float, Parameter(validator=Within(0, 255))]
"""A gray level."""
Gradient = Annotated[float, Parameter(validator=Within(0, 2040))]
"""A threshold of Canny."""
