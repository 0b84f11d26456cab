"""One SVG element: the shapes it draws."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec.structs import replace

from ..errors import InputError
from .outline import TOLERANCE_PX, curved_ring
from .svg_path import IDENTITY, NUMBER, Affine, Node, SubPath, arc_nodes, parse_numbers, parse_path, read_number
from .svg_style import is_clear
from .svg_write import EXACT
from .vectors import Ellipse, Path, Polygon, Rectangle, Shape, Stroke

__all__ = ["SHAPES", "Painted", "View", "length", "read_element"]

SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "Q": 96 / 101.6}
LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(|px|pt|pc|in|cm|mm|Q|%)\s*")


class Painted(NamedTuple):
    """A shape and the colour it is painted with."""

    shape: Shape
    paint: str


class View(NamedTuple):
    """The sides of a canvas in user units: 100 %."""

    width: float
    height: float


def read_element(
    tag: str, attributes: dict[str, str], style: dict[str, str], transform: Affine, view: View
) -> list[Painted]:
    """Read one element: what is filled, then what is stroked."""
    notes = attributes.get("data-mask", "").split()
    found: list[Painted] = []
    if style["fill"] != "none" and not is_clear(style, "fill-opacity") and tag != "line":
        shape = _filled(tag, attributes, style, transform, view)
        found += [] if shape is None else [Painted(shape, style["fill"])]
    if style["stroke"] != "none" and not is_clear(style, "stroke-opacity"):
        found += [Painted(shape, style["stroke"]) for shape in _strokes(tag, attributes, style, transform, view)]
    if "subtract" in notes:
        return [Painted(replace(shape, subtract=True), paint) for shape, paint in found]
    return found


def _filled(tag: str, attributes: dict[str, str], style: dict[str, str], transform: Affine, view: View) -> Shape | None:
    rule: Any = style.get("fill-rule", "nonzero")
    notes = attributes.get("data-mask", "").split()
    if transform == IDENTITY and tag in {"rect", "circle", "ellipse"}:
        box = _box(tag, attributes, view)
        rx, ry = _radii(attributes, view) if tag == "rect" else (0.0, 0.0)
        if tag != "rect":
            return Ellipse(box)
        if rx == ry:
            return Rectangle(box, rx)
    rings = [[transform.node(node) for node in part.nodes] for part in _outlines(tag, attributes, view)]
    corners = all(len(node) == 2 for ring in rings for node in ring)
    if not corners or "path" in notes:
        return Path(rings, rule) if rings else None
    if "holes" in notes:
        place = notes.index("holes")
        count, rule = len(rings) - _whole(notes[place + 1 : place + 2]), (notes[place + 2 : place + 3] or [rule])[0]
        return Polygon(rings[:count], rings[count:], rule)
    rings = [ring for ring in rings if len(ring) > 2]
    return Polygon(rings, fill_rule=rule) if rings else None


def _strokes(tag: str, attributes: dict[str, str], style: dict[str, str], transform: Affine, view: View) -> list[Shape]:
    diagonal = math.hypot(view.width, view.height) / math.sqrt(2)
    width = length(style["stroke-width"], "stroke-width", diagonal)
    if width < 0:
        raise InputError(f"this SVG has a stroke-width of {width:g}")
    if width and style.get("stroke-dasharray", "none").strip(" ,0") not in {"", "none"}:
        raise InputError(f"this SVG strokes a {tag} with dashes", fix="convert the stroke to a path in the editor")
    cap, join, limit = _brush(style)
    scale = transform.scale
    strokes: list[Shape] = []
    for part in _outlines(tag, attributes, view):
        nodes = part.nodes if scale is None else [transform.node(node) for node in part.nodes]
        size = scale if scale is not None else max(transform.stretch, 1e-9)
        line = curved_ring(nodes, TOLERANCE_PX if scale is not None else TOLERANCE_PX / size)
        if tag == "path" and len(line) == 2 and (line[0] == line[1]).all():  # how SVG draws a dot
            line = line[:1]
        stroke = Stroke(line, width * (scale or 1), part.closed, cap=cap, join=join, miter_limit=limit)
        if scale is None:
            rings = stroke.layer(TOLERANCE_PX / size).rings
            moved = [[transform.point(x, y) for x, y in ring.tolist()] for ring in rings]
            strokes += [Polygon(moved)] if moved else []
        else:
            strokes.append(stroke)
    return strokes


def _brush(style: dict[str, str]) -> tuple[Any, Any, float]:
    cap, join = style["stroke-linecap"], style["stroke-linejoin"]
    join = {"miter-clip": "miter", "arcs": "miter"}.get(join, join)
    limit = parse_numbers(style["stroke-miterlimit"])
    return cap, join, limit[0] if limit else 4.0


def _outlines(tag: str, attributes: dict[str, str], view: View) -> list[SubPath]:
    """Return an element's outline as nodes, in its own coordinates."""
    if tag == "path":
        return parse_path(attributes.get("d", ""))
    if tag == "line":
        ends = [_along(attributes.get(key, "0"), key, view) for key in ("x1", "y1", "x2", "y2")]
        return [SubPath([(ends[0], ends[1]), (ends[2], ends[3])], closed=False)]
    if tag in {"polyline", "polygon"}:
        numbers = parse_numbers(attributes.get("points", ""))
        nodes: list[Node] = list(zip(numbers[::2], numbers[1::2], strict=False))
        return [SubPath(nodes, closed=tag == "polygon")] if nodes else []
    left, top, right, bottom = _box(tag, attributes, view)
    if right <= left or bottom <= top:
        return []
    rx, ry = ((right - left) / 2, (bottom - top) / 2) if tag != "rect" else _radii(attributes, view)
    rx, ry = min(rx, (right - left) / 2), min(ry, (bottom - top) / 2)
    if not rx or not ry:
        return [SubPath([(left, top), (right, top), (right, bottom), (left, bottom)], closed=True)]
    sides = [
        ((left + rx, top), (right - rx, top)),
        ((right, top + ry), (right, bottom - ry)),
        ((right - rx, bottom), (left + rx, bottom)),
        ((left, bottom - ry), (left, top + ry)),
    ]
    nodes = []
    for (begin, end), (following, _) in zip(sides, sides[1:] + sides[:1], strict=True):
        nodes += [begin, end, *arc_nodes(end, following, [rx, ry, 0.0], large=False, sweep=True)]
    return [SubPath(nodes, closed=True)]


