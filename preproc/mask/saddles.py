"""How an outline bends between four pixels, where it is far from straight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .arguments import Ring

__all__ = ["bends", "joined"]

Values = NDArray[np.float64]

# Beyond this distance from a saddle an outline is drawn nearer, but by no more than the other: then both readings of
# the same four values, joined and apart, stay within half a pixel of it.
_NEAR_PX, _DRAWN_PX = 0.3, 0.35

# And so far from it along both axes, or rings would touch themselves.
_APART_PX = 0.05

# Elsewhere a bend below the first is left out, and the second is the most: then both the curve and the straight line
# that marching squares put in its place stay within half a pixel.
_STRAIGHT_PX, _BENT_PX = 0.2, 0.35

# Of the four values, the least share of their range by which they are no plane.
_CURVED = 0.05


def joined(above: Values) -> NDArray[np.bool_]:
    """Tell whether the two corners inside are one part, as bilinear interpolation has it.

    `above` is how far the four values `(4, n)` lie above the threshold, clockwise from the top left.

    References
    ----------
    .. [1] G. M. Nielson and B. Hamann, "The asymptotic decider: resolving the ambiguity in marching cubes",
       Visualization, 1991.
    """
    one, two, three, four = above
    # The product of the higher pair outweighs that of the lower one.
    together: NDArray[np.bool_] = np.where(one > 0, one * three > two * four, two * four > one * three)
    return together


def bends(above: Values, begin: Ring, end: Ring, *, twice: NDArray[np.bool_]) -> tuple[Ring, NDArray[np.bool_]]:
    """Return a corner for each way through a cell, on the hyperbola which the outline is there or close to it.

    And whether it is needed. `begin` and `end` are `(n, 2)`, in cells of side 1; `twice` tells the cells that an outline
    passes twice, where two values are inside and two outside that touch at their corners only. Straight from one to the
    other an outline would miss the hyperbola by up to 0.7 px.
    """
    one, two, three, four = above
    curvature = one - two + three - four
    curved = np.abs(curvature) > _CURVED * np.ptp(above, axis=0)
    middle = np.stack([one - four, one - two], axis=1) / np.where(curved, curvature, 1)[:, np.newaxis]
    straight = (begin + end) / 2
    away = np.sqrt(np.abs(begin - middle) * np.abs(end - middle)).clip(_APART_PX) * np.sign(straight - middle)
    nearer = _shortened(away, np.maximum(_NEAR_PX, np.hypot(*away.T) - _DRAWN_PX))
    aside = middle + away - straight
    bent = twice | (curved & (np.hypot(*aside.T) > _STRAIGHT_PX))
    return np.where(twice[:, np.newaxis], middle + nearer, straight + _shortened(aside, _BENT_PX)), bent


def _shortened(steps: Ring, longest: NDArray[np.float64] | float) -> Ring:
    shorter: Ring = steps * np.minimum(1, longest / np.maximum(np.hypot(*steps.T), 1e-12))[:, np.newaxis]
    return shorter
