"""Masks that are drawn; each is made at the size of a photo, or at ``--size``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import preproc

from ...errors import FileFormatError, InputError
from ..inputs import STDIO, Source, read_stdin
from ..many import MANY, Many
from ..outputs import SAVING, Saving
from ..ranges import Length, Width
from ..talk import TALK, Talk
from ..values import read_box, read_points
from .result import draw_each

if TYPE_CHECKING:
    from ...arrays import Mask
    from ...geometry import Size

__all__ = ["drawing", "ellipse", "polygon", "rectangle", "stroke"]


def rectangle(
    *photos: str,
    box: str,
    radius: Length = 0,
    size: str | None = None,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Draw a rectangle.

    Pixels that are covered in part get that share of 255.

    Parameters
    ----------
    photos
        The photos the mask is for: files, folders, patterns, or -.
    box
        left,top,right,bottom in pixels; fractions count.
    radius
        Radius of the corners in pixels.
    size
        Instead of a photo: width x height of the mask, such as 1024x768.

    Examples
    --------
    preproc mask rectangle photo.jpg --box 40,60,360,240 -o mask.png

    preproc mask rectangle --size 1024x768 --box 0,0,512,768 --radius 24 -o mask.png
    """
    corners = read_box(box)
    draw = _sized(lambda canvas: preproc.mask.rectangle(canvas, corners, radius_px=radius))
    return draw_each(photos, size, draw, saving=saving, many=many, talk=talk)


def ellipse(
    *photos: str,
    box: str,
    size: str | None = None,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Draw the ellipse that fills a box.

    Parameters
    ----------
    photos
        The photos the mask is for: files, folders, patterns, or -.
    box
        left,top,right,bottom in pixels; fractions count.
    size
        Instead of a photo: width x height of the mask, such as 1024x768.

    Examples
    --------
    preproc mask ellipse photo.jpg --box 320,230,412,332

    preproc mask ellipse --size 640x480 --box 200,120,440,360 -o - | preproc mask feather - --px 16 -o mask.png
    """
    corners = read_box(box)
    draw = _sized(lambda canvas: preproc.mask.ellipse(canvas, corners))
    return draw_each(photos, size, draw, saving=saving, many=many, talk=talk)


def polygon(
    *photos: str,
    points: str,
    hole: list[str] | None = None,
    size: str | None = None,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Draw a polygon, with holes if there are any.

    Parameters
    ----------
    photos
        The photos the mask is for: files, folders, patterns, or -.
    points
        "x,y x,y x,y" in pixels, three or more.
    hole
        The same for a part that is cut out; may be given several times.
    size
        Instead of a photo: width x height of the mask, such as 1024x768.

    Examples
    --------
    preproc mask polygon photo.jpg --points "40,60 360,80 200,240" -o mask.png

    preproc mask polygon photo.jpg --points "0,0 400,0 400,300 0,300" --hole "100,100 300,100 200,200" -o mask.png
    """
    ring, holes = read_points(points), [read_points(part) for part in hole or ()]
    draw = _sized(lambda canvas: preproc.mask.polygon(canvas, ring, holes=holes))
    return draw_each(photos, size, draw, saving=saving, many=many, talk=talk)


def stroke(
    *photos: str,
    points: str,
    width: Width,
    closed: bool = False,
    size: str | None = None,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Draw what a round brush sweeps along a line.

    Parameters
    ----------
    photos
        The photos the mask is for: files, folders, patterns, or -.
    points
        "x,y x,y" in pixels; a single point makes a dot.
    width
        The brush's diameter in pixels.
    closed
        Join the last point to the first.
    size
        Instead of a photo: width x height of the mask, such as 1024x768.

    Examples
    --------
    preproc mask stroke photo.jpg --points "40,60 200,90 360,60" --width 24 -o mask.png

    preproc mask stroke photo.jpg --points "120,80" --width 60 -o dot.png
    """
    line = read_points(points)
    draw = _sized(lambda canvas: preproc.mask.stroke(canvas, line, width_px=width, closed=closed))
    return draw_each(photos, size, draw, saving=saving, many=many, talk=talk)


def drawing(
    shapes: Path,
    /,
    *photos: str,
    size: str | None = None,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Draw the shapes of an SVG or JSON file, at any size.

    Parameters
    ----------
    shapes
        A file that preproc mask trace or mask.Drawing wrote, another SVG, or -.
    photos
        The photos the mask is for; the drawing is scaled to their size.
    size
        Instead of a photo: width x height of the mask, such as 1024x768; the drawing's own without either.

    Examples
    --------
    preproc mask drawing outline.svg photo.jpg -o mask.png

    preproc mask trace mask.png -o - | preproc mask drawing - --size 2048x1536 -o large.png
    """
    try:
        text = read_stdin() if str(shapes) == STDIO else shapes.read_bytes()
    except OSError as error:
        fix = "preproc mask trace MASK writes one"
        raise FileFormatError(f"{shapes} cannot be read: {error.strerror}", path=str(shapes), fix=fix) from error
    read = preproc.mask.Drawing.from_json if text.lstrip().startswith(b"{") else preproc.mask.Drawing.from_svg
    try:
        read_drawing = read(text)
    except InputError as error:
        error.fix = error.fix or "preproc mask drawing OUTLINE.svg PHOTO; preproc mask trace MASK writes outlines"
        raise
    if size is None and not photos:
        size = "x".join(map(str, read_drawing.size))
    draw = _sized(read_drawing.render)
    name = "-" if str(shapes) == STDIO else str(shapes)
    return draw_each(photos, size, draw, drawing=name, saving=saving, many=many, talk=talk)


def _sized(draw: Callable[[tuple[int, int]], Mask]) -> Callable[[Any], Mask]:
    """Let a function that draws at a size take a photo's source, which is read whole: broken photos are named."""
    from ...arrays import size_of_array

    def drawn(canvas: Size | Source) -> Mask:
        return draw(size_of_array(preproc.load_image(canvas.picture)) if isinstance(canvas, Source) else canvas)

    return drawn
