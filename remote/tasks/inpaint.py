"""Paint a part of a photo anew, or remove what is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

import PIL.Image

from preproc import crop
from preproc import mask as masks
from preproc.edit import Finished
from preproc.edit.finish import Repair
from preproc.files import ImageSource

from ..core import Core
from ..plan.levels import StrengthName
from ..plan.resolve import resolve
from ..running import Running
from .checked import task
from .words import around, in_words

__all__ = ["InpaintTasks"]

_EVERYTHING_PX = 100_000.0


class InpaintTasks(Core):
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
