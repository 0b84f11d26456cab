"""What came, seen in its pixels: black all over, of another size or format than was asked for.

A safety filter leaves a picture that is black all over, and an endpoint that has a filter need not say that it struck. No
photo comes out exactly black by itself, so there black counts as blocked: also where only a prompt was sent, since none is
known to paint exact black; whoever asked for a black canvas reads it all the same (``read(blocked=True)``). What was sent
may be as good as black, and masks and maps may be black for good reasons: those are never blocked, nor spoken of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from preproc.errors import PreprocError
from preproc.files import MAX_PIXELS, Photo, size_of
from preproc.geometry import Size

from ..catalog.facts import Spec

__all__ = ["Flags", "Seen", "look", "may_be_blackened", "oddities"]

Flags: TypeAlias = Literal["each", "some", "none"]
"""A filter's own words: on each picture, that it struck but not where, or nothing."""

_FORMATS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"RIFF": "webp"}
_LOSSY_BRANDS = frozenset({b"ftypavif", b"ftypheic", b"ftypmif1"})
_BLACK = 2  # of 255, the brightest that a lossy format makes of black
_LOOKED_AT_BYTES = 256 * 1024
_MAPS = frozenset({"preprocess", "segment"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture that came.

    Attributes
    ----------
    size
        Width and height in pixels.
    format
        ``"png"``, ``"jpeg"``, ``"webp"``, or empty for others.
    is_black
        It is black all over, and nothing of it is transparent.
    is_lossy
        Its format changes pixels: JPEG, WebP that is not lossless, AVIF, HEIC, and GIF with its 256 colours.
    """

    size: Size
    format: str
    is_black: bool
    is_lossy: bool = False


def look(data: bytes, /, *, max_pixels: int = MAX_PIXELS) -> Seen | None:
    """Look at a file; None where it is no picture, or too large a one.

    Examples
    --------
    >>> import numpy as np
    >>> from preproc.files import encode_png
    >>> look(encode_png(np.zeros((4, 6, 3), np.uint8)))
    Seen(size=Size(width=6, height=4), format='png', is_black=True, is_lossy=False)
    """
    named = next((name for magic, name in _FORMATS.items() if data.startswith(magic)), "")
    try:
        size = size_of(data)
        return Seen(size, named, _is_black(data, size, max_pixels), _is_lossy(data, named))
    except PreprocError:
        return None


def _is_black(data: bytes, size: Size, max_pixels: int) -> bool:
    if len(data) > _LOOKED_AT_BYTES + size.pixels // 8 and not _is_monotonous(data):
        return False  # black takes no bytes worth speaking of: what is large need not be decoded
    photo = Photo.open(data, max_pixels=max_pixels)
    full = (1 << photo.depth) - 1
    if photo.alpha is not None and photo.alpha.min() < full:
        return False
    return int(photo.pixels.max()) * 255 <= _BLACK * full and int(photo.rgb.max()) <= _BLACK


def _is_lossy(data: bytes, named: str) -> bool:
    """Tell lossy formats from the others; one of WebP's chunks is its picture, lossy (``VP8 ``) or not (``VP8L``)."""
    if named != "webp":
        return named == "jpeg" or data.startswith(b"GIF8") or data[4:12] in _LOSSY_BRANDS
    at = 12
    while (kind := data[at : at + 4]) and kind not in {b"VP8 ", b"VP8L", b"ANMF"}:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return kind == b"VP8 "


def _is_monotonous(data: bytes) -> bool:
    """Tell whether a file repeats few bytes in its middle, as black does where nothing is compressed."""
    middle = len(data) // 2
    return len(set(data[middle : middle + 4096])) < 16


def may_be_blackened(spec: Spec | None, field: str, plan: Mapping[str, Any], *, flags: Flags) -> bool:
    """Tell whether black in a field of an answer means that the safety filter struck.

    Parameters
    ----------
    spec
        The endpoint; None where nothing is known of it.
    field
        The field of the answer.
    plan
        `Plan.to_json` of what was asked.
    flags
        What the answer says of this by itself.
    """
    if flags == "some":
        return "mask" not in field and not field.endswith("_map")
    if spec is None or flags == "each" or not _shows_a_photo(spec, field, plan):
        return False
    name = spec.safety_field
    if name is None:
        return "has_nsfw_concepts" in spec.outputs
    return plan.get("payload", {}).get(name) is not False


def _shows_a_photo(spec: Spec | None, field: str, plan: Mapping[str, Any]) -> bool:
    """Tell whether a field brings pictures of which none is expected to be black."""
    if plan.get("sends_black") or "mask" in field or field.endswith("_map"):
        return False
    return not (spec and spec.group in _MAPS) and not plan.get("payload", {}).get("mask_only")


def oddities(spec: Spec | None, field: str, plan: Mapping[str, Any], seen: Seen, *, is_blocked: bool) -> list[str]:
    """Say where a picture that came is not what was asked for."""
    if "mask" in field or field.endswith("_map"):
        return []
    said = []
    if seen.is_black and not is_blocked and spec and _shows_a_photo(spec, field, plan):
        said.append(
            f"{field}: the picture is black all over, and the endpoint does not say why; it is billed all the same"
        )
    expected = plan.get("output_size")
    if expected and tuple(expected) != tuple(seen.size):
        said.append(f"{field}: the picture is {seen.size}, and {Size(*expected)} was expected of what was asked")
    asked = _format_asked(spec, plan)
    if asked and seen.format != asked:
        came = seen.format.upper() or "another format"
        said.append(f"{field}: the picture came as {came}, and {asked.upper()} was asked for{_loss(seen, asked)}")
    return said


def _format_asked(spec: Spec | None, plan: Mapping[str, Any]) -> str:
    name = spec.format_field if spec else None
    asked = str(plan.get("payload", {}).get(name) or "").lower() if name else ""
    return {"jpg": "jpeg"}.get(asked, asked if asked in _FORMATS.values() else "")


def _loss(seen: Seen, asked: str) -> str:
    return ": what it keeps of the photo is no longer exact" if asked == "png" and seen.is_lossy else ""
