from __future__ import annotations

import pytest

from preproc import Size
from remote import catalog
from remote.plan import make_plan
from remote.plan.price import predict_price
from remote.plan.sizes import predict_size


def price(endpoint: str, size: tuple[int, int] | None = None, *, sent: tuple[int, int] | None = None, **payload):
    inputs = [Size(*sent)] if sent else []
    return predict_price(catalog.endpoint(endpoint), payload, inputs=inputs, output=Size(*size) if size else None)


@pytest.mark.parametrize(
    ("endpoint", "size", "payload", "amount"),
    [
        ("fal-ai/flux-pro/v1/fill", (1000, 1000), {}, 0.05),
        ("fal-ai/flux-pro/v1/fill", (1000, 1001), {}, 0.10),
        ("fal-ai/flux-pro/v1/fill", (1024, 1024), {}, 0.10),  # the higher of the two readings of a megapixel
        ("fal-ai/flux-pro/v1/fill", (512, 512), {"num_images": 3}, 0.15),
        ("fal-ai/flux-general", (1536, 864), {}, 0.15),  # known to count as two
        ("fal-ai/flux-lora/inpainting", (800, 800), {}, 0.035),
        ("fal-ai/flux-pro/kontext", None, {}, 0.04),
        ("fal-ai/ideogram/v3/edit", None, {}, 0.06),
        ("fal-ai/ideogram/v3/edit", None, {"rendering_speed": "TURBO", "num_images": 2}, 0.06),
        ("fal-ai/ideogram/v3/edit", None, {"rendering_speed": "QUALITY"}, 0.09),
        ("fal-ai/ideogram/v3/replace-background", None, {}, 0.09),
        ("fal-ai/finegrain-eraser/mask", None, {"mode": "premium"}, 0.22),
        ("fal-ai/gpt-image-1.5/edit", None, {"quality": "low", "image_size": "1024x1024"}, 0.009),
        ("fal-ai/gpt-image-1.5/edit", None, {"quality": "low", "image_size": "1024x1536"}, 0.013),
        ("fal-ai/gpt-image-1.5/edit", None, {}, 0.2),  # auto: the dearest that fits
        ("fal-ai/smart-resize", None, {"target_sizes": ["1:1", "16:9"]}, 0.35),
        ("fal-ai/smart-resize", None, {"target_sizes": ["1:1"], "resolution": "4K"}, 0.35),
        ("fal-ai/z-image/turbo/controlnet", (1000, 1000), {}, 0.0065),
        ("fal-ai/z-image/turbo/controlnet", (1000, 1000), {"enable_prompt_expansion": True}, 0.009),
        ("fal-ai/sam-3/image", None, {"max_masks": 32}, 0.005),
    ],
)
def test_amounts(endpoint: str, size: tuple[int, int] | None, payload: dict, amount: float) -> None:
    found = price(endpoint, size, **payload)
    assert found.amount == pytest.approx(amount)
    assert found.unit == catalog.endpoint(endpoint).price.unit
    assert found.currency == "USD"


def test_first_and_further_megapixels() -> None:
    assert price("fal-ai/flux-2-pro/edit", (1000, 1000), sent=(1000, 1000)).amount == pytest.approx(0.045)
    assert price("fal-ai/flux-2-pro/outpaint", (2000, 1000), sent=(1000, 1000)).amount == pytest.approx(0.06)
    assert price("fal-ai/flux-pro/v1/erase", (1000, 1000), sent=(1000, 1000)).amount == pytest.approx(0.042)


def test_what_is_sent_as_a_url_is_not_taken_for_nothing() -> None:
    urls = [f"https://a.b/{number}.png" for number in range(4)]
    size = {"width": 1000, "height": 1000}
    plan = make_plan("fal-ai/flux-2-pro/edit", arguments={"prompt": "p", "image_urls": urls, "image_size": size})
    assert plan.price.amount is None
    assert "the size of a URL cannot be told" in plan.price.note


