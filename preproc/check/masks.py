"""Say what is wrong with a mask before it is paid for."""

from __future__ import annotations

from typing import Any

import numpy as np
import PIL.Image

from preproc.arrays import Mask, size_of_array
from preproc.files import ImageSource, load_mask, size_of

from .polarity import Intent, against_reference
from .report import Finding, Report

__all__ = ["mask"]


def mask(
    picture: PIL.Image.Image | ImageSource,
    image: PIL.Image.Image | ImageSource | None = None,
    *,
    intent: Intent | None = None,
    reference: Any = None,
) -> Report:
    """Check a mask.

    Examples
    --------
    >>> import numpy as np
    >>> print(mask(np.zeros((64, 96), np.uint8)))
    error: the mask is empty: nothing would be edited [empty]
    """
    values = load_mask(picture)
    findings = [*_size(values, image), *_coverage(values)]
    if reference is not None:
        found = against_reference(values, reference)
        if found is not None:
            findings.append(found)
    elif not any(finding.code in {"empty", "full"} for finding in findings):
        findings.append(
            Finding(
                "polarity-undecided",
                "info",
                "nothing declares where the edit is meant to be, so whether white and black are swapped is not checked",
                fix="check.mask(m, image, reference=box_or_mask)",
            )
        )
    return Report(findings, values)


def _size(values: Mask, image: PIL.Image.Image | ImageSource | None) -> list[Finding]:
    if image is None:
        return []
    mine, wanted = size_of_array(values), size_of(image)
    if mine == wanted:
        return []
    return [
        Finding(
            "size-mismatch",
            "error",
            f"the mask is {mine}, the image {wanted}",
            fix=f"mask.resize(m, ({wanted.width}, {wanted.height}))",
            value=mine,
        )
    ]


def _coverage(values: Mask) -> list[Finding]:
    if not values.any():
        return [Finding("empty", "error", "the mask is empty: nothing would be edited")]
    if (values == 255).all():
        return [Finding("full", "error", "the mask is full: everything would be edited", fix="mask.invert(m)")]
    between = np.count_nonzero((values > 0) & (values < 255)) / values.size
    if between > 0.5:
        return [Finding("values", "warning", f"{between:.0%} of the values lie between keep and edit", value=between)]
    return []
