from __future__ import annotations

import numpy as np
import pytest

from remote import catalog
from remote.errors import PlanError
from remote.plan import make_plan, paths
from remote.plan.resolve import resolve

URL = "https://v3.fal.media/files/a/picture.png"
UNION = "controlnet_unions.0.controls.0"
GENERAL = "fal-ai/flux-general"

# the ids of the guide, what they are planned on, arguments in the guide's words, and where those go
GUIDE = {
    "fal-ai/flux/dev/image-to-image": (
        None,
        {
            "prompt": "p",
            "image_url": URL,
            "strength": 0.75,
            "num_inference_steps": 28,
            "guidance_scale": 3.5,
            "seed": 42,
        },
        {"strength": 0.75, "num_inference_steps": 28, "guidance_scale": 3.5, "seed": 42},
    ),
    "fal-ai/flux-pro/v1/image-to-image": (
        "fal-ai/flux-pro/kontext",
        {"prompt": "p", "image_url": URL, "strength": 0.5, "num_inference_steps": 28, "guidance_scale": 3.5},
        {"image_url": URL, "guidance_scale": 3.5, "strength": None, "num_inference_steps": None},
    ),
    "fal-ai/flux-controlnet": (
        GENERAL,
        {"prompt": "p", "control_image_url": URL, "controlnet_conditioning_scale": 0.8},
        {f"{UNION}.control_image_url": URL, f"{UNION}.conditioning_scale": 0.8, f"{UNION}.control_mode": "canny"},
    ),
    "fal-ai/flux-controlnet-union": (
        GENERAL,
        {"prompt": "p", "control_image_url": URL, "control_type": "low_quality", "controlnet_conditioning_scale": 0.7},
        {f"{UNION}.control_mode": "low-quality", f"{UNION}.conditioning_scale": 0.7, "control_type": None},
    ),
    "fal-ai/fast-sdxl/controlnet": (
        "fal-ai/sdxl-controlnet-union",
        {
            "prompt": "p",
            "negative_prompt": "n",
            "control_image_url": URL,
            "controlnet_type": "pose",
            "controlnet_conditioning_scale": 0.9,
        },
        {
            "openpose_image_url": URL,
            "controlnet_conditioning_scale": 0.9,
            "negative_prompt": "n",
            "controlnet_type": None,
        },
    ),
    "fal-ai/flux-controlnet-canny": (
        GENERAL,
        {"prompt": "p", "control_image_url": URL, "controlnet_conditioning_scale": 0.9},
        {f"{UNION}.control_mode": "canny", f"{UNION}.control_image_url": URL, f"{UNION}.conditioning_scale": 0.9},
    ),
    "fal-ai/flux-controlnet-depth": (
        GENERAL,
        {"prompt": "p", "control_image_url": URL, "controlnet_conditioning_scale": 0.9},
        {f"{UNION}.control_mode": "depth", f"{UNION}.control_image_url": URL},
    ),
    "fal-ai/flux/dev/inpainting": (
        "fal-ai/flux-general/inpainting",
        {"prompt": "p", "image_url": URL, "mask_url": URL, "num_inference_steps": 28, "guidance_scale": 3.5, "seed": 1},
        {"image_url": URL, "mask_url": URL, "num_inference_steps": 28},
    ),
    "fal-ai/flux-pro/v1/fill": (None, {"prompt": "p", "image_url": URL, "mask_url": URL}, {"mask_url": URL}),
    "fal-ai/fast-sdxl/inpainting": (
        None,
        {"prompt": "p", "negative_prompt": "n", "image_url": URL, "mask_url": URL, "guidance_scale": 7.5},
        {"negative_prompt": "n", "guidance_scale": 7.5},
    ),
    "fal-ai/esrgan": (None, {"image_url": URL, "scale": 4}, {"scale": 4}),
    "fal-ai/clarity-upscaler": (
        None,
        {"image_url": URL, "prompt": "p", "scale_factor": 2, "creativity": 0.35, "resemblance": 0.6},
        {"upscale_factor": 2, "creativity": 0.35, "resemblance": 0.6, "scale_factor": None},
    ),
    "fal-ai/real-esrgan": (
        "fal-ai/esrgan",
        {"image_url": URL, "scale": 4, "face_enhance": True},
        {"scale": 4, "face": True, "face_enhance": None},
    ),
    "fal-ai/creative-upscaler": (None, {"image_url": URL, "scale": 2, "prompt": "p"}, {"scale": 2, "prompt": "p"}),
    "fal-ai/birefnet": (None, {"image_url": URL}, {"image_url": URL}),
    "fal-ai/rembg": ("fal-ai/imageutils/rembg", {"image_url": URL}, {"image_url": URL}),
    "fal-ai/bria/background-removal": ("fal-ai/bria/background/remove", {"image_url": URL}, {"image_url": URL}),
    "fal-ai/gfpgan": (
        "fal-ai/codeformer",
        {"image_url": URL, "version": "1.4", "scale": 2},
        {"upscale_factor": 2, "version": None, "scale": None},
    ),
    "fal-ai/codeformer": (None, {"image_url": URL, "fidelity": 0.7}, {"fidelity": 0.7}),
    "fal-ai/flux-ip-adapter": (
        GENERAL,
        {"prompt": "p", "image_url": URL, "ip_adapter_scale": 0.6, "num_inference_steps": 28},
        {"ip_adapters.0.image_url": URL, "ip_adapters.0.scale": 0.6, "image_url": None},
    ),
    "fal-ai/flux-ip-adapter-face-id": (
        "fal-ai/ip-adapter-face-id",
        {"prompt": "p", "face_image_url": URL, "ip_adapter_scale": 0.8, "num_inference_steps": 28},
        {"face_image_url": URL, "num_inference_steps": 28, "ip_adapter_scale": None},
    ),
}


