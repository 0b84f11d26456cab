"""Make a picture from a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Unpack

import PIL.Image

from preproc import control as controls
from preproc.arrays import Image
from preproc.control.sizing import fit, generation_size
from preproc.files import ImageSource, load_image, size_of
from preproc.geometry import Size, SizeRule

from .. import catalog
from ..core import Running
from ..errors import PlanError
from ..jobs.result import Result
from ..plan import Plan
from ..plan.control import ControlType, control_arguments
from ..plan.levels import ScaleName, StrengthName
from ..plan.resolve import Resolved, resolve
from .checked import task
from .readings import ReadingTasks

__all__ = ["FROM_A_PHOTO", "PictureTasks", "generation", "ip_adapter"]

_BEST_PIXELS = 1_048_576
FROM_A_PHOTO = frozenset(name for name, kind in controls.TYPES.items() if kind.source == "photo")
_STYLE_FIELDS = ("image_prompt_strength", "id_weight", "scale", "style_strength")


class PictureTasks(ReadingTasks):
    """Tasks that end in a `Result`."""

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

            0.0, no change at all, is below what endpoints take.
        endpoint
            Any of the group ``image_to_image``.
        size
            Width and height to generate at. None: the photo's shape, never enlarged, and reduced to the pixels the model
            paints best, about a million, without starting another megapixel where megapixels are billed.
        negative_prompt, guidance_scale, num_inference_steps, num_images, seed
            As the endpoint takes them; what it does not take is refused before anything is sent.
        arguments
            Further arguments of the endpoint.
        **running
            See `Running`.
        """
        picture, _ = generation(photo, self.rule(endpoint), size)
        plan = self._plan(
            resolve(endpoint),
            arguments,
            image=picture,
            prompt=prompt,
            strength=strength,
            negative_prompt=negative_prompt,
            guidance_scale=guidance_scale,
            num_inference_steps=num_inference_steps,
            num_images=num_images,
            seed=seed,
        )
        return self.run(plan, **running)

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
        endpoint: str = "fal-ai/flux-general",
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
        endpoint
            Any that takes control maps: ``remote.plan.control.takers(control)``.
        strength
            For endpoints that start from the photo too, such as ``fal-ai/flux-general/image-to-image``.
        size
            Width and height to generate at. None: the photo's shape, never enlarged, and reduced to the pixels the model
            paints best, about a million, without starting another megapixel where megapixels are billed.
        negative_prompt, guidance_scale, num_inference_steps, num_images, seed, arguments, **running
            As in `transform`.
        """
        there = resolve(endpoint)
        picture, wanted = generation(photo, catalog.endpoint(there.endpoint).rule, size)

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
        with PictureTasks("rehearsal") as stage:  # all that could be refused is refused before the map is paid
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
        how = {name: words.pop(name, None) for name in ("scale", "start", "end")}
        for name in arguments or {}:  # they may be said in the words of the endpoint or of the guide, too
            for ours, value in how.items():
                if value is None and spec.control and there.place_of(name) == getattr(spec.control, ours):
                    how[ours] = further.pop(name)
        mapped = control_arguments(spec, control, made, **how)
        start_from = spec.fields.get(spec.image_field or "")
        image = picture if start_from is not None and start_from.required else None
        if "image_size" in spec.fields and "image_size" not in further:
            words["image_size"] = size_of(picture)
        return self._plan(there, further, image=image, **mapped, **words)

    @task
    def upscale(
        self,
        photo: PIL.Image.Image | ImageSource,
        /,
        *,
        factor: float | None = None,
        endpoint: str = "fal-ai/esrgan",
        prompt: str | None = None,
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
        prompt, seed, arguments, **running
            As in `transform`.
        """
        there = resolve(endpoint)
        words: dict[str, Any] = {"prompt": prompt, "seed": seed}
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
            One of the group ``background``.
        model, output_mask
            For ``fal-ai/birefnet``: which network, and whether `Result.masks` holds the mask too.
        arguments, **running
            As in `transform`.
        """
        plan = self._plan(resolve(endpoint), arguments, image=photo, model=model, output_mask=output_mask)
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
            For ``fal-ai/codeformer``: 0 looks best, 1 stays closest to the photo; None leaves 0.5.
        upscale_factor
            How many times the result is enlarged.
        endpoint
            One of the group ``face``.
        arguments, **running
            As in `transform`.
        """
        words: dict[str, Any] = {"fidelity": fidelity, "upscale_factor": upscale_factor}
        return self.run(self._plan(resolve(endpoint), arguments, image=photo, **words), **running)

    @task
    def style(
        self,
        reference: PIL.Image.Image | ImageSource,
        /,
        *,
        prompt: str | None = None,
        strength: float | None = None,
        endpoint: str = "fal-ai/flux-general",
        size: tuple[int, int] | None = None,
        num_images: int | None = None,
        seed: int | None = None,
        arguments: Mapping[str, Any] | None = None,
        **running: Unpack[Running],
    ) -> Result:
        """Generate a picture in the style, or with the face, of another.

        Parameters
        ----------
        reference
            The picture whose style or face is taken.
        prompt
            What the result shall show.
        strength
            How much the reference counts, where the endpoint has a number for it (0.7 for an IP-Adapter).
        endpoint
            ``fal-ai/flux-general`` uses an IP-Adapter for FLUX; any of the group ``ip_adapter``:
            ``fal-ai/flux-pro/v1.1-ultra/redux`` for variations, ``fal-ai/ip-adapter-face-id``, ``fal-ai/flux-pulid`` and
            ``fal-ai/instant-character`` for faces and characters.
        size
            Width and height of the result, where the endpoint takes one.
        num_images, seed, arguments, **running
            As in `transform`.
        """
        there = resolve(endpoint)
        words: dict[str, Any] = {"prompt": prompt, "num_images": num_images, "seed": seed, "image_size": size}
        if there.spec is not None and "ip_adapters" in there.spec.fields:
            plan = self._plan(there, arguments, **words, ip_adapters=[ip_adapter(reference, strength)])
            return self.run(plan, **running)
        if strength is not None:
            known = [name for name in _STYLE_FIELDS if there.spec is not None and name in there.spec.fields]
            if not known:
                raise PlanError(
                    f"{there.endpoint} has no number for how much the reference counts",
                    endpoint=there.endpoint,
                    fix="leave strength out",
                )
            words[known[0]] = strength
        return self.run(self._plan(there, arguments, image=reference, **words), **running)


