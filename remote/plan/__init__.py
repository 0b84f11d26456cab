"""From arguments to a job that is ready: pure, and everything that can be refused is refused here."""

from __future__ import annotations

from .encode import PLACEHOLDER, Role, Upload
from .make import make_plan
from .price import Price
from .record import Plan
from .resolve import Resolve

__all__ = ["PLACEHOLDER", "Plan", "Price", "Resolve", "Role", "Upload", "make_plan"]
