"""Comparing says what hashing says: whether the pixels that must not change are the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc.errors import ShapeError
from preproc.preserved import is_preserved, preserved_sha256


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 999), touched=st.booleans(), share=st.sampled_from([0.0, 0.3, 1.0]))
def test_comparing_says_what_hashing_says(seed, touched, share):
    rng = np.random.default_rng(seed)
    before = rng.integers(0, 256, (300, 40, 3), dtype=np.uint8)
    blend = np.where(rng.random((300, 40)) < share, 9, 0).astype(np.uint8)
    after = np.where(blend[:, :, np.newaxis] > 0, 255 - before, before)
    if touched:
        y, x = rng.integers(0, 300), rng.integers(0, 40)
        after[y, x, 1] ^= 1
    same = preserved_sha256(before, blend) == preserved_sha256(after, blend)
    assert is_preserved(before, after, blend) == same
    assert same == (not (touched and blend[y, x] == 0) if touched else True)


def test_sizes_that_differ_are_named():
    with pytest.raises(ShapeError, match="3x2"):
        preserved_sha256(np.zeros((2, 3), np.uint8), np.zeros((2, 2), np.uint8))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_smaller_picture_is_hashed_as_if_it_lay_among_zeros(dtype):
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (200, 30, 3), dtype=dtype)
    blend = rng.choice([0, 0, 9], (300, 50)).astype(np.uint8)
    canvas = np.zeros((300, 50, 3), dtype)
    canvas[70:270, 7:37] = picture
    assert preserved_sha256(picture, blend, at=(7, 70)) == preserved_sha256(canvas, blend)
