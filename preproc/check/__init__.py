"""Check what is about to be sent, and say how to mend it."""

from __future__ import annotations

from .masks import mask
from .report import Finding, Fixed, Report

__all__ = [
    "Finding",
    "Fixed",
    "Report",
    "mask",
]
