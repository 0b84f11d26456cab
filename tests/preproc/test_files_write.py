"""Saving, and what `Photo` carries from one file to the next."""

import io
import pickle
import zlib
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ImageCms

from preproc.errors import InputError, ShapeError
from preproc.files import Photo, encode_png, load_image, load_mask, save_image, size_of, write_file

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def random_planes(seed, height, width, channels, dtype):
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, (height, width, channels), dtype=dtype)


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


def camera_exif(*, orientation=1):
    exif = PIL.Image.Exif()
    exif[0x010F] = "Maker"
    exif[0x0112] = orientation
    exif[0x0132] = "2024:05:06 07:08:09"
    exif[0x8769] = {0x9003: "2024:05:06 07:08:09", 0x927C: b"maker's note"}
    exif[0x8825] = {0x0001: "N"}
    return exif.tobytes().removeprefix(b"Exif\0\0")


def tags_of(block):
    exif = PIL.Image.Exif()
    exif.load(block)
    blocks = [dict(exif.get_ifd(block)) for block in (0x8769, 0x8825)]
    return {tag: exif[tag] for tag in exif if tag not in {0x8769, 0x8825}}, *blocks


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


# ------------------------------------------------------------------------------------------------ Photo


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


# ------------------------------------------------------------------------------------------------ save_image


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 1), (4, 6, 2), (4, 6, 3), (4, 6, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_save_image_keeps_arrays_as_they_are(tmp_path, shape, dtype):
    array = random_planes(0, 4, 6, 4, dtype)[:, :, : shape[-1] if len(shape) == 3 else 1].reshape(shape)
    array.flags.writeable = False
    photo = Photo.open(save_image(array, tmp_path / "a.png"))
    planes = photo.pixels if photo.alpha is None else np.dstack([photo.pixels, photo.alpha])
    np.testing.assert_array_equal(planes.reshape(shape), array)


def test_save_image_takes_views_masks_and_pillow(tmp_path):
    array = random_planes(0, 8, 12, 3, np.uint8)
    view = array[::-2, ::3, ::-1]
    np.testing.assert_array_equal(load_image(save_image(view, tmp_path / "view.png")), view)
    mask = array[:, :, 0] > 127
    assert load_mask(save_image(mask, tmp_path / "mask.png")).tolist() == (mask * 255).tolist()
    picture = PIL.Image.fromarray(array)
    np.testing.assert_array_equal(load_image(save_image(picture, tmp_path / "pil.png")), array)


def test_jpeg_and_webp_for_those_who_ask(tmp_path):
    array = cv2.resize(random_planes(0, 4, 4, 3, np.uint8), (64, 48), interpolation=cv2.INTER_CUBIC)
    sizes = [len(save_image(array, tmp_path / f"{q}.jpg", quality=q).read_bytes()) for q in (30, 95)]
    assert sizes[0] < sizes[1] == len(save_image(array, tmp_path / "default.jpg").read_bytes())
    assert np.abs(load_image(tmp_path / "95.jpg").astype(int) - array).mean() < 1.5
    np.testing.assert_array_equal(load_image(save_image(array, tmp_path / "a.webp")), array)
    assert not np.array_equal(load_image(save_image(array, tmp_path / "b.webp", quality=50)), array)
    wide = Photo(array.astype(np.uint16) * 257, icc_profile=PROFILE, exif=camera_exif())
    again = Photo.open(save_image(wide, tmp_path / "wide.jpg"))
    assert (again.depth, again.icc_profile) == (8, PROFILE)
    assert tags_of(again.exif)[0][0x010F] == "Maker"


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("a.bmp", {}, "names no format that is written"),
        ("a", {}, "names no format that is written"),
        ("a.png", {"quality": 90}, "for JPEG and WebP"),
        ("a.jpg", {"quality": 0}, "1 to 100"),
        ("a.jpg", {"quality": 101}, "1 to 100"),
        ("nowhere/a.png", {}, "does not exist"),
    ],
)
def test_save_image_refuses(tmp_path, name, options, words):
    with pytest.raises(InputError, match=words):
        save_image(np.zeros((2, 3, 3), np.uint8), tmp_path / name, **options)
    assert not list(tmp_path.iterdir())


