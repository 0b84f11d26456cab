"""Choose the crop and the size it is sent at: integers only, one exact scale for both axes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..geometry import Box, Size, SizeRule
from .aspect import is_met_exactly, least_size_of, sizes_of_aspect

__all__ = ["Placement", "place"]

Sizes: TypeAlias = NDArray[np.int64]  # rows of crop width, crop height, sent width, sent height


@dataclass(frozen=True, slots=True)
class Placement:
    """Which box of the canvas is sent, and at which size; ``sent.width * crop.height == sent.height * crop.width``.

    Parameters
    ----------
    crop
        Box in canvas pixels; it reaches outside the canvas where the picture had to be padded.
    sent
        Size of what is uploaded.
    """

    crop: Box
    sent: Size

    @property
    def scale(self) -> Fraction:
        """Sent pixels per canvas pixel; 1 when nothing is resampled."""
        return Fraction(self.sent.width, self.crop.size.width)


def place(need: Box, *, must: Box, canvas: Size | None, rule: SizeRule, aspect: Fraction | None = None) -> Placement:
    """Choose a crop around `need` and the size to send it at.

    Parameters
    ----------
    need
        The wanted region, context included.
    must
        The part of it that the crop has to hold whatever happens.
    canvas
        Size of the picture; the crop is shifted to stay inside and reaches out only where `must` or the rule leaves
        no other way. None: the picture may be extended freely on all sides.
    rule
        What the endpoint accepts.
    aspect
        Width over height of what is sent: exactly, or within 1 % where its numbers are large, see `is_met_exactly`. None:
        whatever suits the region.

    Returns
    -------
    Placement
        Not scaled when the rule allows it and the region has between half and twice ``rule.best_pixels``.

    Raises
    ------
    InputError
        If no size satisfies the rule, with what stands in the way.
    """
    if aspect is not None and rule.max_aspect is not None and max(aspect, 1 / aspect) > rule.max_aspect:
        raise InputError(
            f"the aspect {aspect} is longer than the rule's max_aspect {rule.max_aspect:g} allows",
            fix=f"an aspect from 1:{rule.max_aspect:g} to {rule.max_aspect:g}:1, or leave it out",
        )
    wanted = _widened(need.size, rule)
    scale = _wanted_scale(wanted, canvas, rule)
    options = _unscaled_sizes(wanted, must.size, rule, aspect) if scale == 1 else _no_sizes()
    if not options.size:
        options = _scaled_sizes(wanted, must.size, canvas, rule, aspect=aspect, scale=scale)
    if not options.size:
        raise InputError(
            f"no size fits: region {need.size}, aspect {aspect or 'free'}, sides in multiples of {rule.step} from "
            f"{rule.smallest_side} to {rule.largest_side}, pixels from {rule.min_pixels} to {rule.max_pixels or 'any'}, "
            f"aspect up to {rule.max_aspect or 'any'}",
            fix=_fix(rule, aspect),
        )
    best = _best(options, wanted, canvas, rule, scale=scale, aspect=aspect)
    width, height, sent_width, sent_height = options[best].tolist()
    left = _slide((need.left, need.right), (must.left, must.right), width, canvas.width if canvas else None)
    top = _slide((need.top, need.bottom), (must.top, must.bottom), height, canvas.height if canvas else None)
    return Placement(Box(left, top, left + width, top + height), Size(sent_width, sent_height))


def _fix(rule: SizeRule, aspect: Fraction | None) -> str:
    if aspect is None:
        return "loosen the rule, or choose a smaller region"
    if not is_met_exactly(aspect):
        return "loosen the rule, or leave the aspect out"
    name, least = f"{aspect.numerator}:{aspect.denominator}", least_size_of(aspect, rule.step)
    return (
        f"loosen the rule or leave the aspect out: the smallest size of {name} in multiples of {rule.step} is {least}"
    )


def _widened(need: Size, rule: SizeRule) -> Size:
    """Return what a region that is too thin for the rule has to become, before its pixels are counted."""
    least, most = rule.smallest_side, rule.largest_side
    aspects = [most / least, most * most / rule.min_pixels]  # what the limits of both sides imply
    aspects += [limit / (least * least) for limit in (rule.max_pixels, 2 * (rule.best_pixels or 0)) if limit]
    aspects += [rule.max_aspect] if rule.max_aspect is not None else []
    shortest = math.ceil(max(need) / max(1.0, min(aspects)))
    return Size(max(need.width, shortest), max(need.height, shortest))


def _wanted_scale(need: Size, canvas: Size | None, rule: SizeRule) -> float:
    """Scale at which the region has the pixels the model wants; 1 when it may stay as it is."""
    scale = 1.0
    if rule.best_pixels and need.pixels * 2 < rule.best_pixels:
        scale = math.sqrt(_whole_billing_steps(rule.best_pixels, rule) / need.pixels)
    elif rule.best_pixels and need.pixels > 2 * rule.best_pixels:
        scale = math.sqrt(_whole_billing_steps(2 * rule.best_pixels, rule) / need.pixels)
    if canvas:  # too small a picture cannot be sent unscaled, however much context is taken
        most = Size(max(canvas.width, need.width), max(canvas.height, need.height))
        scale = max(scale, rule.smallest_side / min(most), math.sqrt(rule.min_pixels / most.pixels))
    if rule.max_pixels:
        scale = min(scale, math.sqrt(rule.max_pixels / need.pixels))
    return min(scale, rule.largest_side / max(need))


def _whole_billing_steps(pixels: int, rule: SizeRule) -> int:
    """Most pixels up to `pixels` that do not start a new billing step."""
    if rule.billed_pixels is None or pixels < rule.billed_pixels:
        return pixels
    return pixels // rule.billed_pixels * rule.billed_pixels


def _no_sizes() -> Sizes:
    return np.empty((0, 4), np.int64)


def _unscaled_sizes(need: Size, must: Size, rule: SizeRule, aspect: Fraction | None) -> Sizes:
    """Crop sizes that are sent as they are: a few steps up and down from the wanted region."""
    step = rule.step
    if aspect is None:
        lists = []
        for wanted, least in zip(need, must, strict=True):
            first = max(rule.smallest_side, -(-least // step) * step)
            around = range(max(first, (wanted // step - 2) * step), max(first, (wanted // step + 3) * step) + 1, step)
            lists.append(sorted({first, *around}))
        widths, heights = (grid.ravel() for grid in np.meshgrid(*lists, indexing="ij"))
        if rule.min_pixels > 1 or rule.max_aspect:  # grow towards limits that join both sides
            more = np.arange(rule.smallest_side, rule.largest_side + 1, step)
            widths = np.concatenate([widths, more, np.full_like(more, widths.max())])
            heights = np.concatenate([heights, np.full_like(more, heights.max()), more])
            square = np.arange(max(widths.min(), heights.min()), rule.largest_side + 1, step)
            widths, heights = np.concatenate([widths, square]), np.concatenate([heights, square])
    else:
        widths, heights = sizes_of_aspect(aspect, rule)
    sizes = np.stack([widths, heights, widths, heights], axis=1).astype(np.int64)
    return _allowed(sizes, must, rule)


def _scaled_sizes(
    need: Size, must: Size, canvas: Size | None, rule: SizeRule, *, aspect: Fraction | None, scale: float
) -> Sizes:
    """Sent sizes near the wanted number of pixels, each with the crops of exactly its ratio."""
    step = rule.step
    if aspect is None:
        ranges = []
        for side in _target(need, rule, scale):
            middle = round(side / step)
            low, high = (
                max(rule.smallest_side // step, middle * 3 // 4 - 2),
                min(rule.largest_side // step, middle * 4 // 3 + 2),
            )
            # an awkward middle may fall outside the limits: then the nearest limit is tried
            low, high = min(low, rule.largest_side // step), max(high, rule.smallest_side // step)
            ranges.append(np.unique(np.linspace(low, high, min(high - low + 1, 96)).astype(np.int64)))
        widths, heights = (grid.ravel() * step for grid in np.meshgrid(*ranges, indexing="ij"))
    else:
        widths, heights = sizes_of_aspect(aspect, rule)
    common = np.gcd(widths, heights)
    across, down = widths // common, heights // common
    must_times = np.maximum(-(-must.width // across), -(-must.height // down))
    need_times = np.maximum(-(-need.width // across), -(-need.height // down))
    times = np.maximum(need_times, must_times)
    if canvas:
        times = np.maximum(must_times, np.minimum(times, np.minimum(canvas.width // across, canvas.height // down)))
    sizes = np.stack([across * times, down * times, widths, heights], axis=1).astype(np.int64)
    return _allowed(sizes, must, rule)


def _target(need: Size, rule: SizeRule, scale: float) -> tuple[float, float]:
    """Return the wanted sent size, grown to the limits that join both sides."""
    width, height = need.width * scale, need.height * scale
    factor = max(1.0, math.sqrt(rule.min_pixels / (width * height)))
    if rule.max_pixels is not None:
        factor = min(factor, math.sqrt(rule.max_pixels / (width * height)))
    return width * factor, height * factor


def _allowed(sizes: Sizes, must: Size, rule: SizeRule) -> Sizes:
    width, height, sent_width, sent_height = sizes.T
    pixels = sent_width * sent_height
    shortest, longest = np.minimum(sent_width, sent_height), np.maximum(sent_width, sent_height)
    keep = (width >= must.width) & (height >= must.height)
    keep &= (shortest >= rule.smallest_side) & (longest <= rule.largest_side) & (pixels >= rule.min_pixels)
    if rule.max_pixels is not None:
        keep &= pixels <= rule.max_pixels
    if rule.max_aspect is not None:
        keep &= longest <= rule.max_aspect * shortest
    return np.asarray(sizes[keep])


def _best(
    sizes: Sizes, need: Size, canvas: Size | None, rule: SizeRule, *, scale: float, aspect: Fraction | None
) -> int:
    """Index of the size that follows the region best, pads least and is not billed for a started step."""
    width, height, sent_width, sent_height = sizes.T.astype(np.float64)
    cost = np.abs(np.log(width / need.width)) + np.abs(np.log(height / need.height))
    # context lost weighs more than context won
    cost += np.maximum(0, np.log(need.width / width)) + np.maximum(0, np.log(need.height / height))
    cost += 0.25 * np.abs(np.log(sent_width * sent_height / (need.pixels * scale * scale)))
    if aspect is not None:
        cost += 8 * np.abs(np.log(width / height / float(aspect)))
    if canvas:
        outside = 1 - np.minimum(width, canvas.width) * np.minimum(height, canvas.height) / (width * height)
        cost += 8 * outside + 0.5 * (outside > 0)  # some context is worth less than real pixels all over
    if rule.best_pixels:  # more than twice as many cost more than some padding
        cost += 16 * np.maximum(0, np.log(sent_width * sent_height / (2.1 * rule.best_pixels)))
    if rule.billed_pixels:
        billed = np.ceil(sent_width * sent_height / rule.billed_pixels)
        cost += 0.5 * (billed - billed.min())
    return int(np.argmin(np.round(cost, 9)))


def _slide(need: tuple[int, int], must: tuple[int, int], length: int, limit: int | None) -> int:
    """Start of an interval of `length`: centred on `need`, inside 0..limit where it can be, around `must` always."""
    start = (need[0] + need[1] - length) // 2
    if limit is not None:
        start = min(max(start, 0), limit - length) if length <= limit else -((length - limit) // 2)
    return max(min(start, must[0]), must[1] - length)
