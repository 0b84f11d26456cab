"""Control images: what ControlNets are shown, made locally and at the size the endpoint will generate.

White lines on black, near is white, RGB channel order. Nothing here loads a model.
"""

from __future__ import annotations

from .edges import canny, thresholds
from .thresholding import PROFILES, CannyProfile, Thresholds

__all__ = [
    "PROFILES",
    "CannyProfile",
    "Thresholds",
    "canny",
    "thresholds",
]
