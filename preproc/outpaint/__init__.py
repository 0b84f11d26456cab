"""Extend a photo beyond its border."""

from ..opencv import cv2  # noqa: F401 - first, so that a machine without it is told what it lacks
from .added_sides import Sides, sides
from .extending import Anchor, extend
from .fill import Fill
from .planned_steps import steps
from .staged import Steps

__all__ = ["Anchor", "Fill", "Sides", "Steps", "extend", "sides", "steps"]
