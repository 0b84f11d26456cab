"""Continue a picture's border outwards, the smoother the further out.

The picture's border is one closed line of pixels, and a Gaussian scale space of that line is all there is to compute:
a point outside shows the place on the line that faces it, blurred with a sigma that grows with its distance. Nothing is
averaged but border pixels, along the border, so no front or streak can form, and a corner shows what lies on both of its
sides. The same code runs for all four sides, on the canvas turned by quarters.

A turned or mirrored picture gets the turned or mirrored result, to the bit: colours and places are kept to few binary
digits, so that no sum has to be rounded and their order does not count, and what is computed at coarse points only has
them lie evenly about the picture's middle.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, narrow
from ..geometry import Box, Size

__all__ = ["blur_outwards"]

Floats = NDArray[np.float32]

_SIGMA_PER_PX = 1 / 3
_FIRST_SIGMA_PX = 0.5
_LEVELS_PER_OCTAVE = 2
_RIM_PX = 64  # beyond it sigma is above 20 px, and every fourth pixel says as much as all
_COARSE_PX = 5  # odd: then both even and odd widths have points that lie evenly about the middle
_BAND_PX = 4096
_STEPS_PER_LEVEL = 16
_STEPS_PER_PX = 32  # those of `cv2.remap`


def blur_outwards(canvas: Image, inside: Box) -> None:
    """Fill all that lies outside `inside`, in place.

    Parameters
    ----------
    canvas
        uint8 RGB; only the picture, at `inside`, is read.
    inside
        The picture's box.
    """
    size = Size(canvas.shape[1], canvas.shape[0])
    across = max(inside.left, size.width - inside.right)
    down = max(inside.top, size.height - inside.bottom)
    sigmas = _sigmas(math.hypot(across, down))
    picture = canvas[inside.slices]
    lines = [np.rot90(picture, turns)[0] for turns in range(4)]  # clockwise, from the top left corner
    space = _scale_space(np.concatenate(lines), sigmas)
    first = 0
    sides = []
    for turns, line in enumerate(lines):
        side = np.ascontiguousarray(space[:, first : first + len(line) + 2])
        sides.append((np.rot90(canvas, turns), _turned(inside, size, turns), side))
        first += len(line)
    for turned, place, side in sides:
        _fill_above(turned, place, side, sigmas)
    for turned, place, side in sides:
        _fill_diagonal(turned, place, side, sigmas)


def _turned(inside: Box, size: Size, turns: int) -> Box:
    """Return the picture's box on the canvas turned counterclockwise by quarters."""
    beyond = (inside.left, inside.top, size.width - inside.right, size.height - inside.bottom)
    left, top, right, bottom = (beyond[(side + turns) % 4] for side in range(4))
    width, height = (size.width, size.height) if turns % 2 == 0 else (size.height, size.width)
    return Box(left, top, width - right, height - bottom)


def _sigmas(reach: float) -> list[float]:
    """From none to what the furthest pixel needs, in equal ratios."""
    sigmas = [0.0, _FIRST_SIGMA_PX]
    while sigmas[-1] < reach * _SIGMA_PER_PX:
        sigmas.append(sigmas[-1] * 2 ** (1 / _LEVELS_PER_OCTAVE))
    return sigmas


def _scale_space(line: Image, sigmas: list[float]) -> Floats:
    """Blur a closed line by each sigma; one pixel more at either end.

    As the line has no ends, the Fourier domain is exact. The kernel is the discrete Gaussian [1]_, which has no
    negative weights however small its sigma.

    References
    ----------
    .. [1] T. Lindeberg, "Scale-space for discrete signals", IEEE Transactions on Pattern Analysis and Machine
       Intelligence 12(3), 1990.
    """
    spectrum = np.fft.rfft(line.astype(np.float64), axis=0)
    slope = 1 - np.cos(2 * math.pi * np.fft.rfftfreq(len(line)))[:, np.newaxis]
    space = np.empty((len(sigmas), len(line) + 2, 3), np.float32)
    for level, sigma in enumerate(sigmas):
        damped = spectrum * np.exp(-(sigma**2) * slope)
        blurred = np.fft.irfft(damped, len(line), axis=0)
        # what lies in the middle of two steps goes up, whichever way it was rounded off
        space[level, 1:-1] = np.floor(blurred * _STEPS_PER_LEVEL + (0.5 + 1e-6)) / _STEPS_PER_LEVEL
    space[:, 0], space[:, -1] = space[:, -2], space[:, 1]
    return space


def _fill_above(canvas: Image, inside: Box, side: Floats, sigmas: list[float]) -> None:
    """Fill what lies above the picture, out to the diagonals from its corners."""
    top, width = inside.top, canvas.shape[1]
    edges = range(0, width, _BAND_PX)
    for rim in (True, False):
        low, high = (0, min(top, _RIM_PX)) if rim else (_RIM_PX, top)  # distances above the picture
        if low >= high:
            continue
        most_left, most_right = max(0, inside.left - high), min(width, inside.right + high)
        for start in (max(edge, most_left) for edge in edges if edge < most_right and edge + _BAND_PX > most_left):
            stop = min(start - start % _BAND_PX + _BAND_PX, most_right)
            part = Box(start, top - high, stop, top - low)
            painted = _painted(part, inside, side, sigmas, step=1 if rim else _COARSE_PX)
            _put(canvas, part, painted, inside)


