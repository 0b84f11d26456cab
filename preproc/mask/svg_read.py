"""Shapes out of SVG documents, as drawing programs export them.

Read are path, rect, circle, ellipse, line, polyline and polygon, in groups, symbols and clones, with transforms,
``viewBox``, presentation attributes, ``style`` and rules for elements, classes and ids. Whatever is filled or stroked
adds to the mask, whatever its colour, unless it is wholly transparent, or black where a black or white ground covers
the canvas; ``data-mask="subtract"`` takes away. What would change the picture and is not understood is refused by name.
"""

from __future__ import annotations

import os
from typing import NamedTuple

import cv2
import numpy as np
from msgspec.structs import replace

from ..errors import InputError
from ..geometry import Size
from .outline import TOLERANCE_PX
from .svg_clip import Clipping, clipped, clipping
from .svg_path import Affine, parse_transform
from .svg_shapes import SHAPES, Painted, View, length, read_element
from .svg_style import INHERITED, INITIAL, PER_ELEMENT, Document, is_clear, read_rules, style_of
from .svg_tree import Element, read_tree
from .svg_view import canvas, placed
from .vectors import Shape

__all__ = ["read_svg"]

NOT_DRAWN = {
    "",
    "defs",
    "symbol",
    "clipPath",
    "mask",
    "pattern",
    "marker",
    "metadata",
    "title",
    "desc",
    "style",
    "script",
    "linearGradient",
    "radialGradient",
    "filter",
    "foreignObject",
}
BLACK = {"black", "#000", "#000000", "rgb(0,0,0)"}
WHITE = {"white", "#fff", "#ffffff", "rgb(255,255,255)"}
UNREADABLE = {
    "text": "convert it to paths",
    "image": "read the picture itself with load_mask or mask.from_alpha",
}
# Elements that are drawn as parts of clones at most: a document of a few lines can ask for billions.
MOST_CLONED = 20_000


class Context(NamedTuple):
    """What an element hands down to those inside it."""

    transform: Affine
    style: dict[str, str]
    view: View
    clips: tuple[Clipping, ...] = ()
    clones: tuple[str, ...] = ()


def read_svg(source: str | bytes | os.PathLike[str]) -> tuple[Size, list[Shape]]:
    """Read a document's size in pixels and its shapes.

    Raises
    ------
    InputError
        For XML that is broken or refers to other files, and for elements that have no outline here.
    FileFormatError
        For a file that cannot be read.
    """
    root = read_tree(source)
    size, transform, view = canvas(root.attributes)
    return size, _on_ground(size, _Walk(root).shapes(Context(transform, INITIAL, view)))


def _on_ground(size: Size, painted: list[Painted]) -> list[Shape]:
    """Let black take away where a black or white ground covers the canvas: this is a mask as a picture."""
    black = [_plain(paint) in BLACK for _, paint in painted]
    mixed = any(black) and not all(black)
    if not mixed or _plain(painted[0].paint) not in BLACK | WHITE or not _covers(painted[0].shape, size):
        return [each.shape for each in painted]
    return [
        replace(each.shape, subtract=each.shape.subtract or dark) for each, dark in zip(painted, black, strict=True)
    ]


def _covers(shape: Shape, size: Size) -> bool:
    """Tell whether a shape is an upright rectangle, drawn in whatever way, that covers the canvas."""
    rings = [np.asarray(ring, np.float32) for ring in shape.layer(TOLERANCE_PX).rings]
    if len(rings) != 1:
        return False
    low, high = rings[0].min(axis=0), rings[0].max(axis=0)
    whole = float(np.prod(high - low))
    return bool((low <= 0).all() and (high >= tuple(size)).all() and cv2.contourArea(rings[0]) >= 0.9999 * whole)


def _plain(paint: str) -> str:
    return paint.lower().replace(" ", "")


