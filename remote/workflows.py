"""Several jobs that make one result, planned as a whole before the first is paid.

A workflow is rehearsed first: its later steps are planned on stand-ins of the size and form the earlier ones will
bring, so that wrong arguments and the whole price are known before anything is sent. A step that is done is never paid
for again, so running a workflow once more goes on where it failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

import numpy as np
import PIL.Image

from preproc import crop, load_image
from preproc import mask as masks
from preproc.arrays import Image
from preproc.files import ImageSource

from .catalog import endpoint as find
from .core import Running
from .errors import RemoteError
from .fal import Fal
from .jobs.result import Result
from .plan import Plan
from .plan.control import ControlType, control_arguments
from .plan.levels import ScaleName
from .plan.price import Price
from .tasks.given import given
from .tasks.pictures import generation, ip_adapter

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Forecast", "Step", "Workflow", "product_photo", "restore_portrait", "restyle"]

Pictures: TypeAlias = "Mapping[str, NDArray[np.uint8]]"
"""What the steps so far brought, by their names."""


@dataclass(frozen=True, slots=True)
class Step:
    """One job of a workflow.

    Attributes
    ----------
    name
        How later steps find its picture.
    plan
        Makes its plan from the pictures of earlier steps.
    take
        Makes its own picture of its result.
    """

    name: str
    plan: Callable[[Pictures], Plan]
    take: Callable[[Result, Plan], NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a workflow will do.

    Attributes
    ----------
    plans
        Each step's plan; pictures of earlier steps are stand-ins.
    pictures
        Each step's stand-in.
    """

    plans: dict[str, Plan]
    pictures: dict[str, NDArray[np.uint8]]

    @property
    def price(self) -> Price:
        """The prices together; unknown where one of them is."""
        unknown = [name for name, plan in self.plans.items() if plan.price.amount is None]
        known = sum(plan.price.amount or 0 for plan in self.plans.values())
        if unknown:
            return Price(None, note=f"{known:.4g} USD and what {', '.join(unknown)} cost, which is unknown")
        return Price(known, note=" + ".join(f"{plan.price.amount:.4g}" for plan in self.plans.values()))

    @property
    def warnings(self) -> tuple[str, ...]:
        """All warnings and findings, each with its step."""
        return tuple(
            f"{name}: {said}"
            for name, plan in self.plans.items()
            for said in (*plan.warnings, *map(str, plan.findings))
        )

    def __str__(self) -> str:
        parts = [f"step {name}\n{plan}" for name, plan in self.plans.items()]
        return "\n\n".join([*parts, f"together  {self.price}"])


@dataclass(frozen=True, slots=True)
class Workflow:
    """Steps to be run one after the other.

    Attributes
    ----------
    fal
        What runs them.
    steps
        The steps; the last one's picture is the result.
    """

    fal: Fal
    steps: tuple[Step, ...]

    def plan(self) -> Forecast:
        """Plan everything; nothing is sent.

        Raises
        ------
        PlanError
            If a step cannot be run as it is.
        """
        with Fal("rehearsal") as stage:
            return Forecast(*self._go(stage))

    def run(self, **running: Unpack[Running]) -> dict[str, NDArray[np.uint8]]:
        """Plan everything, then run it.

        Parameters
        ----------
        **running
            See `Running`.

        Returns
        -------
        dict
            Each step's picture, in order.

        Raises
        ------
        RemoteError
            As `Fal.run` raises it. Steps that are done are in the journal: run it again, and only the rest is paid.
        """
        self.plan()
        _, pictures = self._go(self.fal, **running)
        return pictures

    def _go(self, fal: Fal, **running: Unpack[Running]) -> tuple[dict[str, Plan], dict[str, NDArray[np.uint8]]]:
        plans: dict[str, Plan] = {}
        pictures: dict[str, NDArray[np.uint8]] = {}
        for step in self.steps:
            try:
                plans[step.name] = step.plan(pictures)
                pictures[step.name] = step.take(fal.run(plans[step.name], **running), plans[step.name])
            except RemoteError as error:
                error.add_note(f"in step {step.name!r}; steps that are done are not paid again")
                raise
        return plans, pictures


