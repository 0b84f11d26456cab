"""Say what is wrong with a control image before it is paid for."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import PIL.Image

from ..arrays import Image, size_of_array
from ..choices import CheckedType
from ..control.segmentation import PaletteChoice
from ..errors import InputError
from ..files import ImageSource, load_image, size_of
from ..files.source import is_file
from ..geometry import Size
from .colour_maps import are_class_numbers, normal_findings, pose_findings, segmentation_findings
from .colour_shares import are_unit_vectors, palette_share
from .depth_maps import Box, Point, contradictions, depth_findings
from .kinds import (
    BLOCKY,
    SHARP_STEP,
    SURELY_SMOOTH,
    Kind,
    kind_from,
    may_be_depth,
)
from .line_maps import line_findings, may_be_soft_lines
from .picture_facts import Facts, facts_of
from .placement import ROUNDING_PX, looks_stretched
from .remaking import remade
from .report import Finding, Report

__all__ = ["CheckedType", "control"]

"""The types of `preproc.control.TYPES`, and ``"photo"`` for endpoints that make the map themselves."""

# Log-odds of `noise_score` and of `plain_score`: to refuse a job takes more than to name a kind.
SURELY_MAP, SURELY_PLAIN_MAP = 4.0, 3.6
SURELY_CLASSES = 0.5  # share of the pixels that have a palette's colours to within a level
TOO_SMALL = 48  # px: of soft lines and of poses that are smaller, one in twenty looks like something else
_OF_KIND = {"photo", "map", "other-map", "inverted", "not-a-pose", "not-normals"}  # the codes that say what it is

_RECKONED = re.compile(r"(?<=255 - )m\b|\bm(?=\[)|(?<=atleast_3d\()m\b")


def control(
    picture: PIL.Image.Image | ImageSource,
    type: CheckedType,  # noqa: A002 - the word that endpoints and users have for it
    /,
    *,
    image: PIL.Image.Image | ImageSource | None = None,
    size: tuple[int, int] | None = None,
    palette: PaletteChoice = "ade20k",
    near_point: Point | None = None,
    far_point: Point | None = None,
    sky: Box | None = None,
    reference: PIL.Image.Image | ImageSource | None = None,
) -> Report:
    """Check a control image: that it is what a model of its type was trained on.

    Parameters
    ----------
    picture
        The control image, in any form; RGB of shape `(H, W, 3)` or gray `(H, W)`.
    type
        What it is meant to be: a type of `preproc.control.TYPES`, or ``"photo"`` where the endpoint makes the map
        and must not get a finished one.
    image
        The photo it was made from. A map of another shape must show it cut or padded, not stretched; that is seen
        where the outlines of the two can be compared, else it is a warning.
    size
        Width and height that will be generated.
    palette
        The palette of a segmentation map, see `preproc.control.palette_of`.
    near_point, far_point
        For depth: two places `(x, y)` in pixels of which the first is nearer to the camera.
    sky
        For depth: a box `(left, top, right, bottom)` of sky, or of anything else at the far end.
    reference
        For depth: a second depth map of the same scene in which near is white for sure.

    Returns
    -------
    Report
        Empty where nothing was found. Its findings' codes:

        - errors: ``blank``, ``photo`` (where a map is expected), ``map`` (where a photo is expected), ``other-map``,
          ``inverted``, ``depth-inverted``, ``channels-swapped``, ``colour``, ``palette``, ``not-a-pose``,
          ``not-normals``, ``background``, ``aspect``
        - warnings: ``gray-fringed``, ``fringed-colours``, ``too-dense``, ``too-sparse``, ``thick-lines``,
          ``low-contrast``, ``size-mismatch``, ``unsure``

        ``unsure`` is what may be depth or a gray photo, soft lines or a dark photo, or is smaller than 48 px. ``map`` is
        only a warning where it may be a smooth gray photo, or one out of focus, or where the colours of normals or
        classes are not exact; ``aspect`` where it cannot be seen whether the map is stretched.

        In the fixes `m` stands for the control image, `photo` for the photo, `depth`, `people` and `labels` for what
        maps of depth, poses and classes are made from.

    Raises
    ------
    InputError
        For an unknown type, points or boxes outside the picture, a reference that is no depth map, or evidence that
        does not belong to the type.

    Notes
    -----
    Only what the pixels show is said. Which end of a depth map is near cannot be seen: without `near_point` and
    `far_point`, `sky` or `reference` nothing is said about it, nor where these do not decide.

    Examples
    --------
    >>> import numpy as np
    >>> edges = np.zeros((64, 64), np.uint8)
    >>> edges[8:56, 16:48:8] = 255
    >>> control(edges, "canny").codes, control(255 - edges, "canny").codes
    ((), ('inverted',))
    """
    if not isinstance(type, str) or type not in get_args(CheckedType):
        hint = str(type).replace("-", "_")
        known = (
            f"did you mean {hint!r}?" if hint in get_args(CheckedType) else "one of " + ", ".join(get_args(CheckedType))
        )
        raise InputError(f"no control type is called {type!r}", fix=known)
    evidence = {"near_point": near_point, "far_point": far_point, "sky": sky, "reference": reference}
    if type != "depth" and any(given is not None for given in evidence.values()):
        named = ", ".join(name for name, given in evidence.items() if given is not None)
        raise InputError(f"{named} say which end of a depth map is near, and this is checked as {type}")
    pixels = load_image(picture)
    facts = facts_of(pixels)
    kind = kind_from(pixels, facts)
    findings = _size(pixels, image, size, type, palette)
    few_levels = type == "segmentation" and are_class_numbers(pixels)  # small numbers are nearly black, not nothing
    if kind == "blank" and not few_levels:
        findings.append(_blank(pixels, type))
    elif type in {"canny", "lineart", "lines", "scribble", "soft_edge"}:
        findings += line_findings(pixels, facts, kind, type)
    elif type == "depth":
        wrong = contradictions(pixels, near_point=near_point, far_point=far_point, sky=sky, reference=reference)
        findings += [each for each in depth_findings(pixels, facts, kind) if not wrong or each.code != "unsure"]
        findings += wrong
    elif type == "pose":
        findings += pose_findings(pixels, facts, kind)
    elif type == "normal":
        findings += normal_findings(pixels, facts, kind)
    elif type == "segmentation":
        findings += segmentation_findings(pixels, facts, kind, palette)
    else:
        findings += _photo(pixels, facts, kind, type)
    if min(size_of_array(pixels)) < TOO_SMALL:
        findings = [_too_small(each, pixels) if each.code in _OF_KIND else each for each in findings]
    return Report(findings if _counts_as_pixels(picture) else list(map(_read_first, findings)))


def _counts_as_pixels(picture: Any) -> bool:
    """Tell whether arithmetic on it is arithmetic on what was checked; a file stands for its pixels."""
    if is_file(picture):
        return True
    plain = isinstance(picture, np.ndarray) and picture.dtype == np.uint8
    return plain and (picture.ndim == 2 or picture.shape[2] in {1, 3})


def _read_first(finding: Finding) -> Finding:
    """Let a fix that reckons with pixels begin with reading them: bool, 16 bits, floats and files are no such numbers."""
    if finding.fix is None:
        return finding
    return replace(finding, fix=_RECKONED.sub("preproc.load_image(m)", finding.fix))


def _size(
    pixels: Image,
    image: PIL.Image.Image | ImageSource | None,
    size: tuple[int, int] | None,
    of: str,
    palette: PaletteChoice,
) -> list[Finding]:
    actual = size_of_array(pixels)
    found = []
    if size is not None and actual != size_of(size):
        found.append(_other_size(actual, size_of(size), of, palette))
    elif size is None and image is not None and not _same_shape(actual, size_of(image)):
        found += _other_shape(pixels, load_image(image), remade(of, size=actual, palette=palette))
    return found


def _same_shape(one: Size, other: Size, slack_px: float = 1) -> bool:
    # sides are whole pixels, so proportions may be off by half a pixel of the smaller picture, and a little more
    return abs(one.width * other.height - one.height * other.width) <= slack_px * max(*one, *other)


def _other_size(actual: Size, wanted: Size, of: str, palette: PaletteChoice) -> Finding:
    if _same_shape(actual, wanted):
        return Finding(
            "size-mismatch",
            "warning",
            f"the map is {actual}, {wanted} will be generated: the endpoint resizes it, which blurs lines and colours",
            fix=remade(
                of,
                size=wanted,
                palette=palette,
                note=f"or control.resize(m, ({wanted.width}, {wanted.height})) if the source is gone",
            ),
            value=actual,
        )
    if (wanted.height, wanted.width) == actual:
        return _turned(f"the map is {actual}, {wanted} will be generated", actual)
    message = f"the map is {actual}, {wanted} will be generated: it would be stretched"
    return Finding("aspect", "error", message, remade(of, size=wanted, palette=palette), actual)


def _other_shape(pixels: Image, photo: Image, again: str) -> list[Finding]:
    """Judge a map whose shape is not its photo's: cut or padded is right, stretched is not."""
    actual, wanted = size_of_array(pixels), size_of_array(photo)
    if (wanted.height, wanted.width) == actual:
        return [_turned(f"the map is {actual}, the photo {wanted}", actual)]
    stretched = looks_stretched(pixels, photo)
    if stretched is False or (stretched is None and _same_shape(actual, wanted, slack_px=ROUNDING_PX)):
        return []
    how = "and it shows the photo stretched" if stretched else "and whether the photo was cut or stretched is not clear"
    message = f"the map is {actual}, the photo {wanted}, {how}"
    return [Finding("aspect", "error" if stretched else "warning", message, again, actual)]


