"""What `Photo` carries from one file to the next."""

import io
import pickle

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preproc.errors import InputError, ShapeError
from preproc.files import Photo, save_image

from .stored import PROFILE, camera_exif, random_planes, tags_of

photos = st.builds(
    lambda seed, height, width, channels, dtype, has_alpha, icc, exif: Photo(
        random_planes(seed, height, width, channels, dtype),
        random_planes(seed + 1, height, width, 1, dtype)[:, :, 0] if has_alpha else None,
        icc_profile=PROFILE if icc else None,
        exif=camera_exif() if exif else None,
    ),
    st.integers(0, 999),
    st.integers(1, 70),
    st.integers(1, 40),
    st.sampled_from([1, 3]),
    st.sampled_from([np.uint8, np.uint16]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


def assert_same(one, two):
    assert one.pixels.dtype == two.pixels.dtype
    np.testing.assert_array_equal(one.pixels, two.pixels)
    assert (one.alpha is None) == (two.alpha is None)
    if one.alpha is not None:
        np.testing.assert_array_equal(one.alpha, two.alpha)
    assert one.icc_profile == two.icc_profile
    assert one.sha256 == two.sha256


@given(photos)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_png_gives_everything_back(tmp_path, photo):
    path = photo.save(tmp_path / "a.png", overwrite=True)
    again = Photo.open(path)
    assert_same(photo, again)
    assert (photo.exif and tags_of(photo.exif)) == (again.exif and tags_of(again.exif))
    np.testing.assert_array_equal(photo.rgb, again.rgb)
    _read_by_others(path, photo)


def _read_by_others(path, photo):
    """Pillow checks every CRC; OpenCV reads all 16 bits."""
    with PIL.Image.open(path) as picture:
        picture.verify()
        assert picture.info.get("icc_profile") == photo.icc_profile
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if photo.pixels.shape[2] == 1:
        np.testing.assert_array_equal(pixels if pixels.ndim == 2 else pixels[:, :, 0], photo.pixels[:, :, 0])
    else:
        np.testing.assert_array_equal(pixels[:, :, 2::-1], photo.pixels)
    if photo.alpha is not None:
        np.testing.assert_array_equal(pixels[:, :, -1], photo.alpha)


@given(photos, st.sampled_from([".tif", ".webp"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_other_lossless_formats_give_everything_back_or_refuse(tmp_path, photo, suffix):
    path = tmp_path / f"a{suffix}"
    path.unlink(missing_ok=True)
    if photo.depth == 16 and (suffix == ".webp" or photo.alpha is not None or photo.pixels.shape[2] == 3):
        with pytest.raises(InputError, match=r"16") as caught:
            photo.save(path)
        assert caught.value.fix == "save as .png"
        assert not path.exists()
        return
    again = Photo.open(photo.save(path))
    if suffix == ".webp" and photo.pixels.shape[2] == 1:  # WebP knows no gray
        np.testing.assert_array_equal(again.pixels, np.repeat(photo.pixels, 3, axis=2))
        again = Photo(again.pixels[:, :, :1], again.alpha, again.icc_profile, again.exif)
    if suffix == ".webp" and photo.alpha is not None and (photo.alpha == 255).all():  # nor an alpha that hides nothing
        assert again.alpha is None
        photo = Photo(photo.pixels, None, photo.icc_profile, photo.exif)
    assert_same(photo, again)
    if photo.exif:
        ours, theirs = tags_of(photo.exif), tags_of(again.exif)
        assert theirs[0].items() >= {0x010F: "Maker", 0x0132: "2024:05:06 07:08:09"}.items()
        assert ours[1:] == theirs[1:]


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_travels_upright(tmp_path, name):
    buffer = io.BytesIO()
    exif = b"Exif\0\0" + camera_exif(orientation=6)
    PIL.Image.new("RGB", (6, 4)).save(buffer, name, exif=exif)
    photo = Photo.open(buffer.getvalue())
    assert photo.size == (4, 6)
    main, camera, gps = tags_of(photo.exif)
    assert main[0x0112] == 1 if name != "TIFF" else 0x0112 not in main
    assert main[0x010F] == "Maker"
    assert camera == {0x9003: "2024:05:06 07:08:09", 0x927C: b"maker's note"}
    assert gps == {1: "N"}
    again = Photo.open(photo.save(tmp_path / "a.png"))
    assert again.size == (4, 6)  # not turned a second time
    assert tags_of(again.exif) == (main, camera, gps)


def test_the_thumbnail_of_the_unedited_photo_is_dropped():
    thumbnail = io.BytesIO()
    PIL.Image.new("RGB", (16, 12), (255, 0, 0)).save(thumbnail, "JPEG")
    one = PIL.Image.Exif()
    one[0x010F] = "Maker"
    one.get_ifd(1)[0x0201] = 0
    block = one.tobytes() + thumbnail.getvalue()
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (64, 48)).save(buffer, "JPEG", exif=block)
    assert b"\xff\xd8\xff" not in Photo.open(buffer.getvalue()).exif


def test_a_pillow_images_own_exif_is_left_alone():
    picture = PIL.Image.new("RGB", (6, 4))
    picture.getexif()[0x0112] = 6
    assert Photo.open(picture).size == (4, 6)
    assert picture.getexif()[0x0112] == 6
    assert picture.size == (6, 4)


def test_photo_arrays_are_read_only_and_its_own():
    array = np.zeros((2, 3, 4), np.uint8)
    photo = Photo.open(array)
    array[:] = 9
    assert photo.pixels.max() == 0
    assert photo.alpha.max() == 0
    for plane in (photo.pixels, photo.alpha, photo.rgb):
        assert not plane.flags.writeable
    assert array.flags.writeable
    assert Photo.open(photo) is photo
    assert photo.rgb is photo.rgb


def test_photo_describes_itself(tmp_path):
    photo = Photo(np.zeros((2, 3, 1), np.uint16), icc_profile=None, exif=b"x", path="street.png")
    assert repr(photo) == "Photo(3x2, 16-bit gray, EXIF, 'street.png')"
    assert (photo.size, photo.depth) == ((3, 2), 16)
    path = save_image(np.zeros((2, 3), np.uint8), tmp_path / "a.png")
    assert Photo.open(path).path == str(path)
    assert Photo.open(path.read_bytes()).path is None


def test_photo_hash_is_of_the_pixels(tmp_path):
    array = random_planes(0, 5, 7, 3, np.uint8)
    photo = Photo.open(array)
    forms = [save_image(array, tmp_path / "a.png"), save_image(array, tmp_path / "a.webp"), PIL.Image.fromarray(array)]
    assert {Photo.open(form).sha256 for form in forms} == {photo.sha256}
    others = [
        array[::-1],
        array[:, :, :1],
        array.reshape(7, 5, 3),
        array.astype(np.uint16),
        np.dstack([array, array[:, :, :1]]),
    ]
    hashes = {Photo.open(other).sha256 for other in others}
    assert len(hashes) == len(others)
    assert photo.sha256 not in hashes


def test_photo_survives_pickling():
    photo = Photo.open(random_planes(0, 3, 4, 4, np.uint16))
    again = pickle.loads(pickle.dumps(photo))
    assert_same(photo, again)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_from_srgb_matches_the_photo(dtype, channels):
    photo = Photo(np.zeros((4, 4, channels), dtype))
    rgb = np.random.default_rng(0).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    own = photo.from_srgb(rgb)
    assert (own.dtype, own.shape) == (np.dtype(dtype), (6, 5, channels))
    changed = photo.with_pixels(own)
    assert changed.size == (5, 6)
    expected = rgb if channels == 3 else np.repeat(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[:, :, np.newaxis], 3, axis=2)
    np.testing.assert_array_equal(changed.rgb, expected)


def test_with_pixels_keeps_the_rest_and_refuses_what_does_not_fit():
    photo = Photo(np.zeros((2, 3, 3), np.uint8), np.ones((2, 3), np.uint8), PROFILE, b"exif", "a.png")
    changed = photo.with_pixels(np.ones((2, 3, 3), np.uint8))
    assert (changed.icc_profile, changed.exif, changed.path) == (PROFILE, b"exif", None)
    assert changed.alpha.tolist() == photo.alpha.tolist()
    with pytest.raises(ShapeError) as caught:
        photo.with_pixels(np.ones((4, 3, 3), np.uint8))
    assert (caught.value.actual, caught.value.expected) == ((2, 3), (4, 3))
    assert photo.with_pixels(np.ones((4, 3, 3), np.uint8), alpha=np.ones((4, 3), np.uint8)).size == (3, 4)
    for other in (np.ones((2, 3, 3), np.uint16), np.ones((2, 3), np.uint8)):
        with pytest.raises(InputError, match="these pixels are") as wrong:
            photo.with_pixels(other)
        assert "from_srgb" in wrong.value.fix
    gray = Photo(np.zeros((2, 3, 1), np.uint8))
    assert gray.with_pixels(np.ones((2, 3), np.uint8)).pixels.shape == (2, 3, 1)


@pytest.mark.parametrize("pixels", [np.zeros((2, 3), np.uint8), np.zeros((2, 3, 4), np.uint8), np.zeros((2, 3, 3))])
def test_photo_takes_its_own_form_only(pixels):
    with pytest.raises(InputError, match="a photo's pixels"):
        Photo(pixels)


def test_photo_is_never_saved_with_loss(tmp_path):
    with pytest.raises(InputError, match="JPEG changes every pixel"):
        Photo(np.zeros((2, 3, 3), np.uint8)).save(tmp_path / "a.jpg")
    assert not list(tmp_path.iterdir())
