"""Shapes out of SVG documents, as drawing programs export them.

Read are path, rect, circle, ellipse, line, polyline and polygon, in groups, with transforms, ``viewBox``, presentation
attributes, ``style`` and rules for elements, classes and ids. Whatever is filled adds to the mask, whatever its colour and opacity;
``data-mask="subtract"`` takes away. What would change the picture and is not understood is refused by name.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from xml.parsers import expat

from ..errors import InputError
from ..geometry import Size
from .arguments import as_text
from .svg_path import Affine, parse_numbers, parse_transform
from .svg_shapes import SHAPES, length, read_element
from .vectors import Shape

__all__ = ["read_svg"]

SVG = "http://www.w3.org/2000/svg"
NOT_DRAWN = {"defs", "symbol", "clipPath", "mask", "pattern", "marker", "metadata", "title", "desc"}
UNREADABLE = {
    "text": "convert it to paths",
    "use": "unlink clones, or export as plain SVG",
    "image": "read the picture itself with load_mask or mask.from_alpha",
    "foreignObject": "remove it",
    "switch": "export as plain SVG",
}
INHERITED = {
    "fill",
    "fill-rule",
    "stroke",
    "stroke-width",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-dasharray",
    "visibility",
}
PER_ELEMENT = {"display", "clip-path", "mask", "filter", "marker-start", "marker-mid", "marker-end", "marker"}
UNSEEN = re.compile(r"transparent|none|(?:rgba|hsla)\([^)]*[,/]\s*0*\.?0*%?\s*\)", re.IGNORECASE)
SELECTOR = re.compile(r"(\*|[\w-]+)?((?:[.#][\w-]+)*)")
INITIAL = {"fill": "black", "stroke": "none", "stroke-width": "1", "stroke-linecap": "butt", "stroke-linejoin": "miter"}


class Context(NamedTuple):
    """What an element hands down to those inside it."""

    transform: Affine
    style: dict[str, str]
    hidden: bool = False


def read_svg(text: str | bytes) -> tuple[Size, list[Shape]]:
    """Read a document's size in pixels and its shapes.

    Raises
    ------
    InputError
        For XML that is broken or holds entities, and for elements that have no outline here.
    """
    as_text(text, "SVG")
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.entity
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise InputError(f"this SVG is no well-formed XML: {error}") from error
    if reader.size is None:
        raise InputError("this XML has no svg element", fix="pass the text of an SVG file")
    return reader.size, reader.shapes


class _Selector(NamedTuple):
    """A style rule's selector: an element, classes and an id, as far as it names them."""

    tag: str
    classes: frozenset[str]
    ids: frozenset[str]

    @classmethod
    def of(cls, text: str) -> _Selector:
        found = SELECTOR.fullmatch(text.strip())
        if found is None or not found[0]:
            raise InputError(
                f"this SVG styles shapes by a rule for {text.strip()!r:.60}",
                fix="export it with presentation attributes, or as plain SVG",
            )
        named = re.findall(r"([.#])([\w-]+)", found[2])
        classes, ids = (frozenset(name for mark, name in named if mark == which) for which in ".#")
        return cls(found[1] or "*", classes, ids)

    @property
    def weight(self) -> tuple[int, int, int]:
        return len(self.ids), len(self.classes), int(self.tag != "*")

    def meets(self, tag: str, attributes: dict[str, str]) -> bool:
        return (
            self.tag in {"*", tag}
            and self.ids <= {attributes.get("id", "")}
            and self.classes <= set(attributes.get("class", "").split())
        )


