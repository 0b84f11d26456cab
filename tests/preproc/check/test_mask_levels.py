"""Gray pictures that are no mask, label maps and photos, and the soft masks that are not taken for them."""

from __future__ import annotations

import io

import cv2
import numpy as np
import PIL.Image
import pytest
from skimage import data

import preproc
from preproc import check, mask

from .findings import finding

SIZE = (400, 300)
DISC = mask.ellipse(SIZE, (100, 80, 220, 200))


def label_map(highest):
    drawn = np.zeros(SIZE[::-1], np.uint8)
    generator = np.random.default_rng(highest)
    for number in range(1, highest + 1):
        x, y = generator.integers(40, 340), generator.integers(40, 240)
        drawn[y : y + 24, x : x + 30] = number
    return drawn


def stored(picture):
    file = io.BytesIO()
    PIL.Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


FORMS = {
    "array": lambda labels: labels,
    "wide": lambda labels: labels.astype(np.int64),
    "pillow": PIL.Image.fromarray,
    "file": stored,
    "rgb": lambda labels: np.dstack([labels] * 3),
}


@pytest.mark.parametrize("highest", [3, 20])
@pytest.mark.parametrize("form", FORMS)
def test_a_gray_label_map_is_named(highest, form):
    labels = label_map(highest)
    m = FORMS[form](labels)
    report = check.mask(m)
    assert not {"faint", "empty", "holes", "islands"} & set(report.codes)
    found = finding(report, "labels")
    numbers = np.unique(labels)[1:].tolist()
    assert found.fix.endswith(f", {numbers})")
    if form in {"array", "pillow", "file"}:
        assert found.fix == f"mask.from_labels(m, {numbers})"
    made = eval(found.fix, {"mask": mask, "preproc": preproc, "np": np, "m": m})
    np.testing.assert_array_equal(made > 0, labels > 0)
    assert "labels" not in check.mask(made).codes


@pytest.mark.parametrize("name", ["camera", "coffee", "chelsea", "coins", "grass", "gravel"])
def test_a_gray_photo_is_no_mask(name):
    photo = getattr(data, name)()
    gray = photo if photo.ndim == 2 else cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    found = finding(check.mask(gray), "photo")
    assert found.level == "warning"
    assert found.fix == "mask.rectangle(m, box)"


def test_noise_is_no_mask():
    noise = np.random.default_rng(2).integers(0, 256, (200, 300), np.uint8)
    assert "photo" in check.mask(noise).codes


@pytest.mark.parametrize("levels", [(0, 60, 120), (0, 30, 60, 90)])
def test_shades_of_a_faint_mask_are_no_classes(levels):
    steps = np.repeat(np.array(levels, np.uint8), 60)
    assert "labels" not in check.mask(np.tile(steps, (80, 1))).codes


def test_classes_of_sixteen_bits_are_read_as_they_were_scaled():
    labels = np.repeat(np.array([0, 300, 600, 1500], np.uint16), 60)
    found = finding(check.mask(np.tile(labels, (80, 1))), "labels")
    assert found.fix == "mask.from_labels(preproc.load_mask(m), [1, 2, 6])"


COLUMN, ROW = np.meshgrid(np.arange(400), np.arange(300))
RAMP = np.linspace(3, 252, 400)[np.newaxis].repeat(300, axis=0)
SOFT = {
    "feathered": mask.feather(DISC, 40),
    "brush": np.rint(255 * np.exp(-((COLUMN - 200) ** 2 + (ROW - 150) ** 2) / 5000)).astype(np.uint8),
    "gradient": RAMP.astype(np.uint8),
    "dithered gradient": (RAMP + np.random.default_rng(4).uniform(-2, 2, RAMP.shape))
    .round()
    .clip(0, 255)
    .astype(np.uint8),
    "radial": np.clip(250 - np.hypot(COLUMN - 200, ROW - 150), 4, 250).astype(np.uint8),
    "depth range": mask.from_depth(RAMP / 255, near=0.4, far=0.6, soft=0.3),
    "clouds": cv2.resize(
        np.random.default_rng(5).integers(5, 250, (9, 12), np.uint8), SIZE, interpolation=cv2.INTER_CUBIC
    ),
    "anti-aliased": DISC,
}


@pytest.mark.parametrize("name", SOFT)
@pytest.mark.parametrize("divisor", [1, 5, 13, 64])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_soft_mask_is_neither(name, divisor, inverted):
    m = (255 - SOFT[name] if inverted else SOFT[name]) // np.uint8(divisor)
    assert not {"photo", "labels"} & set(check.mask(m).codes)
