"""Shapes at 12 megapixels, against 8x supersampling in OpenCV: at least ten times as fast."""

import time

import cv2
import numpy as np
import pytest

from preproc import mask

SIZE = (4000, 3000)


def outline(count: int, roughness: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    angle = np.sort(rng.uniform(0, 2 * np.pi, count))
    radius = 800 * (1 + 0.1 * np.sin(5 * angle)) * (1 + roughness * rng.standard_normal(count))
    return np.stack([2000 + 1.05 * radius * np.cos(angle), 1500 + radius * np.sin(angle)], axis=1)


def supersampled(ring: np.ndarray, factor: int = 8, rows: int = 64) -> np.ndarray:
    """Draw eight times as large and average down, in strips and within the bounding box: OpenCV at its best."""
    left, top = np.floor(ring.min(axis=0)).astype(int)
    right, bottom = np.ceil(ring.max(axis=0)).astype(int)
    drawn = np.zeros(SIZE[::-1], np.uint8)
    for first in range(top, bottom, rows):
        height = min(rows, bottom - first)
        large = np.zeros((height * factor, (right - left) * factor), np.uint8)
        points = np.rint(((ring - (left, first)) * factor - 0.5) * 256).astype(np.int32)
        cv2.fillPoly(large, [points], 255, shift=8)
        part = cv2.resize(large, (right - left, height), interpolation=cv2.INTER_AREA)
        drawn[first : first + height, left:right] = part
    return drawn


@pytest.mark.parametrize(("count", "roughness"), [(10, 0.1), (100, 0.02), (1000, 0.003), (10_000, 0.0005)])
def test_polygon(benchmark, count, roughness):
    ring = outline(count, roughness)
    drawn = benchmark(mask.polygon, SIZE, ring)
    ratios = []
    for _ in range(9):
        start = time.process_time()
        mask.polygon(SIZE, ring)
        middle = time.process_time()
        other = supersampled(ring)
        ratios.append((time.process_time() - middle) / (middle - start))
    assert np.abs(drawn.astype(int) - other).max() < 100
    benchmark.extra_info["times_faster"] = float(np.median(ratios))
    assert np.median(ratios) >= 10


def test_stroke(benchmark):
    rng = np.random.default_rng(0)
    heading = np.cumsum(rng.normal(0, 0.2, 1000))
    points = (2000, 1500) + 3 * np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0)
    benchmark(mask.stroke, SIZE, points, width_px=40)


def test_trace(benchmark):
    benchmark(mask.trace, mask.polygon(SIZE, outline(1000, 0.003)))


def test_rle(benchmark):
    picture = mask.polygon(SIZE, outline(1000, 0.003))
    benchmark(lambda: mask.from_rle(mask.to_rle(picture)))
