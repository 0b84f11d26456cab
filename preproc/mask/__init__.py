"""Make, change and exchange masks: uint8 `(H, W)`, 255 is edited, 0 is kept, values between blend."""

from __future__ import annotations

from .feather import feather
from .grow import grow, shrink
from .levels import invert
from .select import from_alpha
from .shapes import ellipse, polygon, rectangle, stroke

__all__ = [
    "ellipse",
    "feather",
    "from_alpha",
    "grow",
    "invert",
    "polygon",
    "rectangle",
    "shrink",
    "stroke",
]
