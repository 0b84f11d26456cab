"""A result that moved, was zoomed or cut is measured, told, and undone where that is asked for."""

import cv2
import numpy as np
import pytest
from skimage import data

from preproc import crop


def test_a_moved_result_is_measured_and_undone(photo, disc):
    edit = crop.around(photo, disc, context_px=100)
    shift = np.float32([[1, 0, 2.5], [0, 1, -1.5]])
    generated = cv2.warpAffine(
        edit.sent_image, shift, edit.sent, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    plain = edit.finish(generated, repair="none")
    assert plain.receipt.drift.px == pytest.approx(np.hypot(2.5, 1.5), abs=0.15)
    assert any("align=True" in note for note in plain.receipt.notes)
    aligned = edit.finish(generated, repair="none", align=True)
    inside = disc == 255
    error = [np.abs(done.image.astype(int) - photo)[inside].mean() for done in (plain, aligned)]
    assert error[1] < error[0] / 2
    still = edit.finish(np.clip(edit.sent_image.astype(int) + 3, 0, 255).astype(np.uint8))
    assert still.receipt.drift.px < 0.1


def test_a_zoomed_result_is_measured(photo, disc):
    edit = crop.around(photo, disc, context_px=100)
    matrix = cv2.getRotationMatrix2D((edit.sent.width / 2, edit.sent.height / 2), 0, 1.02)
    generated = cv2.warpAffine(
        edit.sent_image, matrix, edit.sent, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    drift = edit.finish(generated).receipt.drift
    assert drift.zoom == pytest.approx(1.02, abs=0.003)

    assert drift.stretch == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(("side", "words"), [("left", "width"), ("top", "height")])
def test_a_result_cut_on_one_side_and_stretched_back_is_measured_and_undone(side, words):
    picture = data.astronaut()
    m = cv2.circle(np.zeros((512, 512), np.uint8), (230, 110), 40, 255, -1)
    edit = crop.around(picture, m)

    def cut_back(generated):
        cut = np.ascontiguousarray(generated[:, 4:] if side == "left" else generated[4:])
        return cv2.resize(cut, edit.sent, interpolation=cv2.INTER_CUBIC)

    painted = edit.sent_image.copy()
    painted[edit.sent_mask > 0] = (200, 60, 40)
    moved = edit.finish(cut_back(painted), repair="none").receipt
    length = edit.sent.width if side == "left" else edit.sent.height
    ratio = length / (length - 4)
    assert moved.drift.stretch == pytest.approx(ratio if side == "left" else 1 / ratio, abs=0.002)
    assert any(f"stretched by {ratio - 1:.1%} in {words}" in note for note in moved.notes)
    plain, aligned = (edit.finish(cut_back(edit.sent_image), repair="none", align=align) for align in (False, True))
    error = [np.abs(done.image.astype(int) - picture)[m == 255].mean() for done in (plain, aligned)]
    assert error[1] < error[0] / 2


@pytest.mark.parametrize("radius", [20, 40])
@pytest.mark.parametrize("shift", [(0, 0), (3, 2), (-6, 5)])
def test_a_small_edit_with_something_painted_in_it_is_followed(radius, shift):
    picture = data.astronaut()
    rng = np.random.default_rng(0)
    for _ in range(6):
        x, y = (int(place) for place in rng.integers(90, 420, 2))
        m = cv2.circle(np.zeros((512, 512), np.uint8), (x, y), radius, 255, -1)
        edit = crop.around(picture, m)
        generated = np.roll(edit.sent_image, shift, (1, 0))
        generated[edit.sent_mask > 0] = (200, 60, 40)
        drift = edit.finish(generated).receipt.drift
        assert (drift.dx_px, drift.dy_px) == pytest.approx(shift, abs=0.15)


def test_a_moved_result_is_not_taken_for_one_of_other_colours():
    picture = data.astronaut()
    m = cv2.circle(np.zeros((512, 512), np.uint8), (230, 110), 40, 255, -1)
    edit = crop.around(picture, m)
    generated = np.roll(edit.sent_image, (3, 2), (1, 0))
    generated[edit.sent_mask > 0] = (200, 60, 40)
    receipt = edit.finish(generated).receipt
    assert receipt.notes == ("the result has moved by 3.61 px; align=True undoes it",)
    assert receipt.color.gain == pytest.approx((1, 1, 1), abs=0.01)
    assert receipt.repair == "none"


def test_another_scene_has_no_drift(photo):
    picture = data.coffee()
    m = cv2.circle(np.zeros(picture.shape[:2], np.uint8), (300, 200), 30, 255, -1)
    edit = crop.around(picture, m)
    other = cv2.resize(data.chelsea()[50:200, 100:300], edit.sent)
    receipt = edit.finish(other, repair="none").receipt
    assert receipt.drift is None
    assert "not found again" in receipt.drift_missing


def test_a_moved_result_was_not_pasted_back_by_the_endpoint():
    picture = data.astronaut()
    rng = np.random.default_rng(0)
    for _ in range(20):
        x, y = (int(place) for place in rng.integers(90, 420, 2))
        edit = crop.around(picture, cv2.circle(np.zeros((512, 512), np.uint8), (x, y), 20, 255, -1))
        generated = np.roll(edit.sent_image, (3, 2), (1, 0))
        generated[edit.sent_mask > 0] = (200, 60, 40)
        notes = edit.finish(generated).receipt.notes
        assert len(notes) == 1
        assert "moved by" in notes[0]
