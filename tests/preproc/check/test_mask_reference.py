"""What a reference decides: a box, or an earlier mask, where the edit is meant to be."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from preproc import check, mask

from .polarity_cases import DECIDED, INVERTED, verdict


def test_a_declared_box_names_both_coverages_and_the_call():
    m = np.zeros((60, 80), np.uint8)
    m[:, 40:] = 255
    report = check.mask(m, reference=(0, 0, 40, 60))
    (found,) = [finding for finding in report.findings if finding.code == "inverted"]
    assert found.value == (0.0, 1.0)
    assert "0.0%" in found.message
    assert "100.0%" in found.message
    assert found.fix == "mask.invert(m)"
    assert check.mask(mask.invert(m), reference=(0, 0, 40, 60)).ok


def test_nothing_is_inverted_silently():
    m = np.zeros((60, 80), np.uint8)
    m[:, 40:] = 255
    report = check.mask(m, reference=(0, 0, 40, 60))
    mended, done, left = report.fixed()
    assert np.array_equal(mended, m)
    assert not done
    assert [finding.code for finding in left] == ["inverted"]


def test_a_small_mask_elsewhere_is_misplaced():
    m = np.zeros((100, 100), np.uint8)
    m[80:90, 80:90] = 255
    report = check.mask(m, reference=(0, 0, 50, 50))
    assert "misplaced" in report.codes
    assert not report.ok


def test_a_previous_mask_is_a_reference_in_any_form(tmp_path):
    before = mask.ellipse((90, 70), (10, 10, 60, 50))
    cv2.imwrite(str(tmp_path / "before.png"), before)
    after = mask.grow(before, 4)
    assert DECIDED in check.mask(after, reference=tmp_path / "before.png").codes
    assert INVERTED in check.mask(255 - after, reference=before > 127).codes


def test_a_reference_decides_soft_and_faint():
    m = mask.ellipse((90, 70), (10, 10, 60, 50))
    for reference in (mask.feather(m, 20), m // 4, (m > 127)):
        assert "polarity-confirmed" in check.mask(m, reference=reference).codes
        assert "inverted" in check.mask(255 - m, reference=reference).codes
    # Most of the canvas is declared, and the mask is what is left of it.
    assert (
        "inverted"
        in check.mask(
            mask.rectangle((90, 70), (40, 30, 48, 38)), reference=255 - mask.rectangle((90, 70), (40, 30, 48, 38))
        ).codes
    )
    for nothing in (m * 0, m * 0 + np.uint8(255)):
        (found,) = [found for found in check.mask(m, reference=nothing).findings if found.code == "polarity-undecided"]
        assert "another reference" in found.message


def test_a_loose_box_around_a_large_subject_decides_nothing():
    nearly = np.zeros((200, 200), np.uint8)
    nearly[::2] = 255
    nearly[:8, :100] = 255
    for one in (nearly, 255 - nearly):
        codes = {finding.code for finding in check.mask(one, reference=(0, 0, 100, 200)).findings}
        assert "polarity-undecided" in codes
        assert not codes & {"inverted", "polarity-confirmed"}


@pytest.mark.parametrize("box", [(0, 0, 300, 185), (6, 6, 294, 188), (0, 4, 300, 196)])
def test_a_box_that_cuts_a_large_subject_says_nothing(box):
    m = mask.polygon((300, 200), [(90, 30), (210, 30), (299, 200), (1, 200)])
    assert verdict(m, None, reference=box) == verdict(255 - m, None, reference=box) == "polarity-undecided"
    whole = mask.ellipse((300, 200), (12, 10, 288, 190))
    assert verdict(whole, None, reference=(9, 8, 291, 192)) == DECIDED
    assert verdict(255 - whole, None, reference=(9, 8, 291, 192)) == INVERTED


def test_nearly_everything_edited_beside_a_small_box_confirms_nothing():
    m = mask.rectangle((200, 200), (20, 20, 26, 26))
    box = (120, 120, 130, 130)
    assert "misplaced" in check.mask(m, reference=box).codes
    assert verdict(255 - m, None, reference=box) == "polarity-undecided"
    assert verdict(255 - m, None, reference=box, intent="object") == INVERTED
    assert verdict(255 - m, None, reference=box, intent="background") == DECIDED
