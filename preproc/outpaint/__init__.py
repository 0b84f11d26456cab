"""Extend a photo beyond its border."""

from .extend import Anchor, extend
from .fill import Fill
from .sides import Sides, sides
from .steps import Steps, steps

__all__ = ["Anchor", "Fill", "Sides", "Steps", "extend", "sides", "steps"]
