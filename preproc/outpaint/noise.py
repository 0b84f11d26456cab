"""Featureless texture with a picture's spectrum and with its very colours."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, narrow, size_of_array
from ..geometry import Box, Size

__all__ = ["noise_like"]

Floats = NDArray[np.float32]

_SAMPLE_PIXELS = 2**19
_TILE_PX = 768
_BINS = 64
_JITTER = 0.03
_GRAIN_PX = 256
_SMOOTH_RATIO = 0.3
_FEWEST_CYCLES = 4


def noise_like(picture: Image, canvas: Size, seed: int) -> Image:
    """Make random texture of a picture's coarse structure, colours and grain.

    Random phases on the picture's spectrum give the texture [1]_; the picture's own
    pixels, laid out in the texture's order, give the colours: none occurs that the picture does not have, and each as
    often. A picture of more than half a million pixels is reduced for that, and its grain added at full size. In smooth
    pictures, such as a clear sky, the order of colours shows as contours: what is finer there than in the picture is
    damped, and colours between the picture's own appear.

    References
    ----------
    .. [1] B. Galerne, Y. Gousseau and J.-M. Morel, "Random phase textures: theory and synthesis", IEEE Transactions on
       Image Processing 20(1), 2011.
    """
    size = size_of_array(picture)
    rng = np.random.default_rng(seed)
    scale = min(1.0, math.sqrt(_SAMPLE_PIXELS / size.pixels))
    small = Size(*(max(1, round(side * scale)) for side in size))
    sample = narrow(cv2.resize(picture, small, interpolation=cv2.INTER_AREA))
    needed = Size(*(math.ceil(side * scale) + 1 for side in canvas))
    tile = Size(*(max(own, min(side, _TILE_PX)) for own, side in zip(small, needed, strict=True)))
    axes = _main_axes(sample)
    texture = _random_phase(sample @ axes, tile, rng).reshape(-1, 3)
    jitter = rng.standard_normal(tile.pixels, np.float32)  # without it the bins show as contours
    texture[:, 0] += jitter * (_JITTER * float(texture[:, 0].std()))
    colours = _in_order_of(texture, sample.reshape(-1, 3), axes).reshape(tile.height, tile.width, 3)
    colours = _without_contours(colours, sample)
    if scale == 1:
        return _repeated(colours, canvas)
    enlarged = cv2.resize(_repeated(colours, needed), None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_LINEAR)
    result = np.ascontiguousarray(enlarged[: canvas.height, : canvas.width], dtype=np.uint8)
    _add_grain(result, picture, scale, rng)
    return result


def _main_axes(sample: Image) -> Floats:
    """Return the principal axes of the colours as columns, the one along which they differ most first."""
    colours = sample.reshape(-1, 3).astype(np.float64)
    _, axes = np.linalg.eigh(np.cov(colours, rowvar=False, bias=True))
    return np.asarray(axes[:, ::-1], np.float32)


def _random_phase(picture: Floats, size: Size, rng: np.random.Generator) -> Floats:
    """Texture of a picture's spectrum that repeats without a seam; of at least the picture's size.

    The picture fades out towards its borders: where opposite ones do not match, the spectrum would have a cross and the
    texture a weave.
    """
    faded, _ = _faded(picture)
    shape = (size.height, size.width)
    # the same phases for all channels keep their correlation
    phase = np.exp(np.complex64(2j * np.pi) * rng.random((shape[0], shape[1] // 2 + 1), np.float32))
    channels = [
        np.fft.irfft2(np.fft.rfft2(np.ascontiguousarray(channel), shape) * phase, shape)
        for channel in np.moveaxis(faded.astype(np.float32), -1, 0)
    ]
    return np.stack(channels, axis=-1, dtype=np.float32)


def _faded(picture: Floats | Image) -> tuple[Floats, float]:
    """Fade a picture out towards its borders, about its mean; and return how much of its power is left."""
    height, width, _ = picture.shape
    taper = np.outer(np.hanning(height + 2)[1:-1], np.hanning(width + 2)[1:-1])[:, :, np.newaxis]
    faded = (picture - (picture * taper).sum((0, 1)) / taper.sum()) * taper
    return np.asarray(faded, np.float32), float(np.square(taper).mean())


def _without_contours(texture: Image, picture: Image) -> Image:
    """Damp each octave of a texture that repeats to what the picture has of it, where the picture is smooth."""
    faded, left = _faded(picture)
    spectrum = np.fft.rfft2(texture.astype(np.float32), axes=(0, 1))
    octave = _octaves(texture)
    wanted = _power(np.fft.rfft2(faded, axes=(0, 1)), _octaves(picture)) / (picture.size * left)
    own = _power(spectrum, octave) / texture.size
    count = min(len(wanted), len(own), int(math.log2(max(2, min(picture.shape[:2]) / _FEWEST_CYCLES))))
    gains = np.ones(len(own))
    gains[:count] = np.sqrt(np.minimum(1, wanted[:count] / np.maximum(own[:count], 1e-6)))
    if gains[0] >= _SMOOTH_RATIO:
        return texture
    damped = np.fft.irfft2(spectrum * gains[octave][:, :, np.newaxis], texture.shape[:2], axes=(0, 1))
    mean = texture.mean((0, 1))
    spread = texture.std((0, 1)) / np.maximum(damped.std((0, 1)), 1e-6)  # what is left makes up for what went
    levels = np.clip(mean + (damped - mean) * spread, picture.min((0, 1)), picture.max((0, 1)))
    return np.asarray(np.rint(levels), np.uint8)


def _octaves(picture: Image) -> NDArray[np.intp]:
    """Return the octave of each coefficient of a picture's half spectrum: 0 is the finest, the last is the mean alone."""
    height, width = picture.shape[:2]
    frequency = np.hypot(np.fft.fftfreq(height)[:, np.newaxis], np.fft.rfftfreq(width)[np.newaxis])
    octave = np.floor(-np.log2(np.maximum(frequency, 0.5 / max(height, width))))
    return np.asarray(np.maximum(octave, 0), np.intp)


