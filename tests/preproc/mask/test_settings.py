"""Numbers of other tools."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import PIL.Image
import PIL.ImageFilter
import pytest

from preproc import mask
from preproc.errors import InputError
from preproc.mask import Softening, from_settings


@pytest.fixture
def square():
    return mask.rectangle((200, 180), (60, 60, 130, 110))


def width_10_90(m, row):
    """Pixels between 10 and 90 % along a row that falls off to the right."""
    profile = m[row, 95:].astype(float) / 255
    at = np.arange(len(profile))
    return np.interp(-0.1, -profile, at) - np.interp(-0.9, -profile, at)


def test_a1111_is_a_gaussian_on_the_edge(square):
    settings = from_settings("a1111", mask_blur=8)
    assert settings == Softening(grow_px=0, feather_px=48, position="centre", curve="gaussian")
    assert abs(settings.apply(square) - cv2.GaussianBlur(square.astype(float), (0, 0), 8)).max() <= 1
    large = mask.rectangle((400, 300), (-100, -100, 200, 400))
    assert width_10_90(from_settings("a1111", mask_blur=16).apply(large), 150) == pytest.approx(41, abs=0.6)
    assert from_settings("a1111") == from_settings("a1111", mask_blur=4)


def test_diffusers_and_grow_mask_with_blur(square):
    strip = mask.rectangle((200, 180), (20, 3, 200, 15))  # close to the border, where a mirrored mask would be stronger
    for m in (square, strip):
        pillow = np.asarray(PIL.Image.fromarray(m).filter(PIL.ImageFilter.GaussianBlur(5)))
        settings = from_settings("diffusers", blur=5)
        assert np.array_equal(settings.apply(m), pillow)
        assert (dataclasses.replace(settings, position="outer").apply(m) >= m).all()
    outer = dataclasses.replace(settings, position="outer").apply(square)
    assert np.array_equal(outer, mask.feather(square, 30, curve="gaussian"))
    both = from_settings("comfyui", expand=6, blur_radius=3)
    assert both == Softening(6, 18, "centre", "gaussian")
    assert np.array_equal(
        both.apply(square), mask.feather(mask.grow(square, 6), 18, position="centre", curve="gaussian")
    )


def test_grow_mask_moves_straight_edges_as_far(square):
    grown = from_settings("comfyui", expand=16, tapered_corners=False).apply(square)
    assert np.array_equal(grown[85], cv2.dilate(square, np.ones((33, 33), np.uint8))[85])
    assert np.array_equal(from_settings("comfyui", expand=-5).apply(square), mask.shrink(square, 5))


def test_feather_mask_fades_at_the_canvas_border_alone(square):
    faded = from_settings("comfyui", left=4, top=0, right=2, bottom=0).apply(np.full((3, 9), 255, np.uint8))
    assert faded.tolist() == [[64, 128, 191, 255, 255, 255, 255, 255, 128]] * 3
    assert from_settings("comfyui", left=50, top=50).apply(np.full((2, 2), 255, np.uint8)).tolist() == [
        [64, 128],
        [128, 255],
    ]
    assert np.array_equal(from_settings("comfyui", left=12, top=12, right=12, bottom=12).apply(square), square)
    with pytest.raises(InputError, match="different nodes"):
        from_settings("comfyui", left=4, top=4, right=4, bottom=4, expand=2)
    with pytest.raises(InputError, match="whole pixels"):
        from_settings("comfyui", left=4.5)


@pytest.mark.parametrize(("pixels", "moved"), [(16, 3), (20, 4), (32, 6), (0, 0)])
def test_crop_and_stitch_expands_less_than_it_says(pixels, moved):
    assert from_settings("crop-and-stitch", mask_expand_pixels=pixels, mask_blend_pixels=0) == Softening(grow_px=moved)


def test_crop_and_stitch_blends(square):
    blend = from_settings("crop-and-stitch", mask_blend_pixels=16)
    assert blend == Softening(3, 12, "centre", "gaussian")
    large = mask.rectangle((400, 300), (-100, -100, 200, 400))
    assert width_10_90(blend.apply(large), 150) == pytest.approx(5.1, abs=0.3)
    assert from_settings("crop-and-stitch") == from_settings("crop-and-stitch", mask_blend_pixels=32)


def test_the_record_can_be_changed_and_answers_in_kind(square):
    kept = dataclasses.replace(from_settings("a1111", mask_blur=3), position="outer")
    assert (kept.apply(square) >= square).all()
    assert isinstance(kept.apply(PIL.Image.fromarray(square)), PIL.Image.Image)
    assert np.array_equal(Softening().apply(square), square)


def test_what_is_refused():
    with pytest.raises(InputError, match="'photoshop'"):
        from_settings("photoshop")
    with pytest.raises(InputError, match="no setting expand") as caught:
        from_settings("a1111", expand=3)
    assert "mask_blur" in caught.value.fix
    for wrong in (-1, float("nan"), float("inf")):
        with pytest.raises(InputError, match="mask_blur"):
            from_settings("a1111", mask_blur=wrong)
    with pytest.raises(TypeError):
        from_settings("a1111", blur_mask=3)


@pytest.mark.parametrize("sides", [3, (1, 2), "1234"])
def test_a_border_has_four_sides(sides):
    with pytest.raises(InputError, match="border_px is"):
        mask.Softening(border_px=sides)


def test_sides_of_the_border_are_whole_pixels(square):
    whole = Softening(border_px=(8, 8, 8, 8))
    given = Softening(border_px=[8.0, np.int64(8), 8, 8])
    assert given == whole
    np.testing.assert_array_equal(given.apply(square), whole.apply(square))
    with pytest.raises(InputError, match=r"whole number of at least 0, got 2\.5"):
        Softening(border_px=(2.5, 8, 8, 8))
