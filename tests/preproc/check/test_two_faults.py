"""Of two faults each is mended by its own call, run on the mask as it came."""

import io

import cv2
import numpy as np
import PIL.Image
import pytest

import preproc
from preproc import check, crop, mask


def in_alpha(m):
    return np.dstack([np.zeros((*m.shape, 3), np.uint8), m])


def zero_one(m):
    return (m > 127).astype(np.uint8)


@pytest.mark.parametrize("form", [in_alpha, zero_one])
@pytest.mark.parametrize("fault", ["size-mismatch", "transposed"])
def test_a_wrong_size_of_an_unreadable_mask(form, fault):
    size = (100, 75) if fault == "size-mismatch" else (150, 200)
    m = form(mask.ellipse(size, (30, 20, 70, 60)))
    image = np.zeros((150, 200, 3), np.uint8)
    fix = {found.code: found.fix for found in check.mask(m, image).findings}[fault]
    mended = eval(fix, {"m": m, "mask": mask, "np": np, "preproc": preproc})
    assert not {fault, "zero-one", "alpha-only"} & {found.code for found in check.mask(mended, image).findings}


def test_an_inverted_mask_of_zeros_and_ones():
    m = zero_one(255 - mask.ellipse((100, 75), (30, 20, 70, 60)))
    fix = {found.code: found.fix for found in check.mask(m, reference=(30, 20, 70, 60)).findings}["inverted"]
    mended = eval(fix, {"m": m, "mask": mask, "np": np, "preproc": preproc})
    assert mended[40, 50] == 255
    assert mended[0, 0] == 0


# Each is a fault of the values, or of the form, that the file or array has.
SIZE, BOX = (240, 160), (60, 40, 190, 120)
PHOTO = np.zeros((160, 240, 3), np.uint8)
NAMES = {"preproc": preproc, "mask": mask, "np": np, "image": PHOTO, "box": BOX}
RIGHT = mask.union(mask.ellipse(SIZE, (60, 40, 150, 120)), mask.rectangle(SIZE, (120.5, 60.5, 190.5, 110.5)))


def jpeg(m):
    return cv2.imdecode(cv2.imencode(".jpg", m, [cv2.IMWRITE_JPEG_QUALITY, 70])[1], cv2.IMREAD_GRAYSCALE)


def island(m):
    return cv2.circle(m.copy(), (215, 20), 4, int(255 - m[8, 8]), -1)


def hole(m):
    return cv2.circle(m.copy(), (100, 80), 3, int(255 - m[80, 100]), -1)


def palette_png(m):
    labels = PIL.Image.fromarray((m > 127).astype(np.uint8) * np.uint8(3), "P")
    labels.putpalette([0, 0, 0, 0, 128, 0, 128, 128, 0, 128, 0, 0])
    data = io.BytesIO()
    labels.save(data, "PNG")
    return data.getvalue()


