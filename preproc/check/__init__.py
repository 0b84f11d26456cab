"""Check what is about to be sent, and say how to mend it."""

from __future__ import annotations

from ..opencv import cv2  # noqa: F401 - first, so that a machine without it is told what it lacks
from .control_maps import control
from .kinds import Kind, kind_of
from .masks import mask
from .report import CheckError, Finding, Fixed, Report

__all__ = [
    "CheckError",
    "Finding",
    "Fixed",
    "Kind",
    "Report",
    "control",
    "kind_of",
    "mask",
]
