"""Plans: everything that is wrong is said before anything is sent."""

from __future__ import annotations

import copy
import io
import json
import pickle

import numpy as np
import PIL.Image
import pytest

from remote import catalog
from remote.errors import PlanError
from remote.plan import Plan, Price, Upload, make_plan

from .plans import FILL, MASK, PHOTO, URL, problems


def test_image_and_mask_fill_the_endpoints_own_fields() -> None:
    plan = make_plan(FILL, image=PHOTO, mask=MASK, arguments={"prompt": "a door"})
    image, sent = plan.uploads
    assert (image.field, image.role, image.size) == ("image_url", "image", (128, 96))
    assert (sent.field, sent.role, sent.size) == ("mask_url", "mask", (128, 96))
    assert plan.payload == {
        "prompt": "a door",
        "image_url": image.placeholder,
        "mask_url": sent.placeholder,
        "output_format": "png",
    }
    assert plan.fill({image.sha256: "https://a/1", sent.sha256: "https://a/2"})["mask_url"] == "https://a/2"
    with pytest.raises(KeyError):
        plan.fill({})
    assert np.array_equal(np.array(PIL.Image.open(io.BytesIO(sent.data))), MASK)
    turbo = make_plan("fal-ai/z-image/turbo/inpaint", image=PHOTO, mask=MASK, arguments={"prompt": "p"})
    assert [upload.field for upload in turbo.uploads] == ["image_url", "mask_image_url"]
    many = make_plan("fal-ai/flux-2-pro/edit", image=PHOTO, arguments={"prompt": "p"})
    assert many.payload["image_urls"] == [many.uploads[0].placeholder]
    nested = make_plan("fal-ai/fooocus/image-prompt", image=PHOTO, arguments={"prompt": "p"})
    assert nested.payload["image_prompt_1"] == {"image_url": nested.uploads[0].placeholder}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = problems(
        "fal-ai/fast-sdxl/inpainting",
        {
            "strength": 1.7,
            "strenght": 0.5,
            "num_images": "two",
            "image_size": (0, 20_000),
            "format": "tiff",
            "seed": True,
            "loras": [{"scale": 9}],
            "image_url": PHOTO,
            "mask_url": MASK[:90],
        },
    )
    assert found == {
        "prompt": ("missing", "is required (what to generate)"),
        "strength": ("less_than_equal", "1.7 is above 1 (allowed: 0.01 to 1)"),
        "strenght": ("unknown_field", "is not an argument of this endpoint; perhaps strength"),
        "num_images": ("float_type", "'two' is not a number"),
        "image_size.width": ("greater_than_equal", "0 is below 1 (allowed: 1 to 14142)"),
        "image_size.height": ("less_than_equal", "20000 is above 14142 (allowed: 1 to 14142)"),
        "format": ("literal_error", "'tiff' is not one of jpeg, png"),
        "seed": ("float_type", "True is not a number"),
        "loras.0.scale": ("less_than_equal", "9 is above 1 (allowed: 0 to 1)"),
        "loras.0.path": ("missing", "is required (weights: a URL or a Hugging Face repository)"),
        "mask_url": ("size-mismatch", "the mask is 128x90 and the image 128x96: they have to be of one size"),
    }


def test_the_error_reads_well() -> None:
    with pytest.raises(PlanError) as caught:
        make_plan("fal-ai/flux/dev/image-to-image", arguments={"prompt": "p", "image_url": URL, "strength": 1.7})
    assert str(caught.value) == ("fal-ai/flux/dev/image-to-image: strength: 1.7 is above 1 (allowed: 0.01 to 1)")
    with pytest.raises(PlanError) as caught:
        make_plan("fal-ai/flux/dev/image-to-image", arguments={"prompt": "p", "strength": 0.0})
    assert str(caught.value).splitlines()[0] == "fal-ai/flux/dev/image-to-image: 2 problems"
    assert "- strength: 0.0 is below 0.01 (allowed: 0.01 to 1)" in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


