import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc.control.smoothing import STEPS, blurred, enlarged, reduction, smoothed


@pytest.mark.parametrize("sigma", [0.5, 1.4, 2.9, 3, 5, 9, 20, 40])
@pytest.mark.parametrize("crop", [(512, 512), (397, 389), (333, 512)])
def test_within_a_few_levels_of_the_exact_gaussian(sigma, crop):
    picture = np.ascontiguousarray(skimage.data.astronaut()[: crop[0], : crop[1]])
    exact = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    error = np.abs(smoothed(picture, sigma) / STEPS - exact)
    assert error.max() < 2.5
    assert error.mean() < 0.2


@pytest.mark.parametrize(
    ("size", "sigma", "scale"),
    [((512, 512), 2, 1), ((512, 512), 2.99, 1), ((512, 512), 3, 2), ((768, 1024), 6, 4), ((90, 900), 50, 1)],
)
def test_reduction_leaves_what_the_blur_leaves(size, sigma, scale):
    assert reduction(size, sigma) == scale


def test_no_blur_is_the_picture_in_sixteenths():
    picture = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    np.testing.assert_array_equal(blurred(picture, 0), picture.astype(np.int16) * STEPS)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(-32768, 32767), st.sampled_from([1, 2, 4, 8]))
@settings(max_examples=40, deadline=None)
def test_a_plane_stays_a_plane(height, width, value, scale):
    plane = enlarged(np.full((height, width, 3), value, np.int16), scale)
    assert plane.shape == (height * scale, width * scale, 3)
    assert (plane == value).all()


def test_enlarged_lines_have_no_stairs():
    ridge = np.zeros((64, 64), np.int16)
    columns = np.arange(64)
    for column in columns:  # a slanted ridge, smooth across
        ridge[:, column] = 4000 * np.exp(-((np.arange(64) - 20 - column / 3) ** 2) / 8)
    top = enlarged(ridge, 8).argmax(axis=0)
    inner = top[64:-64]
    line = np.polyval(np.polyfit(np.arange(len(inner)), inner, 1), np.arange(len(inner)))
    assert np.abs(inner - line).max() < 2
