"""Every finding is made by a mask that has it, its fix runs as it is written, and good masks have none."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest
from skimage import data

import preproc
from preproc import check, crop, mask

SIZE = (160, 120)
BOX = (40, 20, 110, 90)
DISC = mask.ellipse(SIZE, BOX)
HARD = mask.binarize(DISC)
IMAGE = np.random.default_rng(1).integers(0, 256, (120, 160, 3), dtype=np.uint8)


def stored(picture, kind="PNG", **options):
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def spoiled(*spots):
    m = DISC.copy()
    for rows, columns, value in spots:
        m[rows, columns] = value
    return m


def turned(orientation):
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    return stored(PIL.Image.fromarray(np.zeros((*DISC.shape, 3), np.uint8)), exif=exif)


def alpha_only(colour=(255, 255, 255)):
    return np.dstack([np.full((*DISC.shape, 3), colour, np.uint8), DISC])


PILLOW = PIL.Image.fromarray(DISC)
FRAME = np.pad(np.zeros((60, 80), np.uint8), 30, constant_values=255)
# code: mask, arguments of the check
CASES = {
    "one-bit": (PILLOW.convert("1"), {}),
    "palette": (PILLOW.convert("P"), {}),
    "gray-alpha": (PILLOW.convert("LA"), {}),
    "sixteen-bit": (DISC.astype(np.uint16) * 257, {}),
    "bool": (DISC > 127, {}),
    "float": (DISC / 255, {}),
    "integer": (DISC.astype(int), {}),
    "cmyk": (PILLOW.convert("RGB").convert("CMYK"), {}),
    "jpeg": (stored(PILLOW, "JPEG", quality=95), {}),
    "alpha-only": (alpha_only(), {}),
    "premultiplied": (np.dstack([DISC] * 4), {}),
    "alpha": (np.dstack([DISC] * 3 + [np.full_like(DISC, 40)]), {}),
    "alpha hole": (np.dstack([IMAGE, 255 - DISC]), {"reference": BOX}),
    "alpha-only hole": (np.dstack([np.zeros_like(IMAGE), 255 - DISC]), {"reference": BOX}),
    "alpha-only straight": (np.dstack([(DISC > 0).astype(np.uint8) * 255] * 3 + [DISC]), {}),
    "colour": (np.dstack([DISC, DISC, 255 - DISC]), {}),
    "colour red on black": (np.dstack([DISC, DISC * 0, DISC * 0]), {}),
    "unreadable NaN": (np.where(DISC > 9, np.nan, 0.0), {}),
    "unreadable inf": (np.where(DISC > 9, np.inf, 0.0), {}),
    "unreadable scale": (DISC.astype(float), {}),
    "unreadable range": (DISC.astype(int) * 4, {}),
    "unreadable negative": (DISC.astype(int) - 5, {}),
    "unreadable below": (DISC / 255 - 0.5, {}),
    "unreadable batch": (DISC[np.newaxis, :, :, np.newaxis], {}),
    "unreadable first": (np.stack([DISC] * 3), {}),
    "unreadable none": (np.zeros((0, 8), np.uint8), {}),
    "sixteen-bit wide": (PIL.Image.fromarray(DISC.astype(np.int32) * 257), {}),
    "zero-one": (HARD // 255, {}),
    "zero-one wide": ((HARD // 255).astype(int), {}),
    "zero-one stored": (stored(PIL.Image.fromarray(HARD // 255)), {}),
    "wrong-scale": (DISC.astype(np.uint16), {}),
    "wrong-scale stored": (stored(PIL.Image.fromarray(DISC.astype(np.uint16))), {}),
    "size-mismatch": (DISC, {"image": np.zeros((240, 320, 3), np.uint8)}),
    "transposed": (DISC, {"image": np.zeros((160, 120, 3), np.uint8)}),
    "exif-rotated": (DISC, {"image": turned(6)}),
    "exif-rotated stored": (stored(PILLOW), {"image": turned(5)}),
    "exif-turn": (DISC, {"image": turned(3)}),
    "empty": (DISC * 0, {}),
    "dummy": (np.zeros((64, 64), np.uint8), {"image": IMAGE}),
    "full": (DISC * 0 + np.uint8(254), {}),
    "faint": (DISC // 3, {}),
    "almost-black": (np.maximum(DISC, 1), {}),
    "almost-white": (np.minimum(DISC, 254), {}),
    "almost-white floats": ((DISC > 127) * 0.9999, {}),
    "almost-black floats": (np.maximum(DISC / 255, 0.002), {}),
    "jpeg-ringing": (stored(PIL.Image.fromarray(HARD), "JPEG", quality=60), {}),
    "specks": (spoiled((slice(5, 8), slice(5, 8), 12)), {}),
    "soft-edge": (DISC, {"edge": "hard"}),
    "hard-edge": (DISC, {"edge": "soft"}),
    "holes": (spoiled((slice(50, 53), slice(70, 72), 0)), {}),
    "islands": (spoiled((slice(5, 8), slice(5, 8), 255)), {}),
    "thin-parts": (mask.stroke((512, 512), [(40, 60), (470, 300)], width_px=4), {}),
    "coverage-low": (np.pad(np.full((6, 6), 255, np.uint8), 200), {"image": np.zeros((406, 406, 3), np.uint8)}),
    "coverage-high": (255 - np.pad(np.full((6, 6), 255, np.uint8), 200), {"reference": (0, 0, 406, 200)}),
    "coverage-high inverted": (255 - np.pad(np.full((6, 6), 255, np.uint8), 200), {"reference": (200, 200, 206, 206)}),
    "coverage-high undecided": (255 - np.pad(np.full((6, 6), 255, np.uint8), 57), {}),
    "coverage-high object": (mask.rectangle((100, 100), (3, 3, 97, 97)), {"intent": "object"}),
    "inverted": (255 - DISC, {"reference": BOX}),
    "inverted intent": (255 - DISC, {"intent": "object"}),
    "inverted canvas": (255 - FRAME, {"intent": "outpaint"}),
    "misplaced": (mask.rectangle(SIZE, (0, 0, 9, 9)), {"reference": BOX}),
    "polarity-conflict": (FRAME, {"intent": "outpaint", "reference": (40, 40, 90, 80)}),
    "polarity-undecided": (DISC, {}),
}
NOT_OF_THE_PIXELS = {"exif-turn", "coverage-low", "coverage-high undecided", "polarity-conflict", "polarity-undecided"}


@pytest.mark.parametrize("case", CASES)
def test_the_fix_runs_as_it_is_written_and_mends(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    picture, given = CASES[case]
    code = case.split()[0]
    found = [finding for finding in check.mask(picture, **given).findings if finding.code == code]
    assert found, check.mask(picture, **given).codes
    image = given.get("image", IMAGE)
    names = {"m": picture, "image": image, "box": BOX, "np": np, "preproc": preproc}
    names |= {"mask": mask, "check": check, "crop": crop}
    mended = eval(found[0].fix, names)
    if code == "jpeg":
        mended = tmp_path / "m.png"
    if case not in NOT_OF_THE_PIXELS:
        codes = check.mask(mended, **given).codes
        assert code not in codes
        assert "empty" not in codes or case == "unreadable NaN"  # which holds nothing else
    elif code == "exif-turn":
        np.testing.assert_array_equal(mended, DISC[::-1, ::-1])
    elif code == "coverage-low":
        assert code not in check.mask(mended.sent_mask).codes
    else:
        assert code == "polarity-undecided" or "polarity-undecided" not in mended.codes


@pytest.mark.parametrize("case", CASES)
def test_what_is_said_to_be_fixed_is(case):
    picture, given = CASES[case]
    report = check.mask(picture, **given)
    mended, done, left = report.fixed()
    if mended is None:
        assert report.mask is None
        assert left
        return
    again = check.mask(mended, **given)
    for finding in report.findings:
        if finding.mend is not None:
            assert finding.fix in done
            assert finding.code not in again.codes
        elif finding.level != "info":
            assert finding in left
    assert not again.fixed().done


GOOD = {
    "disc": DISC,
    "hard": HARD,
    "feathered": mask.feather(DISC, 12),
    "gaussian": mask.feather(DISC, 24, curve="gaussian"),
    "inner": mask.feather(DISC, 12, position="inner"),
    "two": mask.union(mask.ellipse(SIZE, (8, 8, 70, 60)), mask.ellipse(SIZE, (90, 60, 150, 110))),
    "ring": mask.subtract(DISC, mask.ellipse(SIZE, (66, 46, 84, 64))),
    "polygon": mask.polygon(SIZE, [(20, 20), (140, 30), (120, 100), (60, 110)]),
    "snapped": mask.snap(DISC, 8),
    "smoothed": mask.smooth(HARD, 8),
    "grown": mask.grow(DISC, 7.5),
    "half as strong inside": np.where(DISC > 127, np.uint8(255), np.uint8(0)),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_masks_are_good(name):
    report = check.mask(GOOD[name], IMAGE, intent="object")
    assert report.ok
    assert set(report.codes) <= {"polarity-confirmed", "soft"}, report.codes
    assert not report.fixed().done


@pytest.mark.parametrize(
    ("painted", "ground"),
    [
        ((255, 0, 0), (0, 0, 0)),
        ((0, 0, 255), (0, 0, 0)),
        ((255, 0, 0), (255, 255, 255)),
        ((255, 0, 0), (76, 76, 76)),
        ((255, 255, 255), (0, 0, 255)),
        ((255, 255, 0), (255, 0, 0)),
        ((250, 255, 255), (5, 0, 0)),
    ],
)
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_the_fix_for_colours_selects_what_was_painted(painted, ground, form):
    share = DISC[..., np.newaxis] / 255
    picture = np.rint(share * painted + (1 - share) * ground).astype(np.uint8)
    m = stored(PIL.Image.fromarray(picture), form)
    finding = next((found for found in check.mask(m).findings if found.code == "colour"), None)
    if finding is None:  # the JPEG lost the tint
        return
    mended = eval(finding.fix, {"mask": mask, "preproc": preproc, "m": m}) > 127
    assert np.count_nonzero(mended != (DISC > 127)) < 0.05 * np.count_nonzero(DISC)


def test_the_fix_for_a_photo_with_paint_selects_the_paint():
    photo = data.coffee()
    photo[100:200, 200:300] = 255, 0, 0
    (finding,) = [found for found in check.mask(photo).findings if found.code == "colour"]
    mended = eval(finding.fix, {"mask": mask, "m": photo})
    assert (mended[100:200, 200:300] == 255).all()
    assert mended.mean() < 255 * 0.06
