"""Planning without pictures has to cost next to nothing."""

from __future__ import annotations

from remote.plan import make_plan

URL = "https://v3.fal.media/files/a/picture.png"
CONTROL = {"control_image_url": URL, "control_mode": "canny", "conditioning_scale": "strict"}
ARGUMENTS = {
    "prompt": "a door",
    "image_url": URL,
    "mask_url": URL,
    "controlnet_unions": [{"path": "Shakker-Labs/FLUX.1-dev-ControlNet-Union-Pro", "controls": [CONTROL]}],
}


def test_planning_without_pictures_is_under_5_ms(benchmark) -> None:
    plan = benchmark(make_plan, "fal-ai/flux-general/inpainting", arguments=ARGUMENTS)
    assert plan.payload["output_format"] == "png"
    assert benchmark.stats.stats.median < 0.005
