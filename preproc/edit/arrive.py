"""Open what an endpoint returned, and say what is wrong or odd about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
import PIL.Image

from ..arrays import Image, Mask, size_of_array
from ..errors import InputError, PlacementError
from ..files import ImageSource, load_image
from ..geometry import Size
from .color import LEAST_GAIN, MOST_GAIN, ColorFit, is_blurred, is_flat, is_swapped

__all__ = ["Generated", "check_result", "open_result", "remarks", "unusable"]

_ROUNDING_PX = 0.5
_ASPECT_TOLERANCE = 0.02
_BLACK_LEVEL, _DARK_LEVEL = 2, 8
_SMALL = 0.5
_FAR_LEVELS = 24.0


@runtime_checkable
class Downloadable(Protocol):
    """One image of a result: read when it is needed."""

    def read(self) -> bytes: ...


@runtime_checkable
class Openable(Downloadable, Protocol):
    """One that opens itself, and says what it is and how its bytes are had where it does not open."""

    def array(self) -> Image: ...


@runtime_checkable
class FromJob(Protocol):
    """What knows which job it came from."""

    @property
    def request_id(self) -> str: ...


@runtime_checkable
class ResultLike(Protocol):
    """A result of `remote`: images, and the id it is known by at fal."""

    @property
    def images(self) -> Sequence[Downloadable]: ...
    @property
    def request_id(self) -> str: ...


Generated: TypeAlias = "PIL.Image.Image | ImageSource | Downloadable | ResultLike"
"""What an endpoint's picture may come as."""


def open_result(generated: Generated) -> tuple[Image, str | None]:
    """Return the one picture of a result, and its request id where it has one."""
    if isinstance(generated, ResultLike):
        count = len(generated.images)
        if count == 0:
            raise PlacementError(
                f"the endpoint returned no picture (request {generated.request_id}): there is nothing to paste back",
                fix="look at result.raw for what it says instead",
            )
        if count != 1:
            raise InputError(f"this result holds {count} images, finish takes one", fix="edit.finish(result.images)")
        return _opened(generated.images[0]), generated.request_id
    if isinstance(generated, Downloadable) and not isinstance(generated, (PIL.Image.Image, np.ndarray)):
        return _opened(generated), (generated.request_id or None) if isinstance(generated, FromJob) else None
    return load_image(generated), None


def _opened(one: Downloadable) -> Image:
    return one.array() if isinstance(one, Openable) else load_image(one.read())


def check_result(picture: Image, scene: Image) -> None:
    """Refuse a picture that cannot come home: of another aspect than `scene`, which was sent, or black where that is not."""
    returned, sent = size_of_array(picture), size_of_array(scene)
    if abs(math.log(float(returned.aspect / sent.aspect))) > _ASPECT_TOLERANCE:
        raise PlacementError(
            f"the result is {returned} (aspect {float(returned.aspect):.3f}), sent was {sent} "
            f"(aspect {float(sent.aspect):.3f}): it would have to be stretched",
            fix="ask the endpoint for the sent size (image_size), or choose one that follows its input",
        )
    if int(picture.max()) <= _BLACK_LEVEL and int(scene.max()) > _DARK_LEVEL:
        raise InputError(
            f"the result is black all over (brightest value {int(picture.max())}): safety filters return that",
            fix="change the prompt, or the endpoint's safety setting, and run again",
        )


def remarks(
    *,
    kept: Mask,
    fit: ColorFit | None,
    fault: str | None,
    returned: Size,
    sent: Size,
    moved: bool,
    same: Literal["all", "kept"] | None,
    echo: Literal["all", "kept"] | None,
) -> list[str]:
    """Say in words what is odd about a result.

    Parameters
    ----------
    kept
        Non-zero where the endpoint was told to keep the photo.
    fit
        The result's colours against the photo's; None where nothing is shared.
    fault
        What is wrong with all of it, see `unusable`.
    returned, sent
        The true sizes.
    moved
        The kept pixels show the scene, at another place.
    same
        Whether all pixels, or all kept ones, came back bit for bit.
    echo
        The same but for compression, see `find_echo`.
    """
    small = []
    if returned.width < _SMALL * sent.width:
        small = [f"the result is {returned}, sent was {sent}: it was enlarged {sent.width / returned.width:.1f} times"]
    if _is_stretched(returned, sent):
        off = abs(float(returned.aspect / sent.aspect) - 1)
        small.append(f"the result is {returned}, sent was {sent}: {off:.1%} off in aspect, it was stretched to fit")
    if same == "all":
        return [*small, "the endpoint returned exactly what was sent: nothing was painted"]
    if fault is not None:
        return [*small, fault]
    told = _likeness(echo=echo, kept=kept, fit=fit, moved=moved, same=same)
    return [*small, *([told] if told else []), *_limits(fit)]


def unusable(at_sent: Image, scene: Image, *, kept: Mask, ring: Mask, fit: ColorFit | None) -> str | None:
    """Say what is so wrong with all of a result that its colours cannot be mended; None where nothing can be compared."""
    if fit is None:
        return None
    if is_flat(at_sent, fit):
        return "the result is one flat colour all over, which the photo is not: safety filters return that"
    if is_blurred(scene, at_sent, kept):
        return "the result is blurred all over, also where the photo was to stay: safety filters return that"
    if is_swapped(scene, at_sent, ring):
        return "red and blue are swapped in the result (an array of OpenCV's?): pass result[:, :, ::-1]"
    return None


def _is_stretched(returned: Size, sent: Size) -> bool:
    """Tell whether no single scale, with both sides rounded to whole pixels, makes one size of the other."""
    if returned.width == sent.width or returned.height == sent.height:
        return returned != sent
    sides = tuple(zip(returned, sent, strict=True))
    least, most = ([(side + rounding) / before for side, before in sides] for rounding in (-_ROUNDING_PX, _ROUNDING_PX))
    return max(least) > min(most)


def _limits(fit: ColorFit | None) -> list[str]:
    """Say where the colours differ by much, or by more than is fitted."""
    if fit is None or fit.is_other_scene:
        return []
    if fit.is_at_limit:
        gains = ", ".join(f"{gain:.3f}" for gain in fit.gain)
        limits = f"{LEAST_GAIN:g} to {MOST_GAIN:g}"
        left = f"{fit.after:.1f} of {fit.before:.1f} levels of difference are left"
        return [f"the contrast differs by more than is mended: gain {gains} is at its limit ({limits}), {left}"]
    far = fit.before > _FAR_LEVELS
    return [f"the kept pixels came back {fit.before:.0f} levels off: brightness or colour changed a lot"] if far else []


def _likeness(
    *,
    echo: Literal["all", "kept"] | None,
    kept: Mask,
    fit: ColorFit | None,
    moved: bool,
    same: Literal["all", "kept"] | None,
) -> str | None:
    if echo == "all":
        return "inside the mask the result is what was sent, but for compression: nothing was painted"
    if fit is None or not kept.any():
        return "no kept pixels to compare with: nothing could be measured or fitted"
    if same == "kept":
        return "the kept pixels came back unchanged: the endpoint pasted back by itself"
    if fit.is_other_scene:
        differ = f"the kept pixels differ by {fit.after:.0f} levels: the result does not show the photo's scene"
        return None if moved else differ
    if echo == "kept":
        return "the kept pixels came back unchanged, but for compression: the endpoint pasted back by itself"
    return None
