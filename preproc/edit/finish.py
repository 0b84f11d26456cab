"""Bring a result home: fit it to the crop, repair it, paste it, prove it."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Literal, TypeAlias, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, Pixels, bounds, narrow, size_of_array
from ..composite import is_preserved, paste, preserved_sha256
from ..errors import InputError, PlacementError
from ..files import Photo
from ..geometry import Box
from .arrive import Generated, check_result, open_result, remarks
from .drift import Drift, measure_drift, undo_drift
from .facts import EditFacts
from .receipt import Finished, Receipt, seam_jump
from .repair import ColorFit, fit_color, lasting_difference, repair_color, repair_seam, ring_of
from .resample import bring_home, resample

__all__ = ["Repair", "finish_one"]

Repair: TypeAlias = Literal["none", "color", "seam", "auto"]

_DRIFT_PX = 0.5
_WORTH_LEVELS = 0.4


def finish_one(edit: EditFacts, generated: Generated, *, repair: Repair, align: bool) -> Finished:
    """Finish one picture; see `Edit.finish`."""
    if repair not in get_args(Repair):
        raise InputError(f"no repair is called {repair!r}", fix='"none", "color", "seam" or "auto"')
    with ThreadPoolExecutor(1) as pool:
        # hashing a large photo takes as long as everything else
        hashed = pool.submit(lambda: preserved_sha256(_before(edit), edit.blend))
        picture, request_id = open_result(generated)
        check_result(picture, edit.sent)
        returned = size_of_array(picture)
        scene, kept = edit.sent_image[:, :, :3], _kept(edit)
        at_sent = resample(picture, edit.sent)
        fit = fit_color(scene, at_sent, ring_of(kept, edit.sent_mask))
        notes = remarks(at_sent, scene, sent_mask=edit.sent_mask, kept=kept, fit=fit, returned=returned)

        drift = measure_drift(scene, at_sent if fit is None else _rounded(repair_color(at_sent, fit)), kept)
        if isinstance(drift, Drift) and drift.px > _DRIFT_PX * edit.scale:
            found = f"{drift.px / edit.scale:.2f} px"
            if align:
                picture = at_sent = undo_drift(at_sent, drift)
                fit = fit_color(scene, at_sent, ring_of(kept, edit.sent_mask))
                notes.append(f"the result had moved by {found}; undone")
            else:
                notes.append(f"the result has moved by {found}; align=True undoes it")

        patch = bring_home(picture, edit.crop.size)
        near = _near(edit)
        seam_before = seam_after = _seam(edit, patch, near)
        done = _chosen_repair(repair, fit, lambda: lasting_difference(scene, at_sent, ring_of(kept, edit.sent_mask)))
        if done != "none" and fit is not None:
            repaired = repair_color(at_sent, fit)
            if done == "seam":
                repaired = repair_seam(scene, repaired, blend=_blend_at_sent(edit), kept=kept)
            patch = bring_home(_rounded(repaired), edit.crop.size)
            seam_after = _seam(edit, patch, near)

        before, after, photo = _paste_back(edit, patch)
        sha256 = hashed.result()
    receipt = Receipt(
        preserved_sha256_before=sha256,
        preserved_sha256_after=(
            sha256 if is_preserved(before, after, edit.blend) else preserved_sha256(after, edit.blend)
        ),
        preserved_ratio=1 - int(np.count_nonzero(edit.blend)) / edit.canvas.pixels,
        changed_ratio=_changed_ratio(edit, before, after, near),
        seam_before=seam_before,
        seam_after=seam_after,
        repair=done,
        color=fit,
        drift=_in_canvas_px(drift, edit.scale) if isinstance(drift, Drift) else None,
        drift_missing=None if isinstance(drift, Drift) else drift,
        canvas=edit.canvas,
        crop=edit.crop,
        sent=edit.sent,
        returned=returned,
        request_id=request_id,
        notes=tuple(notes),
    )
    return Finished(image=narrow(after) if photo is None else photo.rgb, receipt=receipt, photo=photo)


def _chosen_repair(
    repair: Repair, fit: ColorFit | None, lasting: Callable[[], float]
) -> Literal["none", "color", "seam"]:
    nothing = fit is None or fit.is_other_scene
    if repair == "auto":
        # judged on the kept pixels alone: at the edge itself new content may differ as it likes
        return "none" if nothing or lasting() < _WORTH_LEVELS else "seam"
    if repair != "none" and nothing:
        reason = "no kept pixels are left in the crop" if fit is None else "the kept pixels show another scene"
        raise PlacementError(
            f"repair={repair!r} has nothing to fit: {reason}", fix='repair="none", or more context around the mask'
        )
    return repair


def _kept(edit: EditFacts) -> Mask:
    """255 where the endpoint was told to keep a pixel of the photo, in sent pixels."""
    kept = np.zeros(edit.sent_mask.shape, np.uint8)
    inside = _original_box(edit).intersect(edit.crop).shift(-edit.crop.left, -edit.crop.top)
    whole = Box(
        math.ceil(inside.left * edit.scale),
        math.ceil(inside.top * edit.scale),
        int(inside.right * edit.scale),
        int(inside.bottom * edit.scale),
    )
    if not whole.is_empty:
        kept[whole.slices] = np.where(edit.sent_mask[whole.slices] == 0, 255, 0)
    return kept


def _original_box(edit: EditFacts) -> Box:
    return size_of_array(edit.original).box.shift(*edit.origin)


def _near(edit: EditFacts) -> Box:
    """Return the part of the canvas where anything may have changed, to measure in."""
    return bounds(edit.blend).grow(2).intersect(edit.canvas.box)


def _blend_in_crop(edit: EditFacts) -> Mask:
    part = np.zeros((edit.crop.size.height, edit.crop.size.width), np.uint8)
    inside = edit.crop.intersect(edit.canvas.box)
    part[inside.shift(-edit.crop.left, -edit.crop.top).slices] = edit.blend[inside.slices]
    return part


def _blend_at_sent(edit: EditFacts) -> Mask:
    """Return the blend in sent pixels, above 0 wherever any of it lies."""
    blend = _blend_in_crop(edit)
    if size_of_array(blend) == edit.sent:
        return blend
    kernel = cv2.INTER_AREA if edit.scale < 1 else cv2.INTER_LINEAR
    return narrow(cv2.resize(blend, edit.sent, interpolation=kernel))


def _seam(edit: EditFacts, patch: Image, near: Box) -> float:
    base = narrow(_on_canvas(edit, edit.original)[near.slices])
    pasted = paste(base, patch, _blend_in_crop(edit), at=(edit.crop.left - near.left, edit.crop.top - near.top))
    return seam_jump(pasted, base, edit.mask[near.slices], valid=_original_box(edit).shift(-near.left, -near.top))


def _paste_back(edit: EditFacts, patch: Image) -> tuple[Pixels, Pixels, Photo | None]:
    """Return the canvas before and after the paste, in the photo's own depth and profile where there is a photo."""
    at, alpha, base = (edit.crop.left, edit.crop.top), _blend_in_crop(edit), _before(edit)
    if edit.photo is None:
        return base, paste(base, patch, alpha, at=at), None
    finished = paste(base, _in_photo_colours(edit, edit.photo, patch), alpha, at=at)
    transparency = edit.photo.alpha
    if transparency is not None and edit.kind == "outpaint":
        opaque = np.iinfo(transparency.dtype).max
        transparency = _on_canvas(edit, transparency, empty=opaque)
    return base, finished, edit.photo.with_pixels(finished, alpha=transparency)


