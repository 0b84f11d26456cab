"""Cut out what an endpoint has to see."""

from ..opencv import cv2  # noqa: F401 - first, so that a machine without it is told what it lacks
from .cropping import around
from .several_regions import finish_regions, regions

__all__ = ["around", "finish_regions", "regions"]
