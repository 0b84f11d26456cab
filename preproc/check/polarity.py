"""Tell whether a mask's white is where the edit is meant to be.

What is declared decides: a region, or what the edit is. Pixels may only agree or disagree with that. How much of a
mask is white, or what touches its border, is never taken for a verdict by itself.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, size_of_array
from ..errors import InputError, ShapeError
from ..files import Photo, load_mask
from ..geometry import Box
from ..mask.arguments import as_box
from .report import Finding

__all__ = ["Intent", "polarity"]

Intent = Literal["object", "background", "outpaint"]


class _Verdict(NamedTuple):
    """What one piece of evidence says."""

    inverted: bool
    words: str
    value: tuple[float, float]


def polarity(mask: Mask, photo: Photo | None, intent: Intent | None, reference: Any) -> list[Finding]:
    """Return one finding that confirms, contradicts or abstains; two where evidence contradicts itself."""
    declared = None if reference is None else _against_region(mask, _region(mask, reference), intent)
    if isinstance(declared, Finding):
        return [declared]
    seen = None
    if intent == "outpaint" and photo is not None and photo.size == size_of_array(mask):
        seen = _against_canvas(mask, photo)
    elif intent in {"object", "background"} and declared is None:
        seen = _against_surroundings(mask, intent)
    if declared is not None and seen is not None and declared.inverted != seen.inverted:
        return [_finding(declared), _contradiction(declared, seen)]
    verdict = declared or seen
    if verdict is None:
        return [_undecided(photo, intent, reference)]
    return [_finding(verdict)]


def _finding(verdict: _Verdict) -> Finding:
    if verdict.inverted:
        return Finding("inverted", "error", f"the mask is inverted: {verdict.words}", "mask.invert(m)", verdict.value)
    return Finding("polarity-confirmed", "info", verdict.words, value=verdict.value)


def _contradiction(declared: _Verdict, seen: _Verdict) -> Finding:
    return Finding(
        "polarity-conflict",
        "error",
        f"the declared region and the canvas contradict each other: {declared.words}, but {seen.words}",
        fix="check.mask(m, image, reference=box_or_mask)",
        value=seen.value,
    )


def _undecided(photo: Photo | None, intent: Intent | None, reference: Any) -> Finding:
    if reference is not None:
        reason = "white covers the declared region and the rest alike"
    elif intent == "outpaint" and photo is None:
        reason = "no image was given to look for new canvas in"
    elif intent == "outpaint":
        reason = "the canvas is neither flat, nor repeated, nor transparent, so it cannot tell"
    elif intent is not None:
        reason = f"neither white nor black runs round the canvas, so the intent {intent!r} cannot tell"
    else:
        reason = "nothing declares where the edit is meant to be"
    return Finding(
        "polarity-undecided",
        "info",
        f"whether white and black are swapped is undecided: {reason}",
        fix="check.mask(m, image, reference=box_or_mask)",
    )


def _against_region(mask: Mask, region: NDArray[np.bool_], intent: Intent | None) -> _Verdict | Finding | None:
    if region.all() or not region.any():
        return None
    inside, outside = float(mask[region].mean()) / 255, float(mask[~region].mean()) / 255
    if inside == outside:
        return None
    words = f"white covers {inside:.1%} of the declared edit region and {outside:.1%} of the rest"
    if inside < outside < 0.05 and intent != "background":
        # Inverted it would edit nearly everything: it is in the wrong place.
        return Finding(
            "misplaced",
            "error",
            f"the mask lies outside the declared edit region: {words}; only a new mask helps",
            fix="mask.rectangle(image, box)",
            value=(inside, outside),
        )
    return _Verdict(inside < outside, words, (inside, outside))


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
    return declared > 127


def _against_surroundings(mask: Mask, intent: Intent) -> _Verdict | None:
    """See what runs round the canvas: it surrounds an object, and is the background."""
    surrounding = _surrounding(mask > 127)
    if surrounding is None:
        return None
    sides = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    border = float(sides.mean()) / 255
    inner = float(mask[1:-1, 1:-1].mean()) / 255 if min(mask.shape) > 2 else border
    meant = intent == "background"
    words = (
        f"{'white' if surrounding else 'black'} runs round the canvas (white covers {border:.1%} of its border and "
        f"{inner:.1%} of the rest), and for an edit of the {intent} {'white' if meant else 'black'} should"
    )
    return _Verdict(surrounding != meant, words, (border, inner))


def _surrounding(edited: NDArray[np.bool_]) -> bool | None:
    """Return what fills three sides of the canvas, or all its corners and most of its border; None if nothing does."""
    sides = (edited[0], edited[-1], edited[:, 0], edited[:, -1])
    shares = [float(side.mean()) for side in sides]
    corners = {bool(edited[row, column]) for row in (0, -1) for column in (0, -1)}
    for value in (True, False):
        filled = [share if value else 1 - share for share in shares]
        if sum(share >= 0.9 for share in filled) >= 3 or (corners == {value} and sum(filled) > 2):
            return value
    return None


def _against_canvas(mask: Mask, photo: Photo) -> _Verdict | None:
    """Look for new canvas: where it can be recognised, it must be white."""
    votes = [*_transparency(mask, photo), *_bands(mask, photo.rgb)]
    if not votes or len({vote.inverted for vote in votes}) > 1:
        return None
    return votes[0]


def _transparency(mask: Mask, photo: Photo) -> list[_Verdict]:
    if photo.alpha is None:
        return []
    clear = photo.alpha == 0
    if not 0.01 < clear.mean() < 0.99:
        return []
    empty, filled = float(mask[clear].mean()) / 255, float(mask[~clear].mean()) / 255
    words = f"white covers {empty:.1%} of the transparent canvas and {filled:.1%} of the picture"
    if empty > 0.9 and filled < 0.5:
        return [_Verdict(inverted=False, words=words, value=(empty, filled))]
    if empty < 0.1 and filled > 0.5:
        return [_Verdict(inverted=True, words=words, value=(empty, filled))]
    return []


def _bands(mask: Mask, image: Image) -> list[_Verdict]:
    """One vote for every side that has a band of flat or repeated canvas which the mask tells from the rest."""
    names = ("left", "top", "right", "bottom")
    # So many quarter turns anticlockwise bring each side to the left.
    depths = [_canvas_depth(np.rot90(image, turns)) for turns in range(4)]
    votes = []
    for turns, (name, depth) in enumerate(zip(names, depths, strict=True)):
        if depth:
            # Seen from this side the next one is above, the previous one below, and the one after next opposite.
            above, opposite, below = (depths[(turns + more) % 4] for more in (1, 2, 3))
            turned = np.rot90(mask, turns)
            seen = turned[above : len(turned) - below, : turned.shape[1] - opposite]
            if not seen.size:
                continue
            if 0.1 < (seen[:, :depth] > 127).mean() < 0.9:
                # The picture's own backdrop is as flat as the canvas beside it, so flat says nothing here.
                return []
            vote = _vote(seen, depth, name)
            if vote is not None:
                votes.append(vote)
    return votes


def _canvas_depth(image: Image) -> int:
    """Count the columns, from the left, that repeat the one before in nearly every row; 0 if under 8."""
    if image.shape[1] <= 16:
        return 0
    rows = np.ascontiguousarray(image[:: max(1, len(image) // 512)])
    same = cv2.inRange(cv2.absdiff(rows[:, 1:], rows[:, :-1]), (0, 0, 0), (3, 3, 3))
    ends = (same == 0).argmax(axis=1)
    runs = np.where(same.all(axis=1), same.shape[1], ends)
    depth = int(np.quantile(runs, 0.1))
    return depth if 8 <= depth < image.shape[1] - 8 else 0


def _vote(mask: Mask, depth: int, side: str) -> _Verdict | None:
    """Vote only if the band has one value and the opposite begins soon behind it, at most an overlap deeper."""
    profile = np.median(mask, axis=0) / 255
    width = mask.shape[1]
    reach = max(64, width // 10)
    band, behind = float(profile[:depth].mean()), profile[depth : depth + reach + 1]
    if not behind.size:
        return None
    if band > 0.9 and behind.min() < 0.1:
        inverted, inner = False, float(behind.min())
    elif band < 0.1 and behind.max() > 0.9:
        inverted, inner = True, float(behind.max())
    else:
        return None
    words = f"white covers {band:.1%} of the new canvas on the {side} and {inner:.1%} of the picture behind it"
    return _Verdict(inverted, words, (band, inner))
