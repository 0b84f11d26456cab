"""Holes, islands, hulls and outlines."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from preproc import mask
from preproc.errors import InputError

HARD = arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20)), elements=st.sampled_from([0, 255]))
MASKS = HARD | arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20)))


def test_a_hole_is_filled_with_its_soft_rim():
    outer = mask.ellipse((100, 80), (10, 10, 90, 70))
    for rim in (0, 9):
        hole = mask.feather(mask.ellipse((100, 80), (40, 30, 60, 50)), rim)
        assert np.array_equal(mask.fill_holes(mask.subtract(outer, hole)), outer)


def test_a_soft_outside_stays_soft():
    soft = mask.feather(mask.ellipse((100, 80), (30, 25, 70, 55)), 15)
    assert np.array_equal(mask.fill_holes(soft), soft)


def test_holes_by_size():
    m = mask.rectangle((60, 40), (5, 5, 55, 35))
    m[10:13, 10:13] = 0
    m[20:30, 20:30] = 0
    filled = mask.fill_holes(m, max_area_px=9)
    assert (filled[10:13, 10:13] == 255).all()
    assert not filled[20:30, 20:30].any()
    assert np.array_equal(mask.fill_holes(m, max_area_px=8), m)
    assert (mask.fill_holes(m) == mask.rectangle((60, 40), (5, 5, 55, 35))).all()


def test_what_reaches_the_border_is_no_hole():
    cove = mask.rectangle((40, 30), (5, 5, 35, 25))
    cove[10:20, 20:] = 0
    assert np.array_equal(mask.fill_holes(cove), cove)
    corner = np.full((3, 3), 255, np.uint8)
    corner[0, 0] = corner[1, 1] = 0
    assert mask.fill_holes(corner)[1, 1] == 255


def test_the_picture_of_an_outpaint_canvas_is_no_hole():
    ring = np.full((80, 100), 255, np.uint8)
    ring[20:60, 25:75] = 0
    assert np.array_equal(mask.fill_holes(ring), ring)
    ring[5, 5] = 0
    filled = mask.fill_holes(ring)
    assert filled[5, 5] == 255
    assert not filled[20:60, 25:75].any()


@given(HARD)
@settings(max_examples=80, deadline=None)
def test_filling_is_what_a_flood_from_outside_leaves(m):
    if m[[0, -1]].all() and m[:, [0, -1]].all():
        return
    framed = np.pad((m == 0).astype(np.uint8), 1, constant_values=1)
    framed[[0, -1]], framed[:, [0, -1]] = 1, 1
    open_air = (m == 0) & (cv2.connectedComponents(framed, connectivity=4)[1][1:-1, 1:-1] == 1)
    assert np.array_equal(mask.fill_holes(m), np.where(open_air, 0, 255))


def test_islands():
    m = np.zeros((30, 60), np.uint8)
    m[2:12, 2:12] = 255
    m[15:18, 30:33] = 255
    m[20, 50] = m[21, 51] = 255
    m[25, 5] = 120
    dropped = mask.drop_islands(m, min_area_px=2)
    assert dropped[25, 5] == 0
    assert dropped[20, 50] == dropped[21, 51] == 255
    assert np.array_equal(mask.drop_islands(m, min_area_px=0.3), m)
    assert mask.drop_islands(m, min_area_px=10).sum() == 100 * 255
    assert not mask.drop_islands(m, min_area_px=101).any()
    soft = mask.feather(m[:12], 5)
    assert np.array_equal(mask.drop_islands(soft, min_area_px=50), soft)


@given(MASKS, st.floats(0, 60))
@settings(max_examples=60, deadline=None)
def test_dropping_only_takes_away_and_filling_only_adds(m, area):
    kept = m.copy()
    dropped = mask.drop_islands(m, min_area_px=area)
    assert ((dropped == m) | (dropped == 0)).all()
    filled = mask.fill_holes(m, max_area_px=area)
    assert ((filled == m) | (filled == 255)).all()
    assert np.array_equal(m, kept)


def test_a_hull_is_convex_and_as_large_as_the_true_one():
    points = [(20.4, 30.2), (90.7, 12.1), (60, 45), (88.3, 80.9), (30, 70)]
    hull = mask.hull(mask.polygon((110, 95), points))
    truth = mask.polygon((110, 95), list(shapely.MultiPoint(points).convex_hull.exterior.coords)[:-1])
    assert hull.sum() == pytest.approx(truth.sum(), rel=0.02)
    assert abs(hull.astype(int) - truth).sum() / 255 < 0.25 * shapely.MultiPoint(points).convex_hull.length
    assert np.array_equal(mask.hull(mask.rectangle((30, 20), (5, 4, 25, 16))), mask.rectangle((30, 20), (5, 4, 25, 16)))


@given(MASKS)
@settings(max_examples=80, deadline=None)
def test_hulls_hold_the_mask_and_are_their_own(m):
    hull = mask.hull(m)
    assert (hull >= m).all()
    if (m < 128).all():
        assert np.array_equal(hull, m)
    inside = hull > 127
    assert (np.count_nonzero(mask.hull(hull) > 127) - np.count_nonzero(inside)) <= 2 * sum(m.shape)


def test_smoothing_takes_jags_and_keeps_shapes():
    rng = np.random.default_rng(3)
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    radius = 60 + rng.normal(0, 2, 200)
    jagged = mask.polygon((180, 180), np.stack([90 + radius * np.cos(angle), 90 + radius * np.sin(angle)], 1))
    clean = mask.ellipse((180, 180), (30, 30, 150, 150))
    smooth = mask.smooth(jagged, 16)
    assert abs(smooth.astype(int) - clean).sum() < 0.5 * abs(jagged.astype(int) - clean).sum()
    perimeter = sum(cv2.arcLength(c, closed=True) for c in cv2.findContours(mask.binarize(smooth), 1, 1)[0])
    assert perimeter < 1.02 * sum(
        cv2.arcLength(c, closed=True) for c in cv2.findContours(mask.binarize(clean), 1, 1)[0]
    )
    assert mask.smooth(clean, 10).sum() == pytest.approx(clean.sum(), rel=0.01)


def test_smoothing_keeps_straight_edges_and_the_border():
    half = np.zeros((30, 60), np.uint8)
    half[:, :25], half[:, 25] = 255, 100
    smooth = mask.smooth(half, 9)
    assert abs(smooth.astype(int) - half).max() <= 3
    assert (smooth == smooth[0]).all()
    hard = mask.smooth(mask.feather(half, 12, position="centre"), 2)
    assert np.count_nonzero((hard[5] > 0) & (hard[5] < 255)) <= 2


@given(MASKS, st.sampled_from([0, 0.4, 2, 9]))
@settings(max_examples=60, deadline=None)
def test_smoothing_turns_with_the_mask(m, px):
    kept = m.copy()
    smooth = mask.smooth(m, px)
    assert np.array_equal(m, kept)
    assert abs(mask.smooth(np.ascontiguousarray(m.T), px).T.astype(int) - smooth).max() <= 2
    if px == 0:
        assert np.array_equal(smooth, m)


def test_bad_numbers():
    m = np.zeros((5, 5), np.uint8)
    for bad in (-1, math.nan):
        with pytest.raises(InputError):
            mask.fill_holes(m, max_area_px=bad)
        with pytest.raises(InputError):
            mask.drop_islands(m, min_area_px=bad)
        with pytest.raises(InputError):
            mask.smooth(m, bad)
    for level in (0, 255):
        flat = np.full((5, 5), level, np.uint8)
        for same in (
            mask.fill_holes(flat),
            mask.drop_islands(flat, min_area_px=3),
            mask.hull(flat),
            mask.smooth(flat, 4),
        ):
            assert np.array_equal(same, flat)
