"""Soft detail is not taken for a JPEG's noise, and a JPEG's noise is still found."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage import data

from preproc import check, mask

SIZE = (400, 320)


def hair(seed):
    rng = np.random.default_rng(seed)
    matte = mask.ellipse(SIZE, (110, 70, 290, 250))
    for angle in rng.uniform(0, 2 * np.pi, 90):
        start = np.array([200 + 88 * np.cos(angle), 160 + 88 * np.sin(angle)])
        end = start + rng.uniform(20, 60) * np.array([np.cos(angle), np.sin(angle)])
        drawn = mask.stroke(SIZE, [start, end], width_px=rng.uniform(0.3, 1.1)) * rng.uniform(0.4, 1)
        matte = np.maximum(matte, drawn.astype(np.uint8))
    return matte


def spray(seed):
    rng = np.random.default_rng(seed)
    sprayed = np.zeros((320, 400), np.uint8)
    for x, y in np.add((200, 160), rng.normal(0, 30, (1500, 2)).clip(-150, 150)):
        spot = sprayed[int(y) : int(y) + 2, int(x) : int(x) + 2]
        np.maximum(spot, np.uint8(rng.uniform(50, 255)), out=spot)
    return sprayed


def refined(radius):
    photo = data.astronaut()
    return mask.refine(mask.ellipse(photo, (130, 20, 320, 280)), photo, radius_px=radius)


SOFT = {
    "hair": lambda: hair(1),
    "spray": lambda: spray(1),
    "refined 4": lambda: refined(4),
    "refined 12": lambda: refined(12),
    "figure": lambda: mask.grabcut(data.astronaut(), (30, 5, 400, 505)),
    "cup": lambda: mask.refine(mask.grabcut(data.coffee(), (140, 60, 450, 340)), data.coffee(), radius_px=8),
}


@pytest.mark.parametrize("name", SOFT)
def test_soft_detail_is_no_noise(name):
    soft = SOFT[name]()
    report = check.mask(soft)
    assert "jpeg-ringing" not in report.codes
    assert np.abs(report.fixed().mask.astype(int) - soft).max() <= 4


@pytest.mark.parametrize("quality", [30, 60, 80])
@pytest.mark.parametrize("drawn", ["disc", "feather", "wide", "line"])
def test_noise_of_a_jpeg_is_found(drawn, quality):
    m = {
        "disc": mask.ellipse(SIZE, (90.3, 60, 300, 250)),
        "feather": mask.feather(mask.ellipse(SIZE, (90, 60, 300, 250)), 4),
        "wide": mask.feather(mask.ellipse(SIZE, (90, 60, 300, 250)), 8),
        "line": mask.stroke(SIZE, [(30, 40), (350, 270)], width_px=3),
    }[drawn]
    file = cv2.imencode(".jpg", m, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    assert "jpeg-ringing" in check.mask(file).codes


def test_noise_of_a_jpeg_that_was_cut_is_found():
    file = cv2.imencode(".jpg", mask.ellipse(SIZE, (90, 60, 300, 250)), [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    cut = cv2.imdecode(file, cv2.IMREAD_GRAYSCALE)[3:, 5:]
    assert "jpeg-ringing" in check.mask(cut).codes


@pytest.mark.parametrize("quality", [30, 60, 90])
def test_noise_of_a_jpeg_that_was_scaled_is_found(quality):
    file = cv2.imencode(".jpg", mask.ellipse(SIZE, (90, 60, 300, 250)), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    scaled = cv2.resize(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE), None, fx=1.5, fy=1.5)
    assert "jpeg-ringing" in check.mask(scaled).codes


@pytest.mark.parametrize("feather_px", [0, 8, 30])
def test_noise_all_over_is_taken_out(feather_px):
    m = mask.feather(mask.ellipse(SIZE, (90, 60, 300, 250)), feather_px)
    noise = np.random.default_rng(2).integers(-9, 10, m.shape)
    noisy = np.clip(m.astype(int) + noise, 0, 255).astype(np.uint8)
    mended = check.mask(noisy).fixed().mask
    assert np.count_nonzero(mended[m == 0]) < 0.15 * np.count_nonzero(noisy[m == 0])
