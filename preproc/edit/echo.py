"""Tell a result whose kept pixels came back as they were sent, through resizing and JPEG, from one painted anew.

A picture that is painted anew may differ by as little as a compressed one, so how much it differs tells nothing. But
compressing is a known function, and the brightness of each block of 8x8 px depends on that block alone: what was sent
is compressed at each quality, and where the pixels were pasted back, one of them gives the very pixels that came back.
"""

from __future__ import annotations

import io
from functools import reduce
from typing import Literal, NamedTuple, TypeAlias

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow, size_of_array

__all__ = ["find_echo"]

_BLOCK_PX = 8
_QUALITIES = range(60, 101)
_LEAST_BLOCKS, _FEW_BLOCKS, _MANY_BLOCKS = 8, 64, 1024
_BLOCKS_AT_ONCE = 8000  # a JPEG is at most 65535 px high
_EQUAL_PIXELS = 0.9  # of a block: decoders round, and clip what compression takes out of range
_EQUAL_BLOCKS, _SOME_BLOCKS = 0.93, 0.5
_FLAT_LEVELS = 2  # a block without texture meets some quality by chance
_PAINTED_LEVELS, _PAINTED_CHROMA_LEVELS = 3.0, 6.0  # means over a block that compression does not explain
_CHROMA_LEVELS = 2.0

Blocks: TypeAlias = NDArray[np.uint8]


class _Path(NamedTuple):
    """What was sent went home so: at this JPEG quality, or as it is, give or take some levels."""

    quality: int | None
    within: int


def find_echo(scene: Image, result: Image, sent_mask: Mask) -> Literal["all", "kept"] | None:
    """Tell what of a result is what was sent, but for resizing and JPEG compression.

    Parameters
    ----------
    scene
        What was sent, uint8 RGB.
    result
        What came back, at the size it came back at.
    sent_mask
        Above 0 where the endpoint was asked to paint; of the size of `scene`.

    Returns
    -------
    str or None
        ``"all"``: everything, so that nothing was painted. ``"kept"``: the kept pixels only. None: neither, or it
        cannot be told: too few kept blocks with texture, another codec, an unknown way of resizing.
    """
    size = size_of_array(result)
    if min(size) < _BLOCK_PX:
        return None
    is_resized = size != size_of_array(scene)
    sent = _as_returned(scene, result) if is_resized else scene
    painted = narrow(cv2.resize(sent_mask, size, interpolation=cv2.INTER_AREA)) if is_resized else sent_mask
    before, after = (_blocks_of(narrow(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY))) for one in (sent, result))
    kept = _blocks_of(painted).max(axis=(1, 2)) == 0
    some = kept if kept.any() else ~kept
    telling = np.flatnonzero(some & (np.ptp(before.reshape(len(before), -1), axis=1) > _FLAT_LEVELS))
    if telling.size < _LEAST_BLOCKS:
        return None
    few = _spread(telling, _FEW_BLOCKS)
    path = _path(before[few], after[few], is_resized=is_resized)
    if path is None:
        return None
    clear = _is_clear(result)
    moved = _chroma_moves(sent, result)
    many = _spread(telling, _MANY_BLOCKS)
    if not _agree(before, after, path, many, clear=clear) or np.median(moved[many]) > _CHROMA_LEVELS:
        return None
    edited = np.flatnonzero(~kept)
    left = np.abs(_sent_home(before[edited], path).astype(np.int16) - after[edited]).mean(axis=(1, 2))
    same = (left <= _PAINTED_LEVELS).all() and (moved[edited] <= _PAINTED_CHROMA_LEVELS).all()
    if same and _agree(before, after, path, edited, clear=clear):
        return "all"
    return "kept" if kept.any() else None


def _as_returned(scene: Image, result: Image) -> Image:
    """Resize what was sent as the result was: by the common way that comes nearest to it."""
    size, picture, filters = size_of_array(result), PIL.Image.fromarray(scene), PIL.Image.Resampling
    flags = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
    kernels = (filters.BOX, filters.BILINEAR, filters.BICUBIC, filters.LANCZOS)
    tried = [narrow(cv2.resize(scene, size, interpolation=flag)) for flag in flags]
    tried += [narrow(np.asarray(picture.resize(size, kernel))) for kernel in kernels]
    return min(tried, key=lambda one: cv2.norm(one, result, cv2.NORM_L1))