def _turned(words: str, actual: Size) -> Finding:
    message = f"{words}: it looks turned by 90 degrees (often EXIF orientation)"
    fix = "np.rot90(m)  # or np.rot90(m, -1); or load the photo with load_image before making the map"
    return Finding("aspect", "error", message, fix, actual)


def _blank(pixels: Image, of: str) -> Finding:
    highest = int(pixels.max())
    scaled = 0 < highest <= 3
    again = "control.canny(photo, density=0.08)" if of == "canny" else remade(of, size=size_of_array(pixels))
    return Finding(
        "blank",
        "error",
        f"nothing is in it: all but one pixel in two thousand have the same tone, the highest value is {highest}",
        fix=f"m * {255 // highest}  # if its values count from 0 to {highest}" if scaled else again,
        value=highest,
    )


def _too_small(finding: Finding, pixels: Image) -> Finding:
    """Make a doubt of what is said of a picture in which little is to be seen."""
    message = f"{size_of_array(pixels)} px are too few to tell what it is; as far as can be seen: {finding.message}"
    return replace(finding, code="unsure", level="warning", message=message)


def _is_sure(pixels: Image, facts: Facts, kind: Kind, of: str) -> bool:
    """Tell whether no photo looks like that."""
    if kind == "depth":
        return of == "photo" and _is_surely_depth(facts)
    if kind == "normal":
        return are_unit_vectors(pixels)  # skies come close
    if kind == "segmentation":
        return max(palette_share(pixels, name, tolerance=1) for name in ("ade20k", "coco")) > SURELY_CLASSES
    return True


