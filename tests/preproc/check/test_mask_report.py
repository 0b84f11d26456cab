"""What a check of a mask returns and refuses: the report, the fit to the image, bad arguments."""

from __future__ import annotations

import io
import json
import pickle

import numpy as np
import PIL.Image
import pytest

import preproc
from preproc import check, load_mask, mask
from preproc.errors import FileFormatError, InputError, MaskError, ShapeError

from .findings import finding


def test_a_good_mask_has_nothing_to_mend(disc):
    report = check.mask(disc, np.zeros((120, 160, 3), np.uint8), reference=(40, 20, 110, 90))
    assert report.ok
    assert report.codes == ("polarity-confirmed",)
    assert report.fixed().mask.tolist() == disc.tolist()
    assert not report.fixed().done
    report.raise_if_bad()


def test_size(disc):
    report = check.mask(disc, np.zeros((240, 320, 3), np.uint8))
    assert finding(report, "size-mismatch").fix == "mask.resize(m, (320, 240))"
    assert "160x120" in finding(report, "size-mismatch").message
    assert "another shape" in finding(check.mask(disc, np.zeros((240, 240, 3), np.uint8)), "size-mismatch").message
    assert "transposed" in check.mask(disc, np.zeros((160, 120, 3), np.uint8)).codes


def test_a_mask_of_another_shape_is_not_squashed(disc):
    image = np.zeros((240, 240, 3), np.uint8)
    found = finding(check.mask(disc, image), "size-mismatch")
    call, _, note = found.fix.partition("  # ")
    assert call == "mask.rectangle(image, box)"
    assert "crop or pad" in found.message
    assert note == "only if all else fails, mask.resize(m, (240, 240)): it stretches by 33%"


@pytest.mark.parametrize("value", [0, 255])
@pytest.mark.parametrize("side", [64, 32])
def test_a_new_mask_for_a_wrong_size_is_drawn_on_the_image(value, side):
    image = np.zeros((480, 640, 3), np.uint8)
    m = np.full((side, side), value, np.uint8)
    report = check.mask(m, image)
    box = (300, 200, 400, 300)
    for code in {"empty", "full", "dummy"} & set(report.codes):
        made = eval(finding(report, code).fix, {"mask": mask, "m": m, "image": image, "box": box})
        assert made.shape == (480, 640)
        assert np.count_nonzero(made) == 100 * 100


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


def test_only_masks_raise_mask_errors():
    found = [check.Finding("flat", "error", "the map is flat")]
    with pytest.raises(InputError, match="flat") as caught:
        check.Report(found).raise_if_bad()
    assert not isinstance(caught.value, MaskError)
    assert caught.value.code == "flat"
    assert pickle.loads(pickle.dumps(caught.value)).report.codes == ("flat",)
    with pytest.raises(MaskError):
        check.mask(np.zeros((9, 9), np.uint8)).raise_if_bad()


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


def test_numbers_that_are_none(disc):
    with pytest.raises(InputError, match="whole number"):
        check.mask(disc, cell=2.5)
    with pytest.raises(InputError, match="reference"):
        check.mask(disc, reference=(float("nan"), 0, 3, 3))
    assert check.mask(disc, cell=10**6).ok


def test_the_input_is_left_alone(disc):
    disc.setflags(write=False)
    kept = disc.copy()
    check.mask(disc, np.zeros((120, 160, 3), np.uint8), intent="object", edge="soft").fixed()
    assert np.array_equal(disc, kept)
    assert np.array_equal(load_mask(disc), kept)


@pytest.mark.parametrize("level", ["fatal", "", None, "Error"])
def test_levels_of_findings_are_three(level):
    with pytest.raises(InputError, match="'error', 'warning' or 'info'"):
        check.Finding("x", level, "m")
