"""How SVG elements are painted, as far as it decides what they cover: attributes, ``style`` and simple rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ..errors import InputError
from .svg_tree import Element

__all__ = ["INHERITED", "INITIAL", "PER_ELEMENT", "Document", "declarations", "is_clear", "read_rules", "style_of"]

INHERITED = {
    "fill",
    "fill-opacity",
    "fill-rule",
    "stroke",
    "stroke-opacity",
    "stroke-width",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-dasharray",
    "visibility",
    "clip-rule",
}
PER_ELEMENT = {
    "display",
    "opacity",
    "clip-path",
    "mask",
    "filter",
    "marker-start",
    "marker-mid",
    "marker-end",
    "marker",
    "vector-effect",
}
INITIAL = {
    "fill": "black",
    "stroke": "none",
    "stroke-width": "1",
    "stroke-linecap": "butt",
    "stroke-linejoin": "miter",
    "stroke-miterlimit": "4",
}
UNSEEN = re.compile(r"transparent|none|(?:rgba|hsla)\([^)]*[,/]\s*0*\.?0*%?\s*\)", re.IGNORECASE)
SELECTOR = re.compile(r"(\*|[\w-]+)?((?:[.#][\w-]+)*)")


class Rule(NamedTuple):
    """What a style sheet declares for an element, classes and an id, as far as it names them."""

    tag: str
    classes: frozenset[str]
    ids: frozenset[str]
    declared: dict[str, str]

    @property
    def weight(self) -> tuple[int, int, int]:
        """By which rules count; of equal ones the later."""
        return len(self.ids), len(self.classes), int(self.tag != "*")

    def meets(self, element: Element) -> bool:
        """Tell whether it is about this element."""
        return (
            self.tag in {"*", element.tag}
            and self.ids <= {element.attributes.get("id", "")}
            and self.classes <= set(element.attributes.get("class", "").split())
        )


class Document(NamedTuple):
    """What any element of a document may refer to."""

    named: dict[str, Element]
    rules: list[Rule]


def read_rules(sheets: Iterable[str]) -> list[Rule]:
    """Read the rules of style sheets, the weakest first.

    Raises
    ------
    InputError
        For selectors other than elements, classes and ids, where they decide what is covered.
    """
    rules = []
    for sheet in sheets:
        plain = re.sub(r"/\*.*?\*/|<!--|-->", "", sheet, flags=re.DOTALL)
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", plain):
            if declared := declarations(body):
                rules += [_rule(selector, declared) for selector in selectors.split(",")]
    return sorted(rules, key=lambda rule: rule.weight)


def _rule(selector: str, declared: dict[str, str]) -> Rule:
    found = SELECTOR.fullmatch(selector.strip())
    if found is None or not found[0]:
        raise InputError(
            f"this SVG styles shapes by a rule for {selector.strip()!r:.60}",
            fix="export it with presentation attributes, or as plain SVG",
        )
    named = re.findall(r"([.#])([\w-]+)", found[2])
    classes, ids = (frozenset(name for mark, name in named if mark == which) for which in ".#")
    return Rule(found[1] or "*", classes, ids, declared)


def style_of(element: Element, rules: list[Rule]) -> dict[str, str]:
    """Return what is declared for an element itself."""
    style = {key: element.attributes[key].strip() for key in INHERITED | PER_ELEMENT if key in element.attributes}
    for rule in rules:
        if rule.meets(element):
            style |= rule.declared
    style |= declarations(element.attributes.get("style", ""))
    return {key: "none" if UNSEEN.fullmatch(value) else value for key, value in style.items()}


def is_clear(style: dict[str, str], key: str) -> bool:
    """Tell whether one of the three opacities is 0: nothing is seen then."""
    try:
        return float(style.get(key, "1").removesuffix("%")) <= 0
    except ValueError:
        return False


def declarations(text: str, wanted: set[str] = INHERITED | PER_ELEMENT) -> dict[str, str]:
    """Read the wanted ones of CSS declarations."""
    pairs = (part.partition(":") for part in text.split(";"))
    found = {key.strip().lower(): value.replace("!important", "").strip() for key, _, value in pairs}
    for key in ("transform", "rotate", "scale", "translate"):
        if found.get(key, "none") != "none":
            raise InputError(
                f"this SVG moves shapes by the style {key}: {found[key]!r:.60}",
                fix="export it with transform attributes",
            )
    return {key: value for key, value in found.items() if key in wanted}
