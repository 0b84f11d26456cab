"""Growing and shrinking are Euclidean, finer than a pixel, and monotone."""

from __future__ import annotations

import itertools
import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from preproc import mask
from preproc.errors import InputError

RADII = (0.5, 3, 10.5, 25, 200)


def disc(radius, margin, shift=(0.0, 0.0)):
    side = 2 * math.ceil(radius + margin) + 12
    x, y = side / 2 + shift[0], side / 2 + shift[1]
    return mask.ellipse((side, side), (x - radius, y - radius, x + radius, y + radius))


def area(m):
    return m.sum(dtype=np.int64) / 255


@pytest.mark.parametrize("px", RADII)
@pytest.mark.parametrize("radius", [12, 40.3, 100])
@pytest.mark.parametrize("shift", [(0, 0), (0.3, 0.45)], ids=["on the grid", "off the grid"])
def test_a_disc_grows_to_the_disc_around_it(px, radius, shift):
    grown = mask.grow(disc(radius, px, shift), px)
    assert area(grown) == pytest.approx(math.pi * (radius + px) ** 2, rel=0.005)


@pytest.mark.parametrize("px", [0.5, 3, 10.5, 25])
def test_a_disc_shrinks_to_the_disc_inside_it(px):
    shrunk = mask.shrink(disc(40.3, 4, (0.3, 0.45)), px)
    assert area(shrunk) == pytest.approx(math.pi * (40.3 - px) ** 2, rel=0.01)


def test_a_hard_disc_too():
    hard = mask.binarize(disc(60, 30))
    for px in (3, 10.5, 25):
        assert area(mask.grow(hard, px)) == pytest.approx(math.pi * (60 + px) ** 2, rel=0.01)


@pytest.mark.parametrize("angle", range(0, 91, 5))
def test_the_reach_is_the_same_in_every_direction(angle):
    """Along the ray from the middle of a slanted edge."""
    centre, half, px = 150.2, 60, 16
    across = np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
    along = np.array([-across[1], across[0]])
    corners = [centre + half * (u * across + v * along) for u, v in ((1, 1), (-1, 1), (-1, -1), (1, -1))]
    grown = mask.grow(mask.polygon((300, 300), corners), px).astype(np.float64) / 255
    steps = np.arange(half - 5, half + 40, 0.05)
    ray = centre + steps[:, np.newaxis] * across - 0.5
    samples = cv2.remap(grown, ray[:, 0].astype(np.float32), ray[:, 1].astype(np.float32), cv2.INTER_LINEAR)
    reach = half - 5 + samples.sum() * 0.05 - half
    assert reach == pytest.approx(px, abs=0.15)


def test_the_edge_is_one_pixel_wide():
    grown = mask.grow(disc(40.3, 10, (0.3, 0.45)), 10)
    between = np.count_nonzero((grown > 0) & (grown < 255))
    assert between == pytest.approx(2 * math.pi * 50.3, rel=0.1)


def test_exact_values_of_a_straight_edge():
    edge = np.zeros((5, 8), np.uint8)
    edge[:, :2], edge[:, 2] = 255, 51
    assert mask.grow(edge, 3)[2].tolist() == [255, 255, 255, 255, 255, 51, 0, 0]
    assert mask.grow(edge, 2.3)[2].tolist() == [255, 255, 255, 255, 128, 0, 0, 0]
    assert mask.grow(edge, 0.25)[2].tolist() == [255, 255, 114, 0, 0, 0, 0, 0]
    assert mask.shrink(edge, 1)[2].tolist() == [255, 51, 0, 0, 0, 0, 0, 0]
    assert mask.shrink(edge, 2.2)[2].tolist() == [0] * 8


def test_nothing_to_move():
    for nothing in (np.zeros((7, 9), np.uint8), np.full((7, 9), 255, np.uint8), disc(3, 2)):
        assert np.array_equal(mask.grow(nothing, 0), nothing)
        assert np.array_equal(mask.shrink(nothing, 0), nothing)
    for level in (0, 255):
        flat = np.full((7, 9), level, np.uint8)
        assert np.array_equal(mask.grow(flat, 5), flat)
        assert np.array_equal(mask.shrink(flat, 5), flat)


def test_the_canvas_border_is_no_edge():
    half = np.zeros((40, 60), np.uint8)
    half[:, :30] = 255
    shrunk = mask.shrink(half, 4)
    assert (shrunk[:, :26] == 255).all()
    assert not shrunk[:, 26:].any()
    grown = mask.grow(half, 4)
    assert (grown[:, :34] == 255).all()
    assert not grown[:, 34:].any()


def test_shrinking_undoes_growing():
    shape = disc(30, 12)
    assert abs(mask.shrink(mask.grow(shape, 8), 8).astype(int) - shape).max() <= 51


def test_thin_parts_go_and_gaps_close():
    line = mask.stroke((80, 60), [(10, 30), (70, 30)], width_px=6)
    assert not mask.shrink(line, 3.6).any()
    assert mask.shrink(line, 2.5).any()
    pair = mask.union(mask.rectangle((80, 60), (10, 10, 30, 50)), mask.rectangle((80, 60), (36, 10, 60, 50)))
    assert (mask.grow(pair, 3.5)[20:40, 20:50] == 255).all()


def test_ratio_is_of_the_diagonal_of_the_box():
    shape = mask.rectangle((200, 200), (70, 60, 130, 140))
    assert np.array_equal(mask.grow(shape, ratio=0.1), mask.grow(shape, 10))
    assert np.array_equal(mask.shrink(shape, ratio=0.05), mask.shrink(shape, 5))
    empty = np.zeros((5, 5), np.uint8)
    assert not mask.grow(empty, ratio=0.5).any()


