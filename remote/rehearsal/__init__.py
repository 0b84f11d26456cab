"""A backend without key or network, that answers with labelled stand-ins."""

from __future__ import annotations

from .backend import Fault, Rehearsal

__all__ = ["Fault", "Rehearsal"]
