"""Find by which move two pictures lie apart, on the pixels that both show.

All kept pixels are compared, not corners: around a small edit there are few corners, and the windows around them reach
into what was painted. Pixels that are not kept never enter: each sum and mean is one over kept pixels.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Fit", "Move", "best_shift", "refine"]

Plane: TypeAlias = NDArray[np.float32]
Kind: TypeAlias = Literal["shift", "similarity", "stretch"]

_TERMS: dict[Kind, int] = {"shift": 2, "similarity": 4, "stretch": 5}
_FINE_PX, _COARSE_PX = 1.5, 15  # a blur that takes away grain, and the window whose mean is taken away
_LEAST_OVERLAP = 0.5
_TIE = 0.03  # repeated texture fits at several shifts: a nearer one is taken unless a farther one fits better than this
_ROUNDS, _STILL_PX = 8, 0.02
_CAUCHY = 2.4
_LEAST_NOISE_LEVELS = 0.4  # rounding to levels, twice
_LEAST_POINTS, _ENOUGH_POINTS, _ENOUGH_PLACES = 40, 8000, 1000
_NEIGHBOURS = 3.0  # what is left of neighbours is alike, so that the error is larger than that of as many single pixels


class Move(NamedTuple):
    """Takes a pixel at `x`, from the centre, to ``turn @ x + shift``."""

    turn: NDArray[np.float64]
    shift: NDArray[np.float64]

    def matrix(self, width: int, height: int) -> NDArray[np.float64]:
        """Return it for indices of pixels in a picture of this size."""
        centre = np.array([(width - 1) / 2, (height - 1) / 2])
        return np.column_stack([self.turn, centre + self.shift - self.turn @ centre])

    def moves(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return by how much places move, both `(2, N)`, from the centre."""
        return np.asarray(self.turn @ places + self.shift[:, np.newaxis] - places)


class Fit(NamedTuple):
    """How well two pictures agree at a move.

    Parameters
    ----------
    at
        The move.
    correlation
        Of the details, from -1 to 1.
    error_px
        Standard error of how far kept pixels move; infinite where their texture does not tell.
    px
        Root mean square of how far kept pixels move.
    points
        How many pixels agree.
    """

    at: Move
    correlation: float = 0.0
    error_px: float = float("inf")
    px: float = 0.0
    points: int = 0


def best_shift(before: Plane, after: Plane, kept: Plane, reach_px: int) -> NDArray[np.float64]:
    """Return the whole shift, right and down, at which the kept pixels correlate best.

    Normalised correlation of masked pictures by Fourier transform [1]_, over shifts of up to `reach_px` for which half of
    the kept pixels overlap.

    References
    ----------
    .. [1] D. Padfield, "Masked object registration in the Fourier domain", IEEE Transactions on Image Processing 21(5),
       2012.
    """
    one, other = (_band(plane, kept, _FINE_PX) for plane in (before, after))
    size = [cv2.getOptimalDFTSize(side + reach_px) for side in kept.shape]
    waves = [np.fft.rfft2(plane, size) for plane in (kept, one, one * one, other, other * other)]
    near = np.arange(-reach_px, reach_px + 1)

    def over_shifts(first: int, second: int) -> NDArray[np.float64]:
        return np.asarray(np.fft.irfft2(np.conj(waves[first]) * waves[second], size)[np.ix_(near, near)])

    count = np.maximum(over_shifts(0, 0), 1e-6)
    sum_one, sum_other = over_shifts(1, 0), over_shifts(0, 3)
    spread_one = over_shifts(2, 0) - sum_one**2 / count
    spread_other = over_shifts(0, 4) - sum_other**2 / count
    spread = np.sqrt(np.maximum(spread_one, 1e-3) * np.maximum(spread_other, 1e-3))
    fits = (over_shifts(1, 3) - sum_one * sum_other / count) / spread
    fits[count < _LEAST_OVERLAP * count[reach_px, reach_px]] = -1
    fits -= _TIE * np.hypot(near[:, np.newaxis], near) / reach_px
    y, x = divmod(int(fits.argmax()), near.size)
    return np.array([near[x], near[y]], np.float64)


def refine(before: Plane, after: Plane, kept: Plane, start: Move, *, smooth: bool, kind: Kind) -> Fit:
    """Improve a move until the differences on kept pixels are least, single outliers aside.

    Gauss-Newton steps with the mean of both gradients [1]_ and Cauchy weights.

    Parameters
    ----------
    before, after, kept
        float32 of one size; kept is 0 or 1.
    start
        Where to begin: a few pixels off at most.
    smooth
        Whether to take away the grain first, for what may lie more than a pixel off.
    kind
        What to look for: a shift alone, a zoom and a turn as well, or another scale across than down besides.

    References
    ----------
    .. [1] E. Malis, "Improving vision-based control using efficient second-order minimization techniques",
       International Conference on Robotics and Automation (ICRA), 2004.
    """
    at, fit = start, Fit(start)
    for _ in range(_ROUNDS):
        points = _points(before, after, kept, at, smooth=smooth)
        if points is None:
            return Fit(at)
        slopes = points.slopes[: _TERMS[kind]]
        normal = (slopes * points.weight) @ slopes.T
        if np.linalg.cond(normal) > 1e12:
            return Fit(at)
        step = np.asarray(np.linalg.solve(normal, (slopes * points.weight) @ points.left), np.float64)
        change = _move_of(step)
        fit = _judged(at, points, np.asarray(np.linalg.inv(normal), np.float64))
        if np.sqrt((change.moves(points.places) ** 2).sum(axis=0).mean()) < _STILL_PX:
            break
        at = Move(at.turn @ change.turn, at.turn @ change.shift + at.shift)
    return fit


