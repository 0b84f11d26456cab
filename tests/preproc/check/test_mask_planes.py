"""Masks that come as a picture of several planes: in the alpha channel, in colours, in the numbers of a palette."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from preproc import check, mask

from .findings import finding


def test_all_information_in_alpha(disc):
    cutout = PIL.Image.new("RGBA", (160, 120), (255, 255, 255, 0))
    cutout.putalpha(PIL.Image.fromarray(disc))
    report = check.mask(cutout, np.zeros((120, 160, 3), np.uint8))
    assert report.codes == ("alpha-only", "polarity-undecided")
    found = finding(report, "alpha-only")
    assert found.fix == "mask.from_alpha(m)"
    assert "(255, 255, 255)" in found.message
    assert np.array_equal(mask.from_alpha(cutout), disc)
    assert check.mask(np.dstack([np.zeros((120, 160, 3), np.uint8), disc])).codes[0] == "alpha-only"


@pytest.mark.parametrize("code", ["alpha-only", "premultiplied"])
def test_a_mask_in_alpha_is_taken_from_there(disc, code):
    colour = np.zeros_like(disc) if code == "alpha-only" else disc
    report = check.mask(np.dstack([colour, colour, colour, disc]))
    assert code in report.codes
    mended, done, left = report.fixed()
    assert np.array_equal(mended, disc)
    assert done == ("mask.from_alpha(m)",)
    assert not left


def test_premultiplied(disc):
    assert check.mask(np.dstack([disc] * 4)).codes == ("premultiplied", "polarity-undecided")
    straight = np.dstack([np.where(disc > 0, 255, 0).astype(np.uint8)] * 3 + [disc])
    assert check.mask(straight).codes == ("alpha-only", "polarity-undecided")
    clear = np.dstack([disc] * 3 + [np.full_like(disc, 40)])
    report = check.mask(clear)
    assert report.codes == ("alpha", "polarity-undecided")
    assert not report.ok
    assert np.array_equal(report.fixed().mask, disc)


@pytest.mark.parametrize("colour", [(255, 255, 255), (255, 0, 0), (200, 30, 40), (0, 0, 0)])
@pytest.mark.parametrize("rounded", [False, True])
def test_paint_on_a_clear_layer_is_read(disc, colour, rounded):
    soft = mask.feather(disc, 20)
    share = soft[..., np.newaxis] / 255
    if rounded:  # as a canvas stores it: multiplied, and divided again
        painted = np.rint(np.rint(np.array(colour) * share) / np.maximum(share, 1e-3)).clip(0, 255)
    else:
        painted = np.where(share > 0, colour, 0)
    report = check.mask(np.dstack([painted.astype(np.uint8), soft]), reference=(40, 20, 110, 90))
    assert report.codes[0] == "alpha-only"
    assert "polarity-confirmed" in report.codes
    assert report.fixed().done == ("mask.from_alpha(m)",)
    np.testing.assert_array_equal(report.fixed().mask, soft)


def erased(kind, disc):
    picture = np.random.default_rng(2).integers(0, 256, (120, 160, 3), np.uint8)
    kept = 255 - (mask.feather(disc, 12) if kind == "soft" else mask.binarize(disc))
    if kind == "zeroed":
        picture[kept == 0] = 0
    if kind == "black":
        picture[:] = 0
    if kind == "white":
        picture[:] = np.where(kept[..., np.newaxis] > 0, np.uint8(255), np.uint8(0))
    return np.dstack([picture, kept])


@pytest.mark.parametrize("kind", ["zeroed", "kept", "soft", "black", "white"])
def test_which_side_of_a_hole_is_edited_is_not_guessed(kind, disc):
    m = erased(kind, disc)
    report = check.mask(m)
    found = report.findings[0]
    assert found.code in {"alpha", "alpha-only"}
    assert found.fix == 'mask.from_alpha(m)  # or mask.from_alpha(m, edit="transparent") if what was erased is edited'
    assert "multiplied" not in found.message
    assert report.fixed().mask is None
    assert not report.fixed().done


@pytest.mark.parametrize("kind", ["zeroed", "kept", "soft", "black", "white"])
@pytest.mark.parametrize("inside", [True, False])
def test_a_reference_decides_which_side_of_a_hole_is_edited(kind, inside, disc):
    m = erased(kind, disc)
    meant = mask.rectangle((160, 120), (40, 20, 110, 90))
    report = check.mask(m, reference=meant if inside else mask.invert(meant))
    edit = "transparent" if inside else "opaque"
    expected = mask.from_alpha(m, edit=edit)
    np.testing.assert_array_equal(report.fixed().mask, expected)
    np.testing.assert_array_equal(eval(report.findings[0].fix, {"mask": mask, "m": m}), expected)
    assert "inverted" not in report.codes
    assert f"what is {edit} is edited" in report.findings[0].message


def test_what_else_mends_a_hole_says_that_its_side_is_open(disc):
    report = check.mask(erased("kept", disc), np.zeros((240, 320, 3), np.uint8))
    call, _, note = finding(report, "size-mismatch").fix.partition("  # ")
    assert call == "mask.resize(mask.from_alpha(m), (320, 240))"
    assert "transparent" in note


def test_black_made_transparent_is_not_premultiplied(disc):
    soft = mask.feather(disc, 12)
    report = check.mask(np.dstack([soft] * 3 + [np.where(soft > 0, 255, 0).astype(np.uint8)]))
    assert report.codes == ("alpha",)
    assert report.fixed().mask is None


def test_colour(disc):
    assert check.mask(np.dstack([disc, disc, 255 - disc])).codes == ("colour",)


def test_a_colour_is_left_and_said(disc):
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[disc > 127] = 200, 30, 40
    mended, done, left = check.mask(picture).fixed()
    assert mended is None
    assert not done
    assert [finding.code for finding in left] == ["colour"]
    assert left[0].fix


def test_a_tint_is_read_as_brightness(disc):
    report = check.mask(np.dstack([disc, np.maximum(disc, 6) - np.uint8(6), disc]))
    assert report.codes[0] == "colour"
    assert report.findings[0].fix == "mask.from_luminance(m, low=255, soft=255)"
    assert np.abs(report.fixed().mask.astype(int) - disc).max() <= 8


def test_colour_on_a_tinted_ground_selects_what_is_painted():
    disc = mask.ellipse((160, 120), (40, 20, 110, 90)) > 127
    m = np.where(disc[..., None], np.uint8([255, 0, 0]), np.uint8([200, 200, 255]))
    fix = check.mask(m).findings[0].fix
    np.testing.assert_array_equal(eval(fix, {"mask": mask, "m": m}) > 127, disc)


def test_a_label_map_is_selected_by_its_numbers(disc):
    labels = PIL.Image.fromarray((disc > 127).astype(np.uint8) * np.uint8(15), "P")
    labels.putpalette([0, 0, 0] + [128, 0, 0] * 14 + [192, 128, 128])
    report = check.mask(labels)
    assert {found.fix for found in report.findings} == {"mask.from_labels(m, [15])"}


def label_map(numbers=(1,)):
    values = np.zeros((120, 160), np.uint8)
    for place, number in enumerate(numbers):
        values[20 + 30 * place : 50 + 30 * place, 30:90] = number
    picture = PIL.Image.frombytes("P", (160, 120), values.tobytes())
    picture.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0, *[0] * 753, 224, 224, 192][:768])
    return picture, values


@pytest.mark.parametrize("as_file", [False, True])
def test_a_label_map_with_a_palette_is_named_and_its_classes_selected(as_file):
    picture, values = label_map((1, 2, 255))
    data = io.BytesIO()
    picture.save(data, "PNG")
    m = data.getvalue() if as_file else picture
    report = check.mask(m)
    found = next(finding for finding in report.findings if finding.code == "palette")
    assert found.fix == "mask.from_labels(m, [1, 2])"
    assert "colour" in report.codes
    np.testing.assert_array_equal(eval(found.fix, {"mask": mask, "m": m}) > 0, (values > 0) & (values < 255))