def _blocks_of(plane: NDArray[np.uint8]) -> Blocks:
    """Cut a plane into whole blocks of 8x8 px, `(N, 8, 8)`, row by row."""
    rows, columns = (side // _BLOCK_PX for side in plane.shape)
    whole = plane[: rows * _BLOCK_PX, : columns * _BLOCK_PX].reshape(rows, _BLOCK_PX, columns, _BLOCK_PX)
    return narrow(np.ascontiguousarray(whole.transpose(0, 2, 1, 3)).reshape(-1, _BLOCK_PX, _BLOCK_PX))


def _spread(numbers: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    return numbers[:: -(-numbers.size // most)]


def _path(before: Blocks, after: Blocks, *, is_resized: bool) -> _Path | None:
    """Find the quality at which most pixels come out as they came back."""
    paths = [_Path(quality, 0) for quality in _QUALITIES]
    if is_resized:  # rounded in another way, perhaps
        paths.append(_Path(None, 1))
    equal = [_equal_blocks(before, after, path) for path in paths]
    best = int(np.argmax(equal))
    return paths[best] if equal[best] >= _SOME_BLOCKS else None


def _sent_home(blocks: Blocks, path: _Path) -> Blocks:
    """Compress blocks and unpack them; one below the other, as none of them depends on another."""
    if path.quality is None:
        return blocks
    home = np.empty_like(blocks)
    for first in range(0, len(blocks), _BLOCKS_AT_ONCE):
        part = blocks[first : first + _BLOCKS_AT_ONCE]
        packed = io.BytesIO()
        PIL.Image.fromarray(part.reshape(-1, _BLOCK_PX)).save(packed, "JPEG", quality=path.quality)
        home[first : first + len(part)] = np.asarray(PIL.Image.open(packed)).reshape(part.shape)
    return home


def _equal_blocks(before: Blocks, after: Blocks, path: _Path) -> float:
    """Return the share of blocks of which nearly all pixels come out equal."""
    differ = np.abs(_sent_home(before, path).astype(np.int16) - after) > path.within
    return float((differ.mean(axis=(1, 2)) <= 1 - _EQUAL_PIXELS).mean())


def _agree(before: Blocks, after: Blocks, path: _Path, chosen: NDArray[np.intp], *, clear: NDArray[np.bool_]) -> bool:
    """Tell whether a path explains the chosen blocks; those that were clipped count only where there is little else."""
    some = chosen[clear[chosen]]
    some = some if some.size >= min(_LEAST_BLOCKS, chosen.size) else chosen
    return _equal_blocks(before[some], after[some], path) >= _EQUAL_BLOCKS if some.size else True


def _is_clear(picture: Image) -> NDArray[np.bool_]:
    """Tell of which blocks no channel is at its limit: there what compression takes out of range was clipped."""
    lowest, highest = (reduce(way, cv2.split(picture)) for way in (np.minimum, np.maximum))
    at_limit = _blocks_of(narrow(((lowest == 0) | (highest == 255)).astype(np.uint8)))
    return np.asarray(at_limit.max(axis=(1, 2)) == 0)


def _chroma_moves(one: Image, other: Image) -> NDArray[np.float32]:
    """Return by how many levels the mean colour of each block differs, its brightness aside."""
    height, width = (side // _BLOCK_PX for side in one.shape[:2])
    whole = np.s_[: height * _BLOCK_PX, : width * _BLOCK_PX]
    means = [cv2.resize(picture[whole], (width, height), interpolation=cv2.INTER_AREA) for picture in (one, other)]
    moved = [cv2.cvtColor(mean.reshape(height, width, 3), cv2.COLOR_RGB2YCrCb).astype(np.int16) for mean in means]
    return np.asarray(np.abs(moved[1] - moved[0])[:, :, 1:].max(axis=2).ravel(), np.float32)
