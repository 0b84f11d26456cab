"""All that is known of an endpoint, in words."""

from __future__ import annotations

from .endpoint import explain
from .lines import Line
from .successor import explain_successor

__all__ = ["Line", "explain", "explain_successor"]