def _in_photo_colours(edit: EditFacts, photo: Photo, patch: Image) -> Pixels:
    """Convert the patch; a pixel that equals what was sent comes back with all the bits it had."""
    native = photo.from_srgb(patch)
    inside = _original_box(edit).intersect(edit.crop)
    own = inside.shift(-edit.origin[0], -edit.origin[1]).slices
    here = inside.shift(-edit.crop.left, -edit.crop.top).slices
    same = (patch[here] == edit.original[own]).all(axis=2)
    native[here][same] = photo.pixels[own][same]
    return native


def _before(edit: EditFacts) -> Pixels:
    return _on_canvas(edit, edit.original if edit.photo is None else edit.photo.pixels)


def _on_canvas(edit: EditFacts, pixels: Pixels, *, empty: int = 0) -> Pixels:
    if size_of_array(pixels) == edit.canvas:
        return pixels
    canvas = np.full((edit.canvas.height, edit.canvas.width, *pixels.shape[2:]), empty, pixels.dtype)
    canvas[_original_box(edit).slices] = pixels
    return canvas


def _changed_ratio(edit: EditFacts, before: Pixels, after: Pixels, near: Box) -> float:
    """Share of the canvas that differs; new canvas counts as changed."""
    differ = before[near.slices] != after[near.slices]
    if differ.ndim == 3:
        differ = differ.any(axis=2)
    inside = _original_box(edit).intersect(near)
    changed = int(np.count_nonzero(differ[inside.shift(-near.left, -near.top).slices]))
    return (changed + near.size.pixels - inside.size.pixels) / edit.canvas.pixels


def _in_canvas_px(drift: Drift, scale: float) -> Drift:
    return replace(drift, dx_px=drift.dx_px / scale, dy_px=drift.dy_px / scale, px=drift.px / scale)


def _rounded(picture: NDArray[np.float32]) -> Image:
    return narrow(np.clip(np.rint(picture), 0, 255).astype(np.uint8))
