"""The working region around a mask."""

from fractions import Fraction
from functools import reduce
from itertools import combinations

import numpy as np
import PIL.Image
import pytest
from skimage import data

import preproc
from preproc import check, crop, mask
from preproc.crop.grouping import group
from preproc.edit.aspect import parse_aspect
from preproc.errors import InputError, PlacementError, ScaleWarning, ShapeError
from preproc.geometry import Box, SizeRule


@pytest.fixture(scope="module")
def photo():
    return data.coffee()


def with_box(photo, *boxes):
    m = np.zeros(photo.shape[:2], np.uint8)
    for left, top, right, bottom in boxes:
        m[top:bottom, left:right] = 255
    return m


def test_what_is_sent_is_the_photo(photo):
    edit = crop.around(photo, with_box(photo, (200, 150, 260, 200)))
    np.testing.assert_array_equal(edit.sent_image, photo[edit.crop.slices])
    assert edit.kind == "crop"
    assert edit.canvas == (600, 400)
    assert edit.padding == (0, 0, 0, 0)


def test_context_in_every_unit(photo):
    m = with_box(photo, (250, 150, 350, 250))
    small = crop.around(photo, m, feather_px=0, context_px=0).crop
    assert small.size == (112, 112)
    assert crop.around(photo, m, feather_px=0, context_px=50).crop.size == (208, 208)
    assert crop.around(photo, m, feather_px=0, context_ratio=2.0).crop.size == (208, 208)
    assert crop.around(photo, m, feather_px=0, context_ratio=1).crop.contains(Box(250, 150, 350, 250).grow(28))
    far = crop.around(photo, m, feather_px=0, context_mask=with_box(photo, (10, 10, 20, 20))).crop
    assert far.contains(Box(10, 10, 350, 250))


def test_a_picture_that_is_no_multiple_of_a_cell_is_padded_by_its_border(photo):
    small = photo[:24, :40]
    edit = crop.around(small, np.full((24, 40), 255, np.uint8), feather_px=0)
    assert edit.padding == (4, 4, 4, 4)
    np.testing.assert_array_equal(edit.sent_image[4:28, 4:44], small)
    assert (edit.sent_image[0] == edit.sent_image[4]).all()
    assert edit.grid(16).lost_px == 0


def test_crops_are_scaled_to_the_rule(photo):
    m = with_box(photo, (100, 100, 500, 300))
    down = crop.around(photo, m, rule=SizeRule(max_pixels=40_000))
    assert down.scale < 1
    assert down.sent.pixels <= 40_000
    up = crop.around(photo, with_box(photo, (100, 100, 130, 130)), rule=SizeRule(best_pixels=512 * 512))
    assert up.scale > 3
    assert abs(up.sent_image.mean() - photo[up.crop.slices].mean()) < 1


def test_a_path_brings_its_file_along(photo, tmp_path):
    path = preproc.save_image(photo, tmp_path / "photo.png")
    edit = crop.around(path, with_box(photo, (200, 150, 260, 200)))
    assert edit.original_path == str(path)
    assert edit.photo is not None
    np.testing.assert_array_equal(edit.original, photo)


def test_pillow_and_arrays_give_the_same(photo):
    m = with_box(photo, (200, 150, 260, 200))
    one = crop.around(photo, m)
    other = crop.around(PIL.Image.fromarray(photo), PIL.Image.fromarray(m))
    np.testing.assert_array_equal(one.sent_image, other.sent_image)
    np.testing.assert_array_equal(one.sent_mask, other.sent_mask)


def test_a_mask_of_another_size_is_refused_with_both(photo):
    with pytest.raises(ShapeError, match="600x400.*400x600.*\n.*turned"):
        crop.around(photo, np.full((600, 400), 255, np.uint8))
    with pytest.raises(ShapeError, match="600x400.*64x64.*\n.*mask.resize"):
        crop.around(photo, np.full((64, 64), 255, np.uint8))


def test_a_rule_nothing_satisfies_is_refused(photo):
    with pytest.raises(InputError, match="no size fits"):
        crop.around(
            photo,
            with_box(photo, (0, 0, 600, 4)),
            rule=SizeRule(max_aspect=1.5, max_side=64, min_side=64),
            aspect="3:2",
        )


