"""Bodies cut off by the canvas, and what they leave in its corners."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from preproc import check, mask
from preproc.check.surround import surrounding


def bust(rng, *, leaves_the_top=False):
    """A head on a neck, and shoulders that fill both lower corners."""
    width, height = (int(side) for side in rng.integers(120, 400, 2))
    m = np.zeros((height, width), np.uint8)
    middle, head = width * rng.uniform(0.3, 0.7), min(width, height) * rng.uniform(0.14, 0.26)
    top = -head * rng.uniform(0.1, 0.8) if leaves_the_top else height * rng.uniform(0.02, 0.2)
    cv2.ellipse(m, (int(middle), int(top + 1.2 * head)), (int(head), int(1.2 * head)), 0, 0, 360, 255, -1)
    neck, chin = head * rng.uniform(0.45, 0.7), top + 2.2 * head
    below, shoulder = chin + 0.05 * height, chin + height * rng.uniform(0.08, 0.2)
    right = [(neck, below), (width - middle, shoulder), (width - middle, height)]
    left = [(-middle, height), (-middle, shoulder), (-neck, below), (-neck, chin - head)]
    points = np.add([(neck, chin - head), *right, *left], (middle, 0))
    cv2.fillPoly(m, [points.astype(np.int32)], 255)
    return m


@pytest.mark.parametrize("leaves_the_top", [False, True])
def test_busts_that_fill_both_lower_corners_are_decided(leaves_the_top):
    answers = 0
    for seed in range(60):
        m = bust(np.random.default_rng(seed), leaves_the_top=leaves_the_top)
        found, other = surrounding(m).white, surrounding(255 - m).white
        assert found in {False, None}, seed
        assert other is (None if found is None else True), seed
        answers += found is not None
        if found is not None:
            assert "polarity-confirmed" in check.mask(255 - m, intent="background").codes
            assert "inverted" in check.mask(255 - m, intent="object").codes
    assert answers >= 52


def test_a_high_dome_is_a_body_and_a_hill_is_not():
    dome = mask.union(mask.ellipse((200, 240), (0, 20, 200, 300)), mask.rectangle((200, 240), (0, 160, 200, 240)))
    assert surrounding(dome).white is False
    assert surrounding(255 - dome).white is True
    x = np.arange(200)
    hill = ((np.arange(240)[:, np.newaxis] > 220 - 190 * np.exp(-(((x - 90) / 60.0) ** 2))) * 255).astype(np.uint8)
    assert surrounding(hill).white is None
    assert surrounding(255 - hill).white is None


def test_land_under_a_sky_is_left_undecided():
    for seed in range(80):
        rng = np.random.default_rng(seed)
        width, height = (int(side) for side in rng.integers(120, 400, 2))
        x, ground = np.arange(width) / width, height * rng.uniform(0.5, 0.9)
        peak = np.maximum(0, 1 - np.abs(x - rng.uniform(0.2, 0.8)) / rng.uniform(0.2, 0.5))
        tower = np.abs(x - rng.uniform(0.2, 0.8)) < rng.uniform(0.02, 0.1)
        waves = sum(rng.normal() / k**1.5 * np.sin(np.pi * k * x + rng.uniform(0, 7)) for k in range(1, 20))
        for rise in (peak, tower, (waves - waves.min()) / np.ptp(waves)):
            tops = ground - rise * rng.uniform(0.2, 0.9) * ground
            land = ((np.arange(height)[:, np.newaxis] >= np.clip(tops, 1, height - 2)) * 255).astype(np.uint8)
            assert surrounding(land).white is not True, seed
            assert surrounding(land).white is None or rise is peak, seed


def test_what_a_large_body_leaves_in_corners_is_no_object():
    for corners in ([(0, 0)], [(0, 0), (1, 0)], [(0, 0), (1, 0), (1, 1)]):
        m = np.full((150, 200), 255, np.uint8)
        for across, down in corners:
            cv2.ellipse(m, (200 * across, 150 * down), (40, 36), 0, 0, 360, 0, -1)
        assert surrounding(m).white is not True or len(corners) == 1


@pytest.mark.parametrize("corner", range(4))
@pytest.mark.parametrize("sides", [(40, 30), (130, 150), (220, 160), (60, 170)])
def test_a_rectangle_in_one_corner_is_surrounded_by_the_rest(corner, sides):
    x, y = 0 if corner % 2 else 260 - sides[0], 0 if corner > 1 else 200 - sides[1]
    m = mask.rectangle((260, 200), (x, y, x + sides[0], y + sides[1]))
    assert surrounding(m).white is False
    assert surrounding(255 - m).white is True
    assert "polarity-confirmed" in check.mask(mask.feather(m, 12), intent="object").codes


@pytest.mark.parametrize("kind", ["disc", "box"])
@pytest.mark.parametrize("reach", [20, 60, 85])
def test_things_in_all_four_corners_are_not_taken_for_surroundings(kind, reach):
    m = np.zeros((200, 260), np.uint8)
    for x, y in ((0, 0), (260, 0), (260, 200), (0, 200)):
        if kind == "disc":
            cv2.circle(m, (x, y), reach, 255, -1)
        else:
            cv2.rectangle(m, (x - reach, y - reach), (x + reach, y + reach), 255, -1)
    assert surrounding(m).white is not True
    assert surrounding(255 - m).white is not False


def test_a_large_round_subject_that_touches_every_side_is_told():
    m = mask.ellipse((260, 200), (-20, -15, 280, 215))
    assert surrounding(m).white is False
    assert surrounding(255 - m).white is True
