import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc import control
from preproc.control import gradient, strips
from preproc.control.gradient import gradient_field
from preproc.control.strips import trace_in_strips


def traced(picture, low, high, rows, **options):
    field = gradient_field(picture, **options)
    return trace_in_strips(field.trace, (field.width, field.height), low, high, rows=rows)


@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    rows=st.integers(1, 45),
    low=st.integers(0, 400),
    step=st.integers(0, 800),
    l2=st.booleans(),
    seed=st.integers(0, 9999),
    smooth=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_any_strip_height_gives_the_whole_map(height, width, rows, low, step, l2, seed, smooth):
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    if smooth:  # long chains across many seams
        picture = cv2.blur(picture, (5, 5))
        low, step = low // 8, step // 8
    whole = cv2.Canny(picture, low, low + step, L2gradient=l2)
    np.testing.assert_array_equal(traced(picture, low, low + step, rows, l2=l2), whole)


@pytest.mark.parametrize("rows", [1, 7, 64, 333])
@pytest.mark.parametrize("sigma", [0, 1.4, 2.9, 3, 6.5, 13])
def test_smoothed_photos_too(rows, sigma):
    picture = skimage.data.coffee()[:301, :333]
    field = gradient_field(picture, sigma_px=sigma)
    whole = field.trace(0, 301, 12, 40)
    assert whole.any()
    np.testing.assert_array_equal(traced(picture, 12, 40, rows, sigma_px=sigma), whole)


def test_a_weak_line_is_kept_over_all_seams_by_one_strong_end():
    picture = np.zeros((60, 20, 3), np.uint8)
    picture[:, 10:] = 20
    picture[:3, 10:] = 200
    alone = picture.copy()
    alone[:3, 10:] = 20
    whole = cv2.Canny(picture, 50, 300)
    assert whole[50].any()
    np.testing.assert_array_equal(traced(picture, 50, 300, 4), whole)
    assert not traced(alone, 50, 300, 4).any()


@pytest.mark.parametrize("options", [{"low": 60, "high": 150}, {"low": 20, "high": 50, "denoise_sigma_px": 1.5}, {}])
def test_large_pictures_go_through_strips(monkeypatch, options):
    picture = skimage.data.astronaut()
    whole = control.canny(picture, **options)
    seen = []

    def watched(trace, size, low, high, *, rows):
        seen.append(rows)
        return trace_in_strips(trace, size, low, high, rows=rows)

    monkeypatch.setattr(gradient, "trace_in_strips", watched)
    monkeypatch.setattr(gradient, "WHOLE_PIXELS", 1000)
    monkeypatch.setattr(gradient, "BLOCK_PIXELS", 8192)
    np.testing.assert_array_equal(control.canny(picture, **options), whole)
    assert seen == [32]


@pytest.mark.parametrize("sigma", [1.4, 3.1, 6.5, 13])
@pytest.mark.parametrize("width", [130, 257, 512])
def test_long_rows_are_smoothed_part_by_part(monkeypatch, sigma, width):
    picture = np.ascontiguousarray(skimage.data.coffee()[:203, :width])
    field = gradient_field(picture, sigma_px=sigma)
    whole, high = field.trace(0, 203, 5, 20), gradient.otsu_threshold(field)
    assert whole.any()
    monkeypatch.setattr(gradient, "WHOLE_PIXELS", 1000)
    monkeypatch.setattr(gradient, "BLOCK_PIXELS", 2048)
    monkeypatch.setattr(gradient, "_PART_PIXELS", 512)
    monkeypatch.setattr(gradient, "_LEAST_COLUMNS", 13)
    field = gradient_field(picture, sigma_px=sigma)
    np.testing.assert_array_equal(gradient.edge_map(field, 5, 20), whole)
    assert gradient.otsu_threshold(field) == high


def test_only_chains_that_meet_a_seam_are_numbered(monkeypatch):
    picture = np.random.default_rng(0).integers(0, 256, (96, 200, 3), np.uint8)
    numbered = []
    monkeypatch.setattr(strips, "_spread", lambda strong, groups: numbered.append(len(groups)) or strong)
    traced(picture, 300, 600, 48)
    chains = strips._components(cv2.Canny(picture, 300, 300))[0]
    assert 0 < numbered[0] < chains / 2
