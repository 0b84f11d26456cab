"""How often a job is asked after."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Pace"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a job is asked after.

    Parameters
    ----------
    first_s, growth, longest_s
        The first pause, what each next one is multiplied with, and where that ends.
    sleep, now
        The clock.
    """

    first_s: float = 0.3
    growth: float = 1.3
    longest_s: float = 5.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic

    def after(self, pause_s: float) -> float:
        """Return the pause that follows one of `pause_s`."""
        return min(pause_s * self.growth, self.longest_s)
