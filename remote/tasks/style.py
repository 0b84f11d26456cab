"""Take the style or the face of a picture."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Unpack

import PIL.Image

from preproc.files import ImageSource, encode_png, load_image

from .. import catalog
from ..core import Core
from ..errors import PlanError
from ..jobs.result import Result
from ..plan.resolve import resolve
from ..running import Running
from .checked import task

__all__ = ["StyleTasks", "ip_adapter"]

_STYLE_FIELDS = ("image_prompt_strength", "id_weight", "scale", "style_strength")


class StyleTasks(Core):
    """From a reference to a picture."""

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
            How much the reference counts, where the endpoint has a number for it.

            ===================== ================================ ===== =======
            argument              endpoint                         range default
            ===================== ================================ ===== =======
            image_prompt_strength fal-ai/flux-pro/v1.1-ultra/redux 0 - 1 0.1
            id_weight             fal-ai/flux-pulid                0 - 1 1
            scale                 fal-ai/instant-character         0 - 2 1
            ===================== ================================ ===== =======

            An IP-Adapter of ``fal-ai/flux-general`` takes 0 to 1, 0.7 where it is left out.
        endpoint
            ``fal-ai/flux-general`` uses an IP-Adapter for FLUX; any of the group ``ip_adapter``:
            ``fal-ai/flux-pro/v1.1-ultra/redux`` for variations, ``fal-ai/ip-adapter-face-id``, ``fal-ai/flux-pulid`` and
            ``fal-ai/instant-character`` for faces and characters; ``fal-ai/photomaker``, which takes an archive of
            photos, gets one with the reference in it.
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
        if there.spec is not None and "image_archive_url" in there.spec.fields:
            plan = self._plan(there, arguments, image_archive_url=_archive(reference), **words)
        else:
            plan = self._plan(there, arguments, image=reference, **words)
        return self.run(plan, **running)


def ip_adapter(reference: Any, strength: float | None) -> dict[str, Any]:
    """Return the weights of the public IP-Adapter for FLUX, as the catalog knows them."""
    alias = catalog.guide()["fal-ai/flux-ip-adapter"]
    found = {**alias.default, **alias.set}
    adapter = {place.removeprefix("ip_adapters.0."): value for place, value in found.items()}
    return {**adapter, "image_url": reference, **({} if strength is None else {"scale": strength})}


def _archive(reference: PIL.Image.Image | ImageSource) -> bytes:
    """Pack a picture into an archive, always into the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("image.png", (1980, 1, 1, 0, 0, 0)), encode_png(load_image(reference)))
    return packed.getvalue()
