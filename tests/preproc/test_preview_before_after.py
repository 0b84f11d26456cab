"""Two states of a picture, side by side or under a slider."""

import numpy as np
import PIL.Image
import pytest

from preproc import preview
from preproc.errors import InputError, ShapeError
from preproc.files import save_image

from .shown import PHOTO, disc

DARK = (20, 22, 26)


def test_side_by_side_keeps_every_pixel_but_those_of_the_captions():
    after = 255 - PHOTO
    both = preview.before_after(PHOTO, after)
    assert both.shape == (120, 364, 3)
    np.testing.assert_array_equal(both[:90, :180], PHOTO[:90])
    np.testing.assert_array_equal(both[:90, 184:], after[:90])
    assert (both[:, 180:184] == DARK).all()
    assert (both[90:, :180] != PHOTO[90:]).any()


def test_pictures_of_two_sizes_are_centred():
    larger = np.full((200, 300, 3), 7, np.uint8)
    both = preview.before_after(PHOTO, larger, background="light")
    assert both.shape == (200, 484, 3)
    np.testing.assert_array_equal(both[40:100, :180], PHOTO[:60])
    assert (both[:40, :180] == 255).all()
    assert (both[160:, :180] == 255).all()


@pytest.mark.parametrize("position", [0.0, 0.25, 0.5, 1.0])
def test_the_slider_shows_before_on_its_left_and_after_on_its_right(position):
    after = 255 - PHOTO
    both = preview.before_after(PHOTO, after, split="slider", position=position)
    at = round(180 * position)
    assert both.shape == PHOTO.shape
    np.testing.assert_array_equal(both[:40, : max(0, at - 2)], PHOTO[:40, : max(0, at - 2)])
    np.testing.assert_array_equal(both[:40, at + 2 :], after[:40, at + 2 :])
    column = min(max(at - 1, 0), 179)
    assert (both[5, column] == 255).all()


@pytest.mark.parametrize("split", ["side", "slider"])
def test_what_became_transparent_is_not_shown(split, tmp_path):
    cut = np.dstack([PHOTO, disc(radius=40)])
    for after in (cut, save_image(cut, tmp_path / "cut.png"), PIL.Image.fromarray(cut)):
        shown = preview.before_after(PHOTO, after, split=split)[:90, -180:][:, 110:]
        np.testing.assert_array_equal(shown, preview.checkerboard(cut, cell_px=4)[:90, 110:])
    shown = preview.before_after(PIL.Image.fromarray(cut), PHOTO)
    np.testing.assert_array_equal(np.asarray(shown)[:90, :180], preview.checkerboard(cut, cell_px=4)[:90])


def test_both_have_words_or_none():
    small = np.full((48, 64, 3), 100, np.uint8)
    both = preview.before_after(small, small)
    np.testing.assert_array_equal(both[:, :64], both[:, -64:])


def test_small_pictures_have_no_room_for_words():
    tiny = np.full((8, 8, 3), 100, np.uint8)
    np.testing.assert_array_equal(preview.before_after(tiny, tiny)[:, :8], tiny)
    assert preview.before_after(tiny, tiny, split="slider").shape == (8, 8, 3)
    one = tiny[:1, :1]
    assert preview.before_after(one, one, split="slider").shape == (1, 1, 3)


@pytest.mark.parametrize("options", [{"split": "top"}, {"split": "slider", "position": 1.5}, {"background": "pink"}])
def test_before_after_refuses(options):
    with pytest.raises(InputError):
        preview.before_after(PHOTO, PHOTO, **options)


def test_the_slider_needs_one_size():
    with pytest.raises(ShapeError):
        preview.before_after(PHOTO, PHOTO[:60], split="slider")