FIRST = {
    "inverted": mask.invert,
    "jpeg": jpeg,
    "hole": hole,
    "island": island,
    "white 254": lambda m: np.minimum(m, 254),
    "black 5": lambda m: np.maximum(m, 5),
    "faint": lambda m: (m * 0.4).astype(np.uint8),
    "half size": lambda m: mask.resize(m, (120, 80)),
    "larger": lambda m: cv2.resize(m, (300, 200)),
    "turned": lambda m: np.rot90(m, -1),
}
SECOND = {
    **FIRST,
    "alpha only": in_alpha,
    "premultiplied": lambda m: np.dstack([m] * 4),
    "one alpha": lambda m: np.dstack([m, m, m, np.full_like(m, 128)]),
    "tint": lambda m: np.dstack([m, np.maximum(m, 6) - np.uint8(6), m]),
    "zero-one": zero_one,
    "float": lambda m: m / 255,
    "mode I": lambda m: PIL.Image.fromarray(m.astype(np.int32) * 257),
    "12 bits": lambda m: (m.astype(np.uint32) * 4095 // 255).astype(np.uint16),
    "label map": palette_png,
    "two colours": lambda m: np.where(m[:, :, np.newaxis] > 127, (255, 0, 0), (0, 0, 255)).astype(np.uint8),
}

SIZES = {"half size", "larger", "turned"}
PAIRS = [(one, two) for one in FIRST for two in SECOND if one != two and not (one in SIZES and two in FIRST)]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_pairs(first, second):
    m = SECOND[second](FIRST[first](RIGHT))
    report = check.mask(m, PHOTO, reference=BOX)
    before = {found.code for found in report.findings if found.level != "info"}
    mendable = {found.code for found in report.findings if found.mend is not None}
    mended = report.fixed().mask
    if mended is not None:  # what is safe to mend is mended, and nothing is worse
        after = {found.code for found in check.mask(mended, PHOTO, reference=BOX).findings if found.level != "info"}
        assert not mendable & after
        assert after <= before
    for found in report.findings:  # every call runs as printed, and mends what it belongs to
        if not found.fix or found.fix.startswith(("check.", "crop.", "preproc.save_image")):
            continue
        value = eval(found.fix, {**NAMES, "m": m})
        after = {each.code for each in check.mask(value, PHOTO, reference=BOX).findings if each.level != "info"}
        assert found.level == "info" or found.code not in after
        if found.code != "inverted":
            assert "full" not in after - before


@pytest.mark.parametrize("fault", ["half size", "larger", "turned"])
@pytest.mark.parametrize("inverted", [False, True])
def test_the_reference_lies_in_the_image_whatever_the_mask_measures(fault, inverted):
    m = FIRST[fault](mask.invert(RIGHT) if inverted else RIGHT)
    expected = "inverted" if inverted else "polarity-confirmed"
    for reference in (BOX, mask.rectangle(SIZE, BOX)):
        assert expected in check.mask(m, PHOTO, reference=reference).codes
    assert expected in check.mask(m, PHOTO, intent="object").codes


def test_a_crop_of_the_mask_is_not_judged_by_a_box_in_the_image():
    cropped = mask.invert(RIGHT)[:, 100:]
    told = {found.code: found for found in check.mask(cropped, PHOTO, reference=BOX).findings}
    assert told["polarity-undecided"].fix == told["size-mismatch"].fix
    assert "inverted" not in told


def test_snapping_does_not_spread_a_background_that_is_nearly_black():
    m = np.maximum(mask.rectangle(SIZE, (60, 20, 62, 140)), 5)
    (fix,) = [found.fix for found in check.mask(m).findings if found.code == "thin-parts"]
    assert fix == "mask.snap(mask.clean(m, noise=5), 16)"
    assert eval(fix, {**NAMES, "m": m}).mean() < 64


@pytest.mark.parametrize("colour", [(200, 30, 30), (30, 200, 220)])
def test_one_colour_selects_nothing(colour):
    report = check.mask(np.full((40, 60, 3), colour, np.uint8))
    assert report.codes == ("colour",)
    assert report.findings[0].fix == "mask.rectangle(m, box)"


def run(report, code, m, image=PHOTO):
    (fix,) = [found.fix for found in report.findings if found.code == code]
    return eval(fix, {**NAMES, "m": m, "image": image, "crop": crop})


def test_snapping_does_not_spread_faint_noise():
    m = mask.rectangle(SIZE, (60, 20, 62, 140))
    m[::9, ::9] = np.maximum(m[::9, ::9], 28)
    snapped = run(check.mask(m, cell=26), "thin-parts", m)
    assert snapped[21:139, 61].all()
    assert snapped.mean() < 64


def test_a_mask_that_snapping_would_fill_is_enlarged_instead():
    m = np.zeros((60, 90), np.uint8)
    m[4::12, :], m[:, 4::12] = 255, 255
    edit = run(check.mask(m, cell=26), "thin-parts", m, np.zeros((60, 90, 3), np.uint8))
    assert isinstance(edit, preproc.Edit)


def test_holes_that_are_small_once_the_others_are_filled_are_filled_too():
    m = np.zeros((100, 100), np.uint8)
    m[10:41, 10:41] = 255
    holes = np.zeros_like(m)
    holes[12:15, 12:15] = holes[20:23, 20:23] = holes[30:32, 30:35] = 255  # 9, 9 and 10 px
    m[holes > 0] = 0
    extra = 1000 - np.count_nonzero(m)
    m[60, 10 : 10 + extra - 5] = 255  # 995 edited: 9 are less than a hundredth of it, 10 of what is edited then
    filled = run(check.mask(m), "holes", m)
    assert "holes" not in check.mask(filled).codes


def test_softening_does_not_fill_a_small_hole_that_is_kept():
    m = mask.invert(mask.rectangle(SIZE, (100, 60, 112, 72)))
    softened = run(check.mask(m, edge="soft"), "hard-edge", m)
    assert softened.min() == 0
    assert "hard-edge" not in check.mask(softened, edge="soft").codes