def test_the_guide_is_whole() -> None:
    assert list(catalog.guide()) == list(GUIDE)


@pytest.mark.parametrize("asked", GUIDE)
def test_ids_of_the_guide(asked: str) -> None:
    successor, arguments, expected = GUIDE[asked]
    before = dict(arguments)
    plan = make_plan(asked, arguments=arguments)
    assert arguments == before
    assert (plan.asked, plan.endpoint) == (asked, successor or asked)
    assert {path: paths.get(plan.payload, path) for path in expected} == expected
    assert plan.payload["prompt"] == "p" if "prompt" in arguments else "prompt" not in plan.payload
    if successor:
        assert plan.warnings[0].startswith(f"{asked} is")
        assert successor in plan.warnings[0]
    for name, value in arguments.items():
        kept = paths.get(plan.payload, name) == value
        assert kept or any(warning.startswith(f"{name} is ") for warning in plan.warnings) or name == "controlnet_type"


@pytest.mark.parametrize("asked", [name for name, (successor, _, _) in GUIDE.items() if successor])
def test_strict_and_verbatim(asked: str) -> None:
    successor, arguments, _ = GUIDE[asked]
    with pytest.raises(PlanError, match="fal publishes no endpoint") as caught:
        make_plan(asked, resolve="strict", arguments=arguments)
    assert successor in caught.value.fix
    plan = make_plan(asked, resolve="verbatim", arguments=arguments)
    assert (plan.endpoint, plan.payload) == (asked, arguments)
    assert "not checked" in plan.warnings[0]


def test_strict_takes_only_the_endpoints_own_names() -> None:
    arguments = {"image_url": URL, "scale_factor": 2}
    with pytest.raises(PlanError, match="scale_factor: is not an argument of this endpoint"):
        make_plan("fal-ai/clarity-upscaler", resolve="strict", arguments=arguments)


def test_a_choice_that_was_not_made_is_made_aloud() -> None:
    plan = make_plan("fal-ai/fast-sdxl/controlnet", arguments={"prompt": "p", "control_image_url": URL})
    assert plan.payload["canny_image_url"] == URL
    assert "controlnet_type was not given: canny is taken" in plan.warnings
    plan = make_plan("fal-ai/flux-controlnet", arguments={"prompt": "p", "control_image_url": URL})
    assert f"{UNION}.control_mode was not given: 'canny' is taken" in plan.warnings
    assert paths.get(plan.payload, "controlnet_unions.0.path") == "Shakker-Labs/FLUX.1-dev-ControlNet-Union-Pro"