def generation(
    photo: PIL.Image.Image | ImageSource, rule: SizeRule, wanted: tuple[int, int] | None
) -> tuple[Image, Size]:
    """Choose the size to generate at, and bring a photo to it.

    Without a wanted size it is the largest in the photo's shape that the endpoint takes and that has no more pixels than
    the photo, than the model paints best (a million where nobody says) and than whole billing steps of these hold. Only
    an endpoint whose least size is above the photo's enlarges it.
    """
    size = size_of(photo)
    if wanted is not None:
        size = Size(*wanted)
    else:
        most = rule.best_pixels or _BEST_PIXELS
        if rule.billed_pixels and most > rule.billed_pixels:
            most -= most % rule.billed_pixels
        most = min(most, rule.max_pixels or most, size.pixels)
        enlarged = most < max(rule.min_pixels, rule.smallest_side**2) or min(size) < rule.smallest_side
        size = generation_size(size, replace(rule, best_pixels=most, max_pixels=rule.max_pixels if enlarged else most))
    return load_image(fit(photo, size, mode="stretch")), size


def ip_adapter(reference: Any, strength: float | None) -> dict[str, Any]:
    """Return the weights of the public IP-Adapter for FLUX, as the catalog knows them."""
    alias = catalog.guide()["fal-ai/flux-ip-adapter"]
    found = {**alias.default, **alias.set}
    adapter = {place.removeprefix("ip_adapters.0."): value for place, value in found.items()}
    return {**adapter, "image_url": reference, **({} if strength is None else {"scale": strength})}
