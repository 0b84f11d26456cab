import cv2
import numpy as np
import pytest

from preproc.control.normals import normal_from_depth
from preproc.errors import InputError


def ball(size=200):
    """A half ball towards the camera: nearness as floats, its true normals, and where it is not too steep."""
    y, x = (np.mgrid[:size, :size] - (size - 1) / 2) / (size / 2)
    height = np.sqrt(np.maximum(0, 1 - x * x - y * y))
    inside = x * x + y * y < 0.8
    return height, np.stack([-x, -y, height], axis=-1), inside


def test_a_ball_has_its_normals():
    height, truth, inside = ball()
    normal = normal_from_depth(height, near="high", relief_ratio=height.max() / 2, percentiles=(0, 100))
    assert normal.dtype == np.uint8
    error = np.abs(normal[inside] / 127.5 - 1 - truth[inside])
    assert error.max() < 0.03


def test_red_is_left_green_is_top_blue_is_front():
    normal = normal_from_depth(ball()[0], near="high").astype(int)
    assert normal[100, 100].tolist() == [128, 128, 255]
    assert normal[100, 30, 0] - normal[100, 170, 0] > 64
    assert normal[30, 100, 1] - normal[170, 100, 1] > 64


def test_distances_face_the_same_way_as_their_disparity():
    height = ball()[0]
    there = normal_from_depth(height, near="high")
    np.testing.assert_allclose(normal_from_depth(7 - height, near="low").astype(int), there, atol=1)


def test_all_normals_have_length_one_and_face_the_camera():
    noise = np.random.default_rng(0).random((60, 80))
    normal = normal_from_depth(noise, near="high")
    assert normal[..., 2].min() >= 127
    lengths = np.linalg.norm(normal / 127.5 - 1, axis=-1)
    assert np.abs(lengths - 1).max() < 0.01


def test_terraces_of_8_bits_are_smoothed_and_edges_stay():
    height = cv2.GaussianBlur(np.float32(np.random.default_rng(1).random((8, 8))), (0, 0), 1)
    fine = cv2.resize(height, (512, 512), interpolation=cv2.INTER_CUBIC)
    fine[:, 256:] += 0.3
    span = fine.max() - fine.min()
    coarse = np.uint8(np.rint((fine - fine.min()) / span * 255))
    truth = normal_from_depth(fine, near="high", percentiles=(0, 100)).astype(int)
    plain = normal_from_depth(coarse, near="high", percentiles=(0, 100), smooth_px=0).astype(int)
    smooth = normal_from_depth(coarse, near="high", percentiles=(0, 100)).astype(int)
    flat = np.ones((512, 512), bool)
    flat[:, 245:267] = False
    assert np.abs(smooth - truth)[flat].mean() < 0.4 * np.abs(plain - truth)[flat].mean()
    assert smooth[:, 255:257, 2].mean() < 160  # the step is still steep


def test_the_border_repeats_the_slope():
    ramp = np.tile(np.arange(64.0), (48, 1))
    normal = normal_from_depth(ramp, near="high", percentiles=(0, 100))
    assert (normal == normal[20, 20]).all()


def test_holes_take_the_nearest_value():
    ramp = np.tile(np.arange(64.0), (48, 1))
    holed = ramp.copy()
    holed[10:12, 30] = np.nan
    normal = normal_from_depth(holed, near="high", percentiles=(0, 100))
    assert np.abs(normal.astype(int) - normal[40, 20]).max() < 40


@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (2, 2), (2, 7)])
def test_small_pictures(shape):
    depth = np.arange(np.prod(shape), dtype=float).reshape(shape)
    assert normal_from_depth(depth, near="high").shape == (*shape, 3)


@pytest.mark.parametrize("options", [{"relief_ratio": 0}, {"relief_ratio": 101}, {"smooth_px": -1}, {"smooth_px": 99}])
def test_errors(options):
    with pytest.raises(InputError, match=next(iter(options))):
        normal_from_depth(np.arange(12.0).reshape(3, 4), near="high", **options)


def test_input_is_left_alone():
    depth = np.arange(48, dtype=np.uint8).reshape(6, 8)[:, ::-1]
    depth.setflags(write=False)
    normal_from_depth(depth, near="low")
