"""Fixes followed from the top: none spreads what another takes away, and none brings another back."""

from __future__ import annotations

import cv2
import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from preproc import check, mask

from .findings import finding

SIZE = (640, 480)


def area(m):
    return np.count_nonzero(m > 127)


def to_mend(m, edge):
    return [
        found
        for found in check.mask(m, edge=edge).findings
        if found.level != "info" and found.fix and found.fix.startswith("mask.")
    ]


def followed(m, edge):
    """Apply each fix of a report to what the one before it gave."""
    for found in to_mend(m, edge):
        m = eval(found.fix, {"mask": mask, "m": m})
    return m


def salted(m, rng, share):
    return np.where(rng.random(m.shape) < share, np.uint8(255), m)


@given(st.integers(0, 9999), st.floats(30, 200), st.floats(30, 150), st.sampled_from([0.0002, 0.0008, 0.003]))
@settings(max_examples=15, deadline=None)
def test_specks_are_not_spread(seed, width, height, share):
    rng = np.random.default_rng(seed)
    true = mask.ellipse(SIZE, (200, 140, 200 + width, 140 + height))
    m = salted(true, rng, share)
    widest = area(
        mask.snap(mask.grow(true, 12), 16)
    )  # what a feather of 16 px and whole cells add, and specks beside it
    assert area(followed(m, "soft")) <= widest
    for found in to_mend(m, "soft"):
        if found.code in {"hard-edge", "thin-parts"}:
            assert area(eval(found.fix, {"mask": mask, "m": m})) <= widest


def lasso():
    angle = np.linspace(0, 2 * np.pi, 200)
    radius = 150 + np.random.default_rng(2).normal(0, 6, 200)
    return mask.polygon(SIZE, np.stack([320 + radius * np.cos(angle), 240 + radius * np.sin(angle)], axis=1))


def logits():
    rng = np.random.default_rng(5)
    small = cv2.resize(mask.ellipse(SIZE, (150, 100, 500, 380)), (160, 120), interpolation=cv2.INTER_AREA)
    noisy = np.where(small > 127, 6.0, -6.0) + rng.normal(0, 1, small.shape)
    return (cv2.resize(noisy, SIZE) > 0).astype(np.uint8) * np.uint8(255)


def text():
    picture = PIL.Image.new("L", SIZE)
    PIL.ImageDraw.Draw(picture).text((40, 180), "Remove me", fill=255, font=PIL.ImageFont.load_default(90))
    return np.asarray(picture)


def brush():
    points = np.add((320, 240), np.random.default_rng(3).normal(0, 14, (50, 2)).cumsum(axis=0))
    return mask.stroke(SIZE, points, width_px=30)


MASKS = {
    "person": lambda: mask.grabcut(data.astronaut(), (80, 0, 400, 512)),
    "cup": lambda: mask.grabcut(data.coffee(), (140, 60, 450, 340)),
    "horse": lambda: (~data.horse()).astype(np.uint8) * np.uint8(255),
    "lasso": lasso,
    "logits": logits,
    "text": text,
    "line": lambda: mask.stroke(SIZE, [(40, 60), (570, 400)], width_px=4),
    "upright": lambda: mask.rectangle(SIZE, (300, 40, 303, 440)),
    "soft line": lambda: mask.feather(mask.stroke(SIZE, [(40, 60), (570, 400)], width_px=4), 8),
    "brush": brush,
    "salted": lambda: salted(mask.ellipse(SIZE, (200, 140, 400, 340)), np.random.default_rng(0), 0.0008),
}


@pytest.mark.parametrize("edge", [None, "soft"])
@pytest.mark.parametrize("name", MASKS)
def test_what_is_mended_stays_mended(name, edge):
    m = MASKS[name]()
    once = followed(m, edge)
    assert not to_mend(followed(once, edge), edge)


@pytest.mark.parametrize("name", ["person", "lasso", "logits"])
def test_a_ragged_edge_has_no_thin_parts(name):
    m = MASKS[name]()
    assert "thin-parts" not in check.mask(m).codes
    softened = followed(m, "soft")
    assert not to_mend(softened, "soft")
    assert area(softened) < 1.3 * area(m)


def test_thin_parts_say_what_share_they_are():
    pole = mask.union(
        mask.ellipse((1024, 1024), (400, 100, 620, 320)),
        mask.stroke((1024, 1024), [(510, 300), (512, 900)], width_px=6),
    )
    found = finding(check.mask(pole), "thin-parts")
    assert found.message.startswith("8.3% of the mask are parts thinner")
    assert found.message.endswith("the mask as a whole loses 8.3% and 12.7%")
