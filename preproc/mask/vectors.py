"""Shapes as records: what a drawing is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

import msgspec
from msgspec.structs import force_setattr

from ..errors import InputError
from .arguments import (
    FARTHEST_PX,
    as_amount,
    as_box,
    as_choice,
    as_flag,
    as_floats,
    as_holes,
    as_points,
    as_rings,
    is_contour,
)
from .coverage import FillRule, Layer
from .outline import (
    Brush,
    Cap,
    Join,
    curved_ring,
    ellipse_ring,
    rectangle_ring,
    stroke_rings,
)

__all__ = ["Ellipse", "Path", "Polygon", "Rectangle", "Shape", "Stroke", "check_fill_rule"]

Point: TypeAlias = tuple[float, float]


class _Shape(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag=str.lower
):
    """Common to all: a shape adds to the drawing, or subtracts from what is drawn before it.

    Coordinates come as any sequence or array and are kept as tuples of floats.
    """

    overlapping: ClassVar[bool] = True  # its rings all wind the same way: filled with others they give the union


class Rectangle(_Shape, frozen=True):
    """A rectangle.

    Parameters
    ----------
    box
        ``(left, top, right, bottom)`` in pixels of the drawing.
    radius_px
        Radius of its corners; at most half of its shorter side is used.
    subtract
        Take it away instead of adding it; `Drawing.subtract` sets it.

    Examples
    --------
    >>> from preproc.mask import Drawing
    >>> Drawing((4, 2), [Rectangle((1, 0, 3, 1.5))]).render().tolist()
    [[0, 255, 255, 0], [0, 128, 128, 0]]
    """

    box: Any
    radius_px: float = 0.0
    subtract: bool = False

    def __post_init__(self) -> None:
        force_setattr(self, "subtract", as_flag(self.subtract, "subtract"))
        force_setattr(self, "box", as_box(self.box, what="rectangle"))
        force_setattr(self, "radius_px", as_amount(self.radius_px, "radius_px"))

    def layer(self, tolerance: float) -> Layer:
        """Return its outline, at most `tolerance` px off."""
        return Layer([rectangle_ring(self.box, self.radius_px, tolerance)], subtract=self.subtract)


class Ellipse(_Shape, frozen=True):
    """The ellipse that fills a box.

    Parameters
    ----------
    box
        ``(left, top, right, bottom)`` in pixels of the drawing.
    subtract
        Take it away instead of adding it; `Drawing.subtract` sets it.

    Examples
    --------
    >>> from preproc.mask import Drawing
    >>> Drawing((3, 3), [Ellipse((0, 0, 3, 3))]).render().tolist()
    [[139, 248, 139], [248, 255, 248], [139, 248, 139]]
    """

    box: Any
    subtract: bool = False

    def __post_init__(self) -> None:
        force_setattr(self, "subtract", as_flag(self.subtract, "subtract"))
        force_setattr(self, "box", as_box(self.box, what="ellipse"))

    def layer(self, tolerance: float) -> Layer:
        """Return its outline, at most `tolerance` px off."""
        return Layer([ellipse_ring(self.box, tolerance)], subtract=self.subtract)


class Polygon(_Shape, frozen=True):
    """One ring of points or several.

    Parameters
    ----------
    rings
        Points ``(x, y)``, or a sequence of such rings, filled together.
    holes
        Rings cut out of this polygon, and of nothing else.
    fill_rule
        What is inside where rings overlap or cross: ``"nonzero"`` or ``"evenodd"``.
    subtract
        Take it away instead of adding it; `Drawing.subtract` sets it.

    Examples
    --------
    >>> from preproc.mask import Drawing
    >>> frame = Polygon([(0, 0), (4, 0), (4, 3), (0, 3)], holes=[[(1, 1), (3, 1), (3, 2), (1, 2)]])
    >>> Drawing((4, 3), [frame]).render().tolist()
    [[255, 255, 255, 255], [255, 0, 0, 255], [255, 255, 255, 255]]
    """

    overlapping: ClassVar[bool] = False

    rings: Any
    holes: Any = ()
    fill_rule: FillRule = "nonzero"
    subtract: bool = False

    def __post_init__(self) -> None:
        force_setattr(self, "subtract", as_flag(self.subtract, "subtract"))
        force_setattr(self, "rings", _frozen(as_rings(self.rings, what="polygon")))
        force_setattr(self, "holes", _frozen(as_holes(self.holes)))
        check_fill_rule(self.fill_rule)

    def layer(self, tolerance: float) -> Layer:  # noqa: ARG002  the same question for all shapes
        """Return its outline as it is."""
        rings, holes = (
            [as_points(ring, least=3, what="polygon") for ring in part] for part in (self.rings, self.holes)
        )
        return Layer(rings, self.fill_rule, self.subtract, holes)


class Stroke(_Shape, frozen=True):
    """What a brush, round by default, sweeps along a line.

    Parameters
    ----------
    points
        Points ``(x, y)`` of the line; a single one makes a dot.
    width_px
        The brush's diameter.
    closed
        Whether the last point is joined to the first.
    subtract
        Take it away instead of adding it; `Drawing.subtract` sets it.
    cap
        How the ends are drawn: ``"round"``, ``"butt"`` (cut off at the point) or ``"square"`` (half a width beyond).
    join
        How corners are drawn: ``"round"``, ``"miter"`` (to a tip) or ``"bevel"`` (cut off).
    miter_limit
        How many widths a tip may be long; longer ones are cut off as ``"bevel"`` does.

    Examples
    --------
    >>> from preproc.mask import Drawing
    >>> Drawing((4, 2), [Stroke([(1, 1), (3, 1)], 2, cap="butt")]).render().tolist()
    [[0, 255, 255, 0], [0, 255, 255, 0]]
    """

    points: Any
    width_px: float
    closed: bool = False
    subtract: bool = False
    cap: Cap = "round"
    join: Join = "round"
    miter_limit: float = 4.0

    def __post_init__(self) -> None:
        force_setattr(self, "subtract", as_flag(self.subtract, "subtract"))
        force_setattr(self, "points", _frozen([as_points(self.points, least=1, what="stroke")])[0])
        force_setattr(self, "width_px", as_amount(self.width_px, "width_px", most=FARTHEST_PX))
        force_setattr(self, "closed", as_flag(self.closed, "closed"))
        as_choice(self.cap, ("butt", "round", "square"), "cap")
        as_choice(self.join, ("miter", "round", "bevel"), "join")
        force_setattr(self, "miter_limit", as_amount(self.miter_limit, "miter_limit", most=FARTHEST_PX))

    def layer(self, tolerance: float) -> Layer:
        """Return its outline, at most `tolerance` px off."""
        line = as_points(self.points, least=1, what="stroke")
        brush = Brush(self.cap, self.join, self.miter_limit)
        rings = stroke_rings(line, self.width_px, tolerance, closed=self.closed, brush=brush)
        return Layer(rings, subtract=self.subtract)


class Path(_Shape, frozen=True):
    """Closed rings with curved sides, as SVG has them.

    Parameters
    ----------
    rings
        Each ring is a sequence of nodes, the first a corner: ``(x, y)`` is reached by a straight line,
        ``(x1, y1, x2, y2, x, y)`` by a cubic Bézier curve with these two control points. The last node joins the first.
    fill_rule
        What is inside where rings overlap or cross: ``"nonzero"`` or ``"evenodd"``.
    subtract
        Take it away instead of adding it; `Drawing.subtract` sets it.

    Examples
    --------
    >>> from preproc.mask import Drawing
    >>> hill = Path([[(0, 3), (0, 0, 4, 0, 4, 3)]])  # up from a corner and down to the next
    >>> Drawing((4, 3), [hill]).render()[2].tolist()
    [240, 255, 255, 240]
    """

    overlapping: ClassVar[bool] = False

    rings: Any
    fill_rule: FillRule = "nonzero"
    subtract: bool = False

    def __post_init__(self) -> None:
        force_setattr(self, "subtract", as_flag(self.subtract, "subtract"))
        given = [self.rings] if is_contour(self.rings) else self.rings
        try:
            rings = tuple(tuple(_node(node) for node in (ring[:, 0] if is_contour(ring) else ring)) for ring in given)
        except (OSError, OverflowError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"a path is a sequence of rings of nodes, got {self.rings!r:.60}") from error
        force_setattr(self, "rings", rings)
        if any(not ring or len(ring[0]) != 2 for ring in self.rings):
            raise InputError("each ring of a path begins with a corner (x, y)")
        check_fill_rule(self.fill_rule)

    def layer(self, tolerance: float) -> Layer:
        """Return its outline, at most `tolerance` px off."""
        return Layer([curved_ring(ring, tolerance) for ring in self.rings], self.fill_rule, self.subtract)


Shape: TypeAlias = Rectangle | Ellipse | Polygon | Stroke | Path


def check_fill_rule(rule: str) -> None:
    """Refuse any rule but the two."""
    as_choice(rule, ("nonzero", "evenodd"), "fill_rule")


def _frozen(rings: Sequence[Any]) -> tuple[tuple[Point, ...], ...]:
    return tuple(tuple((x, y) for x, y in ring.tolist()) for ring in rings)


def _node(node: Sequence[float]) -> tuple[float, ...]:
    numbers = tuple(as_floats([*node]).tolist())
    if len(numbers) not in {2, 6}:
        raise InputError(f"a path's node has 2 numbers (a corner) or 6 (a curve), got {len(numbers)}")
    as_points(list(zip(numbers[::2], numbers[1::2], strict=True)), least=1, what="path")
    return numbers