def test_a_soft_mask_keeps_its_ramp():
    soft = mask.feather(disc(30, 60), 20)
    grown = mask.grow(soft, 12.5)
    row = len(soft) // 2
    profile, moved = soft[row, row:].astype(int), grown[row, row:].astype(int)
    shifted = (profile[:-12] + np.concatenate([[255], profile[:-13]])) / 2
    assert abs(moved[12:] - shifted).max() <= 1
    y, x = np.indices(soft.shape) - row + 0.5
    radius = np.hypot(x, y)
    truth = np.interp(radius - 12.5, radius[row, row:], profile)
    outside = radius > 45
    assert abs(grown - truth)[outside].max() <= 6
    assert abs((grown - truth)[outside].mean()) < 1
    back = mask.shrink(mask.grow(soft, 12), 12)
    assert abs(back.astype(int) - soft).max() <= 12


def test_a_faint_line_stays_faint():
    faint = np.zeros((30, 30), np.uint8)
    faint[15, 5:25] = 90
    grown = mask.grow(faint, 3)
    assert grown.max() == 90
    assert (grown[12:19, 10:20] == 90).all()


@pytest.mark.parametrize("change", [mask.grow, mask.shrink])
def test_wrong_distances(change):
    m = disc(5, 2)
    name, other = change.__name__, {"grow": "shrink", "shrink": "grow"}[change.__name__]
    with pytest.raises(InputError, match="-3") as caught:
        change(m, -3)
    assert caught.value.fix == f"mask.{other}(mask, 3)"
    with pytest.raises(InputError) as caught:
        change(m, ratio=-0.1)
    assert caught.value.fix == f"mask.{other}(mask, ratio=0.1)"
    for bad in (math.nan, math.inf):
        with pytest.raises(InputError, match="finite"):
            change(m, bad)
    with pytest.raises(InputError, match=f"{name} takes px or ratio"):
        change(m)
    with pytest.raises(InputError, match="one of the two"):
        change(m, 3, ratio=0.1)


MASKS = arrays(np.uint8, st.tuples(st.integers(1, 24), st.integers(1, 24))) | arrays(
    np.uint8, st.tuples(st.integers(1, 24), st.integers(1, 24)), elements=st.sampled_from([0, 255])
)
DISTANCES = st.sampled_from([0.2, 0.5, 1, 2.4, 7, 40])


@given(MASKS, DISTANCES)
@settings(max_examples=120, deadline=None)
def test_growing_never_lowers_and_shrinking_never_raises(m, px):
    kept = m.copy()
    assert (mask.grow(m, px) >= m).all()
    assert (mask.shrink(m, px) <= m).all()
    assert np.array_equal(m, kept)


@given(MASKS, DISTANCES)
@settings(max_examples=60, deadline=None)
def test_turning_and_mirroring_first_is_the_same(m, px):
    grown = mask.grow(m, px).astype(int)
    assert abs(mask.grow(np.ascontiguousarray(m.T), px).T.astype(int) - grown).max() <= 3
    assert abs(mask.grow(np.ascontiguousarray(m[::-1]), px)[::-1].astype(int) - grown).max() <= 3


@given(MASKS)
@settings(max_examples=60, deadline=None)
def test_more_is_more(m):
    sizes = [mask.grow(m, px) for px in (0.3, 0.5, 0.9, 2, 3.5, 6)]
    assert all((larger >= smaller).all() for smaller, larger in itertools.pairwise(sizes))


@pytest.mark.parametrize("radius", [0.5, 0.75, 1, 1.5, 2, 3, 5, 7, 9])
@pytest.mark.parametrize("px", [0.25, 0.5, 1, 3, 10.5])
def test_small_discs_grow_to_the_disc_around_them(radius, px):
    side = math.ceil(2 * (radius + px)) + 8
    for x, y in ((0, 0), (0.5, 0.5), (0.5, 0), (0.23, -0.41), (0.3, 0.3)):
        centre = np.array([side / 2 + x, side / 2 + y])
        disc = mask.ellipse((side, side), (*(centre - radius), *(centre + radius)))
        assert mask.grow(disc, px).sum() / 255 == pytest.approx(math.pi * (radius + px) ** 2, rel=0.01)


def test_small_holes_shrink_the_mask_as_discs_do():
    hole = 255 - mask.ellipse((40, 40), (18.3, 17.6, 22.3, 21.6))
    assert (255 - mask.shrink(hole, 3)).sum() / 255 == pytest.approx(math.pi * 25, rel=0.01)


def test_straight_edges_of_small_parts_stay_exact():
    bar = mask.rectangle((40, 40), (13.25, 12.5, 21.5, 26.75))
    grown = mask.grow(bar, 3)
    assert grown[19, 8:30].tolist() == [0, 0, 191, *[255] * 13, 128, 0, 0, 0, 0, 0]
    assert grown[8:32, 17].tolist() == [0, 128, *[255] * 19, 191, 0, 0]


def test_small_parts_beside_a_large_one_and_noise_that_is_none():
    large, small = (mask.ellipse((120, 60), box) for box in ((4, 4, 56, 56), (90.2, 20.4, 94.2, 24.4)))
    assert np.array_equal(mask.grow(large | small, 3), mask.grow(large, 3) | mask.grow(small, 3))
    noisy = large.copy()
    noisy[30:32, 100:102] = 40
    assert mask.grow(noisy, 5)[20:40, 90:110].max() == 40
