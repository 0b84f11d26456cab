"""Other tools' geometry, number for number."""

import json
from pathlib import Path

import numpy as np
import pytest

from preproc.compat import comfyui_outpaint_pad, diffusers_crop_region
from preproc.errors import InputError, MaskError

CASES = json.loads((Path(__file__).parent / "data" / "crop_region_diffusers.json").read_text())["cases"]


def test_every_recorded_crop_region_of_diffusers():
    assert len(CASES) >= 30
    for case in CASES:
        width, height = case["size"]
        m = np.zeros((height, width), np.uint8)
        for left, top, right, bottom in case["rects"]:
            m[top:bottom, left:right] = 255
        assert list(diffusers_crop_region(m, tuple(case["target"]), pad=case["pad"])) == case["box"]


def test_an_empty_mask_has_no_crop_region():
    with pytest.raises(MaskError, match="empty"):
        diffusers_crop_region(np.zeros((9, 9), np.uint8), (64, 64))


def reference_pad(height, width, left, top, right, bottom, feathering):
    """The node's formula, pixel by pixel: the squared share of the feathering that is left at a distance."""
    m = np.ones((height + top + bottom, width + left + right))
    for row in range(height):
        for column in range(width):
            distances = [
                row if top else height,
                height - row if bottom else height,
                column if left else width,
                width - column if right else width,
            ]
            rest = max(0.0, (feathering - min(distances)) / feathering) if feathering else 0.0
            dropped = 2 * feathering >= min(height, width)
            m[top + row, left + column] = 0 if dropped else rest**2
    return m


@pytest.mark.parametrize(
    ("sides", "feathering"),
    [((16, 0, 8, 24), 40), ((8, 8, 8, 8), 10), ((0, 32, 0, 0), 45), ((8, 0, 0, 0), 60), ((8, 0, 0, 0), 0)],
)
def test_comfyui_padding(sides, feathering):
    photo = np.random.default_rng(0).integers(0, 256, (100, 130, 3), dtype=np.uint8)
    left, top, right, bottom = sides
    canvas, m = comfyui_outpaint_pad(photo, left=left, top=top, right=right, bottom=bottom, feathering=feathering)
    assert np.abs(m - reference_pad(100, 130, left, top, right, bottom, feathering)).max() <= 1e-6
    assert np.abs(canvas[top : top + 100, left : left + 130] - photo / 255).max() <= 1e-6
    assert (canvas[:, :left] == 0.5).all()


def test_negative_sides_are_refused():
    with pytest.raises(InputError, match="at least 0"):
        comfyui_outpaint_pad(np.zeros((9, 9, 3), np.uint8), left=-1)
