"""Checks of depth maps, and what can prove that one is upside down."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow, size_of_array
from ..errors import InputError
from ..files import ImageSource, load_image
from ..geometry import Size
from .kinds import TINTED, Kind, is_rough, kind_from, passes_as_depth
from .picture_facts import Facts, facts_of
from .remaking import remade
from .report import Finding

__all__ = ["Box", "Point", "contradictions", "depth_findings"]

Point: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float, float, float]

DECIDES = 10  # levels: what lies closer together may be noise
AGREES = 0.3  # rank correlation: what is weaker may be chance
_FIX = "255 - m  # or the other near= of control.normalize_depth"


def depth_findings(pixels: Image, facts: Facts, kind: Kind) -> list[Finding]:
    """Check a depth map."""
    if kind == "photo" or (kind == "unknown" and is_rough(facts)):
        return [_photo(facts)]
    if kind not in {"depth", "unknown"}:
        return [_other(kind)]
    if facts.coloured > 0.02:
        message = f"{facts.coloured:.0%} of the pixels have colour: a colour-mapped preview, and depth maps are gray"
        fix = remade("depth", note="of the depth itself: a colour map cannot be undone for sure")
        return [Finding("colour", "error", message, fix, facts.coloured)]
    gray = narrow(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    low, high = np.percentile(gray, (1, 99)).tolist()
    found = [] if passes_as_depth(facts) else [_unsure(facts)]
    if high - low < 64:
        message = f"98 percent of the values lie within {high - low:.0f} levels ({low:.0f} to {high:.0f})"
        found.append(
            Finding(
                "low-contrast", "warning", message, "control.normalize_depth(control.gray(m), near='high')", high - low
            )
        )
    return found


def contradictions(
    pixels: Image,
    *,
    near_point: Point | None,
    far_point: Point | None,
    sky: Box | None,
    reference: PIL.Image.Image | ImageSource | None,
) -> list[Finding]:
    """Hold a depth map against what is known of the scene; nothing known, nothing said."""
    gray = narrow(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    evidence = (_points(gray, near_point, far_point), _sky(gray, sky), _second(gray, reference))
    return [finding for finding in evidence if finding is not None]


def _photo(facts: Facts) -> Finding:
    message = "texture or grain nearly everywhere: a photo, and a depth map is expected"
    return Finding(
        "photo", "error", message, 'Fal().preprocess("depth", photo)  # or turn on the endpoint\'s own', facts.plain
    )


def _unsure(facts: Facts) -> Finding:
    message = "it is too rough for a depth map and too smooth for a photo to be sure which of the two it is"
    if facts.tinted > TINTED:
        message = f"{facts.tinted:.0%} of the pixels are faintly coloured, as in photos: depth maps are gray"
    fix = 'Fal().preprocess("depth", photo)  # if it is a photo: a depth map has no texture or lettering'
    return Finding("unsure", "warning", message, fix, facts.plain)


def _other(kind: str) -> Finding:
    named = "edges" if "edges" in kind else f"a {kind.removeprefix('inverted-')} map"
    return Finding(
        "other-map", "error", f"this looks like {named}, not depth", 'Fal().preprocess("depth", photo)', kind
    )


def _points(gray: Mask, near: Point | None, far: Point | None) -> Finding | None:
    if near is None and far is None:
        return None
    if near is None or far is None:
        raise InputError("one point proves nothing", fix="pass near_point=(x, y) and far_point=(x, y)")
    near_by, far_by = (_around(gray, point, name) for point, name in ((near, "near_point"), (far, "far_point")))
    if float(np.percentile(far_by, 25)) - float(np.percentile(near_by, 75)) < DECIDES:
        return None  # the same depth, or a border runs through the middle of one of the two
    nearer, farther = float(np.median(near_by)), float(np.median(far_by))
    message = f"the near point is {nearer:.0f} and the far point {farther:.0f}, but near is white in depth maps"
    return Finding("depth-inverted", "error", message, _FIX, (nearer, farther))


def _around(gray: Mask, point: Point, name: str) -> Mask:
    """Return a small square, because single pixels lie."""
    x, y = (int(number) for number in _numbers(point, 2, name))
    height, width = gray.shape
    if not (0 <= x < width and 0 <= y < height):
        raise InputError(
            f"{name}={point} lies outside of {size_of_array(gray)}", fix="points are (x, y) in pixels of the map"
        )
    reach = max(2, min(width, height) // 64)
    return gray[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]


def _numbers(given: Any, count: int, name: str) -> list[float]:
    try:
        numbers = [float(number) for number in given]
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise InputError(f"{name} is {count} finite numbers in pixels of the map, got {given!r:.80}")
    return numbers


def _sky(gray: Mask, box: Box | None) -> Finding | None:
    if box is None:
        return None
    left, top, right, bottom = (round(side) for side in _numbers(box, 4, "sky"))
    if not (0 <= left < right <= gray.shape[1] and 0 <= top < bottom <= gray.shape[0]):
        raise InputError(
            f"sky={box} is no box inside {size_of_array(gray)}",
            fix="boxes are (left, top, right, bottom) in pixels of the map",
        )
    rest = np.ones(gray.shape, bool)
    rest[top:bottom, left:right] = False
    if not rest.any():
        return None
    inside, outside = float(np.median(gray[top:bottom, left:right])), float(np.median(gray[rest]))
    if inside - outside < DECIDES:
        return None
    message = f"the sky is {inside:.0f}, lighter than the rest ({outside:.0f}), but far is black in depth maps"
    return Finding("depth-inverted", "error", message, _FIX, (inside, outside))


def _second(gray: Mask, reference: PIL.Image.Image | ImageSource | None) -> Finding | None:
    if reference is None:
        return None
    second = load_image(reference)
    mine, theirs = size_of_array(gray), size_of_array(second)
    if abs(mine.aspect / theirs.aspect - 1) > 0.02:
        raise InputError(f"the reference is {theirs}, the map {mine}: not the same view")
    _must_be_depth(second)
    other = narrow(cv2.cvtColor(second, cv2.COLOR_RGB2GRAY))
    grid = Size(min(64, mine.width, theirs.width), min(64, mine.height, theirs.height))
    one, two = (cv2.resize(each, grid, interpolation=cv2.INTER_AREA).ravel() for each in (gray, other))
    agreement = _rank_correlation(narrow(one), narrow(two))
    if agreement > -AGREES:
        return None
    message = f"it runs against the reference (rank correlation {agreement:.2f}), where near is white"
    return Finding("depth-inverted", "error", message, _FIX, agreement)


def _must_be_depth(reference: Image) -> None:
    facts = facts_of(reference)
    kind = kind_from(reference, facts)
    if kind == "blank":  # which agrees with nothing, and proves nothing
        return
    for wrong in depth_findings(reference, facts, kind):
        if wrong.level == "error":
            raise InputError(
                f"the reference is no depth map ({wrong.message}): one in gray is expected, the nearest white",
                fix="leave it out, or pass near_point=(x, y) and far_point=(x, y) instead",
            )


def _rank_correlation(one: Mask, two: Mask) -> float:
    """Spearman's, with ties at their mean rank; 0 where one of the two is flat."""
    first, second = _ranks(one), _ranks(two)
    spread = float(np.sqrt((first * first).sum() * (second * second).sum()))
    return float((first * second).sum()) / spread if spread else 0.0


def _ranks(values: Mask) -> NDArray[np.float64]:
    counts = np.bincount(values, minlength=256)
    return np.take(np.cumsum(counts) - (counts + len(values)) / 2, values)
