"""Holes, islands, crumbs, sizes: masks made fit for use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

import preproc

from ..exits import UsageError
from ..many import MANY, Many
from ..outputs import SAVING, Saving
from ..ranges import Count, Length, Width, Within
from ..talk import TALK, Talk
from ..values import read_size
from .result import change_each

__all__ = ["clean", "drop_islands", "fill_holes", "hull", "refine", "resize", "snap"]


def fill_holes(
    *pictures: str, max_area: Length | None = None, saving: Saving = SAVING, many: Many = MANY, talk: Talk = TALK
) -> int:
    """Fill what is kept but wholly surrounded by what is edited.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.
    max_area
        Leave holes of more pixels than this.

    Examples
    --------
    preproc mask fill-holes mask.png -o whole.png

    preproc mask fill-holes masks/ --max-area 400 -o whole/
    """
    return change_each(
        pictures,
        lambda mask: preproc.mask.fill_holes(mask, max_area_px=max_area),
        tag="filled",
        saving=saving,
        many=many,
        talk=talk,
    )


def drop_islands(
    *pictures: str, min_area: Length, saving: Saving = SAVING, many: Many = MANY, talk: Talk = TALK
) -> int:
    """Remove separate parts that are too small.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.
    min_area
        Parts of fewer pixels than this go.

    Examples
    --------
    preproc mask drop-islands mask.png --min-area 64 -o clean.png

    preproc mask drop-islands masks/ --min-area 400 -o clean/
    """
    return change_each(
        pictures,
        lambda mask: preproc.mask.drop_islands(mask, min_area_px=min_area),
        tag="islands",
        saving=saving,
        many=many,
        talk=talk,
    )


def hull(*pictures: str, saving: Saving = SAVING, many: Many = MANY, talk: Talk = TALK) -> int:
    """Fill the mask out to its convex hull, as a rubber band around it would.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.

    Examples
    --------
    preproc mask hull mask.png -o hull.png

    preproc mask hull masks/ -o hulls/
    """
    return change_each(pictures, preproc.mask.hull, tag="hull", saving=saving, many=many, talk=talk)


def clean(
    *pictures: str,
    noise: Annotated[int, Parameter(validator=Within(0, 100))] = 2,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Remove the crumbs that JPEG leaves around an edge.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.
    noise
        Values up to this become 0, and values from 255 minus this 255.

    Examples
    --------
    preproc mask clean mask.jpg -o mask.png

    preproc mask clean masks/ --noise 12 -o clean/
    """
    return change_each(
        pictures, lambda mask: preproc.mask.clean(mask, noise=noise), tag="clean", saving=saving, many=many, talk=talk
    )


def resize(
    *pictures: str,
    size: str | None = None,
    photo: Path | None = None,
    kind: Literal["auto", "soft", "hard", "cover"] = "auto",
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Bring masks to another size with the kernel that their purpose needs.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.
    size
        Width x height, such as 1024x768.
    photo
        Instead: the photo whose size is meant.
    kind
        soft for ramps, hard keeps an outline one pixel sharp, auto tells which it is, cover loses nothing that is edited.

    Examples
    --------
    preproc mask resize mask.png --photo photo.jpg -o fits.png

    preproc mask resize masks/ --size 1024x1024 --kind cover -o resized/
    """
    if (size is None) == (photo is None):
        raise UsageError("which size is said by --size or by --photo", fix="give one of them, such as --size 1024x768")
    from ...files import size_of

    wanted = read_size(size) if size is not None else size_of(_single_photo(photo or Path()))
    return change_each(
        pictures,
        lambda mask: preproc.mask.resize(mask, wanted, kind=kind),
        tag="resized",
        saving=saving,
        many=many,
        talk=talk,
    )


def refine(
    *pictures: str, photo: Path, radius: Width = 12, saving: Saving = SAVING, many: Many = MANY, talk: Talk = TALK
) -> int:
    """Pull the edge to the nearest edge of the photo, as soft as that is.

    Parameters
    ----------
    pictures
        Masks of one photo: files, folders, patterns, or -.
    photo
        The photo, of the masks' size.
    radius
        How far the edge may move, in pixels.

    Examples
    --------
    preproc mask refine mask.png --photo photo.jpg -o hair.png

    preproc mask refine mask.png --photo photo.jpg --radius 24 -o hair.png
    """
    picture = preproc.load_image(_single_photo(photo))
    return change_each(
        pictures,
        lambda mask: preproc.mask.refine(mask, picture, radius_px=radius),
        tag="refined",
        saving=saving,
        many=many,
        talk=talk,
    )


def snap(*pictures: str, cell: Count = 16, saving: Saving = SAVING, many: Many = MANY, talk: Talk = TALK) -> int:
    """Extend masks outwards to whole cells of a latent grid.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.
    cell
        Side of a cell in pixels: 8 or 16 for most endpoints.

    Examples
    --------
    preproc mask snap mask.png -o cells.png

    preproc mask snap masks/ --cell 8 -o cells/
    """
    return change_each(
        pictures, lambda mask: preproc.mask.snap(mask, cell), tag="snapped", saving=saving, many=many, talk=talk
    )


def _single_photo(photo: Path) -> Path:
    if photo.is_dir():
        raise UsageError(f"--photo {photo} is a folder", fix="--photo PHOTO.jpg, and the masks of that photo")
    return photo
