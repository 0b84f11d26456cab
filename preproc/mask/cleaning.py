"""Take the noise out of a mask that a JPEG or a careless export left in it."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ..adapt import turns_mask
from ..arrays import Mask, narrow
from ..errors import InputError
from .arguments import as_number
from .distance import region
from .specks import without_specks

__all__ = ["clean"]

_SQUARE = np.ones((3, 3), np.uint8)

# A step of more than this within three pixels is an edge, not the ramp of a soft mask.
_EDGE = 200
# So is one of this share of the highest value within them: what JPEG left of thin lines and dots.
_EDGE_SHARE = 0.9
_ALMOST_ALL = np.where(np.arange(256) > 127, _EDGE_SHARE * np.arange(256), 255).astype(np.uint8)

# JPEG works on blocks of 8 px: its crumbs lie no farther from the edge that makes them.
_NEAR = 12

# A JPEG leaves crumbs all along the edge. Where no more than this many dim pixels are found, and no more than this share
# of the edge's, they are the mask's own.
_FEW, _FEW_SHARE = 24, 0.125
# Crumbs of a JPEG of quality 60 and more are dimmer than this.
_BRIGHT = 72
# Those that hang on thin lines and dots are dimmer still; brighter ones may be their tips.
_DIM = 32


@turns_mask
def clean(mask: Mask, *, noise: int = 2) -> Mask:
    """Remove what does not belong to the mask: JPEG crumbs around its edge, specks, almost black and almost white.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    noise
        Values up to this become 0, values from 255 minus this become 255, 0 to 100. Raise it for a background that is
        not black.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        Crumbs are 0 on the outside and 255 on the inside of the edge. So are specks, wherever they are: separate parts
        that stay within 20 levels of the values around them. The anti-aliased and slightly blurred pixels along the
        edge stay, and so do tips, soft ramps, which run up to the mask without a step, and brighter parts more than 12 px
        away.

    Raises
    ------
    InputError
        If `noise` is not within 0 to 100.

    Examples
    --------
    >>> import numpy as np
    >>> ringing = np.zeros((12, 12), np.uint8)
    >>> ringing[:, 6:] = 250, 243, 255, 254, 255, 255
    >>> ringing[:, :6] = 0, 3, 0, 12, 5, 20
    >>> clean(ringing)[6].tolist()
    [0, 0, 0, 0, 0, 20, 250, 255, 255, 255, 255, 255]
    >>> ramp = np.tile(np.linspace(0, 255, 12).astype(np.uint8), (12, 1))
    >>> np.array_equal(clean(ramp), ramp)
    True
    """
    level = as_number(noise, "mask.clean: noise")
    if not 0 <= level <= 100:
        raise InputError(f"mask.clean: noise is {noise}, it is within 0 to 100", fix="mask.clean(mask)")
    noise = math.floor(level)
    result = np.zeros(mask.shape, np.uint8)
    box = region(cv2.threshold(mask, noise, 255, cv2.THRESH_TOZERO)[1].astype(np.uint8, copy=False), 2)
    if box is not None:
        part = mask[box.slices]
        levelled = _levelled(part, noise)
        more = True
        while more:
            outside, inside = _without_crumbs(part, noise), 255 - _without_crumbs(255 - part, noise)
            before, part = part, np.where(part > 127, inside, outside)
            # Without the crumbs on one side the edge may be steeper, so that more of the other side counts as crumbs.
            more = not np.array_equal(before, part) and bool((_edges(part) & ~_edges(before)).any())
        result[box.slices] = np.where(_tips(levelled, part), levelled, part)
    return result


def _levelled(mask: Mask, noise: int) -> Mask:
    """Return the mask with almost black and almost white at their ends."""
    return np.where(mask <= noise, np.uint8(0), np.where(mask >= 255 - noise, np.uint8(255), mask))


def _tips(mask: Mask, cleaned: Mask) -> NDArray[np.bool_]:
    """Return what was taken for crumbs but is a tip, or a corner that the canvas cuts off.

    Crumbs are dim, and a JPEG leaves them all along the edge. Where there are only a few, those that hang together with
    the edge or lie in a corner of the canvas are the mask's own.
    """
    gone = cleaned != mask
    if not gone.any():
        return np.zeros(mask.shape, np.bool_)
    count, labels = cv2.connectedComponents(gone.view(np.uint8), connectivity=8)
    own = np.zeros(count, np.bool_)
    own[labels[gone & (np.minimum(mask, 255 - mask) > _BRIGHT)]] = True
    tips: NDArray[np.bool_] = own[labels]
    dim = gone & ~tips
    stays = (cleaned > 0) & (cleaned < 255) & ~dim | tips
    if np.count_nonzero(dim) <= min(_FEW, _FEW_SHARE * np.count_nonzero(stays)):
        held = cv2.dilate(stays.view(np.uint8), _SQUARE).view(np.bool_)
        held[:: max(len(held) - 1, 1), :: max(held.shape[1] - 1, 1)] = True
        own[labels[dim & held]] = True
        tips = own[labels]
    return tips


def _edges(mask: Mask) -> NDArray[np.bool_]:
    step = _step(mask)
    return (step > _EDGE) | _fading(mask, step) | _fading(255 - mask, step)


def _step(mask: Mask) -> Mask:
    return narrow(cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, _SQUARE))


def _fading(mask: Mask, step: Mask) -> NDArray[np.bool_]:
    """Return where the mask falls from above one half to almost nothing."""
    return step > narrow(cv2.LUT(cv2.dilate(mask, _SQUARE), _ALMOST_ALL))


def _without_crumbs(mask: Mask, noise: int) -> Mask:
    """Clean the values below one half."""
    result = without_specks(np.where(mask > noise, mask, np.uint8(0)))
    step = _step(result)
    if step.max() <= _ALMOST_ALL.min():
        return result
    steep, fading = step > _EDGE, _fading(result, step)
    if not (steep.any() or fading.any()):
        return result
    inside, flat = result > 127, (result > 0) & ~steep
    ramps = _ramps(flat, inside, ~_around(steep))
    # Across what fades they hang together with the inside too, if they are bright.
    if (ramps & ~fading & (result <= _DIM)).any():
        beyond = (ramps | (flat & inside)) & ~fading
        ramps &= fading | _ramps(beyond, inside, ~_around(steep | fading) | (result > _DIM))
    stays = ramps | cv2.dilate(inside.view(np.uint8), _SQUARE).view(np.bool_)
    kept = stays | _tails(result, stays)
    if not ((result > 0) & ~kept).any():
        return result
    # What is cut off from crumbs that reach farther is a speck now.
    return without_specks(np.where(kept, result, np.uint8(0)))


def _around(steep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what is so near a step that it may be its crumbs."""
    return cv2.dilate(steep.view(np.uint8), np.ones((2 * _NEAR + 1, 2 * _NEAR + 1), np.uint8)).view(np.bool_)


