"""Checks of maps that are drawn in light lines on black."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from ..arrays import Image, Mask, narrow, size_of_array
from ..control.thresholding import TRAINED_DENSITY, shares
from .kinds import DITHERED, FAINT, LIKELY_DRAWN, Kind, is_shaded, is_thin
from .picture_facts import Facts, Tones
from .remaking import remade
from .report import Finding

__all__ = ["line_findings", "may_be_soft_lines"]


class Lines(NamedTuple):
    """What a type of line map is like."""

    two_tone: bool
    """Black and white only."""
    black: float
    """The least share of black pixels."""
    density: tuple[float, float]
    """Range of the share of white pixels in a map with a short side of 512 px; lines get thinner with size."""
    stroke_px: float
    """The widest stroke at 512 px."""
    thin: float = 0.0
    """The least share of light in structures narrower than 5 px."""


SURELY_PHOTO = -3.8  # log-odds of `drawn_score`: of soft maps that are not sure by their tones, one in 200 is below
GRAIN = 0.25  # of `Tones.hard`: of grain in the dark less is well lit; of soft lines a third and more

# Scribbles: strokes of 1 to 24 px on canvases of 512 px (ControlNet 1.1). The rest are sanity limits.
TYPES = {
    "canny": Lines(two_tone=True, black=0.25, density=TRAINED_DENSITY, stroke_px=1),
    "lines": Lines(two_tone=True, black=0.25, density=(0.0005, 0.25), stroke_px=1),
    "scribble": Lines(two_tone=True, black=0.25, density=(0.002, 0.5), stroke_px=24),
    "lineart": Lines(two_tone=False, black=0.5, density=(0, 0.4), stroke_px=24, thin=0.05),
    "soft_edge": Lines(two_tone=False, black=0.006, density=(0, 0.6), stroke_px=48, thin=0.01),
}


def line_findings(pixels: Image, facts: Facts, kind: Kind, of: str) -> list[Finding]:
    """Check a map of a line type."""
    wanted = TYPES[of]
    wrong = _not_this(facts, kind, of, wanted)
    if wrong is not None:
        return [wrong]
    gray = narrow(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    fringe = _fringe(gray, facts, of) if wanted.two_tone else None
    found = [_unsure(facts, of) if kind == "unknown" and not wanted.two_tone else None, fringe]
    found.append(_density(gray, of, wanted))
    if fringe is None:
        found.append(_stroke(gray, of, wanted))
    return [finding for finding in found if finding is not None]


def _not_this(facts: Facts, kind: Kind, of: str, wanted: Lines) -> Finding | None:
    if kind in {"depth", "normal", "pose", "inverted-pose", "segmentation"}:
        return Finding("other-map", "error", f"this looks like a {kind} map, not {of}", f"control.{of}(photo)", kind)
    negative = kind == "inverted-edges" or (kind == "unknown" and facts.inverse.dark > facts.tones.dark)
    if negative and (kind == "inverted-edges" or _fits(facts.inverse, facts, wanted)):
        return Finding(
            "inverted",
            "error",
            f"dark lines on white: {facts.inverse.dark:.0%} of the pixels are white, and {of} is white on black",
            fix="255 - m",
            value=facts.inverse.dark,
        )
    if kind == "edges" or (kind == "unknown" and _fits(facts.tones, facts, wanted)):
        return None
    if facts.dithered > DITHERED:
        message = "black and white dots scattered as dithering does: a photo of one bit"
        return Finding("photo", "error", message, f"control.{of}(photo)", facts.dithered)
    coloured = f", {facts.coloured:.0%} coloured" if facts.coloured >= 0.02 else ""
    return Finding(
        "photo",
        "error",
        f"this is no {of} map: only {facts.tones.black:.0%} of the pixels are black{coloured}; a photo or another map",
        fix=f"control.{of}(photo)",
        value=facts.tones.black,
    )


def may_be_soft_lines(facts: Facts) -> bool:
    """Tell whether a picture of no sure kind is more like soft lines on black than like a dark photo."""
    if facts.tones.top <= FAINT:
        return False
    return facts.drawn > LIKELY_DRAWN and facts.tones.long > 0.3 and _fits(facts.tones, facts, TYPES["soft_edge"])


def _unsure(facts: Facts, of: str) -> Finding | None:
    if facts.drawn > LIKELY_DRAWN:
        return None
    message = f"it is too softly drawn for {of} and too dark for a photo to be sure which of the two it is"
    fix = f"control.{of}(photo)  # if it is a photo: between the lines of a map it is black"
    return Finding("unsure", "warning", message, fix, facts.drawn)


def _fits(tones: Tones, facts: Facts, wanted: Lines) -> bool:
    """Tell whether the tones can be those of the type; for what is too thick or too soft for a sure kind."""
    if facts.dithered > DITHERED or facts.coloured >= 0.02 or tones.black < wanted.black or is_shaded(tones, facts):
        return False
    if wanted.two_tone:
        resized = is_thin(tones) and min(tones.peak, tones.lit) > 0.3 * (1 - tones.black)  # of stars, at most a quarter
        return resized or (tones.extreme > 0.97 and tones.lit > 0.5 * (1 - tones.dark))
    if tones.dark > 0.5 and tones.black < 0.25 * tones.dark:
        return False  # lines fade out into black, night skies keep their grain
    soft = tones.hard > GRAIN and tones.bright < 0.25 and tones.lit < 0.6 and tones.thin > wanted.thin
    return soft and (tones is not facts.tones or facts.drawn > SURELY_PHOTO)


def _fringe(gray: Mask, facts: Facts, of: str) -> Finding | None:
    between = int(np.count_nonzero((gray > 0) & (gray < 255)))
    lit = int(np.count_nonzero(gray >= 64))
    if between <= 0.005 * lit:
        return None
    share = between / gray.size
    if facts.tones.extreme > 0.985 and gray.max() > 206:
        cause, fix = (
            "as JPEG leaves them",
            f"mask.binarize(control.gray(m), 128)  # or control.{of}(photo), saved as PNG",
        )
    else:
        cause, fix = (
            "as resizing leaves them",
            remade(of, size=size_of_array(gray)),
        )
    return Finding(
        "gray-fringed",
        "warning",
        f"{share:.1%} of the pixels are neither black nor white, {cause}",
        fix=fix,
        value=share,
    )


def _density(gray: Mask, of: str, wanted: Lines) -> Finding | None:
    # Lines keep their width while the picture grows: compare as if the short side were 512 px.
    scale = min(max(min(gray.shape) / 512, 0.5), 8.0) if wanted.stroke_px == 1 else 1.0
    density = float(np.count_nonzero(gray >= 64) / gray.size)
    low, high = wanted.density
    if low / scale <= density <= high / min(scale, 1.0):
        return None
    sparse = density < low / scale
    share, least, most = shares(density, low / scale, high / min(scale, 1.0))
    return Finding(
        "too-sparse" if sparse else "too-dense",
        "warning",
        f"{share} of the pixels are white; {of} maps of this size have {least} to {most}",
        fix=f"control.canny(photo, density=0.08)  # or {'lower' if sparse else 'higher'} thresholds"
        if of == "canny"
        else f"control.{of}(photo)",
        value=density,
    )


def _stroke(gray: Mask, of: str, wanted: Lines) -> Finding | None:
    lit = (gray >= 128).astype(np.uint8)
    count = int(np.count_nonzero(lit))
    if not count:
        return None
    if wanted.stroke_px == 1:
        square = np.ones((2, 2), np.uint8)
        wide = float(np.count_nonzero(cv2.morphologyEx(lit, cv2.MORPH_OPEN, square)) / count)
        if wide <= 0.5:
            return None
        message = f"{wide:.0%} of the lines are two pixels wide or wider, and {of} is drawn in one"
        return Finding("thick-lines", "warning", message, f"control.{of}(photo)", wide)
    framed = cv2.copyMakeBorder(lit, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    width = 2 * float(np.percentile(cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1][lit > 0], 99))
    widest = wanted.stroke_px * max(1.0, min(gray.shape) / 512)
    if width <= 1.5 * widest:
        return None
    message = f"strokes up to {width:.0f} px wide; {of} models saw at most {widest:.0f} px at this size"
    return Finding("thick-lines", "warning", message, f"control.{of}(photo)", width)
