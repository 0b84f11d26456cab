"""What can be measured on a picture to tell control maps from photos."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, narrow
from .depth_score import depth_score
from .drawn import dithering, drawn_score
from .noise_score import noise_score
from .plainness import plain_score
from .scales import scales_of, without_bars
from .surfaces import blockiness, sharpest_step, surface_score

__all__ = ["Facts", "Tones", "facts_of", "highest"]


@dataclass(frozen=True, slots=True)
class Tones:
    """How the light of a gray picture lies, all as shares.

    Attributes
    ----------
    black
        Pixels of at most 8.
    dark
        Pixels of at most 24.
    lit
        Pixels from 65 on.
    bright
        Pixels from 128 on.
    extreme
        Pixels of at most 48, or from 207 on.
    body
        Pixels above a quarter of the brightest (99.5th percentile): few in line maps, most in photos, dark ones too.
    top
        The highest level, 0 to 255: no share.
    thin
        The light held by structures narrower than 5 px, of large pictures also at a short side of 1024 px: nearly all
        for drawn lines, little for photos.
    peak
        Pixels above half of the highest.
    hard
        Of the pixels above a quarter of the highest, those above half of it: nearly all where light is either there or
        not, as in two-tone lines, JPEG copies too; half or less where it falls off, as around stars.
    long
        Of the lit pixels (of dark pictures, those above a quarter of the highest level), those in pieces of 16 px or
        more along one side: most in lines, hardly any in stars.
    """

    black: float
    dark: float
    lit: float
    bright: float
    extreme: float
    body: float
    top: int
    thin: float
    peak: float
    hard: float
    long: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What a picture measures; shares of its pixels unless said otherwise.

    Attributes
    ----------
    tones, inverse
        The picture's tones, and those of its negative.
    blank
        True where all but one pixel in two thousand have the same tone, give or take 8 levels.
    coloured
        Pixels whose channels differ by more than 24 levels.
    tinted
        Pixels whose channels differ by more than 3 levels: none in gray pictures, out of a JPEG either.
    flat
        Pixels within 3 levels of their right neighbour in every channel.
    midtones
        Pixels from 6 to 249.
    contrast
        Levels between the darkest and the lightest two percent.
    smooth
        Midtone pixels where the Laplacian is at most one level: low with texture and grain, high in depth maps.
    surface
        Log-odds that the light lies in smooth pieces with clean borders: see `surface_score`.
    sharpest
        The steepest slope, as a share of the contrast per pixel: low in what is out of focus: see `sharpest_step`.
    blocky
        How many more neighbours differ across the blocks of a JPEG than within them: see `blockiness`.
    depth
        Log-odds that a gray picture is a depth map, not a photo: by slopes, bends and specks: see `depth_score`.
    noiseless
        The same, by its floor of noise: see `noise_score`.
    plain
        The same, by what a median takes out: see `plain_score`.
    drawn
        Log-odds that light on black is drawn in soft lines, not that of a dark photo: see `drawn_score`.
    inverse_drawn
        The same of the negative.
    dithered
        How many more neighbours differ, in black and white, than would by chance: see `dithering`.
    """

    tones: Tones
    inverse: Tones
    blank: bool
    coloured: float
    tinted: float
    flat: float
    midtones: float
    contrast: float
    smooth: float
    surface: float
    sharpest: float
    blocky: float
    depth: float
    noiseless: float
    plain: float
    drawn: float
    inverse_drawn: float
    dithered: float