def _ramps(part: NDArray[np.bool_], inside: NDArray[np.bool_], own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels of `part` below one half that hang together with those above, or with some that are `own`."""
    outside = part & ~inside
    if not outside.any():
        return outside
    count, labels = cv2.connectedComponents(outside.view(np.uint8), connectivity=8)
    leads_up = cv2.dilate((part & inside).view(np.uint8), _SQUARE).view(np.bool_)
    kept = np.zeros(count, np.bool_)
    kept[labels[outside & (leads_up | own)]] = True
    ramps: NDArray[np.bool_] = kept[labels]
    return ramps


def _tails(mask: Mask, edge: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where a slightly blurred edge runs out: next to `edge`, darker than that, and brighter than what follows.

    Crumbs are so by chance only. Where more than every third pixel is otherwise, all of them are crumbs.
    """
    crumbs = (mask > 0) & ~edge
    if not crumbs.any():
        return crumbs
    next_to_it = cv2.dilate(edge.view(np.uint8), _SQUARE).view(np.bool_)
    inward = cv2.dilate(np.where(edge, mask, np.uint8(0)), _SQUARE)
    outward = cv2.dilate(np.where(next_to_it, np.uint8(0), mask), _SQUARE)
    tails = crumbs & next_to_it & (inward > mask) & (outward <= mask // 2)
    return tails & (3 * np.count_nonzero(tails) >= 2 * np.count_nonzero(crumbs))
