"""What endpoints call the same thing."""

from __future__ import annotations

from typing import Any

import numpy as np

from preproc.arrays import Mask

from ..catalog import nested
from ..catalog.facts import Spec
from ..plan.resolve import Resolved

__all__ = ["around", "in_words"]

_TEXT = ("prompt", "instruction", "text_input", "object_name")


def in_words(there: Resolved, prompt: str | None) -> dict[str, Any]:
    """Return a prompt under the name it has at an endpoint.

    Examples
    --------
    >>> from ..plan.resolve import resolve
    >>> in_words(resolve("bria/genfill/v2"), "a barn"), in_words(resolve("fal-ai/flux-general"), None)
    ({'instruction': 'a barn'}, {})
    """
    if prompt is None:
        return {}
    fields = there.spec.fields if there.spec else {}
    return {next((name for name in _TEXT if name in fields), "prompt"): prompt}


def around(spec: Spec, mask: Mask) -> dict[str, Any]:
    """Return the box around a mask, in the form an endpoint takes boxes: in pixels, or as shares of the picture.

    Examples
    --------
    >>> from ..catalog import endpoint
    >>> around(endpoint("fal-ai/object-removal/bbox"), np.full((4, 8), 255, np.uint8))
    {'box_prompts': [{'x_min': 0.0, 'y_min': 0.0, 'x_max': 1.0, 'y_max': 1.0}]}
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)).tolist(), np.flatnonzero(mask.any(axis=0)).tolist()
    edges = {"x_min": columns[0], "y_min": rows[0], "x_max": columns[-1] + 1, "y_max": rows[-1] + 1}
    if nested(spec.fields["box_prompts"].of)["x_min"].type == "number":
        height, width = mask.shape
        return {"box_prompts": [{name: at / (width if name[0] == "x" else height) for name, at in edges.items()}]}
    return {"box_prompts": [edges]}
