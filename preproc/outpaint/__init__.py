"""Extend a photo beyond its border."""

from .extend import Anchor, extend
from .fill import Fill
from .steps import Sides, sides, steps

__all__ = ["Anchor", "Fill", "Sides", "extend", "sides", "steps"]
