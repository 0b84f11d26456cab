"""Every type of control image: what it is, what it is made from, and which options it takes."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from ..errors import InputError
from .degrade import low_quality, settled_degradation
from .depth import normalize_depth
from .drawing import lineart, scribble, soft_edge
from .edges import canny
from .normals import normal_from_depth
from .options import choices_of, read_option, types_of
from .pose import draw_pose
from .resizing import MapKind
from .segmentation import segmentation_map
from .segments import lines
from .thresholding import settled_thresholds
from .tone import blur, gray, recolor, tile

__all__ = ["TYPES", "ControlType", "SourceKind", "control_type", "read_options"]

SourceKind: TypeAlias = Literal["photo", "depth", "people", "labels"]
Settle: TypeAlias = Callable[[Any, Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ControlType:
    """One type of control image.

    Attributes
    ----------
    name
        Its name here and in the endpoint catalog.
    about
        What it shows, in a few words.
    function
        What makes it; its keyword-only parameters are the type's options.
    source
        What it is made from. ``"photo"``: any picture. ``"depth"``, ``"people"`` and ``"labels"``: what a sensor, a
        renderer or a model found.
    kind
        What sort of map it is, for `resize`.
    channels
        1 or 3.
    polarity
        What its values mean.
    background
        What lies beside a padded map; None repeats the border.
    settle
        Replaces options that depend on the picture by the values chosen for it.
    """

    name: str
    about: str
    function: Callable[..., Any]
    source: SourceKind
    kind: MapKind
    channels: Literal[1, 3]
    polarity: str
    background: int | tuple[int, int, int] | None = None
    settle: Settle | None = None

    @property
    def is_local(self) -> bool:
        """True when a photo is all it takes; else a photo goes through a hosted preprocessor first."""
        return self.source == "photo"

    @property
    def draws_lines(self) -> bool:
        """True for white lines on black, where the share of lit pixels says how much is drawn."""
        return self.polarity == _LINES

    @property
    def options(self) -> dict[str, Any]:
        """The options and their defaults; `inspect.Parameter.empty` where one must be given."""
        parameters = inspect.signature(self.function).parameters.values()
        return {each.name: each.default for each in parameters if each.kind is each.KEYWORD_ONLY}


_LINES = "white lines on black"
_PICTURE = "as the picture"


def _types() -> tuple[ControlType, ...]:
    facing = "blue faces the camera, red the left, green the top"
    flat = (128, 128, 255)
    return (
        ControlType("blur", "the picture, blurred", blur, "photo", "smooth", 3, _PICTURE),
        ControlType("canny", "edges", canny, "photo", "lines", 1, _LINES, 0, settled_thresholds),
        ControlType("depth", "how near things are", normalize_depth, "depth", "smooth", 1, "near is white", 0),
        ControlType("gray", "the picture without colour", gray, "photo", "smooth", 1, _PICTURE),
        ControlType("lineart", "a drawing in thin lines", lineart, "photo", "smooth", 1, _LINES, 0),
        ControlType("lines", "straight line segments", lines, "photo", "lines", 1, _LINES, 0),
        ControlType(
            "low_quality", "the picture, spoilt", low_quality, "photo", "smooth", 3, _PICTURE, None, settled_degradation
        ),
        ControlType("normal", "which way surfaces face", normal_from_depth, "depth", "smooth", 3, facing, flat),
        ControlType("pose", "people's joints and limbs", draw_pose, "people", "palette", 3, "colours on black", 0),
        ControlType("recolor", "the picture's lightness", recolor, "photo", "smooth", 1, _PICTURE),
        ControlType("scribble", "a few broad strokes", scribble, "photo", "binary", 1, _LINES, 0),
        ControlType(
            "segmentation", "what is where", segmentation_map, "labels", "palette", 3, "a colour for each class"
        ),
        ControlType("soft_edge", "soft contours", soft_edge, "photo", "smooth", 1, _LINES, 0),
        ControlType("tile", "the picture without detail", tile, "photo", "smooth", 3, _PICTURE),
    )


TYPES: Mapping[str, ControlType] = MappingProxyType({each.name: each for each in _types()})
"""All types by name."""


def control_type(name: str) -> ControlType:
    """Look a type up; a wrong name is answered with the nearest."""
    if not isinstance(name, str) or name not in TYPES:
        name = str(name)
        raise InputError(f"unknown control type {name!r}", fix=_nearest(name.replace("-", "_"), TYPES))
    return TYPES[name]


def read_options(of: ControlType, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Check options against the signature of the type's function, and add its defaults."""
    known = of.options
    if given is not None and not isinstance(given, Mapping):
        raise InputError(
            f"options are a mapping from name to value, got {type(given).__name__}", fix="options={'low': 100}"
        )
    hints = types_of(of.function, known)
    checked = {}
    for name, value in (given or {}).items():
        if name not in known:
            raise InputError(f"{of.name} has no option {name!r}", fix=_nearest(name, known))
        checked[name] = read_option(of.name, name, value, hints[name])
    missing = [name for name, default in known.items() if default is inspect.Parameter.empty and name not in checked]
    if missing:
        named = " or ".join(f"options={{{missing[0]!r}: {one!r}}}" for one in choices_of(hints[missing[0]]))
        raise InputError(
            f"{of.name} needs {', '.join(missing)}", fix=f"pass {named or f'options={{{missing[0]!r}: …}}'}"
        )
    return known | checked


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f"did you mean {close[0]!r}?" if close else f"one of {', '.join(sorted(known)) or 'none'}"
