"""Paste what came home into the photo, in the photo's own depth and colours, and measure what that changed."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Pixels, narrow
from ..composite import paste, paste_onto
from ..files import Photo
from ..geometry import Box
from ..preserved import is_preserved, preserved_sha256
from .comparison import original_box
from .facts import EditFacts
from .jump import seam_jump

__all__ = ["changed_ratio", "paste_back", "seam_of", "sha256_after", "unseen"]

_NEAR_PX = 2
_STRIP_ROWS = 256


def paste_back(edit: EditFacts, patch: Image, pasted: Box) -> tuple[Pixels, Photo | None]:
    """Return the canvas after the paste, in the photo's own depth and profile where there is a photo.

    Parameters
    ----------
    edit
        Says where photo and patch go.
    patch
        What is pasted, uint8 RGB, of the size of `pasted`.
    pasted
        The box of the canvas that holds all of the blend.
    """
    own = edit.original if edit.photo is None else edit.photo.pixels
    canvas = _on_canvas(edit, own)
    for top in range(pasted.top, pasted.bottom, _STRIP_ROWS):  # in another depth a picture takes more memory
        rows = Box(pasted.left, top, pasted.right, min(top + _STRIP_ROWS, pasted.bottom))
        strip: Pixels = patch[top - pasted.top : rows.bottom - pasted.top]
        if edit.photo is not None:
            strip = _in_photo_colours(edit, edit.photo, narrow(strip), rows)
        paste_onto(canvas, strip, edit.blend[rows.slices], at=(rows.left, rows.top))
    if edit.photo is None:
        return canvas, None
    transparency = edit.photo.alpha
    if transparency is not None and edit.kind == "outpaint":
        transparency = _on_canvas(edit, transparency, empty=np.iinfo(transparency.dtype).max)
    return canvas, edit.photo.with_pixels(canvas, alpha=transparency)


def _on_canvas(edit: EditFacts, pixels: Pixels, *, empty: int = 0) -> Pixels:
    if edit.kind == "crop":
        return cast("Pixels", np.array(pixels, order="C"))
    canvas = np.full((edit.canvas.height, edit.canvas.width, *pixels.shape[2:]), empty, pixels.dtype)
    canvas[original_box(edit).slices] = pixels
    return canvas


def _in_photo_colours(edit: EditFacts, photo: Photo, patch: Image, place: Box) -> Pixels:
    """Convert the patch; a pixel that equals what was sent comes back with all the bits it had."""
    native = photo.from_srgb(patch)
    inside = original_box(edit).intersect(place)
    own = inside.shift(-edit.origin[0], -edit.origin[1]).slices
    here = inside.shift(-place.left, -place.top).slices
    same = (patch[here] == edit.original[own]).all(axis=2)
    if not same.any():
        return native
    if native is patch or not native.flags.writeable:
        native = native.copy()  # what came back is not changed
    native[here][same] = photo.pixels[own][same]
    return native


def seam_of(edit: EditFacts, patch: Image, pasted: Box) -> float:
    """Measure the jump across the mask's edge once `patch` is pasted at `pasted`."""
    valid = original_box(edit)

    def original(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Image:
        return edit.original[rows - valid.top, columns - valid.left]

    def result(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Image:
        photo, new = (
            plane[
                np.clip(rows - box.top, 0, box.size.height - 1),
                np.clip(columns - box.left, 0, box.size.width - 1),
                np.newaxis,
            ]
            for plane, box in ((edit.original, valid), (patch, pasted))
        )
        return narrow(paste(photo, new, edit.blend[rows, columns, np.newaxis]))[:, 0]

    return seam_jump(result, original, edit.mask, valid=valid, within=_near(edit, pasted))


def _near(edit: EditFacts, pasted: Box) -> Box:
    """Return the part of the canvas where anything may have changed, and its neighbours."""
    return pasted.grow(_NEAR_PX).intersect(edit.canvas.box)


def changed_ratio(edit: EditFacts, before: Pixels, after: Pixels, pasted: Box) -> float:
    """Share of the canvas that differs; new canvas counts as changed."""
    near, valid = _near(edit, pasted), original_box(edit)
    inside = valid.intersect(near)
    changed = near.size.pixels - inside.size.pixels
    for top in range(inside.top, inside.bottom, _STRIP_ROWS):
        rows = Box(inside.left, top, inside.right, min(top + _STRIP_ROWS, inside.bottom))
        differ = before[rows.shift(-valid.left, -valid.top).slices] != after[rows.slices]
        changed += int(np.count_nonzero(differ.any(axis=2) if differ.ndim == 3 else differ))
    return changed / edit.canvas.pixels


def sha256_after(edit: EditFacts, before: Pixels, after: Pixels, sha256_before: str) -> str:
    """Hash what was preserved; where comparing shows that nothing differs, the hash is known."""
    valid = original_box(edit)
    blend = edit.blend[valid.slices]
    beyond = edit.canvas.pixels - valid.size.pixels
    all_beyond_changes = not beyond or cv2.countNonZero(edit.blend) - cv2.countNonZero(blend) == beyond
    if all_beyond_changes and is_preserved(before, after[valid.slices], blend):
        return sha256_before
    return preserved_sha256(after, edit.blend)


def unseen(edit: EditFacts) -> list[str]:
    """Say where the edit cannot be seen, for the photo is transparent there and stays so."""
    if edit.photo is None or edit.photo.alpha is None:
        return []
    edited = edit.mask[original_box(edit).slices] >= 128
    share = float((edit.photo.alpha[edited] == 0).mean()) if edited.any() else 0.0
    return [f"{share:.0%} of the mask lies where the photo is transparent, and stays unseen"] if share >= 0.01 else []
