"""A control map in the words of each endpoint that takes it."""

from __future__ import annotations

import numpy as np
import pytest

from preproc import control
from remote import catalog
from remote.errors import PlanError
from remote.plan import make_plan
from remote.plan.control import RECOMMENDED, control_arguments, takers

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