def facts_of(picture: Image) -> Facts:
    """Measure a picture; of large ones, bands of rows spread over it."""
    blank = _is_blank(picture)
    sample = _bands(picture)
    gray = narrow(cv2.cvtColor(sample, cv2.COLOR_RGB2GRAY))
    across = (
        highest(narrow(cv2.absdiff(sample[:, 1:], sample[:, :-1])))
        if sample.shape[1] > 1
        else np.zeros((1, 1), np.uint8)
    )
    midtone = (gray > 5) & (gray < 250)
    curved = np.abs(cv2.Laplacian(gray, cv2.CV_16S))
    whole = narrow(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    scales = scales_of(whole)
    inner = without_bars(whole)
    within = scales if inner.shape == whole.shape else scales_of(inner)
    small = narrow(np.rint(scales.copies[1024]).astype(np.uint8))
    tones, inverse = _tones_of(gray, small), _tones_of(narrow(~gray), narrow(~small))
    chroma = narrow(cv2.subtract(highest(sample), ~highest(~sample)))
    return Facts(
        tones=tones,
        inverse=inverse,
        blank=blank,
        coloured=_share(chroma > 24),
        tinted=_share(chroma > 3),
        flat=_share(across <= 3),
        midtones=_share(midtone),
        contrast=float(np.diff(np.percentile(gray, (2, 98)))[0]),
        smooth=_share(curved[midtone] <= 1),
        surface=surface_score(within),
        sharpest=sharpest_step(within),
        blocky=blockiness(whole),
        depth=depth_score(within),
        noiseless=noise_score(within),
        plain=plain_score(within),
        drawn=drawn_score(scales, hard=tones.hard),
        inverse_drawn=drawn_score(scales.inverse(), hard=inverse.hard),
        dithered=dithering(gray) if tones.extreme == 1 else 0.0,
    )


def highest(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the highest channel of each pixel; many times faster than ``picture.max(axis=2)``."""
    red, green, blue = cv2.split(picture)
    return narrow(cv2.max(cv2.max(red, green), blue))


def _tones_of(gray: NDArray[np.uint8], small: NDArray[np.uint8]) -> Tones:
    """Measure how the light lies, in a picture and in its copy of at most 1024 px."""
    shares = np.bincount(gray.ravel(), minlength=256) / gray.size
    top = int(np.flatnonzero(shares)[-1])
    peak, above_quarter = (float(shares[top // part + 1 :].sum()) for part in (2, 4))
    return Tones(
        black=float(shares[:9].sum()),
        dark=float(shares[:25].sum()),
        lit=float(shares[65:].sum()),
        bright=float(shares[128:].sum()),
        extreme=float(shares[:49].sum() + shares[207:].sum()),
        body=float(shares[int(np.searchsorted(np.cumsum(shares), 0.995)) // 4 + 1 :].sum()),
        top=top,
        thin=max(map(_thin_share, (gray, small))),  # lines that were enlarged are broad at their own size
        peak=peak,
        hard=peak / above_quarter if above_quarter else 0.0,
        long=_long_share(gray, min(64, max(8, top // 4))),
    )


def _thin_share(gray: NDArray[np.uint8]) -> float:
    opened = narrow(cv2.morphologyEx(gray, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)))
    light = int(gray.sum(dtype=np.int64))
    return 1 - int(opened.sum(dtype=np.int64)) / light if light else 0.0


def _long_share(gray: NDArray[np.uint8], above: int, side: int = 16) -> float:
    pieces = cv2.connectedComponentsWithStats((gray > above).astype(np.uint8))[2][1:]
    long = pieces[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) >= side
    areas = pieces[:, cv2.CC_STAT_AREA]
    return float(areas[long].sum() / areas.sum()) if len(areas) else 0.0


def _is_blank(picture: Image) -> bool:
    """Tell whether all but one pixel in two thousand lie within 8 levels of the most frequent value, per channel."""
    for channel in range(3):
        counts = np.asarray(cv2.calcHist([picture], [channel], None, [256], [0, 256])).ravel()
        mode = int(counts.argmax())
        if counts[max(0, mode - 8) : mode + 9].sum() < (1 - 1 / 2000) * counts.sum():
            return False
    return True


def _bands(picture: Image, pixels: int = 2_000_000, rows: int = 64) -> Image:
    height, width = picture.shape[:2]
    if height * width <= pixels:
        return picture
    count = max(1, pixels // (rows * width))
    starts = np.linspace(0, max(0, height - rows), count).astype(int)
    return np.concatenate([picture[start : start + rows] for start in starts])


def _share(chosen: NDArray[np.bool_]) -> float:
    return float(np.count_nonzero(chosen)) / chosen.size if chosen.size else 0.0
