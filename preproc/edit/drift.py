"""Measure how far an endpoint moved or zoomed the picture, on pixels that it was told to keep."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow

__all__ = ["Drift", "measure_drift", "undo_drift"]

_LONG_SIDE_PX = 1024
_LEAST_TRACKS = 12
_LEAST_SIDE_PX = 16


@dataclass(frozen=True, slots=True)
class Drift:
    """A similarity that takes the photo's pixels to where the result shows them.

    Parameters
    ----------
    dx_px, dy_px
        Shift of the picture's centre, right and down.
    zoom
        Scale about the centre; 1 is none.
    turn_deg
        Rotation about the centre.
    px
        Root mean square shift over the kept pixels that were followed; the figure to judge by.
    tracks
        How many points agree.
    """

    dx_px: float
    dy_px: float
    zoom: float
    turn_deg: float
    px: float
    tracks: int


def measure_drift(photo: Image, result: Image, kept: Mask) -> Drift | str:
    """Follow corners from the photo into the result and fit a similarity.

    Parameters
    ----------
    photo, result
        uint8 RGB of one size.
    kept
        Non-zero where both should show the same.

    Returns
    -------
    Drift or str
        In words why it cannot be measured: too few kept pixels, or too little texture on them.

    Notes
    -----
    Corners of Shi and Tomasi (1994), pyramidal Lucas-Kanade tracking (Bouguet, 2001) forth and back, and a robust
    fit. Deterministic.
    """
    height, width = kept.shape
    scale = min(1.0, _LONG_SIDE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    before, after = (
        cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
        for picture in (photo, result)
    )
    where = cv2.resize(kept, size, interpolation=cv2.INTER_NEAREST)
    where = cv2.erode(
        (where > 0).astype(np.uint8), np.ones((7, 7), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    if min(size) < _LEAST_SIDE_PX or not where.any():
        return f"too few kept pixels ({int(np.count_nonzero(kept))} of {width}x{height})"
    corners = cv2.goodFeaturesToTrack(before, 400, 0.01, 5, mask=where)
    found = 0 if corners is None else len(corners)
    if corners is None or found < _LEAST_TRACKS:
        return f"the kept pixels have {found} corners to follow, {_LEAST_TRACKS} are needed"
    start, end = _follow(narrow(before), narrow(after), np.asarray(corners, np.float32).reshape(-1, 1, 2))
    matrix, inliers = None, None
    if len(start) >= _LEAST_TRACKS:
        matrix, inliers = cv2.estimateAffinePartial2D(start, end, method=cv2.LMEDS)
    agreed = 0 if inliers is None else int(inliers.sum())
    if matrix is None or inliers is None or agreed < _LEAST_TRACKS:
        return f"of {found} corners {agreed or len(start)} are found again at one place, {_LEAST_TRACKS} are needed"
    picked = inliers.ravel().astype(bool)
    shifts = (start[picked] @ matrix[:, :2].T + matrix[:, 2] - start[picked]) / scale
    centre = np.array([size[0] / 2, size[1] / 2])
    moved = (matrix[:, :2] @ centre + matrix[:, 2] - centre) / scale
    return Drift(
        dx_px=float(moved[0]),
        dy_px=float(moved[1]),
        zoom=float(np.hypot(matrix[0, 0], matrix[1, 0])),
        turn_deg=float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))),
        px=float(np.sqrt((shifts**2).sum(axis=1).mean())),
        tracks=int(picked.sum()),
    )


def _follow(
    before: NDArray[np.uint8], after: NDArray[np.uint8], corners: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Track forth and back; keep what returns to within a quarter of a pixel."""
    found, ok, _ = cv2.calcOpticalFlowPyrLK(before, after, corners, corners.copy(), winSize=(15, 15), maxLevel=3)
    back, ok_back, _ = cv2.calcOpticalFlowPyrLK(after, before, found, corners.copy(), winSize=(15, 15), maxLevel=3)
    returned = np.linalg.norm((back - corners).reshape(-1, 2), axis=1) < 0.25
    good = (ok.ravel() == 1) & (ok_back.ravel() == 1) & returned
    return corners.reshape(-1, 2)[good].astype(np.float64), found.reshape(-1, 2)[good].astype(np.float64)


def undo_drift(result: Image, drift: Drift, scale: float = 1.0) -> Image:
    """Resample the result, `scale` times the size that the drift was found at, so that kept pixels lie where the photo has them."""
    height, width = result.shape[:2]
    angle = np.radians(drift.turn_deg)
    turn = drift.zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array([width / 2, height / 2])
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
