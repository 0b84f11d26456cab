"""How a mask arrives: every form is named, read right where that can be told, and mended by its fix."""

from __future__ import annotations

import io

import cv2
import numpy as np
import PIL.Image
import pytest

import preproc
from preproc import check, mask
from preproc.files import Photo

SIZE = (160, 120)


def png(picture):
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


FORMS = {
    "1": ("one-bit", lambda m: PIL.Image.fromarray(m).convert("1")),
    "P": ("palette", lambda m: PIL.Image.fromarray(m).convert("P")),
    "LA": ("gray-alpha", lambda m: PIL.Image.merge("LA", [PIL.Image.fromarray(m), PIL.Image.new("L", SIZE, 255)])),
    "RGBA": ("gray-alpha", lambda m: PIL.Image.fromarray(m).convert("RGBA")),
    "I;16": ("sixteen-bit", lambda m: PIL.Image.fromarray(m.astype(np.uint16) * 257)),
    "gray 16-bit file": ("sixteen-bit", lambda m: png(PIL.Image.fromarray(m.astype(np.uint16) * 257))),
    "RGB 16-bit file": (
        "sixteen-bit",
        lambda m: cv2.imencode(".png", np.dstack([m.astype(np.uint16) * 257] * 3))[1].tobytes(),
    ),
    "uint16": ("sixteen-bit", lambda m: m.astype(np.uint16) * 257),
    "bool": ("bool", lambda m: m > 127),
    "float64": ("float", lambda m: m / 255),
    "float32": ("float", lambda m: (m / 255).astype(np.float32)[..., np.newaxis]),
    "int64": ("integer", lambda m: m.astype(np.int64)),
    "gray and alpha": ("gray-alpha", lambda m: np.dstack([m, np.full_like(m, 255)])),
    "JPEG": ("jpeg", lambda m: cv2.imencode(".jpg", m)[1].tobytes()),
    "CMYK": ("cmyk", lambda m: PIL.Image.fromarray(m).convert("RGB").convert("CMYK")),
}


@pytest.mark.parametrize(("code", "make"), FORMS.values(), ids=FORMS)
def test_forms_are_named_and_read_right(disc, code, make):
    report = check.mask(make(disc))
    assert code in report.codes
    assert report.ok
    assert abs(report.mask.astype(int) - disc).mean() < 3
    if code != "jpeg":
        assert "preproc.load_mask(m)" in report.fixed().done


def test_plain_forms_are_not_worth_a_word(disc, tmp_path):
    cv2.imwrite(str(tmp_path / "m.png"), disc)
    for form in (disc, PIL.Image.fromarray(disc), tmp_path / "m.png", str(tmp_path / "m.png"), Photo.open(disc)):
        assert check.mask(form).codes == ("polarity-undecided",)


def test_wide_integers_of_pillow_are_a_finding(disc):
    assert check.mask(PIL.Image.fromarray(disc.astype(np.int32) * 257)).codes[0] == "sixteen-bit"


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.uint16])
def test_zero_and_one(disc, kind):
    report = check.mask((disc > 127).astype(kind))
    assert "zero-one" in report.codes
    assert "empty" not in report.codes
    mended, done, left = report.fixed()
    assert np.array_equal(mended, mask.binarize(disc))
    assert done == ("m.astype(np.uint8) * np.uint8(255)",)
    assert not left


def test_the_fix_of_zeros_and_ones_is_a_plain_mask():
    m = (mask.ellipse((160, 120), (40, 20, 110, 90)) > 127).astype(np.uint8)
    mended = eval(check.mask(m).findings[0].fix, {"np": np, "m": m})
    assert not {"zero-one", "bool"} & set(check.mask(mended).codes)


def test_eight_bits_in_sixteen(disc):
    report = check.mask(disc.astype(np.uint16))
    assert "wrong-scale" in report.codes
    assert not report.ok
    mended, done, _ = report.fixed()
    assert np.array_equal(mended, disc)
    assert done == ("m.astype(np.uint8)",)
    stored = check.mask(png(PIL.Image.fromarray(disc.astype(np.uint16))))
    assert "wrong-scale" in stored.codes
    assert np.array_equal(stored.fixed().mask, disc)


@pytest.mark.parametrize(
    ("form", "codes"),
    [
        (lambda m: PIL.Image.fromarray(m.astype(np.int32) * 257), {"sixteen-bit"}),
        (lambda m: (m.astype(np.int64) * 4095 // 255).astype(np.uint16), {"wrong-scale"}),
        (lambda m: (m.astype(np.int64) * 1023 // 255).astype(np.uint16), {"wrong-scale"}),
        (lambda m: PIL.Image.fromarray(m.astype(np.int32) * 4095 // 255), {"sixteen-bit"}),
    ],
)
def test_bits_that_are_not_scaled(form, codes):
    true = mask.ellipse((160, 120), (40, 20, 110, 90))
    m = form(true)
    report = check.mask(m)
    assert {finding.code for finding in report.findings if finding.level == "error"} == codes
    assert np.abs(report.fixed().mask.astype(int) - true).max() <= 1
    m = eval(report.findings[0].fix, {"np": np, "m": m})
    assert np.abs(preproc.load_mask(m).astype(int) - true).max() <= 1


def test_a_dim_mask_of_16_bits_stays_one():
    m = mask.ellipse((160, 120), (40, 20, 110, 90)).astype(np.uint16) * 40  # to 10200: not the white of any depth
    assert check.mask(m).codes[0] == "faint"


UNREADABLE = {
    "NaN": np.full((8, 8), np.nan),
    "0 to 255 floats": np.full((8, 8), 255.0),
    "a batch": np.zeros((2, 8, 8, 3)),
    "no pixels": np.zeros((0, 8)),
    "negative": np.full((8, 8), -1),
}


@pytest.mark.parametrize("unreadable", UNREADABLE.values(), ids=UNREADABLE)
def test_arrays_that_are_no_mask(unreadable):
    report = check.mask(unreadable)
    assert report.codes == ("unreadable",)
    assert not report.ok
    mended, done, left = report.fixed()
    assert mended is None
    assert not done
    assert left == report.findings


@pytest.mark.parametrize(
    "form",
    {
        "nan is white": lambda m: np.where(m > 127, np.nan, 0.0),
        "nan is black": lambda m: np.where(m > 127, 1.0, np.nan),
        "signed": lambda m: m / 127.5 - 1,
        "signed bytes": lambda m: m.astype(np.int16) - 128,
        "a rounding above": lambda m: m / 255 * 1.0001,
        "overshoot": lambda m: m / 255 * 1.04 - 0.02,
        "a batch": lambda m: np.repeat((m / 255)[None, None], 3, axis=1),
    }.items(),
    ids=lambda item: item[0],
)
def test_what_cannot_be_read_is_brought_into_range(form):
    true = mask.binarize(mask.ellipse((160, 120), (40, 20, 110, 90)))
    m = form[1](true)
    finding = check.mask(m).findings[0]
    assert finding.code == "unreadable"
    mended = eval(finding.fix, {"np": np, "m": m, "mask": mask})
    assert np.abs(preproc.load_mask(mended).astype(int) - true).max() <= 5


def test_nothing_known_at_all_asks_for_a_new_mask():
    assert check.mask(np.full((20, 20), np.nan)).findings[0].fix == "mask.rectangle(m, box)"


def test_a_signed_mask_is_mended_in_one_go():
    signed = np.clip(mask.ellipse((100, 80), (20, 20, 60, 60)), 0, 246) / 127.5 - 1
    fixed = eval(check.mask(signed).findings[0].fix, {"m": signed})
    assert check.mask(fixed).ok
