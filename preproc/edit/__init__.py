"""An edit: what is sent, where it came from, and how it comes home."""

from ..opencv import cv2  # noqa: F401 - first, so that a machine without it is told what it lacks
from .color import ColorFit
from .drift import Drift
from .grid import GridReport
from .receipt import Finished, Receipt
from .record import Edit

__all__ = ["ColorFit", "Drift", "Edit", "Finished", "GridReport", "Receipt"]
