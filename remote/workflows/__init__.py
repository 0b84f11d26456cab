"""Several jobs that make one result: a product photo, a portrait, a photo in another style."""

from __future__ import annotations

from .flow import Forecast, Pictures, Step, Workflow
from .portrait import restore_portrait
from .product import product_photo
from .restyling import restyle

__all__ = ["Forecast", "Pictures", "Step", "Workflow", "product_photo", "restore_portrait", "restyle"]
