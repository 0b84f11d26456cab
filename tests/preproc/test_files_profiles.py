"""Colour profiles: to sRGB, back into the photo's own colours, and what happens to broken ones."""

import io
import struct

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageCms

from preproc.errors import ProfileWarning
from preproc.files import Photo, load_image, load_mask

# Colorants (X, Y, Z of red, green, blue, adapted to D50) and gamma, from the published primaries.
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))


def s15f16(*values):
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def profile(space, tags, *, pcs=b"XYZ ", kind=b"mntr"):
    """An ICC version 2 profile from its tags."""
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78),
        b"wtpt": b"XYZ " + bytes(4) + s15f16(0.9642, 1, 0.8249),
        **tags,
    }
    at, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        padded = data + bytes(-len(data) % 4)
        table += name + struct.pack(">II", at + len(body), len(data))
        body += padded
    header = struct.pack(">I4sI4s4s4s", at + len(body), bytes(4), 0x02400000, kind, space, pcs) + bytes(12) + b"acsp"
    header += bytes(28) + s15f16(0.9642, 1, 0.8249)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def curve(gamma):
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))


def rgb_profile(colorants, gamma):
    xyz = {
        name + b"XYZ": b"XYZ " + bytes(4) + s15f16(*value)
        for name, value in zip((b"r", b"g", b"b"), colorants, strict=True)
    }
    return profile(b"RGB ", xyz | {name + b"TRC": curve(gamma) for name in (b"r", b"g", b"b")})


def cmyk_profile():
    """Inks on a 2x2x2x2 grid: white paper, each ink takes away lightness, full black is L* 0."""
    grid = [
        (round(255 * (1 - 0.3 * c) * (1 - 0.3 * m) * (1 - 0.05 * y) * (1 - k)), 128 - 50 * c * (1 - k) + 70 * m * (1 - k), 128 + 80 * y * (1 - k))
        for c in (0, 1) for m in (0, 1) for y in (0, 1) for k in (0, 1)
    ]  # fmt: skip
    identity = bytes(range(256))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + s15f16(1, 0, 0, 0, 1, 0, 0, 0, 1) + identity * 4
    lut += b"".join(bytes(node) for node in grid) + identity * 3
    return profile(b"CMYK", {b"A2B0": lut}, pcs=b"Lab ", kind=b"prtr")


def to_srgb_by_hand(values, colorants, gamma):
    """The same conversion in floating point, as the ICC's matrix model has it."""
    light = (values / 255.0) ** gamma @ np.array(colorants) @ np.linalg.inv(np.array(SRGB))
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def tagged(array, icc_profile, name="PNG"):
    buffer = io.BytesIO()
    options = {"quality": 100, "subsampling": 0} if name == "JPEG" else {"lossless": True} if name == "WEBP" else {}
    PIL.Image.fromarray(array).save(buffer, name, icc_profile=icc_profile, **options)
    return buffer.getvalue()


RANDOM = np.random.default_rng(0).integers(0, 256, (300, 40, 3), dtype=np.uint8)  # more rows than one strip
P3 = rgb_profile(DISPLAY_P3, 2.2)


@pytest.mark.parametrize(("colorants", "gamma"), [(DISPLAY_P3, 2.2), (ADOBE_RGB, 2.19921875)])
@pytest.mark.parametrize("name", ["PNG", "TIFF", "WEBP"])
def test_profiles_are_converted_to_srgb(colorants, gamma, name):
    photo = Photo.open(tagged(RANDOM, rgb_profile(colorants, gamma), name))
    expected = to_srgb_by_hand(RANDOM, colorants, gamma)
    assert np.abs(photo.rgb - expected).max() <= 2
    assert np.abs(RANDOM - expected).max() > 30  # taken as sRGB it would be far off
    np.testing.assert_array_equal(photo.pixels, RANDOM)
    np.testing.assert_array_equal(load_image(tagged(RANDOM, rgb_profile(colorants, gamma), name)), photo.rgb)


