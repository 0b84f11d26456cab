"""Outpaint canvases: the photo untouched inside, no corner unfilled."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from preproc import outpaint
from preproc.errors import InputError
from preproc.geometry import SizeRule

FILLS = ["blur", "replicate", "reflect", "solid", "noise", "telea", "transparent"]


def in_sent(edit):
    left, top = edit.origin[0] - edit.crop.left, edit.origin[1] - edit.crop.top
    height, width = edit.original.shape[:2]
    return slice(top, top + height), slice(left, left + width)


@pytest.mark.parametrize("fill", FILLS)
def test_the_photo_lies_untouched_in_the_canvas(photo, fill):
    before = photo.copy()
    edit = outpaint.extend(photo, left=40, top=24, right=16, bottom=8, fill=fill)
    np.testing.assert_array_equal(edit.sent_image[in_sent(edit)][:, :, :3], photo)
    np.testing.assert_array_equal(photo, before)
    assert edit.canvas == (216, 152)
    assert edit.sent.width % 16 == edit.sent.height % 16 == 0
    if fill == "transparent":
        assert edit.sent_image.shape[2] == 4
        assert (edit.sent_image[:, :, 3] == 255).sum() == photo.shape[0] * photo.shape[1]
    else:
        for corner in (edit.sent_image[0, 0], edit.sent_image[0, -1], edit.sent_image[-1, 0], edit.sent_image[-1, -1]):
            assert corner.any()


def test_the_mask_is_every_new_pixel(photo):
    edit = outpaint.extend(photo, left=40, bottom=20)
    expected = np.full((140, 200), 255, np.uint8)
    expected[:120, 40:] = 0
    np.testing.assert_array_equal(edit.mask, expected)


def test_overlap_changes_only_the_blend(photo):
    without, with_it = outpaint.extend(photo, left=64, overlap=0), outpaint.extend(photo, left=64, overlap=24)
    np.testing.assert_array_equal(without.sent_image, with_it.sent_image)
    np.testing.assert_array_equal(without.mask, with_it.mask)
    assert (without.blend == without.mask).all()
    ramp = with_it.blend[60, 64:]
    assert (np.diff(ramp.astype(int)) <= 0).all()
    assert 22 <= np.count_nonzero(ramp) <= 25


def test_the_blend_is_equal_on_four_sides():
    edit = outpaint.extend(np.zeros((200, 200, 3), np.uint8), left=32, top=32, right=32, bottom=32, overlap=20)
    np.testing.assert_array_equal(edit.blend, edit.blend[::-1])
    np.testing.assert_array_equal(edit.blend, edit.blend[:, ::-1])
    np.testing.assert_array_equal(edit.blend, edit.blend.T)


def step_across(edit, side):
    rows, columns = in_sent(edit)
    picture = edit.sent_image.astype(int)
    pairs = {
        "left": (picture[rows, columns.start - 1], picture[rows, columns.start]),
        "right": (picture[rows, columns.stop], picture[rows, columns.stop - 1]),
        "top": (picture[rows.start - 1, columns], picture[rows.start, columns]),
        "bottom": (picture[rows.stop, columns], picture[rows.stop - 1, columns]),
    }
    return np.abs(pairs[side][0] - pairs[side][1])


@pytest.mark.parametrize(("fill", "most"), [("replicate", 0), ("blur", 1), ("reflect", 0)])
@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_the_fill_joins_the_photo_without_a_step(photo, fill, most, side):
    edit = outpaint.extend(photo, left=80, top=80, right=80, bottom=80, fill=fill)
    assert step_across(edit, side).mean() <= most


def test_blur_grows_with_the_distance(photo):
    edit = outpaint.extend(photo, left=320, fill="blur")
    columns = edit.sent_image[in_sent(edit)[0], : in_sent(edit)[1].start].astype(int)
    rough = [np.abs(np.diff(columns[:, -distance], axis=0)).mean() for distance in (1, 40, 160, 310)]
    assert rough == sorted(rough, reverse=True)
    assert rough[-1] < rough[0] / 4


def test_noise_has_the_photos_colours_and_its_seed(photo):
    one = outpaint.extend(photo, left=160, fill="noise", seed=3)
    again, other = (
        outpaint.extend(photo, left=160, fill="noise", seed=3),
        outpaint.extend(photo, left=160, fill="noise"),
    )
    np.testing.assert_array_equal(one.sent_image, again.sent_image)
    assert (one.sent_image != other.sent_image).any()
    new = one.sent_image[in_sent(one)[0], : in_sent(one)[1].start]
    assert np.abs(new.mean((0, 1)) - photo.mean((0, 1))).max() < 12
    assert np.abs(new.std((0, 1)) - photo.std((0, 1))).max() < 12


def test_solid_takes_any_colour(photo):
    edit = outpaint.extend(photo, right=32, fill="solid", color=(0, 255, 0))
    assert (edit.sent_image[:, in_sent(edit)[1].stop :] == (0, 255, 0)).all()
    with pytest.raises(InputError, match="0 to 255"):
        outpaint.extend(photo, right=32, fill="solid", color=(0, 300, 0))
    levels = outpaint.extend(photo, right=32, fill="solid", color=np.array([1, 2, 3]))
    assert levels.sent_image[0, -8].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "color", [(0.5, 0.5, 0.5), (1.0, 1.0, 1.0), (127.9, 0, 0), ("1", "2", "3"), (True, 0, 0), (float("nan"), 0, 0)]
)
def test_a_colour_that_is_no_levels_is_refused(photo, color):
    with pytest.raises(InputError, match="three whole numbers of 0 to 255"):
        outpaint.extend(photo, right=32, fill="solid", color=color)


def test_ways_to_say_how_far(photo):
    assert outpaint.extend(photo, left_ratio=0.5, bottom_ratio=0.25).canvas == (240, 150)
    assert outpaint.extend(photo, aspect="2:1").canvas == (240, 120)
    assert outpaint.extend(photo, aspect=(1, 1)).canvas == (160, 160)
    assert outpaint.extend(photo, size=(200, 130)).canvas == (200, 130)
    assert outpaint.extend(photo, zoom_out=1.5).canvas == (240, 180)
    assert outpaint.extend(photo, size=(200, 130), anchor="top-left").origin == (0, 0)
    assert outpaint.extend(photo, size=(200, 130), anchor="bottom-right").origin == (40, 10)
    assert outpaint.extend(photo, size=(200, 130), anchor="right").origin == (40, 5)
    assert outpaint.extend(photo, size=(200, 130)).origin == (20, 5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "nothing is added"),
        ({"left": -5}, "at least 0"),
        ({"left": 5, "aspect": "16:9"}, "say once"),
        ({"size": (10, 500)}, "is smaller"),
        ({"zoom_out": 0.5}, "at least 1"),
        ({"zoom_out": float("nan")}, "at least 1"),
        ({"left": 5, "overlap": -1}, "overlap"),
        ({"left": 5, "fill": "magic"}, "no fill"),
        ({"aspect": "4:3"}, "nothing is added"),
    ],
)
def test_what_makes_no_sense_is_refused(photo, options, message):
    with pytest.raises(InputError, match=message):
        outpaint.extend(photo, **options)


def test_the_same_plan_without_a_mask():
    added = outpaint.sides((640, 480), left_ratio=0.25, bottom_ratio=0.5, right=10)
    assert added == (160, 0, 10, 240)
    edit = outpaint.extend(np.zeros((480, 640, 3), np.uint8), left_ratio=0.25, bottom_ratio=0.5, right=10)
    assert (added.origin, added.canvas((640, 480))) == (edit.origin, edit.canvas)
    assert added.as_expansion() == {"expand_left": 160, "expand_top": 0, "expand_right": 10, "expand_bottom": 240}
    assert added.as_placement((640, 480)) == {
        "canvas_size": [810, 720],
        "original_image_size": [640, 480],
        "original_image_location": [160, 0],
    }
    assert outpaint.sides((640, 480), size=(800, 600), anchor="top-right") == (160, 0, 0, 120)


@settings(max_examples=40, deadline=None)
@given(
    size=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    sides=st.tuples(*[st.integers(0, 60)] * 4).filter(any),
    fill=st.sampled_from(["blur", "replicate", "reflect", "noise"]),
)
def test_any_photo_and_any_sides(size, sides, fill):
    photo = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    left, top, right, bottom = sides
    edit = outpaint.extend(photo, left=left, top=top, right=right, bottom=bottom, fill=fill)
    assert edit.canvas == (size[0] + left + right, size[1] + top + bottom)
    np.testing.assert_array_equal(edit.sent_image[in_sent(edit)], photo)


def test_a_large_canvas_is_scaled_to_the_rule(photo):
    edit = outpaint.extend(photo, zoom_out=4, rule=SizeRule(max_pixels=60_000))
    assert edit.sent.pixels <= 60_000
    assert edit.scale < 1
    done = edit.finish(edit.sent_image, repair="none")
    kept = edit.blend == 0
    placed = np.zeros_like(done.image)
    placed[edit.origin[1] : edit.origin[1] + 120, edit.origin[0] : edit.origin[0] + 160] = photo
    np.testing.assert_array_equal(done.image[kept], placed[kept])


def test_a_canvas_without_end_is_refused_before_memory_is_taken(photo):
    with pytest.raises(InputError, match="160x120 photo would become 40160x120.* 32767 px"):
        outpaint.extend(photo, left=40_000)
    with pytest.raises(InputError, match="would become 30000x30000"):
        outpaint.extend(photo, size=(30_000, 30_000))
    with pytest.raises(InputError, match="a canvas has at most"):
        outpaint.sides((160, 120), zoom_out=1e9)


def test_a_strip_of_a_large_photo_is_sent_in_part():
    photo = data.chelsea()[:200, :400].copy()
    edit = outpaint.extend(photo, left=64, overlap=16, context_px=48)
    assert edit.crop == (0, -4, 128, 204)
    assert edit.scale == 1
    np.testing.assert_array_equal(edit.sent_image[4:204, 64:128], photo[:, :64])
    done = edit.finish(np.full_like(edit.sent_image, 99), repair="none")
    np.testing.assert_array_equal(done.image[:, 64 + 17 :], photo[:, 17:])
    assert (done.image[:, :64] == 99).all()
