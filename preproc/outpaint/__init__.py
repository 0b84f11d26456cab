"""Extend a photo beyond its border."""

from ..opencv import cv2  # noqa: F401 - first, so that a machine without it is told what it lacks
from .extend import Anchor, extend
from .fill import Fill
from .sides import Sides, sides
from .staged import Steps
from .steps import steps

__all__ = ["Anchor", "Fill", "Sides", "Steps", "extend", "sides", "steps"]
