"""Noise goes, edges and ramps stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from preproc import mask
from preproc.errors import InputError
from preproc.mask.specks import specks, without_specks


def shapes():
    angle = np.arange(10) * np.pi / 5 + 0.1
    radius = np.where(np.arange(10) % 2, 220, 90)
    star = mask.polygon((512, 512), np.stack([256 + radius * np.cos(angle), 256 + radius * np.sin(angle)], 1))
    disc = mask.ellipse((512, 512), (153.6, 153.6, 358.4, 358.4))
    return {"star": star, "hard star": mask.binarize(star), "disc": disc, "hard disc": mask.binarize(disc)}


@pytest.mark.parametrize("quality", [60, 75, 85, 95])
@pytest.mark.parametrize("name", ["star", "hard star", "disc", "hard disc"])
def test_a_jpeg_mask_gets_its_bounds_back(name, quality):
    m = shapes()[name]
    noisy = cv2.imdecode(cv2.imencode(".jpg", m, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE)
    cleaned = mask.clean(noisy)
    true, found = mask.bounds(m, threshold=1), mask.bounds(cleaned, threshold=1)
    assert max(abs(a - b) for a, b in zip(true, found, strict=True)) <= 1
    stray = np.count_nonzero((noisy > 0) & (m == 0))
    assert np.count_nonzero((cleaned > 0) & (m == 0)) < 0.3 * stray
    assert np.count_nonzero(cleaned == 255) >= 0.98 * np.count_nonzero(m == 255)


def test_true_edges_and_ramps_stay():
    disc = shapes()["disc"]
    for m in (
        disc,
        mask.binarize(disc),
        mask.feather(disc, 4),
        mask.feather(disc, 24),
        mask.feather(disc, 12, position="centre", curve="gaussian"),
        mask.stroke((200, 200), [(20, 20), (180, 120)], width_px=1),
    ):
        assert abs(mask.clean(m).astype(int) - m).max() <= 2


def test_a_faint_part_far_from_any_edge_stays():
    m = shapes()["disc"]
    m[20:80, 20:80] = 60
    assert (mask.clean(m)[20:80, 20:80] == 60).all()


def test_almost_black_and_white():
    m = np.full((9, 9), 3, np.uint8)
    m[3:6, 3:6] = 251
    cleaned = mask.clean(m, noise=4)
    assert not cleaned[0].any()
    assert (cleaned[3:6, 3:6] == 255).all()
    assert np.array_equal(mask.clean(np.array([[0, 2, 3, 252, 253, 255]], np.uint8)), [[0, 0, 3, 252, 255, 255]])
    for bad in (-1, 101):
        with pytest.raises(InputError, match="noise"):
            mask.clean(m, noise=bad)


@given(arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20))), st.integers(0, 100))
@settings(max_examples=40, deadline=None)
def test_values_stay_or_go_to_an_end(m, noise):
    kept = m.copy()
    cleaned = mask.clean(m, noise=noise)
    assert ((cleaned == m) | (cleaned == 0) | (cleaned == 255)).all()
    assert np.array_equal(cleaned > 127, m > 127)
    assert np.array_equal(m, kept)
    assert np.array_equal(mask.clean(255 - m, noise=noise), 255 - cleaned)


def test_specks_are_taken_out_and_the_longest_feather_stays():
    disc = shapes()["disc"]
    soft = mask.feather(disc, 60, curve="linear")
    for m in (disc, soft):
        dirty = m.copy()
        dirty[2:5, 2:30] = 1, *range(1, 20), *[20] * 8
        assert np.array_equal(mask.clean(dirty), mask.clean(m))
        assert mask.bounds(dirty) == mask.bounds(m) == mask.bounds(m, threshold=1)
        dirty[3, 20] = 21
        assert mask.clean(dirty)[3, 20] == 21
        assert np.array_equal(mask.clean(255 - dirty), 255 - mask.clean(dirty))
    assert np.array_equal(without_specks(soft), soft)
    assert without_specks(np.full((3, 3), 20, np.uint8)).all()


def drawn(number):
    """One of many small shapes, anti-aliased or feathered, some of them over the canvas border."""
    rng = np.random.default_rng(number)
    side = int(rng.integers(60, 260))
    if number % 3 == 0:
        angle, radius = np.sort(rng.uniform(0, 2 * np.pi, 5)), rng.uniform(4, side / 2, 5)
        at = rng.uniform(0, side, 2)
        ring = np.stack([at[0] + radius * np.cos(angle), at[1] + radius * np.sin(angle)], axis=1)
        m = mask.polygon((side, side), ring)
    elif number % 3 == 1:
        (x, y), (across, along) = rng.uniform(3, side - 3, 2), rng.uniform(2, side / 2, 2)
        m = mask.ellipse((side, side), (x - across, y - along, x + across, y + along))
    else:
        m = mask.stroke((side, side), rng.uniform(0, side, (3, 2)), width_px=rng.uniform(1, 9))
    width = [0, 1, 0, 2, 4, 8][number // 3 % 6]
    return mask.feather(m, width, position=["outer", "inner", "centre"][number % 7 % 3]) if width else m


def test_clean_masks_stay_as_they_are():
    for noise in (0, 2):
        changed = []
        for number in range(300):
            m = drawn(number)
            levelled = np.where(m <= noise, 0, np.where(m >= 255 - noise, 255, m)).astype(np.uint8)
            speck = specks(levelled)  # slivers of a few levels are noise by what they are
            differs = mask.clean(m, noise=noise) != levelled
            if (differs if speck is None else differs & ~speck).any():
                changed.append(number)
        assert not changed


def test_crumbs_of_the_same_masks_go():
    stray, left = 0, 0
    for number in range(0, 300, 4):
        m = drawn(number)
        near = cv2.dilate(m, np.ones((3, 3), np.uint8)) > 0
        for quality in (75, 90):
            dirty = cv2.imdecode(cv2.imencode(".jpg", m, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE)
            cleaned = mask.clean(dirty)
            assert not (cleaned[dirty == 0]).any()
            stray += np.count_nonzero((dirty > 0) & ~near)
            left += np.count_nonzero((cleaned > 0) & ~near)
    assert left <= 0.02 * stray


def test_cleaning_twice_changes_nothing():
    """Crumbs of an enlarged JPEG reach farther than one block."""
    m = mask.union(
        mask.ellipse((240, 160), (60, 40, 150, 120)), mask.rectangle((240, 160), (120.5, 60.5, 190.5, 110.5))
    )
    dirty = cv2.imdecode(cv2.imencode(".jpg", m, [cv2.IMWRITE_JPEG_QUALITY, 70])[1], cv2.IMREAD_GRAYSCALE)
    cleaned = mask.clean(cv2.resize(dirty, (300, 200)))
    assert np.array_equal(mask.clean(cleaned), cleaned)


@pytest.mark.parametrize("quality", [50, 60, 75])
def test_crumbs_on_thin_lines_and_dots_go_and_these_stay(quality):
    """JPEG leaves less than a full step of them, and crumbs that touch them are no ramp."""
    m = mask.union(
        mask.stroke((160, 120), [(10.3, 100.2), (140.6, 20.7)], width_px=1),
        mask.stroke((160, 120), [(20.2, 10.4), (60.4, 90.1)], width_px=1.5),
        mask.ellipse((160, 120), (120, 80, 122.5, 82.5)),
    )
    near = cv2.dilate(m, np.ones((3, 3), np.uint8)) > 0
    dirty = cv2.imdecode(cv2.imencode(".jpg", m, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE)
    cleaned = mask.clean(dirty)
    stray = np.count_nonzero((dirty > 2) & ~near)
    assert np.count_nonzero((cleaned > 0) & ~near) <= 0.02 * stray
    assert not ((m >= 64) & (dirty >= 32) & (cleaned == 0)).any()
