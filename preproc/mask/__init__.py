"""Make, change and exchange masks: uint8 `(H, W)`, 255 is edited, 0 is kept, values between blend."""

from __future__ import annotations

from .drawing import Drawing
from .feather import feather
from .grow import grow, shrink
from .levels import invert
from .select import from_alpha
from .shapes import ellipse, polygon, rectangle, stroke
from .vectors import Ellipse, Path, Polygon, Rectangle, Stroke

__all__ = [
    "Drawing",
    "Ellipse",
    "Path",
    "Polygon",
    "Rectangle",
    "Stroke",
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