def test_nested_objects() -> None:
    def union(**changes) -> dict:
        control = {"control_image_url": URL, "control_mode": "canny", **changes}
        return {"prompt": "p", "controlnet_unions": [{"path": "w", "controls": [control]}]}

    at = "controlnet_unions.0.controls.0"
    assert problems("fal-ai/flux-general", union(control_mode="canni")) == {
        f"{at}.control_mode": (
            "literal_error",
            "'canni' is not one of canny, tile, depth, blur, pose, gray, low-quality; perhaps 'canny'",
        )
    }
    assert problems("fal-ai/flux-general", union(conditioning_scale=2.5)).keys() == {f"{at}.conditioning_scale"}
    assert problems("fal-ai/flux-general", union(control_image_url=None)).keys() == {f"{at}.control_image_url"}
    assert "perhaps mask_image_url" in problems("fal-ai/flux-general", union(mask_image=URL))[f"{at}.mask_image"][1]
    assert (
        make_plan("fal-ai/flux-general", arguments=union(control_mode="low_quality")).payload["controlnet_unions"][0][
            "controls"
        ][0]["control_mode"]
        == "low-quality"
    )

    two = union()
    two["controlnet_unions"] *= 2
    assert problems("fal-ai/flux-general", two) == {"controlnet_unions": ("too_long", "2 of them where 1 is supported")}
    adapter = {"prompt": "p", "ip_adapters": [{"path": "w", "image_url": URL}]}
    assert problems("fal-ai/flux-general", adapter).keys() == {
        "ip_adapters.0.image_encoder_path",
        "ip_adapters.0.scale",
    }
    assert problems("fal-ai/flux-general", {"prompt": "p", "loras": "w"})["loras"][0] == "list_type"
    assert problems("fal-ai/flux-general", {"prompt": "p", "loras": ["w"]})["loras.0"][0] == "dict_type"
    assert problems("fal-ai/bria/expand", {"image_url": URL, "canvas_size": [512]}) == {
        "canvas_size": ("list_length", "1 values where 2 belong")
    }


def test_png_is_asked_for_unless_the_caller_chose() -> None:
    for endpoint, field in (
        (FILL, "output_format"),
        ("fal-ai/fast-sdxl/inpainting", "format"),
        ("fal-ai/lora/inpaint", "image_format"),
    ):
        arguments = {"prompt": "p", "image_url": URL, "mask_url": URL}
        if endpoint == "fal-ai/lora/inpaint":
            arguments["model_name"] = "m"
        assert make_plan(endpoint, arguments=arguments).payload[field] == "png"
        lossy = make_plan(endpoint, arguments={**arguments, field: "jpeg"})
        assert lossy.payload[field] == "jpeg"
        assert f"{field} is jpeg, which is lossy; png keeps every pixel" in lossy.warnings
    for spec in catalog.endpoints():
        if spec.format_field and spec.id != "pixelcut/background-removal":
            assert "png" in spec.fields[spec.format_field].enum
    cut = make_plan("pixelcut/background-removal", arguments={"image_url": URL})
    assert cut.payload == {"image_url": URL, "sync_mode": False}


@pytest.mark.parametrize("text", ["a cat \ud83d", "\udc00", "a \ude00\ud83d b"])
def test_half_of_a_letter_is_refused_before_anything_is_sent(text: str) -> None:
    ultra = "fal-ai/flux-pro/v1.1-ultra"
    assert problems(ultra, {"prompt": text})["prompt"][0] == "string_unicode"
    assert "is half of a pair" in problems(ultra, {"prompt": text})["prompt"][1]
    lora = {"prompt": "p", "loras": [{"path": f"https://a.b/{text}"}]}
    assert problems("fal-ai/flux-general", lora)["loras.0.path"][0] == "string_unicode"
    with pytest.raises(PlanError, match="half of a pair"):
        make_plan("any/thing", resolve="verbatim", arguments={"deep": [{"prompt": text}]})
    assert make_plan(ultra, arguments={"prompt": "a cat \U0001f600"}).fingerprint


