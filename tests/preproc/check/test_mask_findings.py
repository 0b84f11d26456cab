"""Everything a mask can have wrong is named, with the call that mends it."""

from __future__ import annotations

import io
import json
import pickle

import cv2
import numpy as np
import PIL.Image
import pytest

import preproc
from preproc import check, load_mask, mask
from preproc.errors import FileFormatError, InputError, MaskError, ShapeError
from preproc.files import Photo

SIZE = (160, 120)


@pytest.fixture
def disc():
    return mask.ellipse(SIZE, (40, 20, 110, 90))


def png(picture):
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def finding(report, code):
    (found,) = [found for found in report.findings if found.code == code]
    return found


def test_a_good_mask_has_nothing_to_mend(disc):
    report = check.mask(disc, np.zeros((120, 160, 3), np.uint8), reference=(40, 20, 110, 90))
    assert report.ok
    assert report.codes == ("polarity-confirmed",)
    assert report.fixed().mask.tolist() == disc.tolist()
    assert not report.fixed().done
    report.raise_if_bad()


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


def test_all_information_in_alpha(disc):
    cutout = PIL.Image.new("RGBA", SIZE, (255, 255, 255, 0))
    cutout.putalpha(PIL.Image.fromarray(disc))
    report = check.mask(cutout, np.zeros((120, 160, 3), np.uint8))
    assert report.codes == ("alpha-only", "polarity-undecided")
    found = finding(report, "alpha-only")
    assert found.fix == "mask.from_alpha(m)"
    assert "(255, 255, 255)" in found.message
    assert np.array_equal(mask.from_alpha(cutout), disc)
    assert check.mask(np.dstack([np.zeros((120, 160, 3), np.uint8), disc])).codes[0] == "alpha-only"


def test_premultiplied(disc):
    assert check.mask(np.dstack([disc] * 4)).codes == ("premultiplied", "polarity-undecided")
    straight = np.dstack([np.where(disc > 0, 255, 0).astype(np.uint8)] * 3 + [disc])
    assert check.mask(straight).codes == ("alpha",)
    clear = np.dstack([disc] * 3 + [np.full_like(disc, 40)])
    report = check.mask(clear)
    assert report.codes == ("alpha", "polarity-undecided")
    assert not report.ok
    assert np.array_equal(report.fixed().mask, disc)


def test_black_made_transparent_is_not_premultiplied(disc):
    soft = mask.feather(disc, 12)
    report = check.mask(np.dstack([soft] * 3 + [np.where(soft > 0, 255, 0).astype(np.uint8)]))
    assert report.codes == ("alpha",)
    assert report.fixed().mask is None


def test_a_tint_is_read_as_brightness(disc):
    report = check.mask(np.dstack([disc, np.maximum(disc, 6) - np.uint8(6), disc]))
    assert report.codes[0] == "colour"
    assert report.findings[0].fix == "mask.from_luminance(m, low=255, soft=255)"
    assert np.abs(report.fixed().mask.astype(int) - disc).max() <= 8


def test_a_label_map_is_selected_by_its_numbers(disc):
    labels = PIL.Image.fromarray((disc > 127).astype(np.uint8) * np.uint8(15), "P")
    labels.putpalette([0, 0, 0] + [128, 0, 0] * 14 + [192, 128, 128])
    report = check.mask(labels)
    assert {found.fix for found in report.findings} == {"mask.from_labels(m, [15])"}


def test_colour(disc):
    assert check.mask(np.dstack([disc, disc, 255 - disc])).codes == ("colour",)


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


def test_a_soft_mask_is_not_almost_black(disc):
    for soft in (mask.feather(disc, 18), mask.feather(disc, 18, curve="linear")):
        assert check.mask(soft).codes == ("polarity-undecided", "soft")


