"""Bring a result home: fit it to the crop, repair it, paste it, prove it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal, NamedTuple, get_args

import cv2
import numpy as np

from ..arrays import Image, narrow, size_of_array
from ..choices import Repair
from ..errors import InputError, PlacementError
from ..geometry import Box
from ..preserved import preserved_sha256
from .arrive import Generated, check_result, open_result, remarks, unusable
from .color import ColorFit, fit_color, lasting_difference, ring_of
from .comparison import Comparison, compare, in_crop, reduced
from .drift import Drift, measure_drift, undo_drift
from .echo import find_echo
from .facts import EditFacts
from .masks import require_content
from .pasting import changed_ratio, paste_back, seam_of, sha256_after, unseen
from .receipt import Finished, Receipt
from .resample import bring_home
from .seam import SeamPatch, correct, seam_patches

__all__ = ["Repair", "finish_one"]


_DRIFT_PX = 0.5
_WORTH_LEVELS = 0.4
_SEEN_RATIO = 0.001
_STRIP_ROWS = 256
_ECHO_LEVELS = 8.0  # compression moves half of the pixels by less
_MOVED = {False: "; align=True undoes it", True: "; undone"}


def finish_one(
    edit: EditFacts, generated: Generated, *, repair: Repair, align: bool, onto: EditFacts | None = None
) -> Finished:
    """Finish one picture; see `Edit.finish`.

    Parameters
    ----------
    edit, generated, repair, align
        As there.
    onto
        The edit with the photo as it is by now, where others were pasted into it since this one was sent.
    """
    from concurrent.futures import ThreadPoolExecutor

    if repair not in get_args(Repair):
        raise InputError(f"no repair is called {repair!r}", fix='"none", "color", "seam" or "auto"')
    onto = edit if onto is None else onto
    before = onto.original if onto.photo is None else onto.photo.pixels
    pasted = require_content(edit.blend)
    with ThreadPoolExecutor(1) as pool:
        # hashing a large photo takes as long as everything else
        hashed = pool.submit(preserved_sha256, before, edit.blend, at=edit.origin if edit.kind == "outpaint" else None)
        picture, request_id = open_result(generated)
        check_result(picture, edit.sent_image[:, :, :3])
        home = _brought_home(edit, picture, pasted, repair=repair, align=align)
        after, photo = paste_back(onto, home.patch, pasted)
        sha256 = hashed.result()
    receipt = Receipt(
        preserved_sha256_before=sha256,
        preserved_sha256_after=sha256_after(onto, before, after, sha256),
        preserved_ratio=1 - cv2.countNonZero(edit.blend) / edit.canvas.pixels,
        changed_ratio=changed_ratio(onto, before, after, pasted),
        seam_before=home.seam_before,
        seam_after=home.seam_after,
        repair=home.repair,
        color=home.fit,
        drift=home.drift if isinstance(home.drift, Drift) else None,
        drift_missing=None if isinstance(home.drift, Drift) else home.drift,
        canvas=edit.canvas,
        crop=edit.crop,
        sent=edit.sent,
        returned=size_of_array(picture),
        request_id=request_id,
        notes=(*home.notes, *unseen(onto)),
    )
    return Finished(image=narrow(after) if photo is None else photo.rgb, receipt=receipt, photo=photo)


class _Home(NamedTuple):
    """What is pasted, how it was repaired, and what was found on the way."""

    patch: Image
    repair: Literal["none", "color", "seam"]
    seam_before: float
    seam_after: float
    fit: ColorFit | None
    drift: Drift | str
    notes: tuple[str, ...]


def _brought_home(edit: EditFacts, picture: Image, pasted: Box, *, repair: Repair, align: bool) -> _Home:
    """Bring a result to its crop, judge it on the kept pixels there, and repair what is pasted of it."""
    returned = size_of_array(picture)
    same = _sameness(edit, picture)
    unscaled = _crop_itself(edit) if same == "all" else None  # known better than resampling can tell
    home = bring_home(picture, edit.crop.size) if unscaled is None else unscaled
    pair = compare(edit, picture, home)
    look = reduced(pair)
    ring = ring_of(look.kept, look.sent_mask)
    drift = _drift(look)
    moves = []
    if moved := isinstance(drift, Drift) and drift.px > _DRIFT_PX:
        moves = [f"the result {'had' if align else 'has'} moved by {drift.px:.2f} px{_how(drift)}{_MOVED[align]}"]
        if align:
            picture = undo_drift(picture, drift, returned.width / edit.crop.size.width)
            home = bring_home(picture, edit.crop.size)
            pair = compare(edit, picture, home)
            look = reduced(pair)
        else:  # colours are compared where each pixel lies now
            look = look._replace(result=undo_drift(look.result, drift, look.scale))
    fit = fit_color(look.scene, look.result, ring)
    is_near = not moved and same is None and (fit is None or fit.before <= _ECHO_LEVELS)
    fault = unusable(look.result, look.scene, kept=look.kept, ring=ring, fit=fit)
    notes = remarks(
        kept=look.kept,
        fit=fit,
        fault=fault,
        returned=returned,
        sent=edit.sent,
        moved=moved,
        same=same,
        echo=find_echo(narrow(edit.sent_image[:, :, :3]), picture, edit.sent_mask) if is_near else None,
    )
    part = pasted.shift(-edit.crop.left, -edit.crop.top)
    patch = narrow(home[part.slices])
    seam_before = seam_after = seam_of(edit, patch, pasted)
    done = _chosen_repair(repair, fit, lambda: 0.0 if fault else lasting_difference(look.scene, look.result, ring))
    if done != "none" and fit is not None:
        patches = _patches(edit, pair, fit) if done == "seam" else ()
        patch = correct(home, part, size_of_array(pair.kept), fit, patches)
        seam_after = seam_of(edit, patch, pasted)
    return _Home(patch, done, seam_before, seam_after, fit, drift, (*notes, *moves))


def _how(drift: Drift) -> str:
    """Say what else there is to a move than a shift."""
    wide = drift.stretch > 1
    zoom, stretch = drift.zoom - 1, (drift.stretch if wide else 1 / drift.stretch) - 1
    said = [f"zoomed by {zoom:+.1%}"] if abs(zoom) >= _SEEN_RATIO else []
    if stretch >= _SEEN_RATIO:
        said += [f"stretched by {stretch:.1%} in {'width' if wide else 'height'}"]
    return f" ({', '.join(said)})" if said else ""


def _drift(look: Comparison) -> Drift | str:
    """Measure the drift in pixels of the canvas, or say why that cannot be done."""
    drift = measure_drift(look.scene, look.result, look.kept)
    if isinstance(drift, str):
        return drift
    dx, dy, px = (value / look.scale for value in (drift.dx_px, drift.dy_px, drift.px))
    return replace(drift, dx_px=dx, dy_px=dy, px=px)


def _sameness(edit: EditFacts, picture: Image) -> Literal["all", "kept"] | None:
    """Tell what of a result is bit for bit what was sent."""
    if size_of_array(picture) != edit.sent:
        return None
    scene = edit.sent_image[:, :, :3]
    tops = range(0, edit.sent.height, _STRIP_ROWS)
    if all(np.array_equal(picture[top : top + _STRIP_ROWS], scene[top : top + _STRIP_ROWS]) for top in tops):
        return "all"
    kept = cv2.inRange(edit.sent_mask, 0, 0)
    return "kept" if cv2.norm(picture, np.ascontiguousarray(scene), cv2.NORM_INF, kept) == 0 else None


def _crop_itself(edit: EditFacts) -> Image | None:
    """Return the photo's own pixels where nothing but them was enlarged for sending."""
    if edit.scale <= 1 or edit.kind == "outpaint" or any(edit.padding):
        return None
    return narrow(edit.original[edit.crop.slices])


def _patches(edit: EditFacts, pair: Comparison, fit: ColorFit) -> Iterable[SeamPatch]:
    changing, pasted = (in_crop(edit, plane, size_of_array(pair.kept)) for plane in (edit.mask, edit.blend))
    return seam_patches(pair.scene, pair.result, fit, mask=changing, blend=pasted, kept=pair.kept)


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
