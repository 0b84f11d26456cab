"""The paste is exact for every alpha, and leaves alone what alpha leaves alone."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc.composite import paste, paste_onto


def expected(base, patch, alpha):
    a = alpha.astype(np.int64).reshape(*alpha.shape, *[1] * (base.ndim - 2))
    return ((2 * (a * patch + (255 - a) * base.astype(np.int64)) + 255) // 510).astype(base.dtype)


def masks(kind, shape, rng):
    if kind == "scattered":
        return np.where(rng.random(shape) < 0.1, rng.integers(0, 256, shape), 0).astype(np.uint8)
    if kind == "hard":
        return np.where(rng.random(shape) < 0.5, 255, 0).astype(np.uint8)
    if kind == "blocks":
        return np.kron(rng.choice([0, 255, 77], (9, 5), p=[0.7, 0.2, 0.1]), np.ones((40, 70)))[
            : shape[0], : shape[1]
        ].astype(np.uint8)
    return rng.integers(0, 256, shape).astype(np.uint8)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["scattered", "hard", "blocks", "any"]),
    shape=st.tuples(st.integers(1, 300), st.integers(1, 330)),
    channels=st.sampled_from([None, 1, 3, 4]),
    dtype=st.sampled_from([np.uint8, np.uint16]),
    at=st.tuples(st.integers(-40, 40), st.integers(-40, 40)),
    seed=st.integers(0, 999),
)
def test_every_pixel_is_the_nearest_integer_to_the_true_blend(kind, shape, channels, dtype, at, seed):
    rng = np.random.default_rng(seed)
    more = () if channels is None else (channels,)
    base = rng.integers(0, np.iinfo(dtype).max + 1, (*shape, *more)).astype(dtype)
    patch = rng.integers(0, np.iinfo(dtype).max + 1, (*shape, *more)).astype(dtype)
    alpha = masks(kind, shape, rng)
    alpha = np.resize(alpha, shape)
    before = base.copy()
    done = paste(base, patch, alpha, at=at)
    wanted = base.copy()
    rows, columns = (slice(max(0, move), max(0, n + min(0, move))) for n, move in zip(shape, at[::-1], strict=True))
    rows, columns = slice(rows.start, min(rows.stop, shape[0])), slice(columns.start, min(columns.stop, shape[1]))
    own = slice(rows.start - at[1], rows.stop - at[1]), slice(columns.start - at[0], columns.stop - at[0])
    if rows.start < rows.stop and columns.start < columns.stop:
        wanted[rows, columns] = expected(base[rows, columns], patch[own], alpha[own])
    np.testing.assert_array_equal(done, wanted)
    np.testing.assert_array_equal(base, before)


def test_a_large_paste_goes_by_parts_and_in_place():
    rng = np.random.default_rng(0)
    base, patch = (rng.integers(0, 256, (900, 1400, 3), dtype=np.uint8) for _ in range(2))
    alpha = rng.integers(0, 256, (900, 1400), dtype=np.uint8)
    weight = alpha[:, :, np.newaxis].astype(np.float64)
    wanted = np.rint((weight * patch + (255 - weight) * base) / 255)
    for left in (0, 3):  # whole rows, and parts of them
        part = np.s_[:, left : 1400 - left]
        canvas = base.copy()
        paste_onto(canvas, patch[part], alpha[part], at=(left, 0))
        np.testing.assert_array_equal(canvas[part], wanted[part])
        np.testing.assert_array_equal(canvas, paste(base, patch[part], alpha[part], at=(left, 0)))
