"""The shape of a mask: holes, islands, thin parts, the border, and how much there is."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from preproc import check, mask

from .findings import finding


def test_holes_and_islands_are_mended_by_their_fix(disc):
    spoiled = disc.copy()
    spoiled[50:52, 70:73] = 0
    spoiled[60, 60] = 0
    spoiled[5:8, 5:8] = 255
    report = check.mask(spoiled)
    assert finding(report, "holes").value == (2, 7)
    assert finding(report, "islands").value == (1, 9)
    mended = spoiled
    for code in ("holes", "islands"):
        mended = eval(finding(report, code).fix, {"mask": mask, "m": mended})
    assert np.array_equal(mended, disc)


def test_an_island_with_a_faint_rim_goes_by_its_fix(disc):
    spoiled = disc.copy()
    spoiled[2:15, 2:15] = 100
    spoiled[8, 8] = 255
    found = finding(check.mask(spoiled), "islands")
    assert found.value == (1, 1)
    assert np.array_equal(mask.drop_islands(spoiled, min_area_px=float(found.fix.split("=")[1][:-1])), disc)
    soft = mask.feather(disc, 40, curve="linear")
    soft[55, 125] = 140  # a peak of the same part
    assert "islands" not in check.mask(soft).codes


def test_an_island_in_jpeg_noise_goes_by_its_fix(disc):
    spoiled = disc.copy()
    spoiled[53:57, 30:34] = 255
    file = io.BytesIO()
    PIL.Image.fromarray(spoiled).save(file, "JPEG", quality=50)
    m = np.asarray(PIL.Image.open(file))
    found = finding(check.mask(m), "islands")
    assert found.fix.startswith("mask.drop_islands(mask.clean(m), min_area_px=")
    assert "islands" not in check.mask(eval(found.fix, {"mask": mask, "m": m})).codes


def test_an_outpaint_ring_has_no_hole():
    ring = np.full((100, 120), 255, np.uint8)
    ring[20:80, 30:90] = 0
    assert "holes" not in check.mask(ring, intent="outpaint").codes


def test_thin_parts_and_how_much_of_them_a_grid_loses():
    line = mask.stroke((512, 512), [(40, 60), (470, 300)], width_px=4)
    found = finding(check.mask(line), "thin-parts")
    by_8, by_16 = found.value
    assert 0.4 < by_8 < by_16 <= 1
    edited = line > 127
    kept = np.kron(edited[::8, ::8], np.ones((8, 8), bool))
    assert by_8 == pytest.approx(1 - np.count_nonzero(kept & edited) / edited.sum())
    assert finding(check.mask(line, cell=8), "thin-parts").value == (by_8,)
    assert "thin-parts" not in check.mask(mask.snap(line, 16)).codes
    assert "thin-parts" not in check.mask(line, cell=1).codes
    whisker = mask.union(mask.ellipse((512, 512), (100, 100, 420, 420)), line)
    assert "thin-parts" in check.mask(whisker).codes
    assert "thin-parts" not in check.mask(mask.ellipse((512, 512), (100, 100, 420, 420))).codes


def test_border_and_coverage(disc):
    half = np.zeros((120, 160), np.uint8)
    half[:, :80] = 255
    assert finding(check.mask(half), "touches-border").value == ("left", "top", "bottom")
    dot = np.zeros((400, 400), np.uint8)
    dot[200:206, 200:206] = 255
    assert "coverage-low" in check.mask(dot).codes
    assert "coverage-high" in check.mask(255 - dot).codes
    most = mask.rectangle((100, 100), (3, 3, 97, 97))
    assert "coverage-high" in check.mask(most, intent="object").codes
    assert "coverage-high" not in check.mask(most).codes


def test_nearly_all_is_named():
    m = np.full((200, 300), 255, np.uint8)
    m[:6] = m[-6:] = 0
    assert "coverage-high" in check.mask(m).codes
