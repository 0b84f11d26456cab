"""Crop, masks and finish at 12 megapixels, as ratios to what they are made of."""

import tracemalloc

import cv2
import numpy as np
import pytest

from preproc import SizeRule, crop, outpaint
from preproc.composite import paste


@pytest.fixture(scope="module")
def photo():
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (94, 125, 3), dtype=np.uint8)
    return cv2.add(
        cv2.resize(coarse, (4000, 3000), interpolation=cv2.INTER_CUBIC),
        rng.integers(0, 9, (3000, 4000, 3), dtype=np.uint8),
    )


@pytest.fixture(scope="module")
def object_mask():
    m = np.zeros((3000, 4000), np.uint8)
    cv2.circle(m, (2100, 1400), 150, 255, -1, cv2.LINE_AA)
    return m


FILL = SizeRule(cell=16, best_pixels=1_000_000, billed_pixels=1_000_000)
"""That of an endpoint which paints best at a megapixel: a small crop is enlarged for it."""


def whole_edit(photo, m, generated, rule=None):
    return crop.around(photo, m, rule=rule).finish(generated, repair="seam")


def answer_to(edit):
    return cv2.add(edit.sent_image, (6, 6, 6, 0))


@pytest.mark.parametrize("rule", [None, FILL], ids=["as it is", "enlarged"])
def test_an_edit_of_a_small_object_costs_less_than_three_blurs(benchmark, photo, object_mask, paired_ratio, rule):
    generated = answer_to(crop.around(photo, object_mask, rule=rule))

    def blur():
        cv2.GaussianBlur(photo, (0, 0), 2)

    ratio = paired_ratio(lambda: whole_edit(photo, object_mask, generated, rule), blur)
    benchmark.extra_info["ratio_to_gaussian_blur"] = ratio
    benchmark.pedantic(whole_edit, args=(photo, object_mask, generated, rule), rounds=3)
    assert ratio < 3


@pytest.mark.parametrize("fill", ["replicate", "reflect", "solid"])
def test_an_extension_on_one_side_costs_less_than_three_blurs(benchmark, photo, paired_ratio, fill):
    def extend():
        outpaint.extend(photo, left=500, fill=fill)

    ratio = paired_ratio(extend, lambda: cv2.GaussianBlur(photo, (0, 0), 2))
    benchmark.extra_info["ratio_to_gaussian_blur"] = ratio
    benchmark.pedantic(extend, rounds=3)
    assert ratio < 3


def test_a_composite_costs_less_than_two_and_a_half_copies_of_its_bytes(benchmark, photo, paired_ratio):
    """Its bytes: the picture, the result and the mask are read and a picture is written, so many are moved in all."""
    m = np.zeros((3000, 4000), np.uint8)
    cv2.circle(m, (2000, 1500), round(np.sqrt(0.1 * m.size / np.pi)), 255, -1)
    m = cv2.GaussianBlur(m, (0, 0), 8)
    generated = 255 - photo
    moved = (3 * photo.nbytes + m.nbytes) // 2  # a copy reads each byte and writes it
    source, target = np.ones(moved, np.uint8), np.ones(moved, np.uint8)
    ratio = paired_ratio(lambda: paste(photo, generated, m), lambda: np.copyto(target, source))
    benchmark.extra_info["ratio_to_copy"] = ratio
    benchmark.pedantic(paste, args=(photo, generated, m), rounds=3)
    assert ratio < 2.6


def test_pixels_scattered_all_over_are_copied_not_blended(benchmark, photo, paired_ratio):
    m = (np.random.default_rng(0).random((3000, 4000)) < 0.1) * np.uint8(255)
    between = np.minimum(m, 254)
    generated = 255 - photo
    ratio = paired_ratio(lambda: paste(photo, generated, m), lambda: paste(photo, generated, between))
    benchmark.extra_info["ratio_to_blending"] = ratio
    benchmark.pedantic(paste, args=(photo, generated, m), rounds=3)
    assert ratio < 0.75


@pytest.mark.parametrize("rule", [None, FILL], ids=["as it is", "enlarged"])
def test_memory_stays_under_four_photos(benchmark, photo, object_mask, rule):
    generated = answer_to(crop.around(photo, object_mask, rule=rule))

    peak = benchmark.pedantic(peak_of, args=(lambda: whole_edit(photo, object_mask, generated, rule),), rounds=1)
    assert peak < 4 * photo.nbytes


@pytest.mark.parametrize("repair", ["none", "seam"])
def test_memory_stays_under_four_photos_where_nearly_all_is_pasted(benchmark, photo, repair):
    m = np.zeros((3000, 4000), np.uint8)
    cv2.circle(m, (2000, 1500), 1400, 255, -1)
    edit = crop.around(photo, m, context_ratio=2)
    generated = answer_to(edit)
    assert (
        benchmark.pedantic(peak_of, args=(lambda: edit.finish(generated, repair=repair),), rounds=1) < 4 * photo.nbytes
    )


def framed():
    m = np.zeros((3000, 4000), np.uint8)
    m[40:-40, 40:-40] = 255
    return m


def disc():
    return cv2.circle(np.zeros((3000, 4000), np.uint8), (2000, 1500), 1400, 255, -1)


@pytest.mark.parametrize(
    "edit_of",
    [
        lambda photo: crop.around(photo, framed()),
        lambda photo: crop.around(photo, disc()),
        lambda photo: outpaint.extend(photo, left=400, right=400),
    ],
    ids=["all but a frame", "a disc", "outpaint"],
)
def test_a_repair_takes_less_than_three_photos_besides_what_it_is_given(benchmark, photo, edit_of):
    edit = edit_of(photo)
    generated = answer_to(edit)
    peak = benchmark.pedantic(peak_of, args=(lambda: edit.finish(generated, repair="seam"),), rounds=1)
    benchmark.extra_info["photos"] = peak / photo.nbytes
    assert peak < 3 * photo.nbytes


def test_memory_of_an_outpaint_stays_under_four_photos(benchmark, photo):
    extended = benchmark.pedantic(peak_of, args=(lambda: outpaint.extend(photo, left=400, right=400),), rounds=1)
    assert extended < 4 * photo.nbytes
    edit = outpaint.extend(photo, left=400, right=400)
    generated = answer_to(edit)
    assert peak_of(lambda: edit.finish(generated, repair="none")) < 4 * photo.nbytes


def peak_of(work):
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
