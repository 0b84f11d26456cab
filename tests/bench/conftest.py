"""Ratios, not seconds: machines differ, and are busy."""

import statistics
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
    """Median over rounds of one function's processor time over another's, run in turn after one round to warm up."""

    def measure(ours, other, rounds=9):
        ratios = []
        for _ in range(rounds + 1):
            start = time.process_time()
            ours()
            middle = time.process_time()
            other()
            ratios.append((middle - start) / (time.process_time() - middle))
        return statistics.median(ratios[1:])

    return measure
