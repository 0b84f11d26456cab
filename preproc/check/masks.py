"""Say what is wrong with a mask before it is paid for."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import PIL.Image

from ..arrays import Mask
from ..files import ImageSource, Photo, size_of
from ..mask import binarize
from ..mask.arguments import as_choice, as_whole
from .fit import fit, fitted, turned_alike
from .forms import receive
from .islands import islands
from .levels import label_map, photo_levels, stored_call
from .parts import parts
from .planes import decided
from .polarity import Intent, polarity
from .report import Finding, Report
from .values import Edge, cleaned_call, edges, extent, halfway, values

__all__ = ["mask"]


# The size that ComfyUI gives to the mask of a picture that has none.
_DUMMY = (64, 64)
# Masks that no operation takes as they are.
_UNREADABLE = {
    "zero-one",
    "wrong-scale",
    "sixteen-bit",
    "alpha-only",
    "premultiplied",
    "alpha",
    "colour",
    "unreadable",
    "faint",
    "labels",
}


def mask(
    picture: PIL.Image.Image | ImageSource,
    /,
    image: PIL.Image.Image | ImageSource | None = None,
    *,
    intent: Intent | None = None,
    reference: PIL.Image.Image | ImageSource | tuple[float, float, float, float] | None = None,
    edge: Edge | None = None,
    cell: int | None = None,
) -> Report:
    """Look at a mask as a careful colleague would, and say what is wrong and how to mend it.

    Parameters
    ----------
    picture
        The mask, in whatever form it is about to be used: the form itself is checked too.
    image
        The picture it belongs to; size, orientation and canvas are compared with it.
    intent
        What the edit is: an ``"object"`` that the kept picture surrounds, the ``"background"`` that surrounds what is
        kept, or ``"outpaint"``: new canvas around a picture.
    reference
        Where the edit is meant to be: a box `(left, top, right, bottom)`, half-open, in the image's pixels, or a mask,
        of an earlier step say.
    edge
        ``"hard"`` where only 0 and 255 are allowed, ``"soft"`` where a feathered edge is meant. None accepts both.
    cell
        Side in px of the endpoint's latent cell. None tries 8 and 16.

    Returns
    -------
    Report
        Its findings' codes:

        - how it arrived: ``one-bit``, ``palette``, ``gray-alpha``, ``sixteen-bit``, ``bool``, ``float``, ``integer``,
          ``cmyk``, ``jpeg``; ``alpha-only``, ``premultiplied``, ``alpha``, ``colour``, ``unreadable``
        - against the image: ``size-mismatch``, ``transposed``, ``exif-rotated``, ``exif-turn``
        - scale: ``zero-one``, ``wrong-scale``
        - values: ``empty``, ``dummy``, ``full``, ``faint``, ``labels``, ``photo``, ``almost-black``, ``almost-white``,
          ``jpeg-ringing``, ``specks``, ``soft``, ``soft-edge``, ``hard-edge``
        - shape: ``holes``, ``islands``, ``thin-parts``, ``touches-border``, ``coverage-low``, ``coverage-high``
        - polarity: ``inverted``, ``misplaced``, ``polarity-conflict``, ``polarity-confirmed``, ``polarity-undecided``

    Raises
    ------
    FileFormatError
        For files that are no picture.
    InputError
        For a reference that is neither box nor mask, or an unknown intent or edge.
    ShapeError
        If the reference is a mask of another size.

    Notes
    -----
    Whether white and black are swapped cannot be seen from a mask, so what is declared decides, and what is seen is
    its evidence. With a `reference` white must be denser inside it than outside; that decides every case, and it is
    asked first. An `intent` alone is decided by the form:

    - ``"object"``: black must surround white. Which part surrounds the other is told, in this order, by a canvas
      border of one value; by a body that fills both lower corners and rises clear of both upper ones, with a neck (its
      outline doubles back on both sides) or as a high, full dome; by all four corners with most of the border; where
      one line cuts the canvas in two, by the side it bulges into (the area between it and its chord); where several
      do, by most of the border, if it is clear.
    - ``"background"``: the same with white as the surroundings.
    - ``"outpaint"``: white must be the new canvas. It is transparent; or what lies round the picture's rectangle; or,
      with one side extended, canvas in `image` that is flat, repeats the picture's border, or mirrors the picture,
      where noise, lossy files and resizing leave that to be seen.

    What an intent cannot decide is said to be undecided, with the call that decides it (`reference`). Under
    ``"object"`` and ``"background"`` that is: a cut from side to side at any angle, straight, wobbly or rough, which
    looks the same both ways; horizons, skylines, hills, single peaks and towers, and valleys, which are cut off by the
    canvas as a body may be; a body without a neck that fills both lower corners and rises less than a quarter of the
    canvas' width above where it leaves the canvas, or more as a hill does; a part in one corner that is neither
    rectangle nor round patch nor bulges far out of it; a body that touches the canvas on all sides, unless it bulges
    into all four corners; one that holds about half of the border, or cuts what is round it to pieces. Under
    ``"outpaint"``: a picture extended on one side, without `image`, or with a canvas that is neither transparent, flat,
    repeated nor mirrored; one larger than its picture; a picture as even as its canvas that takes a third of it or more.

    Nothing is ever inverted by itself, not by `Report.fixed` either.

    Examples
    --------
    >>> import numpy as np
    >>> m = np.zeros((96, 96), np.uint8)
    >>> m[:, 64:] = 255
    >>> print(mask(m, reference=(0, 0, 48, 96)))
    error: the mask is inverted: white covers 0.0% of the declared edit region and
        66.7% of the rest [inverted]
      fix: mask.invert(m)
    info: the mask touches the canvas border (top, right, bottom): nothing of the
        image is known beyond it [touches-border]
    """
    if intent is not None:
        as_choice(intent, ("object", "background", "outpaint"), "check.mask: intent")
    if edge is not None:
        as_choice(edge, ("hard", "soft"), "check.mask: edge")
    if cell is not None:
        cell = as_whole(cell, "check.mask: cell, a side in px,", least=1)
    if isinstance(reference, np.ndarray) and reference.ndim == 1:
        reference = tuple(reference.tolist())  # a box
    arrival = receive(picture)
    misfits = [] if arrival.size is None or image is None else fit(arrival.size, image)
    if arrival.alpha is not None and reference is not None:
        alpha = arrival.alpha
        said = _told(alpha, photo=None, intent=intent, reference=reference, misfits=misfits, image=image)[0].code
        if said in {"polarity-confirmed", "inverted"}:
            read, found, _ = decided(arrival.findings[0], alpha, opaque=said == "polarity-confirmed")
            arrival = arrival._replace(mask=read, findings=[found, *arrival.findings[1:]])
    labels = None if arrival.mask is None else label_map(arrival.mask, call=stored_call(picture, arrival.findings))
    findings = [*arrival.findings, *([] if labels is None else [labels]), *misfits]
    if arrival.size is not None and image is not None:
        findings += turned_alike(arrival.size, image)
    # A box lies in the image's pixels.
    fits = not misfits and arrival.size != _DUMMY
    if arrival.mask is None:
        return Report(_readable_first(findings, fits=fits), subject="mask")
    if labels is not None:
        return Report(_readable_first(findings, fits=fits), arrival.mask, "mask")
    looked_at, missing = arrival.mask, extent(arrival.mask)
    findings += missing
    if missing and missing[0].code == "faint":
        looked_at = binarize(arrival.mask, halfway(int(arrival.mask.min()), int(arrival.mask.max())))
        missing = extent(looked_at)
    if missing:
        return Report(_readable_first(findings, fits=fits), arrival.mask, "mask")
    photo = Photo.open(image) if intent == "outpaint" and image is not None else None
    told = _told(looked_at, photo=photo, intent=intent, reference=reference, misfits=misfits, image=image)
    noisy, tidy = values(looked_at, lossy="jpeg" in {finding.code for finding in arrival.findings})
    cell = None if cell is None else min(cell, max(looked_at.shape))
    call = cleaned_call(noisy)
    lone, call, source = islands(looked_at, tidy, call)
    # What spreads comes last: by then there are no specks to be spread.
    findings += [*told, *photo_levels(looked_at), *noisy, *lone]
    findings += parts(looked_at, intent, cell, told[0].code, source=source, call=call)
    findings += edges(looked_at, edge, tidy=tidy, source=source, call=call)
    return Report(_readable_first(findings, fits=fits), arrival.mask, "mask")


def _told(
    mask: Mask, *, photo: Photo | None, intent: Intent | None, reference: Any, misfits: list[Finding], image: Any
) -> list[Finding]:
    """Ask for the polarity where the mask lies once it fits its image: that is what a reference is given for."""
    if not misfits or (reference is None and intent not in {"object", "background"}):
        return polarity(mask, photo, intent, reference)
    if reference is not None and not isinstance(reference, (tuple, list)) and size_of(reference) == size_of(mask):
        return polarity(mask, photo, intent, reference)
    wanted = size_of(image)
    told = [polarity(each, None, intent, reference) for each in fitted(mask, misfits[0], wanted)]
    if told and len({found[0].code for found in told}) == 1:
        return told[0]
    if reference is None and not told:
        return polarity(mask, None, intent, None)
    words = (
        f"whether white and black are swapped is undecided: the mask is {size_of(mask)} and the image {wanted}, so it is "
        "not known what of it lies in the declared region; once it fits, it is decided"
    )
    return [Finding("polarity-undecided", "info", words, misfits[0].fix)]


def _readable_first(findings: list[Finding], *, fits: bool) -> list[Finding]:
    """Let every call begin with what makes the mask readable, where it is not: it is run on the mask as it came."""
    source, note, mended = "m", "", []
    for finding in findings:
        fix, first = finding.fix, finding.code in _UNREADABLE and finding.level == "error"
        if fix is not None and finding.code != "palette":
            call, mark, advice = fix.partition("  # ")
            call = call if fits else call.replace("mask.rectangle(m, box)", "mask.rectangle(image, box)")
            call = re.sub(r"\bm\b(?![.\"])", source, call)
            fix = call + (mark + advice or note)
            source, note = (call, mark + advice) if first else (source, note)
        mended.append(replace(finding, fix=fix))
    return mended
