"""Make a photo larger, cut out what it shows, restore faces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

import PIL.Image

from preproc.files import ImageSource

from ..core import Core
from ..errors import PlanError, Problem
from ..jobs.result import Result
from ..plan.resolve import resolve
from ..running import Running
from .checked import task
from .words import in_words

__all__ = ["EnhanceTasks"]

_NEW_BACKGROUND = ("/replace", "/replace-background", "/product-shot")


class EnhanceTasks(Core):
    """From a photo to a better one."""

    @task
    def upscale(
        self,
        photo: PIL.Image.Image | ImageSource,
        /,
        *,
        factor: float | None = None,
        endpoint: str = "fal-ai/esrgan",
        prompt: str | None = None,
        creativity: float | None = None,
        resemblance: float | None = None,
        face: bool | None = None,
        seed: int | None = None,
        arguments: Mapping[str, Any] | None = None,
        **running: Unpack[Running],
    ) -> Result:
        """Enlarge a photo.

        Parameters
        ----------
        photo
            In any form.
        factor
            How many times wider and higher, in the range the endpoint takes; None leaves its default.
        endpoint
            Any of the group ``upscale``: ``fal-ai/esrgan`` is fast and faithful, ``fal-ai/clarity-upscaler`` and
            ``fal-ai/creative-upscaler`` invent detail.
        creativity, resemblance
            How much is invented, and how close it stays to the photo, where the endpoint has a number for it.

            ============== ======================== ===== =======
            argument       endpoint                 range default
            ============== ======================== ===== =======
            scale          fal-ai/esrgan            1 - 8 2
            upscale_factor fal-ai/clarity-upscaler  1 - 4 2
            creativity     fal-ai/clarity-upscaler  0 - 1 0.35
            resemblance    fal-ai/clarity-upscaler  0 - 1 0.6
            scale          fal-ai/creative-upscaler 1 - 5 2
            creativity     fal-ai/creative-upscaler 0 - 1 0.5
            ============== ======================== ===== =======

            `factor` is sent as ``scale`` or ``upscale_factor``.
        face
            For ``fal-ai/esrgan``: restore faces, too.
        prompt, seed, arguments, **running
            As in `transform`.
        """
        there = resolve(endpoint)
        words: dict[str, Any] = {"prompt": prompt, "seed": seed}
        words |= {"creativity": creativity, "resemblance": resemblance, "face": face}
        if factor is not None:
            field = there.spec.output_size.field if there.spec else ""
            if not field:
                raise PlanError(f"{there.endpoint} takes no factor", endpoint=there.endpoint, fix="leave factor out")
            words[field] = factor
        return self.run(self._plan(there, arguments, image=photo, **words), **running)

    @task
    def remove_background(
        self,
        photo: PIL.Image.Image | ImageSource,
        /,
        *,
        endpoint: str = "fal-ai/birefnet/v2",
        prompt: str | None = None,
        model: str | None = None,
        output_mask: bool | None = None,
        arguments: Mapping[str, Any] | None = None,
        **running: Unpack[Running],
    ) -> Result:
        """Cut out what stands in front; `Result.image` has an alpha channel.

        Parameters
        ----------
        photo
            In any form.
        endpoint
            One of the group ``background`` that cuts out; those that put something new behind are for `Fal.run`.
        prompt
            What is cut out, for endpoints that are told, such as ``bria/extract-object``.
        model, output_mask
            For ``fal-ai/birefnet``: which network, and whether `Result.masks` holds the mask too.
        arguments, **running
            As in `transform`.
        """
        there = resolve(endpoint)
        if there.endpoint.endswith(_NEW_BACKGROUND):
            raise PlanError(
                f"{there.endpoint} puts something new behind: its result has no transparent background",
                endpoint=there.endpoint,
                fix=f"fal.run({there.endpoint!r}, image=photo, ...) uses it as it is",
            )
        words = in_words(there, prompt)
        plan = self._plan(there, arguments, image=photo, model=model, output_mask=output_mask, **words)
        return self.run(plan, **running)

    @task
    def restore_face(
        self,
        photo: PIL.Image.Image | ImageSource,
        /,
        *,
        fidelity: float | None = None,
        upscale_factor: float | None = None,
        endpoint: str = "fal-ai/codeformer",
        arguments: Mapping[str, Any] | None = None,
        **running: Unpack[Running],
    ) -> Result:
        """Restore faces.

        Parameters
        ----------
        photo
            In any form.
        fidelity
            For ``fal-ai/codeformer``: from 0, which looks best, to 1, which stays closest to the photo; None leaves 0.5.
        upscale_factor
            How many times the result is enlarged; ``fal-ai/codeformer`` twice where it is left out.
        endpoint
            One of the group ``face``.
        arguments, **running
            As in `transform`.
        """
        if isinstance(fidelity, int | float) and not 0 <= fidelity <= 1:
            problem = Problem("fidelity", fidelity, f"{fidelity} is not from 0 to 1", "less_than_equal")
            raise PlanError(f"{endpoint}: {problem}", endpoint=endpoint, problems=[problem])
        words: dict[str, Any] = {"fidelity": fidelity, "upscale_factor": upscale_factor}
        return self.run(self._plan(resolve(endpoint), arguments, image=photo, **words), **running)
