"""What can be chosen by name: one place for the library and the command line, which loads nothing."""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = [
    "LARGEST_TILE",
    "SMALLEST_TILE",
    "Anchor",
    "Background",
    "CheckedType",
    "Curve",
    "Edge",
    "Fill",
    "FitMode",
    "Intent",
    "Position",
    "Profile",
    "Repair",
]

Profile: TypeAlias = Literal["controlnet_aux", "fooocus", "flux", "krita", "xinsir", "xlabs"]
"""Canny thresholds that a family of models was shown."""

FitMode: TypeAlias = Literal["stretch", "crop", "pad"]
"""How a picture meets another aspect: distorted, cut at the middle, or whole with something beside it."""

Position: TypeAlias = Literal["outer", "inner", "centre"]
"""Where the ramp of a feather lies: outside the edge, inside it, or half on either side."""

Curve: TypeAlias = Literal["smooth", "linear", "gaussian"]
"""The profile of a feather's ramp."""

Anchor: TypeAlias = Literal[
    "center", "left", "right", "top", "bottom", "top-left", "top-right", "bottom-left", "bottom-right"
]
"""Where a photo lies on its larger canvas."""

Fill: TypeAlias = Literal["blur", "replicate", "reflect", "solid", "noise", "telea", "transparent"]
"""What an endpoint finds in the new part of a canvas."""

Repair: TypeAlias = Literal["none", "color", "seam", "auto"]
"""What is done to a result so that it meets the photo."""

CheckedType: TypeAlias = Literal[
    "blur", "canny", "depth", "gray", "lineart", "lines", "low_quality", "normal", "photo", "pose", "recolor",
    "scribble", "segmentation", "soft_edge", "tile",
]  # fmt: skip
"""The types of `preproc.control.TYPES`, and ``"photo"`` for endpoints that make the map themselves."""

Intent: TypeAlias = Literal["object", "background", "outpaint"]
"""What an edit is: an object that the kept picture surrounds, the background around what is kept, or an extension."""

Edge: TypeAlias = Literal["hard", "soft"]
"""Whether a mask holds 0 and 255 only, or a feather is meant."""

Background: TypeAlias = Literal["dark", "light"]
"""The ground of a sheet."""

SMALLEST_TILE, LARGEST_TILE = 16, 4096
"""Sides that a tile of a contact sheet can have, in pixels."""
