"""Ramps are drawn from few points and in windows, and are as good as when every pixel is measured."""

from __future__ import annotations

import numpy as np
import pytest

from preproc import mask
from preproc.mask.contour_points import CLOSE_STEPS, contour_points, fill_close_distances
from preproc.mask.distance import Slope, _drawn, levels, slopes_down
from preproc.mask.idle import around_idle
from preproc.mask.nodes import _searched
from preproc.mask.wide import _part, wide_slopes

from .discs import disc


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