def _box(tag: str, attributes: dict[str, str], view: View) -> tuple[float, float, float, float]:
    """Add up an element's box in decimal, as it was taken apart."""
    keys = {
        "rect": ("x", "y", "width", "height"),
        "ellipse": ("cx", "cy", "rx", "ry"),
        "circle": ("cx", "cy", "r", "r"),
    }
    x, y, across, down = (_decimal(attributes.get(key, "0"), key, view) for key in keys[tag])
    if across < 0 or down < 0:
        raise InputError(f"this SVG has a {tag} of negative size")
    if tag == "rect":
        return float(x), float(y), float(EXACT.add(x, across)), float(EXACT.add(y, down))
    left, top = EXACT.subtract(x, across), EXACT.subtract(y, down)
    return float(left), float(top), float(EXACT.add(x, across)), float(EXACT.add(y, down))


def _radii(attributes: dict[str, str], view: View) -> tuple[float, float]:
    rx, ry = attributes.get("rx", "auto"), attributes.get("ry", "auto")
    rx, ry = (ry if rx == "auto" else rx), (rx if ry == "auto" else ry)
    return (0.0, 0.0) if rx == "auto" else (_along(rx, "rx", view), _along(ry, "ry", view))


def length(text: str, name: str, whole: float | None = None) -> float:
    """Read a length in pixels; `whole` is what 100 % are."""
    match = LENGTH.fullmatch(text)
    if match is None or (match[2] == "%" and whole is None):
        raise InputError(f"cannot read {name}={text!r:.60} of this SVG as a length", fix="use numbers or px")
    return read_number(match[1]) * (whole / 100 if match[2] == "%" and whole is not None else UNITS[match[2]])


def _along(text: str, name: str, view: View) -> float:
    """Read a length whose per cent are of the width, the height or, for radii of circles, of both."""
    whole = {"x": view.width, "w": view.width, "y": view.height, "h": view.height}
    diagonal = math.hypot(view.width, view.height) / math.sqrt(2)
    return length(text, name, diagonal if name == "r" else whole[name.strip("cr12")[0]])


def _decimal(text: str, name: str, view: View) -> Decimal:
    if NUMBER.fullmatch(text.strip()):
        read_number(text)
        return Decimal(text.strip())
    return Decimal(repr(_along(text, name, view)))


def _whole(words: Sequence[str]) -> int:
    if not words or not words[0].isdigit():
        raise InputError("this SVG's data-mask does not say how many holes there are")
    return int(words[0])
