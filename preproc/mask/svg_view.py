"""How the user units of an SVG document, or of a part with its own canvas, lie on the pixels."""

from __future__ import annotations

from ..errors import InputError
from ..geometry import Size
from .svg_clip import Clipping, box_clipping
from .svg_path import Affine, parse_numbers
from .svg_shapes import View, length
from .svg_style import declarations

__all__ = ["canvas", "placed"]


def canvas(attributes: dict[str, str]) -> tuple[Size, Affine, View]:
    """Return a document's size, how its user units lie on it, and what 100 % are."""
    box = _view_box(attributes)
    sides = [_side(attributes, key) for key in ("width", "height")]
    if box is None:
        if sides[0] is None or sides[1] is None:
            raise InputError("this SVG says neither its size nor its viewBox", fix="give it width and height")
        box = [0.0, 0.0, sides[0], sides[1]]
    width = sides[0] if sides[0] is not None else box[2] * (sides[1] or box[3]) / box[3]
    height = sides[1] if sides[1] is not None else box[3] * (sides[0] or box[2]) / box[2]
    if width <= 0 or height <= 0:
        raise InputError(f"this SVG is {width:g} x {height:g} px large", fix="give it width and height above 0")
    size = Size(max(1, round(width)), max(1, round(height)))
    fitted = _fitted(box, width, height, attributes)
    if "viewBox" in attributes:
        # 1.38889in are 133.33 px: what fills the document fills the whole pixels that it is rounded to.
        fitted = Affine(a=size.width / width, d=size.height / height).after(fitted)
    return size, fitted, View(box[2], box[3])


def placed(attributes: dict[str, str], transform: Affine, outer: View) -> tuple[Affine, View, list[Clipping]]:
    """Return the transform and 100 % inside a canvas within another one, and the clipping at its border."""
    x, y = length(attributes.get("x", "0"), "x", outer.width), length(attributes.get("y", "0"), "y", outer.height)
    width = length(attributes.get("width", "100%").replace("auto", "100%"), "width", outer.width)
    height = length(attributes.get("height", "100%").replace("auto", "100%"), "height", outer.height)
    if width < 0 or height < 0:
        raise InputError("this SVG holds another one of negative size")
    transform = transform.after(Affine(e=x, f=y))
    style = declarations(attributes.get("style", ""), {"overflow"})
    visible = style.get("overflow", attributes.get("overflow", "hidden")) in {"visible", "auto"}
    clip = [] if visible else [box_clipping((0.0, 0.0, width, height), transform)]
    box = _view_box(attributes)
    if box is None or not width or not height:
        return transform, View(width, height), clip
    return transform.after(_fitted(box, width, height, attributes)), View(box[2], box[3]), clip


def _view_box(attributes: dict[str, str]) -> list[float] | None:
    if "viewBox" not in attributes:
        return None
    box = parse_numbers(attributes["viewBox"])
    if len(box) != 4 or box[2] <= 0 or box[3] <= 0:
        raise InputError(
            f"cannot use the viewBox {attributes['viewBox']!r:.60}", fix="min-x min-y width height, larger than 0"
        )
    return box


def _side(attributes: dict[str, str], key: str) -> float | None:
    """Return a side of the document; None where the page around it decides."""
    side = attributes.get(key, "auto").strip()
    return None if side.endswith("%") or side == "auto" else length(side, "width or height")


def _fitted(box: list[float], width: float, height: float, attributes: dict[str, str]) -> Affine:
    """Fit a viewBox into a canvas (``preserveAspectRatio``)."""
    align, *fit = attributes.get("preserveAspectRatio", "").replace("defer", "").split() or ["xMidYMid"]
    sx, sy = width / box[2], height / box[3]
    if align == "none":
        return Affine(a=sx, d=sy, e=-box[0] * sx, f=-box[1] * sy)
    scale = max(sx, sy) if fit == ["slice"] else min(sx, sy)
    share = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}
    e = (width - box[2] * scale) * share.get(align[1:4], 0.5) - box[0] * scale
    f = (height - box[3] * scale) * share.get(align[5:8], 0.5) - box[1] * scale
    return Affine(a=scale, d=scale, e=e, f=f)
