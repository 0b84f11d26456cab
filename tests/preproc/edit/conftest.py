import cv2
import numpy as np
import pytest
from skimage import data


@pytest.fixture(scope="module")
def photo():
    return data.astronaut()[:300, :400].copy()


@pytest.fixture
def disc():
    m = np.zeros((300, 400), np.uint8)
    cv2.circle(m, (200, 140), 45, 255, -1)
    return m
