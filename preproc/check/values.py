"""What the values of a mask say."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask
from ..choices import Edge
from ..mask import binarize, bounds, clean, feather
from ..mask.distance import has_ramp
from ..mask.specks import specks
from .crumbs import are_crumbs
from .report import Finding

__all__ = ["Edge", "cleaned_call", "edges", "extent", "halfway", "values"]

# So few pixels of noise are not worth a word.
_FEW = 32

# The widest of these that leaves both sides.
_FEATHERS: tuple[tuple[int, Literal["outer", "inner"]], ...] = (
    (16, "outer"),
    (16, "inner"),
    (4, "outer"),
    (4, "inner"),
)

_LEVELS = {"almost-black", "almost-white"}
_LEAST_NOISE = 2  # what `mask.clean` takes out unless told


def extent(mask: Mask) -> list[Finding]:
    """Find that there is nothing to edit or nothing to keep; there is no use in looking further then."""
    low, high = int(mask.min()), int(mask.max())
    draw = "mask.rectangle(m, box)"
    if high <= 8:
        words = "the mask is empty: nothing would be edited" + (f" (highest value {high})" if high else "")
        words += "; only a new mask helps"
        found = [Finding("empty", "error", words, draw, high)]
        if mask.shape == (64, 64):
            words = "a mask of 64x64 zeros is what ComfyUI makes of a picture without alpha; no mask arrived"
            found.append(Finding("dummy", "error", words, "mask.rectangle(image, box)", (64, 64)))
        return found
    if low >= 247:
        words = "the mask is full: everything would be edited" + ("" if low == 255 else f" (lowest value {low})")
        words += "; only a new mask helps"
        return [Finding("full", "error", words, draw, low)]
    if high < 128:
        words = f"no value reaches one half (highest {high}): endpoints that cut the mask there edit nothing"
        return [Finding("faint", "error", words, f"mask.binarize(m, {halfway(low, high)})", high)]
    if low > 127:
        words = f"no value is below one half (lowest {low}): endpoints that cut the mask there edit everything"
        fix = draw if low == high else f"mask.binarize(m, {halfway(low, high)})"
        return [Finding("faint", "error", words, fix, low)]
    return []


def halfway(low: int, high: int) -> int:
    """Return where to cut a mask that does not cross one half."""
    return max(1, high // 2) if high < 128 else (low + high + 1) // 2


def values(mask: Mask, *, lossy: bool) -> tuple[list[Finding], Mask]:
    """Find noise and levels; return the mask without them too. `lossy` tells that it came as a JPEG."""
    tidy = clean(mask)
    apart = specks(mask)
    joined = mask if apart is None else np.where(apart, np.uint8(0), mask)
    noticed = ((tidy == 0) & (joined > 2)) | ((tidy == 255) & (joined < 253))
    levels, specked, crumbs = _levels(mask), _specks(mask, apart), _crumbs(noticed, tidy)
    if crumbs and not (lossy or are_crumbs(noticed, tidy)):
        # Soft detail, of hair say, may look the same: what would take it out is not proposed.
        crumbs = []
        if not levels:
            specked = [replace(finding, level="info", fix=None, mend=None) for finding in specked]
    found = [*levels, *specked, *crumbs]
    noise = _noise(found)
    if noise > _LEAST_NOISE:
        tidy = clean(mask, noise=noise)
    return found, tidy


def _noise(found: list[Finding]) -> int:
    """Return the noise that takes out all that was found of it."""
    levels = [
        finding.value if finding.code == "almost-black" else 255 - finding.value
        for finding in found
        if finding.code in _LEVELS and isinstance(finding.value, int)
    ]
    return max([_LEAST_NOISE, *levels])


def cleaned_call(found: list[Finding]) -> str:
    """Return the call that takes noise out, where there is any, and else the mask as it is."""
    if not any(finding.fix and finding.fix.startswith("mask.clean(") for finding in found):
        return "m"
    noise = _noise(found)
    return "mask.clean(m)" if noise == _LEAST_NOISE else f"mask.clean(m, noise={noise})"


def _levels(mask: Mask) -> list[Finding]:
    """Flat areas that are nearly 0 or nearly 255."""
    counts = cv2.calcHist([mask], [0], None, [256], [0, 256]).ravel()
    found = []
    dark, light = int(counts[:33].argmax()), 223 + int(counts[223:].argmax())
    if dark and counts[dark] > 0.02 * mask.size:
        words = f"black is {dark}, not 0, on {counts[dark] / mask.size:.1%} of the mask"
        found.append(_cleanable("almost-black", words, dark, dark))
    # A small object's white is little of the mask, but most of what is bright.
    small = light >= 250 and counts[light] > max(16, 0.5 * counts[128:].sum())
    if light < 255 and (small or counts[light] > 0.02 * mask.size):
        words = f"white is {light}, not 255, on {counts[light] / mask.size:.1%} of the mask"
        found.append(_cleanable("almost-white", words, 255 - light, light))
    return found


def _cleanable(code: str, words: str, noise: int, value: int) -> Finding:
    noise = max(noise, 2)
    return Finding(code, "warning", words, f"mask.clean(m, noise={noise})", value, partial(_cleaned, noise=noise))


def _cleaned(mask: Mask, *, noise: int) -> Mask:
    return clean(mask, noise=noise)


def _specks(mask: Mask, found: NDArray[np.bool_] | None) -> list[Finding]:
    """Near-black parts apart from the rest."""
    if found is None:
        return []
    count, values = int(np.count_nonzero(found)), mask[found]
    whole, kept = bounds(mask, threshold=1), bounds(mask)
    wider = (whole.size.width - kept.size.width, whole.size.height - kept.size.height)
    if count < _FEW and not any(wider):
        return []
    words = (
        f"{count} pixels ({count / mask.size:.2%}) apart from the mask hold near-black {values.min()} to {values.max()}"
        + (
            f", and widen the box of all that is not 0 by {wider[0]} x {wider[1]} px to {whole.size}"
            if any(wider)
            else ""
        )
    )
    return [Finding("specks", "warning", words, "mask.clean(m)", (count, *wider), partial(_cleaned, noise=2))]


def _crumbs(noticed: NDArray[np.bool_], tidy: Mask) -> list[Finding]:
    outside, inside = (int(np.count_nonzero(noticed & (tidy == end))) for end in (0, 255))
    if outside + inside < _FEW:
        return []
    words = f"{outside} pixels outside the edge and {inside} inside are noise, as JPEG leaves it"
    return [Finding("jpeg-ringing", "warning", words, "mask.clean(m)", outside + inside, partial(_cleaned, noise=2))]


def edges(mask: Mask, edge: Edge | None, *, tidy: Mask, source: Mask, call: str) -> list[Finding]:
    """Say whether the edge is as it is meant; `tidy` is the mask without noise, `source` what `call` makes of it.

    Softening spreads what there is: `call` takes out first what shall not be spread.
    """
    between = float(np.count_nonzero((mask > 0) & (mask < 255)) / mask.size)
    if edge == "hard" and between:
        words = f"{between:.1%} of the values lie between 0 and 255, where only those two are allowed"
        return [Finding("soft-edge", "error", words, "mask.binarize(m)", between, binarize)]
    if has_ramp(tidy):
        return [] if edge == "soft" else [Finding("soft", "info", f"{between:.1%} of the values blend", value=between)]
    if edge == "soft":
        words = f"the edge is hard: {between:.1%} of the values lie between 0 and 255"
        return [Finding("hard-edge", "warning", words, _feathered(source, call), between)]
    return []


def _feathered(source: Mask, call: str) -> str:
    """Return the call that softens the edge and neither fills the mask nor leaves only what is faint."""
    for px, position in _FEATHERS:
        if not extent(feather(source, px, position=position)):
            break
    return f"mask.feather({call}, {px})" if position == "outer" else f"mask.feather({call}, {px}, position='inner')"
