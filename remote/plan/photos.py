"""Whether what goes where a photo or a mask belongs is a control map: that is refused where it is beyond doubt."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from preproc import check
from preproc.arrays import Image, Mask

from .inputs import Input, Inputs
from .notes import Notes

__all__ = ["LOOK_LIKE_PHOTOS", "check_photos", "is_edge_map", "middle_of", "type_of_map"]

LOOK_LIKE_PHOTOS = frozenset({"tile", "blur", "gray", "low_quality", "recolor"})
"""Types of control maps that are pictures like any other."""
_ENOUGH = 1024  # pixels of each side, from the middle, that tell a photo from a map
_WORDS = {
    "edges": "white lines on black",
    "mask": "a mask, white shapes on black",
    "pose": "a drawn pose",
    "normal": "surface normals",
    "segmentation": "labelled regions",
    "depth": "a depth map",
}
_LINE_PX = 4


def check_photos(notes: Notes, inputs: Inputs) -> None:
    """Refuse a finished control map where a photo belongs.

    A list of pictures may hold maps, which endpoints that edit by words read as such. Nor is anything said of dark lines
    on white: a drawing is a picture to work on.
    """
    for read in inputs.found.values():
        if read.role != "image" or read.pixels is None or read.path[-1].isdigit():
            continue
        named = type_of_map(read)
        if named is None:
            seen, sure = _seen(middle_of(read.pixels))
        else:
            seen, sure = f"a {named} map", True
        if not seen:
            continue
        field = read.path.rpartition(".")[2]
        message = f"this is a control map ({seen}), and {field} takes the photo itself"
        fix = "a map goes where the endpoint takes one, see fal.controlnet"
        if sure and seen == _WORDS["mask"]:
            message = f"this is {seen}, and {field} takes the photo itself"
            fix = "a mask goes where the endpoint takes one, as mask="
        if sure:
            meant = "if it is the picture to work on, pass its URL: fal.upload(picture)"
            notes.problem(read.path, "a control map", f"{message}: {fix}; {meant}", "map-for-photo")
        else:
            notes.warn(
                f"{read.path}: this looks like a control map ({seen}), and {field} takes the photo itself: {fix}"
            )


def type_of_map(read: Input) -> str | None:
    """Return which type of map a `preproc.control.ControlMap` says it is; None for other pictures, and those like them."""
    recipe = getattr(read.source, "recipe", None)
    return None if recipe is None or recipe.type in LOOK_LIKE_PHOTOS else str(recipe.type)


def is_edge_map(mask: Mask) -> bool:
    """Tell whether a mask is made of lines a few pixels wide that lie all over it, as edges do; wires are fewer.

    Examples
    --------
    >>> edges = np.zeros((96, 96), np.uint8)
    >>> edges[::6] = 255
    >>> is_edge_map(edges), is_edge_map(np.full((96, 96), 255, np.uint8))
    (True, False)
    """
    lit = (mask > 127).view(np.uint8)
    share = float(lit.mean())
    if not 0.01 < share < 0.4:
        return False
    cells = cv2.resize(lit * np.uint8(255), (8, 8), interpolation=cv2.INTER_AREA) > 0
    return _is_thin(lit) and bool(cells.mean() > 0.6)


def _is_thin(lit: NDArray[np.generic]) -> bool:
    """Tell whether what is lit is no wider than lines are."""
    lines = lit.astype(np.uint8)
    broad = cv2.morphologyEx(lines, cv2.MORPH_OPEN, np.ones((_LINE_PX, _LINE_PX), np.uint8))
    return bool(broad.sum() < 0.05 * lines.sum())


def middle_of(pixels: Image) -> Image:
    """Return as much of the middle of a picture as tells what kind it is."""
    height, width = pixels.shape[:2]
    top, left = max(0, height - _ENOUGH) // 2, max(0, width - _ENOUGH) // 2
    return pixels[top : top + _ENOUGH, left : left + _ENOUGH]


def _seen(pixels: Image) -> tuple[str, bool]:
    """Say what kind of map this is, empty where it is none, and whether that is beyond doubt; soft lines and depth are not."""
    kind = check.kind_of(pixels)
    if kind == "depth":
        return _WORDS[kind], False  # a gray photo out of focus looks the same
    if kind == "edges":
        is_hard = bool(np.isin(pixels, (0, 255)).mean() > 0.999)
        return _WORDS["edges" if _is_thin(pixels.max(axis=2) > 127) or not is_hard else "mask"], is_hard
    return _WORDS.get(kind, ""), True
