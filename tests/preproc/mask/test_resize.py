"""Resizing and snapping: the right kernel, nothing shifted, nothing lost."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from preproc import mask
from preproc.errors import InputError

KINDS = ("soft", "hard", "cover")
MASKS = arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20)))
SIZES = st.tuples(st.integers(1, 40), st.integers(1, 40))


def star(side):
    angle = np.arange(10) * np.pi / 5 + 0.1
    radius = np.where(np.arange(10) % 2, 0.45, 0.17)
    return mask.polygon((side, side), np.stack([0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)], 1) * side)


def oval(side):
    return mask.ellipse((side, side), (0.12 * side, 0.2 * side, 0.83 * side, 0.77 * side))


def ring(side):
    return mask.subtract(oval(side), mask.ellipse((side, side), tuple(side * at for at in (0.3, 0.34, 0.7, 0.66))))


def line(side):
    return mask.stroke((side, side), [(0.1 * side, 0.2 * side), (0.8 * side, 0.9 * side)], width_px=side * 3 / 128)


def rectangle(side, phase=0.3):
    return mask.rectangle((side, side), tuple((at + phase) * side / 128 for at in (30, 30, 90, 90.3)))


def turned(side):
    return mask.polygon((side, side), np.array([[0.2, 0.31], [0.71, 0.17], [0.83, 0.62], [0.32, 0.76]]) * side)


def spiky(side):
    angle = np.arange(40) * np.pi / 20
    radius = np.where(np.arange(40) % 2, 0.43, 0.2)
    return mask.polygon((side, side), np.stack([0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)], 1) * side)


@pytest.mark.parametrize("phase", np.arange(0.1, 1, 0.1))
def test_straight_edges_lie_where_the_coverage_says(phase):
    small, large = rectangle(128, phase), rectangle(1024, phase)
    boundary = np.count_nonzero((large > 0) & (large < 255))
    assert abs(mask.resize(small, (1024, 1024), kind="hard").astype(int) - large).sum() / 255 <= 0.1 * max(
        boundary, 1800
    )


@pytest.mark.parametrize("draw", [star, oval, ring, line, rectangle, turned, spiky])
def test_a_hard_mask_stays_hard(draw):
    small, large = draw(128), draw(1024)
    boundary = np.count_nonzero((large > 0) & (large < 255))
    error = {kind: abs(mask.resize(small, (1024, 1024), kind=kind).astype(int) - large).sum() / 255 for kind in KINDS}
    assert error["hard"] / boundary <= (0.25 if draw is spiky else 0.1)
    assert error["soft"] / boundary > 1.5


def slanted(side, width):
    return mask.stroke(
        (side, side), np.array([(0.07, 0.1), (0.93, 0.34 + 0.1 * width)]) * side, width_px=width * side / 128
    )


def level(side, width):
    at = 0.4 + 0.7 / 128  # in two rows of pixels
    return mask.rectangle((side, side), (0.1 * side, at * side, 0.93 * side, (at + width / 128) * side))


def circle(side, width):
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    points = 0.5 + 0.3 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return mask.stroke((side, side), points * side, width_px=width * side / 128, closed=True)


@pytest.mark.parametrize("width", [0.75, 1, 1.25, 1.5])
@pytest.mark.parametrize("draw", [slanted, level, circle])
def test_thin_lines_stay_where_they_are_and_as_wide(draw, width):
    for turned_over in (False, True):
        small, large = (picture.T if turned_over else picture for picture in (draw(128, width), draw(1024, width)))
        hard = mask.resize(np.ascontiguousarray(small), (1024, 1024), kind="hard")
        boundary = np.count_nonzero((large > 0) & (large < 255))
        assert abs(hard.astype(int) - large).sum() / 255 <= (0.25 if draw is level else 0.15) * boundary


def needle(degrees, turn=0.6, length=60):
    def draw(side):
        half, scale = np.radians(degrees) / 2, side / 128
        tip = np.array([64 - length / 2 * np.cos(turn), 63.3 - length / 2 * np.sin(turn)])
        ends = [tip + length / np.cos(half) * np.array([np.cos(turn + s), np.sin(turn + s)]) for s in (-half, half)]
        return mask.polygon((side, side), np.array([tip, *ends]) * scale)

    return draw


def two_lines(width, gap, degrees):
    def draw(side):
        along = 50 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        aside = np.array([-along[1], along[0]]) / 50 * (width + gap) / 2
        lines = [np.array([at - along, at + along]) * side / 128 for at in (63.4 + aside, 63.4 - aside)]
        return mask.union(*(mask.stroke((side, side), points, width_px=width * side / 128) for points in lines))

    return draw


def spot(radius, x=60.37, y=71.81):
    box = (x - radius, y - radius, x + radius, y + radius)
    return lambda side: mask.ellipse((side, side), tuple(at * side / 128 for at in box))


def pointed(points, inner):
    def draw(side):
        angle = np.arange(2 * points) * np.pi / points + 0.2
        radius = np.where(np.arange(2 * points) % 2, 0.42, 0.42 * inner)
        ring = np.stack([0.5 + radius * np.cos(angle), 0.503 + radius * np.sin(angle)], axis=1)
        return mask.polygon((side, side), ring * side)

    return draw


WORST = {
    "needle": needle(3),
    "wedge": needle(9, 1.9),
    "thin triangle": needle(20, 2.5, 40),
    "two lines": two_lines(1, 1.2, 33),
    "two close lines": two_lines(0.9, 0.8, 52),
    "two lines along the rows": two_lines(0.85, 0.8, 0),
    "two lines along the columns": two_lines(0.89, 0.83, 90),
    "small dot": spot(0.48, 60.04, 71.93),
    "dot": spot(0.75),
    "spot": spot(2.1),
    "large spot": spot(3.6),
    "star": pointed(9, 0.3),
    "sharp star": pointed(12, 0.5),
}


@pytest.mark.parametrize("name", WORST)
def test_tips_dots_and_lines_side_by_side(name):
    draw = WORST[name]
    small, large = draw(128), draw(1024)
    boundary = np.count_nonzero((large > 0) & (large < 255))
    for kind in ("hard", "auto"):
        drawn = mask.resize(small, (1024, 1024), kind=kind)
        assert abs(drawn.astype(int) - large).sum() / 255 <= 0.35 * boundary
    # What is kept within the edit is enlarged just as well.
    drawn = 255 - mask.resize(255 - small, (1024, 1024), kind="hard").astype(int)
    assert abs(drawn - large).sum() / 255 <= 0.35 * boundary


def test_coverage_does_not_tell_where_in_its_row_a_line_lies():
    high, low = (mask.rectangle((40, 9), (-1, 4 + at, 41, 4.5 + at)) for at in (0.05, 0.45))
    assert np.array_equal(high, low)
    hard = mask.resize(high, (320, 72), kind="hard")
    assert abs(hard[:, 160] - np.array([0] * 34 + [255] * 4 + [0] * 34)).max() <= 2


@pytest.mark.parametrize("size", [(300, 300), (333, 471), (1000, 130), (129, 128), (90, 400)])
def test_a_hard_mask_stays_hard_at_any_scale(size):
    small = oval(128)
    corners = [at * side for at, side in zip((0.12, 0.2, 0.83, 0.77), (*size, *size), strict=True)]
    large = mask.ellipse(size, tuple(corners))
    hard = mask.resize(small, size, kind="hard")
    assert abs(hard.astype(int) - large).sum() / 255 <= 0.2 * np.count_nonzero((large > 0) & (large < 255))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1024, 768), (200, 150), (700, 200), (517, 334), (130, 666)])
def test_nothing_shifts(kind, size):
    def centroid(m):
        rows, columns = np.indices(m.shape) + 0.5
        return np.array([(columns * m).sum() / m.shape[1], (rows * m).sum() / m.shape[0]]) / m.sum()

    m = mask.feather(mask.ellipse((517, 333), (100, 80, 300, 250)), 12)
    shift = (centroid(mask.resize(m, size, kind=kind)) - centroid(m)) * size
    # A maximum over whole pixels cannot be centred better than that.
    assert abs(shift).max() <= (0.15 if kind == "cover" else 0.02)


def test_downwards_is_the_area_average():
    m = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10
    truth = m.reshape(2, 2, 3, 2).mean(axis=(1, 3))
    for kind in ("soft", "hard"):
        assert abs(mask.resize(m, (3, 2), kind=kind) - truth).max() <= 0.5
    ramp = np.tile(np.linspace(0, 255, 60).astype(np.uint8), (40, 1))
    assert abs(mask.resize(ramp, (30, 90))[:, ::29] - mask.resize(ramp, (30, 40))[0, ::29]).max() <= 1


@given(MASKS, SIZES)
@settings(max_examples=100, deadline=None)
def test_cover_takes_the_highest_value_it_overlaps(m, size):
    covered = mask.resize(m, size, kind="cover")
    rows, columns = m.shape
    for y in range(size[1]):
        for x in range(0, size[0], 7):
            y0, y1 = y * rows // size[1], -(-(y + 1) * rows // size[1])
            x0, x1 = x * columns // size[0], -(-(x + 1) * columns // size[0])
            assert covered[y, x] == m[y0:y1, x0:x1].max()


@given(MASKS, SIZES, st.sampled_from(KINDS))
@settings(max_examples=100, deadline=None)
def test_sizes_flats_and_inputs(m, size, kind):
    kept = m.copy()
    result = mask.resize(m, size, kind=kind)
    assert result.shape == size[::-1]
    assert result.dtype == np.uint8
    assert result.flags.c_contiguous
    assert np.array_equal(m, kept)
    assert np.array_equal(mask.resize(m, m.shape[::-1], kind=kind), m)
    for level in (0, 255):
        assert (mask.resize(np.full_like(m, level), size, kind=kind) == level).all()


def test_the_size_of_a_picture():
    m = np.full((4, 4), 9, np.uint8)
    assert mask.resize(m, np.zeros((30, 20, 3), np.uint8)).shape == (30, 20)
    for bad in ((0, 5), (5, -1), (3, 4, 5), (2.5, 2)):
        with pytest.raises(InputError):
            mask.resize(m, bad)
    with pytest.raises(InputError, match="'nearest'"):
        mask.resize(m, (2, 2), kind="nearest")


@given(MASKS, st.integers(1, 23))
@settings(max_examples=80, deadline=None)
def test_snapping_extends_to_whole_cells(m, cell):
    snapped = mask.snap(m, cell)
    assert snapped.shape == m.shape
    assert set(np.unique(snapped)) <= {0, 255}
    assert (snapped >= m).all()
    assert np.array_equal(mask.snap(snapped, cell), snapped)
    for top in range(0, m.shape[0], cell):
        for left in range(0, m.shape[1], cell):
            inside = (slice(top, top + cell), slice(left, left + cell))
            assert (snapped[inside] == (255 if m[inside].any() else 0)).all()


def test_nothing_is_lost_on_a_latent_grid():
    line = mask.stroke((256, 192), [(10, 20), (200, 150)], width_px=3)
    for cell in (8, 16):
        latent = mask.snap(line, cell)[::cell, ::cell]
        seen = cv2.resize(latent, (256, 192), interpolation=cv2.INTER_NEAREST)
        assert (seen[line > 0] == 255).all()
    for bad in (0, -8, 2.5):
        with pytest.raises(InputError, match="cell"):
            mask.snap(line, bad)


def test_without_a_kind_outlines_stay_sharp_and_ramps_stay_ramps():
    outline = mask.ellipse((128, 128), (20.3, 30.1, 100.7, 96.4))
    large = (1024, 1024)
    assert np.array_equal(mask.resize(outline, large), mask.resize(outline, large, kind="hard"))
    true = mask.ellipse(large, tuple(8 * side for side in (20.3, 30.1, 100.7, 96.4)))
    error = np.abs(mask.resize(outline, large).astype(int) - true).sum() / 255
    assert error / np.count_nonzero((true > 0) & (true < 255)) <= 0.35
    ramp = mask.feather(outline, 12)
    assert np.array_equal(mask.resize(ramp, large), mask.resize(ramp, large, kind="soft"))
    assert np.array_equal(mask.resize(outline, (50, 40)), mask.resize(outline, (50, 40), kind="soft"))
    flat = np.full((20, 30), 128, np.uint8)
    assert np.array_equal(mask.resize(flat, (60, 40)), np.full((40, 60), 128, np.uint8))
