"""Colour and seam repair on a simulated generator: gain, offset and a smooth drift."""

import io
import tracemalloc

import cv2
import numpy as np
import PIL.Image
import pytest
from skimage import data

from preproc import crop, outpaint
from preproc.edit.comparison import Comparison, reduced
from preproc.edit.membrane import membrane

PHOTOS = ["astronaut", "coffee", "chelsea"]


def simulated(name, *, noise=0.0):
    photo = cv2.resize(getattr(data, name)(), (512, 384), interpolation=cv2.INTER_AREA)
    rng = np.random.default_rng(0)
    drift = cv2.resize(rng.normal(0, 2, (4, 4, 3)), (512, 384), interpolation=cv2.INTER_CUBIC)
    shifted = 1.06 * photo - 5 + drift + rng.normal(0, noise, photo.shape) * bool(noise)
    generated = np.clip(np.rint(shifted), 0, 255).astype(np.uint8)
    m = np.zeros((384, 512), np.uint8)
    radius = np.sqrt(0.1 * 384 * 512 / np.pi)
    cv2.ellipse(m, (256, 192), (round(radius * 1.15), round(radius / 1.15)), 0, 0, 360, 255, -1)
    return photo, generated, m


def seam(image, photo, m):
    difference = image.astype(float) - photo
    inside = m >= 128
    jumps = [np.abs(np.diff(difference, axis=axis))[np.diff(inside.astype(np.int8), axis=axis) != 0] for axis in (0, 1)]
    return np.concatenate(jumps).mean()


def finished(photo, generated, m, repair, feather_px=0):
    edit = crop.around(photo, m, feather_px=feather_px, context_px=1000)
    assert edit.sent == (512, 384)
    return edit, edit.finish(generated, repair=repair)


@pytest.mark.parametrize("feather_px", [None, 32])
@pytest.mark.parametrize("name", PHOTOS)
def test_under_a_feather_the_colours_come_home_as_well(name, feather_px):
    photo, generated, m = simulated(name)
    edit, repaired = finished(photo, generated, m, "seam", feather_px)
    assert seam(repaired.image, photo, m) <= 0.3
    assert np.abs(repaired.image.astype(float) - photo)[m == 255].mean() <= 1.3
    np.testing.assert_array_equal(repaired.image[edit.blend == 0], photo[edit.blend == 0])


def test_new_content_under_the_feather_is_not_taken_for_a_shift_of_colour():
    """Mean over nine drifts; single ones meet the photo's level by chance."""
    errors = []
    for name in PHOTOS:
        photo, _, m = simulated(name)
        edit = crop.around(photo, m)
        here = edit.crop.slices
        painted = cv2.GaussianBlur((edit.sent_mask > 0).astype(np.float32), (0, 0), 1)[:, :, np.newaxis]
        wanted = photo[here] * (1 - painted) + photo[m > 0].mean() * painted
        for seed in range(3):
            coarse = np.random.default_rng(seed).normal(0, 2, (4, 4, 3))
            drift = cv2.resize(coarse, (512, 384), interpolation=cv2.INTER_CUBIC)[here]
            done = edit.finish(np.clip(np.rint(1.06 * wanted - 5 + drift), 0, 255).astype(np.uint8), repair="seam")
            errors.append(np.abs(done.image[here] - wanted)[m[here] == 255].mean())
    assert np.mean(errors) < 1.25


@pytest.mark.parametrize("name", PHOTOS)
def test_the_seam_vanishes_and_the_colours_come_home(name):
    photo, generated, m = simulated(name)
    _, plain = finished(photo, generated, m, "none")
    edit, repaired = finished(photo, generated, m, "seam")
    inside = m == 255
    assert seam(plain.image, photo, m) > 2
    assert seam(repaired.image, photo, m) <= 0.3
    assert np.abs(repaired.image.astype(float) - photo)[inside].mean() <= 1.3
    np.testing.assert_array_equal(repaired.image[edit.blend == 0], photo[edit.blend == 0])
    assert repaired.receipt.seam_after == pytest.approx(seam(repaired.image, photo, m), abs=1e-6)
    assert repaired.receipt.seam_before == pytest.approx(seam(plain.image, photo, m), abs=1e-6)
    assert finished(photo, generated, m, "auto")[1].receipt.repair == "seam"


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("trouble", ["noise", "jpeg"])
def test_it_is_never_worse_than_plain_under_noise_and_jpeg(name, trouble):
    photo, generated, m = simulated(name, noise=1.0 if trouble == "noise" else 0.0)
    if trouble == "jpeg":
        buffer = io.BytesIO()
        PIL.Image.fromarray(generated).save(buffer, "JPEG", quality=95)
        generated = np.array(PIL.Image.open(buffer))
    inside = m == 255
    figures = []
    for repair in ("none", "seam"):
        done = finished(photo, generated, m, repair)[1].image
        figures.append((seam(done, photo, m), np.abs(done.astype(float) - photo)[inside].mean()))
    assert figures[1][0] <= figures[0][0]
    assert figures[1][1] <= figures[0][1]


