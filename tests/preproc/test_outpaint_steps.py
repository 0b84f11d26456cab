"""Extensions in steps: each from the photo's own pixels, at its own scale."""

import hashlib
import io
import math

import numpy as np
import PIL.Image
import pytest

from preproc import outpaint
from preproc.errors import InputError, PlacementError
from preproc.geometry import SizeRule


def fake(edit):
    """An endpoint that changes every pixel, and a caller who keeps the results as JPEG."""
    changed = np.clip(edit.sent_image[:, :, :3].astype(int) * 0.9 + 20, 0, 255).astype(np.uint8)
    return edit.finish(changed, repair="auto")


def sha256(picture):
    return hashlib.sha256(np.ascontiguousarray(picture).data).hexdigest()


def test_three_steps_leave_the_photo_as_it_was(photo):
    plan = outpaint.steps(photo, left=100, right=31, max_step_px=48, overlap=0)
    assert len(plan) == 3
    assert plan.total() == outpaint.sides(photo, left=100, right=31)
    assert max(max(step) for step in plan.sides) <= 48
    done = plan.run(fake)
    assert done.image.shape == (120, 160 + 131, 3)
    assert sha256(done.image[:, 100:260]) == sha256(photo)
    assert plan.sha256(done) == (sha256(photo), sha256(photo))


@pytest.mark.parametrize("context_px", [None, 40])
def test_a_lossy_picture_in_between_costs_the_photo_nothing(photo, context_px):
    plan = outpaint.steps(photo, zoom_out=2.2, max_step_px=40, overlap=12, context_px=context_px)
    done = None
    for number in range(len(plan)):
        edit = plan.edit(number, done)
        assert edit.canvas == plan.canvas(number + 1)
        np.testing.assert_array_equal(edit.blend >= edit.mask, True)
        finished = fake(edit)
        packed = io.BytesIO()
        PIL.Image.fromarray(finished.image).save(packed, "JPEG", quality=60)
        done = packed.getvalue()
    left, top = plan.total()[:2]
    np.testing.assert_array_equal(finished.image[top + 12 : top + 108, left + 12 : left + 148], photo[12:-12, 12:-12])
    before, after = plan.sha256(finished)
    assert before == after == sha256(photo[12:-12, 12:-12])


def test_steps_keep_depth_and_transparency():
    rng = np.random.default_rng(0)
    rgba = rng.integers(0, 65536, (60, 80, 4), dtype=np.uint16)
    plan = outpaint.steps(rgba, left=90, bottom=20, max_step_px=40, overlap=0)
    done = plan.run(fake)
    assert done.photo.depth == 16
    np.testing.assert_array_equal(done.photo.pixels[:60, 90:], rgba[:, :, :3])
    np.testing.assert_array_equal(done.photo.alpha[:60, 90:], rgba[:, :, 3])
    assert (done.photo.alpha[60:] == 65535).all()
    assert len(set(plan.sha256(done))) == 1


def test_steps_on_a_canvas_too_large_for_the_rule_are_sent_at_their_own_scale(photo):
    rule = SizeRule(max_pixels=200 * 160)
    plan = outpaint.steps(photo, left=100, right=100, max_step_px=50, rule=rule)
    assert [tuple(step) for step in plan.sides] == [(50, 0, 0, 0), (50, 0, 0, 0), (0, 0, 50, 0), (0, 0, 50, 0)]
    edits = []
    done = plan.run(lambda edit: (edits.append(edit), fake(edit))[1])
    assert [edit.scale for edit in edits] == [1] * 4
    assert all(edit.sent.pixels <= 32_000 for edit in edits)
    assert len(set(plan.sha256(done))) == 1


def test_short_steps_still_show_what_they_continue(photo):
    plan = outpaint.steps(photo, left=40, max_step_px=10, rule=SizeRule(max_side=160, cell=8))
    assert [plan.forecast(number).scale for number in range(len(plan))] == [1] * 4
    assert min(plan.context_px) > 100


def test_steps_say_what_they_lack(photo):
    plan = outpaint.steps(photo, left=100, max_step_px=50)
    with pytest.raises(InputError, match="at least 1"):
        outpaint.steps(photo, left=100, max_step_px=0)
    with pytest.raises(InputError, match="no step 2"):
        plan.edit(2, photo)
    with pytest.raises(InputError, match="step 1 continues"):
        plan.edit(1)
    with pytest.raises(PlacementError, match="leaves a picture of 210x120, this one is 160x120"):
        plan.edit(1, photo)
    assert plan.forecast(1).sent == plan.edit(1, fake(plan.edit(0))).sent


@pytest.mark.parametrize("side", [512, 768, 1024])
def test_steps_are_cut_so_that_each_is_sent_at_its_own_scale(side):
    plan = outpaint.steps(np.zeros((400, 600, 3), np.uint8), left=1500, rule=SizeRule(max_side=side))
    assert [plan.forecast(number).scale for number in range(len(plan))] == [1] * len(plan)
    assert (sum(sides.left for sides in plan.sides), plan.notes) == (1500, ())


def test_a_picture_longer_than_the_rule_takes_is_told():
    plan = outpaint.steps(np.zeros((1600, 800, 3), np.uint8), left=1200, rule=SizeRule(max_side=1536))
    assert plan.forecast(0).scale < 1
    assert len(plan.notes) == 1
    assert plan.notes[0].startswith("left: sent at 0.96 of its size, as a strip along that side is longer")
    assert "1536 px a side" in plan.notes[0]


def test_what_one_step_would_scale_goes_in_several_or_is_told():
    photo, rule = np.zeros((400, 600, 3), np.uint8), SizeRule(max_side=1024)
    several = outpaint.steps(photo, zoom_out=2, rule=rule)
    assert [several.forecast(number).scale for number in range(len(several))] == [1] * 4
    assert (several.canvas(4), several.notes) == ((1200, 800), ())
    one = outpaint.steps(photo, zoom_out=2, rule=rule, max_step_px=None)
    assert len(one) == 1
    assert one.edit(0).scale < 1
    assert one.notes[0].startswith("sent at 0.84 of its size: in one step the 1200x800 canvas is more than")


def test_steps_take_ratios():
    plan = outpaint.steps(np.zeros((100, 200, 3), np.uint8), left_ratio=1, max_step_px=100)
    assert [sides.left for sides in plan.sides] == [100, 100]


@pytest.mark.parametrize("overlap", [0, 7.5, 16, 32, 33, 64, 1000])
def test_further_in_than_the_overlap_nothing_is_pasted_corners_included(overlap):
    photo = np.full((200, 300, 3), 200, np.uint8)
    edit = outpaint.extend(photo, left=90, top=70, overlap=overlap)
    deep = math.ceil(min(overlap, 100))
    assert not edit.blend[70 + deep :, 90 + deep :].any()
    plan = outpaint.steps(photo, left=90, top=70, overlap=overlap)
    before, after = plan.sha256(plan.run(lambda one: one.finish(np.full_like(one.sent_image, 20), repair="none")))
    assert before == after


@pytest.mark.parametrize(("max_step_px", "count"), [(512, 5), (256, 8), (200, 10)])
def test_a_scale_barely_larger_is_not_worth_more_steps(max_step_px, count):
    photo, rule = np.zeros((400, 600, 3), np.uint8), SizeRule(max_side=1024)
    plan = outpaint.steps(photo, left=700, top=900, bottom=10, max_step_px=max_step_px, rule=rule)
    assert len(plan) == count
    assert plan.canvas(count) == (1300, 1310)
