"""Cut an object out by its colours: GrabCut, with the same answer every time and a smooth edge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..adapt import turns_image
from ..arrays import Image, Mask, narrow, same_size, size_of_array
from ..errors import InputError
from ..files import ImageSource, load_mask
from ..geometry import Box, Size
from .arguments import as_box, as_whole
from .coverage import Layer, cover
from .cut_starts import starts
from .edge_share import by_colour
from .mixture import Mixture, cost, split
from .tracing import contours

__all__ = ["grabcut"]

COARSE_PIXELS = 120_000
"""The whole region is cut at this size first; then only the edge, at full size."""
CONTEXT_RATIO = 0.25  # of the box's sides, all around it: where the background is learned
LEAST_CONTEXT = 16
SMOOTHING = 0.7  # sigma in pixels: smooths the steps of a hard edge, and just keeps lines of one pixel
MOST_ITERATIONS = 100
FREQUENT_SHIFT, FREQUENT_BINS = 5, 8  # colours are counted in 8 steps a channel
FREQUENT_SIGMAS = 5  # above what chance puts into a bin
FREQUENT_ENLARGED = 4
PADDING = 3
SPECK_RATIO = 0.002  # of the largest part: smaller ones that nobody marked share a colour with it by chance


Models: TypeAlias = tuple[Mixture, Mixture]
"""Of the background and of the object."""


class Known(NamedTuple):
    """What is certain about the region worked on; masks of its size."""

    outside: Mask | None  # of the box
    foreground: Mask | None
    background: Mask | None


@turns_image
def grabcut(
    image: Image,
    box: Sequence[float] | None = None,
    *,
    foreground: PIL.Image.Image | ImageSource | None = None,
    background: PIL.Image.Image | ImageSource | None = None,
    iterations: int = 5,
) -> Mask:
    """Cut an object out by its colours, from a box around it, from scribbles, or both.

    Parameters
    ----------
    image
        uint8 RGB `(H, W, 3)`, or any other form of an image.
    box
        ``(left, top, right, bottom)`` around the object, with some background inside the corners; all outside is
        background. None: the scribbles alone decide.
    foreground, background
        Masks of the image's size, in any form; values of 128 and more are certainly object, or certainly not.
    iterations
        How often the colours are learned again from the cut, 1 to 100.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 in the object, with an anti-aliased edge about a pixel wide. Follow with `refine` where hair or fur is softer.

    Raises
    ------
    InputError
        If nothing says what is object or what is background, the box lies outside the picture, or nothing in it stands
        out from the background by its colours, so that the cut would be empty.
    ShapeError
        If a scribble has another size than the image.

    Notes
    -----
    GrabCut [1]_, as OpenCV has it. OpenCV starts from random colour clusters and moves its global random state; here the
    clusters are split along their principal axes [2]_, as the paper proposes, so that the answer depends on nothing but
    the arguments. The cut is made twice, from these clusters and from what k-means makes of them; that of the lower
    energy is kept. With scribbles on the object one of the two begins with what floods the picture from the marks, the
    other with the marks alone, and without a box all that is not marked as object is background at first. Regions above
    120,000 pixels are cut small first and then, near the edge, at full size. In the pixels of the edge the share of the
    object follows from its colours and the background's close by, where these differ clearly. Parts below 0.2 % of the
    largest that no scribble touches are dropped.

    Colours that also lie around the box are taken for background. Where the box cuts the object in two, these may be its
    own: a stroke over them as `foreground` keeps them.

    References
    ----------
    .. [1] C. Rother, V. Kolmogorov and A. Blake, "GrabCut: interactive foreground extraction using iterated graph cuts",
       ACM Transactions on Graphics (SIGGRAPH) 23(3), 2004.
    .. [2] M. T. Orchard and C. A. Bouman, "Color quantization of images", IEEE Transactions on Signal Processing 39(12),
       1991.

    Examples
    --------
    >>> import numpy as np
    >>> picture = np.full((40, 60, 3), 30, np.uint8)
    >>> picture[10:30, 20:40] = 220, 60, 40
    >>> m = grabcut(picture, (15, 5, 45, 35))
    >>> m[20, [18, 25, 42]].tolist()
    [0, 255, 0]
    """
    iterations = as_whole(iterations, "iterations", least=1)
    if iterations > MOST_ITERATIONS:
        raise InputError(f"iterations is at most {MOST_ITERATIONS}, got {iterations}", fix="5 are enough as a rule")
    size = size_of_array(image)
    inner = None if box is None else _whole(as_box(box, what="grabcut"), size)
    marks = [None if mark is None else load_mask(mark) for mark in (foreground, background)]
    for mark, name in zip(marks, ("foreground", "background"), strict=True):
        if mark is not None:
            same_size(image, mark, names=("image", name))
    region = _region(size, inner, marks)
    known = Known(_outside(inner, region), *(None if mark is None else mark[region.slices] for mark in marks))
    _check(known)
    part = np.ascontiguousarray(image[region.slices])
    hard = _without_specks(_cut(part, known, iterations), known.foreground)
    found = _certain(by_colour(part, hard, _smooth(hard)) if hard.any() else hard, known)
    if int(found.max()) < 128:  # a pixel or two of noise
        raise InputError(
            f"nothing in {'the picture' if inner is None else f'the box {tuple(inner)}'} stands out from the "
            "background by its colours: the cut is empty",
            fix="draw the box so that some background is inside its corners, or mark some of the object: foreground=…",
        )
    result = np.zeros((size.height, size.width), np.uint8)
    result[region.slices] = found
    return result


def _without_specks(hard: Mask, foreground: Mask | None) -> Mask:
    """Drop very small parts, but those that are marked."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(hard, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    kept = areas >= SPECK_RATIO * areas[1:].max(initial=0)
    if foreground is not None:
        kept[np.unique(labels[foreground >= 128])] = True
    kept[0] = False
    return kept.view(np.uint8)[labels] if count > 1 else hard


