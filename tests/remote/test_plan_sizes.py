"""Sizes and ratios, in the endpoint's own words."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest

from preproc import Size
from remote import catalog
from remote.plan import make_plan
from remote.plan import resolve as resolving

from .plans import FILL, MASK, PHOTO, URL, problems


def test_sizes_are_written_as_the_endpoint_has_them() -> None:
    base = {"prompt": "p", "image_url": URL}
    for given, sent in (
        ("landscape_4_3", "landscape_4_3"),
        ((640, 480), {"width": 640, "height": 480}),
        (Size(640, 480), {"width": 640, "height": 480}),
        ({"width": np.int64(640), "height": 480.0}, {"width": 640, "height": 480}),
    ):
        plan = make_plan("fal-ai/flux-lora/image-to-image", arguments={**base, "image_size": given})
        assert plan.payload["image_size"] == sent
        json.dumps(plan.payload)
    half = make_plan("fal-ai/flux-lora/image-to-image", arguments={**base, "image_size": {"width": 640}})
    assert half.payload["image_size"] == {"width": 640, "height": 512}
    assert "image_size.height was not given: 512 px, as the endpoint takes it" in half.warnings
    assert (
        problems("fal-ai/flux-lora/image-to-image", {**base, "image_size": "wide"})["image_size"][0] == "literal_error"
    )
    assert problems("fal-ai/flux-lora/image-to-image", {**base, "image_size": 512})["image_size"][0] == "size_type"
    assert (
        problems("fal-ai/flux-lora/image-to-image", {**base, "image_size": "auto"})["image_size"][0] == "literal_error"
    )
    auto = make_plan("fal-ai/z-image/turbo/image-to-image", arguments={**base, "image_size": "auto"})
    assert auto.payload["image_size"] == "auto"


def test_the_size_is_said_where_leaving_it_out_changes_the_shape() -> None:
    arguments = {"prompt": "p", "image_url": PHOTO, "mask_url": MASK}
    plan = make_plan("fal-ai/fast-sdxl/inpainting", arguments=arguments)
    assert plan.payload["image_size"] == {"width": 128, "height": 96}
    assert plan.output_size == (128, 96)
    assert "image_size is set to that of the picture, 128x96 (square_hd otherwise)" in plan.warnings
    follows = make_plan("fal-ai/flux-general/inpainting", arguments=arguments)
    assert "image_size" not in follows.payload
    assert follows.output_size == (128, 96)
    chosen = make_plan("fal-ai/fast-sdxl/inpainting", arguments={**arguments, "image_size": "square"})
    assert chosen.payload["image_size"] == "square"
    assert any("another shape than the picture" in warning for warning in chosen.warnings)
    reference = make_plan("fal-ai/instant-character", arguments={"prompt": "p", "image_url": PHOTO})
    assert "image_size" not in reference.payload


def test_sizes_that_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"prompt": "p", "image_size": (4096, 1024)}
    found = problems("openai/gpt-image-2/edit", arguments, image=PHOTO)
    assert found["image_size"] == ("image-size", "4096x1024: aspect 4.00 is over 3")
    make_plan("openai/gpt-image-2/edit", image=PHOTO, arguments={"prompt": "p"})  # its size is the result's, not this
    odd = make_plan("fal-ai/flux-general/image-to-image", image=PHOTO[:90, :100], arguments={"prompt": "p"})
    assert any("100x90 is not in multiples of 16" in warning for warning in odd.warnings)
    spec = catalog.endpoint(FILL)
    narrow = msgspec.structs.replace(spec, size=msgspec.structs.replace(spec.size, max_side=100, best_pixels=None))
    monkeypatch.setattr(resolving.catalog, "find", lambda _: narrow)
    found = problems(FILL, {"prompt": "p"}, image=PHOTO, mask=MASK)
    assert found["image_url"] == ("image-size", "128x96: longest side 128 is over 100")


@pytest.mark.parametrize("ratio", ["16:9", "21:9", "9:21", "7:5", "2:1", "1000:999"])
def test_ratios_between_those_that_are_listed(ratio: str) -> None:
    arguments = {"prompt": "p", "aspect_ratio": ratio}
    assert make_plan("fal-ai/flux-pro/v1.1-ultra", arguments=arguments).payload["aspect_ratio"] == ratio


@pytest.mark.parametrize("ratio", ["22:9", "9:22", "fish", "", "16/9", "1.5:1", "0:1", "1:0", "-1:1", "16:9 ", "१:1"])
def test_ratios_that_nobody_lists(ratio: str) -> None:
    code, said = problems("fal-ai/flux-pro/v1.1-ultra", {"prompt": "p", "aspect_ratio": ratio})["aspect_ratio"]
    assert code == "literal_error"
    assert "from 9:21 to 21:9" in said


def test_a_canvas_that_is_too_large() -> None:
    def canvas(width: int, height: int) -> dict:
        return {"canvas_size": [width, height], "original_image_size": [128, 96], "original_image_location": [0, 0]}

    assert make_plan("fal-ai/bria/expand", image=PHOTO, arguments=canvas(4999, 5000)).output_size == (4999, 5000)
    found = problems("fal-ai/bria/expand", canvas(5000, 5000), image=PHOTO)
    assert found["canvas_size"][0] == "output-size"
    assert "25,000,000 pixels; fal-ai/bria/expand makes 24,999,999 at most" in found["canvas_size"][1]