def test_empty_full_faint_and_dummy():
    nothing = np.zeros((120, 160), np.uint8)
    assert check.mask(nothing).codes == ("empty",)
    assert check.mask(nothing + np.uint8(1)).codes == ("empty",)
    assert check.mask(nothing + np.uint8(255)).codes == ("full",)
    assert check.mask(nothing + np.uint8(254)).codes == ("full",)
    assert check.mask(nothing + np.uint8(100)).codes == ("faint",)
    dummy = check.mask(np.zeros((64, 64), np.uint8), np.zeros((120, 160, 3), np.uint8))
    assert set(dummy.codes) == {"dummy", "empty", "size-mismatch"}


def test_size(disc):
    report = check.mask(disc, np.zeros((240, 320, 3), np.uint8))
    assert finding(report, "size-mismatch").fix == "mask.resize(m, (320, 240))"
    assert "160x120" in finding(report, "size-mismatch").message
    assert "another shape" in finding(check.mask(disc, np.zeros((240, 240, 3), np.uint8)), "size-mismatch").message
    assert "transposed" in check.mask(disc, np.zeros((160, 120, 3), np.uint8)).codes


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_mask_from_before_the_exif_turn(disc, orientation):
    stored = PIL.Image.fromarray(np.dstack([disc, disc // 2, disc // 3]))
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    data = io.BytesIO()
    stored.save(data, "PNG", exif=exif)
    report = check.mask(disc, data.getvalue())
    found = finding(report, "exif-rotated")
    turned = eval(found.fix, {"np": np, "preproc": preproc, "m": disc})
    upright = PIL.ImageOps.exif_transpose(PIL.Image.open(data))
    assert np.array_equal(turned, np.asarray(upright)[..., 0])
    assert "exif-rotated" in check.mask(disc, PIL.Image.open(data)).codes


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


def test_holes_and_islands_are_mended_by_their_fix(disc):
    spoiled = disc.copy()
    spoiled[50:52, 70:73] = 0
    spoiled[60, 60] = 0
    spoiled[5:8, 5:8] = 255
    report = check.mask(spoiled)
    assert finding(report, "holes").value == (2, 7)
    assert finding(report, "islands").value == (1, 9)
    mended = spoiled
    for code in ("holes", "islands"):
        mended = eval(finding(report, code).fix, {"mask": mask, "m": mended})
    assert np.array_equal(mended, disc)


def test_an_island_with_a_faint_rim_goes_by_its_fix(disc):
    spoiled = disc.copy()
    spoiled[2:15, 2:15] = 100
    spoiled[8, 8] = 255
    found = finding(check.mask(spoiled), "islands")
    assert found.value == (1, 1)
    assert np.array_equal(mask.drop_islands(spoiled, min_area_px=float(found.fix.split("=")[1][:-1])), disc)
    soft = mask.feather(disc, 40, curve="linear")
    soft[55, 125] = 140  # a peak of the same part
    assert "islands" not in check.mask(soft).codes


def test_an_island_in_jpeg_noise_goes_by_its_fix(disc):
    spoiled = disc.copy()
    spoiled[53:57, 30:34] = 255
    file = io.BytesIO()
    PIL.Image.fromarray(spoiled).save(file, "JPEG", quality=50)
    m = np.asarray(PIL.Image.open(file))
    found = finding(check.mask(m), "islands")
    assert found.fix.startswith("mask.drop_islands(mask.clean(m), min_area_px=")
    assert "islands" not in check.mask(eval(found.fix, {"mask": mask, "m": m})).codes


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


def test_an_outpaint_ring_has_no_hole():
    ring = np.full((100, 120), 255, np.uint8)
    ring[20:80, 30:90] = 0
    assert "holes" not in check.mask(ring, intent="outpaint").codes


def test_thin_parts_and_how_much_of_them_a_grid_loses():
    line = mask.stroke((512, 512), [(40, 60), (470, 300)], width_px=4)
    found = finding(check.mask(line), "thin-parts")
    by_8, by_16 = found.value
    assert 0.4 < by_8 < by_16 <= 1
    edited = line > 127
    kept = np.kron(edited[::8, ::8], np.ones((8, 8), bool))
    assert by_8 == pytest.approx(1 - np.count_nonzero(kept & edited) / edited.sum())
    assert finding(check.mask(line, cell=8), "thin-parts").value == (by_8,)
    assert "thin-parts" not in check.mask(mask.snap(line, 16)).codes
    assert "thin-parts" not in check.mask(line, cell=1).codes
    whisker = mask.union(mask.ellipse((512, 512), (100, 100, 420, 420)), line)
    assert "thin-parts" in check.mask(whisker).codes
    assert "thin-parts" not in check.mask(mask.ellipse((512, 512), (100, 100, 420, 420))).codes


def test_border_and_coverage(disc):
    half = np.zeros((120, 160), np.uint8)
    half[:, :80] = 255
    assert finding(check.mask(half), "touches-border").value == ("left", "top", "bottom")
    dot = np.zeros((400, 400), np.uint8)
    dot[200:206, 200:206] = 255
    assert "coverage-low" in check.mask(dot).codes
    assert "coverage-high" in check.mask(255 - dot).codes
    most = mask.rectangle((100, 100), (3, 3, 97, 97))
    assert "coverage-high" in check.mask(most, intent="object").codes
    assert "coverage-high" not in check.mask(most).codes


def test_the_report_raises_prints_pickles_and_goes_to_json(disc):
    report = check.mask(255 - disc, np.zeros((240, 320, 3), np.uint8), reference=(80, 40, 220, 180))
    with pytest.raises(MaskError, match="160x120") as caught:
        report.raise_if_bad()
    assert caught.value.code == "size-mismatch"
    assert caught.value.report is report
    assert caught.value.fix == "mask.resize(m, (320, 240))"
    assert pickle.loads(pickle.dumps(caught.value)).report.codes == report.codes
    text = str(report)
    assert text.index("error:") < text.index("info:")
    assert "fix: mask.invert(m)" in text
    back = json.loads(json.dumps(report.to_dict()))
    assert back["ok"] is False
    assert [found["code"] for found in back["findings"]] == list(report.codes)


def test_bad_arguments(disc, tmp_path):
    with pytest.raises(InputError, match="'object'"):
        check.mask(disc, intent="objekt")
    with pytest.raises(InputError, match="'hard'"):
        check.mask(disc, edge="binary")
    with pytest.raises(InputError, match="at least 1"):
        check.mask(disc, cell=0)
    with pytest.raises(InputError, match="box"):
        check.mask(disc, reference=(1, 2, 3))
    with pytest.raises(InputError, match="no pixel"):
        check.mask(disc, reference=(500, 500, 600, 600))
    with pytest.raises(ShapeError, match="10x10"):
        check.mask(disc, reference=np.zeros((10, 10), np.uint8))
    (tmp_path / "m.png").write_text("nothing")
    with pytest.raises(FileFormatError):
        check.mask(tmp_path / "m.png")


def test_the_input_is_left_alone(disc):
    disc.setflags(write=False)
    kept = disc.copy()
    check.mask(disc, np.zeros((120, 160, 3), np.uint8), intent="object", edge="soft").fixed()
    assert np.array_equal(disc, kept)
    assert np.array_equal(load_mask(disc), kept)


def test_numbers_that_are_none(disc):
    with pytest.raises(InputError, match="whole number"):
        check.mask(disc, cell=2.5)
    with pytest.raises(InputError, match="reference"):
        check.mask(disc, reference=(float("nan"), 0, 3, 3))
    assert check.mask(disc, cell=10**6).ok


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.uint16])
def test_zero_and_one(disc, kind):
    report = check.mask((disc > 127).astype(kind))
    assert "zero-one" in report.codes
    assert "empty" not in report.codes
    mended, done, left = report.fixed()
    assert np.array_equal(mended, mask.binarize(disc))
    assert done == ("m.astype(np.uint8) * np.uint8(255)",)
    assert not left


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


def test_almost_white_on_a_small_object_and_fixes_named_once():
    small = np.zeros((1000, 1000), np.uint8)
    small[400:440, 400:440] = 254
    report = check.mask(small)
    assert "almost-white" in report.codes
    assert "soft" not in report.codes
    assert report.fixed().mask.max() == 255
    assert check.mask(np.where(small, small, np.uint8(1))).fixed().done == ("mask.clean(m, noise=2)",)


def test_wide_integers_of_pillow_are_a_finding(disc):
    assert check.mask(PIL.Image.fromarray(disc.astype(np.int32) * 257)).codes[0] == "sixteen-bit"


@pytest.mark.parametrize("code", ["alpha-only", "premultiplied"])
def test_a_mask_in_alpha_is_taken_from_there(disc, code):
    colour = np.zeros_like(disc) if code == "alpha-only" else disc
    report = check.mask(np.dstack([colour, colour, colour, disc]))
    assert code in report.codes
    mended, done, left = report.fixed()
    assert np.array_equal(mended, disc)
    assert done == ("mask.from_alpha(m)",)
    assert not left


def test_a_colour_is_left_and_said(disc):
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[disc > 127] = 200, 30, 40
    mended, done, left = check.mask(picture).fixed()
    assert mended is None
    assert not done
    assert [finding.code for finding in left] == ["colour"]
    assert left[0].fix


def test_only_masks_raise_mask_errors():
    found = [check.Finding("flat", "error", "the map is flat")]
    with pytest.raises(InputError, match="flat") as caught:
        check.Report(found).raise_if_bad()
    assert not isinstance(caught.value, MaskError)
    assert caught.value.code == "flat"
    assert pickle.loads(pickle.dumps(caught.value)).report.codes == ("flat",)
    with pytest.raises(MaskError):
        check.mask(np.zeros((9, 9), np.uint8)).raise_if_bad()


def test_noise_does_not_make_a_hard_mask_soft():
    disc = mask.ellipse((320, 240), (90, 60, 210, 170))
    noisy = np.maximum(disc, mask.stroke((320, 240), [(5, 230), (300, 235)], width_px=6) // 16)
    for picture in (noisy, stored_jpeg(disc)):
        codes = check.mask(picture).codes
        assert "specks" in codes
        assert "soft" not in codes
    assert "soft" in check.mask(mask.feather(noisy, 20)).codes


def stored_jpeg(m):
    file = io.BytesIO()
    PIL.Image.fromarray(m).save(file, "JPEG", quality=75)
    return file.getvalue()


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


def test_colour_on_a_tinted_ground_selects_what_is_painted():
    disc = mask.ellipse((160, 120), (40, 20, 110, 90)) > 127
    m = np.where(disc[..., None], np.uint8([255, 0, 0]), np.uint8([200, 200, 255]))
    fix = check.mask(m).findings[0].fix
    np.testing.assert_array_equal(eval(fix, {"mask": mask, "m": m}) > 127, disc)


def test_the_fix_of_zeros_and_ones_is_a_plain_mask():
    m = (mask.ellipse((160, 120), (40, 20, 110, 90)) > 127).astype(np.uint8)
    mended = eval(check.mask(m).findings[0].fix, {"np": np, "m": m})
    assert not {"zero-one", "bool"} & set(check.mask(mended).codes)


def test_nearly_all_is_named():
    m = np.full((200, 300), 255, np.uint8)
    m[:6] = m[-6:] = 0
    assert "coverage-high" in check.mask(m).codes


def test_a_mask_that_never_falls_below_one_half_is_cut_where_it_can_be():
    washed = np.where(mask.ellipse((90, 70), (20, 15, 60, 55)) > 127, np.uint8(204), np.uint8(130))
    report = check.mask(washed, edge="hard")
    assert report.codes[0] == "faint"
    assert report.findings[0].fix == "mask.binarize(m, 167)"
    assert not report.fixed().done
    assert np.array_equal(mask.binarize(washed, 167) == 255, washed == 204)
    assert check.mask(np.full((70, 90), 200, np.uint8)).findings[0].fix == "mask.rectangle(m, box)"


def test_a_signed_mask_is_mended_in_one_go():
    signed = np.clip(mask.ellipse((100, 80), (20, 20, 60, 60)), 0, 246) / 127.5 - 1
    fixed = eval(check.mask(signed).findings[0].fix, {"m": signed})
    assert check.mask(fixed).ok