def test_a_jpeg_with_a_profile_is_the_same_by_path_and_by_pillow(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(tagged(RANDOM, P3, "JPEG"))
    with PIL.Image.open(path) as picture:
        np.testing.assert_array_equal(load_image(path), load_image(picture))
        assert np.abs(load_image(path) - to_srgb_by_hand(np.asarray(picture), DISPLAY_P3, 2.2)).max() <= 2


def test_srgb_profiles_change_nothing():
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = Photo.open(tagged(RANDOM, own))
    np.testing.assert_array_equal(photo.rgb, RANDOM)
    np.testing.assert_array_equal(photo.from_srgb(RANDOM), RANDOM)
    assert photo.icc_profile == own


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_colours_inside_srgb_come_back(seed):
    photo = Photo.open(tagged(RANDOM[:1, :1], P3))
    rgb = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    own = photo.from_srgb(rgb)
    again = photo.with_pixels(own).rgb
    assert np.abs(again.astype(int) - rgb).max() <= 8  # one step of 8 bits in the wider colours is a few in the shadows
    assert np.abs(again.astype(int) - rgb).mean() <= 0.6
    assert np.abs(own.astype(int) - rgb).max() > 8


def test_gray_profile():
    gray = np.arange(256, dtype=np.uint8).reshape(1, 256)
    linear = profile(b"GRAY", {b"kTRC": curve(1.0)})
    photo = Photo.open(tagged(gray, linear))
    light = gray[0] / 255
    expected = 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    assert np.abs(photo.rgb[0] - expected[:, np.newaxis]).max() <= 1
    assert photo.pixels.shape == (1, 256, 1)
    back = photo.from_srgb(photo.rgb)
    assert back.shape == (1, 256, 1)
    bright = gray[0] > 20
    assert np.abs(back[0, bright, 0].astype(int) - gray[0, bright]).max() <= 3


def test_gray_picture_with_an_rgb_profile():
    gray = np.arange(256, dtype=np.uint8).reshape(1, 256)
    photo = Photo.open(tagged(gray, P3))
    assert np.abs(photo.rgb - to_srgb_by_hand(np.repeat(gray[:, :, np.newaxis], 3, 2), DISPLAY_P3, 2.2)).max() <= 2
    assert photo.from_srgb(photo.rgb).shape == (1, 256, 1)


def test_cmyk_goes_through_its_profile():
    inks = np.zeros((1, 3, 4), np.uint8)
    inks[0, 1, 3] = 255
    inks[0, 2, 1] = 255  # paper, black, magenta
    picture = PIL.Image.frombytes("CMYK", (3, 1), inks.tobytes())
    buffer = io.BytesIO()
    picture.save(buffer, "TIFF", icc_profile=cmyk_profile())
    photo = Photo.open(buffer.getvalue())
    assert photo.icc_profile is None  # the pixels are sRGB now
    paper, black, magenta = photo.rgb[0].astype(int)
    assert paper.min() >= 253
    assert black.max() <= 3
    assert magenta[0] > magenta[2] > magenta[1]
    assert np.abs(magenta - np.asarray(picture.convert("RGB"))[0, 2]).max() > 20
    np.testing.assert_array_equal(photo.from_srgb(photo.rgb), photo.rgb)


def test_16_bit_with_a_profile():
    photo = Photo(RANDOM.astype(np.uint16) * 257, icc_profile=P3)
    assert np.abs(photo.rgb - to_srgb_by_hand(RANDOM, DISPLAY_P3, 2.2)).max() <= 2
    assert photo.from_srgb(photo.rgb).dtype == np.uint16


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (b"nonsense", "is broken"),
        (P3[:200], "is broken"),
        (P3[:16] + b"XYZ " + P3[20:], "is broken"),
        (profile(b"GRAY", {b"kTRC": curve(1.8)}), "is for L and the picture is RGB"),
        (cmyk_profile(), "and the picture is RGB|is broken"),
    ],
)
def test_profiles_that_cannot_be_used_are_named(tmp_path, broken, words):
    path = tmp_path / "photo.png"
    path.write_bytes(tagged(RANDOM, broken))
    with pytest.warns(ProfileWarning, match=rf"photo\.png: the colour profile ({words}).*taken as sRGB"):
        photo = Photo.open(path)
    np.testing.assert_array_equal(photo.rgb, RANDOM)
    assert photo.icc_profile is None


def test_masks_are_no_colours():
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(load_mask(tagged(values, profile(b"GRAY", {b"kTRC": curve(1.0)}))), values)


def test_an_edit_is_pasted_in_the_photos_own_colours(tmp_path):
    from preproc import crop

    rng = np.random.default_rng(0)
    wide = Photo(rng.integers(30, 220, (120, 160, 3), dtype=np.uint8), icc_profile=rgb_profile(DISPLAY_P3, 2.2))
    m = np.zeros((120, 160), np.uint8)
    m[40:80, 60:100] = 255
    edit = crop.around(wide, m, feather_px=0)
    np.testing.assert_array_equal(edit.original, wide.rgb)  # what is sent is sRGB
    generated = np.full_like(edit.sent_image, 140)
    generated[:, :, 0] = 180
    done = edit.finish(generated, repair="none")
    np.testing.assert_array_equal(done.photo.pixels[m == 0], wide.pixels[m == 0])
    assert done.photo.icc_profile == wide.icc_profile
    assert np.abs(done.image[m == 255].astype(int) - (180, 140, 140)).max() <= 1
    assert tuple(done.photo.pixels[60, 80]) != (180, 140, 140)
    assert Photo.open(done.save(tmp_path / "done.png")).icc_profile == wide.icc_profile
