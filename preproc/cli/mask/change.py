"""Changes of a mask's edge and values."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

import preproc

from ...choices import Curve, Position
from ..exits import UsageError
from ..many import MANY, Many
from ..outputs import SAVING, Saving
from ..ranges import Length, Within
from ..talk import TALK, Talk
from .result import change_each

__all__ = ["binarize", "contrast", "feather", "grow", "invert", "shrink", "smooth"]


def grow(
    *pictures: str,
    px: Length | None = None,
    ratio: Length | None = None,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Move the edge outwards, by the same distance in every direction.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.
    px
        How far, in pixels; fractions count.
    ratio
        Instead: how far as a share of the diagonal of the masked region.

    Examples
    --------
    preproc mask grow mask.png --px 12 -o grown.png

    preproc mask grow masks/ --ratio 0.05 -o grown/
    """
    _one_of(px, ratio)
    return change_each(
        pictures, lambda mask: preproc.mask.grow(mask, px, ratio=ratio), tag="grow", saving=saving, many=many, talk=talk
    )


def shrink(
    *pictures: str,
    px: Length | None = None,
    ratio: Length | None = None,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Move the edge inwards, by the same distance in every direction.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.
    px
        How far, in pixels; fractions count.
    ratio
        Instead: how far as a share of the diagonal of the masked region.

    Examples
    --------
    preproc mask shrink mask.png --px 4 -o tight.png

    preproc mask shrink masks/ --px 2.5 -o tight/
    """
    _one_of(px, ratio)
    return change_each(
        pictures,
        lambda mask: preproc.mask.shrink(mask, px, ratio=ratio),
        tag="shrink",
        saving=saving,
        many=many,
        talk=talk,
    )


def feather(
    *pictures: str,
    px: Length,
    position: Position = "outer",
    curve: Curve = "smooth",
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Run the edge from full to nothing over some pixels.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.
    px
        Width of the ramp from 255 to 0.
    position
        Whether it lies outside the edge, inside it, or half on either side.
    curve
        Its profile.

    Examples
    --------
    preproc mask feather mask.png --px 16 -o soft.png

    preproc mask grow mask.png --px 8 -o - | preproc mask feather - --px 16 --position centre -o soft.png
    """
    return change_each(
        pictures,
        lambda mask: preproc.mask.feather(mask, px, position=position, curve=curve),
        tag="feather",
        saving=saving,
        many=many,
        talk=talk,
    )


def smooth(*pictures: str, px: Length, saving: Saving = SAVING, many: Many = MANY, talk: Talk = TALK) -> int:
    """Even out the outline.

    Jags and dents smaller than about --px go, straight edges stay.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.
    px
        How large what goes may be, in pixels.

    Examples
    --------
    preproc mask smooth mask.png --px 4 -o even.png

    preproc mask smooth masks/ --px 6 -o even/
    """
    return change_each(
        pictures, lambda mask: preproc.mask.smooth(mask, px), tag="smooth", saving=saving, many=many, talk=talk
    )


def invert(*pictures: str, saving: Saving = SAVING, many: Many = MANY, talk: Talk = TALK) -> int:
    """Swap what is edited and what is kept.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.

    Examples
    --------
    preproc mask invert mask.png -o other.png

    preproc mask invert masks/ -o inverted/
    """
    return change_each(pictures, preproc.mask.invert, tag="invert", saving=saving, many=many, talk=talk)


def binarize(
    *pictures: str,
    threshold: Annotated[int, Parameter(validator=Within(1, 255))] = 128,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Leave only 0 and 255.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.
    threshold
        The least value that becomes 255, 1 to 255.

    Examples
    --------
    preproc mask binarize soft.png -o hard.png

    preproc mask binarize masks/ --threshold 1 -o hard/
    """
    return change_each(
        pictures,
        lambda mask: preproc.mask.binarize(mask, threshold),
        tag="binarize",
        saving=saving,
        many=many,
        talk=talk,
    )


def contrast(*pictures: str, factor: Length, saving: Saving = SAVING, many: Many = MANY, talk: Talk = TALK) -> int:
    """Make ramps steeper or flatter about one half.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.
    factor
        How many times steeper; less than 1 flattens.

    Examples
    --------
    preproc mask contrast soft.png --factor 2 -o steeper.png

    preproc mask contrast masks/ --factor 0.5 -o flatter/
    """
    return change_each(
        pictures, lambda mask: preproc.mask.contrast(mask, factor), tag="contrast", saving=saving, many=many, talk=talk
    )


def _one_of(px: float | None, ratio: float | None) -> None:
    if (px is None) == (ratio is None):
        raise UsageError("how far is said by --px or by --ratio", fix="give one of them, such as --px 12")