class _Walk:
    """Goes through a tree in the order of drawing; nothing is recursive, so no document is too deep."""

    def __init__(self, root: Element) -> None:
        self.root = root
        named: dict[str, Element] = {}
        sheets = []
        waiting = [root]
        while waiting:
            element = waiting.pop()
            named.setdefault(element.attributes.get("id", ""), element)
            if element.tag == "style":
                sheets.append("".join(element.text))
            waiting += reversed(element.children)
        self.document = Document(named, read_rules(sheets))

    def shapes(self, context: Context) -> list[Painted]:
        found: list[Painted] = []
        style = style_of(self.root, self.document.rules)
        if is_clear(style, "opacity"):
            return []
        context = context._replace(style=context.style | {key: style[key] for key in style if key in INHERITED})
        waiting = [(child, context) for child in reversed(self.root.children)]
        count = 0
        while waiting:
            element, above = waiting.pop()
            count += bool(above.clones)
            if count > MOST_CLONED:
                raise InputError(f"this SVG clones more than {MOST_CLONED} elements", fix="unlink clones")
            style = style_of(element, self.document.rules)
            if element.tag in NOT_DRAWN or style.get("display") == "none" or is_clear(style, "opacity"):
                continue
            inside = self._inside(element, style, above)
            if element.tag in SHAPES:
                if inside.style.get("visibility", "visible") == "visible":
                    drawn = read_element(element.tag, element.attributes, inside.style, inside.transform, inside.view)
                    found += [Painted(part, paint) for shape, paint in drawn for part in clipped([shape], inside.clips)]
            else:
                waiting += [(child, context) for child, context in reversed(self._children(element, inside))]
        return found

    def _inside(self, element: Element, style: dict[str, str], above: Context) -> Context:
        """Return what counts inside an element."""
        if element.tag in UNREADABLE:
            raise InputError(
                f"this SVG holds <{element.tag}>, which has no outline of its own here", fix=UNREADABLE[element.tag]
            )
        for key in PER_ELEMENT - {"display", "opacity", "clip-path", "mask"}:
            if style.get(key, "none") != "none":
                raise InputError(
                    f"this SVG changes shapes by {key}",
                    fix="release it, or make paths of the result in the editor",
                )
        transform = above.transform
        if "transform" in element.attributes:
            if "transform-origin" in element.attributes:
                raise InputError("this SVG uses transform-origin", fix="export it as plain SVG")
            transform = transform.after(parse_transform(element.attributes["transform"]))
        inherited = {key: value for key, value in style.items() if key in INHERITED and value != "inherit"}
        inside = above._replace(transform=transform, style=above.style | inherited)
        named = [(key, style[key]) for key in ("clip-path", "mask") if style.get(key, "none") != "none"]
        clips = [clipping(key, _reference(value), self.document, inside.view, transform) for key, value in named]
        return inside._replace(clips=(*above.clips, *clips))

    def _children(self, element: Element, inside: Context) -> list[tuple[Element, Context]]:
        """Return what is drawn inside an element that is no shape itself."""
        if element.tag == "use":
            return [self._clone(element, inside)]
        if element.tag == "svg":
            transform, view, clip = placed(element.attributes, inside.transform, inside.view)
            inside = inside._replace(transform=transform, view=view, clips=(*inside.clips, *clip))
        children = element.children
        if element.tag == "switch":
            # The first that asks for nothing; the others are for the program that wrote them.
            children = [child for child in children if child.tag and "requiredExtensions" not in child.attributes][:1]
        return [(child, inside) for child in children]

    def _clone(self, use: Element, inside: Context) -> tuple[Element, Context]:
        name = use.target
        element = None if name is None else self.document.named.get(name)
        if name is None or element is None:
            raise InputError(
                f"this SVG clones {name or 'another file'!r:.60}, which it does not hold",
                fix="unlink clones, or export as plain SVG",
            )
        if name in inside.clones:
            raise InputError(f"this SVG clones {name!r:.60} inside of itself")
        x = length(use.attributes.get("x", "0"), "x", inside.view.width)
        y = length(use.attributes.get("y", "0"), "y", inside.view.height)
        inside = inside._replace(transform=inside.transform.after(Affine(e=x, f=y)), clones=(*inside.clones, name))
        if element.tag not in {"symbol", "svg"}:
            return element, inside
        sides = {key: use.attributes[key] for key in ("width", "height") if key in use.attributes}
        return Element("svg", element.attributes | sides, element.children), inside


def _reference(value: str) -> str:
    """Return the id in ``url(#id)``."""
    return value.removeprefix("url(").removesuffix(")").strip(" \t\"'").removeprefix("#")
