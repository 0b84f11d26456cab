"""Extend a photo beyond its border and keep the rest bit for bit."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Unpack

import PIL.Image

from preproc import outpaint
from preproc.arrays import size_of_array
from preproc.edit import Edit, Finished
from preproc.edit.finish import Repair
from preproc.errors import ScaleWarning
from preproc.files import ImageSource
from preproc.outpaint import Anchor, Fill, Sides

from ..catalog.facts import Spec
from ..core import Core
from ..errors import LimitError, PlanError
from ..plan import Plan
from ..plan.resolve import resolve
from ..running import Running
from .checked import task

__all__ = ["OutpaintTasks"]


class OutpaintTasks(Core):
    """A larger photo: the new part pasted around it, and the proof that nothing of it moved."""

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
        left_ratio: float = 0,
        top_ratio: float = 0,
        right_ratio: float = 0,
        bottom_ratio: float = 0,
        aspect: str | tuple[int, int] | Fraction | None = None,
        size: tuple[int, int] | None = None,
        zoom_out: float | None = None,
        anchor: Anchor = "center",
        max_step_px: int | None = None,
        prompt: str | None = None,
        endpoint: str = "fal-ai/flux-pro/v1/fill",
        fill: Fill = "blur",
        color: tuple[int, int, int] = (128, 128, 128),
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
        left, top, right, bottom, left_ratio, top_ratio, right_ratio, bottom_ratio, aspect, size, zoom_out, anchor
            As in `preproc.outpaint.extend`.
        fill, color, overlap, margin_px
            The same; some endpoints want pure green: ``fill="solid", color=(0, 255, 0)``.
        max_step_px
            Most pixels to add on a side in one job; more is done in steps, each paid for (`preproc.outpaint.steps`).
            `max_price` and the limits then count all steps together before the first is sent, and the receipt is that
            of the last step. None: as many as the endpoint takes. Where something cannot be sent at its own scale, a
            `ScaleWarning` says so.
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
        there = resolve(endpoint)
        native = there.spec is not None and there.spec.mask is None
        rule = self.rule(endpoint)
        limit = max_step_px or (_most_per_side(there.spec) if there.spec is not None and native else None)
        plan = outpaint.steps(
            photo,
            left=left,
            top=top,
            right=right,
            bottom=bottom,
            left_ratio=left_ratio,
            top_ratio=top_ratio,
            right_ratio=right_ratio,
            bottom_ratio=bottom_ratio,
            aspect=aspect,
            size=size,
            zoom_out=zoom_out,
            anchor=anchor,
            fill=fill,
            color=color,
            overlap=overlap,
            margin_px=margin_px,
            # one that takes the sides takes them to the pixel
            rule=dataclasses.replace(rule, multiple_of=1, cell=1) if native else rule,
            max_step_px=limit,
        )
        if not native:
            for note in plan.notes:
                warnings.warn(note, ScaleWarning, stacklevel=3)  # past the check of keywords
        needs_prompt = there.spec is not None and "prompt" in there.spec.fields and there.spec.fields["prompt"].required
        words: dict[str, Any] = {"prompt": prompt or (_PLAIN_PROMPT if needs_prompt else None), "seed": seed}

        def planned(edit: Edit) -> Plan:
            if there.spec is None or there.spec.mask is not None:
                return self._plan(there, arguments, edit=edit, **words)
            return self._plan(there, arguments, image=edit.original, **_placement(there.spec, edit), **words)

        forecast = [planned(plan.forecast(number)) for number in range(1, len(plan))]
        if forecast:
            _check_total([planned(plan.edit(0)), *forecast], running.get("max_price"))
        done: Finished | None = None
        for number in range(len(plan)):
            edit = plan.edit(number, done)
            job = planned(edit)
            if forecast[number:]:  # all steps have to be paid for, or none
                self._afford(
                    job, *forecast[number:], again=running.get("again", False), max_price=running.get("max_price")
                )
            done = edit.finish(self.run(job, **running), repair=repair, align=align)
        assert done is not None
        return done


_PLAIN_PROMPT = "the scene of the photo continues beyond its border, same light, same style"


def _check_total(plans: Sequence[Plan], max_price: float | None) -> None:
    """Refuse steps that are known to cost more than `max_price` together."""
    known = sum(plan.price.amount or 0.0 for plan in plans)
    if max_price is not None and known > max_price + 1e-9:
        raise LimitError(
            f"{len(plans)} steps of {plans[0].endpoint} would cost {known:.4g} USD together; max_price is {max_price:.4g} USD",
            fix=f"max_price={known:.4g}, if they may cost that much, or extend by less",
            limit=max_price,
            price=known,
            endpoint=plans[0].endpoint,
        )


def _most_per_side(spec: Spec) -> int | None:
    """Return the most pixels that an endpoint adds on a side; None where it says nothing of it."""
    limits = [spec.fields[f"expand_{side}"].maximum for side in Sides._fields if f"expand_{side}" in spec.fields]
    return min((int(limit) for limit in limits if limit is not None), default=None)


def _placement(spec: Spec, edit: Edit) -> dict[str, Any]:
    """Say where the photo lies on the canvas, in the endpoint's words."""
    photo, (left, top), crop = size_of_array(edit.original), edit.origin, edit.crop
    added = Sides(left - crop.left, top - crop.top, crop.right - left - photo.width, crop.bottom - top - photo.height)
    expansion, placement = added.as_expansion(), added.as_placement(photo)
    if set(expansion) <= set(spec.fields):
        return {**expansion, **({"zoom_out_percentage": 0} if "zoom_out_percentage" in spec.fields else {})}
    if set(placement) <= set(spec.fields):
        return dict(placement)
    raise PlanError(
        f"{spec.id} takes neither a mask nor the photo's place on the canvas, so the photo could not be kept",
        endpoint=spec.id,
        fix="fal-ai/flux-pro/v1/fill or fal-ai/flux-2-pro/outpaint keep it; fal.run(...) uses this one as it is",
    )
