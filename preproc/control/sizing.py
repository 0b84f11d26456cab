"""Bring pictures and maps to the size the endpoint will generate, without distortion unless that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
import PIL.Image

from ..adapt import turns_image
from ..arrays import Image, narrow, size_of_array
from ..choices import FitMode
from ..errors import InputError
from ..files import ImageSource, size_of
from ..files.load import canvas_of
from ..geometry import Box, Size, SizeRule

__all__ = ["FitMode", "check_mode", "fit", "generation_size", "pixel_perfect", "placed", "placing", "scaled"]


def generation_size(picture: PIL.Image.Image | ImageSource | tuple[int, int], rule: SizeRule, /) -> Size:
    """Choose the size to generate a whole picture at.

    Parameters
    ----------
    picture
        The picture or its size.
    rule
        What the endpoint accepts.

    Returns
    -------
    Size
        Allowed by the rule, as near as possible to the picture's aspect first, then to ``rule.best_pixels`` (to the
        picture's own number of pixels where the rule names none).

    Raises
    ------
    InputError
        If no size satisfies the rule.

    Notes
    -----
    The order, aspect before pixels, is this project's own rule: a picture that is a little smaller loses less than
    one that is stretched or cut.

    Examples
    --------
    >>> generation_size((4000, 3000), SizeRule(multiple_of=32, best_pixels=1_048_576))
    Size(width=1152, height=864)
    """
    if not isinstance(rule, SizeRule):
        raise InputError(f"a rule is a SizeRule, got {type(rule).__name__}", fix="SizeRule(multiple_of=32)")
    size = size_of(picture)
    sides = np.arange(rule.smallest_side, rule.largest_side + 1, rule.step)
    # for each width, the two heights around the right aspect, or around the nearest one that is allowed
    widest = rule.max_aspect or rule.largest_side
    least = np.maximum(rule.min_pixels / sides, sides / widest)
    most = np.minimum((rule.max_pixels or rule.largest_side**2) / sides, sides * widest)
    heights = np.clip(np.clip(sides * (size.height / size.width), least, most), sides[0], sides[-1]) // rule.step
    width = np.concatenate([sides, sides])
    height = (np.concatenate([heights, heights + 1]) * rule.step).astype(np.int64)
    allowed = [not rule.problems(Size(*pair)) for pair in zip(width.tolist(), height.tolist(), strict=True)]
    if not any(allowed):
        raise InputError(
            f"no size fits: sides in multiples of {rule.step} from {rule.smallest_side} to {rule.largest_side}, pixels "
            f"from {rule.min_pixels} to {rule.max_pixels or 'any'}, aspect up to {rule.max_aspect or 'any'}",
            fix="loosen the rule",
        )
    width, height = width[allowed], height[allowed]
    cost = 10 * np.abs(np.log(width / height * (size.height / size.width)))
    cost += np.abs(np.log(width * height / (rule.best_pixels or size.pixels)))
    best = int(np.argmin(np.round(cost, 9)))
    return Size(int(width[best]), int(height[best]))


def pixel_perfect(
    picture: PIL.Image.Image | ImageSource | tuple[int, int],
    size: tuple[int, int],
    /,
    *,
    fit: FitMode = "crop",
) -> int:
    """Tell the short side at which a preprocessor should work, so that its pixels are those of the endpoint.

    Maps made here need no such number: `fit` and `make` work at the final size. Hosted preprocessors and nodes that
    take a resolution do.

    Parameters
    ----------
    picture
        The picture or its size.
    size
        Width and height that will be generated.
    fit
        How the picture will meet that size.

    Returns
    -------
    int
        Pixels.

    Raises
    ------
    InputError
        For an unknown way to fit.

    Notes
    -----
    No paper or standard defines it. It is the estimate that sd-webui-controlnet calls "pixel perfect": the larger, or
    with padding the smaller, of both scales times the short side.

    Examples
    --------
    >>> pixel_perfect((1600, 1200), (1024, 1024)), pixel_perfect((1600, 1200), (1024, 1024), fit="pad")
    (1024, 768)
    """
    source, target = size_of(picture), size_of(size)
    check_mode(fit)
    scales = (target.width / source.width, target.height / source.height)
    return max(1, round((min if fit == "pad" else max)(scales) * min(source)))


@turns_image
def fit(image: Image, size: tuple[int, int], *, mode: FitMode = "crop") -> Image:
    """Bring a picture to a size.

    Parameters
    ----------
    image
        The picture.
    size
        Width and height.
    mode
        ``"crop"``: scaled by one factor to cover the size, the middle is kept. ``"pad"``: scaled by one factor to lie
        inside, its border pixels repeat around it. ``"stretch"``: scaled by two factors. The first two are exact to
        half a pixel of the picture.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        Reduced by area averages, enlarged by bicubic interpolation.

    Raises
    ------
    InputError
        For an unknown mode or a size below one pixel.

    Notes
    -----
    The three modes are those that ControlNet interfaces offer. Enlarging is by cubic convolution [1]_ as OpenCV has it:
    its kernel takes a = -0.75, which is sharper than the -0.5 that the paper derives.

    References
    ----------
    .. [1] R. G. Keys, "Cubic convolution interpolation for digital image processing", IEEE Transactions on Acoustics,
       Speech, and Signal Processing 29(6), 1981.

    Examples
    --------
    >>> fit(np.zeros((300, 400, 3), np.uint8), (128, 128)).shape
    (128, 128, 3)
    """
    return placed(image, canvas_of(size), mode=mode, scale=scaled, background=None)


class Placing(NamedTuple):
    """Which part of a picture is shown, and where within the target size."""

    kept: Box
    shown: Box


def placing(source: Size, target: Size, mode: FitMode) -> Placing:
    """Work out how a picture meets a size."""
    check_mode(mode)
    if mode == "stretch":
        return Placing(source.box, target.box)
    scales = (target.width / source.width, target.height / source.height)
    if mode == "crop":
        return Placing(_middle(source, target, 1 / max(scales)), target.box)
    return Placing(source.box, _middle(target, source, min(scales)))


def placed(
    picture: Image,
    target: Size,
    *,
    mode: FitMode,
    scale: Callable[[Image, Size], Image],
    background: int | tuple[int, int, int] | None,
) -> Image:
    """Place a picture or map of one or three channels; `background` None repeats the border."""
    kept, shown = placing(size_of_array(picture), target, mode)
    content = scale(picture[kept.slices], shown.size)
    margins = (shown.top, target.height - shown.bottom, shown.left, target.width - shown.right)
    if not any(margins):
        return content
    if background is None:
        return narrow(cv2.copyMakeBorder(content, *margins, cv2.BORDER_REPLICATE))
    colour = background if isinstance(background, tuple) else (background,) * 3
    return narrow(cv2.copyMakeBorder(content, *margins, cv2.BORDER_CONSTANT, value=colour))


def scaled(picture: Image, size: Size) -> Image:
    """Scale smooth content: area averages down, bicubic up."""
    if size == size_of_array(picture):
        return picture
    reducing = size.width * size.height < picture.shape[0] * picture.shape[1]
    return narrow(cv2.resize(picture, size, interpolation=cv2.INTER_AREA if reducing else cv2.INTER_CUBIC))


def _middle(outer: Size, inner: Size, scale: float) -> Box:
    """Return the middle of `outer` that `inner` times `scale` takes."""
    width = min(outer.width, max(1, round(inner.width * scale)))
    height = min(outer.height, max(1, round(inner.height * scale)))
    left, top = (outer.width - width) // 2, (outer.height - height) // 2
    return Box(left, top, left + width, top + height)


def check_mode(mode: FitMode) -> None:
    """Refuse an unknown way to fit."""
    if not isinstance(mode, str) or mode not in {"stretch", "crop", "pad"}:
        raise InputError(f"unknown way to fit {mode!r}", fix='"crop", "pad" or "stretch"')
