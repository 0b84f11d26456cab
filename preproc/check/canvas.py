"""Find the new canvas of an outpainting: that is what must be white."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow, size_of_array
from ..files import Photo
from .cut import NAMES, Cut, cut_of, lines_across
from .even import even_side
from .mirror import mirrored_side
from .surround import rectangle_of

__all__ = ["Verdict", "against_canvas"]


class Evenness(NamedTuple):
    """What counts as repeated: levels between neighbours, and the share of rows that may leave the canvas sooner."""

    levels: int
    sooner: float


_PLAIN = Evenness(3, 0.1)

# Canvas out of a lossless file: every row repeats to the last level. No camera writes that.
_EXACT = Evenness(0, 0.0)

# Where the picture goes on as even as the canvas in most rows, the first to leave tell where it begins. Canvas ends on a
# line then, in so many rows at least: backdrops end where things begin, and boxes in front of one on shorter lines.
_FINER = (Evenness(3, 0.02), Evenness(3, 0.0))
_ON_A_LINE, _ON_A_LINE_OF_ONE_COLOUR = 0.2, 0.6

# Canvas keeps its level from end to end, on average; skies and other gradients do not.
_DRIFT = 1.0

# The picture's first columns may repeat the canvas by chance.
_BY_CHANCE_PX = 2

# Repeated columns beside the first: canvas of 8 px has so many.
_LEAST = 7


class Verdict(NamedTuple):
    """What one piece of evidence says."""

    inverted: bool
    words: str
    value: tuple[float, float]


def against_canvas(mask: Mask, photo: Photo | None) -> Verdict | None:
    """Return the first that tells: transparency, the picture's rectangle, flat or repeated canvas, mirrored canvas.

    The picture that is kept is a rectangle. Where it was extended on two sides or more, the new canvas is none, so the
    mask alone tells them apart. Extended on one side both are, and only pixels can.
    """
    seen = photo if photo is not None and photo.size == size_of_array(mask) else None
    if seen is not None and (found := _transparency(mask, seen)) is not None:
        return found
    rectangle = rectangle_of(mask)
    if rectangle is not None:
        words = f"the rectangle in the canvas is the picture, and it is {'white' if rectangle else 'black'}"
        share = cv2.mean(mask)[0] / 255
        return Verdict(rectangle, words, (float(share), float(1 - share)))
    if seen is None:
        return None
    views = [_view(np.rot90(seen.rgb, turns)) for turns in range(4)]
    found = _agreed(_bands(mask, views, _EXACT)) or _agreed(_bands(mask, views, _PLAIN))
    if found is not None:
        return found
    cut = cut_of(mask)
    lines = None if cut is None else lines_across(seen.rgb, cut)
    found = None if cut is None or lines is None else _mirrored(cut, lines)
    for evenness in _FINER:
        found = found or _agreed(_bands(mask, views, evenness))
    return found or (None if cut is None or lines is None else _even(cut, lines))


def _agreed(votes: list[Verdict]) -> Verdict | None:
    return votes[0] if len({vote.inverted for vote in votes}) == 1 else None


def _mirrored(cut: Cut, lines: NDArray[np.float32]) -> Verdict | None:
    """Vote by canvas that mirrors the picture beside it."""
    found = mirrored_side(lines, cut)
    return None if found is None else _beside(cut, first=found.first, kind="mirrored")


def _even(cut: Cut, lines: NDArray[np.float32]) -> Verdict | None:
    """Vote by canvas that is even but for noise."""
    first = even_side(lines, cut)
    return None if first is None else _beside(cut, first=first, kind="even")


def _beside(cut: Cut, *, first: bool, kind: str) -> Verdict:
    white = cut.white_first == first
    words = f"the {kind} canvas on the {NAMES[2 * (not cut.upright) + (not first)]} is {'white' if white else 'black'}"
    return Verdict(not white, words, (float(white), float(not white)))


def _transparency(mask: Mask, photo: Photo) -> Verdict | None:
    if photo.alpha is None:
        return None
    clear = photo.alpha == 0
    if not 0.01 < clear.mean() < 0.99:
        return None
    empty, filled = float(mask[clear].mean()) / 255, float(mask[~clear].mean()) / 255
    words = f"white covers {empty:.1%} of the transparent canvas and {filled:.1%} of the picture"
    if empty > 0.9 and filled < 0.5:
        return Verdict(inverted=False, words=words, value=(empty, filled))
    if empty < 0.1 and filled > 0.5:
        return Verdict(inverted=True, words=words, value=(empty, filled))
    return None


def _bands(mask: Mask, views: list[_View], evenness: Evenness) -> list[Verdict]:
    """One vote for every side that has a band of flat or repeated canvas which the mask tells from the rest."""
    names = ("left", "top", "right", "bottom")
    # So many quarter turns anticlockwise bring each side to the left.
    depths = [_canvas_depth(view, evenness) for view in views]
    votes = []
    for turns, (name, depth) in enumerate(zip(names, depths, strict=True)):
        if depth:
            # Seen from this side the next one is above, the previous one below, and the one after next opposite.
            above, opposite, below = (depths[(turns + more) % 4] for more in (1, 2, 3))
            turned = np.rot90(mask, turns)
            if depth + opposite >= turned.shape[1] - 8:
                # The picture is as even as the canvas beside it, so being even says nothing here.
                return []
            seen = turned[above : len(turned) - below, : turned.shape[1] - opposite]
            if not seen.size:
                continue
            band = depth - _BY_CHANCE_PX
            white = np.median(seen[:, :band], axis=0) > 127
            if white.any() != white.all():
                # The picture's own backdrop is as flat as the canvas beside it, so flat says nothing here.
                return []
            flat = _of_one_colour(views[turns].rows[:, :band])
            vote = _vote(seen, band, name, exact=evenness is _EXACT, flat=flat)
            if vote is not None:
                votes.append(vote)
    return votes


class _View(NamedTuple):
    """A picture as seen from one side, which lies on the left."""

    rows: Image
    """So many rows at most as are looked at."""
    steps: NDArray[np.uint8]
    """How far each pixel is from the one before, in the channel where that is most."""


def _view(image: Image) -> _View:
    rows = np.ascontiguousarray(image[:: max(1, len(image) // 512)])
    if rows.shape[1] < 2:
        return _View(rows, np.zeros((len(rows), 0), np.uint8))
    red, green, blue = (narrow(one) for one in cv2.split(cv2.absdiff(rows[:, 1:], rows[:, :-1])))
    return _View(rows, narrow(cv2.max(cv2.max(red, green), blue)))


def _canvas_depth(view: _View, evenness: Evenness) -> int:
    """Count the columns, from the left, that repeat the one before in all but a share of the rows; 0 if under 7."""
    rows, width = view.rows, view.rows.shape[1]
    if width <= 16:
        return 0
    differs = view.steps > evenness.levels
    runs = np.where(differs.any(axis=1), differs.argmax(axis=1), width)
    depth = int(np.quantile(runs, evenness.sooner))
    if not _LEAST <= depth < width - 8:
        return 0
    least = _ON_A_LINE
    if evenness == _EXACT and _of_one_colour(rows[:, :depth]):
        least = _ON_A_LINE_OF_ONE_COLOUR
    if evenness != _PLAIN and np.mean((runs >= depth) & (runs <= depth + 1)) < least:
        return 0
    third = max(1, depth // 3)
    near, far = (part.astype(np.float64).mean(axis=1) for part in (rows[:, :third], rows[:, depth - third : depth]))
    return depth if np.abs(far - near).mean() <= _DRIFT else 0


def _of_one_colour(image: Image) -> bool:
    return not np.ptp(image, axis=(0, 1)).any()


def _vote(mask: Mask, depth: int, side: str, *, exact: bool, flat: bool) -> Verdict | None:
    """Vote only if the band has one value and the opposite begins soon behind it, at most an overlap deeper."""
    profile = np.median(mask, axis=0) / 255
    width = mask.shape[1]
    band, behind = float(profile[:depth].mean()), profile[depth:]
    if not behind.size or 0.1 <= band <= 0.9:
        return None
    white = band > 0.5
    crossed = (behind > 0.5) != white
    overlap = int(crossed.argmax())
    # An overlap is a small part of the picture; beside canvas that is sure, half of it at most. Frames and side bars of
    # pictures are of one colour as well.
    part, least, share = (2 if exact else 3, *((96, 6) if exact and not flat else (64, 10)))
    if not crossed.any() or overlap > min(max(least, width // share), (width - depth) // part) + _BY_CHANCE_PX:
        return None
    if not exact and 2 * depth > width and (len(behind) < 6 or overlap <= 5):
        # More even than not, and no overlap: the picture may be what is even, and the canvas what is not.
        return None
    inner = float(behind.min() if white else behind.max())
    if abs(inner - white) < 0.9:
        return None
    words = f"white covers {band:.1%} of the new canvas on the {side} and {inner:.1%} of the picture behind it"
    return Verdict(not white, words, (band, inner))
