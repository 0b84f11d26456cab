"""Crop, masks and finish at 12 megapixels, as ratios to what they are made of."""

import tracemalloc

import cv2
import numpy as np
import pytest

from preproc import crop
from preproc.composite import paste


@pytest.fixture(scope="module")
def photo():
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (94, 125, 3), dtype=np.uint8)
    return cv2.add(
        cv2.resize(coarse, (4000, 3000), interpolation=cv2.INTER_CUBIC),
        rng.integers(0, 9, (3000, 4000, 3), dtype=np.uint8),
    )


@pytest.fixture(scope="module")
def object_mask():
    m = np.zeros((3000, 4000), np.uint8)
    cv2.circle(m, (2100, 1400), 150, 255, -1, cv2.LINE_AA)
    return m


def whole_edit(photo, m):
    edit = crop.around(photo, m)
    return edit.finish(np.clip(edit.sent_image.astype(np.int16) + 6, 0, 255).astype(np.uint8), repair="seam")


def test_an_edit_of_a_small_object_costs_less_than_three_blurs(benchmark, photo, object_mask, paired_ratio):
    def blur():
        cv2.GaussianBlur(photo, (0, 0), 2)

    ratio = paired_ratio(lambda: whole_edit(photo, object_mask), blur)
    benchmark.extra_info["ratio_to_gaussian_blur"] = ratio
    benchmark.pedantic(whole_edit, args=(photo, object_mask), rounds=3)
    assert ratio < 3


def test_a_composite_costs_less_than_two_and_a_half_copies_of_its_bytes(benchmark, photo, paired_ratio):
    m = np.zeros((3000, 4000), np.uint8)
    cv2.circle(m, (2000, 1500), round(np.sqrt(0.1 * m.size / np.pi)), 255, -1)
    m = cv2.GaussianBlur(m, (0, 0), 8)
    generated = 255 - photo
    source, target = np.zeros(120_000_000, np.uint8), np.zeros(120_000_000, np.uint8)
    ratio = paired_ratio(lambda: paste(photo, generated, m), lambda: np.copyto(target, source))
    benchmark.extra_info["ratio_to_copy"] = ratio
    benchmark.pedantic(paste, args=(photo, generated, m), rounds=3)
    assert ratio < 2.6


def test_memory_stays_under_four_photos(benchmark, photo, object_mask):
    def measured():
        tracemalloc.start()
        whole_edit(photo, object_mask)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak = benchmark.pedantic(measured, rounds=1)
    assert peak < 4 * photo.nbytes
