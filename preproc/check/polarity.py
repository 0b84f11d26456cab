"""Tell whether a mask's white is where the edit is meant to be.

What is declared decides, with what the mask and the picture show as evidence for it: a reference by where white is
denser; the intents ``"object"`` and ``"background"`` by which part surrounds the other; ``"outpaint"`` by which part is
the picture's rectangle, or by canvas that can be recognised. Without a declaration nothing is said.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, size_of_array
from ..choices import Intent
from ..errors import InputError, ShapeError
from ..files import Photo, load_mask
from ..geometry import Box
from ..mask.arguments import as_box
from .canvas import Verdict, against_canvas
from .report import Finding
from .surround import surrounding

__all__ = ["DECIDES", "Intent", "polarity"]


_CLEAR = 0.2
# A box of more than this share of the canvas has to leave out strips at two sides, of which so much more, or less, is white.
_LARGE_BOX, _CLEAR_STRIP, _SIDES = 0.8, 0.3, 2

DECIDES = "check.mask(m, reference=box)"
"""The call that tells whether white and black are swapped."""


def polarity(mask: Mask, photo: Photo | None, intent: Intent | None, reference: Any) -> list[Finding]:
    """Return one finding that confirms, contradicts or abstains; two where evidence contradicts itself."""
    declared = None
    if reference is not None:
        region = _region(mask, reference)
        if not (isinstance(reference, (tuple, list)) and _says_little(mask, region)):
            declared = _against_region(mask, region, intent)
    if isinstance(declared, Finding):
        return [declared]
    seen = None
    if intent == "outpaint":
        seen = against_canvas(mask, photo)
    elif intent is not None and declared is None:
        seen = _against_surroundings(mask, intent)
    if declared is not None and seen is not None and declared.inverted != seen.inverted:
        return [_finding(declared), _contradiction(declared, seen)]
    verdict = declared or seen
    if verdict is None:
        return [_undecided(mask, photo, intent, reference)]
    return [_finding(verdict)]


def _finding(verdict: Verdict) -> Finding:
    if verdict.inverted:
        return Finding("inverted", "error", f"the mask is inverted: {verdict.words}", "mask.invert(m)", verdict.value)
    return Finding("polarity-confirmed", "info", verdict.words, value=verdict.value)


def _contradiction(declared: Verdict, seen: Verdict) -> Finding:
    return Finding(
        "polarity-conflict",
        "error",
        f"the declared region and the canvas contradict each other: {declared.words}, but {seen.words}",
        fix=DECIDES,
        value=seen.value,
    )


def _undecided(mask: Mask, photo: Photo | None, intent: Intent | None, reference: Any) -> Finding:
    other = "another reference" if reference is not None else "a reference (a box, or an earlier mask)"
    why = _why_not(mask, photo, intent, reference)
    words = f"whether white and black are swapped is undecided: {why}; {other} decides it"
    return Finding("polarity-undecided", "info", words, DECIDES)


def _why_not(mask: Mask, photo: Photo | None, intent: Intent | None, reference: Any) -> str:
    if reference is not None:
        region = _region(mask, reference)
        if region.all() or not region.any():
            return f"the reference holds {'everything' if region.all() else 'nothing'}"
        if isinstance(reference, (tuple, list)) and _says_little(mask, region):
            return f"the box holds {region.mean():.0%} of the canvas, and what it leaves out may be more of the subject"
        inside, outside = float(mask[region].mean()) / 255, float(mask[~region].mean()) / 255
        return f"white covers {inside:.1%} of the declared edit region and {outside:.1%} of the rest, nearly alike"
    if intent == "outpaint":
        why = "either part may be the picture's rectangle, and "
        if photo is None:
            return why + "no image was given to look for new canvas in"
        if photo.size != size_of_array(mask):
            return why + f"the image is {photo.size} and the mask {size_of_array(mask)}"
        return why + "no canvas beside the mask's edge is flat, repeated, mirrored or transparent for sure"
    if intent is not None:
        return f"by its form either part may surround the other, so the intent {intent!r} cannot tell them apart"
    return "nothing declares where the edit is meant to be"


def _against_region(mask: Mask, region: NDArray[np.bool_], intent: Intent | None) -> Verdict | Finding | None:
    if region.all() or not region.any():
        return None
    inside, outside = float(mask[region].mean()) / 255, float(mask[~region].mean()) / 255
    # As a share of what there is of the rarer kind: a loose box around a large subject tells next to nothing.
    rarer = min(max(inside, outside), 1 - min(inside, outside))
    if abs(inside - outside) < _CLEAR * rarer or inside == outside:
        return None
    words = f"white covers {inside:.1%} of the declared edit region and {outside:.1%} of the rest"
    if inside < outside < 0.05 and intent != "background" and region.mean() < 0.5:
        # Inverted it would edit nearly everything: it is in the wrong place.
        return Finding(
            "misplaced",
            "error",
            f"the mask lies outside the declared edit region: {words}; only a new mask helps",
            fix="mask.rectangle(m, box)",
            value=(inside, outside),
        )
    if inside > outside > 0.95 and intent != "background" and region.mean() < 0.5:
        return None  # the same, inverted: nearly everything is edited, and what is kept lies elsewhere
    return Verdict(inside < outside, words, (inside, outside))


def _says_little(mask: Mask, region: NDArray[np.bool_]) -> bool:
    """Tell whether a box holds nearly everything, and what it leaves out is not clearly different.

    Of a large subject that a box cuts, the strip beside the box may be more of the subject than the box itself.
    """
    if region.mean() <= _LARGE_BOX or region.all():
        return False
    inside, outside = float(mask[region].mean()) / 255, float(mask[~region].mean()) / 255
    edges = (region[0], region[-1], region[:, 0], region[:, -1])
    return abs(inside - outside) < _CLEAR_STRIP or sum(not edge.any() for edge in edges) < _SIDES


def _region(mask: Mask, reference: Any) -> NDArray[np.bool_]:
    size = size_of_array(mask)
    if isinstance(reference, (tuple, list)):
        left, top, right, bottom = as_box(reference, what="reference")
        box = Box(round(left), round(top), round(right), round(bottom)).intersect(size.box)
        if box.is_empty:
            raise InputError(f"the reference box {tuple(reference)} holds no pixel of the mask of {size}")
        region = np.zeros(mask.shape, np.bool_)
        region[box.slices] = True
        return region
    declared = load_mask(reference)
    if declared.shape != mask.shape:
        raise ShapeError(
            f"the reference is {size_of_array(declared)} and the mask {size}",
            actual=size_of_array(declared),
            expected=size,
            fix=f"mask.resize(reference, ({size.width}, {size.height}))",
        )
    # A faint one is as clear as any other.
    return declared > int(declared.max()) // 2


def _against_surroundings(mask: Mask, intent: Intent) -> Verdict | None:
    """See which part surrounds the other: it is the background, and the other an object."""
    found = surrounding(mask)
    if found.white is None:
        return None
    meant = intent == "background"
    words = (
        f"{'white' if found.white else 'black'} {found.words} (white covers {found.border:.1%} of the canvas border), "
        f"and for an edit of the {intent} {'white' if meant else 'black'} should"
    )
    return Verdict(found.white != meant, words, (found.border, float(cv2.mean(mask)[0] / 255)))