def test_regions_are_joined_when_that_is_cheaper(photo):
    m = with_box(photo, (20, 20, 40, 40), (60, 20, 80, 40), (500, 350, 520, 370))
    edits = crop.regions(photo, m, feather_px=4)
    assert len(edits) == 2
    assert sum((edit.mask > 0).astype(int) for edit in edits).max() == 1
    np.testing.assert_array_equal(np.maximum(edits[0].mask, edits[1].mask), m)
    assert len(crop.regions(photo, m, feather_px=4, prefer="fewest")) == 1
    billed = SizeRule(best_pixels=512 * 512, billed_pixels=1_000_000)
    assert len(crop.regions(photo, m, feather_px=4, rule=billed)) == 1  # each call would pay a whole megapixel


def test_regions_come_home_together(photo):
    m = with_box(photo, (20, 20, 40, 40), (500, 350, 520, 370))
    edits = crop.regions(photo, m, feather_px=4)
    results = [np.clip(edit.sent_image.astype(int) + 40, 0, 255).astype(np.uint8) for edit in edits]
    done = crop.finish_regions(edits, results, repair="none")
    blend = np.maximum(edits[0].blend, edits[1].blend)
    np.testing.assert_array_equal(done[-1].image[blend == 0], photo[blend == 0])
    expected = np.clip(photo.astype(int) + 40, 0, 255)
    np.testing.assert_array_equal(done[-1].image[m == 255], expected[m == 255])
    with pytest.raises(InputError, match="2 edits and 1 results"):
        crop.finish_regions(edits, results[:1])
    other = crop.around(255 - photo, m)
    with pytest.raises(PlacementError, match="edit 1 is no crop of the photo"):
        crop.finish_regions([edits[0], other], results)


def test_too_many_regions_are_named(photo):
    m = np.zeros(photo.shape[:2], np.uint8)
    m[::20, ::20] = 255
    with pytest.raises(InputError, match="600 separate regions"):
        crop.regions(photo, m, feather_px=0)


def groupings(numbers):
    if not numbers:
        yield []
        return
    first, *others = numbers
    for size in range(len(others) + 1):
        for more in combinations(others, size):
            for rest in groupings([other for other in others if other not in more]):
                yield [(first, *more), *rest]


