"""What came back as it was sent, told from what was painted, through JPEG and resizing; and drift that has no measure."""

import io

import cv2
import numpy as np
import PIL.Image
import pytest
from skimage import data

from preproc import SizeRule, crop

PHOTO = data.chelsea()[:288, :432].copy()


def edit():
    m = np.zeros(PHOTO.shape[:2], np.uint8)
    m[100:180, 150:290] = 255
    return crop.around(PHOTO, m, context_px=1000)


def jpeg(picture, quality):
    packed = io.BytesIO()
    PIL.Image.fromarray(picture).save(packed, "JPEG", quality=quality)
    return packed.getvalue()


def notes(made, generated):
    return " ".join(made.finish(generated, repair="none").receipt.notes)


@pytest.mark.parametrize("quality", [75, 85, 95, 98])
def test_what_was_sent_is_known_again_through_jpeg(quality):
    assert "nothing was painted" in notes(edit(), jpeg(edit().sent_image, quality))


@pytest.mark.parametrize("factor", [0.5, 1.5])
def test_and_through_resizing(factor):
    sent = edit().sent_image
    size = (round(sent.shape[1] * factor), round(sent.shape[0] * factor))
    assert "nothing was painted" in notes(edit(), cv2.resize(sent, size, interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize("quality", [75, 85, 95])
@pytest.mark.parametrize("painted", ["spot", "brighter", "sharper", "softer"])
def test_small_true_edits_are_not_taken_for_nothing(quality, painted):
    made = edit()
    picture = made.sent_image.copy()
    inside = made.sent_mask == 255
    other = {
        "spot": cv2.circle(picture.copy(), (220, 140), 5, (200, 40, 40), -1),
        "brighter": np.clip(picture.astype(int) + 4, 0, 255).astype(np.uint8),
        "sharper": cv2.addWeighted(picture, 1.6, cv2.GaussianBlur(picture, (0, 0), 2), -0.6, 0),
        "softer": cv2.GaussianBlur(picture, (0, 0), 3),
    }[painted]
    picture[inside] = other[inside]
    found = notes(made, jpeg(picture, quality))
    assert "nothing was painted" not in found
    assert "pasted back" in found


def test_a_generator_that_shifts_colours_has_not_pasted_back():
    made = edit()
    picture = np.clip(1.06 * made.sent_image - 5, 0, 255).astype(np.uint8)
    picture[made.sent_mask == 255] = 90
    assert notes(made, jpeg(picture, 90)) == ""


def smooth_photo():
    rng = np.random.default_rng(0)
    down = np.linspace(0, 1, 400)[:, None, None]
    sky = np.array([90, 140, 210]) * (1 - down) + np.array([170, 200, 235]) * down
    return np.clip(sky + rng.normal(0, 1.2, (400, 500, 3)), 0, 255).astype(np.uint8)


PHOTOS = {
    "sky": smooth_photo(),
    "rocket": data.rocket(),
    "dark": (data.astronaut() * 0.08).astype(np.uint8),
    "astronaut": data.astronaut(),
}


def painted_edit(photo):
    height, width = photo.shape[:2]
    m = cv2.circle(np.zeros((height, width), np.uint8), (width // 2, height // 2), 60, 255, -1)
    return crop.around(photo, m)


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize(("gain", "offset", "noise"), [(1, 0, 0.8), (1.02, -1, 1.5), (1.01, -2, 1.5), (1, 0.3, 0.3)])
@pytest.mark.parametrize("kind", ["png", 90])
def test_a_picture_painted_anew_was_not_pasted_back_however_little_it_differs(name, gain, offset, noise, kind):
    made = painted_edit(PHOTOS[name])
    soft = cv2.GaussianBlur(made.sent_image, (0, 0), 0.6).astype(float)
    anew = soft * gain + offset + np.random.default_rng(1).normal(0, noise, soft.shape)
    anew[made.sent_mask > 0] = (200, 60, 40)
    anew = np.clip(np.rint(anew), 0, 255).astype(np.uint8)
    assert "pasted back" not in notes(made, anew if kind == "png" else jpeg(anew, kind))


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("quality", [75, 90, 98])
def test_and_one_that_was_pasted_back_is_known_through_jpeg(name, quality):
    made = painted_edit(PHOTOS[name])
    picture = made.sent_image.copy()
    picture[made.sent_mask > 0] = (200, 60, 40)
    assert "pasted back" in notes(made, jpeg(picture, quality))


@pytest.mark.parametrize("name", ["chelsea", "rocket"])
def test_grain_painted_into_an_enlarged_crop_is_not_nothing(name):
    photo = getattr(data, name)()
    m = cv2.circle(np.zeros(photo.shape[:2], np.uint8), (200, 150), 30, 255, -1)
    made = crop.around(photo, m, rule=SizeRule(best_pixels=600_000))
    grain = np.random.default_rng(0).integers(-12, 13, (*made.sent_mask.shape, 1))
    picture = made.sent_image.astype(int)
    picture[made.sent_mask > 0] += np.broadcast_to(grain, picture.shape)[made.sent_mask > 0]
    assert "nothing was painted" not in notes(made, np.clip(picture, 0, 255).astype(np.uint8))
    assert "nothing was painted" in notes(made, jpeg(made.sent_image, 85))


def test_a_drift_that_cannot_be_measured_says_why():
    flat = np.full((288, 432, 3), 120, np.uint8)
    m = np.zeros(flat.shape[:2], np.uint8)
    m[100:180, 150:290] = 255
    made = crop.around(flat, m, context_px=1000)
    receipt = made.finish(np.full_like(made.sent_image, 130), repair="none").receipt
    assert receipt.drift is None
    assert receipt.drift_missing == "the kept pixels have too little texture to follow"
    assert f"not measured: {receipt.drift_missing}" in str(receipt)
    assert edit().finish(edit().sent_image).receipt.drift_missing is None


def test_a_shift_of_all_colours_is_no_compression():
    made = crop.around(
        data.chelsea(), cv2.circle(np.zeros((300, 451), np.uint8), (225, 150), 60, 255, -1), rule=SizeRule(max_side=160)
    )
    noise = np.random.default_rng(0).normal(0, 1, made.sent_image.shape)
    shifted = np.clip(made.sent_image * 1.04 - 3 + noise, 0, 255).astype(np.uint8)
    assert "unchanged" not in notes(made, shifted)


def test_what_only_moved_shows_the_scene():
    made = edit()
    moved = np.roll(made.sent_image, 20, axis=1)
    assert "does not show" not in notes(made, moved)
    assert "has moved by" in notes(made, moved)


def test_a_small_result_is_told():
    made = edit()
    small = cv2.resize(made.sent_image, (made.sent.width // 8, made.sent.height // 8), interpolation=cv2.INTER_AREA)
    assert "it was enlarged 8.0 times" in notes(made, small)


class TestOddColours:
    """What is wrong with all of a result is said, and left to whoever asked for it."""

    def edit(self):
        photo = np.ascontiguousarray(data.coffee())
        m = np.zeros(photo.shape[:2], np.uint8)
        m[180:220, 280:330] = 255
        return crop.around(photo, m)

    def test_red_and_blue_in_each_others_place(self):
        edit = self.edit()
        swapped = edit.finish(np.ascontiguousarray(edit.sent_image[:, :, ::-1])).receipt
        assert any("red and blue are swapped" in note for note in swapped.notes)
        right = edit.finish(np.clip(edit.sent_image.astype(int) + 20, 0, 255).astype(np.uint8)).receipt
        assert not any("swapped" in note for note in right.notes)

    @pytest.mark.parametrize("name", PHOTOS)
    def test_swapped_channels_are_noticed_on_any_photo_and_not_repaired(self, name):
        edit = painted_edit(PHOTOS[name])
        receipt = edit.finish(np.ascontiguousarray(edit.sent_image[:, :, ::-1])).receipt
        assert any("red and blue are swapped" in note for note in receipt.notes)
        assert receipt.repair == "none"

    @pytest.mark.parametrize("name", PHOTOS)
    def test_a_flat_result_is_said_to_be_and_not_repaired(self, name):
        edit = painted_edit(PHOTOS[name])
        receipt = edit.finish(np.full_like(edit.sent_image, 250)).receipt
        assert any("one flat colour all over" in note for note in receipt.notes)
        assert receipt.repair == "none"

    @pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee"])  # a sky has no detail to lose
    def test_a_blurred_result_is_said_to_be_and_not_repaired(self, name):
        edit = painted_edit(getattr(data, name)())
        blurred, soft = (edit.finish(cv2.GaussianBlur(edit.sent_image, (0, 0), s)).receipt for s in (24, 1.5))
        assert any("blurred all over" in note for note in blurred.notes)
        assert blurred.repair == "none"
        assert not any("blurred" in note for note in soft.notes)

    def test_a_gain_at_its_limit(self):
        edit = self.edit()
        flat = np.rint(edit.sent_image * 0.7 + 36).astype(np.uint8)
        receipt = edit.finish(flat).receipt
        assert receipt.color.is_at_limit
        assert any("gain 1.250" in note and "at its limit (0.8 to 1.25)" in note for note in receipt.notes)
        assert "at its limit" in receipt.to_json()

    def test_a_large_offset(self):
        edit = self.edit()
        far = edit.finish(np.clip(edit.sent_image.astype(int) - 30, 0, 255).astype(np.uint8)).receipt
        assert any("30 levels off" in note for note in far.notes)

    def test_kept_pixels_that_differ_by_a_level_did_not_come_back_unchanged(self):
        photo = np.ascontiguousarray(data.coffee())
        m = np.zeros(photo.shape[:2], np.uint8)
        m[180:220, 280:330] = 255
        edit = crop.around(photo, m, rule=SizeRule(best_pixels=1_000_000))
        painted = edit.sent_image.copy()
        painted[edit.sent_mask == 255] = 200
        assert any(
            note.endswith("unchanged: the endpoint pasted back by itself")
            for note in edit.finish(painted).receipt.notes
        )
        painted[0, 0] ^= 1
        assert not any("unchanged: the endpoint" in note for note in edit.finish(painted).receipt.notes)


@pytest.mark.parametrize(
    ("size", "is_said"),
    [((224, 240), False), ((448, 480), False), ((112, 121), False), ((228, 240), True), ((224, 243), True)],
)
def test_a_result_of_nearly_the_aspect_is_said_to_be_stretched(size, is_said):
    photo = np.ascontiguousarray(data.astronaut()[:240, :224])
    m = np.zeros(photo.shape[:2], np.uint8)
    m[90:150, 80:150] = 255
    edit = crop.around(photo, m, context_px=400)
    assert edit.sent == (224, 240)
    done = edit.finish(cv2.resize(edit.sent_image, size, interpolation=cv2.INTER_AREA))
    assert any("off in aspect, it was stretched" in note for note in done.receipt.notes) == is_said


def test_a_wide_result_is_held_to_its_pixels_too():
    photo = np.ascontiguousarray(data.coffee()[:96, :576])
    m = np.zeros(photo.shape[:2], np.uint8)
    m[30:60, 200:260] = 255
    edit = crop.around(photo, m, context_px=600)
    assert edit.sent == (576, 96)
    for size, is_said in {
        (580, 96): True,
        (570, 96): True,
        (384, 64): False,
        (385, 64): False,
        (389, 64): True,
    }.items():
        notes = edit.finish(cv2.resize(edit.sent_image, size, interpolation=cv2.INTER_AREA)).receipt.notes
        assert any("off in aspect" in note for note in notes) == is_said
