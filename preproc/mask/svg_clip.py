"""Clipping paths and masks of SVG documents, as far as they are one convex shape: a frame, mostly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .arguments import Ring
from .coverage import FillRule
from .outline import TOLERANCE_PX
from .svg_path import Affine, parse_transform
from .svg_shapes import SHAPES, View, length, read_element
from .svg_style import INITIAL, Document, style_of
from .svg_tree import Element
from .vectors import Polygon, Shape

__all__ = ["Clipping", "box_clipping", "clipped", "clipping"]

# How far a corner may lie inside of its neighbours' line and the shape still count as convex.
_DENT_PX = 1e-6
_WHITE = {"white", "#fff", "#ffffff", "rgb(255,255,255)", "rgb(100%,100%,100%)"}


class Clipping(NamedTuple):
    """A convex ring of positive area, in pixels; nothing outside is drawn."""

    ring: Ring


def box_clipping(box: tuple[float, float, float, float], transform: Affine) -> Clipping:
    """Clip to a box in user units."""
    left, top, right, bottom = box
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return Clipping(_clockwise(np.array([transform.point(x, y) for x, y in corners])))


def clipping(kind: str, name: str, document: Document, view: View, transform: Affine) -> Clipping:
    """Read what a ``clipPath`` or ``mask`` leaves to be seen.

    Raises
    ------
    InputError
        Unless that is one convex shape.
    """
    hint = "release it, or make paths of the result in the editor"
    element = document.named.get(name)
    if element is None or element.tag not in {"clipPath", "mask"}:
        raise InputError(f"this SVG cuts shapes with {kind}, which it does not hold", fix=hint)
    units = element.attributes.get("clipPathUnits", element.attributes.get("maskContentUnits", "userSpaceOnUse"))
    children = _flat(element, transform, document.named)
    if (
        units != "userSpaceOnUse"
        or len(children) != 1
        or {"clip-path", "mask"} & style_of(element, document.rules).keys()
    ):
        raise InputError(f"this SVG cuts shapes with {kind}: more than one shape", fix=hint)
    ((child, transform),) = children
    style = INITIAL | {"stroke": "none"} | style_of(child, document.rules)
    if kind == "clip-path":
        style |= {
            "fill": "black",
            "stroke": "none",
            "fill-opacity": "1",
            "fill-rule": style.get("clip-rule", "nonzero"),
        }
    elif not _opaque(element, style):
        raise InputError("this SVG fades shapes with mask", fix=hint)
    drawn = read_element(child.tag, child.attributes, style, transform, view)
    rings = [ring for shape, _ in drawn for ring in _rings(shape)]
    if len(rings) != 1 or not _convex(rings[0]):
        raise InputError(f"this SVG cuts shapes with {kind} along bays or holes", fix=hint)
    return Clipping(_clockwise(rings[0]))


def _flat(element: Element, transform: Affine, named: dict[str, Element]) -> list[tuple[Element, Affine]]:
    """Return the shapes inside, groups and clones opened; none where there is anything else."""
    found: list[tuple[Element, Affine]] = []
    waiting = [(element, transform)]
    while waiting and len(found) < 2:
        element, transform = waiting.pop()
        transform = transform.after(parse_transform(element.attributes.get("transform", "")))
        if element.tag in SHAPES:
            found.append((element, transform))
        elif element.tag in {"clipPath", "mask", "g"}:
            waiting += [(child, transform) for child in element.children]
        elif element.tag == "use" and (shape := named.get(element.target or "")) is not None and shape.tag in SHAPES:
            x, y = (length(element.attributes.get(key, "0"), key) for key in "xy")
            waiting.append((shape, transform.after(Affine(e=x, f=y))))
        elif element.tag not in {"", "title", "desc"}:
            return []
    return found


def _opaque(element: Element, style: dict[str, str]) -> bool:
    """Tell whether a mask shows all of what its shape covers."""
    by_alpha = "alpha" in element.attributes.get("style", "") + element.attributes.get("mask-type", "")
    fill = style["fill"].replace(" ", "").lower()
    return style["stroke"] == "none" and fill != "none" and "url" not in fill and (by_alpha or fill in _WHITE)


def clipped(shapes: Sequence[Shape], clips: Sequence[Clipping]) -> list[Shape]:
    """Cut shapes at the clippings; those that lie inside stay what they are."""
    result: list[Shape] = []
    for shape in shapes:
        rings = _rings(shape) if clips else []
        cut = rings
        for clip in clips:
            cut = [_cut(ring, clip.ring) for ring in cut]
        if all(after is before for after, before in zip(cut, rings, strict=True)):
            result.append(shape)
            continue
        cut = [ring for ring in cut if len(ring) > 2]
        if cut:
            rule: FillRule = getattr(shape, "fill_rule", "nonzero")
            if getattr(shape, "holes", ()):
                raise InputError("this SVG cuts shapes that have holes of their own by data-mask")
            result.append(Polygon(cut, fill_rule=rule, subtract=shape.subtract))
    return result


def _rings(shape: Shape) -> list[Ring]:
    return [np.asarray(ring) for ring in shape.layer(TOLERANCE_PX / 4).rings]


def _cut(ring: Ring, clip: Ring) -> Ring:
    """Cut a ring by every side of a convex one; winding numbers inside stay.

    References
    ----------
    .. [1] I. E. Sutherland and G. W. Hodgman, "Reentrant polygon clipping", Communications of the ACM 17(1), 1974.
    """
    for begin, end in zip(clip, np.roll(clip, -1, axis=0), strict=True):
        along = end - begin
        away = along[0] * (ring[:, 1] - begin[1]) - along[1] * (ring[:, 0] - begin[0])
        inside = away >= -_DENT_PX
        if inside.all():
            continue
        following, beyond = np.roll(ring, -1, axis=0), np.roll(away, -1)
        crosses = inside != np.roll(inside, -1)
        share = np.where(crosses, away / np.where(crosses, away - beyond, 1), 0)
        met = ring + share[:, np.newaxis] * (following - ring)
        ring = np.stack([ring, met], axis=1)[np.stack([inside, crosses], axis=1)]
        if not len(ring):
            break
    return ring


def _area(ring: Ring) -> float:
    following = np.roll(ring, -1, axis=0)
    return float(np.sum(ring[:, 0] * following[:, 1] - ring[:, 1] * following[:, 0])) / 2


def _clockwise(ring: Ring) -> Ring:
    return ring[::-1] if _area(ring) < 0 else ring


def _convex(ring: Ring) -> bool:
    """Tell whether a ring goes once around and never turns the other way."""
    ring = _clockwise(ring)
    along: NDArray[np.float64] = np.roll(ring, -1, axis=0) - ring
    along = along[np.hypot(along[:, 0], along[:, 1]) > 1e-9]
    turned = np.roll(along, -1, axis=0)
    cross = along[:, 0] * turned[:, 1] - along[:, 1] * turned[:, 0]
    turn = np.arctan2(cross, (along * turned).sum(axis=1))
    return bool((turn >= -1e-4).all() and turn.sum() < 7)
