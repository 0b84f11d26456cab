"""Generate along a control map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

import PIL.Image

from preproc import control as controls
from preproc import mask as masks
from preproc.arrays import Image, Mask, size_of_array
from preproc.files import ImageSource, load_mask, size_of
from preproc.geometry import Size

from .. import catalog
from ..errors import PlanError
from ..jobs.result import Result
from ..plan import Plan
from ..plan.control import ControlType, control_arguments
from ..plan.levels import ScaleName, StrengthName
from ..plan.resolve import Resolved, resolve
from ..running import Running
from .checked import task
from .readings import FROM_A_PHOTO, ReadingTasks
from .sizing import generation

__all__ = ["FROM_A_PHOTO", "ControlTasks"]


class ControlTasks(ReadingTasks):
    """From a photo's structure to a picture."""

    @task
    def controlnet(
        self,
        photo: PIL.Image.Image | ImageSource,
        /,
        *,
        prompt: str,
        control: ControlType = "canny",
        control_image: PIL.Image.Image | ImageSource | None = None,
        scale: float | ScaleName | None = None,
        start: float | None = None,
        end: float | None = None,
        weights: str | None = None,
        endpoint: str = "fal-ai/flux-general",
        mask: PIL.Image.Image | ImageSource | None = None,
        strength: float | StrengthName | None = None,
        size: tuple[int, int] | None = None,
        negative_prompt: str | None = None,
        guidance_scale: float | None = None,
        num_inference_steps: int | None = None,
        num_images: int | None = None,
        seed: int | None = None,
        arguments: Mapping[str, Any] | None = None,
        **running: Unpack[Running],
    ) -> Result:
        """Generate a picture that keeps a photo's structure.

        Parameters
        ----------
        photo
            In any form.
        prompt
            What the result shall show.
        control
            ``"canny"`` edges, ``"depth"`` 3D structure, ``"pose"`` human pose, ``"tile"`` detail, ``"blur"``,
            ``"gray"``, ``"low_quality"`` enhancement, and what else the endpoint takes. Depth and pose maps are made
            by fal, in a job of their own; the others here.
        control_image
            A finished map instead, such as ``control.canny(photo, low=80, high=160)``.
        scale
            How strictly the map is followed: a number, or a name, see `remote.plan.levels`. None: the number that is
            recommended for the kind of map with a FLUX union, elsewhere the endpoint's default.

            ============= =========== =======
            name          range       sends
            ============= =========== =======
            strict        0.9 - 1.0   0.95
            balanced      0.7 - 0.8   0.75
            loose         0.4 - 0.6   0.5
            ============= =========== =======
        start, end
            From and until which share of the steps, 0 to 1.
        weights
            Other weights than the usual ones, a URL or a Hugging Face repository, for endpoints that take any; some, such
            as ``fal-ai/stable-diffusion-v35-large``, have no usual ones.
        endpoint
            Any that takes control maps: ``remote.plan.control.takers(control)``.
        mask
            For endpoints that paint only a part, such as ``fal-ai/sdxl-controlnet-union/inpainting``: of the photo's size,
            255 is painted. The result is the whole picture as the endpoint returns it; `inpaint` pastes it back.
        strength
            For endpoints that start from the photo too, such as ``fal-ai/flux-general/image-to-image``.
        size
            Width and height to generate at. None: the photo's shape, never enlarged, and reduced to the pixels the model
            paints best, about a million, without starting another megapixel where megapixels are billed.
        negative_prompt, guidance_scale, num_inference_steps, num_images, seed, arguments, **running
            As in `transform`.

            ============================= ============================ ====== =======
            argument                      endpoint                     range  default
            ============================= ============================ ====== =======
            num_inference_steps           fal-ai/flux-general          1 - 50 28
            guidance_scale                fal-ai/flux-general          0 - 20 3.5
            controlnet_conditioning_scale fal-ai/sdxl-controlnet-union 0 - 1  0.5
            num_inference_steps           fal-ai/sdxl-controlnet-union 1 - 70 35
            guidance_scale                fal-ai/sdxl-controlnet-union 0 - 20 7.5
            ============================= ============================ ====== =======
        """
        there = resolve(endpoint)
        picture, wanted = generation(photo, catalog.endpoint(there.endpoint).rule, size)
        marked = None if mask is None else _fitted(mask, photo, wanted)

        def plan(made: Any) -> Plan:
            return self._along_map(
                there,
                control,
                made,
                arguments,
                picture=picture,
                scale=scale,
                start=start,
                end=end,
                weights=weights,
                mask=marked,
                prompt=prompt,
                strength=strength,
                negative_prompt=negative_prompt,
                guidance_scale=guidance_scale,
                num_inference_steps=num_inference_steps,
                num_images=num_images,
                seed=seed,
            )

        if control_image is not None:
            return self.run(plan(control_image), **running)
        if control in FROM_A_PHOTO:
            return self.run(plan(controls.make(control, photo, size=wanted, fit="stretch")), **running)
        with ReadingTasks("rehearsal") as stage:  # all that could be refused is refused before the map is paid
            rehearsed = plan(stage.preprocess(control, picture).map)
        mapping = self._map_plan(control, picture)
        self._afford(mapping, rehearsed, again=running.get("again", False), max_price=running.get("max_price"))
        return self.run(plan(self.preprocess(control, picture, **running).map), **running)

    def _along_map(
        self,
        there: Resolved,
        control: str,
        made: Any,
        arguments: Mapping[str, Any] | None = None,
        /,
        *,
        picture: Image,
        **words: Any,
    ) -> Plan:
        """Plan a picture along a finished map; `picture` is the photo at the size to generate at."""
        spec = catalog.endpoint(there.endpoint)
        further = dict(arguments or {})
        how = {name: words.pop(name, None) for name in ("scale", "start", "end", "weights")}
        for name in arguments or {}:  # they may be said in the words of the endpoint or of the guide, too
            for ours, value in how.items():
                if value is None and spec.control and there.place_of(name) == getattr(spec.control, ours, None):
                    how[ours] = further.pop(name)
        mapped = control_arguments(spec, control, made, **how)
        start_from = spec.fields.get(spec.image_field or "")
        sent = start_from is not None and (start_from.required or words.get("mask") is not None)
        image = picture if sent else None
        if "image_size" in spec.fields and "image_size" not in further:
            words["image_size"] = size_of(picture)
        return self._plan(there, further, image=image, **mapped, **words)


def _fitted(mask: PIL.Image.Image | ImageSource, photo: PIL.Image.Image | ImageSource, size: Size) -> Mask:
    """Bring a photo's mask to the size to generate at."""
    found = load_mask(mask)
    if size_of_array(found) != size_of(photo):
        raise PlanError(
            f"the mask is {size_of_array(found)} and the photo {size_of(photo)}: they have to be of one size",
            fix="mask.resize(mask, photo), or make the mask from this photo",
        )
    return masks.resize(found, size)
