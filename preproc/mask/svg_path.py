"""SVG path data and transforms, as numbers."""

from __future__ import annotations

import math
import re
from typing import NamedTuple, TypeAlias

from ..errors import InputError

__all__ = [
    "IDENTITY",
    "NUMBER",
    "Affine",
    "Node",
    "SubPath",
    "arc_nodes",
    "parse_numbers",
    "parse_path",
    "parse_transform",
    "read_number",
]

Node: TypeAlias = tuple[float, ...]
"""``(x, y)`` after a straight line, ``(x1, y1, x2, y2, x, y)`` after a cubic curve."""

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
SPACE = re.compile(r"[\s,]*")
TRANSFORM = re.compile(r"\s*,?\s*(\w+)\s*\(([^()]*)\)\s*")
ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
FARTHEST = 1e9  # no coordinate is larger; their products stay numbers
WIDEST_ARC = math.pi / 6  # one cubic curve then errs by less than a millionth of the radius


class Affine(NamedTuple):
    """x becomes ax + cy + e, y becomes bx + dy + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def after(self, first: Affine) -> Affine:
        """Return the map that does `first`, then this one."""
        e, f = self.point(first.e, first.f)
        both = Affine(
            self.a * first.a + self.c * first.b,
            self.b * first.a + self.d * first.b,
            self.a * first.c + self.c * first.d,
            self.b * first.c + self.d * first.d,
            e,
            f,
        )
        if not max(map(abs, both)) <= FARTHEST:
            raise InputError(f"the transforms of this SVG multiply to {max(map(abs, both)):g}, more than {FARTHEST:g}")
        return both

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Map a point."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def node(self, node: Node) -> Node:
        """Map a node; the identity changes no bit of it."""
        if self == IDENTITY:
            return node
        points = (self.point(x, y) for x, y in zip(node[::2], node[1::2], strict=True))
        return tuple(number for point in points for number in point)

    @property
    def stretch(self) -> float:
        """By how much lengths grow at most."""
        return math.hypot(self.a, self.b, self.c, self.d)

    @property
    def scale(self) -> float | None:
        """By how much lengths grow; None when that depends on the direction."""
        one, other = math.hypot(self.a, self.b), math.hypot(self.c, self.d)
        square = abs(self.a * self.c + self.b * self.d) <= 1e-9 * one * other
        return one if square and math.isclose(one, other, rel_tol=1e-9) else None


IDENTITY = Affine()


def read_number(text: str) -> float:
    """Read a number that `NUMBER` has matched."""
    value = float(text)
    if not abs(value) <= FARTHEST:
        raise InputError(f"this SVG holds the number {text:.40}, beyond {FARTHEST:g}")
    return value


class SubPath(NamedTuple):
    """Nodes from the first, a corner, to the last, and whether the path says that it closes."""

    nodes: list[Node]
    closed: bool


def parse_numbers(text: str) -> list[float]:
    """Read numbers with whitespace or commas between."""
    numbers, place = [], SPACE.match(text).end()  # type: ignore[union-attr]  # matches everywhere
    while place < len(text):
        match = NUMBER.match(text, place)
        if match is None:
            raise InputError(f"expected a number in {_excerpt(text, place)}")
        numbers.append(read_number(match[0]))
        place = SPACE.match(text, match.end()).end()  # type: ignore[union-attr]
    return numbers


def parse_transform(text: str) -> Affine:
    """Read a ``transform`` attribute."""
    result, place = IDENTITY, 0
    while text[place:].strip():
        match = TRANSFORM.match(text, place)
        if match is None:
            raise InputError(f"cannot read the transform {text!r:.60}")
        result = result.after(_transform(match[1], parse_numbers(match[2])))
        place = match.end()
    return result


def _transform(name: str, values: list[float]) -> Affine:
    match name, values:
        case "matrix", [a, b, c, d, e, f]:
            return Affine(a, b, c, d, e, f)
        case "translate", [x, *rest] if len(rest) < 2:
            return Affine(e=x, f=rest[0] if rest else 0.0)
        case "scale", [x, *rest] if len(rest) < 2:
            return Affine(a=x, d=rest[0] if rest else x)
        case "rotate", [angle, *centre] if len(centre) in {0, 2}:
            x, y = centre or (0.0, 0.0)
            cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            return Affine(e=x, f=y).after(Affine(cos, sin, -sin, cos)).after(Affine(e=-x, f=-y))
        case "skewX", [angle]:
            return Affine(c=math.tan(math.radians(angle)))
        case "skewY", [angle]:
            return Affine(b=math.tan(math.radians(angle)))
    raise InputError(
        f"cannot read the transform {name} with {len(values)} numbers",
        fix="matrix, translate, scale, rotate, skewX and skewY are read",
    )


def parse_path(data: str) -> list[SubPath]:
    """Read path data: M L H V C S Q T A Z, absolute and relative."""
    paths: list[SubPath] = []
    x = y = 0.0
    control, curve = (0.0, 0.0), ""  # the last control point, and the kind of curve it belongs to
    for command, values in _commands(data):
        kind = command.upper()
        dx, dy = (x, y) if command.islower() else (0.0, 0.0)
        if kind == "M":
            x, y = values[0] + dx, values[1] + dy
            paths.append(SubPath([(x, y)], closed=False))
            curve = ""
            continue
        if paths[-1].closed:
            paths.append(SubPath([paths[-1].nodes[0][-2:]], closed=False))
        nodes = paths[-1].nodes
        if kind == "Z":
            x, y = nodes[0][-2:]
            paths[-1] = SubPath(nodes, closed=True)
            curve = ""
            continue
        mirrored = (2 * x - control[0], 2 * y - control[1])
        if kind in "LHV":
            end = {"L": (values[0], values[-1]), "H": (values[0], y - dy), "V": (x - dx, values[0])}[kind]
            nodes.append((end[0] + dx, end[1] + dy))
        elif kind == "A":
            nodes.extend(
                arc_nodes(
                    (x, y), (values[5] + dx, values[6] + dy), values[:3], large=values[3] > 0, sweep=values[4] > 0
                )
            )
        else:
            points = [(values[i] + dx, values[i + 1] + dy) for i in range(0, len(values), 2)]
            if kind in "ST":
                points.insert(0, mirrored if curve == ("C" if kind == "S" else "Q") else (x, y))
            control = points[-2]
            if kind in "QT":
                points = _raised((x, y), *points)
            nodes.append(tuple(number for point in points for number in point))
        curve = "C" if kind in "CS" else "Q" if kind in "QT" else ""
        x, y = nodes[-1][-2:]
    return paths


def _commands(data: str) -> list[tuple[str, list[float]]]:
    """Split path data into commands, each with its own numbers; repeated ones are written out."""
    found: list[tuple[str, list[float]]] = []
    place = SPACE.match(data).end()  # type: ignore[union-attr]
    while place < len(data):
        command = data[place]
        if command.upper() not in ARGUMENTS or (not found and command.upper() != "M"):
            raise InputError(f"expected a path command in {_excerpt(data, place)}")
        place = SPACE.match(data, place + 1).end()  # type: ignore[union-attr]
        while True:
            values = []
            for number in range(ARGUMENTS[command.upper()]):
                flag = command in "Aa" and number in {3, 4}  # one digit, often without a space behind it
                match = re.compile("[01]").match(data, place) if flag else NUMBER.match(data, place)
                if match is None:
                    raise InputError(f"expected a number for {command} in {_excerpt(data, place)}")
                values.append(read_number(match[0]))
                place = SPACE.match(data, match.end()).end()  # type: ignore[union-attr]
            found.append((command, values))
            command = {"M": "L", "m": "l"}.get(command, command)
            if command in "Zz" or not NUMBER.match(data, place):
                break
    return found


def _raised(start: Node, control: Node, end: Node) -> list[tuple[float, float]]:
    """Write a quadratic curve as a cubic one."""
    return [
        (start[0] + 2 / 3 * (control[0] - start[0]), start[1] + 2 / 3 * (control[1] - start[1])),
        (end[0] + 2 / 3 * (control[0] - end[0]), end[1] + 2 / 3 * (control[1] - end[1])),
        (end[0], end[1]),
    ]


def arc_nodes(start: Node, end: Node, shape: list[float], *, large: bool, sweep: bool) -> list[Node]:
    """Write an elliptical arc as curves (SVG 2, appendix B.2.4). `shape` is both radii and the rotation in degrees."""
    rx, ry, rotation = abs(shape[0]), abs(shape[1]), math.radians(shape[2])
    if start == end:
        return []
    cos, sin = math.cos(rotation), math.sin(rotation)
    half_x, half_y = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    u, v = cos * half_x + sin * half_y, cos * half_y - sin * half_x
    reach = math.hypot(u / rx, v / ry) if rx and ry else 0.0
    if reach < 1e-9:  # by the standard without radius, in effect with next to no curve: a straight line
        return [end]
    grown = max(reach, 1.0)  # radii too small to span the two points grow
    rx, ry, reach = rx * grown, ry * grown, reach / grown
    u, v = u / rx, v / ry
    factor = math.sqrt(max(0.0, 1 / reach**2 - 1)) * (-1 if large == sweep else 1)
    centre_u, centre_v = factor * v, -factor * u
    circle = Affine(cos * rx, sin * rx, -sin * ry, cos * ry)
    middle = circle.point(centre_u, centre_v)
    circle = circle._replace(e=(start[0] + end[0]) / 2 + middle[0], f=(start[1] + end[1]) / 2 + middle[1])

    first = math.atan2(v - centre_v, u - centre_u)
    turn = (math.atan2(-v - centre_v, -u - centre_u) - first) % math.tau
    if not sweep:
        turn -= math.tau
    count = math.ceil(abs(turn) / WIDEST_ARC)
    handle = 4 / 3 * math.tan(turn / count / 4)
    nodes = []
    for number in range(count):
        one, other = first + turn * number / count, first + turn * (number + 1) / count
        node = (
            math.cos(one) - handle * math.sin(one),
            math.sin(one) + handle * math.cos(one),
            math.cos(other) + handle * math.sin(other),
            math.sin(other) - handle * math.cos(other),
            math.cos(other),
            math.sin(other),
        )
        nodes.append(circle.node(node))
    nodes[-1] = (*nodes[-1][:4], *end)
    return nodes


def _excerpt(text: str, place: int) -> str:
    return repr(text[max(0, place - 12) : place] + "⟨here⟩" + text[place : place + 12])
