"""Control images: what ControlNets are shown, made locally and at the size the endpoint will generate.

White lines on black, near is white, RGB channel order. Nothing here loads a model.
"""

from __future__ import annotations

from .degrade import Degradation, degradation, low_quality
from .drawing import lineart, scribble, soft_edge
from .edges import canny, thresholds
from .making import make, rebuild
from .recipe import ControlMap, Recipe, read_recipe
from .registry import TYPES, ControlType
from .resizing import resize
from .segments import lines
from .sizing import fit, generation_size, pixel_perfect
from .thresholding import PROFILES, CannyProfile, Thresholds
from .tone import blur, gray, recolor, tile

__all__ = [
    "PROFILES",
    "TYPES",
    "CannyProfile",
    "ControlMap",
    "ControlType",
    "Degradation",
    "Recipe",
    "Thresholds",
    "blur",
    "canny",
    "degradation",
    "fit",
    "generation_size",
    "gray",
    "lineart",
    "lines",
    "low_quality",
    "make",
    "pixel_perfect",
    "read_recipe",
    "rebuild",
    "recolor",
    "resize",
    "scribble",
    "soft_edge",
    "thresholds",
    "tile",
]
