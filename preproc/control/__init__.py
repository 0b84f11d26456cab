"""Control images: what ControlNets are shown, made locally and at the size the endpoint will generate.

White lines on black, near is white, RGB channel order. Nothing here loads a model.

Pictures are passed as paths, bytes, open files, Pillow images, arrays or `preproc.Photo`. What turns one into a map
answers with a Pillow image where it is given one, and with an array else; maps of depth, labels and key points, and all
that `make` makes, are arrays.
"""

from __future__ import annotations

from ..opencv import cv2  # noqa: F401 - first, so that a machine without it is told what it lacks
from .degrade import Degradation, degradation, low_quality
from .depth import normalize_depth, relative_depth
from .depth_files import load_depth
from .drawing import lineart, scribble, soft_edge
from .edges import canny, thresholds
from .making import make, rebuild
from .normals import normal_from_depth
from .pose import draw_pose
from .pose_json import Poses, read_pose, write_pose
from .recipe import ControlMap, Recipe, read_recipe
from .registry import TYPES, ControlType
from .resizing import resize
from .segmentation import Palette, palette_of, read_segmentation, segmentation_map
from .segments import lines
from .sizing import fit, generation_size, pixel_perfect
from .skeleton import JOINTS, Joint, Person, as_person
from .thresholding import PROFILES, CannyProfile, Thresholds
from .tone import blur, gray, recolor, tile

__all__ = [
    "JOINTS",
    "PROFILES",
    "TYPES",
    "CannyProfile",
    "ControlMap",
    "ControlType",
    "Degradation",
    "Joint",
    "Palette",
    "Person",
    "Poses",
    "Recipe",
    "Thresholds",
    "as_person",
    "blur",
    "canny",
    "degradation",
    "draw_pose",
    "fit",
    "generation_size",
    "gray",
    "lineart",
    "lines",
    "load_depth",
    "low_quality",
    "make",
    "normal_from_depth",
    "normalize_depth",
    "palette_of",
    "pixel_perfect",
    "read_pose",
    "read_recipe",
    "read_segmentation",
    "rebuild",
    "recolor",
    "relative_depth",
    "resize",
    "scribble",
    "segmentation_map",
    "soft_edge",
    "thresholds",
    "tile",
    "write_pose",
]
