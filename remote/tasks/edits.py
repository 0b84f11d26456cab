"""Extend a photo beyond its border and keep the rest bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Unpack

import PIL.Image

from preproc import outpaint
from preproc.edit import Edit, Finished
from preproc.edit.finish import Repair
from preproc.files import ImageSource
from preproc.outpaint.fill import Fill

from ..catalog.facts import Spec
from ..core import Core
from ..errors import PlanError
from ..plan.resolve import resolve
from ..running import Running
from .checked import task

__all__ = ["EditTasks"]


class EditTasks(Core):
    """Tasks that end in a `Finished`: the photo, the new part pasted in, and the proof that nothing else moved."""

    @task
    def outpaint(
        self,
        photo: PIL.Image.Image | ImageSource,
        /,
        *,
        left: int = 0,
        top: int = 0,
        right: int = 0,
        bottom: int = 0,
        aspect: str | tuple[int, int] | Fraction | None = None,
        size: tuple[int, int] | None = None,
        zoom_out: float | None = None,
        prompt: str | None = None,
        endpoint: str = "fal-ai/flux-pro/v1/fill",
        fill: Fill = "blur",
        overlap: float = 32,
        margin_px: float = 8,
        seed: int | None = None,
        repair: Repair = "auto",
        align: bool = False,
        arguments: Mapping[str, Any] | None = None,
        **running: Unpack[Running],
    ) -> Finished:
        """Extend a photo beyond its border.

        Parameters
        ----------
        photo
            In any form.
        left, top, right, bottom, aspect, size, zoom_out, fill, overlap, margin_px
            As in `preproc.outpaint.extend`.
        prompt
            What the whole picture shows. Endpoints that need one get a plain one where none is given.
        endpoint
            One that takes a picture and a mask, or one of the group ``outpaint`` that takes the sides in pixels or the
            canvas and the photo's place on it.
        seed, repair, align, arguments, **running
            As in `inpaint`.

        Raises
        ------
        PlanError
            If the endpoint takes neither a mask nor the photo's place.
        """
        edit = outpaint.extend(
            photo,
            left=left,
            top=top,
            right=right,
            bottom=bottom,
            aspect=aspect,
            size=size,
            zoom_out=zoom_out,
            fill=fill,
            overlap=overlap,
            margin_px=margin_px,
            rule=self.rule(endpoint),
        )
        there = resolve(endpoint)
        needs_prompt = there.spec is not None and "prompt" in there.spec.fields and there.spec.fields["prompt"].required
        words: dict[str, Any] = {"prompt": prompt or (_PLAIN_PROMPT if needs_prompt else None), "seed": seed}
        if there.spec is None or there.spec.mask is not None:
            plan = self._plan(there, arguments, edit=edit, **words)
        else:
            plan = self._plan(there, arguments, image=edit.original, **_placement(there.spec, edit), **words)
        return edit.finish(self.run(plan, **running), repair=repair, align=align)


_PLAIN_PROMPT = "the scene of the photo continues beyond its border, same light, same style"


def _placement(spec: Spec, edit: Edit) -> dict[str, Any]:
    """Say where the photo lies on the canvas, in the endpoint's words."""
    height, width = edit.original.shape[:2]
    left, top = edit.origin[0] - edit.crop.left, edit.origin[1] - edit.crop.top
    canvas = edit.crop.size
    sides = {
        "expand_left": left,
        "expand_top": top,
        "expand_right": canvas.width - left - width,
        "expand_bottom": canvas.height - top - height,
    }
    if set(sides) <= set(spec.fields):
        return {**sides, **({"zoom_out_percentage": 0} if "zoom_out_percentage" in spec.fields else {})}
    if {"canvas_size", "original_image_size", "original_image_location"} <= set(spec.fields):
        return {
            "canvas_size": list(canvas),
            "original_image_size": [width, height],
            "original_image_location": [left, top],
        }
    raise PlanError(
        f"{spec.id} takes neither a mask nor the photo's place on the canvas, so the photo could not be kept",
        endpoint=spec.id,
        fix="fal-ai/flux-pro/v1/fill or fal-ai/flux-2-pro/outpaint keep it; fal.run(...) uses this one as it is",
    )