def _certain(found: Mask, known: Known) -> Mask:
    """Keep what is marked as it is marked, single pixels too, and nothing outside the box."""
    found = found.copy()
    if known.outside is not None:
        found[known.outside.view(np.bool_)] = 0
    if known.foreground is not None:
        found[known.foreground >= 128] = 255
    if known.background is not None:
        found[known.background >= 128] = 0
    return found


def _smooth(hard: Mask) -> Mask:
    """Draw the outline of a hard mask, its pixel steps smoothed."""
    # Beyond the region as at its border, so that an object that leaves the picture is not rounded off there.
    padded = cv2.copyMakeBorder(hard, PADDING, PADDING, PADDING, PADDING, cv2.BORDER_REPLICATE).astype(np.float32)
    soft = cv2.GaussianBlur(padded, (0, 0), SMOOTHING, borderType=cv2.BORDER_REPLICATE).astype(np.float32)
    return cover(size_of_array(hard), [Layer([ring - PADDING for ring in contours(soft, 0.5)])])


def _whole(box: tuple[float, float, float, float], size: Size) -> Box:
    """Return the whole pixels a box touches."""
    left, top, right, bottom = box
    inner = Box(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)).intersect(size.box)
    if inner.is_empty:
        raise InputError(
            f"the box ({left:g}, {top:g}, {right:g}, {bottom:g}) covers no pixel of the picture of {size}",
            fix="boxes are (left, top, right, bottom) in pixels of this picture",
        )
    return inner


def _region(size: Size, box: Box | None, marks: list[Mask | None]) -> Box:
    """Return the box and the scribbles with context, or the whole picture without a box."""
    if box is None:
        return size.box
    for mark in marks:
        if mark is not None:
            x, y, width, height = cv2.boundingRect(mark)
            box = box.union(Box(x, y, x + width, y + height)) if width else box
    context = max(LEAST_CONTEXT, round(CONTEXT_RATIO * max(box.size)))
    return box.grow(context).intersect(size.box)


def _outside(box: Box | None, region: Box) -> Mask | None:
    if box is None:
        return None
    outside = np.full((region.size.height, region.size.width), 255, np.uint8)
    outside[box.shift(-region.left, -region.top).slices] = 0
    return outside


def _check(known: Known) -> None:
    has_object, has_background = (mark is not None and int(mark.max()) >= 128 for mark in known[1:])
    if known.outside is None and not (has_object and has_background):
        missing = "the background" if has_object else "the object"
        raise InputError(
            f"without a box, nothing says what is {missing}", fix="give a box, or mark both foreground and background"
        )
    if known.outside is not None and not known.outside.any() and not has_background:
        raise InputError(
            f"the box covers the whole picture of {size_of_array(known.outside)}: no background is left to learn from",
            fix="draw the box closer, or mark some background",
        )


