"""A product before a new background."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from preproc import crop, load_image, load_mask
from preproc import mask as masks
from preproc.arrays import Image, same_size
from preproc.edit.masks import require_content
from preproc.files import ImageSource, Photo, size_of

from ..fal import Fal
from ..jobs.result import Result
from ..plan import Plan
from ..plan.levels import StrengthName
from ..tasks.sizing import generation
from .flow import Pictures, Step, Workflow
from .pictures import enlarged

__all__ = ["product_photo"]

_FADE_PX = 2


def product_photo(
    fal: Fal,
    photo: PIL.Image.Image | ImageSource,
    /,
    *,
    prompt: str,
    product: PIL.Image.Image | ImageSource | None = None,
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
    product
        A mask of the product, of the photo's size, where you have one: then fal cuts nothing out, and that step is
        neither run nor paid for.
    keep_product
        The product's own pixels come back bit for bit in the step ``"scene"``, but for the 2 px along its edge where it
        fades into the new surroundings, so that no seam of the old ones shows.
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

    Raises
    ------
    MaskError, InputError
        If `product` is no mask, or not of the photo's size.
    """
    opened = Photo.open(photo)
    picture = opened.rgb
    given: dict[str, NDArray[np.uint8]] = {}
    if product is not None:
        cut = load_mask(product)
        same_size(picture, cut, names=("photo", "product"))
        require_content(cut, name="product")
        given["product"] = cut if keep_product else _on_white(PIL.Image.fromarray(np.dstack([picture, cut])))
    upscaler = upscaler or ("fal-ai/esrgan" if keep_product else "fal-ai/clarity-upscaler")
    painter = painter or ("fal-ai/flux-pro/v1/fill" if keep_product else "fal-ai/flux/dev/image-to-image")
    before = "product" if factor is None else "large"

    def around(pictures: Pictures) -> Plan:
        edit = crop.around(picture, 255 - pictures["product"], feather_px=_FADE_PX, rule=fal.rule(painter))
        return fal.plan(painter, edit=edit, prompt=prompt, seed=seed)

    def over(pictures: Pictures) -> Plan:
        large, rule = pictures[before], fal.rule(painter)
        most = min(size_of(large).pixels, rule.max_pixels or rule.largest_side**2, rule.largest_side**2)
        as_large = replace(rule, best_pixels=max(rule.min_pixels, most), billed_pixels=None)
        sent, _ = generation(large, as_large, None)
        return fal.plan(painter, image=sent, prompt=prompt, strength=strength, seed=seed)

    found = Step("product", lambda _: fal.plan(cutout, image=opened), _alpha if keep_product else _white_behind)
    scene = Step("scene", around if keep_product else over, _finished)
    steps = [scene] if product is not None else [found, scene]
    if factor is not None:
        large = enlarged(fal, "scene" if keep_product else "product", upscaler, factor, prompt)
        steps.insert(len(steps) if keep_product else -1, large)
    return Workflow(fal, tuple(steps), given)


def _finished(result: Result, plan: Plan) -> Image:
    if plan.edit is None:
        return result.image.array()
    return plan.edit.finish(result).image


def _alpha(result: Result, _: Plan) -> NDArray[np.uint8]:
    """Return what was cut out as a mask: the cutout's alpha."""
    return masks.from_alpha(result.image.photo())


def _white_behind(result: Result, _: Plan) -> Image:
    return _on_white(result.image.pil().convert("RGBA"))


def _on_white(cut: PIL.Image.Image) -> Image:
    white = PIL.Image.new("RGBA", cut.size, "white")
    return load_image(PIL.Image.alpha_composite(white, cut).convert("RGB"))
