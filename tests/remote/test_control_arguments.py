from __future__ import annotations

import inspect

import numpy as np
import pytest

from preproc import control, crop
from remote import Fal, catalog
from remote.errors import PlanError
from remote.plan import make_plan, paths
from remote.plan.control import RECOMMENDED, control_arguments, takers
from remote.plan.levels import SCALES, STRENGTHS, levels_of

from . import published

URL = "https://v3.fal.media/files/a/map.png"
TAKERS = [(spec.id, kind) for spec in catalog.endpoints() if spec.live and spec.control for kind in spec.control.types]


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    from skimage import data

    return np.ascontiguousarray(data.astronaut()[:256, 128:384])


@pytest.fixture(scope="module")
def edges(photo: np.ndarray) -> np.ndarray:
    return control.canny(photo, low=100, high=200)


@pytest.mark.parametrize(("endpoint", "kind"), TAKERS)
def test_every_kind_on_every_endpoint(endpoint: str, kind: str) -> None:
    arguments = control_arguments(catalog.endpoint(endpoint), kind, URL)
    plan = make_plan(endpoint, arguments={**published.minimal(endpoint), **arguments})
    assert published.payload_errors(endpoint, plan.payload) == []
    assert URL in str(plan.payload)


def test_union_of_flux_general() -> None:
    spec = catalog.endpoint("fal-ai/flux-general")
    for kind in ("canny", "depth", "pose", "tile", "blur", "gray", "low_quality"):
        union = control_arguments(spec, kind, URL)["controlnet_unions"]
        scale, end = RECOMMENDED[kind]
        assert union == [
            {
                "path": "Shakker-Labs/FLUX.1-dev-ControlNet-Union-Pro",
                "controls": [
                    {
                        "control_image_url": URL,
                        "control_mode": kind.replace("_", "-"),
                        "conditioning_scale": scale,
                        "end_percentage": end,
                    }
                ],
            }
        ]
        assert 0.3 <= scale <= 0.8
    chosen = control_arguments(spec, "canny", URL, scale=0.5, start=0.1, end=0.6)["controlnet_unions"][0]["controls"][0]
    assert (chosen["conditioning_scale"], chosen["start_percentage"], chosen["end_percentage"]) == (0.5, 0.1, 0.6)


def test_other_endpoints() -> None:
    def arguments(endpoint: str, kind: str, **options) -> dict:
        return control_arguments(catalog.endpoint(endpoint), kind, URL, **options)

    assert arguments("fal-ai/sdxl-controlnet-union", "soft_edge", scale=0.5) == {
        "teed_image_url": URL,
        "teed_preprocess": False,
        "controlnet_conditioning_scale": 0.5,
    }
    assert arguments("fal-ai/z-image/turbo/controlnet", "pose", start=0, end=0.5) == {
        "image_url": URL,
        "preprocess": "none",
        "control_start": 0,
        "control_end": 0.5,
    }
    assert arguments("fal-ai/flux-control-lora-depth", "depth", scale=1.5) == {
        "control_lora_image_url": URL,
        "preprocess_depth": False,
        "control_lora_strength": 1.5,
    }
    assert arguments("fal-ai/flux-control-lora-canny", "canny") == {
        "control_lora_image_url": URL,
        "preprocess_depth": False,
    }
    assert arguments("fal-ai/fast-sdxl-controlnet-canny", "canny") == {"control_image_url": URL}
    assert arguments("fal-ai/stable-diffusion-v35-large", "canny") == {"controlnet": {"control_image_url": URL}}


def test_refusals() -> None:
    with pytest.raises(PlanError, match="takes no control map") as caught:
        control_arguments(catalog.endpoint("fal-ai/esrgan"), "canny", URL)
    assert "fal-ai/flux-general" in caught.value.fix
    with pytest.raises(PlanError, match="takes canny, tile, depth, blur, pose, gray, low_quality maps, not soft_edge"):
        control_arguments(catalog.endpoint("fal-ai/flux-general"), "soft_edge", URL)
    with pytest.raises(PlanError, match="has no start"):
        control_arguments(catalog.endpoint("fal-ai/sdxl-controlnet-union"), "canny", URL, start=0.1)
    with pytest.raises(PlanError, match="no longer published"):
        control_arguments(catalog.endpoint("fal-ai/flux-pro/v1/canny"), "canny", URL)
    assert takers("soft_edge") == takers("hed")
    assert not set(takers("canny")) & {spec.id for spec in catalog.endpoints() if not spec.live}


def test_a_photo_where_a_map_belongs(photo: np.ndarray, edges: np.ndarray) -> None:
    spec = catalog.endpoint("fal-ai/flux-general")
    good = make_plan(spec.id, arguments={"prompt": "p", **control_arguments(spec, "canny", edges)})
    assert good.payload["image_size"] == {"width": 256, "height": 256}
    assert good.uploads[0].role == "control"
    with pytest.raises(PlanError, match=r"this is a photo.*control\.canny\(photo\)") as caught:
        make_plan(spec.id, arguments={"prompt": "p", **control_arguments(spec, "canny", photo)})
    assert caught.value.problems[0].code == "photo-for-map"
    for kind in ("tile", "blur", "low_quality"):  # these maps look like photos
        make_plan(spec.id, arguments={"prompt": "p", **control_arguments(spec, kind, photo)})
    with pytest.raises(PlanError, match=r"gray is gray; control\.gray\(photo\)"):
        make_plan(spec.id, arguments={"prompt": "p", **control_arguments(spec, "gray", photo)})
    make_plan(spec.id, arguments={"prompt": "p", **control_arguments(spec, "gray", control.gray(photo))})


