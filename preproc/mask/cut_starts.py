"""Where a cut by colours begins: what its first colour models are learned from."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask
from ..errors import InputError
from .mixture import Mixture, settled, split

__all__ = ["Start", "starts"]

_BLUR = 1.0  # sigma in pixels: noise makes no watersheds


class Start(NamedTuple):
    """Colours to begin with, and whether they label the unmarked pixels before they are learned again."""

    background: Mixture
    foreground: Mixture
    cut_first: bool = False


def starts(image: Image, known: Mask, *, boxed: bool) -> list[Start]:
    """Return two beginnings. Each descends to a cut of its own.

    Without scribbles on the object all of the box stands for it. With them they do; the background is then what lies
    outside of the box and what is marked as it, or all that is not marked as object where there is no box: a colour
    that nobody marked is background as a rule. The other beginning floods the picture from the marks.
    """
    ground, marked = known == cv2.GC_BGD, known == cv2.GC_FGD
    likely = marked | (known == cv2.GC_PR_FGD)
    for part, what in ((ground, "background"), (likely, "object")):
        if not part.any():
            raise InputError(
                f"no pixel is left that may be {what}: all of the region are marked as the other",
                fix="mark less of it, or draw the box wider",
            )
    if not marked.any():
        background, foreground = _split(image, ground, likely)
        return [Start(background, foreground), _settled(image, ground, likely)]
    flooded = _flooded(image, ground, marked)
    background, foreground = _split(image, ~flooded, flooded)
    learned = _settled(image, ground if boxed else ~marked, marked)
    return [Start(background, foreground), learned._replace(cut_first=boxed)]


def _split(image: Image, background: NDArray[np.bool_], foreground: NDArray[np.bool_]) -> tuple[Mixture, Mixture]:
    return split(image[background]), split(image[foreground])


def _settled(image: Image, background: NDArray[np.bool_], foreground: NDArray[np.bool_]) -> Start:
    ground, thing = image[background], image[foreground]
    return Start(settled(ground, split(ground)), settled(thing, split(thing)))


def _flooded(image: Image, ground: NDArray[np.bool_], marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what the marks of the object reach before those of the background do, where steps of colour hold back."""
    markers = (marked * 2 + ground).astype(np.int32)
    # OpenCV overwrites the outermost pixels.
    smooth = cv2.GaussianBlur(cv2.copyMakeBorder(image, 1, 1, 1, 1, cv2.BORDER_REPLICATE), (0, 0), _BLUR)
    padded = cv2.copyMakeBorder(markers, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    flooded: NDArray[np.bool_] = cv2.watershed(smooth, padded)[1:-1, 1:-1] == 2
    return flooded
