"""Bring a result home: fit it to the crop, repair it, paste it, prove it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
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
from .color import ColorFit, fit_color, lasting_difference, ring_of
from .drift import Drift, measure_drift, undo_drift
from .facts import EditFacts
from .receipt import Finished, Receipt, seam_jump
from .resample import bring_home, resample
from .seam import SeamPatch, correct, seam_patches

__all__ = ["Repair", "finish_one"]

Repair: TypeAlias = Literal["none", "color", "seam", "auto"]

_DRIFT_PX = 0.5
_WORTH_LEVELS = 0.4
_ENOUGH_PIXELS = 1 << 21


def finish_one(edit: EditFacts, generated: Generated, *, repair: Repair, align: bool) -> Finished:
    """Finish one picture; see `Edit.finish`."""
    if repair not in get_args(Repair):
        raise InputError(f"no repair is called {repair!r}", fix='"none", "color", "seam" or "auto"')
    canvas = _on_canvas(edit, edit.original)
    before = canvas if edit.photo is None else _on_canvas(edit, edit.photo.pixels)
    with ThreadPoolExecutor(1) as pool:
        # hashing a large photo takes as long as everything else
        hashed = pool.submit(preserved_sha256, before, edit.blend)
        picture, request_id = open_result(generated)
        scene, kept = edit.sent_image[:, :, :3], _kept(edit)
        check_result(picture, scene)
        returned = size_of_array(picture)
        at_sent = resample(picture, edit.sent)
        ring = ring_of(kept, edit.sent_mask)
        fit = fit_color(scene, at_sent, ring)

        drift = measure_drift(scene, at_sent if fit is None else fit.apply_rounded(at_sent), kept)
        moved = isinstance(drift, Drift) and drift.px > _DRIFT_PX * edit.scale
        moves = []
        if isinstance(drift, Drift) and moved:
            found = f"{drift.px / edit.scale:.2f} px"
            moves = [f"the result has moved by {found}; align=True undoes it"]
            if align:
                moves = [f"the result had moved by {found}; undone"]
                picture = undo_drift(picture, drift, returned.width / edit.sent.width)
                at_sent = resample(picture, edit.sent)
                fit = fit_color(scene, at_sent, ring)
        look, result_look, mask_look, kept_look = (_reduced(one) for one in (scene, at_sent, edit.sent_mask, kept))
        kept_look = _wholly(kept_look)
        notes = remarks(
            result_look,
            look,
            sent_mask=mask_look,
            kept=kept_look,
            fit=fit,
            returned=returned,
            sent=edit.sent,
            moved=moved,
        )

        patch = bring_home(picture, edit.crop.size)
        near = _near(edit)
        seam_before = seam_after = _seam(edit, canvas, patch, near)
        done = _chosen_repair(repair, fit, lambda: lasting_difference(look, result_look, _wholly(_reduced(ring))))
        if done != "none" and fit is not None:
            patches: Iterable[SeamPatch] = ()
            if done == "seam":
                changing, pasted = (_at_sent(edit, plane) for plane in (edit.mask, edit.blend))
                patches = seam_patches(scene, at_sent, fit, mask=changing, blend=pasted, kept=kept)
            # a result that is larger than what was sent keeps what it has more
            whole = picture if returned.pixels >= edit.sent.pixels else at_sent
            patch = bring_home(correct(whole, edit.sent, fit, patches), edit.crop.size)
            seam_after = _seam(edit, canvas, patch, near)

        after, photo = _paste_back(edit, before, patch)
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
        notes=(*notes, *moves, *_unseen(edit)),
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


def _in_crop(edit: EditFacts, plane: Mask) -> Mask:
    part = np.zeros((edit.crop.size.height, edit.crop.size.width), np.uint8)
    inside = edit.crop.intersect(edit.canvas.box)
    part[inside.shift(-edit.crop.left, -edit.crop.top).slices] = plane[inside.slices]
    return part


def _at_sent(edit: EditFacts, plane: Mask) -> Mask:
    """Return a mask of the canvas in sent pixels, above 0 wherever any of it lies."""
    part = _in_crop(edit, plane)
    if size_of_array(part) == edit.sent:
        return part
    kernel = cv2.INTER_AREA if edit.scale < 1 else cv2.INTER_LINEAR
    return narrow(cv2.resize(part, edit.sent, interpolation=kernel))


def _seam(edit: EditFacts, canvas: Pixels, patch: Image, near: Box) -> float:
    base = narrow(canvas[near.slices])
    pasted = paste(base, patch, _in_crop(edit, edit.blend), at=(edit.crop.left - near.left, edit.crop.top - near.top))
    return seam_jump(pasted, base, edit.mask[near.slices], valid=_original_box(edit).shift(-near.left, -near.top))


def _paste_back(edit: EditFacts, base: Pixels, patch: Image) -> tuple[Pixels, Photo | None]:
    """Return the canvas after the paste, in the photo's own depth and profile where there is a photo."""
    at, alpha = (edit.crop.left, edit.crop.top), _in_crop(edit, edit.blend)
    if edit.photo is None:
        return paste(base, patch, alpha, at=at), None
    finished = paste(base, _in_photo_colours(edit, edit.photo, patch), alpha, at=at)
    transparency = edit.photo.alpha
    if transparency is not None and edit.kind == "outpaint":
        opaque = np.iinfo(transparency.dtype).max
        transparency = _on_canvas(edit, transparency, empty=opaque)
    return finished, edit.photo.with_pixels(finished, alpha=transparency)


def _unseen(edit: EditFacts) -> list[str]:
    """Say where the edit cannot be seen, for the photo is transparent there and stays so."""
    if edit.photo is None or edit.photo.alpha is None:
        return []
    edited = edit.mask[_original_box(edit).slices] >= 128
    share = float((edit.photo.alpha[edited] == 0).mean()) if edited.any() else 0.0
    return [f"{share:.0%} of the mask lies where the photo is transparent, and stays unseen"] if share >= 0.01 else []


def _in_photo_colours(edit: EditFacts, photo: Photo, patch: Image) -> Pixels:
    """Convert the patch; a pixel that equals what was sent comes back with all the bits it had."""
    native = photo.from_srgb(patch)
    inside = _original_box(edit).intersect(edit.crop)
    own = inside.shift(-edit.origin[0], -edit.origin[1]).slices
    here = inside.shift(-edit.crop.left, -edit.crop.top).slices
    same = (patch[here] == edit.original[own]).all(axis=2)
    native[here][same] = photo.pixels[own][same]
    return native


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


def _reduced(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture as it is, or a smaller one of a size that is enough to judge by."""
    height, width = picture.shape[:2]
    step = math.ceil(math.sqrt(height * width / _ENOUGH_PIXELS))
    if step == 1 or min(height, width) < step:
        return picture
    size = (width // step, height // step)
    whole = picture[: size[1] * step, : size[0] * step]  # averages of whole blocks are several times as fast
    return narrow(cv2.resize(whole, size, interpolation=cv2.INTER_AREA))


def _wholly(kept: Mask) -> Mask:
    """Leave of a reduced mask what it marks all of: a block that is kept in part shows what was painted too."""
    return narrow(cv2.inRange(kept, 255, 255))
