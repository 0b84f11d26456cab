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
from preproc.mask.contour_points import CLOSE_STEPS, contour_points, fill_close_distances
from preproc.mask.distance import Slope, _drawn, levels, slopes_down
from preproc.mask.idle import around_idle
from preproc.mask.nodes import _searched
from preproc.mask.wide import _part, wide_slopes

CURVES = ("smooth", "linear", "gaussian")


def disc(radius, margin, shift=(0.3, 0.45)):
    side = 2 * math.ceil(radius + margin) + 12
    x, y = side / 2 + shift[0], side / 2 + shift[1]
    drawn = mask.ellipse((side, side), (x - radius, y - radius, x + radius, y + radius))
    rows, columns = np.indices(drawn.shape)
    return drawn, np.hypot(columns + 0.5 - x, rows + 0.5 - y) - radius


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


def test_large_idle_areas_are_left_out_without_a_trace():
    ring = np.full((420, 530), 255, np.uint8)
    ring[60:330, 90:450] = 0
    big = mask.stroke((530, 420), [(150, 200), (380, 220)], width_px=260)
    slanted = mask.stroke((900, 700), [(-20, 30), (840, 650)], width_px=9)
    apart = np.maximum(mask.ellipse((900, 700), (30.5, 40, 300, 260)), mask.ellipse((900, 700), (600, 420, 950, 640)))
    for m in (ring, big, 255 - ring, 255 - big, big[69:351, 19:511], slanted, slanted.T.copy(), apart):
        for width in (1, 6, 21.5):

            def level(distance, width=width):
                return levels(255 * (1 - distance / np.float32(width)))

            slope = Slope(0, width, level)
            assert np.array_equal(slopes_down(m, slope)[0], _drawn(m, [slope])[0])


def apart(width):
    """Two discs and what is between them, where their ramps meet, with the distance from both."""
    side = 2 * width + 120
    y, x = np.mgrid[:side, :side] + 0.5
    drawn, distance = np.zeros((side, side), np.uint8), np.full((side, side), np.inf)
    for middle_x, middle_y, radius in ((width * 0.7, width + 61.3, 23.4), (width * 1.3 + 70, width * 0.8 + 40.7, 9)):
        box = (middle_x - radius, middle_y - radius, middle_x + radius, middle_y + radius)
        drawn |= mask.ellipse((side, side), box)
        distance = np.minimum(distance, np.hypot(x - middle_x, y - middle_y) - radius)
    return drawn, distance


@pytest.mark.parametrize("width", [25, 48, 64, 128, 300])
def test_wide_ramps_are_right_to_a_fraction_of_a_pixel(width):
    drawn, distance = apart(width)
    soft = mask.feather(drawn, width, curve="linear")
    on_ramp = (distance > 0.5) & (distance < width - 1)
    wrong_px = (soft - 255 * (1 - distance / width))[on_ramp] * width / 255
    rounding_px = 0.5 * width / 255
    assert abs(wrong_px).max() < 0.75 + rounding_px
    assert np.std(wrong_px) < 0.1 + rounding_px / 2
    assert abs(wrong_px.mean()) < 0.06 + rounding_px / 10


@pytest.mark.parametrize("width", [66, 128, 300])
def test_few_points_are_searched_for_a_wide_ramp(monkeypatch, width):
    drawn, distance = disc(90, width)
    on_ramp = np.count_nonzero((distance > 0) & (distance < width))
    searched = []
    monkeypatch.setattr(
        "preproc.mask.nodes._searched",
        lambda raw, at, lookup: searched.append(len(at)) or _searched(raw, at, lookup),
    )
    mask.feather(drawn, width, curve="linear")
    assert 0 < sum(searched) < 0.05 * on_ramp


def test_wide_ramps_in_windows_are_those_of_the_whole_to_a_pixel(monkeypatch):
    monkeypatch.setattr("preproc.mask.wide._CROWDED", 1)
    small = np.zeros((900, 1400), np.uint8)
    small[40:80, 60:130] = small[800:850, 1250:1330] = 255
    bent = mask.stroke((1400, 900), [(200, 850), (700, 100), (1350, 300)], width_px=21)
    for m in (small, bent, small.T.copy()):

        def level(distance):
            return levels(255 * (1 - distance / np.float32(40)))

        slope = Slope(0, 40, level)
        parts = around_idle(m, 50, lambda part, slope=slope: _part(part, [slope], 50), count=1, grid=10, setup=1000)[0]
        whole = _part(m, [slope], 50)[0]
        # Both are right to a pixel, which is six levels, and mostly the same.
        assert abs(parts.astype(int) - whole).max() <= 6
        assert np.count_nonzero(abs(parts.astype(int) - whole) > 1) < 0.05 * np.count_nonzero(whole)
        assert abs(wide_slopes(m, slope)[0].astype(int) - whole).max() <= 6


