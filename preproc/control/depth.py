"""Bring depth of any origin into the form depth ControlNets expect: near is white."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image
from ..errors import InputError
from .depth_files import DepthSource, load_depth
from .options import checks_options

__all__ = ["NearEnd", "normalize_depth", "relative_depth"]

NearEnd = Literal["high", "low"]
"""Which end of the values is near: ``"high"`` for disparity and inverse depth, ``"low"`` for distances."""

Values = NDArray[np.float32] | NDArray[np.float64]
BACKGROUND = 1e9  # renderers write 1e10 where a ray met nothing
HALF_BACKGROUND = 65504  # and what becomes of that in half floats: their largest number


@checks_options
def normalize_depth(
    depth: DepthSource,
    /,
    *,
    near: NearEnd,
    spacing: Literal["linear", "inverse"] = "linear",
    percentiles: tuple[float, float] = (2, 98),
    limits: tuple[float, float] | None = None,
    missing: float | None = None,
    unknown: Literal["far", "near", "nearest"] = "far",
) -> Image:
    """Turn depth values into a depth map for ControlNets: near is white, far is black.

    Parameters
    ----------
    depth
        Values of shape `(H, W)`, or what `load_depth` reads: 8- or 16-bit pictures, TIFF or NPY with floating point.
    near
        Which end of the values is near. ``"high"``: disparity, inverse depth, finished maps where near is white.
        ``"low"``: distances, z-buffers. It is declared because no picture proves it; `preproc.check.control` finds a
        wrong one where there is evidence.
    spacing
        ``"linear"``: gray follows the values. ``"inverse"``: gray follows their reciprocal, for distances that
        shall look like the relative inverse depth MiDaS and Depth Anything predict; needs ``near="low"`` and
        distances above 0.
    percentiles
        What becomes black and white, as percentiles of the known values; beyond them is clipped, so that a single
        stray value does not flatten the rest. ``(0, 100)`` clips nothing.
    limits
        The two values that become the ends instead, lower first: the same for all frames of a film.
    missing
        A value that stands for "not measured", such as the 0 of many depth cameras.
    unknown
        What pixels without a value become, those being NaN, `missing`, and infinities that cannot mean far away:
        ``"far"`` black, ``"near"`` white, ``"nearest"`` the gray of the nearest known pixel.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        0 far, 255 near; never decreasing in nearness. Where ``near="low"``, infinity and values from 1e9 on are
        background (renderers write 1e10) and become 0; so does exactly 65504, the largest half float, among floats.

    Raises
    ------
    InputError
        If no value is known, all are equal, or the options contradict each other or the values.

    See Also
    --------
    relative_depth : The same without rounding to 256 levels.

    Notes
    -----
    Relative inverse depth [1]_, near bright, is what depth ControlNets were shown.

    References
    ----------
    .. [1] R. Ranftl, K. Lasinger, D. Hafner, K. Schindler and V. Koltun, "Towards robust monocular depth estimation:
       mixing datasets for zero-shot cross-dataset transfer", IEEE Transactions on Pattern Analysis and Machine
       Intelligence 44(3), 2022.

    Examples
    --------
    >>> normalize_depth(np.array([[1.0, 2.0, 5.0, np.inf]]), near="low", percentiles=(0, 100))
    array([[255, 191,   0,   0]], dtype=uint8)
    """
    nearness, known = nearness_of(
        depth, near=near, spacing=spacing, percentiles=percentiles, limits=limits, missing=missing
    )
    nearness *= 255
    gray = np.rint(nearness, out=nearness).astype(np.uint8)
    if unknown not in {"far", "near", "nearest"}:
        raise InputError(f"unknown is 'far', 'near' or 'nearest', got {unknown!r}")
    if not known.all():
        if unknown == "nearest":
            gray = gray[nearest_known(known)]
        else:
            gray[~known] = 0 if unknown == "far" else 255
    return gray


@checks_options
def relative_depth(
    depth: DepthSource,
    /,
    *,
    near: NearEnd,
    spacing: Literal["linear", "inverse"] = "linear",
    percentiles: tuple[float, float] = (0, 100),
    limits: tuple[float, float] | None = None,
    missing: float | None = None,
) -> NDArray[np.float64]:
    """Turn depth values into nearness from 0 (far) to 1 (near) without rounding: what `normalize_depth` makes 8 bits of.

    With the default percentiles nothing is clipped, so that no two different depths become equal and their order
    is kept exactly (Spearman's rank correlation with the nearness that went in is 1).

    Parameters
    ----------
    depth, near, spacing, percentiles, limits, missing
        As in `normalize_depth`, except that nothing is clipped unless asked.

    Returns
    -------
    ndarray of float64, shape (H, W)
        0 far, 1 near, NaN where there is no value; background, as `normalize_depth` knows it, is 0.

    Raises
    ------
    InputError
        As `normalize_depth`.

    Notes
    -----
    Relative inverse depth is that of [1]_.

    For tools that read 16 bits or floats; endpoints take the 8 bits of `normalize_depth`.
    ``np.rint(65535 * relative_depth(...)).astype(np.uint16)`` is the 16-bit form where every pixel has a value.

    References
    ----------
    .. [1] R. Ranftl, K. Lasinger, D. Hafner, K. Schindler and V. Koltun, "Towards robust monocular depth estimation:
       mixing datasets for zero-shot cross-dataset transfer", IEEE Transactions on Pattern Analysis and Machine
       Intelligence 44(3), 2022.

    Examples
    --------
    >>> relative_depth(np.array([[1.0, 2.0, 5.0, np.nan]]), near="low").tolist()
    [[1.0, 0.75, 0.0, nan]]
    """
    nearness, known = nearness_of(
        depth,
        near=near,
        spacing=spacing,
        percentiles=percentiles,
        limits=limits,
        missing=missing,
        precise=True,
    )
    nearness[~known] = np.nan
    return np.asarray(nearness, np.float64)


def nearness_of(
    depth: DepthSource,
    *,
    near: NearEnd,
    spacing: Literal["linear", "inverse"] = "linear",
    percentiles: tuple[float, float] = (2, 98),
    limits: tuple[float, float] | None = None,
    missing: float | None = None,
    precise: bool = False,
) -> tuple[Values, NDArray[np.bool_]]:
    """Return nearness from 0 (far) to 1, and which pixels have a value; those without are 0."""
    if near not in {"high", "low"}:
        raise InputError(f"near is 'high' (disparity) or 'low' (distance), got {near!r}")
    if spacing not in {"linear", "inverse"} or (spacing == "inverse" and near != "low"):
        raise InputError(
            f"spacing={spacing!r} with near={near!r}",
            fix="spacing is 'linear', or 'inverse' for distances (near='low')",
        )
    values = load_depth(depth)
    as_half = near == "low" and values.dtype.kind == "f"
    exact = values.dtype.itemsize <= 2 or values.dtype == np.float32  # in float32, which takes half the memory
    values = values.astype(np.float32 if exact and not precise else np.float64)
    known = ~np.isnan(values)
    if missing is not None:
        known &= values != missing
    background = known & (values >= BACKGROUND) if near == "low" else np.zeros_like(known)
    if as_half:
        background |= known & (values == HALF_BACKGROUND)
    known &= np.isfinite(values) | background
    measured = known & ~background
    sample = values.ravel() if measured.all() else values[measured]
    if not sample.size:
        raise InputError(
            f"none of {values.size} pixels has a depth", fix="check missing=, and near= if all values are 1e9 or more"
        )
    smallest, largest = float(sample.min()), float(sample.max())
    if spacing == "inverse" and smallest <= 0:
        raise InputError(
            f"spacing='inverse' needs distances above 0, got {smallest:g}",
            fix="pass missing=0 if 0 means not measured",
        )
    ends = (smallest, largest) if limits is None else _given(limits)
    if smallest < largest and max(map(abs, (smallest, largest, *ends))) > np.finfo(values.dtype).max / 4:
        values /= 4  # or differences would overflow
        sample, ends, smallest = values[measured], (ends[0] / 4, ends[1] / 4), smallest / 4
    low, high = _range(sample, percentiles) if limits is None else ends
    if spacing == "inverse":
        low = max(low, smallest)
    values[~measured] = low
    np.clip(values, low, high, out=values)
    nearness = _placed(values, low, high, near=near, spacing=spacing)
    nearness[~measured] = 0
    return nearness, known


def _range(sample: Values, percentiles: tuple[float, float]) -> tuple[float, float]:
    lower, upper = percentiles
    if not 0 <= lower < upper <= 100:
        raise InputError(f"percentiles are two numbers from 0 to 100, the lower first, got {percentiles}")
    low, high = np.percentile(sample, (lower, upper)).tolist()
    if low == high:  # a plain with little on it: the little is what matters
        low, high = float(sample.min()), float(sample.max())
    if low == high:
        raise InputError(
            f"all {sample.size} known pixels have the depth {low:g}",
            fix="a flat map guides nothing: check the file, or missing=",
        )
    return low, high


def _given(limits: tuple[float, float]) -> tuple[float, float]:
    low, high = limits
    if not (np.isfinite(limits).all() and low < high):
        raise InputError(f"limits are two finite values, the lower first, got {limits}")
    return float(low), float(high)


def _placed(values: Values, low: float, high: float, *, near: NearEnd, spacing: str) -> Values:
    if spacing == "inverse":
        np.divide(low, values, out=values, dtype=np.float64, casting="same_kind")
        low, high = low / high, 1.0
    values -= low
    np.divide(values, high - low, out=values, dtype=np.float64, casting="same_kind")  # however small the range
    if near == "low" and spacing == "linear":
        np.subtract(1, values, out=values)
    return np.clip(values, 0, 1, out=values)


def nearest_known(known: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns of the nearest known pixel of every pixel."""
    _, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(known)
    order = np.zeros(int(labels.max()) + 1, np.intp)
    order[labels[rows, columns]] = np.arange(len(rows))
    place = order[labels]
    return rows[place], columns[place]