def test_a_size_without_a_rate_has_no_price() -> None:
    found = price("openai/gpt-image-2/edit", image_size={"width": 3840, "height": 2160})
    assert found.amount is None
    assert "no rate is published for image_size 3840x2160" in found.note
    square = price("openai/gpt-image-2/edit", image_size={"width": 1024, "height": 1024})
    assert square.amount == pytest.approx(0.211)
    assert price("openai/gpt-image-2/edit", image_size="square_hd").amount == square.amount
    assert price("openai/gpt-image-2/edit", image_size="landscape_16_9").amount is None
    assert price("openai/gpt-image-2/edit").amount == pytest.approx(0.401)  # auto: the dearest


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("fal-ai/esrgan", "per compute second, which cannot be told beforehand"),
        ("fal-ai/sdxl-controlnet-union", "not the same as free"),
        ("fal-ai/fast-sdxl/inpainting", "no rate is published"),
    ],
)
def test_unknown_is_said(endpoint: str, words: str) -> None:
    found = price(endpoint)
    assert found.amount is None
    assert words in found.note
    assert str(found).startswith("unknown (")


def test_every_price_is_told_or_unknown_and_never_free() -> None:
    for spec in catalog.endpoints():
        found = predict_price(spec, {}, inputs=[Size(800, 600)], output=Size(800, 600))
        assert found.amount is None or found.amount > 0, spec.id
        known = spec.price is not None and spec.price.amount is not None and spec.price.unit != "compute-second"
        assert (found.amount is not None) == known, spec.id
        assert found.note


def test_what_is_not_said_to_be_rounded_up_says_so() -> None:
    assert "or 0.0175 if they are not rounded up" in price("fal-ai/flux-lora/inpainting", (500, 1000)).note
    assert "rounded" not in price("fal-ai/flux-pro/v1/fill", (500, 1000)).note


@pytest.mark.parametrize(
    ("endpoint", "payload", "sent", "size"),
    [
        ("fal-ai/flux-pro/v1/fill", {}, (640, 480), (640, 480)),
        ("fal-ai/fast-sdxl/inpainting", {}, (640, 480), (1024, 1024)),
        ("fal-ai/fast-sdxl/inpainting", {"image_size": "landscape_16_9"}, (640, 480), (1024, 576)),
        ("fal-ai/flux-lora/image-to-image", {"image_size": {"width": 320, "height": 240}}, (640, 480), (320, 240)),
        ("fal-ai/flux-general/inpainting", {}, (640, 480), (640, 480)),
        ("fal-ai/esrgan", {}, (100, 50), (200, 100)),
        ("fal-ai/clarity-upscaler", {"upscale_factor": 1.5}, (101, 51), (152, 76)),
        ("fal-ai/aura-sr", {}, (100, 50), (400, 200)),
        ("fal-ai/codeformer", {}, (400, 225), (1820, 1024)),  # as it was seen
        ("fal-ai/codeformer", {"upscale_factor": 1}, (1200, 800), (1200, 800)),
        ("fal-ai/seedvr/upscale/image", {}, (800, 450), (1600, 912)),
        ("fal-ai/seedvr/upscale/image", {"upscale_mode": "target"}, (800, 450), None),
        ("fal-ai/flux-2-pro/outpaint", {"expand_left": 100, "expand_top": 50}, (800, 450), (900, 500)),
        ("fal-ai/image-apps-v2/outpaint", {}, (800, 450), None),
        (
            "fal-ai/image-apps-v2/outpaint",
            {"zoom_out_percentage": 0, "expand_bottom": 0, "expand_left": 8},
            (80, 45),
            (88, 45),
        ),
        ("fal-ai/bria/expand", {"canvas_size": [1200, 900]}, (800, 450), (1200, 900)),
        ("fal-ai/ip-adapter-face-id", {"width": 768}, (800, 450), (768, 512)),
        ("fal-ai/imageutils/rembg", {}, (800, 450), (800, 450)),
        ("fal-ai/imageutils/rembg", {"crop_to_bbox": True}, (800, 450), None),
        ("fal-ai/flux-pro/kontext", {}, (800, 450), None),
        ("fal-ai/flux-pro/v1/fill", {}, None, None),
    ],
)
def test_sizes(endpoint: str, payload: dict, sent, size) -> None:
    found = predict_size(catalog.endpoint(endpoint), payload, sent=Size(*sent) if sent else None)
    assert found == size
