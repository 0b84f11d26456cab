"""A photo in another style, with its structure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import PIL.Image

from preproc import control as controls
from preproc.files import ImageSource, Photo

from ..catalog import endpoint as find
from ..fal import Fal
from ..plan import Plan
from ..plan.control import ControlType
from ..plan.levels import ScaleName
from ..plan.resolve import resolve
from ..tasks.controlnet import FROM_A_PHOTO
from ..tasks.sizing import generation
from ..tasks.style import ip_adapter
from .flow import Pictures, Step, Workflow
from .pictures import image_of

__all__ = ["restyle"]


def restyle(
    fal: Fal,
    photo: PIL.Image.Image | ImageSource,
    style: PIL.Image.Image | ImageSource | None = None,
    /,
    *,
    prompt: str,
    control: ControlType = "canny",
    scale: float | ScaleName | None = 0.9,
    strength: float = 0.6,
    endpoint: str = "fal-ai/flux-general",
    mapper: str | None = None,
    seed: int | None = None,
) -> Workflow:
    """Give a photo another style, in words or that of another picture, and keep its structure.

    Canny edges and the other maps that `preproc.control` makes are made on this machine, for nothing, and the plan says
    so; depth, pose and the like are a job of their own.

    Parameters
    ----------
    fal
        What runs it.
    photo
        Where the structure comes from.
    style
        Where the style comes from, besides the prompt: a picture, for an IP-Adapter.
    prompt
        What the result shows, and in which style.
    control
        What is kept of the photo.
    scale
        How strictly it is kept, a number or a name of `remote.plan.levels`; None leaves the recommended number.
    strength
        How much the style picture counts, as the scale of an IP-Adapter.
    endpoint
        One that takes control maps, and IP-Adapters where there is a style picture.
    mapper
        The endpoint that maps the photo. None: this machine where it can, else the usual one for `control`.
    seed
        Of the result.

    Returns
    -------
    Workflow
        With the steps ``"structure"``, where fal makes the map, and ``"styled"``.
    """
    there = resolve(endpoint)
    picture, wanted = generation(photo, find(there.endpoint).rule, None)
    words: dict[str, Any] = {"prompt": prompt, "seed": seed, "scale": scale}
    if style is not None:
        words["ip_adapters"] = [ip_adapter(Photo.open(style), strength)]

    def along(made: Any) -> Plan:
        return fal._along_map(there, control, made, picture=picture, **words)  # noqa: SLF001

    def local(_: Pictures) -> Plan:
        plan = along(controls.make(control, photo, size=wanted, fit="stretch"))
        said = f"the {control} map is made on this machine, before anything is sent"
        return replace(plan, warnings=(*plan.warnings, said))

    if mapper is None and control in FROM_A_PHOTO:
        return Workflow(fal, (Step("styled", local, image_of),))
    structure = Step("structure", lambda _: fal._map_plan(control, picture, mapper), image_of)  # noqa: SLF001
    return Workflow(fal, (structure, Step("styled", lambda pictures: along(pictures["structure"]), image_of)))
