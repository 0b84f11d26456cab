"""An old or blurred portrait."""

from __future__ import annotations

from typing import Any

import PIL.Image

from preproc.files import ImageSource, Photo

from ..catalog import endpoint as find
from ..fal import Fal
from ..plan import Plan
from ..plan.resolve import resolve
from .flow import Pictures, Step, Workflow
from .pictures import image_of

__all__ = ["restore_portrait"]


def restore_portrait(
    fal: Fal,
    photo: PIL.Image.Image | ImageSource,
    /,
    *,
    fidelity: float | None = 0.7,
    factor: float | None = 4,
    restorer: str = "fal-ai/codeformer",
    upscaler: str = "fal-ai/esrgan",
) -> Workflow:
    """Enlarge an old or blurred portrait, then restore its faces.

    What was enlarged first is not enlarged once more by the restorer, which would do so by itself.

    Parameters
    ----------
    fal
        What runs it.
    photo
        The portrait, in any form.
    fidelity
        0 looks best, 1 stays closest to the photo.
    factor
        How many times it is enlarged first; None leaves it as it is.
    restorer, upscaler
        Endpoints of the groups ``face`` and ``upscale``.

    Returns
    -------
    Workflow
        With the steps ``"large"`` and ``"face"``.
    """
    picture = Photo.open(photo)

    def face(pictures: Pictures) -> Plan:
        return fal.plan(restorer, image=pictures.get("large", picture), fidelity=fidelity, **kept)

    enlarges = find(resolve(restorer).endpoint).output_size
    kept: dict[str, Any] = {enlarges.field: 1} if enlarges.size == "scaled" and factor is not None else {}
    steps = [Step("face", face, image_of)]
    if factor is not None:
        field = find(resolve(upscaler).endpoint).output_size.field or "scale"
        words: dict[str, Any] = {field: factor}
        steps.insert(0, Step("large", lambda _: fal.plan(upscaler, image=picture, **words), image_of))
    return Workflow(fal, tuple(steps))