class _Reader:
    """Takes elements one by one; nothing is recursive, so no document is too deep."""

    def __init__(self) -> None:
        self.size: Size | None = None
        self.shapes: list[Shape] = []
        self.open: list[Context] = []
        self.rules: list[tuple[_Selector, dict[str, str]]] = []
        self.css: list[str] | None = None

    def doctype(self, _name: str, _system: str | None, _public: str | None, internal: int) -> None:
        if internal:
            raise InputError("this SVG declares its own document type", fix="export it as plain SVG")

    def entity(self, *_: Any) -> None:
        raise InputError("this SVG declares entities", fix="export it as plain SVG")

    def characters(self, text: str) -> None:
        if self.css is not None:
            self.css.append(text)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        if space not in {"", SVG}:
            tag = "metadata"  # an editor's own notes
        if not self.open:
            if tag != "svg":
                raise InputError(f"the outermost element is {tag}, not svg", fix="pass the text of an SVG file")
            self.size, transform = _canvas(attributes)
            self.open.append(Context(transform, INITIAL | self._style(tag, attributes)))
            return
        above = self.open[-1]
        style = self._style(tag, attributes)
        hidden = above.hidden or tag in NOT_DRAWN or style.get("display") == "none"
        if tag == "style":
            self.css = []
        if not hidden:
            self._refuse(tag, style)
        transform = above.transform
        if not hidden and "transform" in attributes:
            transform = transform.after(parse_transform(attributes["transform"]))
        inherited = above.style | {
            key: value for key, value in style.items() if key in INHERITED and value != "inherit"
        }
        self.open.append(Context(transform, inherited, hidden))
        if tag in SHAPES and not hidden and inherited.get("visibility", "visible") == "visible":
            self.shapes += read_element(tag, attributes, inherited, transform)

    def end(self, name: str) -> None:
        self.open.pop()
        if name.rpartition(" ")[2] == "style" and self.css is not None:
            for selectors, body in re.findall(
                r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", "".join(self.css), flags=re.DOTALL)
            ):
                if declared := _declarations(body):
                    self.rules += [(_Selector.of(selector), declared) for selector in selectors.split(",")]
            self.rules.sort(key=lambda rule: rule[0].weight)  # of equal ones the later counts
            self.css = None

    def _style(self, tag: str, attributes: dict[str, str]) -> dict[str, str]:
        style = {key: attributes[key].strip() for key in INHERITED | PER_ELEMENT if key in attributes}
        for selector, declared in self.rules:
            if selector.meets(tag, attributes):
                style |= declared
        style |= _declarations(attributes.get("style", ""))
        return {key: "none" if UNSEEN.fullmatch(value) else value for key, value in style.items()}

    @staticmethod
    def _refuse(tag: str, style: dict[str, str]) -> None:
        if tag in UNREADABLE:
            raise InputError(f"this SVG holds <{tag}>, which has no outline of its own here", fix=UNREADABLE[tag])
        if tag == "svg":
            raise InputError("this SVG holds another one", fix="export as plain SVG, ungrouped")
        for key in PER_ELEMENT - {"display"}:
            if style.get(key, "none") != "none":
                does = "cuts shapes with" if key in {"clip-path", "mask"} else "changes shapes by"
                raise InputError(f"this SVG {does} {key}", fix="release it, or make paths of the result in the editor")


def _canvas(attributes: dict[str, str]) -> tuple[Size, Affine]:
    """Return the document's size, and how its user units lie on it."""
    view = parse_numbers(attributes["viewBox"]) if "viewBox" in attributes else None
    if view is not None and (len(view) != 4 or view[2] <= 0 or view[3] <= 0):
        raise InputError(
            f"cannot use the viewBox {attributes['viewBox']!r}", fix="min-x min-y width height, larger than 0"
        )
    sides = [attributes.get(key, "100%") for key in ("width", "height")]
    lengths = [
        None if side.strip().endswith("%") or side == "auto" else length(side, "width or height") for side in sides
    ]
    if view is None:
        if lengths[0] is None or lengths[1] is None:
            raise InputError("this SVG says neither its size nor its viewBox", fix="give it width and height")
        view = [0.0, 0.0, lengths[0], lengths[1]]
    width = lengths[0] if lengths[0] is not None else view[2] * (lengths[1] or view[3]) / view[3]
    height = lengths[1] if lengths[1] is not None else view[3] * (lengths[0] or view[2]) / view[2]
    if width <= 0 or height <= 0:
        raise InputError(f"this SVG is {width:g} x {height:g} px large", fix="give it width and height above 0")
    size = Size(max(1, round(width)), max(1, round(height)))

    align, *fit = attributes.get("preserveAspectRatio", "xMidYMid meet").split() or ["xMidYMid"]
    sx, sy = width / view[2], height / view[3]
    if align == "none":
        return size, Affine(a=sx, d=sy, e=-view[0] * sx, f=-view[1] * sy)
    scale = max(sx, sy) if fit == ["slice"] else min(sx, sy)
    share = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}
    e = (width - view[2] * scale) * share.get(align[1:4], 0.5) - view[0] * scale
    f = (height - view[3] * scale) * share.get(align[5:8], 0.5) - view[1] * scale
    return size, Affine(a=scale, d=scale, e=e, f=f)


def _declarations(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.split(";"))
    return {
        key.strip().lower(): value.replace("!important", "").strip()
        for key, _, value in pairs
        if key.strip().lower() in INHERITED | PER_ELEMENT
    }