def test_given_twice_or_not_taken() -> None:
    assert problems("fal-ai/esrgan", {"image_url": URL}, image=PHOTO)["image_url"][0] == "conflict"
    assert problems("fal-ai/esrgan", {"image_url": URL}, mask=MASK)["mask"][0] == "no_field"
    assert (
        problems("fal-ai/photomaker", {"prompt": "p", "image_archive_url": URL}, image=PHOTO)["image"][0] == "no_field"
    )


def test_a_fingerprint_is_of_contents() -> None:
    def one(**changes) -> Plan:
        return make_plan("fal-ai/esrgan", image=changes.pop("image", PHOTO), arguments={"scale": 2, **changes})

    buffer = io.BytesIO()
    PIL.Image.fromarray(PHOTO).save(buffer, "BMP")
    assert one().fingerprint == one(image=PHOTO.copy()).fingerprint == one(image=buffer.getvalue()).fingerprint
    assert len({one().fingerprint, one(scale=3).fingerprint, one(image=PHOTO[::-1]).fingerprint}) == 3
    assert one() == one()
    assert one() != one(scale=3)
    assert hash(one()) == hash(one())


def test_to_json_and_print() -> None:
    plan = make_plan(FILL, image=PHOTO, mask=MASK, arguments={"prompt": "a door", "num_images": 2})
    record = json.loads(json.dumps(plan.to_json()))
    assert record["price"]["amount"] == 0.1
    assert record["uploads"][1]["bytes"] == len(plan.uploads[1].data)
    assert record["fingerprint"] == plan.fingerprint
    assert record["defaults"] == {"enhance_prompt": False, "safety_tolerance": "2", "sync_mode": False}
    text = str(plan)
    assert "endpoint  fal-ai/flux-pro/v1/fill" in text
    assert f"upload    mask_url: mask.png, {len(plan.uploads[1].data):,} bytes" in text
    assert "price     0.1 USD" in text
    assert "safety_tolerance" in text
    assert plan.uploads[0].sha256 not in text
    assert pickle.loads(pickle.dumps(plan)) == plan


def test_arguments_are_not_changed() -> None:
    arguments = {"prompt": "p", "loras": [{"path": "w", "scale": np.float32(0.5)}], "image_size": (64, 64)}
    before = copy.deepcopy(arguments)
    plan = make_plan("fal-ai/flux-lora/image-to-image", image=PHOTO, arguments=arguments)
    assert arguments == before
    plan.payload["loras"].append("x")
    assert arguments == before


def test_verbatim_sends_what_is_written() -> None:
    arguments = {"image_url": PHOTO, "deep": {"mask_url": MASK, "list": [1, "two", None]}, "path": "not/a/file"}
    plan = make_plan("me/my-app", resolve="verbatim", arguments=arguments)
    assert plan.endpoint == plan.asked == "me/my-app"
    assert [(upload.field, upload.role) for upload in plan.uploads] == [
        ("image_url", "image"),
        ("deep.mask_url", "mask"),
    ]
    assert plan.payload["deep"]["list"] == [1, "two", None]
    assert plan.payload["path"] == "not/a/file"
    assert plan.price == Price(None, note="the endpoint is not in the catalog")
    assert make_plan("me/my-app", resolve="verbatim", mask=MASK, arguments={}).uploads[0].field == "mask_url"
    with pytest.raises(PlanError):
        make_plan("me/my-app", resolve="verbatim", arguments={"x": float("nan")})


def test_the_record_alone() -> None:
    upload = Upload("a", "file", "a.bin", "application/octet-stream", b"x", "0" * 64)
    plan = Plan("e", "e", {"a": [upload.placeholder, {"b": upload.placeholder}]}, (upload,))
    assert plan.fill({"0" * 64: "u"}) == {"a": ["u", {"b": "u"}]}
    assert "unknown" in str(plan)
