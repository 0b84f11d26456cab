"""What an intent declares: things of many forms, cut off by the canvas on up to three sides, never take the wrong side."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from preproc import check, mask
from preproc.check.surround import rectangle_of, surrounding

FORMS = ("blob", "polygon", "rectangle", "bust", "ring", "several", "scribble", "large")


def thing(rng, form):
    """Draw something white, and say how many sides of the canvas it touches."""
    width, height = (int(side) for side in rng.integers(90, 300, 2))
    side = min(width, height)
    x, y = width * rng.uniform(-0.05, 1.05), height * rng.uniform(-0.05, 1.05)
    m = np.zeros((height, width), np.uint8)

    def blob(x, y, across, down):
        angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
        radius = 1 + sum(rng.uniform(-0.12, 0.12) * np.sin(k * angle + rng.uniform(0, 7)) for k in (2, 3, 5))
        cv2.fillPoly(
            m, [np.stack([x + across * radius * np.cos(angle), y + down * radius * np.sin(angle)], 1).astype(int)], 255
        )

    if form == "blob":
        blob(x, y, *side * rng.uniform(0.1, 0.7, 2))
    elif form == "large":
        blob(
            width * rng.uniform(0.4, 0.6),
            height * rng.uniform(0.4, 0.65),
            *(size * rng.uniform(0.35, 0.5) for size in (width, height)),
        )
    elif form == "several":
        for _ in range(int(rng.integers(2, 5))):
            blob(width * rng.random(), height * rng.random(), *side * rng.uniform(0.05, 0.25, 2))
    elif form == "polygon":
        corners = rng.normal(size=(12, 2))
        corners = corners / np.linalg.norm(corners, axis=1)[:, np.newaxis] * side * rng.uniform(0.15, 0.6) + (x, y)
        cv2.fillConvexPoly(m, cv2.convexHull(corners.astype(np.int32)), 255)
    elif form == "rectangle":
        box = ((x, y), tuple(side * rng.uniform(0.15, 0.8, 2)), rng.uniform(20, 70))
        cv2.fillConvexPoly(m, cv2.boxPoints(box).astype(int), 255)
    elif form == "ring":
        axes = tuple(int(side * part) for part in rng.uniform(0.2, 0.6, 2))
        cv2.ellipse(m, (int(x), int(y)), axes, 0, 0, int(rng.choice([270, 360])), 255, int(rng.integers(4, 20)))
    elif form == "scribble":
        line = np.cumsum(rng.normal(size=(20, 2)), axis=0) * side / 12 + (x, y)
        cv2.polylines(m, [line.astype(int)], isClosed=False, color=255, thickness=int(rng.integers(3, 12)))
    elif form == "bust":
        middle, half, shoulder = (
            width * rng.uniform(0.35, 0.65),
            width * rng.uniform(0.14, 0.3),
            height * rng.uniform(0.65, 0.9),
        )
        cv2.ellipse(m, (int(middle), int(shoulder * 0.55)), (int(half), int(shoulder * 0.5)), 0, 0, 360, 255, -1)
        cv2.ellipse(
            m, (int(middle), height), (int(width * rng.uniform(0.35, 0.7)), int(height - shoulder)), 0, 0, 360, 255, -1
        )
    return m, sum(bool(border.any()) for border in (m[0], m[-1], m[:, 0], m[:, -1]))


def drawn(form, seeds):
    for seed in seeds:
        m, touched = thing(np.random.default_rng([FORMS.index(form), seed]), form)
        if touched <= 3 and 0.003 < (m > 0).mean() < 0.93:
            yield seed, m


def decided(form, seeds):
    cases = answers = 0
    for seed, m in drawn(form, seeds):
        cases += 1
        right, inverted = surrounding(m).white, surrounding(255 - m).white
        assert right in {False, None}, (form, seed)
        assert inverted is (None if right is None else True), (form, seed)
        answers += right is not None
    return answers / cases


@pytest.mark.parametrize("form", FORMS)
def test_things_are_told_from_their_surroundings(form):
    # the rest covers a corner of the canvas or cuts it in two, as a horizon or a neighbour of the thing may as well
    assert decided(form, range(120)) > (0.4 if form == "bust" else 0.55 if form in {"blob", "polygon"} else 0.85)


@pytest.mark.parametrize("form", ["large", "bust", "blob"])
def test_the_verdict_of_object_and_background(form):
    for _, m in drawn(form, range(20)):
        if surrounding(m).white is not None:
            for picture, intent, code in (
                (m, "object", "polarity-confirmed"),
                (255 - m, "object", "inverted"),
                (255 - m, "background", "polarity-confirmed"),
                (m, "background", "inverted"),
            ):
                assert code in check.mask(picture, intent=intent).codes


@pytest.mark.parametrize(
    "points",
    [
        [(0, 0), (0, 100), (100, 150), (170, 190), (240, 150), (320, 100), (320, 0)],
        [(0, 0), (0, 180), (150, 60), (320, 170), (320, 0)],
        [(0, 0), (0, 120), (60, 120), (60, 70), (140, 70), (140, 150), (230, 150), (230, 90), (320, 90), (320, 0)],
        [(0, 70), (70, 0), (320, 0), (320, 240), (0, 240)],
    ],
    ids=["valley", "mountain", "skyline", "all but a corner"],
)
@pytest.mark.parametrize("intent", ["object", "background"])
def test_what_reads_either_way_is_left_undecided(points, intent):
    m = mask.polygon((320, 240), points)
    for either in (m, 255 - m):
        assert "polarity-undecided" in check.mask(either, intent=intent).codes


def test_rough_and_wobbly_cuts_are_left_undecided():
    for seed in range(60):
        rng = np.random.default_rng(seed)
        y, x = np.mgrid[:180, :240].astype(float)
        angle = rng.uniform(0, 7)
        along = (y - 90) * np.cos(angle) - (x - 120) * np.sin(angle)
        across = (x - 120) * np.cos(angle) + (y - 90) * np.sin(angle) + rng.uniform(-40, 40)
        wobble = 8 * np.sin(along / 30 + rng.uniform(0, 7))
        rough = 15 * cv2.GaussianBlur(rng.normal(size=(180, 240)), (0, 0), 2)
        for line in (across + wobble, across + rough):
            assert surrounding(((line > 0) * 255).astype(np.uint8)).white is None


def test_skylines_in_high_canvases_are_left_undecided():
    for seed in range(150):
        rng = np.random.default_rng(seed)
        width = int(rng.integers(40, 140))
        height = int(width * rng.uniform(2, 4))
        m = np.zeros((height, width), np.uint8)
        middle, depth, at = height * rng.uniform(0.4, 0.8), height * rng.uniform(-0.4, 0.9), 0
        while at < width:
            across = int(rng.integers(max(3, width // 12), max(4, width // 3)))
            top = middle - abs(at + across / 2 - width / 2) / width * depth - height * rng.uniform(-0.1, 0.1)
            m[int(np.clip(top, 2, height - 3)) :, at : at + across] = 255
            at += across
        assert surrounding(m).white is not True, seed
        assert surrounding(255 - m).white is not False, seed


def test_a_feathered_straight_cut_is_left_undecided():
    for angle in range(0, 360, 8):
        y, x = np.mgrid[:180, :375].astype(float)
        line = (x - 187) * np.cos(np.radians(angle)) + (y - 90) * np.sin(np.radians(angle)) - 30
        m = mask.feather(((line > 0) * 255).astype(np.uint8), 36, position="inner")
        assert surrounding(m).white is None


def test_a_straight_cut_says_what_decides_it():
    rng = np.random.default_rng(3)
    for _ in range(200):
        width, height = (int(side) for side in rng.integers(60, 300, 2))
        angle = rng.choice([0, rng.uniform(0, 7)])
        y, x = np.mgrid[:height, :width]
        beyond = (x - width * rng.uniform(0.3, 0.7)) * np.cos(angle) + (y - height * rng.uniform(0.3, 0.7)) * np.sin(
            angle
        )
        m = np.clip(beyond * 255 + 128, 0, 255).astype(np.uint8)
        assert surrounding(m).white is None
    for intent in ("object", "background"):
        (found,) = [found for found in check.mask(m, intent=intent).findings if found.code == "polarity-undecided"]
        assert "a reference (a box, or an earlier mask) decides it" in found.message
        assert "polarity-confirmed" in check.mask(m, intent=intent, reference=m).codes
        assert "inverted" in check.mask(255 - m, intent=intent, reference=m).codes


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 200), (1000, 3)])
def test_small_and_narrow_canvases(shape):
    rng = np.random.default_rng(0)
    for _ in range(20):
        m = (rng.random(shape) < 0.5).astype(np.uint8) * 255
        found, other = surrounding(m).white, surrounding(255 - m).white
        assert other is (None if found is None else not found)
        rectangle_of(m)