class _Points(NamedTuple):
    """Kept pixels with texture: where they lie from the centre, what is left there and how it changes with a move.

    `all_places` are those of all that are compared, textured or not.
    """

    places: NDArray[np.float64]
    all_places: NDArray[np.float64]
    one: Plane
    other: Plane
    left: NDArray[np.float64]
    weight: NDArray[np.float64]
    slopes: NDArray[np.float64]
    noise: float


def _points(before: Plane, after: Plane, kept: Plane, at: Move, *, smooth: bool) -> _Points | None:
    height, width = kept.shape
    matrix = at.matrix(width, height)
    flags = cv2.WARP_INVERSE_MAP
    moved = np.asarray(cv2.warpAffine(after, matrix, (width, height), flags=flags | cv2.INTER_CUBIC), np.float32)
    seen = np.asarray(cv2.warpAffine(kept, matrix, (width, height), flags=flags | cv2.INTER_LINEAR))
    shared = ((seen > 0.99) & (kept > 0)).astype(np.float32)
    one, other = (_band(plane, shared, _FINE_PX if smooth else 0) for plane in (before, moved))
    core = cv2.erode(shared, np.ones((3, 3)), borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    energy = float((other[core] ** 2).sum())
    if np.count_nonzero(core) < _LEAST_POINTS or energy <= 0:
        return None
    gain = float((one[core] * other[core]).sum()) / energy
    mean = (one + gain * other) / 2
    right, down = (cv2.Sobel(mean, cv2.CV_32F, *order, ksize=1, scale=0.5) for order in ((1, 0), (0, 1)))
    steep = right * right + down * down
    everywhere = np.flatnonzero(core)
    textured = np.flatnonzero(core & (steep >= 0.25 * float(steep[core].mean())))
    ys, xs = np.unravel_index(textured[:: -(-textured.size // _ENOUGH_POINTS)], core.shape)
    all_places = np.stack(np.unravel_index(everywhere[:: -(-everywhere.size // _ENOUGH_PLACES)], core.shape)[::-1])
    along, across = (plane[ys, xs].astype(np.float64) for plane in (right, down))
    centre = np.array([[(width - 1) / 2], [(height - 1) / 2]])
    x, y = places = np.stack([xs, ys]) - centre
    left = (one[ys, xs] - gain * other[ys, xs]).astype(np.float64)
    noise = max(1.4826 * float(np.median(np.abs(left))), _LEAST_NOISE_LEVELS)
    weight = 1 / (1 + (left / (_CAUCHY * noise)) ** 2)
    slopes = np.stack([along, across, x * along + y * across, x * across - y * along, x * along - y * across])
    return _Points(places, all_places - centre, one[ys, xs], other[ys, xs], left, weight, slopes, noise)


def _move_of(step: NDArray[np.float64]) -> Move:
    dx, dy, zoom, turn, stretch = [*step, 0.0, 0.0, 0.0][:5]
    return Move(np.array([[1 + zoom + stretch, -turn], [turn, 1 + zoom - stretch]]), np.array([dx, dy]))


def _judged(at: Move, points: _Points, inverse: NDArray[np.float64]) -> Fit:
    x, y = points.all_places
    ones = np.ones(x.size)
    moves = [np.stack(move) for move in ((ones, 0 * ones), (0 * ones, ones), (x, y), (-y, x), (x, -y))]
    # the mean over pixels of the variance of their move
    products = np.array([[np.vdot(one, other) / x.size for other in moves] for one in moves])
    some = len(inverse)
    variance = float((inverse * products[:some, :some]).sum())
    one, other = points.one - points.one.mean(), points.other - points.other.mean()
    spread = float(np.sqrt((one**2).sum(dtype=np.float64) * (other**2).sum(dtype=np.float64)))
    return Fit(
        at,
        float((one * other).sum(dtype=np.float64)) / spread if spread else 0.0,
        _NEIGHBOURS * points.noise * float(np.sqrt(max(variance, 0.0))),
        float(np.sqrt((at.moves(points.all_places) ** 2).sum(axis=0).mean())),
        int(np.count_nonzero(points.weight > 0.5)),
    )


def _band(plane: Plane, kept: Plane, blur_px: float) -> Plane:
    """Take away the mean around each pixel, over kept pixels alone, and grain where a blur is given; 0 elsewhere."""
    window = (_COARSE_PX, _COARSE_PX)
    inside = plane * kept
    around = cv2.blur(kept, window, borderType=cv2.BORDER_CONSTANT)
    detail = plane - cv2.blur(inside, window, borderType=cv2.BORDER_CONSTANT) / np.maximum(around, 1e-6)
    detail *= kept
    if blur_px:
        near = cv2.GaussianBlur(kept, (0, 0), blur_px, borderType=cv2.BORDER_CONSTANT)
        detail = cv2.GaussianBlur(detail, (0, 0), blur_px, borderType=cv2.BORDER_CONSTANT) / np.maximum(near, 1e-6)
        detail *= kept
    return np.asarray(detail, np.float32)
