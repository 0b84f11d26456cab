"""Make, change and exchange masks: uint8 `(H, W)`, 255 is edited, 0 is kept, values between blend.

Pictures and masks are passed as paths, bytes, open files, Pillow images, arrays or `preproc.Photo`. What turns
one into a mask answers with a Pillow image where it is given one, and with an array else; shapes, and what is read from
labels and depth, are always arrays.
"""

from __future__ import annotations

from ..opencv import cv2  # noqa: F401 - first, so that a machine without it is told what it lacks
from .cleaning import clean
from .coco import from_coco, to_coco
from .colors import flood, from_color, from_difference
from .combine import difference, intersect, subtract, union
from .drawing import Drawing
from .feathering import feather
from .graph_cut import grabcut
from .growing import grow, shrink
from .holes import drop_islands, fill_holes, hull
from .levels import binarize, contrast, invert
from .measure import bounds, coverage_ratio
from .refining import refine
from .resizing import resize, snap
from .rle import from_rle, to_rle
from .select import from_alpha, from_depth, from_labels, from_luminance
from .settings import Softening, from_settings
from .shapes import ellipse, polygon, rectangle, stroke
from .smoothing import smooth
from .tracing import trace
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
    "flood",
    "from_alpha",
    "from_coco",
    "from_color",
    "from_depth",
    "from_difference",
    "from_labels",
    "from_luminance",
    "from_rle",
    "from_settings",
    "grabcut",
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
    "to_coco",
    "to_rle",
    "trace",
    "union",
]
