"""Make, change and exchange masks: uint8 `(H, W)`, 255 is edited, 0 is kept, values between blend."""

from __future__ import annotations

from .select import from_alpha
from .shapes import ellipse, polygon, rectangle, stroke

__all__ = [
    "ellipse",
    "from_alpha",
    "polygon",
    "rectangle",
    "stroke",
]