def test_what_a_format_cannot_hold(tmp_path):
    with pytest.raises(InputError, match="no transparency"):
        save_image(np.zeros((2, 3, 4), np.uint8), tmp_path / "a.jpg")
    with pytest.raises(InputError, match="sides up to 16383 px, this picture is 16384x1"):
        save_image(np.zeros((1, 16384, 3), np.uint8), tmp_path / "a.webp")
    long_exif = Photo(np.zeros((2, 3, 3), np.uint8), exif=bytes(70_000))
    with pytest.raises(InputError, match="cannot be written as JPEG: EXIF data is too long"):
        save_image(long_exif, tmp_path / "a.jpg")
    with pytest.raises(InputError, match="sides up to 65500 px, this picture is 1x65501"):
        save_image(np.zeros((65501, 1), np.uint8), tmp_path / "a.jpg")
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------------------------ whole or not at all


def test_nothing_is_overwritten_silently(tmp_path):
    path = save_image(np.zeros((2, 3), np.uint8), tmp_path / "a.png")
    with pytest.raises(InputError, match=r"a\.png exists") as caught:
        save_image(np.ones((2, 3), np.uint8), path)
    assert "overwrite=True" in caught.value.fix
    assert load_mask(path).max() == 0
    save_image(np.ones((2, 3), np.uint8), path, overwrite=True)
    assert load_mask(path).max() == 1
    with pytest.raises(InputError, match="is a folder"):
        write_file(b"", tmp_path, overwrite=True)


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch, interruption):
    path = write_file(b"old", tmp_path / "a.bin")
    half = Path.write_bytes

    def interrupted(self, data):
        half(self, data[: len(data) // 2])
        raise interruption

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(interruption):
        write_file(b"new" * 100, path, overwrite=True)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.bin"]


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match=r"cannot write .*a\.png: No space left on device"):
        save_image(np.zeros((2, 3), np.uint8), tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------------------------ encode_png


def chunks_of(data):
    at, found = 8, []
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        assert zlib.crc32(data[at + 4 : at + 8 + length]) == int.from_bytes(
            data[at + 8 + length : at + 12 + length], "big"
        )
        at += 12 + length
    return found


@pytest.mark.parametrize(("shape", "kind"), [((5, 7), 0), ((5, 7, 3), 2), ((5, 7, 4), 6), ((200, 7), 0)])
def test_encode_png_carries_pixels_and_nothing_else(shape, kind):
    array = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    found = chunks_of(encode_png(array))
    assert {name for name, _ in found} == {b"IHDR", b"IDAT", b"IEND"}
    assert found[0][1][8:10] == bytes([8, kind])
    decoded = cv2.imdecode(np.frombuffer(encode_png(array), np.uint8), cv2.IMREAD_UNCHANGED)
    if array.ndim == 3:
        decoded = decoded[:, :, [2, 1, 0, 3][: shape[2]]]
    np.testing.assert_array_equal(decoded, array)


def test_encode_png_is_8_bit_whatever_comes():
    for array in (np.array([[True, False]]), np.array([[65535, 0]], np.uint16), np.array([[1.0, 0.0]])):
        data = encode_png(array)
        assert chunks_of(data)[0][1][8:10] == b"\x08\x00"
        assert load_mask(data).tolist() == [[255, 0]]


def test_uploads_carry_no_metadata(tmp_path):
    photo = Photo(np.zeros((4, 4, 3), np.uint8), None, PROFILE, camera_exif())
    path = photo.save(tmp_path / "a.png")
    assert b"Maker" in path.read_bytes()
    data = encode_png(load_image(path))
    assert {name for name, _ in chunks_of(data)} == {b"IHDR", b"IDAT", b"IEND"}
    assert size_of(data) == (4, 4)


def test_arguments_in_the_order_of_cv2_are_told_apart(tmp_path: Path) -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    with pytest.raises(InputError, match="the picture comes first"):
        save_image(str(tmp_path / "a.png"), picture)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="got bytes"):
        Photo.open(picture).save(b"a.png")  # type: ignore[arg-type]


def test_a_path_is_converted(tmp_path: Path) -> None:
    first = save_image(np.full((2, 3, 4), 128, np.uint8), tmp_path / "a.png")
    second = save_image(first, tmp_path / "a.tif")
    assert Photo.open(second).alpha is not None
    assert np.array_equal(load_image(second), load_image(first))
