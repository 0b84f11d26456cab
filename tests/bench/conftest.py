"""Ratios, not seconds: machines differ, and are busy."""

import time

import cv2
import pytest


@pytest.fixture(autouse=True)
def one_thread():
    """Both sides of a ratio run on one core, as one image of a batch does."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(before)


@pytest.fixture(scope="session")
def paired_ratio():
    """Least processor time of one function over another's, run in turn after one round to warm up.

    Of least times: a busy machine adds to both sides, and not alike, as caches are shared; it never takes away.
    """

    def measure(ours, other, rounds=9):
        times = []
        for _ in range(rounds + 1):
            start = time.process_time()
            ours()
            middle = time.process_time()
            other()
            times.append((middle - start, time.process_time() - middle))
        least, least_other = (min(side) for side in zip(*times[1:], strict=True))
        return least / least_other

    return measure