def _painted(part: Box, inside: Box, side: Floats, sigmas: list[float], *, step: int) -> Image:
    """Compute `part`; with a step only that often, and linear in between."""
    if step == 1:
        above = inside.top - np.arange(part.top, part.bottom, dtype=np.float32) - np.float32(0.5)
        along = np.arange(part.left, part.right, dtype=np.float32) + np.float32(0.5 - inside.left)
        return _looked_up(above[:, np.newaxis], along[np.newaxis, :], inside.size.width, side, sigmas)
    # the middles of whole steps, counted from the picture outwards, and one more at each end
    rows = -(-part.size.height // step)
    above = inside.top - part.bottom + (np.arange(rows, -2, -1, dtype=np.float32) + np.float32(0.5)) * step
    middle = inside.left + inside.size.width // 2 - step // 2 * (inside.size.width % 2)
    first = part.left - (part.left - middle) % step
    columns = -(-(part.right - first) // step)
    along = first - inside.left + (np.arange(-1, columns + 1, dtype=np.float32) + np.float32(0.5)) * step
    coarse = _looked_up(above[:, np.newaxis], along[np.newaxis, :], inside.size.width, side, sigmas)
    fine = cv2.resize(coarse, None, fx=step, fy=step, interpolation=cv2.INTER_LINEAR)
    bottom, left = fine.shape[0] - step, step + part.left - first
    return narrow(fine[bottom - part.size.height : bottom, left : left + part.size.width])


def _fill_diagonal(canvas: Image, inside: Box, side: Floats, sigmas: list[float]) -> None:
    """Fill the diagonal from the top left corner, which belongs to two sides."""
    count = min(inside.left, inside.top)
    if not count:
        return
    beyond = np.arange(count)
    away = (beyond + np.float32(0.5)).astype(np.float32)[:, np.newaxis]
    found = _looked_up(away, -away, inside.size.width, side, sigmas)
    canvas[inside.top - 1 - beyond, inside.left - 1 - beyond] = found[:, 0]


def _looked_up(above: Floats, along: Floats, width: int, side: Floats, sigmas: list[float]) -> Image:
    """Read the scale space at the place on the border that faces each point, at the level for its distance.

    Straight above the border that is the pixel below. Towards a corner it turns smoothly, within as far from the corner
    as the point is high, so that on the diagonal it is the corner itself.
    """
    distance = np.hypot(np.maximum(np.maximum(-along, along - width), 0), above)
    from_left = _from_corner(above + along, distance)
    from_right = _from_corner(above + width - along, distance)
    from_middle = width / 2 * (from_left - from_right) / (from_left + from_right)
    # the table starts a pixel before the side
    place = np.rint(from_middle * _STEPS_PER_PX) / _STEPS_PER_PX + np.float32(width / 2 + 0.5)
    first = int(place.min())
    return narrow(
        np.rint(
            cv2.remap(
                np.ascontiguousarray(side[:, first : int(place.max()) + 2]),
                place - first,
                _levels(distance, sigmas),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
        ).astype(np.uint8)
    )


def _from_corner(beyond_diagonal: NDArray[np.floating], distance: Floats) -> Floats:
    """Distance along the border from its corner, in units of the distance to the border: 0 on the diagonal."""
    turned = np.maximum(beyond_diagonal / distance, 0)
    return np.asarray(np.where(turned < 2, turned * turned / 4, turned - 1), np.float32)


def _levels(distance: Floats, sigmas: list[float]) -> Floats:
    """Level of the scale space for each distance, mixed so that the variance is right; none beside the picture."""
    known = np.arange(0, 2 * math.ceil(float(distance.max())) + 4) / 2
    wanted = np.minimum(np.maximum(known - 0.5, 0) * _SIGMA_PER_PX, sigmas[-1])
    variance = np.square(sigmas)
    level = np.interp(distance, known, np.interp(np.square(wanted), variance, np.arange(len(sigmas))))
    return (np.rint(level * _STEPS_PER_PX) / _STEPS_PER_PX).astype(np.float32)


def _put(canvas: Image, part: Box, painted: Image, inside: Box) -> None:
    """Write what lies between the diagonals."""
    above = inside.top - np.arange(part.top, part.bottom)[:, np.newaxis]
    for low, high in ((part.left, inside.left), (inside.left, inside.right), (inside.right, part.right)):
        start, stop = max(low, part.left), min(high, part.right)
        if start >= stop:
            continue
        target, source = canvas[part.top : part.bottom, start:stop], painted[:, start - part.left : stop - part.left]
        if start >= inside.left and stop <= inside.right:
            target[...] = source
            continue
        columns = np.arange(start, stop)[np.newaxis, :]
        beside = np.maximum(inside.left - columns, columns + 1 - inside.right)
        np.copyto(target, source, where=(above >= beside)[:, :, np.newaxis])
