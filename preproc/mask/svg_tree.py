"""An SVG document as a tree of elements, read without opening anything else."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from ..errors import FileFormatError, InputError

__all__ = ["Element", "read_tree"]

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

# Abbreviations, as Illustrator declares them for namespaces; longer ones have another purpose.
LONGEST_ENTITY = 1000


@dataclass(slots=True, eq=False)
class Element:
    """One element; those of other vocabularies, an editor's own notes, have no tag."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def target(self) -> str | None:
        """The id that ``href`` refers to in this document."""
        href = self.attributes.get("href", self.attributes.get(f"{XLINK} href", "")).strip()
        return href[1:] if href.startswith("#") else None


def read_tree(source: str | bytes | os.PathLike[str]) -> Element:
    """Read a document's root from its text, or from the file at a path.

    Raises
    ------
    InputError
        For XML that is broken, or declares entities that are more than short abbreviations.
    FileFormatError
        For a file that cannot be read.
    """
    text = _text(source)
    builder = _Builder()
    parser = expat.ParserCreate("utf-8" if isinstance(text, str) else None, namespace_separator=" ")
    parser.buffer_text = True
    parser.EntityDeclHandler = _entity
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise InputError(f"this SVG is no well-formed XML: {error}") from error
    if builder.root is None:
        raise InputError("this XML has no svg element", fix="pass the text of an SVG file")
    return builder.root


def _text(source: Any) -> str | bytes:
    if isinstance(source, str) and "<" not in source and source.strip():
        source = Path(source)
    if isinstance(source, os.PathLike):
        try:
            source = Path(source).read_bytes()
        except (OSError, ValueError) as error:
            path = os.fspath(source)
            raise FileFormatError(
                f"cannot read an SVG from {path!r:.200}: {getattr(error, 'strerror', None) or error}",
                path=path,
                fix="pass the path of an SVG file, or its text",
            ) from error
        if source.startswith(b"\x1f\x8b"):
            raise InputError("this SVG is compressed (SVGZ)", fix="gzip.decompress(path.read_bytes())")
    if not isinstance(source, (str, bytes)):
        raise InputError(
            f"SVG is read from its text or the path of a file, got {type(source).__name__}",
            fix="path.read_text() gives the text",
        )
    return source


def _entity(name: str, _parameter: int, value: str | None, *_: Any) -> None:
    """Allow short abbreviations only: no files, no other entities inside, so that no text gets much longer."""
    if value is None or "&" in value or "%" in value or len(value) > LONGEST_ENTITY:
        what = "an external entity" if value is None else "an entity that is no plain abbreviation"
        raise InputError(f"this SVG declares {what}, {name!r:.40}", fix="export it as plain SVG")


class _Builder:
    """Takes elements one by one; nothing is recursive, so no document is too deep."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        element = Element(tag if space in {"", SVG} else "", attributes)
        if self.open:
            self.open[-1].children.append(element)
        elif element.tag == "svg":
            self.root = element
        else:
            raise InputError(f"the outermost element is {tag}, not svg", fix="pass the text of an SVG file")
        self.open.append(element)

    def end(self, _name: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        self.open[-1].text.append(text)
