"""Paint a photo anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Unpack

import PIL.Image

from preproc.files import ImageSource

from ..core import Core
from ..jobs.result import Result
from ..plan.levels import StrengthName
from ..plan.resolve import Resolved, resolve
from ..running import Running
from .checked import task
from .sizing import generation
from .words import in_words

__all__ = ["TransformTasks"]


class TransformTasks(Core):
    """From a picture and words to a picture."""

    @task
    def transform(
        self,
        photo: PIL.Image.Image | ImageSource,
        /,
        *,
        prompt: str,
        strength: float | StrengthName | None = None,
        endpoint: str = "fal-ai/flux/dev/image-to-image",
        size: tuple[int, int] | None = None,
        negative_prompt: str | None = None,
        guidance_scale: float | None = None,
        num_inference_steps: int | None = None,
        num_images: int | None = None,
        output_format: Literal["png", "jpeg"] | None = None,
        seed: int | None = None,
        arguments: Mapping[str, Any] | None = None,
        **running: Unpack[Running],
    ) -> Result:
        """Paint a photo anew, more or less freely.

        Parameters
        ----------
        photo
            In any form.
        prompt
            What the result shall show.
        strength
            How far it moves from the photo, 0.01 to 1, or a name: see `remote.plan.levels`.

            ==================== =========== =======
            name                 range       sends
            ==================== =========== =======
            no-change            0.0 - 0.01  0.01
            subtle               0.2 - 0.5   0.35
            moderate             0.5 - 0.7   0.6
            strong               0.7 - 0.9   0.8
            full                 0.9 - 1.0   0.95
            colour-correction    0.2 - 0.3   0.25
            style-hint           0.3 - 0.5   0.4
            style-transfer       0.5 - 0.7   0.6
            reimagining          0.7 - 0.9   0.8
            full-regeneration    0.9 - 1.0   0.95
            ==================== =========== =======

            0.0 itself, no change at all, is below what endpoints take.
        endpoint
            Any of the group ``image_to_image``.
        size
            Width and height to generate at. None: the photo's shape, never enlarged, and reduced to the pixels the model
            paints best, about a million, without starting another megapixel where megapixels are billed.
        negative_prompt, guidance_scale, num_inference_steps, num_images, output_format, seed
            As the endpoint takes them; what it does not take is refused before anything is sent. None leaves its default,
            except that PNG is asked for wherever it can be. The same seed gives the same picture again.

            =================== ============================== ======== =======
            argument            endpoint                       range    default
            =================== ============================== ======== =======
            strength            fal-ai/flux/dev/image-to-image 0.01 - 1 0.95
            num_inference_steps fal-ai/flux/dev/image-to-image 10 - 50  40
            guidance_scale      fal-ai/flux/dev/image-to-image 1 - 20   3.5
            num_images          fal-ai/flux/dev/image-to-image 1 - 4    1
            =================== ============================== ======== =======

            Guides use 28 steps and a guidance of 3.5: more steps are finer and slower, more guidance keeps to the prompt.
        arguments
            Further arguments of the endpoint.
        **running
            See `Running`.
        """
        picture, _ = generation(photo, self.rule(endpoint), size)
        there = resolve(endpoint)
        plan = self._plan(
            there,
            arguments,
            image=picture,
            **in_words(there, prompt),
            strength=strength,
            negative_prompt=negative_prompt,
            guidance_scale=guidance_scale,
            num_inference_steps=num_inference_steps,
            num_images=num_images,
            seed=seed,
            **_format(there, output_format),
        )
        return self.run(plan, **running)


def _format(there: Resolved, wanted: str | None) -> dict[str, Any]:
    """Ask for a file format under the name it has at an endpoint."""
    if wanted is None:
        return {}
    return {(there.spec.format_field if there.spec else None) or "output_format": wanted}
