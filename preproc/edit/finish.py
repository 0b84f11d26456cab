"""Bring a result home: check it, fit it to the crop, repair it, paste it, prove it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, runtime_checkable

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow, size_of_array
from ..composite import paste, preserved_sha256
from ..errors import InputError, PlacementError
from ..files import ImageSource, Photo, load_image
from ..geometry import Box, Size
from .drift import measure_drift, undo_drift
from .receipt import Finished, Receipt, seam_jump
from .repair import ColorFit, fit_color, repair_color, repair_seam, ring_of

if TYPE_CHECKING:
    from .record import Edit

__all__ = ["Generated", "Repair", "finish_one"]

Repair: TypeAlias = Literal["none", "color", "seam", "auto"]

_ASPECT_TOLERANCE = 0.02
_DRIFT_PX = 0.5


@runtime_checkable
class Downloadable(Protocol):
    """One image of a result: read when it is needed."""

    def read(self) -> bytes: ...


@runtime_checkable
class ResultLike(Protocol):
    """A result of `remote`: images, and the id it is known by at fal."""

    @property
    def images(self) -> Sequence[Downloadable]: ...
    @property
    def request_id(self) -> str: ...


Generated: TypeAlias = "PIL.Image.Image | ImageSource | Downloadable | ResultLike"


def finish_one(edit: Edit, generated: Generated, *, repair: Repair, align: bool) -> Finished:
    """Finish one picture; see `Edit.finish`."""
    picture, request_id = _picture_of(generated)
    returned = size_of_array(picture)
    _check_result(picture, edit.sent)
    at_sent = _resize(picture, edit.sent)
    scene = edit.sent_image[:, :, :3]
    kept = _kept(edit)
    notes: list[str] = []

    drift = measure_drift(scene, at_sent, kept)
    if drift:
        drift = replace(drift, dx_px=drift.dx_px / edit.scale, dy_px=drift.dy_px / edit.scale, px=drift.px / edit.scale)
    if drift and drift.px > _DRIFT_PX:
        if align:
            in_sent = replace(drift, dx_px=drift.dx_px * edit.scale, dy_px=drift.dy_px * edit.scale)
            picture = at_sent = undo_drift(at_sent, in_sent)
            notes.append(f"the result had moved by {drift.px:.2f} px; undone")
        else:
            notes.append(f"the result has moved by {drift.px:.2f} px; align=True undoes it")

    fit = fit_color(scene, at_sent, ring_of(kept, edit.sent_mask)) if kept.any() else None
    notes += _remarks(edit, at_sent, scene, fit)
    plain = _resize(picture, edit.crop.size)
    base, finished = _paste_back(edit, plain)
    near = _near(edit)
    valid = _original_box(edit).shift(-near.left, -near.top)
    seam_before = seam_jump(finished[near.slices], base[near.slices], edit.mask[near.slices], valid=valid)
    done, seam_after = _chosen_repair(repair, fit), seam_before
    if done != "none" and fit is not None:
        repaired = repair_color(at_sent, fit)
        if done == "seam":
            blend = _resize(_crop_of(edit.blend, edit.crop), edit.sent)
            repaired = repair_seam(scene, repaired, blend=blend, kept=kept)
        patch = narrow(np.clip(np.rint(_resize_float(repaired, edit.crop.size)), 0, 255).astype(np.uint8))
        _, better = _paste_back(edit, patch)
        seam_after = seam_jump(better[near.slices], base[near.slices], edit.mask[near.slices], valid=valid)
        if repair == "auto" and seam_after >= seam_before:
            done, seam_after = "none", seam_before
        else:
            finished, plain = better, patch

    image, photo = finished, None
    before, after = base, finished
    if edit.photo is not None:
        before, photo = _paste_into_photo(edit, edit.photo, plain)
        image, after = photo.rgb, photo.pixels
    receipt = Receipt(
        preserved_sha256_before=preserved_sha256(before, edit.blend),
        preserved_sha256_after=preserved_sha256(after, edit.blend),
        preserved_ratio=1 - np.count_nonzero(edit.blend) / edit.blend.size,
        changed_ratio=_changed_ratio(edit, base, finished),
        seam_before=seam_before,
        seam_after=seam_after,
        repair=done,
        color=fit,
        drift=drift,
        canvas=edit.canvas,
        crop=edit.crop,
        sent=edit.sent,
        returned=returned,
        request_id=request_id,
        notes=tuple(notes),
    )
    return Finished(image=image, receipt=receipt, photo=photo)


def _picture_of(generated: Generated) -> tuple[Image, str | None]:
    if isinstance(generated, ResultLike):
        count = len(generated.images)
        if count != 1:
            raise InputError(f"this result holds {count} images, finish takes one", fix="edit.finish(result.images)")
        return load_image(generated.images[0].read()), generated.request_id
    if isinstance(generated, Downloadable) and not isinstance(generated, (PIL.Image.Image, np.ndarray)):
        return load_image(generated.read()), None
    return load_image(generated), None


def _check_result(picture: Image, sent: Size) -> None:
    returned = size_of_array(picture)
    if abs(math.log(float(returned.aspect / sent.aspect))) > _ASPECT_TOLERANCE:
        raise PlacementError(
            f"the result is {returned} (aspect {float(returned.aspect):.3f}), sent was {sent} "
            f"(aspect {float(sent.aspect):.3f}): it would have to be stretched",
            fix="ask the endpoint for the sent size (image_size), or choose one that follows its input",
        )
    if int(picture.max()) <= 2:
        raise InputError(
            f"the result is black all over (brightest value {int(picture.max())}): safety filters return that",
            fix="change the prompt, or the endpoint's safety setting, and run again",
        )


def _remarks(edit: Edit, at_sent: Image, scene: Image, fit: ColorFit | None) -> list[str]:
    edited = edit.sent_mask >= 128
    if np.array_equal(at_sent, scene):
        return ["the endpoint returned exactly what was sent: nothing was painted"]
    if edited.any() and float(cv2.absdiff(at_sent, scene)[edited].mean()) < 0.5:
        return ["inside the mask the result is what was sent: nothing was painted"]
    if fit is None:
        return ["no kept pixels to compare with: nothing could be measured or fitted"]
    if fit.is_same:
        return ["the kept pixels came back unchanged: the endpoint pasted back by itself"]
    if fit.is_other_scene:
        return [f"the kept pixels differ by {fit.after:.0f} levels: the result does not show the photo's scene"]
    return []


def _chosen_repair(repair: Repair, fit: ColorFit | None) -> Literal["none", "color", "seam"]:
    nothing = fit is None or fit.is_other_scene
    if repair in {"color", "seam"} and nothing:
        reason = "no kept pixels are left in the crop" if fit is None else "the kept pixels show another scene"
        raise PlacementError(
            f"repair={repair!r} has nothing to fit: {reason}", fix='repair="none", or more context around the mask'
        )
    if repair != "auto":
        return repair
    return "none" if nothing or (fit is not None and fit.is_same) else "seam"


def _kept(edit: Edit) -> Mask:
    """255 where the endpoint was told to keep a pixel of the photo, in sent pixels."""
    kept = np.zeros(edit.sent_mask.shape, np.uint8)
    inside = _original_box(edit).intersect(edit.crop).shift(-edit.crop.left, -edit.crop.top)
    scale = edit.scale
    shrunk = Box(
        math.ceil(inside.left * scale),
        math.ceil(inside.top * scale),
        int(inside.right * scale),
        int(inside.bottom * scale),
    )
    if not shrunk.is_empty:
        kept[shrunk.slices] = np.where(edit.sent_mask[shrunk.slices] == 0, 255, 0)
    return kept


def _original_box(edit: Edit) -> Box:
    return size_of_array(edit.original).box.shift(*edit.origin)


def _near(edit: Edit) -> Box:
    """Return the part of the canvas where anything may have changed, to measure in."""
    x, y, width, height = cv2.boundingRect(edit.blend)
    return Box(x, y, x + width, y + height).grow(2).intersect(edit.canvas.box)


def _crop_of(mask: Mask, crop: Box) -> Mask:
    canvas = size_of_array(mask).box
    part = np.zeros((crop.size.height, crop.size.width), np.uint8)
    inside = crop.intersect(canvas)
    part[inside.shift(-crop.left, -crop.top).slices] = mask[inside.slices]
    return part


def _paste_back(edit: Edit, patch: Image) -> tuple[Image, Image]:
    """Return the canvas before and after the paste."""
    base = _on_canvas(edit, edit.original)
    return base, paste(base, patch, _crop_of(edit.blend, edit.crop), at=(edit.crop.left, edit.crop.top))


def _on_canvas(edit: Edit, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if size_of_array(pixels) == edit.canvas:
        return pixels
    canvas = np.zeros((edit.canvas.height, edit.canvas.width, *pixels.shape[2:]), pixels.dtype)
    canvas[size_of_array(pixels).box.shift(*edit.origin).slices] = pixels
    return canvas


def _paste_into_photo(edit: Edit, photo: Photo, patch: Image) -> tuple[NDArray[np.uint8], Photo]:
    """Paste in the photo's own depth and profile; new canvas is opaque."""
    base = _on_canvas(edit, photo.pixels)
    finished = paste(base, photo.from_srgb(patch), _crop_of(edit.blend, edit.crop), at=(edit.crop.left, edit.crop.top))
    alpha = photo.alpha
    if alpha is not None and size_of_array(alpha) != edit.canvas:
        placed = np.full((edit.canvas.height, edit.canvas.width), np.iinfo(alpha.dtype).max, alpha.dtype)
        placed[size_of_array(alpha).box.shift(*edit.origin).slices] = alpha
        alpha = placed
    return base, photo.with_pixels(finished, alpha=alpha)


def _changed_ratio(edit: Edit, base: Image, finished: Image) -> float:
    near = _near(edit)
    differ = (base[near.slices] != finished[near.slices]).any(axis=2)
    inside = _original_box(edit).intersect(near).shift(-near.left, -near.top)
    new = near.size.pixels - inside.size.pixels
    return float((np.count_nonzero(differ[inside.slices]) + new) / edit.canvas.pixels)


def _resize(picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    if size_of_array(picture) == size:
        return picture
    return narrow(cv2.resize(picture, size, interpolation=_kernel(size_of_array(picture), size)))


def _resize_float(picture: NDArray[np.float32], size: Size) -> NDArray[np.float32]:
    current = Size(picture.shape[1], picture.shape[0])
    if current == size:
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=_kernel(current, size)), np.float32)


def _kernel(source: Size, target: Size) -> int:
    """Area averaging when it shrinks, cubic when it grows."""
    return cv2.INTER_AREA if target.pixels < source.pixels else cv2.INTER_CUBIC
