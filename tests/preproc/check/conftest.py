"""What the tests of checks share."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from preproc import control, mask

from .pictures import FOLDER, crops


@pytest.fixture
def disc():
    return mask.ellipse((160, 120), (40, 20, 110, 90))


@pytest.fixture(scope="session")
def photos():
    return [photo for photo in crops(200, seed=4) if photo.std() > 6]  # one crop of a black margin is no photo


@pytest.fixture(scope="session")
def edges(photos):
    found = [cv2.Canny(photo, 100, 200) for photo in photos]
    return [each for each in found if np.count_nonzero(each) > 0.001 * each.size]


@pytest.fixture(scope="session")
def depths():
    disparity = np.load(FOLDER / "motorcycle_disp.npz")["arr_0"]
    generator = np.random.default_rng(5)
    found = []
    for _ in range(30):
        side = int(generator.integers(150, 400))
        top, left = int(generator.integers(0, 500 - side)), int(generator.integers(0, 741 - side))
        found.append(control.normalize_depth(disparity[top : top + side, left : left + side], near="high"))
    return found


@pytest.fixture(scope="session")
def poses():
    standing = np.array([
        (0, -0.9), (0, -0.62), (-0.17, -0.62), (-0.25, -0.35), (-0.28, -0.1), (0.17, -0.62), (0.25, -0.35),
        (0.28, -0.1), (-0.1, -0.05), (-0.11, 0.4), (-0.12, 0.85), (0.1, -0.05), (0.11, 0.4), (0.12, 0.85),
        (-0.04, -0.94), (0.04, -0.94), (-0.08, -0.91), (0.08, -0.91),
    ])  # fmt: skip
    generator = np.random.default_rng(6)
    found = []
    for number in range(24):
        width, height = generator.integers(200, 420, 2)
        people = [
            standing * generator.uniform(0.2, 0.5) * height
            + generator.uniform(0.3, 0.7, 2) * (width, height)
            + generator.normal(0, 4, (18, 2))
            for _ in range(int(generator.integers(1, 4)))
        ]
        thickness = ("openpose", "scaled", "xinsir")[number % 3]
        found.append(control.draw_pose(people, (int(width), int(height)), thickness=thickness))
    return found
