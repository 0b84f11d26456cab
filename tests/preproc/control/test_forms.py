"""Every form a photo comes in gives the map of its RGB pixels, or an error that names what is wrong."""

import io

import numpy as np
import PIL.Image
import pytest
import skimage.data

from preproc import control, load_image
from preproc.errors import InputError

LOCAL = [name for name, of in control.TYPES.items() if of.is_local]
PHOTO = skimage.data.chelsea()[50:200, 90:290]


def pillow(mode: str) -> PIL.Image.Image:
    image = PIL.Image.fromarray(PHOTO)
    if mode == "I;16":
        return PIL.Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    if mode == "F":
        return PIL.Image.fromarray(np.asarray(image.convert("L")).astype(np.float32) / 255)
    if mode == "P":
        return image.quantize(64)
    if mode == "RGBA":
        image.putalpha(255)
        return image
    return image.convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_pillow_modes(mode):
    image = pillow(mode)
    pixels = load_image(image)
    expected = (
        np.asarray(image.convert("L" if mode in {"1", "L", "LA"} else "RGB"))
        if mode not in {"I;16", "F", "CMYK"}
        else None
    )
    if expected is not None:
        np.testing.assert_array_equal(pixels, expected if expected.ndim == 3 else np.repeat(expected[..., None], 3, 2))
    for name in LOCAL:
        draw = control.TYPES[name].function
        drawn = draw(image)
        assert isinstance(drawn, PIL.Image.Image)
        np.testing.assert_array_equal(np.asarray(drawn), draw(pixels))
        np.testing.assert_array_equal(control.make(name, image).image, draw(pixels))


def test_floats_beyond_one_are_refused():
    image = PIL.Image.fromarray(np.linspace(-3, 900, 64, dtype=np.float32).reshape(8, 8))
    with pytest.raises(InputError):
        control.canny(image)


def test_turned_by_exif():
    image = PIL.Image.fromarray(np.rot90(PHOTO))
    exif = image.getexif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    image.save(buffer, "PNG", exif=exif)
    for name in LOCAL:
        draw = control.TYPES[name].function
        np.testing.assert_array_equal(draw(buffer.getvalue()), draw(PHOTO))


@pytest.mark.parametrize("name", LOCAL)
@pytest.mark.parametrize(
    "awkward",
    [
        lambda: np.asfortranarray(PHOTO),
        lambda: np.repeat(np.repeat(PHOTO, 2, axis=0), 3, axis=1)[::2, ::3],
        lambda: np.ascontiguousarray(PHOTO[::-1, ::-1])[::-1, ::-1],
        lambda: np.ascontiguousarray(PHOTO[:, :, ::-1])[:, :, ::-1],
        lambda: np.moveaxis(np.ascontiguousarray(np.moveaxis(PHOTO, 2, 0)), 0, 2),
        lambda: PHOTO.astype(np.uint16) * 257,
        lambda: PHOTO.astype(np.int64),
        lambda: PHOTO / 255,
    ],
    ids=["fortran", "strided", "mirrored", "bgr-view", "planar", "uint16", "int64", "float"],
)
def test_awkward_arrays(name, awkward):
    array = awkward()
    array.setflags(write=False)
    draw = control.TYPES[name].function
    np.testing.assert_array_equal(draw(array), draw(PHOTO))


def test_transposed_pictures_keep_their_sides():
    for name in LOCAL:
        assert control.TYPES[name].function(PHOTO.swapaxes(0, 1)).shape[:2] == (200, 150)
