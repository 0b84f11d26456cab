"""Several jobs that make one result, planned as a whole before the first is paid.

A workflow is rehearsed first: its later steps are planned on stand-ins of the size and form the earlier ones will
bring, so that wrong arguments and the whole price are known before anything is sent. A step that is done is never paid
for again, so running a workflow once more goes on where it failed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

import numpy as np
import PIL.Image

from preproc import control as controls
from preproc import crop, load_image
from preproc import mask as masks
from preproc.arrays import Image
from preproc.files import ImageSource, size_of

from .catalog import endpoint as find
from .core import Running, refuse_unknown
from .errors import RemoteError
from .fal import Fal
from .jobs.result import Result
from .plan import Plan
from .plan.control import ControlType
from .plan.levels import ScaleName, StrengthName
from .plan.price import Price
from .plan.resolve import resolve
from .tasks.pictures import FROM_A_PHOTO, generation, ip_adapter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .wire import Status

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

    def run(
        self,
        *,
        timeout: float | None = 600.0,
        again: bool | str | Collection[str] = False,
        max_price: float | None = None,
        on_update: Callable[[Status], None] | None = None,
    ) -> dict[str, NDArray[np.uint8]]:
        """Plan everything, compare all of it with the limits, then run it.

        Parameters
        ----------
        timeout, on_update
            For each step; see `Running`.
        again
            The steps that are paid for anew even where they are done: True for all, or their names.
        max_price
            The most each step can cost in US dollars where its price is not known.

        Returns
        -------
        dict
            Each step's picture, in order.

        Raises
        ------
        PlanError
            If a step cannot be run as it is, or `again` names one that is not there. Nothing is sent.
        LimitError
            If the steps that are not done would pass a limit together. None of them is sent.
        RemoteError
            As `Fal.run` raises it. Steps that are done are in the journal: run it again, and only the rest is paid.
        """
        names = [step.name for step in self.steps]
        if isinstance(again, bool):
            repeated = set(names if again else ())
        else:
            repeated = {again} if isinstance(again, str) else set(again)
            refuse_unknown("again", repeated, names)
        forecast = list(self.plan().plans.values())
        running: Running = {"timeout": timeout, "max_price": max_price, "on_update": on_update}
        _, pictures = self._go(self.fal, repeated, forecast, **running)
        return pictures

    def _go(
        self, fal: Fal, repeated: Collection[str] = (), forecast: Sequence[Plan] = (), **running: Unpack[Running]
    ) -> tuple[dict[str, Plan], dict[str, NDArray[np.uint8]]]:
        plans: dict[str, Plan] = {}
        pictures: dict[str, NDArray[np.uint8]] = {}
        for number, step in enumerate(self.steps):
            anew = step.name in repeated
            try:
                plan = plans[step.name] = step.plan(pictures)
                fal._afford(plan, *forecast[number + 1 :], again=anew, max_price=running.get("max_price"))  # noqa: SLF001
                job = fal.submit(plan, again=anew, max_price=running.get("max_price"))
                pictures[step.name] = step.take(
                    job.wait(running.get("timeout", 600.0), on_update=running.get("on_update")), plan
                )
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
    keep_product: bool = False,
    factor: float | None = 2,
    strength: float | StrengthName = 0.3,
    cutout: str = "fal-ai/birefnet/v2",
    upscaler: str | None = None,
    painter: str | None = None,
    seed: int | None = None,
) -> Workflow:
    """Put a product before a new background.

    Cut it out, enlarge it on white, and paint over all of it a little: ``"product"``, ``"large"``, ``"scene"``. Or, with
    `keep_product`, paint everything but the product anew and enlarge that: ``"product"``, ``"scene"``, ``"large"``.

    Parameters
    ----------
    fal
        What runs it.
    photo
        The product, in any form.
    prompt
        The product and its new surroundings, such as "a cup on a white background, soft shadow"; the upscaler gets it
        too where it takes one.
    keep_product
        The product's own pixels come back bit for bit in the step ``"scene"``.
    factor
        How many times it is enlarged; None leaves it as it is.
    strength
        How far the scene moves from the cut-out on white, see `remote.plan.levels`. Not used with `keep_product`.
    cutout
        An endpoint of the group ``background``.
    upscaler
        One of the group ``upscale``. None: ``fal-ai/clarity-upscaler``; with `keep_product` ``fal-ai/esrgan``, which
        invents less.
    painter
        None: ``fal-ai/flux/dev/image-to-image``, at the enlarged size; with `keep_product`
        ``fal-ai/flux-pro/v1/fill``, or another one that takes a mask.
    seed
        For the scene.

    Returns
    -------
    Workflow
        With the steps named above; with `keep_product`, ``"product"`` is a mask, else the cut-out on white.
    """
    picture = load_image(photo)
    upscaler = upscaler or ("fal-ai/esrgan" if keep_product else "fal-ai/clarity-upscaler")
    painter = painter or ("fal-ai/flux-pro/v1/fill" if keep_product else "fal-ai/flux/dev/image-to-image")
    before = "product" if factor is None else "large"

    def around(pictures: Pictures) -> Plan:
        edit = crop.around(picture, 255 - pictures["product"], feather_px=2, rule=fal.rule(painter))
        return fal.plan(painter, edit=edit, prompt=prompt, seed=seed)

    def over(pictures: Pictures) -> Plan:
        large, rule = pictures[before], fal.rule(painter)
        as_large = replace(rule, best_pixels=max(rule.min_pixels, size_of(large).pixels), billed_pixels=None)
        sent, _ = generation(large, as_large, None)
        return fal.plan(painter, image=sent, prompt=prompt, strength=strength, seed=seed)

    product = Step("product", lambda _: fal.plan(cutout, image=picture), _alpha if keep_product else _on_white)
    scene = Step("scene", around if keep_product else over, _finished)
    if factor is None:
        return Workflow(fal, (product, scene))
    if keep_product:
        return Workflow(fal, (product, scene, _enlarge(fal, "scene", upscaler, factor, prompt)))
    return Workflow(fal, (product, _enlarge(fal, "product", upscaler, factor, prompt), scene))


def restore_portrait(
    fal: Fal,
    photo: PIL.Image.Image | ImageSource,
    /,
    *,
    fidelity: float | None = 0.7,
    factor: float | None = 4,
    restorer: str = "fal-ai/codeformer",
    upscaler: str = "fal-ai/esrgan",
) -> Workflow:
    """Enlarge an old or blurred portrait, then restore its faces.

    Parameters
    ----------
    fal
        What runs it.
    photo
        The portrait, in any form.
    fidelity
        0 looks best, 1 stays closest to the photo.
    factor
        How many times it is enlarged first; None leaves it as it is.
    restorer, upscaler
        Endpoints of the groups ``face`` and ``upscale``.

    Returns
    -------
    Workflow
        With the steps ``"large"`` and ``"face"``.
    """
    picture = load_image(photo)

    def face(pictures: Pictures) -> Plan:
        return fal.plan(restorer, image=pictures.get("large", picture), fidelity=fidelity)

    steps = [Step("face", face, _image)]
    if factor is not None:
        field = find(resolve(upscaler).endpoint).output_size.field or "scale"
        words: dict[str, Any] = {field: factor}
        steps.insert(0, Step("large", lambda _: fal.plan(upscaler, image=picture, **words), _image))
    return Workflow(fal, tuple(steps))


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
        words["ip_adapters"] = [ip_adapter(load_image(style), strength)]

    def along(made: Any) -> Plan:
        return fal._along_map(there, control, made, picture=picture, **words)  # noqa: SLF001

    def local(_: Pictures) -> Plan:
        plan = along(controls.make(control, photo, size=wanted, fit="stretch"))
        said = f"the {control} map is made on this machine, before anything is sent"
        return replace(plan, warnings=(*plan.warnings, said))

    if mapper is None and control in FROM_A_PHOTO:
        return Workflow(fal, (Step("styled", local, _image),))
    structure = Step("structure", lambda _: fal._map_plan(control, picture, mapper), _image)  # noqa: SLF001
    return Workflow(fal, (structure, Step("styled", lambda pictures: along(pictures["structure"]), _image)))


def _enlarge(fal: Fal, of: str, endpoint: str, factor: float, prompt: str) -> Step:
    spec = find(resolve(endpoint).endpoint)
    words: dict[str, Any] = {spec.output_size.field or "scale": factor}
    if "prompt" in spec.fields:
        words["prompt"] = prompt
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


def _on_white(result: Result, _: Plan) -> Image:
    cut = result.image.pil().convert("RGBA")
    white = PIL.Image.new("RGBA", cut.size, "white")
    return load_image(PIL.Image.alpha_composite(white, cut).convert("RGB"))
