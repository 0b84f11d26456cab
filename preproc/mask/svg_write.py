"""Drawings as SVG: white shapes on black, so that the picture looks like the mask.

What plain SVG does not say stands in ``data-mask``: ``subtract``, how many of a path's rings are ``holes``, the fill
rule where holes need another one to be seen, and ``path`` for one without curves. Numbers are written in full; a box
becomes position and size in decimal, so that their sum is the box again.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal

from ..geometry import Size
from .vectors import Ellipse, Path, Polygon, Rectangle, Shape, Stroke

__all__ = ["EXACT", "write_svg"]

EXACT = Context(prec=1000)
"""Arithmetic that keeps every digit of any two floats."""


def write_svg(size: Size, shapes: Sequence[Shape]) -> str:
    """Write a whole document."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size.width}" height="{size.height}" '
        f'viewBox="0 0 {size.width} {size.height}" style="background:#000">'
    )
    return "\n".join([head, *(f"  {_element(shape)}" for shape in shapes), "</svg>", ""])


def _element(shape: Shape) -> str:
    notes = ["subtract"] if shape.subtract else []
    paint = {"fill": "#000" if shape.subtract else "#fff"}
    match shape:
        case Rectangle():
            left, top, right, bottom = shape.box
            geometry = {
                "x": _number(left),
                "y": _number(top),
                "width": _span(left, right),
                "height": _span(top, bottom),
            }
            if shape.radius_px:
                geometry["rx"] = _number(shape.radius_px)
            return _tag("rect", geometry | paint, notes)
        case Ellipse():
            left, top, right, bottom = shape.box
            geometry = {"cx": _middle(left, right), "cy": _middle(top, bottom)}
            geometry |= {"rx": _half(left, right), "ry": _half(top, bottom)}
            return _tag("ellipse", geometry | paint, notes)
        case Stroke():
            line = {"fill": "none", "stroke": paint["fill"], "stroke-width": _number(shape.width_px)}
            line |= {"stroke-linecap": shape.cap, "stroke-linejoin": shape.join}
            if shape.miter_limit != 4:
                line["stroke-miterlimit"] = _number(shape.miter_limit)
            if len(shape.points) == 1:
                return _tag("path", {"d": f"M{_numbers(shape.points[0])}h0{'z' * shape.closed}"} | line, notes)
            return _tag("polygon" if shape.closed else "polyline", {"points": _points(shape.points)} | line, notes)
        case Polygon(rings=[ring], holes=[]):
            return _tag("polygon", {"points": _points(ring), "fill-rule": shape.fill_rule} | paint, notes)
        case Polygon():
            data = "".join(_ring(ring) for ring in (*shape.rings, *shape.holes))
            if shape.holes:
                notes += ["holes", str(len(shape.holes)), shape.fill_rule]
            return _tag("path", {"d": data, "fill-rule": "evenodd" if shape.holes else shape.fill_rule} | paint, notes)
        case Path():
            if all(len(node) == 2 for ring in shape.rings for node in ring):
                notes.append("path")
            data = "".join(_ring(ring) for ring in shape.rings)
            return _tag("path", {"d": data, "fill-rule": shape.fill_rule} | paint, notes)


def _tag(name: str, attributes: dict[str, str], notes: list[str]) -> str:
    if notes:
        attributes = attributes | {"data-mask": " ".join(notes)}
    return f"<{name} " + " ".join(f'{key}="{value}"' for key, value in attributes.items()) + "/>"


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


def _numbers(values: Sequence[float]) -> str:
    return " ".join(map(_number, values))


def _points(points: Sequence[Sequence[float]]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _ring(nodes: Sequence[Sequence[float]]) -> str:
    start, *rest = nodes
    return f"M{_numbers(start)}" + "".join(("L" if len(node) == 2 else "C") + _numbers(node) for node in rest) + "Z"


def _span(begin: float, end: float) -> str:
    return str(EXACT.subtract(Decimal(repr(end)), Decimal(repr(begin))))


def _half(begin: float, end: float) -> str:
    return str(EXACT.divide(EXACT.subtract(Decimal(repr(end)), Decimal(repr(begin))), Decimal(2)))


def _middle(begin: float, end: float) -> str:
    return str(EXACT.divide(EXACT.add(Decimal(repr(end)), Decimal(repr(begin))), Decimal(2)))
