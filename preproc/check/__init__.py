"""Check what is about to be sent, and say how to mend it."""

from __future__ import annotations

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
