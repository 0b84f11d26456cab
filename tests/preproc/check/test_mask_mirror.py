"""New canvas that mirrors the picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from preproc import check, mask

from .polarity_cases import DECIDED, INVERTED, verdict


@pytest.mark.parametrize("border", [cv2.BORDER_REFLECT, cv2.BORDER_REFLECT_101])
@pytest.mark.parametrize("side", range(4))
def test_mirrored_canvas_on_one_side(border, side):
    rng = np.random.default_rng(side)
    photo = cv2.resize(rng.integers(0, 256, (40, 30, 3), dtype=np.uint8), (180, 150))
    added = [70 * (number == side) for number in range(4)]
    canvas = cv2.copyMakeBorder(photo, *added, border)
    m = cv2.copyMakeBorder(np.zeros(photo.shape[:2], np.uint8), *added, cv2.BORDER_CONSTANT, value=255)
    m = mask.grow(m, 12)
    assert "polarity-confirmed" in check.mask(m, canvas, intent="outpaint").codes
    assert "inverted" in check.mask(255 - m, canvas, intent="outpaint").codes
    noisy = np.clip(canvas + rng.normal(0, 20, canvas.shape), 0, 255).astype(np.uint8)
    assert "polarity-confirmed" in check.mask(m, noisy, intent="outpaint").codes
    assert "inverted" in check.mask(255 - m, noisy, intent="outpaint").codes
    noise = rng.integers(0, 256, canvas.shape, dtype=np.uint8)
    assert "polarity-undecided" in check.mask(m, noise, intent="outpaint").codes


@pytest.mark.parametrize("side", range(4))
def test_mirrored_canvas_of_a_smooth_picture(side):
    """A sky near the border: too even for tolerances, and mirrored to the last level all the same."""
    rng = np.random.default_rng(3)
    sky = cv2.GaussianBlur(rng.normal(0, 1, (120, 160, 3)).astype(np.float32), (0, 0), 25)
    sky = 150 + sky * (20 / sky.std())
    sky += rng.random(sky.shape) < 0.05  # a little grain
    widths = [0, 0, 0, 0]
    widths[side] = 30
    canvas = cv2.copyMakeBorder(np.rint(sky).astype(np.uint8), *widths, cv2.BORDER_REFLECT)
    right = cv2.copyMakeBorder(np.zeros((120, 160), np.uint8), *widths, cv2.BORDER_CONSTANT, value=255)
    assert verdict(right, canvas, intent="outpaint") == DECIDED
    assert verdict(255 - right, canvas, intent="outpaint") == INVERTED


def test_a_canvas_in_which_the_middle_is_the_mirror_is_not_told():
    rng = np.random.default_rng(1)
    photo = cv2.resize(rng.integers(0, 256, (40, 30, 3), dtype=np.uint8), (100, 90))
    canvas = cv2.copyMakeBorder(photo, 0, 0, 100, 0, cv2.BORDER_REFLECT)
    m = np.zeros((90, 200), np.uint8)
    m[:, :100] = 255
    assert "polarity-undecided" in check.mask(m, canvas, intent="outpaint").codes
    # Filled with more than the picture's width, the mirror image is repeated: the shorter side is no canvas then.
    canvas = cv2.copyMakeBorder(photo, 0, 0, 170, 0, cv2.BORDER_REFLECT)
    m = np.zeros((90, 270), np.uint8)
    m[:, :170] = 255
    assert "inverted" not in check.mask(m, canvas, intent="outpaint").codes


@pytest.mark.parametrize("border", [cv2.BORDER_REFLECT, cv2.BORDER_REFLECT_101])
@pytest.mark.parametrize("side", range(4))
def test_mirrored_canvas_a_little_larger_than_the_picture(border, side):
    rng = np.random.default_rng(side)
    photo = cv2.resize(rng.integers(0, 256, (40, 30, 3), dtype=np.uint8), (120, 120))
    added = [126 * (number == side) for number in range(4)]
    canvas = cv2.copyMakeBorder(photo, *added, border)
    m = cv2.copyMakeBorder(np.zeros(photo.shape[:2], np.uint8), *added, cv2.BORDER_CONSTANT, value=255)
    assert "inverted" not in check.mask(m, canvas, intent="outpaint").codes
    assert "polarity-confirmed" not in check.mask(255 - m, canvas, intent="outpaint").codes
