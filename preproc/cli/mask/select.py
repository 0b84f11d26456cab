"""Masks read out of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import preproc

from ..exits import UsageError
from ..inputs import find
from ..many import MANY, Many
from ..outputs import SAVING, Saving
from ..ranges import Length, Level
from ..talk import TALK, Talk
from ..values import read_color
from .result import make_each

__all__ = ["alpha", "changed", "color", "labels", "luminance"]


def alpha(
    *pictures: str,
    edit: Literal["opaque", "transparent"] = "opaque",
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Read the mask out of a picture's transparency.

    Parameters
    ----------
    pictures
        Files, folders, patterns, or -.
    edit
        Which part is edited. A selection saved with alpha means the opaque one; a hole that was erased, as OpenAI's
        endpoints want it, the transparent one.

    Examples
    --------
    preproc mask alpha cutout.png -o mask.png

    preproc mask alpha erased.png --edit transparent -o mask.png
    """
    found = many.find(pictures)
    return make_each(
        found,
        lambda one: preproc.mask.from_alpha(one.picture, edit=edit),
        tag="mask",
        saving=saving,
        many=many,
        talk=talk,
    )


def color(
    color: str,
    /,
    *pictures: str,
    tolerance: Length = 10,
    soft: Length = 0,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Select what has about one colour.

    Parameters
    ----------
    color
        A name, "#00ff00", or 0,255,0.
    pictures
        Files, folders, patterns, or -.
    tolerance
        Largest distance from the colour, in ΔE (1976); 2 is just seen, 10 is clearly another shade.
    soft
        Over which further distance the mask falls to nothing.

    Examples
    --------
    preproc mask color white product.jpg --tolerance 5 -o background.png

    preproc mask color "#00b140" greenscreen/ -o masks/ --soft 8
    """
    wanted = read_color(color)
    found = many.find(pictures)
    return make_each(
        found,
        lambda one: preproc.mask.from_color(preproc.load_image(one.picture), wanted, tolerance=tolerance, soft=soft),
        tag="mask",
        saving=saving,
        many=many,
        talk=talk,
    )


def luminance(
    *pictures: str,
    low: Level = 128,
    high: Level = 255,
    soft: Length = 0,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Select by brightness.

    Parameters
    ----------
    pictures
        Files, folders, patterns, or -.
    low
        Least level that is selected, 0 to 255.
    high
        Greatest level that is selected.
    soft
        Over how many further levels the mask falls to nothing.

    Examples
    --------
    preproc mask luminance painted.jpg --low 200 -o mask.png

    preproc mask luminance depth.png --low 255 --soft 255 -o mask.png
    """
    found = many.find(pictures)
    return make_each(
        found,
        lambda one: preproc.mask.from_luminance(preproc.load_image(one.picture), low=low, high=high, soft=soft),
        tag="mask",
        saving=saving,
        many=many,
        talk=talk,
    )


def labels(*pictures: str, ids: str, saving: Saving = SAVING, many: Many = MANY, talk: Talk = TALK) -> int:
    """Select regions of a label map by their numbers.

    Parameters
    ----------
    pictures
        Gray or palette pictures whose stored numbers are the labels.
    ids
        The numbers: 3 or 1,4,7.

    Examples
    --------
    preproc mask labels segments.png --ids 3 -o mask.png

    preproc mask labels labels/ --ids 1,4,7 -o masks/
    """
    try:
        wanted = [int(number) for number in ids.split(",")]
    except ValueError as error:
        raise UsageError(f"{ids!r} are no label numbers", fix="such as --ids 1,4,7") from error
    found = many.find(pictures)
    return make_each(
        found,
        lambda one: preproc.mask.from_labels(one.picture, wanted),
        tag="mask",
        saving=saving,
        many=many,
        talk=talk,
    )


def changed(
    before: Path,
    after: str,
    /,
    *,
    tolerance: Length = 5,
    soft: Length = 0,
    saving: Saving = SAVING,
    talk: Talk = TALK,
) -> int:
    """Select what changed between two pictures.

    Parameters
    ----------
    before
        The first picture.
    after
        The second, of the same size; or -.
    tolerance
        Largest distance that counts as unchanged, in ΔE (1976); JPEG alone moves colours by 2 to 5.
    soft
        Over which further distance the mask rises to full.

    Examples
    --------
    preproc mask changed photo.jpg painted.png -o mask.png

    preproc mask changed before.png after.png --tolerance 8 --soft 4 -o mask.png
    """
    return make_each(
        find([after]),
        lambda one: preproc.mask.from_difference(before, one.picture, tolerance=tolerance, soft=soft),
        tag="mask",
        saving=saving,
        many=MANY,
        talk=talk,
    )