def test_colour_repair_finds_gain_and_offset():
    photo, _, m = simulated("coffee")
    generated = np.clip(np.rint((photo - 10.0) / 1.1), 0, 255).astype(np.uint8)
    _, done = finished(photo, generated, m, "color")
    assert done.receipt.color.gain == pytest.approx((1.1, 1.1, 1.1), abs=0.01)
    assert done.receipt.color.offset == pytest.approx((10, 10, 10), abs=1)
    assert done.receipt.color.after < 1


def test_new_content_in_the_margin_does_not_leak_into_the_edit():
    photo, _, m = simulated("chelsea")
    edit = crop.around(photo, m, feather_px=0, margin_px=24, context_px=1000)
    generated = np.clip(photo.astype(int) + 6, 0, 255).astype(np.uint8)
    margin = (edit.sent_mask > 0) & (m == 0)
    generated[margin] = (250, 10, 240)
    done = edit.finish(generated, repair="seam")
    assert np.abs(done.image.astype(int) - photo)[m == 255].mean() < 1.5


def test_the_membrane_is_harmonic_and_keeps_what_is_known():
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:90, :120]
    # the real part of a complex polynomial is harmonic
    field = (((x - 60) ** 2 - (y - 45) ** 2) / 60.0 + 0.3 * x)[:, :, np.newaxis].astype(np.float32)
    known = ((x - 60) / 50.0) ** 2 + ((y - 45) / 36.0) ** 2 > 1
    noise = rng.normal(0, 50, field.shape).astype(np.float32)
    solved = membrane(np.where(known[:, :, None], field, noise), known)
    np.testing.assert_array_equal(solved[known], field[known])
    assert np.abs(solved - field).max() < 0.15


def test_grain_alone_is_not_drawn_into_the_edit():
    photo, _, m = simulated("coffee")
    noise = np.random.default_rng(0).normal(0, 2, photo.shape)
    generated = np.clip(np.rint(photo + noise), 0, 255).astype(np.uint8)
    plain, repaired = (finished(photo, generated, m, repair)[1].image for repair in ("none", "seam"))
    assert seam(repaired, photo, m) <= seam(plain, photo, m) + 0.05


@pytest.mark.parametrize("name", [*PHOTOS, "rocket"])
def test_auto_repairs_what_lasts_and_leaves_grain_and_compression(name):
    photo, shifted, m = simulated(name)
    drift = cv2.resize(np.random.default_rng(2).normal(0, 1.2, (4, 4, 3)), (512, 384), interpolation=cv2.INTER_CUBIC)
    drifted = np.clip(np.rint(photo + drift), 0, 255).astype(np.uint8)
    for generated in (shifted, drifted):
        done = finished(photo, generated, m, "auto")[1]
        assert done.receipt.repair == "seam"
        assert seam(done.image, photo, m) < 0.3
    grain = np.clip(np.rint(photo + np.random.default_rng(3).normal(0, 3, photo.shape)), 0, 255).astype(np.uint8)
    packed = io.BytesIO()
    PIL.Image.fromarray(photo).save(packed, "JPEG", quality=90)
    for generated in (grain, packed.getvalue()):
        assert finished(photo, generated, m, "auto")[1].receipt.repair == "none"


def test_in_a_large_picture_only_blocks_kept_as_a_whole_count_as_kept():
    kept = np.zeros((2000, 2200), np.uint8)
    kept[:, 301:] = 255
    picture = cv2.merge([kept] * 3)
    small = reduced(Comparison(picture, picture, kept, kept, 1.0))
    assert small.kept.shape == (1000, 1100)
    assert small.scale == 0.5
    assert not small.kept[:, :151].any()
    assert (small.kept[:, 151:] == 255).all()


@pytest.mark.parametrize("returned", [(2240, 1680), (2800, 2100)])
def test_a_large_part_is_repaired_on_means_of_blocks_and_in_little_memory(returned):
    photo = cv2.resize(data.coffee(), (2240, 1680), interpolation=cv2.INTER_CUBIC)
    edit = outpaint.extend(photo[:, 1400:], left=1400, overlap=0)
    rng = np.random.default_rng(0)
    drift = cv2.resize(rng.normal(0, 2, (4, 4, 3)), edit.sent, interpolation=cv2.INTER_CUBIC)
    truth = np.ascontiguousarray(photo[:, edit.crop.left : edit.crop.right])
    assert edit.sent == (2240, 1680)
    generated = cv2.resize(np.clip(np.rint(1.06 * truth - 5 + drift), 0, 255).astype(np.uint8), returned)
    tracemalloc.start()
    done = edit.finish(generated, repair="seam")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    across = done.image[:, 1396:1404].astype(float) - photo[:, 1396:1404]
    assert np.abs(across.mean(axis=(0, 2))).max() < 0.5
    np.testing.assert_array_equal(done.image[:, 1400:], photo[:, 1400:])
    assert peak < 9 * photo.nbytes or returned != edit.sent
