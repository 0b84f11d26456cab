"""Named levels: their numbers, their spelling, and what the docstrings say of them."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from preproc import crop
from remote import Fal, catalog
from remote.errors import PlanError
from remote.plan import make_plan, paths
from remote.plan.control import control_arguments
from remote.plan.levels import SCALES, STRENGTHS, levels_of

URL = "https://v3.fal.media/files/a/map.png"


def test_levels_stand_in_the_middle_of_the_guides_ranges() -> None:
    ranges = {
        "subtle": (0.2, 0.5),
        "moderate": (0.5, 0.7),
        "strong": (0.7, 0.9),
        "full": (0.9, 1.0),
        "colour-correction": (0.2, 0.3),
        "style-hint": (0.3, 0.5),
        "style-transfer": (0.5, 0.7),
        "reimagining": (0.7, 0.9),
        "full-regeneration": (0.9, 1.0),
    }
    for name, (low, high) in ranges.items():
        assert (STRENGTHS[name].low, STRENGTHS[name].high) == (low, high)
        assert STRENGTHS[name].value == pytest.approx((low + high) / 2)
    for name, (low, high) in {"strict": (0.9, 1.0), "balanced": (0.7, 0.8), "loose": (0.4, 0.6)}.items():
        assert SCALES[name].value == pytest.approx((low + high) / 2)
        assert (SCALES[name].low, SCALES[name].high) == (low, high)


def test_every_level_is_in_the_documentation() -> None:
    from remote.plan import levels

    for name, level in {**STRENGTHS, **SCALES}.items():
        if name != "color-correction":
            line = next(line for line in levels.__doc__.splitlines() if line.startswith(f"``{name}``"))
            assert f" {level.value:g} " in line


@pytest.mark.parametrize("name", STRENGTHS)
def test_named_strengths_are_sent_as_numbers(name: str) -> None:
    arguments = {"prompt": "p", "image_url": URL, "strength": name}
    plan = make_plan("fal-ai/flux/dev/image-to-image", arguments=arguments)
    assert plan.payload["strength"] == STRENGTHS[name].value
    assert any(f"{name!r} sends {STRENGTHS[name].value:g}" in warning for warning in plan.warnings)


@pytest.mark.parametrize("name", SCALES)
def test_named_scales_are_sent_as_numbers(name: str) -> None:
    for endpoint, path in (
        ("fal-ai/flux-general", "controlnet_unions.0.controls.0.conditioning_scale"),
        ("fal-ai/sdxl-controlnet-union", "controlnet_conditioning_scale"),
        ("fal-ai/z-image/turbo/controlnet", "control_scale"),
        ("fal-ai/flux-control-lora-canny", "control_lora_strength"),
    ):
        arguments = control_arguments(catalog.endpoint(endpoint), "canny", URL, scale=name)
        plan = make_plan(endpoint, arguments={"prompt": "p", **arguments})
        assert paths.get(plan.payload, path) == SCALES[name].value


def test_names_belong_to_their_own_argument() -> None:
    arguments = {"prompt": "p", "image_url": URL, "strength": "strict"}
    with pytest.raises(PlanError, match="'strict' is not a number or one of no-change, subtle"):
        make_plan("fal-ai/flux/dev/image-to-image", arguments=arguments)
    assert not levels_of("guidance_scale")


def test_the_docstrings_have_every_level_with_the_number_sent() -> None:
    for task, levels in ((Fal.transform, STRENGTHS), (Fal.controlnet, SCALES)):
        rows = [line.split() for line in task.__doc__.splitlines()]
        said = {
            row[0]: [float(row[1]), float(row[3]), float(row[4])]
            for row in rows
            if row[:1] and row[0] in levels and len(row) == 5
        }
        wanted = {
            name: [level.low, level.high, level.value] for name, level in levels.items() if name != "color-correction"
        }
        assert said == wanted


@pytest.mark.parametrize("name", ["style-transfer", "style_transfer", "Style-Transfer", "Style transfer"])
def test_levels_in_any_spelling(name: str) -> None:
    arguments = {"prompt": "p", "image_url": URL, "strength": name}
    plan = make_plan("fal-ai/flux/dev/image-to-image", arguments=arguments)
    assert plan.payload["strength"] == 0.6


def test_no_change_is_refused_with_the_least() -> None:
    with pytest.raises(PlanError, match=r"0.* is below 0\.01"):
        make_plan("fal-ai/flux/dev/image-to-image", arguments={"prompt": "p", "image_url": URL, "strength": 0.0})


def test_each_tip_on_masks_is_in_the_docstring_and_holds() -> None:
    said = " ".join(Fal.inpaint.__doc__.split())
    for tip in (
        "White is painted anew",
        "slightly more than the object",
        "anti-aliased edges",
        "slight feather",
        "PNG",
    ):
        assert tip in said
    photo, mask = np.zeros((200, 200, 3), np.uint8), np.zeros((200, 200), np.uint8)
    mask[80:120, 80:120] = 255
    fill = catalog.endpoint("fal-ai/flux-pro/v1/fill")
    edit = crop.around(photo, mask, rule=fill.rule)
    plan = make_plan(fill.id, edit=edit, arguments={"prompt": "p"})
    upload = next(one for one in plan.uploads if one.role == "mask")
    assert upload.content_type == "image/png"
    assert set(np.unique(edit.sent_mask)) == {0, 255}
    assert (edit.sent_mask == 255).sum() > (edit.sent_mask.size / edit.crop.size.pixels) * 40 * 40
    assert ((edit.blend > 0) & (edit.blend < 255)).any()


@pytest.mark.parametrize(
    ("task", "rows"), [("transform", 4), ("inpaint", 6), ("controlnet", 5), ("upscale", 6), ("style", 3)]
)
def test_the_tables_of_arguments_are_those_of_the_catalog(task: str, rows: int) -> None:
    lines = [line.split() for line in getattr(Fal, task).__doc__.splitlines()]
    told = [line for line in lines if len(line) == 6 and line[1].startswith("fal-ai/") and line[3] == "-"]
    assert len(told) == rows
    for name, endpoint, low, _, high, default in told:
        field = catalog.endpoint(endpoint).fields[name]
        assert [float(low), float(high), float(default)] == [field.minimum, field.maximum, field.default], name


def test_arguments_the_guide_names_are_keywords() -> None:
    named = {
        "transform": "prompt strength num_inference_steps guidance_scale seed output_format",
        "controlnet": "prompt negative_prompt control scale num_inference_steps guidance_scale seed control_image",
        "inpaint": "prompt negative_prompt num_inference_steps guidance_scale seed",
        "upscale": "factor creativity resemblance prompt face",
        "restore_face": "fidelity upscale_factor",
        "style": "prompt strength",
    }
    for task, names in named.items():
        assert set(names.split()) <= set(inspect.signature(getattr(Fal, task)).parameters)


def test_what_the_keywords_send() -> None:
    photo = np.dstack([*np.mgrid[:64, :96], np.mgrid[:64, :96][0]]).astype(np.uint8)
    with Fal("rehearsal") as fal:
        sent = fal.upscale(photo, endpoint="fal-ai/clarity-upscaler", factor=3, creativity=0.2, resemblance=0.9)
        assert sent.plan["payload"].items() >= {"upscale_factor": 3, "creativity": 0.2, "resemblance": 0.9}.items()
        assert fal.upscale(photo, face=True).plan["payload"]["face"] is True
        for endpoint, name in (
            ("fal-ai/flux/dev/image-to-image", "output_format"),
            ("fal-ai/fast-sdxl/image-to-image", "format"),
        ):
            sent = fal.transform(photo, prompt="p", endpoint=endpoint, output_format="jpeg")
            assert sent.plan["payload"][name] == "jpeg"
        for wrong in (-0.1, 1.01):
            with pytest.raises(PlanError, match="is not from 0 to 1"):
                fal.restore_face(photo, fidelity=wrong)
        for right in (0, 1):
            assert fal.restore_face(photo, fidelity=right).plan["payload"]["fidelity"] == right
