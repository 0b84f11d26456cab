"""Polarity: right masks are never called inverted, inverted ones never right; what cannot be told is said to be so."""

from __future__ import annotations

import pytest

from preproc import check

from .polarity_cases import DECIDED, KINDS, assert_never_wrong, case, verdict


@pytest.mark.parametrize("kind", KINDS)
def test_no_wrong_verdict(kind):
    assert_never_wrong(kind, range(8))


def test_canvas_counts_only_for_outpaint():
    c = case("outpaint-flat", 3)
    assert verdict(255 - c.right, c.image) == "polarity-undecided"
    assert verdict(255 - c.right, c.image, intent="object") in {DECIDED, "polarity-undecided"}


def test_canvas_against_the_declared_region_is_a_conflict():
    c = case("outpaint-flat", 1)
    report = check.mask(c.right, c.image, intent="outpaint", reference=255 - c.right)
    assert {"inverted", "polarity-conflict"} <= set(report.codes)