def test_maps_that_a_check_refuses(edges: np.ndarray) -> None:
    spec = catalog.endpoint("fal-ai/flux-general")

    def codes(picture: np.ndarray, **more) -> set[str]:
        with pytest.raises(PlanError) as caught:
            make_plan(spec.id, arguments={"prompt": "p", **control_arguments(spec, "canny", picture), **more})
        return {problem.code for problem in caught.value.problems}

    assert codes(255 - edges) == {"inverted"}
    assert codes(np.zeros_like(edges)) == {"blank"}
    assert codes(edges, image_size="landscape_16_9") == {"aspect"}
    resized = make_plan(
        spec.id, arguments={"prompt": "p", **control_arguments(spec, "canny", edges), "image_size": "square"}
    )
    assert [finding.code for finding in resized.findings] == ["size-mismatch"]


def test_a_map_with_a_recipe_says_so_itself(photo: np.ndarray) -> None:
    made = control.make("canny", photo)
    plan = make_plan("fal-ai/sdxl-controlnet-union", arguments={"prompt": "p", "canny_image_url": made})
    assert plan.payload["canny_preprocess"] is False


def test_switches_follow_what_is_sent(photo: np.ndarray, edges: np.ndarray) -> None:
    union = "fal-ai/sdxl-controlnet-union"
    plan = make_plan(union, arguments={"prompt": "p", "canny_image_url": edges})
    assert plan.payload["canny_preprocess"] is False
    assert "canny_preprocess is set to False: canny_image_url is a finished map" in plan.warnings
    assert "canny_preprocess" not in make_plan(union, arguments={"prompt": "p", "canny_image_url": photo}).payload
    unsure = make_plan(union, arguments={"prompt": "p", "canny_image_url": URL})
    assert "canny_preprocess" not in unsure.payload
    assert any("set canny_preprocess to False for a finished map" in warning for warning in unsure.warnings)
    with pytest.raises(PlanError, match="would make a map of it"):
        make_plan(union, arguments={"prompt": "p", "canny_image_url": edges, "canny_preprocess": True})
    with pytest.raises(PlanError, match="this is a photo"):
        make_plan(union, arguments={"prompt": "p", "canny_image_url": photo, "canny_preprocess": False})

    lora = "fal-ai/flux-control-lora-canny"
    plan = make_plan(lora, arguments={"prompt": "p", "control_lora_image_url": edges})
    assert plan.payload["preprocess_depth"] is False
    assert any("who makes the map is not known" in warning for warning in plan.warnings)

    nested = {"path": "w", "control_image_url": edges, "preprocess": "canny"}
    with pytest.raises(PlanError, match=r"control_loras\.0\.preprocess to 'None'"):
        make_plan("fal-ai/flux-general", arguments={"prompt": "p", "control_loras": [nested]})
    turbo = "fal-ai/z-image/turbo/controlnet"
    with pytest.raises(PlanError, match="would make a map of it"):
        make_plan(turbo, arguments={"prompt": "p", "image_url": edges, "preprocess": "canny"})
    make_plan(turbo, arguments={"prompt": "p", "image_url": photo, "preprocess": "canny"})
    make_plan(turbo, arguments={"prompt": "p", "image_url": edges})


def test_what_may_be_a_smooth_gray_photo_is_not_refused(edges: np.ndarray) -> None:
    down, across = np.mgrid[0:256, 0:256]
    scene = 0.6 * down / 256 + 0.4 * ((across - 90) ** 2 + (down - 150) ** 2 < 60**2)
    turbo = "fal-ai/z-image/turbo/controlnet"

    def plan(picture: np.ndarray):
        return make_plan(turbo, arguments={"prompt": "p", "image_url": picture, "preprocess": "depth"})

    grain = np.random.default_rng(0).normal(0, 0.7, scene.shape)  # with less it is a map for sure
    likely = np.clip(20 + 204 * scene + grain, 0, 255).astype(np.uint8)
    assert any("image_url: this looks like a finished map" in warning for warning in plan(likely).warnings)
    surely = control.make("depth", scene, options={"near": "high"})  # its recipe says so
    for certain in (edges, surely):
        with pytest.raises(PlanError, match="this is a finished map, and .* would make a map of it"):
            plan(certain)


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


def test_a_union_is_told_of_no_switch_it_does_not_have() -> None:
    rows, columns = np.mgrid[:256, :256]
    grid = np.where((rows % 24 == 0) | (columns % 24 == 0), 255, 0).astype(np.uint8)
    for kind in ("low_quality", "tile", "blur", "gray"):
        arguments = control_arguments(catalog.endpoint("fal-ai/flux-general"), kind, grid)
        with pytest.raises(PlanError) as caught:
            make_plan("fal-ai/flux-general", arguments={"prompt": "p", **arguments})
        assert f"control.{kind}(photo)" in str(caught.value)
        assert "preprocess" not in str(caught.value)
        assert hasattr(control, kind)
