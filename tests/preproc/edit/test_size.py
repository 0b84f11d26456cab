"""Results of another size than was sent, and edits that are large."""

import tracemalloc

import cv2
import numpy as np
import pytest
from skimage import data

from preproc import SizeRule, crop, outpaint
from preproc.edit.comparison import compare
from preproc.edit.drift import Drift, undo_drift
from preproc.edit.resample import bring_home, resample
from preproc.geometry import Size


def sharpness(picture):
    return cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.CV_32F).std()


@pytest.fixture
def reduced():
    """An edit that was sent at half its size."""
    photo = data.coffee()
    m = np.zeros(photo.shape[:2], np.uint8)
    cv2.ellipse(m, (300, 200), (150, 110), 0, 0, 360, 255, -1)
    return crop.around(photo, m, rule=SizeRule(max_side=256))


@pytest.mark.parametrize("repair", ["none", "color", "seam", "auto"])
def test_a_repair_keeps_what_a_larger_result_has_more(reduced, repair):
    cut = reduced.original[reduced.crop.slices]
    done = reduced.finish(np.clip(cut.astype(int) + 6, 0, 255).astype(np.uint8), repair=repair)
    inside = reduced.mask[reduced.crop.slices] == 255
    found = done.image[reduced.crop.slices].astype(int) - cut
    assert np.abs(found[inside] - (6 if repair == "none" else 0)).mean() < 0.6
    assert done.receipt.preserved_sha256_before == done.receipt.preserved_sha256_after


def test_a_drift_is_undone_at_the_size_that_came_back(reduced):
    cut = reduced.original[reduced.crop.slices]
    moved = cv2.warpAffine(
        cut,
        np.float64([[1, 0, 6], [0, 1, -4]]),
        cut.shape[1::-1],
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    done = reduced.finish(moved, align=True, repair="none")
    inside = reduced.mask[reduced.crop.slices] == 255
    assert np.abs(done.image[reduced.crop.slices].astype(int) - cut)[inside].mean() < 2
    assert sharpness(done.image) > 0.8 * sharpness(reduced.original)


def test_a_drift_scales_with_the_picture():
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[20, 30] = 255
    drift = Drift(dx_px=2, dy_px=-1, zoom=1, turn_deg=0, px=2.2, points=99)
    assert np.argwhere(undo_drift(picture, drift, 2)[:, :, 0] == 255).tolist() == [[22, 26]]


@pytest.mark.parametrize("picture", ["text", "noise"])
def test_what_was_enlarged_comes_back_even_where_it_is_hard(picture):
    photo = np.full((300, 400, 3), 255, np.uint8)
    for line in range(14):
        cv2.putText(photo, "The quick brown fox", (8, 20 + 20 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1)
    if picture == "noise":
        photo = np.random.default_rng(0).integers(0, 256, photo.shape, dtype=np.uint8)
    m = np.zeros(photo.shape[:2], np.uint8)
    m[100:180, 120:260] = 255
    edit = crop.around(photo, m, rule=SizeRule(best_pixels=1 << 19))
    assert edit.scale > 1.5
    done = edit.finish(edit.sent_image, repair="none").image
    assert np.abs(done.astype(int) - photo)[m == 255].mean() < 1


@pytest.mark.parametrize("repair", ["none", "auto"])
def test_what_comes_back_as_it_was_sent_is_the_photo_itself(repair):
    page = np.repeat(np.random.default_rng(1).integers(0, 2, (200, 300, 1), np.uint8) * 255, 3, axis=2)
    m = np.zeros(page.shape[:2], np.uint8)
    cv2.circle(m, (150, 100), 30, 255, -1)
    edit = crop.around(page, m, rule=SizeRule(best_pixels=1 << 19))
    assert edit.scale > 1.5
    assert np.array_equal(edit.finish(edit.sent_image, repair=repair).image, page)


def test_an_outpaint_of_a_large_photo_is_finished_part_by_part():
    photo = cv2.resize(data.coffee(), (2400, 1600), interpolation=cv2.INTER_CUBIC)
    edit = outpaint.extend(photo, left=200, right=200)
    generated = np.clip(edit.sent_image.astype(np.int16) + 6, 0, 255).astype(np.uint8)
    tracemalloc.start()
    done = edit.finish(generated, repair="seam")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert done.receipt.seam_after < 1
    assert peak < 9 * generated.nbytes


@pytest.mark.parametrize("side", [65, 80, 86, 97, 128, 131, 333, 2000])
def test_enlarging_is_undone_at_any_factor_even_of_noise(side):
    noise = np.random.default_rng(side).integers(64, 192, (64, 64, 3), dtype=np.uint8)
    home = bring_home(resample(noise, Size(side, side)), Size(64, 64))
    # where hardly anything is added, pixels lie between those that were sent, and some of the finest detail is gone
    assert np.abs(home.astype(int) - noise).mean() < (3.5 if side < 80 else 1)


def test_what_was_enlarged_is_compared_at_the_crops_own_size():
    photo = np.ascontiguousarray(data.coffee())
    m = np.zeros(photo.shape[:2], np.uint8)
    m[180:220, 280:330] = 255
    edit = crop.around(photo, m, rule=SizeRule(best_pixels=1_000_000))
    pair = compare(edit, edit.sent_image, bring_home(edit.sent_image, edit.crop.size))
    assert edit.scale > 2
    assert np.shares_memory(pair.scene, photo)
    assert pair.kept.shape == pair.result.shape[:2] == (edit.crop.size.height, edit.crop.size.width)
    assert pair.scale == 1
    sent = cv2.resize(edit.sent_mask, edit.crop.size, interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(pair.kept == 255, sent == 0)


def test_a_drift_of_an_enlarged_crop_is_told_in_pixels_of_the_photo():
    photo = np.ascontiguousarray(data.coffee())
    m = np.zeros(photo.shape[:2], np.uint8)
    m[180:220, 280:330] = 255
    edit = crop.around(photo, m, context_px=60, rule=SizeRule(best_pixels=1_000_000))
    shift = np.float64([[1, 0, 2 * edit.scale], [0, 1, 0]])
    moved = cv2.warpAffine(edit.sent_image, shift, edit.sent, borderMode=cv2.BORDER_REPLICATE)
    done = edit.finish(moved, repair="none")
    assert done.receipt.drift.px == pytest.approx(2, abs=0.1)
    undone = edit.finish(moved, repair="none", align=True)
    inside = m == 255
    errors = [np.abs(one.image.astype(int) - photo)[inside].mean() for one in (done, undone)]
    assert errors[1] < 0.25 * errors[0]
