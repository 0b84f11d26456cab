"""Cut out what an endpoint has to see."""

from .around import around
from .regions import finish_regions, regions

__all__ = ["around", "finish_regions", "regions"]
