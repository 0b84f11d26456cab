"""What the values of a mask say: nothing to edit, noise, almost black and white, soft and hard edges."""

from __future__ import annotations

import io

import cv2
import numpy as np
import PIL.Image
import pytest

from preproc import check, mask


def test_empty_full_faint_and_dummy():
    nothing = np.zeros((120, 160), np.uint8)
    assert check.mask(nothing).codes == ("empty",)
    assert check.mask(nothing + np.uint8(1)).codes == ("empty",)
    assert check.mask(nothing + np.uint8(255)).codes == ("full",)
    assert check.mask(nothing + np.uint8(254)).codes == ("full",)
    assert check.mask(nothing + np.uint8(100)).codes == ("faint",)
    dummy = check.mask(np.zeros((64, 64), np.uint8), np.zeros((120, 160, 3), np.uint8))
    assert set(dummy.codes) == {"dummy", "empty", "size-mismatch"}


def test_a_mask_that_never_falls_below_one_half_is_cut_where_it_can_be():
    washed = np.where(mask.ellipse((90, 70), (20, 15, 60, 55)) > 127, np.uint8(204), np.uint8(130))
    report = check.mask(washed, edge="hard")
    assert report.codes[0] == "faint"
    assert report.findings[0].fix == "mask.binarize(m, 167)"
    assert not report.fixed().done
    assert np.array_equal(mask.binarize(washed, 167) == 255, washed == 204)
    assert check.mask(np.full((70, 90), 200, np.uint8)).findings[0].fix == "mask.rectangle(m, box)"


@pytest.mark.parametrize(("low", "high"), [(1, 255), (0, 254), (1, 254), (12, 240)])
def test_almost_black_and_almost_white(disc, low, high):
    off = np.interp(disc, [0, 255], [low, high]).round().astype(np.uint8)
    report = check.mask(off)
    assert ("almost-black" in report.codes) == (low > 0)
    assert ("almost-white" in report.codes) == (high < 255)
    mended = report.fixed().mask
    assert mended.min() == 0
    assert mended.max() == 255
    assert abs(mended.astype(int) - disc).max() <= 24


def test_almost_white_floats(disc):
    values = (disc > 127) * 0.9999
    assert "almost-white" in check.mask(values).codes
    assert "almost-black" in check.mask(np.maximum(values, 0.001)).codes


def test_almost_white_on_a_small_object_and_fixes_named_once():
    small = np.zeros((1000, 1000), np.uint8)
    small[400:440, 400:440] = 254
    report = check.mask(small)
    assert "almost-white" in report.codes
    assert "soft" not in report.codes
    assert report.fixed().mask.max() == 255
    assert check.mask(np.where(small, small, np.uint8(1))).fixed().done == ("mask.clean(m, noise=2)",)


def test_a_soft_mask_is_not_almost_black(disc):
    for soft in (mask.feather(disc, 18), mask.feather(disc, 18, curve="linear")):
        assert check.mask(soft).codes == ("polarity-undecided", "soft")


def test_jpeg_ringing(disc):
    hard = mask.binarize(disc)
    noisy = cv2.imencode(".jpg", hard, [cv2.IMWRITE_JPEG_QUALITY, 70])[1].tobytes()
    report = check.mask(noisy)
    assert {"jpeg", "jpeg-ringing"} <= set(report.codes)
    mended, done, _ = report.fixed()
    assert "mask.clean(m)" in done
    assert mask.bounds(mended, threshold=1).grow(1).contains(mask.bounds(hard))
    assert mask.bounds(hard).grow(1).contains(mask.bounds(mended, threshold=1))
    for clean in (disc, hard, mask.feather(hard, 4), mask.feather(hard, 20, curve="gaussian"), mask.smooth(hard, 5)):
        assert "jpeg-ringing" not in check.mask(clean).codes


@pytest.mark.parametrize("sigma", [0.4, 0.5, 0.6, 0.8, 1.2])
def test_slightly_blurred_edges_are_no_jpeg_noise(sigma):
    for m in (
        mask.ellipse((200, 160), (20, 30, 150, 120)),
        mask.stroke((200, 160), [(20, 30), (150, 120)], width_px=9),
    ):
        soft = cv2.GaussianBlur(m, (0, 0), sigma)
        assert "jpeg-ringing" not in check.mask(soft).codes
        off = np.abs(mask.clean(soft).astype(int) - soft)
        assert off.max() <= 2


def stored_jpeg(m):
    file = io.BytesIO()
    PIL.Image.fromarray(m).save(file, "JPEG", quality=75)
    return file.getvalue()


def test_noise_does_not_make_a_hard_mask_soft():
    disc = mask.ellipse((320, 240), (90, 60, 210, 170))
    noisy = np.maximum(disc, mask.stroke((320, 240), [(5, 230), (300, 235)], width_px=6) // 16)
    for picture in (noisy, stored_jpeg(disc)):
        codes = check.mask(picture).codes
        assert "specks" in codes
        assert "soft" not in codes
    assert "soft" in check.mask(mask.feather(noisy, 20)).codes


def test_edges(disc):
    hard = mask.binarize(disc)
    assert "soft-edge" in check.mask(disc, edge="hard").codes
    assert not check.mask(mask.feather(disc, 12), edge="hard").ok
    assert (
        check.mask(mask.feather(disc, 12), edge="hard").fixed().mask.tolist()
        == mask.binarize(mask.feather(disc, 12)).tolist()
    )
    assert "soft-edge" not in check.mask(hard, edge="hard").codes
    assert "hard-edge" in check.mask(hard, edge="soft").codes
    assert "hard-edge" in check.mask(disc, edge="soft").codes
    assert "hard-edge" not in check.mask(mask.feather(disc, 12), edge="soft").codes
