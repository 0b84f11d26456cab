"""Pictures for people: masks over photos, before and after, transparency, contact sheets, the plan of an edit."""

from ..opencv import cv2  # noqa: F401 - first, so that a machine without it is told what it lacks
from .compare import before_after, checkerboard
from .edit_plan import of_edit
from .overlaying import overlay
from .sheet import contact_sheet

__all__ = ["before_after", "checkerboard", "contact_sheet", "of_edit", "overlay"]