def _cut(image: Image, known: Known, iterations: int) -> Mask:
    """Return 1 where the object is: cut small, then near the edge at full size."""
    size = size_of_array(image)
    share = min(1.0, math.sqrt(COARSE_PIXELS / size.pixels))
    small = Size(max(1, round(size.width * share)), max(1, round(size.height * share)))
    coarse = _resized(image, small)
    labels, models = _cheapest(coarse, _labels(known, small), iterations, boxed=known.outside is not None)
    if not (labels & 1).any() and known.outside is not None:
        labels, models = _from_frequent(coarse, _labels(known, small), iterations)
    if small != size:
        labels = _near_edge(narrow(labels & 1), _labels(known, size), reach=2 * math.ceil(1 / share) + 1)
        cv2.grabCut(image, labels, (0, 0, 0, 0), *models, 1, cv2.GC_EVAL_FREEZE_MODEL)
    return narrow(labels & 1)


def _cheapest(image: Image, known: Mask, iterations: int, *, boxed: bool) -> tuple[Mask, Models]:
    """Cut from two beginnings and keep the cut that costs less: the better one as a rule."""
    cuts: list[tuple[Mask, Models]] = []
    for background, foreground, cut_first in starts(image, known, boxed=boxed):
        labels = known.copy()
        if cut_first:
            cv2.grabCut(image, labels, (0, 0, 0, 0), background, foreground, 1, cv2.GC_EVAL_FREEZE_MODEL)
        cv2.grabCut(image, labels, (0, 0, 0, 0), background, foreground, iterations, cv2.GC_EVAL)
        if not (labels & 1).any():  # cheap, and no answer: the object is small
            return cuts[0] if cuts else (labels, (background, foreground))
        cuts.append((labels, (background, foreground)))
    return min(cuts, key=lambda cut: cost(image, cut[0], *cut[1]))


def _from_frequent(image: Image, labels: Mask, iterations: int) -> tuple[Mask, Models]:
    """Cut again, with only those of the box's pixels for the object whose colour is commoner there than around it.

    A small object is a small part of its box: clusters of the whole box's colours are then clusters of the background.
    Enlarged, its pixels weigh more against the length of its edge, which is what else makes the empty cut the cheapest.
    """
    free = labels == cv2.GC_PR_FGD
    bins = (image >> FREQUENT_SHIFT).astype(np.intp) @ (1, FREQUENT_BINS, FREQUENT_BINS**2)
    inside, around = (np.bincount(bins[part], minlength=FREQUENT_BINS**3) for part in (free, labels == cv2.GC_BGD))
    chance = (around + 1) * (inside.sum() / (around.sum() + len(around)))
    frequent = free & (inside > chance + FREQUENT_SIGMAS * np.sqrt(np.maximum(chance, 1)))[bins]
    labels[free & ~frequent] = cv2.GC_PR_BGD
    if not frequent.any():
        return labels, (split(image[~frequent]),) * 2
    models = split(image[~frequent]), split(image[frequent])
    factor = min(FREQUENT_ENLARGED, max(1, math.isqrt(COARSE_PIXELS // labels.size)))
    image, labels = (part.repeat(factor, axis=0).repeat(factor, axis=1) for part in (image, labels))
    cv2.grabCut(image, labels, (0, 0, 0, 0), *models, iterations, cv2.GC_EVAL)
    return np.ascontiguousarray(labels[factor // 2 :: factor, factor // 2 :: factor]), models


def _near_edge(coarse: Mask, known: Mask, *, reach: int) -> Mask:
    """Return labels that leave only the coarse cut's edge open."""
    cut = narrow(cv2.resize(coarse * np.uint8(255), size_of_array(known), interpolation=cv2.INTER_LINEAR))
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    labels = np.where(cut >= 128, np.uint8(cv2.GC_PR_FGD), np.uint8(cv2.GC_PR_BGD))
    labels[narrow(cv2.erode(cut, kernel)) == 255] = cv2.GC_FGD
    labels[narrow(cv2.dilate(cut, kernel)) == 0] = cv2.GC_BGD
    return np.where(known <= cv2.GC_FGD, known, labels)


def _labels(known: Known, size: Size) -> Mask:
    """Write what is known as GrabCut's labels; nothing marked is lost at a smaller size."""
    unknown = cv2.GC_PR_BGD if known.outside is None else cv2.GC_PR_FGD
    labels = np.full((size.height, size.width), unknown, np.uint8)
    if known.outside is not None:
        labels[_resized(known.outside, size) == 255] = cv2.GC_BGD
    for mark, label in ((known.background, cv2.GC_BGD), (known.foreground, cv2.GC_FGD)):
        if mark is not None:
            certain = (mark >= 128).view(np.uint8) * np.uint8(255)
            labels[_resized(certain, size) > 0] = label
    return labels


def _resized(picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    if size_of_array(picture) == size:
        return picture
    return narrow(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