def product_photo(
    fal: Fal,
    photo: PIL.Image.Image | ImageSource,
    /,
    *,
    prompt: str,
    factor: float | None = 2,
    cutout: str = "fal-ai/birefnet/v2",
    fill: str = "fal-ai/flux-pro/v1/fill",
    upscaler: str = "fal-ai/esrgan",
    seed: int | None = None,
) -> Workflow:
    """Put a product before a new background: cut it out, paint the rest anew, enlarge.

    The product's own pixels come back bit for bit in the step ``"scene"``.

    Parameters
    ----------
    fal
        What runs it.
    photo
        The product, in any form.
    prompt
        The new surroundings.
    factor
        How many times the result is enlarged; None leaves it as it is.
    cutout, fill, upscaler
        Endpoints of the groups ``background``, ``fill`` and ``upscale``.
    seed
        For the new background.

    Returns
    -------
    Workflow
        With the steps ``"product"`` (a mask), ``"scene"`` and ``"large"``.
    """
    picture = load_image(photo)

    def scene(pictures: Pictures) -> Plan:
        edit = crop.around(picture, 255 - pictures["product"], feather_px=2, rule=fal.rule(fill))
        return fal.plan(fill, edit=edit, **given(None, prompt=prompt, seed=seed))

    steps = [
        Step("product", lambda _: fal.plan(cutout, image=picture), _alpha),
        Step("scene", scene, _finished),
    ]
    if factor is not None:
        steps.append(_enlarge(fal, "scene", upscaler, factor))
    return Workflow(fal, tuple(steps))


def restore_portrait(
    fal: Fal,
    photo: PIL.Image.Image | ImageSource,
    /,
    *,
    fidelity: float | None = 0.7,
    factor: float | None = 2,
    restorer: str = "fal-ai/codeformer",
    upscaler: str = "fal-ai/clarity-upscaler",
) -> Workflow:
    """Restore the faces of an old or blurred portrait, then enlarge it.

    Parameters
    ----------
    fal
        What runs it.
    photo
        The portrait, in any form.
    fidelity
        0 looks best, 1 stays closest to the photo.
    factor
        How many times the result is enlarged; None leaves it as it is.
    restorer, upscaler
        Endpoints of the groups ``face`` and ``upscale``.

    Returns
    -------
    Workflow
        With the steps ``"face"`` and ``"large"``.
    """
    picture = load_image(photo)
    words = given(None, fidelity=fidelity)
    steps = [Step("face", lambda _: fal.plan(restorer, image=picture, **words), _image)]
    if factor is not None:
        steps.append(_enlarge(fal, "face", upscaler, factor))
    return Workflow(fal, tuple(steps))


def restyle(
    fal: Fal,
    photo: PIL.Image.Image | ImageSource,
    style: PIL.Image.Image | ImageSource,
    /,
    *,
    prompt: str,
    control: ControlType = "depth",
    scale: float | ScaleName | None = None,
    strength: float = 0.6,
    mapper: str = "fal-ai/image-preprocessors/depth-anything/v2",
    seed: int | None = None,
) -> Workflow:
    """Give a photo the style of another picture and keep its structure.

    Parameters
    ----------
    fal
        What runs it.
    photo, style
        Where the structure comes from, and where the style.
    prompt
        What the result shows.
    control, mapper
        What is kept of the photo, and the endpoint that maps it.
    scale
        How strictly the structure is kept, see `remote.levels`.
    strength
        How much the style counts, as the scale of an IP-Adapter.
    seed
        Of the result.

    Returns
    -------
    Workflow
        With the steps ``"structure"`` and ``"styled"``.
    """
    spec = find("fal-ai/flux-general")
    picture, wanted = generation(photo, spec.rule, None)

    def styled(pictures: Pictures) -> Plan:
        kept = control_arguments(spec, control, pictures["structure"], scale=scale)
        words = given(None, prompt=prompt, seed=seed, image_size=wanted)
        return fal.plan(spec.id, **kept, **words, ip_adapters=[ip_adapter(load_image(style), strength)])

    steps = (Step("structure", lambda _: fal.plan(mapper, image=picture), _image), Step("styled", styled, _image))
    return Workflow(fal, steps)


def _enlarge(fal: Fal, of: str, endpoint: str, factor: float) -> Step:
    field = find(endpoint).output_size.field or "scale"
    words: dict[str, Any] = {field: factor}
    return Step("large", lambda pictures: fal.plan(endpoint, image=pictures[of], **words), _image)


def _image(result: Result, _: Plan) -> Image:
    return result.image.array()


def _finished(result: Result, plan: Plan) -> Image:
    if plan.edit is None:
        return result.image.array()
    return plan.edit.finish(result).image


def _alpha(result: Result, _: Plan) -> NDArray[np.uint8]:
    """Return what was cut out as a mask: the cutout's alpha."""
    return masks.from_alpha(result.image.read())