def test_close_distances_are_those_to_the_nearest_point_of_all():
    angle = np.linspace(0, 2 * np.pi, 22, endpoint=False)
    radius = np.where(np.arange(22) % 2, 40, 110)
    star = mask.polygon((240, 240), np.stack([120 + radius * np.cos(angle), 120 + radius * np.sin(angle)], axis=1))
    hairs = mask.stroke((240, 240), [(20, 30), (200, 60), (40, 90), (215, 215), (60, 222)], width_px=1.7)
    discs = np.maximum(mask.ellipse((240, 240), (30, 40, 39, 48)), mask.ellipse((240, 240), (100, 60, 220, 200)))
    hard = np.where(star > 127, np.uint8(255), np.uint8(0))
    for m in (star, hairs, discs, hard, 255 - star):
        outside = (m < 128).view(np.uint8)
        points = contour_points(m, outside, scratch=np.empty_like(m))
        close = np.empty_like(m)
        fill_close_distances(close, outside, points)
        row, column = np.divmod(points.at, m.shape[1])
        y, x = np.nonzero((close > 0) & (close < 6.5 * CLOSE_STEPS))
        nearest = np.hypot(column + points.right - x[:, np.newaxis], row + points.down - y[:, np.newaxis]).min(axis=1)
        assert abs(close[y, x] / CLOSE_STEPS - nearest).max() <= 1 / CLOSE_STEPS
        assert (close[outside == 0] == 0).all()


@pytest.mark.parametrize("curve", ["smooth", "linear"])
def test_wide_ramps_of_crowded_outlines(curve):
    noise = np.where(np.random.default_rng(2).random((90, 120)) > 0.6, np.uint8(255), np.uint8(0))
    noise[:, 60:] = 0
    soft = mask.feather(noise, 40, curve=curve)
    assert (soft >= noise).all()
    assert (np.diff(soft[45, 62:].astype(int)) <= 0).all()
    assert soft[45, 75] > 100


def looked_at(m, reach):
    """How much of a mask is seen at work, as a share of all."""
    seen = []

    def work(part):
        seen.append(part.size)
        return [part]

    around_idle(m, reach, work, count=1)
    return sum(seen) / m.size


def test_little_is_looked_at_besides_the_edge_and_its_reach():
    angle = np.linspace(0, 2 * np.pi, 500, endpoint=False)
    radius = 300 * (1 + 0.18 * np.sin(3 * angle + 0.4) + 0.1 * np.sin(7 * angle + 1))
    points = np.stack([500 + 1.25 * radius * np.cos(angle), 400 + 0.9 * radius * np.sin(angle)], axis=1)
    assert looked_at(mask.polygon((1000, 800), points), 8) <= 0.55


def test_bands_are_as_high_as_the_outline_wants_them():
    """Bands of one height would look at all of the comb, and at 0.51 of the lobes."""
    comb = np.zeros((1200, 1600), np.uint8)
    comb[80:120, 80:1520] = 255
    for left in range(80, 1521, 180):
        comb[80:1120, left : left + 20] = 255
    assert max(looked_at(comb, 16), looked_at(comb.T.copy(), 16)) <= 0.7

    angle = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    radius = 430 * (1 + 0.2 * np.sin(9 * angle + 0.3))
    points = np.stack([800 + radius * np.cos(angle), 600 + radius * np.sin(angle)], axis=1)
    assert looked_at(mask.polygon((1600, 1200), points), 24) <= 0.43


def exact_blur(m, sigma):
    """In double precision, by the definition, mirrored as often as needed."""
    reach = math.ceil(6 * sigma)
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    taps /= taps.sum()
    result = m.astype(np.float64)
    for axis in (0, 1):
        size = m.shape[axis]
        at = np.arange(size)[:, np.newaxis] + np.arange(-reach, reach + 1)
        at = np.mod(at, 2 * size)
        at = np.where(at < size, at, 2 * size - 1 - at)
        weights = np.zeros((size, size))
        np.add.at(weights, (np.arange(size)[:, np.newaxis], at), taps)
        result = np.moveaxis(np.tensordot(weights, result, (1, axis)), 0, axis)
    return result


@pytest.mark.parametrize("sigma", [1, 2.5, 7.9, 8, 12, 14, 16, 17.3, 40, 64, 130, 256])
def test_the_blur_is_right_to_a_level(sigma):
    rng = np.random.default_rng(4)
    touching = np.zeros((233, 311), np.uint8)
    touching[:80, :160], touching[-9:, -7:], touching[110:114] = 255, 255, 255
    noise = np.where(rng.random(touching.shape) > 0.5, np.uint8(255), np.uint8(0))
    for m in (touching, noise, disc(60, 20)[0]):
        assert abs(blur(m, sigma) - exact_blur(m, sigma)).max() <= 1


THIN = st.tuples(st.integers(1, 5), st.integers(1, 90)) | st.tuples(st.integers(1, 90), st.integers(1, 5))
SHAPES = THIN | st.tuples(st.integers(1, 70), st.integers(1, 70))


@given(SHAPES, st.integers(0, 2**32 - 1), st.sampled_from(["hard", "soft", "few"]), st.floats(1, 256))
@settings(max_examples=150, deadline=None)
def test_the_blur_of_thin_and_odd_masks_is_right_to_a_level(shape, seed, kind, sigma):
    values = np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
    if kind != "soft":
        values = np.where(values > (127 if kind == "hard" else 240), np.uint8(255), np.uint8(0))
    assert abs(blur(values, sigma) - exact_blur(values, sigma)).max() <= 1


@pytest.mark.parametrize("shape", [(1, 90), (2, 75), (3, 61), (90, 1), (75, 2), (61, 3)])
@pytest.mark.parametrize("sigma", [12, 17.3, 23.9, 40, 64])
def test_the_blur_of_a_few_rows_is_right_to_a_level(shape, sigma):
    values = np.random.default_rng(5).integers(0, 2, shape, np.uint8) * np.uint8(255)
    values[shape[0] // 2 :, shape[1] // 2 :] = 255
    assert abs(blur(values, sigma) - exact_blur(values, sigma)).max() <= 1


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
