"""How a control map is sent: each endpoint has its own place, word and switches for it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from .. import catalog
from ..catalog.facts import Control, Spec
from ..errors import PlanError
from . import paths
from .levels import ScaleName

__all__ = ["RECOMMENDED", "ControlType", "control_arguments", "takers"]

ControlType: TypeAlias = Literal[
    "canny", "depth", "pose", "tile", "blur", "gray", "low_quality", "soft_edge", "normal", "segmentation"
]
"""Kinds of control maps: canny edges, 3D structure, human pose, detail, blur, gray structure, quality enhancement, soft
edges, surface normals, labelled regions."""

RECOMMENDED: MappingProxyType[str, tuple[float, float]] = MappingProxyType(
    {
        "canny": (0.7, 0.8),
        "depth": (0.8, 0.8),
        "pose": (0.8, 0.65),
        "gray": (0.8, 0.8),
        "tile": (0.55, 0.8),
        "blur": (0.55, 0.8),
        "low_quality": (0.55, 0.8),
    }
)
"""Conditioning scale and end to start from with a FLUX union: the values on the model card of
Shakker-Labs/FLUX.1-dev-ControlNet-Union-Pro-2.0, kept within the 0.3 to 0.8 that the card of Union-Pro, the weights
used here, recommends; the middle of that range for the types the newer card no longer has."""

_SAME = {
    "openpose": "pose",
    "low-quality": "low_quality",
    "softedge": "soft_edge",
    "hed": "soft_edge",
    "pidi": "soft_edge",
    "teed": "soft_edge",
}


def control_arguments(
    spec: Spec,
    type: ControlType | str,  # noqa: A002 - the word users know
    map: Any,  # noqa: A002
    *,
    scale: float | ScaleName | None = None,
    start: float | None = None,
    end: float | None = None,
    weights: str | None = None,
) -> dict[str, Any]:
    """Return the arguments that send a finished control map to an endpoint.

    Parameters
    ----------
    spec
        The endpoint, from `remote.catalog.endpoint`.
    type
        What kind of map it is.
    map
        The map: path, URL, bytes, Pillow image, array or `preproc.control.ControlMap`.
    scale
        How strictly it is followed, as a number or a name of `remote.plan.levels`. None: the value of `RECOMMENDED` for a
        FLUX union, elsewhere the endpoint's default.
    start, end
        From and until which share of the steps it applies, 0 to 1.
    weights
        Weights of the control network, a URL or a Hugging Face repository, where the endpoint takes any. None: the ones
        that are known to work, where there are some.

    Returns
    -------
    dict
        Arguments for `Fal.plan`, with the switches set that keep the endpoint from making a map of the map.

    Raises
    ------
    PlanError
        If the endpoint takes no control map, not this kind, or has no `start`, `end`, `scale` or `weights`.

    Examples
    --------
    >>> arguments = control_arguments(catalog.endpoint("fal-ai/flux-general"), "low_quality", "map.png", scale="loose")
    >>> arguments["controlnet_unions"][0]["controls"][0]["control_mode"]
    'low-quality'
    >>> control_arguments(catalog.endpoint("fal-ai/sdxl-controlnet-union"), "pose", "map.png")
    {'openpose_image_url': 'map.png', 'openpose_preprocess': False}
    """
    control = spec.control
    if control is None or not spec.live:
        raise PlanError(
            f"{spec.id} takes no control map" if spec.live else f"{spec.id} is no longer published",
            endpoint=spec.id,
            fix=f"endpoints that do: {', '.join(takers(type))}",
        )
    kind = _SAME.get(type, type)
    if control.types and kind not in control.types:
        raise PlanError(
            f"{spec.id} takes {', '.join(control.types)} maps, not {type}",
            endpoint=spec.id,
            fix=f"endpoints that take {type}: {', '.join(takers(type)) or 'none in the catalog'}",
        )
    word = control.types.get(kind, kind)
    if control.form == "union":
        recommended_scale, recommended_end = RECOMMENDED[kind]
        scale = recommended_scale if scale is None else scale
        end = recommended_end if end is None else end
    arguments: dict[str, Any] = {}
    for path, value in (*control.set.items(), (control.image, map), *control.off.items()):
        paths.put(arguments, path.format(type=word), value)
    if control.mode:
        paths.put(arguments, control.mode, word)
    choices = {
        "scale": (control.scale, scale),
        "start": (control.start, start),
        "end": (control.end, end),
        "weights": (_place_of_weights(control), weights),
    }
    for name, (place, choice) in choices.items():
        if choice is None:
            continue
        if place is None:
            raise PlanError(f"{spec.id} has no {name} for its control map", endpoint=spec.id, fix=f"leave {name} out")
        paths.put(arguments, place, choice)
    return arguments


def _place_of_weights(control: Control) -> str | None:
    return control.needs or next((place for place in control.set if place.endswith(".path")), None)


def takers(type: str, /) -> list[str]:  # noqa: A002
    """Return the endpoints that take maps of this kind and are published.

    Examples
    --------
    >>> takers("tile")[0]
    'fal-ai/flux-general'
    """
    kind = _SAME.get(type, type)
    found = [spec for spec in catalog.endpoints() if spec.live and spec.control and kind in spec.control.types]
    return sorted((spec.id for spec in found), key=lambda name: name != "fal-ai/flux-general")
