"""Whatever is wrong with an argument is said in the toolkit's own words."""

import numpy as np
import pytest

from preproc import SizeRule, crop, outpaint, preview
from preproc.compat import comfyui_outpaint_pad, diffusers_crop_region
from preproc.composite import paste
from preproc.edit.jump import seam_jump
from preproc.errors import InputError, PlacementError
from preproc.geometry import Box

PHOTO = np.zeros((200, 300, 3), np.uint8) + np.uint8(90)
MASK = np.zeros((200, 300), np.uint8)
MASK[50:90, 60:120] = 255


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"context_ratio": "a"}, "context_ratio is at least 1 and finite, got 'a'"),
        ({"context_px": "a"}, "context_px"),
        ({"margin_px": None}, "margin_px"),
        ({"sent_feather_px": float("inf")}, "sent_feather_px"),
        ({"feather_px": "x"}, "px"),
        ({"aspect": (float("inf"), 1)}, "aspect ratio"),
        ({"aspect": "31:29", "rule": SizeRule(max_side=480)}, "no size fits"),
        ({"rule": "flux"}, "rule is a SizeRule, got 'flux'"),
        ({"aspect": "1:4", "rule": SizeRule(max_aspect=3)}, "aspect 1/4 is longer than the rule's max_aspect 3 allows"),
    ],
)
def test_of_a_crop(options, message):
    with pytest.raises(InputError, match=message):
        crop.around(PHOTO, MASK, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"left": "5"}, "left is a whole number of at least 0, got '5'"),
        ({"left": 5.5}, "got 5.5"),
        ({"left_ratio": float("nan")}, "left_ratio"),
        ({"size": (5,)}, r"size is \(width, height\)"),
        ({"size": "400x400"}, r"size=\(1920, 1080\)"),
        ({"size": (400.5, 400)}, "400.5"),
        ({"zoom_out": "2"}, "zoom_out"),
        ({"left": 5, "overlap": "x"}, "overlap"),
        ({"left": 5, "fill": "solid", "color": "red"}, "three values"),
        ({"left": 5, "fill": "solid", "color": (1, 2)}, "three values"),
        ({"left": 5, "fill": "noise", "seed": -4}, "seed"),
        ({"left": 5, "rule": 5}, "SizeRule"),
    ],
)
def test_of_an_extension(options, message):
    with pytest.raises(InputError, match=message):
        outpaint.extend(PHOTO, **options)


@pytest.mark.parametrize(
    "call",
    [
        lambda: outpaint.steps(PHOTO, left=5, max_step_px=2.5),
        lambda: crop.regions(PHOTO, MASK, prefer="best"),
        lambda: crop.around(PHOTO, MASK).grid("8"),
        lambda: crop.around(PHOTO, MASK).finish([]),
        lambda: crop.around(PHOTO, MASK).finish(None),
        lambda: paste(PHOTO.astype(float), PHOTO.astype(float), MASK),
        lambda: paste(PHOTO, PHOTO, MASK.astype(float)),
        lambda: paste(PHOTO, PHOTO, MASK, at=(1.5, 0)),
        lambda: comfyui_outpaint_pad(PHOTO, left="a"),
        lambda: diffusers_crop_region(MASK, (0, 0)),
        lambda: diffusers_crop_region(MASK, 5),
        lambda: preview.of_edit(5),
    ],
    ids=[
        "steps",
        "regions",
        "grid",
        "no-results",
        "no-result",
        "float-paste",
        "float-alpha",
        "half-pixels",
        "comfyui",
        "too-small",
        "no-box",
        "preview",
    ],
)
def test_of_everything_else(call):
    with pytest.raises((InputError, PlacementError)):
        call()


@pytest.mark.parametrize("aspect", ["", 0])
def test_an_aspect_that_is_none_is_not_taken_for_none(aspect):
    with pytest.raises(InputError, match="aspect"):
        crop.around(np.zeros((64, 64, 3), np.uint8), np.full((64, 64), 255, np.uint8), aspect=aspect)


@pytest.mark.parametrize("width", [True, -2, float("nan")])
def test_a_feather_is_named_as_it_was_passed(width):
    with pytest.raises(InputError, match="feather_px is at least 0"):
        crop.around(np.zeros((64, 64, 3), np.uint8), np.full((64, 64), 255, np.uint8), feather_px=width)


def test_an_empty_context_mask_is_named():
    full = np.full((64, 64), 255, np.uint8)
    with pytest.raises(InputError, match="context_mask is empty"):
        crop.around(np.zeros((64, 64, 3), np.uint8), full, context_mask=full * 0)


def test_the_seam_of_the_worst_side_counts():
    edit = outpaint.extend(np.full((100, 100, 3), 120, np.uint8), left=32, top=32, right=32, bottom=32, overlap=0)
    generated = edit.sent_image.copy()
    generated[:, : 32 - edit.crop.left] = 180
    assert edit.finish(generated, repair="none").receipt.seam_before == pytest.approx(60)


def test_the_border_is_measured_where_it_is_in_sight():
    """The picture begins outside the window, left of it and above; only its lower right corner is seen."""
    seen = np.full((12, 10, 3), 120, np.uint8)
    new = np.full((12, 10), 255, np.uint8)
    new[:5, :4] = 0
    seen[5:] = 150
    seen[:5, 4:] = 130

    def read(rows, columns):
        return seen[rows, columns]

    window = Box(0, 0, 10, 12)
    assert seam_jump(read, read, new, valid=Box(-2, -3, 4, 5), within=window) == pytest.approx(30)
    assert seam_jump(read, read, new, valid=Box(-30, -40, -4, -5), within=window) == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: crop.around(PHOTO, MASK).finish([]),
        lambda: crop.around(np.zeros((0, 0, 3), np.uint8), MASK),
        lambda: crop.around(PHOTO, MASK, aspect="0:3"),
        lambda: crop.regions(PHOTO, MASK, prefer="best"),
        lambda: crop.around(PHOTO, MASK).grid(7),
        lambda: crop.around(PHOTO, MASK).grid([8]),
    ],
    ids=["no-results", "no-pixels", "no-aspect", "prefer", "cell", "no-cell"],
)
def test_what_is_refused_comes_with_a_way_out(call):
    with pytest.raises(InputError) as refused:
        call()
    assert refused.value.fix


def test_depth_is_advised_where_there_may_be_some():
    edit = crop.around(PHOTO, MASK)
    with pytest.raises(InputError) as refused:
        edit.finish(np.full(edit.sent_image.shape, np.nan))
    assert refused.value.fix == "replace them by numbers from 0 to 1"
