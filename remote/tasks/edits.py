"""Change a part of a photo and keep the rest bit for bit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Unpack

import PIL.Image

from preproc import crop, outpaint
from preproc import mask as masks
from preproc.edit import Edit, Finished
from preproc.edit.finish import Repair
from preproc.files import ImageSource
from preproc.outpaint import Fill, Sides

from ..catalog.facts import Spec
from ..core import Core
from ..errors import LimitError, PlanError
from ..plan import Plan
from ..plan.levels import StrengthName
from ..plan.resolve import resolve
from ..running import Running
from .checked import task
from .words import around, in_words

__all__ = ["EditTasks"]


class EditTasks(Core):
    """Tasks that end in a `Finished`: the photo, the new part pasted in, and the proof that nothing else moved."""

    @task
    def inpaint(
        self,
        photo: PIL.Image.Image | ImageSource,
        mask: PIL.Image.Image | ImageSource,
        /,
        *,
        prompt: str,
        endpoint: str = "fal-ai/flux-pro/v1/fill",
        negative_prompt: str | None = None,
        strength: float | StrengthName | None = None,
        guidance_scale: float | None = None,
        num_inference_steps: int | None = None,
        seed: int | None = None,
        context_ratio: float = 1.5,
        context_px: float | None = None,
        margin_px: float = 8,
        feather_px: float | None = None,
        sent_feather_px: float = 0,
        reference: Any = None,
        repair: Repair = "auto",
        align: bool = False,
        arguments: Mapping[str, Any] | None = None,
        **running: Unpack[Running],
    ) -> Finished:
        """Paint the masked part of a photo anew: crop, plan, run, finish.

        What a good mask needs, and what is done about it here:

        - White is painted anew, black is kept. An endpoint that has it the other way round gets the mask inverted, and
          one that was made inverted is caught where `reference` says what is meant.
        - It covers slightly more than the object: `margin_px` of 8 widens what is sent, and `preproc.mask.grow` the mask
          itself.
        - Clean, anti-aliased edges: the masks of `preproc.mask` have them. What is sent is black and white, on the
          model's grid, unless `sent_feather_px` softens it.
        - A slight feather: where the new part is pasted, 16 px around a hard mask; a soft one keeps its own (`feather_px`).
        - PNG: masks are sent as 8-bit gray PNG, never with loss, whatever they were read from.

        Parameters
        ----------
        photo
            In any form.
        mask
            What to change, of the photo's size: 255 edit, 0 keep, between blend.
        prompt
            What shall be seen there. Describe the whole of the crop rather than the object alone.
        endpoint
            Any that takes a picture and a mask.
        negative_prompt, strength, guidance_scale, num_inference_steps, seed
            As the endpoint takes them; what it does not take is refused before anything is sent. None leaves its
            default.

            =================== ============================== ======== =======
            argument            endpoint                       range    default
            =================== ============================== ======== =======
            strength            fal-ai/flux-general/inpainting 0.01 - 1 0.85
            num_inference_steps fal-ai/flux-general/inpainting 1 - 50   28
            guidance_scale      fal-ai/flux-general/inpainting 0 - 20   3.5
            strength            fal-ai/fast-sdxl/inpainting    0.01 - 1 0.95
            num_inference_steps fal-ai/fast-sdxl/inpainting    1 - 65   25
            guidance_scale      fal-ai/fast-sdxl/inpainting    0 - 20   7.5
            =================== ============================== ======== =======

            ``fal-ai/flux-pro/v1/fill`` takes none of the three. For inpainting, `strength` is near 1 where something else shall be seen (``"full"``), and 0.5 to
            0.7 where what is there shall only change (``"moderate"``).
        context_ratio, context_px, margin_px, feather_px, sent_feather_px
            As in `preproc.crop.around`.
        reference
            Where the mask is meant to be, a box or a mask, to catch inverted ones.
        repair, align
            As in `preproc.Edit.finish`.
        arguments
            Further arguments of the endpoint.
        **running
            `timeout`, `again`, `max_price` and `on_update`, see `Running`.

        Returns
        -------
        Finished
            Image and receipt.

        Raises
        ------
        MaskError, PlanError
            Before anything is sent.
        RemoteError
            As `Fal.run` raises it.
        """
        edit = crop.around(
            photo,
            mask,
            context_ratio=context_ratio,
            context_px=context_px,
            margin_px=margin_px,
            feather_px=feather_px,
            sent_feather_px=sent_feather_px,
            rule=self.rule(endpoint),
        )
        there = resolve(endpoint)
        plan = self._plan(
            there,
            arguments,
            edit=edit,
            reference=reference,
            **in_words(there, prompt),
            negative_prompt=negative_prompt,
            strength=strength,
            guidance_scale=guidance_scale,
            num_inference_steps=num_inference_steps,
            seed=seed,
        )
        return edit.finish(self.run(plan, **running), repair=repair, align=align)

    @task
    def fill(
        self,
        photo: PIL.Image.Image | ImageSource,
        mask: PIL.Image.Image | ImageSource,
        /,
        *,
        prompt: str,
        endpoint: str = "fal-ai/flux-pro/v1/fill",
        seed: int | None = None,
        margin_px: float = 8,
        feather_px: float | None = None,
        reference: Any = None,
        repair: Repair = "auto",
        align: bool = False,
        arguments: Mapping[str, Any] | None = None,
        **running: Unpack[Running],
    ) -> Finished:
        """Fill the masked part of a photo, with the whole photo as context.

        Unlike `inpaint`, which sends a crop, this shows the endpoint everything: right for large masks and small
        photos; a large photo costs more and is sent at the size the endpoint takes.

        Parameters
        ----------
        photo, mask, prompt, endpoint, seed, margin_px, feather_px, reference, repair, align, arguments, **running
            As in `inpaint`.
        """
        return self.inpaint(
            photo,
            mask,
            prompt=prompt,
            endpoint=endpoint,
            seed=seed,
            context_px=_EVERYTHING_PX,
            margin_px=margin_px,
            feather_px=feather_px,
            reference=reference,
            repair=repair,
            align=align,
            arguments=arguments,
            **running,
        )

    @task
    def erase(
        self,
        photo: PIL.Image.Image | ImageSource,
        mask: PIL.Image.Image | ImageSource,
        /,
        *,
        endpoint: str = "fal-ai/flux-pro/v1/erase",
        prompt: str | None = None,
        context_ratio: float = 2.0,
        context_px: float | None = None,
        grow_px: float = 8,
        margin_px: float = 0,
        feather_px: float | None = None,
        reference: Any = None,
        repair: Repair = "auto",
        align: bool = False,
        arguments: Mapping[str, Any] | None = None,
        **running: Unpack[Running],
    ) -> Finished:
        """Remove what the mask covers.

        Parameters
        ----------
        photo, mask, context_ratio, context_px, feather_px, reference, repair, align, arguments, **running
            As in `inpaint`.
        endpoint
            Any of the group ``erase``. Those that take a box instead of a mask get the one around it; those that take
            words need a `prompt`. Whatever they do, only what the mask covers is taken over.
        prompt
            What is removed, in a word or two.
        grow_px
            How far beyond the mask is erased, for soft edges and shadows.
        margin_px
            As in `preproc.crop.around`; 0, since these endpoints widen the mask by themselves.
        """
        edit = crop.around(
            photo,
            masks.grow(mask, grow_px),
            context_ratio=context_ratio,
            context_px=context_px,
            margin_px=margin_px,
            feather_px=feather_px,
            rule=self.rule(endpoint),
        )
        there = resolve(endpoint)
        words = in_words(there, prompt)
        if there.spec is not None and "box_prompts" in there.spec.fields:
            words |= around(there.spec, edit.sent_mask)
        plan = self._plan(there, arguments, edit=edit, reference=reference, **words)
        return edit.finish(self.run(plan, **running), repair=repair, align=align)

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
        max_step_px: int | None = None,
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
        max_step_px
            Most pixels to add on a side in one job; more is done in steps, each paid for (`preproc.outpaint.steps`).
            None: as many as the endpoint takes. `max_price` and the limits then count all steps together before the
            first is sent, and the receipt is that of the last step.
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
            aspect=aspect,
            size=size,
            zoom_out=zoom_out,
            fill=fill,
            overlap=overlap,
            margin_px=margin_px,
            # one that takes the sides takes them to the pixel
            rule=dataclasses.replace(rule, multiple_of=1, cell=1) if native else rule,
            max_step_px=limit or _EVERYTHING_PX,
        )
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


_EVERYTHING_PX = 100_000
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