@pytest.mark.parametrize("seed", range(12))
def test_no_other_grouping_is_cheaper_or_has_fewer_crops(seed):
    rng = np.random.default_rng(seed)
    boxes = [Box(x, y, x + w, y + h) for x, y, w, h in rng.integers(1, 120, (5, 4)).tolist()]
    step = 3000 if seed % 2 else 1

    def cost(box):
        pixels = (box.size.width + 20) * (box.size.height + 20)
        return -(-pixels // step) * step, pixels > 24_000

    def total(groups):
        return sum(cost(reduce(Box.union, [boxes[one] for one in members]))[0] for members in groups)

    def whole(groups):
        return all(
            len(members) == 1 or not cost(reduce(Box.union, [boxes[one] for one in members]))[1] for members in groups
        )

    every = list(groupings(range(5)))
    assert total(group(boxes, cost, prefer="cheapest")) == min(total(groups) for groups in every)
    fewest = group(boxes, cost, prefer="fewest")
    assert whole(fewest)
    assert len(fewest) == min(len(groups) for groups in every if whole(groups))
    assert sorted(sum(fewest, ())) == list(range(5))


def test_specks_count_until_they_are_cleaned_and_feathers_always():
    photo, m = np.zeros((400, 600, 3), np.uint8), np.zeros((400, 600), np.uint8)
    m[180:220, 280:320] = 255
    soft = mask.feather(m, 100)
    clean, long = (crop.around(photo, picture, feather_px=0, context_px=0) for picture in (m, soft))
    m[3:9, 3:90], soft[3:9, 3:90] = 14, 14
    for edit, dirty in ((clean, m), (long, soft)):
        again = crop.around(photo, dirty, feather_px=0, context_px=0)
        np.testing.assert_array_equal(again.mask, dirty)
        assert again.crop != edit.crop
        assert crop.around(photo, mask.clean(dirty), feather_px=0, context_px=0).crop == edit.crop
        assert edit.crop.contains(mask.bounds(dirty))
    (found,) = [found for found in check.mask(m).findings if found.code == "specks"]
    assert found.value == (522, 277, 177)


def test_an_equal_price_is_no_reason_to_scale_down() -> None:
    boxes = [Box(0, 0, 10, 10), Box(90, 90, 100, 100)]

    def cost(box: Box) -> tuple[float, bool]:
        return (2.0, True) if box.size.width > 10 else (1.0, False)

    assert group(boxes, cost, prefer="cheapest") == [(0,), (1,)]
    many = [Box(at, at, at + 10, at + 10) for at in range(0, 1000, 90)]
    assert len(group(many, lambda box: (round(box.size.width / 10), box.size.width > 10), prefer="cheapest")) == len(
        many
    )


def test_an_edit_is_told_in_a_line() -> None:
    photo, m = np.zeros((100, 120, 3), np.uint8), np.zeros((100, 120), np.uint8)
    m[40:60, 50:70] = 255
    edit = crop.around(photo, m)
    text = repr(edit)
    assert f"sent={edit.sent}" in text
    assert "array" not in text
    assert "array" not in repr(edit.finish(edit.sent_image))


def test_a_region_is_fitted_to_what_was_sent_of_the_photo_not_to_what_was_pasted_since():
    photo = np.ascontiguousarray(data.coffee())
    m = np.zeros(photo.shape[:2], np.uint8)
    m[100:140, 100:140] = m[100:140, 190:230] = 255
    rule = SizeRule(best_pixels=400_000)
    edits = [crop.around(photo, np.where(np.arange(600) < 165, m, 0).astype(np.uint8), context_px=90, rule=rule)]
    edits.append(crop.around(photo, np.where(np.arange(600) < 165, 0, m).astype(np.uint8), context_px=90, rule=rule))
    results = [np.full_like(edits[0].sent_image, 255), edits[1].sent_image]
    done = crop.finish_regions(edits, results)
    assert edits[1].scale > 1
    assert done[1].receipt.color.after < 0.5
    assert done[1].receipt.color == edits[1].finish(results[1]).receipt.color
    assert all(one.receipt.is_preserved for one in done)
    assert (done[1].image[100:140, 100:140] == 255).all()


@pytest.mark.parametrize("aspect", ["1.91:1", "2.39:1", "1:2.39", (191, 100), Fraction(1.77)])
@pytest.mark.parametrize("rule", [SizeRule(), SizeRule(best_pixels=1_000_000), SizeRule(max_side=512)])
def test_an_aspect_of_large_numbers_is_met_nearly_and_multiplies_no_pixels(aspect, rule):
    photo, m = np.zeros((1000, 1400, 3), np.uint8), np.zeros((1000, 1400), np.uint8)
    m[100:150, 100:200] = 255
    with pytest.warns(ScaleWarning, match=r"aspect \d.\d{3} is sent as \d+x\d+ \("):
        edit = crop.around(photo, m, aspect=aspect, rule=rule)
    wanted = float(parse_aspect(aspect))
    assert abs(edit.sent.aspect / wanted - 1) <= 0.01
    assert edit.crop.size.aspect == edit.sent.aspect
    assert edit.sent.pixels <= 1.6 * max(rule.best_pixels or 0, 198 * 198 * max(wanted, 1 / wanted))
    assert edit.padding == (0, 0, 0, 0)


def test_an_aspect_that_takes_far_more_than_the_region_is_told():
    photo, m = np.zeros((1000, 1400, 3), np.uint8), np.zeros((1000, 1400), np.uint8)
    m[100:150, 100:200] = 255
    with pytest.warns(ScaleWarning, match="aspect 31:29 in multiples of 16 sends 496x464, .* times the pixels of"):
        assert crop.around(photo, m, aspect="31:29").sent == (496, 464)
    with pytest.raises(InputError, match="the smallest size of 31:29 in multiples of 16 is 496x464"):
        crop.around(photo, m, aspect="31:29", rule=SizeRule(max_side=480))
