"""The one form inside: every array form of a picture is its RGB form, every array form of a mask its gray form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from preproc.arrays import as_image, as_mask, as_planes, same_size, size_of_array, to_uint8
from preproc.errors import InputError, MaskError, ShapeError

RGB = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3) * 14
GRAY = np.array([[0, 1, 127], [128, 254, 255]], np.uint8)

images = hnp.arrays(np.uint8, st.tuples(st.integers(1, 8), st.integers(1, 8), st.just(3)))
masks = hnp.arrays(np.uint8, st.tuples(st.integers(1, 8), st.integers(1, 8)))


def forms_of(values):
    """Yield the same 0 to 255 values in every type that can hold them."""
    yield values
    for dtype in (np.int16, np.int32, np.int64, np.uint32, np.uint64, ">i4"):
        yield values.astype(dtype)
    yield values.astype(np.uint16) * np.uint16(257)
    yield (values.astype(np.uint16) * np.uint16(257)).astype(">u2")
    for dtype in (np.float32, np.float64, np.longdouble):
        yield values.astype(dtype) / 255
    yield np.asfortranarray(values)
    yield np.repeat(values, 2, axis=0)[::2]
    yield np.ascontiguousarray(values[::-1])[::-1]


@given(images)
@settings(max_examples=40, deadline=None)
def test_every_form_of_an_image_is_its_rgb_form(rgb):
    for form in forms_of(rgb):
        before = form.copy()
        form.flags.writeable = False
        result = as_image(form)
        assert (result.dtype, result.shape) == (np.dtype(np.uint8), rgb.shape)
        np.testing.assert_array_equal(result, rgb)
        np.testing.assert_array_equal(form, before)
    alpha = rgb[:, :, :1]
    np.testing.assert_array_equal(as_image(np.dstack([rgb, alpha])), rgb)
    gray = np.repeat(alpha, 3, axis=2)
    for form in (alpha, alpha[:, :, 0], np.dstack([alpha, alpha])):
        np.testing.assert_array_equal(as_image(form), gray)


@given(masks)
@settings(max_examples=40, deadline=None)
def test_every_form_of_a_mask_is_its_gray_form(mask):
    opaque = np.full_like(mask, 255)
    stacks = [
        mask,
        mask[:, :, np.newaxis],
        np.dstack([mask] * 3),
        np.dstack([mask] * 3 + [opaque]),
        np.dstack([mask, opaque]),
    ]
    for stack in stacks:
        for form in forms_of(stack):
            form.flags.writeable = False
            if mask.max() == 1 and form.dtype.kind in "iu" and form.dtype not in ("<u2", ">u2"):
                continue  # ones, see below
            result = as_mask(form)
            assert result.dtype == np.uint8
            np.testing.assert_array_equal(result, mask)


def test_the_canonical_form_passes_without_a_copy():
    assert as_image(RGB) is RGB
    assert np.shares_memory(as_mask(GRAY), GRAY)
    assert to_uint8(GRAY) is GRAY


def test_bool_is_black_and_white():
    assert as_mask(GRAY > 127).tolist() == [[0, 0, 0], [255, 255, 255]]
    assert as_image((GRAY > 127)[::-1, ::2])[:, :, 2].tolist() == [[255, 255], [0, 0]]


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.uint16, np.int64])
@pytest.mark.parametrize("channels", [(), (1,), (3,)])
def test_integer_masks_of_zero_and_one_are_refused_not_black(dtype, channels):
    ones = np.zeros((30, 34), dtype)
    ones[3:23, 3:26] = 1
    form = ones if not channels else np.repeat(ones[:, :, np.newaxis], channels[0], axis=2)
    with pytest.raises(MaskError, match="only 0 and 1") as caught:
        as_mask(form)
    assert caught.value.code == "zero-one"
    assert as_mask(form.astype(bool)).max() == 255
    assert as_image(form).max() <= 1  # a picture may be dark


def test_a_sliver_of_ones_and_an_empty_mask_pass():
    sliver = np.zeros((12, 14), np.uint8)
    sliver[3] = 1
    for values in (sliver, sliver * 0, sliver.astype(np.int64) * 0, sliver.astype(np.uint16) * 0):
        assert as_mask(values).max() == values.max()


def test_eight_bits_in_sixteen_are_refused_not_black():
    with pytest.raises(MaskError, match="runs to 255, where 65535 is white") as caught:
        as_mask(GRAY.astype(np.uint16))
    assert caught.value.code == "wrong-scale"
    assert "uint8" in caught.value.fix
    assert as_mask(np.array([[0, 256]], np.uint16)).tolist() == [[0, 1]]


def test_16_bits_are_rounded_to_the_nearest_of_256():
    every = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    expected = np.floor(every / 257 + 0.5).astype(np.uint8)
    np.testing.assert_array_equal(to_uint8(every), expected)
    np.testing.assert_array_equal(as_image(np.dstack([every] * 3))[:, :, 1], expected)


def test_floats_are_rounded_half_to_even():
    assert to_uint8(np.array([0.0, 0.5, 1.5, 2.5, 255.0]) / 255).tolist() == [0, 0, 2, 2, 255]


def test_anything_with_array_works():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return RGB

    np.testing.assert_array_equal(as_image(Tensor()), RGB)


@pytest.mark.parametrize(
    ("array", "words", "fix"),
    [
        (np.array([[0.0, 1.5]]), "from 0 to 1, this one from 0 to 1.5", "divide"),
        (np.array([[-0.5, 1.0]]), "this one from -0.5 to 1", "divide"),
        (np.array([[0, 256]]), "from 0 to 255, this one from 0 to 256", "uint16"),
        (np.array([[-1, 5]], np.int8), "this one from -1 to 5", "uint8"),
        (np.array([[np.nan, 0]]), "1 pixels are NaN", "nan_to_num"),
        (np.array([[np.inf, -np.inf]]), "2 pixels are NaN or infinite", "nan_to_num"),
        (np.array([["a"]]), "cannot use <U1", "uint8"),
        (np.array([[None]]), "cannot use object", "uint8"),
        (np.array([[1j]]), "cannot use complex128", "uint8"),
        (np.zeros((0, 4), np.uint8), r"without pixels: shape \(0, 4\)", "empty slice"),
        (np.zeros(4, np.uint8), r"got shape \(4,\), need an image", None),
        (np.zeros((3, 40, 60), np.uint8), r"got shape \(3, 40, 60\)", "np.moveaxis"),
        (np.zeros((1, 4, 6, 3), np.uint8), r"got shape \(1, 4, 6, 3\)", r"array\[0\]"),
        (np.zeros((7, 6, 5), np.uint8), r"got shape \(7, 6, 5\)", None),
        ([[0, 1]], "expected an array, a Pillow image, a path or bytes, got list", "np.array"),
        (None, "got NoneType", "pass the picture"),
    ],
)
def test_what_is_no_image(array, words, fix):
    with pytest.raises(InputError, match=words) as caught:
        as_image(array)
    if fix is None:
        assert caught.value.fix is None
    else:
        assert fix.replace("\\", "") in caught.value.fix
    with pytest.raises(InputError):
        as_mask(array)


def test_masks_name_their_own_shape():
    with pytest.raises(InputError, match=r"need a mask of shape \(H, W\)"):
        as_mask(np.zeros((4, 6, 5), np.uint8))


@pytest.mark.parametrize(
    ("array", "code", "fix"),
    [
        (RGB, "colour", "mask.from_luminance"),
        (np.dstack([GRAY, GRAY, GRAY, GRAY]), "alpha", "mask.from_alpha"),
        (np.dstack([GRAY, GRAY]), "alpha", "mask.from_alpha"),
    ],
)
def test_masks_that_must_be_explained(array, code, fix):
    with pytest.raises(MaskError) as caught:
        as_mask(array)
    assert caught.value.code == code
    assert fix in caught.value.fix


def test_planes_leave_the_type_alone():
    assert as_planes(np.zeros((2, 3))).shape == (2, 3, 1)
    assert as_planes(np.zeros((2, 3, 2), np.float32)).dtype == np.float32


def test_same_size():
    assert same_size(np.zeros((2, 3, 3)), np.zeros((2, 3))) == (3, 2)
    assert size_of_array(np.zeros((2, 3, 3))) == (3, 2)
    with pytest.raises(ShapeError, match="3x2") as caught:
        same_size(np.zeros((2, 3, 3)), np.zeros((4, 3)))
    assert (caught.value.actual, caught.value.expected) == ((3, 4), (3, 2))
    with pytest.raises(ShapeError) as turned:
        same_size(np.zeros((2, 3, 3)), np.zeros((3, 2)), names=("photo", "depth"))
    assert "turned by 90 degrees" in turned.value.fix
    assert "depth" in turned.value.message
