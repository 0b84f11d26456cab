"""Functions written for arrays take every form, and answer in the form they were given."""

import io

import numpy as np
import PIL.Image
import pytest

from preproc.adapt import takes_image, takes_mask, turns_image, turns_mask
from preproc.errors import InputError, MaskError
from preproc.files import Photo, save_image

RGB = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
GRAY = RGB[:, :, 0].copy()


@turns_image
def flipped(image, *, times=1):
    """Flip."""
    return image[:, :: (-1) ** times]


@turns_image
def edges(image):
    return image[:, :, 0]


@turns_mask
def inverted(mask):
    return 255 - mask


@takes_image
def mean(image, offset=0, *, scale=1):
    assert image.shape == (5, 7, 3)
    return (float(image.mean()) + offset) * scale


@takes_mask
def covered(mask):
    assert mask.shape == (5, 7)
    return int(mask.sum())


def forms(array, folder):
    path = save_image(array, folder / "a.png", overwrite=True)
    lazy = PIL.Image.open(io.BytesIO(path.read_bytes()))
    return [
        array,
        str(path),
        path,
        path.read_bytes(),
        io.BytesIO(path.read_bytes()),
        Photo.open(path),
        lazy,
        PIL.Image.fromarray(array),
        array.astype(np.uint16) * 257,
        array / 255,
        np.asfortranarray(array),
    ]


def test_every_form_of_an_image_gives_the_same(tmp_path):
    for form in forms(RGB, tmp_path):
        assert mean(form) == pytest.approx(RGB.mean())
        np.testing.assert_array_equal(np.asarray(flipped(form)), RGB[:, ::-1])


def test_every_form_of_a_mask_gives_the_same(tmp_path):
    for form in forms(GRAY, tmp_path):
        assert covered(form) == GRAY.sum()
        np.testing.assert_array_equal(np.asarray(inverted(form)), 255 - GRAY)


def test_pillow_in_pillow_out(tmp_path):
    for form in forms(RGB, tmp_path):
        assert isinstance(flipped(form), PIL.Image.Image) == isinstance(form, PIL.Image.Image)
    assert flipped(PIL.Image.fromarray(RGB)).mode == "RGB"
    assert edges(PIL.Image.fromarray(RGB)).mode == "L"
    assert inverted(PIL.Image.fromarray(GRAY)).mode == "L"
    assert isinstance(mean(PIL.Image.fromarray(RGB)), float)


def test_other_arguments_pass_through():
    assert mean(RGB, 2, scale=3) == pytest.approx((RGB.mean() + 2) * 3)
    np.testing.assert_array_equal(flipped(RGB, times=2), RGB)


def test_the_function_keeps_its_name_and_stays_at_hand():
    assert (flipped.__name__, flipped.__doc__) == ("flipped", "Flip.")
    np.testing.assert_array_equal(flipped.__wrapped__(RGB), RGB[:, ::-1])


def test_the_picture_is_never_changed():
    picture, array = PIL.Image.fromarray(RGB), RGB.copy()
    array.flags.writeable = False
    before = picture.tobytes()
    flipped(picture)
    flipped(array)
    assert picture.tobytes() == before


def test_what_is_no_picture_is_refused_before_the_function_runs():
    with pytest.raises(InputError, match="expected an array"):
        mean(None)
    with pytest.raises(MaskError):
        covered(RGB)
