"""Several masks made one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import preproc

from ..exits import UsageError
from ..inputs import find
from ..many import MANY
from ..outputs import SAVING, Saving
from ..products import MASKS
from ..talk import TALK, Talk
from .result import make_each

if TYPE_CHECKING:
    from ...arrays import Mask

__all__ = ["intersect", "subtract", "union"]


def union(first: str, /, *others: str, saving: Saving = SAVING, talk: Talk = TALK) -> int:
    """Edit what any of the masks edits.

    Parameters
    ----------
    first
        A mask, or -.
    others
        Further masks of the same size: files, folders, patterns.

    Examples
    --------
    preproc mask union left.png right.png -o both.png

    preproc mask union people.png parts/ -o all.png
    """
    return _combined(preproc.mask.union, first, others, "union", saving=saving, talk=talk)


def intersect(first: str, /, *others: str, saving: Saving = SAVING, talk: Talk = TALK) -> int:
    """Edit only what all of the masks edit.

    Parameters
    ----------
    first
        A mask, or -.
    others
        Further masks of the same size: files, folders, patterns.

    Examples
    --------
    preproc mask intersect person.png frame.png -o part.png

    preproc mask intersect sky.png bright.png soft.png -o part.png
    """
    return _combined(preproc.mask.intersect, first, others, "intersect", saving=saving, talk=talk)


def subtract(first: str, /, *others: str, saving: Saving = SAVING, talk: Talk = TALK) -> int:
    """Edit what the first mask edits and none of the others.

    Parameters
    ----------
    first
        A mask, or -.
    others
        What is taken away from it: files, folders, patterns, of the same size.

    Examples
    --------
    preproc mask subtract room.png people.png -o empty.png

    preproc mask subtract background.png parts/ -o rest.png
    """
    return _combined(preproc.mask.subtract, first, others, "subtract", saving=saving, talk=talk)


def _combined(
    combine: Callable[..., Any], first: str, others: Sequence[str], tag: str, *, saving: Saving, talk: Talk
) -> int:
    if not others:
        raise UsageError(f"{tag} needs a second mask", fix=f"preproc mask {tag} one.png two.png -o both.png")
    found = find([first, *others], made=MASKS)

    def make(_: object) -> Mask:
        one, *more = (preproc.load_mask(source.picture) for source in found)
        result: Mask = combine(one, *more)
        return result

    return make_each(found[:1], make, tag=tag, saving=saving, many=MANY, talk=talk)
