"""Make, change and exchange masks: uint8 `(H, W)`, 255 is edited, 0 is kept, values between blend."""

from __future__ import annotations

from .clean import clean
from .combine import difference, intersect, subtract, union
from .drawing import Drawing
from .feather import feather
from .grow import grow, shrink
from .holes import drop_islands, fill_holes, hull
from .levels import binarize, contrast, invert
from .measure import bounds, coverage_ratio
from .refine import refine
from .resize import resize, snap
from .select import from_alpha
from .settings import Softening, from_settings
from .shapes import ellipse, polygon, rectangle, stroke
from .smooth import smooth
from .vectors import Ellipse, Path, Polygon, Rectangle, Stroke

__all__ = [
    "Drawing",
    "Ellipse",
    "Path",
    "Polygon",
    "Rectangle",
    "Softening",
    "Stroke",
    "binarize",
    "bounds",
    "clean",
    "contrast",
    "coverage_ratio",
    "difference",
    "drop_islands",
    "ellipse",
    "feather",
    "fill_holes",
    "from_alpha",
    "from_settings",
    "grow",
    "hull",
    "intersect",
    "invert",
    "polygon",
    "rectangle",
    "refine",
    "resize",
    "shrink",
    "smooth",
    "snap",
    "stroke",
    "subtract",
    "union",
]
