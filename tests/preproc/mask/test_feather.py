"""A feather has the width it says, in every direction, and leaves the core alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from preproc import mask
from preproc.errors import InputError
from preproc.mask.blur import blur

from .discs import disc

CURVES = ("smooth", "linear", "gaussian")


@pytest.mark.parametrize("width", [4, 9.5, 16, 32, 100])
@pytest.mark.parametrize("curve", ["smooth", "linear"])
def test_the_ramp_follows_the_distance(width, curve):
    drawn, distance = disc(60, width)
    soft = mask.feather(drawn, width, curve=curve)
    t = np.clip(1 - distance / width, 0, 1)
    truth = 255 * (t * t * (3 - 2 * t) if curve == "smooth" else t)
    assert (soft[drawn == 255] == 255).all()
    outside = distance > 0
    # A quarter of a pixel along the steepest part of the ramp.
    assert abs(soft - truth)[outside].max() <= 0.25 * 255 * (1.5 if curve == "smooth" else 1) / width + 1
    assert abs((soft - truth)[outside].mean()) < 0.5


@pytest.mark.parametrize("width", [6, 16, 48, 150])
@pytest.mark.parametrize("curve", CURVES)
def test_the_reach_is_the_width_in_every_direction(width, curve):
    drawn, distance = disc(50, width)
    soft = mask.feather(drawn, width, curve=curve)
    assert soft[distance > width + 0.5].max() == 0
    assert soft[distance < width - 0.25].min() > 0


@pytest.mark.parametrize("width", [33, 100, 128, 129, 200, 400])
@pytest.mark.parametrize("curve", CURVES)
def test_the_reach_of_straight_edges_wherever_they_lie(width, curve):
    for edge in np.linspace(8, 9, 11):
        soft = mask.feather(mask.rectangle((width + 20, 3), (0, 0, edge, 3)), width, curve=curve)
        last = np.flatnonzero(soft[1])[-1] + 0.5 - edge
        assert width - 1 < last < width + 0.5  # the next pixel's middle is beyond half a pixel less than the width
        assert last + 1 > width - 0.5


@pytest.mark.parametrize("width", [16, 32, 64, 128])
@pytest.mark.parametrize("curve", CURVES)
def test_the_last_pixel_of_every_direction(width, curve):
    drawn, distance = disc(30, width)
    reached = mask.feather(drawn, width, curve=curve) > 0
    rows, columns = np.nonzero(reached)
    middle = np.array(reached.shape) / 2
    direction = np.arctan2(rows + 0.5 - middle[0], columns + 0.5 - middle[1])
    sector = ((direction + np.pi) / (2 * np.pi) * 48).astype(int) % 48
    reach = [distance[rows, columns][sector == one].max() for one in range(48)]
    assert min(reach) > width - 0.5
    assert max(reach) < width + 0.5


def rosette(lobes, depth, turn):
    """A wavy outline of 80 px, and its distance from pixels: from points of it 0.2 px apart at most."""
    angle = np.linspace(0, 2 * np.pi, 9000, endpoint=False)
    radius = 80 * (1 + depth * np.sin(lobes * angle + turn))
    outline = np.stack([150.3 + radius * np.cos(angle), 150.1 + radius * np.sin(angle)], axis=1)

    def away(rows, columns):
        centres = np.stack([columns, rows], axis=1) + 0.5
        return np.array([np.hypot(*(outline - centre).T).min() for centre in centres])

    return mask.polygon((300, 300), outline), away


@pytest.mark.parametrize("width", [4, 8, 16, 24, 32])
@pytest.mark.parametrize("lobes", [(7, 0.2, 0.5), (9, 0.25, 1), (13, 0.15, 2)])
def test_the_reach_of_wavy_outlines(width, lobes):
    drawn, away = rosette(*lobes)
    outside = drawn < 128
    reached = mask.feather(drawn, width, curve="linear") > 0
    beside = [np.roll(reached, step, axis) for step in (-1, 1) for axis in (0, 1)]
    last, first = reached & outside & ~np.all(beside, axis=0), ~reached & np.any(beside, axis=0)
    assert away(*np.nonzero(last)).max() <= width + 0.5
    assert away(*np.nonzero(first)).min() >= width - 0.5


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("width", [1, 8, 33.3])
def test_the_core_keeps_its_value(curve, width):
    line = mask.stroke((120, 90), [(20, 20), (100, 70)], width_px=4)
    soft = mask.feather(line, width, curve=curve)
    assert (soft >= line).all()
    assert (soft[line == 255] == 255).all()


def test_exact_values():
    edge = np.zeros((3, 8), np.uint8)
    edge[:, :2] = 255
    assert mask.feather(edge, 4, curve="linear")[1].tolist() == [255, 255, 223, 159, 96, 32, 0, 0]
    assert mask.feather(edge, 4)[1].tolist() == [255, 255, 244, 174, 81, 11, 0, 0]
    edge[:, :6] = 255
    inner = mask.feather(edge, 4, curve="linear", position="inner")[1]
    assert inner.tolist() == [255, 255, 223, 159, 96, 32, 0, 0]
    centre = mask.feather(edge, 4, curve="linear", position="centre")[1]
    assert centre.tolist() == [255, 255, 255, 255, 223, 159, 96, 32]


def test_inner_is_outer_of_what_is_kept():
    drawn, _ = disc(40, 20)
    for curve in CURVES:
        inner = mask.feather(drawn, 16, position="inner", curve=curve)
        assert abs(255 - mask.feather(255 - drawn, 16, curve=curve).astype(int) - inner).max() <= 1
        assert (inner <= drawn).all()


@pytest.mark.parametrize("curve", CURVES)
def test_centre_has_half_on_either_side(curve):
    drawn = mask.polygon((120, 120), [(-50, 20), (170, 60), (170, 200), (-50, 200)])
    rows, columns = np.indices(drawn.shape) + 0.5
    distance = (20 + (columns + 50) * 40 / 220 - rows) * 220 / math.hypot(220, 40)
    soft = mask.feather(drawn, 20, position="centre", curve=curve)
    seen = (rows > 5) & (rows < 100)
    assert soft[seen & (distance < -10.5)].min() == 255
    assert soft[seen & (distance > 10.5)].max() == 0
    assert abs(soft[abs(distance) < 0.1].astype(int) - 127).max() <= 8
    inside, outside = soft[(distance > -10) & (distance < 0)], soft[(distance > 0) & (distance < 10)]
    assert (255 - inside).mean() == pytest.approx(outside.mean(), rel=0.05)


def test_the_border_is_no_edge():
    half = np.zeros((40, 90), np.uint8)
    half[:, :45] = 255
    for curve in CURVES:
        for position in ("outer", "inner", "centre"):
            soft = mask.feather(half, 16, position=position, curve=curve)
            assert (soft == soft[0]).all()
            assert soft[0, 0] == 255


def test_a_soft_mask_keeps_its_ramp():
    drawn, _ = disc(40, 60)
    soft = mask.feather(drawn, 30)
    again = mask.feather(soft, 30)
    assert (again >= soft).all()
    assert abs(again.astype(int) - soft).max() <= 16
    assert np.array_equal(mask.feather(soft, 10), np.maximum(soft, mask.feather(mask.binarize(soft, 255), 10)))


def test_a_weak_mask_stays_weak():
    weak = np.zeros((40, 60), np.uint8)
    weak[10:30, 10:30] = 200
    for curve in CURVES:
        soft = mask.feather(weak, 10, curve=curve)
        assert soft.max() == 200
        assert (np.diff(soft[20, 30:].astype(int)) <= 0).all()
        assert soft[20, 34] > 60


def test_gaussian_is_grow_and_blur():
    drawn, _ = disc(40, 60)
    wide = blur(mask.grow(drawn, 18), 6)
    soft = mask.feather(drawn, 36, curve="gaussian")
    assert np.array_equal(soft[wide > 1], np.maximum(drawn, wide)[wide > 1])
    assert soft[wide <= 1].max() == 1
    assert np.array_equal(mask.feather(drawn, 36, curve="gaussian", position="centre"), blur(drawn, 6))


def test_nothing_to_feather():
    for level in (0, 255):
        flat = np.full((9, 12), level, np.uint8)
        for position in ("outer", "inner", "centre"):
            for curve in CURVES:
                assert np.array_equal(mask.feather(flat, 8, position=position, curve=curve), flat)
    drawn, _ = disc(5, 5)
    assert np.array_equal(mask.feather(drawn, 0), drawn)


def test_wrong_arguments():
    drawn, _ = disc(5, 5)
    for bad in (-1, math.nan, math.inf):
        with pytest.raises(InputError, match="px is"):
            mask.feather(drawn, bad)
    with pytest.raises(InputError, match="'middle'"):
        mask.feather(drawn, 3, position="middle")
    with pytest.raises(InputError, match="'cubic'"):
        mask.feather(drawn, 3, curve="cubic")


SIDES = st.tuples(st.integers(1, 24), st.integers(1, 24))
MASKS = arrays(np.uint8, SIDES) | arrays(np.uint8, SIDES, elements=st.sampled_from([0, 255]))


@given(MASKS, st.sampled_from([0.3, 1, 5, 18.5]), st.sampled_from(CURVES))
@settings(max_examples=120, deadline=None)
def test_outer_never_lowers_and_inner_never_raises(m, width, curve):
    kept = m.copy()
    assert (mask.feather(m, width, curve=curve) >= m).all()
    assert (mask.feather(m, width, curve=curve, position="inner") <= m).all()
    mask.feather(m, width, curve=curve, position="centre")
    assert np.array_equal(m, kept)


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("width", [100, 129, 200, 500])
def test_wide_ramps_reach_as_far_as_asked(curve, width):
    side = width + 80
    for angle in np.radians([0, 11, 37, 60]):
        across, along = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        at = np.array([side, side]) / 2 - across * (width / 2) + 0.3
        corners = [at - 4000 * along, at + 4000 * along, at + 4000 * (along - across), at - 4000 * (along + across)]
        soft = mask.feather(mask.polygon((side, side), corners), width, curve=curve)
        y, x = np.mgrid[:side, :side] + 0.5
        distance = (x - at[0]) * across[0] + (y - at[1]) * across[1]
        seen = np.abs((x - at[0]) * along[0] + (y - at[1]) * along[1]) < side / 5
        assert distance[seen & (soft > 0)].max() < width + 0.5
        assert distance[seen & (soft == 0)].min() > width - 0.5


@pytest.mark.parametrize(("radius", "width"), [(60, 512), (40, 700)])
def test_the_farthest_pixels_of_a_ramp_are_reached_all_round(radius, width):
    side = 2 * (width + radius) + 40
    middle = side / 2 + 0.3
    y, x = np.mgrid[:side, :side] + 0.5
    away = np.hypot(x - middle, y - middle) - radius
    disc = mask.ellipse((side, side), (middle - radius, middle - radius, middle + radius, middle + radius))
    soft = mask.feather(disc, width, curve="linear")
    assert (soft[away < width - 0.5] > 0).all()
    assert (soft[away > width + 0.5] == 0).all()
