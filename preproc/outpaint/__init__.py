"""Extend a photo beyond its border."""

from .extend import Anchor, extend
from .fill import Fill

__all__ = ["Anchor", "Fill", "extend"]
