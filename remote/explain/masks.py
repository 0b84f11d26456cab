"""Which argument takes the mask, and what its white means."""

from __future__ import annotations

from ..catalog.facts import Spec
from .lines import Line

__all__ = ["explain_mask", "polarity"]


def explain_mask(spec: Spec, /) -> list[Line]:
    """Say where the mask goes, what its white means, and why that is believed."""
    mask = spec.mask
    if mask is None:
        return []
    words = [f"{mask.field}: {polarity(spec)} ({mask.evidence})"]
    if mask.white_is_edit is False:
        words.append("white stays what is edited here: a plan inverts it for this endpoint")
    if mask.white_is_edit is None:
        words.append("a plan sends white as edited, with a warning")
    if mask.risk:
        words.append("the evidence contradicts itself: worth a cheap trial first")
    if mask.must_equal_image_size:
        words.append("it has to be of the picture's size")
    return [Line("mask", "; ".join(words))]


def polarity(spec: Spec, /) -> str:
    """Say what is edited; empty where there is no mask."""
    if spec.mask is None:
        return ""
    return {True: "white is edited", False: "black is edited", None: "polarity unknown"}[spec.mask.white_is_edit]
