"""Photos with the masks that belong to them, by their names; a photo without one does not stop the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from .exits import UsageError, complain
from .inputs import Source

__all__ = ["Pair", "pair", "warn_of_unpaired"]

_SHOWN = 10
_FIX = "give both the same name, as cat.jpg and cat.png; or one {what} for all"


@dataclass(frozen=True, slots=True)
class Pair:
    """A photo with its mask, or with the reason why it has none."""

    photo: Source
    other: Source | None = None
    missing: InputError | None = None


def pair(photos: Sequence[Source], others: Sequence[Source], *, what: str = "mask") -> list[Pair]:
    """Give each photo its mask: the only one there is, or the one of the same name.

    Parameters
    ----------
    photos, others
        What `find` found.
    what
        What the others are called: ``cat.png``, ``cat.mask.png``, ``cat-mask.png`` and ``cat_mask.png`` are the mask
        of ``cat.jpg``; ``cat.jpg.png`` and ``cat.jpg.mask.png``, as masks of ``cat.jpg`` beside ``cat.png`` are called,
        come before these. Where photos and masks lie in one folder, the mask is the one whose name says so.

    Returns
    -------
    list of Pair
        One for each photo, in order; those without a mask, or with several, say so in `Pair.missing`.

    Raises
    ------
    UsageError
        If no photo has a mask.
    """
    if len(others) == 1 and others[0].folder is None:
        return _without_masks([Pair(photo, others[0]) for photo in photos])
    known: dict[tuple[Path, str], list[Source]] = {}
    for other in others:
        known.setdefault((other.below, _without(other.stem, what)), []).append(other)
    own = {photo: known.get((photo.below, photo.path.name), []) if photo.path else [] for photo in photos}
    taken = {photo.path for photo in photos if own[photo]}  # a photo that has a mask is none
    for found in known.values():
        found[:] = [one for one in found if one.path not in taken]
    where = _listed(list(dict.fromkeys(str(one.folder or Path(one.name).parent) for one in others)))
    pairs = [_paired(one, own[one] or known.get((one.below, one.stem), []), what, where) for one in photos]
    if len(pairs) == 1 and pairs[0].missing is not None:
        raise UsageError(pairs[0].missing.message, fix=pairs[0].missing.fix)
    if all(one.other is None for one in pairs):
        names = _listed([photo.name for photo in photos])
        raise UsageError(f"no {what} in {where} for any of {names}", fix=_FIX.format(what=what))
    return _without_masks(pairs)


def warn_of_unpaired(pairs: Sequence[Pair], others: Sequence[Source], *, what: str = "mask") -> None:
    """Name the masks that belong to no photo of a folder; where photos were named one by one, that is no matter."""
    if not any(one.photo.folder for one in pairs):
        return
    used = {one.path for each in pairs for one in (each.photo, each.other) if one is not None}
    missing = " ".join(each.missing.message for each in pairs if each.missing is not None)
    idle = [other.name for other in others if other.path not in used and other.name not in missing]
    if idle:
        complain(f"warning: no photo for the {what}{'s' if len(idle) > 1 else ''} {_listed(idle)}")


def _without_masks(pairs: Sequence[Pair]) -> list[Pair]:
    """Leave out what a folder of photos holds that is the mask of another one."""
    named = {
        one.other.path for one in pairs if one.other and (one.other.folder is None or one.other.stem != one.photo.stem)
    }
    return [one for one in pairs if one.photo.folder is None or one.photo.path not in named]


def _paired(photo: Source, found: Sequence[Source], what: str, where: str) -> Pair:
    """Choose among the masks of a photo's name: one that is called a mask comes before one that is not."""
    fits = [one for one in found if one.path != photo.path]
    fits = [one for one in fits if one.stem != photo.stem] or fits if len(fits) > 1 else fits
    if len(fits) == 1:
        return Pair(photo, fits[0])
    if not fits:
        words = f"no {what} for {photo.name} in {where}"
        return Pair(photo, missing=InputError(words, fix=_FIX.format(what=what)))
    names = _listed([one.name for one in fits])
    return Pair(photo, missing=InputError(f"{len(fits)} {what}s for {photo.name}: {names}", fix="leave one of them"))


def _without(stem: str, what: str) -> str:
    for mark in (f".{what}", f"-{what}", f"_{what}"):
        stem = stem.removesuffix(mark)
    return stem


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
