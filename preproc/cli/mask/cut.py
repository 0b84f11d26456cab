"""Masks of objects: by colour around a point, by learning from a box, by depth."""

from __future__ import annotations

from pathlib import Path

import preproc

from ..exits import UsageError
from ..many import MANY, Many
from ..outputs import SAVING, Saving
from ..products import PRODUCTS
from ..ranges import Count, Length
from ..talk import TALK, Talk
from ..values import read_box, read_points
from .result import make_each

__all__ = ["depth", "flood", "grabcut"]


def flood(
    *pictures: str,
    at: str,
    tolerance: Length = 10,
    diagonal: bool = False,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Select the connected region around a point: a magic wand.

    Parameters
    ----------
    pictures
        Files, folders, patterns, or -.
    at
        Where: x,y; or several points, whose regions are joined.
    tolerance
        Largest distance from the colour there, in ΔE (1976).
    diagonal
        Pixels that touch only at a corner are neighbours too.

    Examples
    --------
    preproc mask flood photo.jpg --at 40,30 -o sky.png

    preproc mask flood photo.jpg --at "40,30 580,30" --tolerance 6 -o sky.png
    """
    points = read_points(at)
    found = many.find(pictures)
    return make_each(
        found,
        lambda one: preproc.mask.flood(
            preproc.load_image(one.picture), points, tolerance=tolerance, connectivity=8 if diagonal else 4
        ),
        tag="mask",
        saving=saving,
        many=many,
        talk=talk,
    )


def grabcut(
    *pictures: str,
    box: str | None = None,
    foreground: Path | None = None,
    background: Path | None = None,
    iterations: Count = 5,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Cut an object out by its colours, from a box or scribbles.

    Parameters
    ----------
    pictures
        Files, folders, patterns, or -.
    box
        left,top,right,bottom around the object, with some background inside the corners.
    foreground
        A mask of what is certainly object.
    background
        A mask of what certainly is not.
    iterations
        How often the colours are learned again from the cut.

    Examples
    --------
    preproc mask grabcut photo.jpg --box 300,60,430,340 -o spoon.png

    preproc mask grabcut photo.jpg --foreground in.png --background out.png -o spoon.png
    """
    if box is None and foreground is None and background is None:
        raise UsageError("nothing says where the object is", fix="--box 300,60,430,340, or --foreground scribble.png")
    corners = None if box is None else read_box(box)
    found = many.find(pictures)
    return make_each(
        found,
        lambda one: preproc.mask.grabcut(
            preproc.load_image(one.picture),
            corners,
            foreground=foreground,
            background=background,
            iterations=iterations,
        ),
        tag="mask",
        saving=saving,
        many=many,
        talk=talk,
    )


def depth(
    *pictures: str,
    near: float,
    far: float,
    soft: Length = 0,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Select what lies within a range of depth.

    Parameters
    ----------
    pictures
        Depth maps: gray pictures of 8 or 16 bits, TIFF, NPY or NPZ; or -.
    near
        One end of the range, in the values of the map.
    far
        The other end; the order does not matter.
    soft
        Over how much further depth the mask falls to nothing.

    Examples
    --------
    preproc mask depth depth.png --near 255 --far 180 -o front.png

    preproc mask depth metres.npy --near 0.5 --far 2.0 --soft 0.3 -o front.png
    """
    suffixes = {".png", ".tif", ".tiff", ".npy", ".npz"}
    found = many.find(pictures, made=PRODUCTS - {"depth"}, only="depth", suffixes=suffixes)
    return make_each(
        found,
        lambda one: preproc.mask.from_depth(preproc.control.load_depth(one.picture), near=near, far=far, soft=soft),
        tag="mask",
        saving=saving,
        many=many,
        talk=talk,
    )
