"""Measure how far an endpoint moved or zoomed the picture, on pixels that it was told to keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow
from .match import Fit, Kind, Move, best_shift, refine

__all__ = ["Drift", "measure_drift", "undo_drift"]

_Planes: TypeAlias = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]

_LONG_SIDES_PX = (192, 384)  # the shift is looked for at the first size, and improved up to the second
_REACH_RATIO = 0.1
_LEAST_SIDE_PX, _LEAST_KEPT = 16, 100
_EDGE_PX = 2  # next to what was painted the endpoint may have changed the photo
_LEAST_CORRELATION, _LEAST_SMOOTH_CORRELATION = 0.6, 0.85  # of the details, and of what is left of them without grain
_CLEAR_CORRELATION = 0.9  # with so much the picture has not moved by more than it was tried at
_NEAR_PX = 2.0
_MOST_ERROR_PX = 0.3
_KINDS: tuple[Kind, ...] = ("similarity", "shift")
_SEEN_PX = 0.25  # at the border, of a stretch
_WORTH_RATIO = 0.9  # of what does not correlate: a stretch that leaves more explains nothing


@dataclass(frozen=True, slots=True)
class Drift:
    """What takes the photo's pixels to where the result shows them.

    Parameters
    ----------
    dx_px, dy_px
        Shift of the picture's centre, right and down.
    zoom
        Scale about the centre; 1 is none.
    turn_deg
        Rotation about the centre.
    px
        Root mean square shift over the kept pixels; the figure to judge by.
    points
        How many pixels agree.
    stretch
        Scale across over scale down, `zoom` being their mean; 1 is none.
    """

    dx_px: float
    dy_px: float
    zoom: float
    turn_deg: float
    px: float
    points: int
    stretch: float = 1.0


def measure_drift(photo: Image, result: Image, kept: Mask) -> Drift | str:
    """Find the move at which the result shows what the photo shows, on kept pixels alone.

    Parameters
    ----------
    photo, result
        uint8 RGB of one size. They may differ in brightness and contrast.
    kept
        Non-zero where both should show the same.

    Returns
    -------
    Drift or str
        In words why it cannot be measured: too few kept pixels, too little texture on them, or another scene.

    Notes
    -----
    The best whole shift, of up to a tenth of the long side, in a reduced picture, then steps of least squares at that
    size and larger ones; where that leaves a move, also with another scale across than down. What is found holds only if the kept pixels' details correlate there, and their texture fixes
    the move to within 0.3 px. Deterministic.
    """
    height, width = kept.shape
    if min(height, width) < _LEAST_SIDE_PX:
        return f"too few kept pixels ({cv2.countNonZero(kept)} of {width}x{height})"
    finest = min(1.0, _LONG_SIDES_PX[1] / max(height, width))
    coarse = min(1.0, _LONG_SIDES_PX[0] / max(height, width))
    planes = _planes(photo, result, kept, finest)
    if cv2.countNonZero(planes[2]) < _LEAST_KEPT:
        return f"too few kept pixels ({cv2.countNonZero(kept)} of {width}x{height})"
    fit = refine(*planes, Move(np.eye(2), np.zeros(2)), smooth=False, kind="similarity")
    if fit.correlation < _CLEAR_CORRELATION or fit.px > _NEAR_PX or fit.error_px > _MOST_ERROR_PX:
        found = _search(planes, planes if coarse == finest else _planes(photo, result, kept, coarse))
        if isinstance(found, str):
            return found
        fit = found
    fit = _stretched(planes, fit)
    turn, (dx, dy) = fit.at.turn, fit.at.shift / finest
    angle = float(np.arctan2(turn[1, 0] - turn[0, 1], turn[0, 0] + turn[1, 1]))
    across, down = np.diag(_turned(-angle) @ turn).tolist()
    return Drift(
        dx_px=float(dx),
        dy_px=float(dy),
        zoom=float(np.sqrt(across * down)),
        turn_deg=float(np.degrees(angle)),
        px=fit.px / finest,
        points=fit.points,
        stretch=across / down,
    )


def _stretched(planes: _Planes, fit: Fit) -> Fit:
    """Let the scale across differ from that down, where that explains what a similarity leaves."""
    if fit.px < _SEEN_PX:
        return fit
    other = refine(*planes, fit.at, smooth=False, kind="stretch")
    stretch = abs(float(other.at.turn[0, 0] - other.at.turn[1, 1])) / 2
    explains = 1 - other.correlation < _WORTH_RATIO * (1 - fit.correlation)
    matters = stretch * max(planes[2].shape) / 2 >= _SEEN_PX
    return other if explains and matters and other.error_px <= _MOST_ERROR_PX else fit


def _turned(angle: float) -> NDArray[np.float64]:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _search(planes: _Planes, small: _Planes) -> Fit | str:
    """Look for a move of any length in a reduced picture, and improve what is found in the larger one."""
    if not small[2].any():
        return "too few kept pixels to look for in a reduced picture"
    larger = max(planes[2].shape) / max(small[2].shape)
    reach = max(4, round(_REACH_RATIO * max(small[2].shape)))
    best = best_shift(*small, reach)
    # repeated texture may correlate better a period away, where the result was zoomed or turned as well
    starts = [best, np.zeros(2)] if np.hypot(*best) > _NEAR_PX else [best]
    for kind in _KINDS:  # where little texture is kept it may fix a shift, but no turn
        rough = [refine(*small, Move(np.eye(2), start), smooth=True, kind=kind) for start in starts]
        first = max(rough, key=lambda one: one.correlation)
        at = first.at._replace(shift=first.at.shift * larger)
        fit = refine(*planes, at, smooth=False, kind=kind)
        agrees = fit.correlation >= _LEAST_CORRELATION and first.correlation >= _LEAST_SMOOTH_CORRELATION
        if agrees and fit.error_px <= _MOST_ERROR_PX:
            break
    if not np.isfinite(fit.error_px) or fit.error_px > max(planes[2].shape) or fit.points < _LEAST_KEPT:
        return "the kept pixels have too little texture to follow"
    if not agrees:
        return f"the kept pixels are not found again (their details correlate by {min(fit.correlation, first.correlation):.2f} at best)"
    if fit.error_px > _MOST_ERROR_PX:
        return f"the kept pixels have too little texture to follow: it tells a move to {fit.error_px:.1f} px at best"
    return fit


def _planes(photo: Image, result: Image, kept: Mask, scale: float) -> _Planes:
    """Return both pictures in gray, and 1 where all of a pixel is kept, at another scale."""
    height, width = kept.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    whole = cv2.resize(cv2.inRange(kept, 1, 255), size, interpolation=cv2.INTER_AREA) == 255
    window = np.ones((2 * round(_EDGE_PX * scale) + 1,) * 2, np.uint8)
    inner = cv2.erode(whole.astype(np.float32), window, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    before, after = (
        cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA).astype(np.float32)
        for picture in (photo, result)
    )
    return before, after, np.asarray(inner, np.float32)


def undo_drift(result: Image, drift: Drift, scale: float = 1.0) -> Image:
    """Resample the result, `scale` times the size that the drift was found at, so that kept pixels lie where the photo has them."""
    height, width = result.shape[:2]
    along = np.sqrt(drift.stretch)
    turn = _turned(np.radians(drift.turn_deg)) @ np.diag([drift.zoom * along, drift.zoom / along])
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    shift = centre + scale * np.array([drift.dx_px, drift.dy_px]) - turn @ centre
    matrix = np.column_stack([turn, shift])
    return narrow(
        cv2.warpAffine(
            result,
            matrix,
            (width, height),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
    )
