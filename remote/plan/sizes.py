"""The size a result will have, as far as the arguments and the catalog tell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from preproc.geometry import Size

from ..catalog import presets
from ..catalog.facts import Spec

__all__ = ["predict_size"]


def predict_size(spec: Spec, payload: Mapping[str, Any], *, sent: Size | None = None) -> Size | None:
    """Predict the size of the result; None where it cannot be told.

    Parameters
    ----------
    spec, payload
        The endpoint and its arguments.
    sent
        Size of the picture that is worked on, where there is one and it is known.

    Examples
    --------
    >>> from remote.catalog import endpoint
    >>> predict_size(endpoint("fal-ai/esrgan"), {"scale": 4}, sent=Size(300, 200))
    Size(width=1200, height=800)
    >>> predict_size(endpoint("fal-ai/seedvr/upscale/image"), {}, sent=Size(800, 450))
    Size(width=1600, height=912)
    """
    fact = spec.output_size
    chosen = {name: payload.get(name, field.default) for name, field in spec.fields.items()}
    if any(chosen.get(name) != value for name, value in fact.only_if.items()):
        return None
    size = _predict(fact.size, fact.field, chosen, sent, least_side=fact.least_side)
    if size is None:
        return None
    step = fact.multiple_of
    return Size(math.ceil(size.width / step) * step, math.ceil(size.height / step) * step)


def _scaled(size: Size, factor: float) -> Size:
    return Size(round(size.width * factor), round(size.height * factor))


def _predict(how: str, name: str, chosen: Mapping[str, Any], sent: Size | None, *, least_side: int) -> Size | None:
    match how:
        case "image_size":
            asked = chosen.get("image_size")
            if isinstance(asked, Mapping):
                return Size(asked["width"], asked["height"])
            return Size(*presets()[asked]) if asked in presets() else sent
        case "width and height":
            return Size(chosen["width"], chosen["height"])
        case "field":
            asked = chosen.get(name)
            return Size(*asked) if asked else None
        case "input":
            return sent
        case "scaled" if sent and chosen.get(name):
            return _scaled(_scaled(sent, max(1.0, least_side / min(sent))), chosen[name])
        case "expanded" if sent:
            sides = {side: chosen.get(f"expand_{side}") or 0 for side in ("left", "right", "top", "bottom")}
            return Size(
                sent.width + round(sides["left"] + sides["right"]), sent.height + round(sides["top"] + sides["bottom"])
            )
    return None
