"""What steps have in common: enlarging, and the picture of a result."""

from __future__ import annotations

from typing import Any

from preproc.arrays import Image

from ..catalog import endpoint as find
from ..fal import Fal
from ..jobs.result import Result
from ..plan import Plan
from ..plan.resolve import resolve
from .flow import Step

__all__ = ["enlarged", "image_of"]


def enlarged(fal: Fal, of: str, endpoint: str, factor: float, prompt: str) -> Step:
    """Return the step ``"large"``, which enlarges the picture of step `of`."""
    spec = find(resolve(endpoint).endpoint)
    words: dict[str, Any] = {spec.output_size.field or "scale": factor}
    if "prompt" in spec.fields:
        words["prompt"] = prompt
    return Step("large", lambda pictures: fal.plan(endpoint, image=pictures[of], **words), image_of)


def image_of(result: Result, _: Plan) -> Image:
    """Return the first picture of a result."""
    return result.image.array()