def _power(spectrum: NDArray[np.complexfloating], octave: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the mean power of each octave."""
    power = np.square(np.abs(spectrum)).sum(axis=2)
    counts = np.bincount(octave.ravel())
    return np.asarray(np.bincount(octave.ravel(), power.ravel()) / np.maximum(counts, 1))


def _in_order_of(texture: Floats, colours: Image, axes: Floats) -> Image:
    """Give each pixel of the texture the colour of its rank.

    Ranks go by the first axis, in each of its bins by the second, in each of theirs by the third: the rearrangement
    of Knothe and Rosenblatt [1]_.

    References
    ----------
    .. [1] M. Rosenblatt, "Remarks on a multivariate transformation", Annals of Mathematical Statistics 23(3), 1952.
    """
    rank = np.arange(len(texture)) * len(colours) // len(texture)
    result = np.empty((len(texture), 3), np.uint8)
    result[_nested_order(texture)] = colours[_nested_order(colours @ axes)[rank]]
    return result


def _nested_order(values: Floats) -> NDArray[np.intp]:
    order = np.argsort(values[:, 0], kind="stable")
    for bins, axis in ((_BINS, 1), (_BINS * _BINS, 2)):
        value = values[order, axis].astype(np.float64)
        value -= value.min()
        group = np.arange(len(order)) * bins // len(order)
        order = order[np.argsort(group + value / (2 * value.max() or 1), kind="stable")]
    return order


def _repeated(tile: Image, size: Size) -> Image:
    down, across = -(-size.height // tile.shape[0]), -(-size.width // tile.shape[1])
    return np.ascontiguousarray(np.tile(tile, (down, across, 1))[: size.height, : size.width])


def _add_grain(canvas: Image, picture: Image, scale: float, rng: np.random.Generator) -> None:
    """Add what reducing took from the picture, in place: random phases on the mean spectrum of nine windows."""
    size = size_of_array(picture)
    window = Size(*(min(_GRAIN_PX, side) for side in size))
    reduced = Size(*(max(1, round(side * scale)) for side in window))
    power = np.zeros((window.height, window.width, 3))
    for number in range(9):
        left, top = (
            (whole - part) * place // 2 for whole, part, place in zip(size, window, divmod(number, 3), strict=True)
        )
        here = picture[Box(left, top, left + window.width, top + window.height).slices]
        coarse = cv2.resize(here, reduced, interpolation=cv2.INTER_AREA)
        lost = here - cv2.resize(coarse, window, interpolation=cv2.INTER_LINEAR).astype(np.float64)
        power += np.abs(np.fft.fft2(lost, axes=(0, 1))) ** 2 / 9
    white = np.fft.fft2(rng.normal(0, 1, (window.height, window.width)))[:, :, np.newaxis]
    grain = np.fft.ifft2(np.sqrt(power / window.pixels) * white, axes=(0, 1)).real
    tile = np.rint(grain).astype(np.int16)
    for top in range(0, canvas.shape[0], window.height):
        for left in range(0, canvas.shape[1], window.width):
            part = canvas[top : top + window.height, left : left + window.width]
            part[...] = cv2.add(part, tile[: part.shape[0], : part.shape[1]], dtype=cv2.CV_8U)