def _is_surely_depth(facts: Facts) -> bool:
    if facts.sharpest < SHARP_STEP or facts.blocky > BLOCKY:
        return False
    return facts.surface > SURELY_SMOOTH and (facts.noiseless >= SURELY_MAP or facts.plain >= SURELY_PLAIN_MAP)


def _photo(pixels: Image, facts: Facts, kind: Kind, of: str) -> list[Finding]:
    spoilt = kind == "depth" and of in {"blur", "tile", "low_quality"}  # without detail they are as smooth
    if kind not in {"photo", "unknown"} and not spoilt:
        named = {"edges": "lines on black", "inverted-edges": "lines on white", "depth": "a depth map"}.get(kind, kind)
        return [
            Finding(
                "map",
                "error" if _is_sure(pixels, facts, kind, of) else "warning",
                f"this looks like a control map already ({named}), and a photo is expected",
                fix=remade(of, note="or keep the map, and tell the endpoint not to preprocess it"),
                value=kind,
            )
        ]
    if of == "photo" and kind == "unknown" and facts.coloured < 0.002 and may_be_depth(facts):
        message = "it is gray and too smooth for most photos: it may be a depth map already"
        fix = "photo  # that it was made from, if it is a depth map: those have no texture or lettering"
        return [Finding("unsure", "warning", message, fix, facts.depth)]
    if of == "photo" and kind == "unknown" and may_be_soft_lines(facts):
        message = "it is dark but for soft lines: it may be soft edges or line art already"
        fix = "photo  # that it was made from, if it is a map"
        return [Finding("unsure", "warning", message, fix, facts.drawn)]
    if of in {"gray", "recolor"} and facts.coloured > 0.02:
        return [
            Finding(
                "colour",
                "error",
                f"{facts.coloured:.0%} of the pixels have colour, and {of} is gray",
                fix=f"control.{of}(photo)",
                value=facts.coloured,
            )
        ]
    return []
