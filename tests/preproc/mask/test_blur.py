"""The blur is a Gaussian's, to a level, at any width and on masks of any shape."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc.mask.blur import blur

from .discs import disc


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