def test_problems_are_told_in_the_words_that_were_used() -> None:
    with pytest.raises(PlanError) as caught:
        make_plan("fal-ai/flux-controlnet", arguments={"prompt": "p", "controlnet_conditioning_scale": 3})
    found = {problem.field: problem.message for problem in caught.value.problems}
    assert found[f"{UNION}.conditioning_scale"].endswith("calls it controlnet_conditioning_scale")
    assert found[f"{UNION}.control_image_url"].endswith("calls it control_image_url")
    with pytest.raises(PlanError, match="controlnet_type: 'rainbow' is not one of canny, depth"):
        make_plan("fal-ai/fast-sdxl/controlnet", arguments={"prompt": "p", "controlnet_type": "rainbow"})


def test_image_goes_where_the_asked_id_takes_it() -> None:
    photo = np.random.default_rng(0).integers(0, 255, (32, 48, 3), np.uint8)
    plan = make_plan("fal-ai/flux-ip-adapter", image=photo, arguments={"prompt": "p"})
    assert plan.uploads[0].field == "ip_adapters.0.image_url"
    plan = make_plan("fal-ai/real-esrgan", image=photo, arguments={})
    assert plan.uploads[0].field == "image_url"


@pytest.mark.parametrize("spec", [spec for spec in catalog.endpoints() if not spec.live], ids=lambda spec: spec.id)
def test_gone_endpoints_are_refused_with_what_comes_after(spec) -> None:
    for mode in ("successor", "strict"):
        with pytest.raises(PlanError, match=f"last seen {spec.last_seen}") as caught:
            resolve(spec.id, mode)
        assert (spec.successor or "this machine") in caught.value.fix
        assert [problem.code for problem in caught.value.problems] == ["gone"]
    assert resolve(spec.id, "verbatim").spec == spec
    assert "most likely be refused" in resolve(spec.id, "verbatim").warnings[0]


def test_no_default_leads_to_a_gone_endpoint() -> None:
    for alias in catalog.guide().values():
        for name in (alias.successor, *alias.alternatives):
            assert name is None or catalog.endpoint(name).live
    for spec in catalog.endpoints():
        assert spec.successor is None or catalog.endpoint(spec.successor).live


def test_unknown_modes() -> None:
    with pytest.raises(PlanError, match="resolve='sucessor' is not one of 'successor', 'strict', 'verbatim'"):
        make_plan("fal-ai/esrgan", resolve="sucessor", arguments={"image_url": URL})


def test_unknown_ids() -> None:
    with pytest.raises(PlanError, match=r"perhaps fal-ai/flux/dev/image-to-image"):
        resolve("fal-ai/flux/dev/img-to-image")
    assert resolve("me/mine", "verbatim").spec is None


def test_what_stands_in_the_way_is_left_for_the_check() -> None:
    with pytest.raises(PlanError, match="controlnet_unions: 'no list' is not a list"):
        make_plan(
            "fal-ai/flux-controlnet",
            arguments={"prompt": "p", "control_image_url": URL, "controlnet_unions": "no list"},
        )


@pytest.mark.parametrize(
    ("endpoint", "given", "names"),
    [
        ("fal-ai/clarity-upscaler", {"scale_factor": 2, "upscale_factor": 3}, ("scale_factor", "upscale_factor")),
        ("fal-ai/gfpgan", {"scale": 2, "upscale_factor": 3}, ("scale", "upscale_factor")),
        ("fal-ai/real-esrgan", {"face_enhance": True, "face": False}, ("face_enhance", "face")),
    ],
)
def test_two_spellings_of_one_argument_with_two_values_are_refused(endpoint: str, given: dict, names: tuple[str, str]):
    with pytest.raises(PlanError) as caught:
        make_plan(endpoint, arguments={"image_url": URL, **given})
    (problem,) = caught.value.problems
    assert problem.code == "conflict"
    assert f"as {names[1]} and as {names[0]}" in problem.message
    both = dict.fromkeys(names, next(iter(given.values())))
    assert make_plan(endpoint, arguments={"image_url": URL, **both}).payload[names[1]] == both[names[0]]


def test_a_picture_inside_a_given_object_is_not_overwritten():
    union = {"path": URL, "controls": [{"control_image_url": URL, "control_mode": "canny"}]}
    with pytest.raises(PlanError, match="given twice, as controlnet_unions.*and as control_image_url"):
        make_plan(
            "fal-ai/flux-controlnet-union",
            arguments={
                "prompt": "p",
                "control_type": "canny",
                "control_image_url": URL + "2",
                "controlnet_unions": [union],
            },
        )
