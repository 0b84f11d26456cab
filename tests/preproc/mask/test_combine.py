"""Several masks in one, and values changed in place."""

from __future__ import annotations

import math

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from preproc import mask
from preproc.errors import InputError, MaskError, ShapeError
from preproc.geometry import Box

SHAPE = (9, 11)
MASKS = arrays(np.uint8, SHAPE)


@given(MASKS, MASKS, MASKS)
@settings(max_examples=40, deadline=None)
def test_the_laws_of_sets_hold_for_soft_masks(a, b, c):
    assert np.array_equal(mask.union(a, b, c), np.maximum(np.maximum(a, b), c))
    assert np.array_equal(mask.union(a, b), mask.union(b, a))
    assert np.array_equal(mask.union(a, a), a)
    assert np.array_equal(mask.intersect(a, b), mask.invert(mask.union(mask.invert(a), mask.invert(b))))
    assert np.array_equal(mask.subtract(a, b, c), mask.subtract(mask.subtract(a, b), c))
    assert np.array_equal(mask.subtract(a, b), mask.intersect(a, mask.invert(b)))
    assert np.array_equal(mask.difference(a, b), mask.difference(b, a))
    assert not mask.difference(a, a).any()
    assert np.array_equal(mask.difference(a, np.zeros_like(a)), a)
    assert np.array_equal(mask.invert(mask.invert(a)), a)


def test_hard_masks_combine_as_sets():
    rng = np.random.default_rng(0)
    a, b = rng.random((2, *SHAPE)) > 0.5
    for function, truth in (
        (mask.union, a | b),
        (mask.intersect, a & b),
        (mask.subtract, a & ~b),
        (mask.difference, a ^ b),
    ):
        assert np.array_equal(function(a, b), truth * 255)


def test_one_mask_alone_comes_back_as_a_copy():
    m = np.full(SHAPE, 7, np.uint8)
    for function in (mask.union, mask.intersect, mask.subtract):
        alone = function(m)
        assert np.array_equal(alone, m)
        assert not np.shares_memory(alone, m)


def test_any_form_and_pillow_answers_pillow(tmp_path):
    m = mask.ellipse((11, 9), (1, 1, 9, 8))
    PIL.Image.fromarray(m).save(tmp_path / "m.png")
    picture = PIL.Image.fromarray(m)
    assert np.array_equal(mask.union(tmp_path / "m.png", m > 127, picture), mask.union(m, mask.binarize(m)))
    assert isinstance(mask.subtract(picture, m), PIL.Image.Image)
    assert isinstance(mask.subtract(m, picture), np.ndarray)


def test_sizes_must_agree():
    with pytest.raises(ShapeError, match="11x9.*9x11"):
        mask.union(np.zeros((9, 11), np.uint8), np.zeros((11, 9), np.uint8))
    with pytest.raises(ShapeError):
        mask.difference(np.zeros((9, 11), np.uint8), np.zeros((9, 12), np.uint8))


def test_binarize():
    ramp = np.arange(256, dtype=np.uint8)[np.newaxis]
    for threshold in (1, 128, 255):
        assert np.array_equal(mask.binarize(ramp, threshold), (ramp >= threshold) * 255)
    assert np.array_equal(mask.binarize(ramp), (ramp >= 128) * 255)
    for bad in (0, 256, -1):
        with pytest.raises(InputError, match=str(bad)):
            mask.binarize(ramp, bad)


def test_contrast():
    ramp = np.arange(256, dtype=np.uint8)[np.newaxis]
    assert np.array_equal(mask.contrast(ramp, 1), ramp)
    steep = mask.contrast(ramp, 4)[0].astype(int)
    assert steep[127] < 128 <= steep[128]
    assert (np.diff(steep) >= 0).all()
    assert np.count_nonzero((steep > 0) & (steep < 255)) == pytest.approx(64, abs=2)
    assert abs(steep[::-1] - (255 - steep)).max() <= 1
    assert np.array_equal(mask.contrast(ramp, 1e308), mask.binarize(ramp))
    assert np.ptp(mask.contrast(ramp, 0)) == 0
    for bad in (-1, math.nan, math.inf):
        with pytest.raises(InputError, match="factor"):
            mask.contrast(ramp, bad)


def test_measures():
    m = np.zeros((10, 20), np.uint8)
    m[2:5, 3:7] = 255
    m[8, 19] = 100
    assert mask.bounds(m, threshold=128) == Box(3, 2, 7, 5)
    assert mask.bounds(m, threshold=1) == mask.bounds(m) == Box(3, 2, 20, 9)
    assert mask.coverage_ratio(m) == pytest.approx((12 * 255 + 100) / 255 / 200)
    assert mask.coverage_ratio(np.full((4, 4), 255, np.uint8)) == 1
    with pytest.raises(MaskError, match="highest value is 100") as caught:
        mask.bounds(m[6:], threshold=128)
    assert caught.value.code == "empty"
