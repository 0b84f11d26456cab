from __future__ import annotations

import base64
import copy
import dataclasses
import io
import json
import pickle

import msgspec
import numpy as np
import PIL.Image
import pytest

from preproc import Size, SizeRule, crop, load_image, mask
from preproc.files import encode_png
from remote import catalog
from remote.errors import PlanError
from remote.plan import Plan, Price, Upload, make_plan
from remote.plan import resolve as resolving

URL = "https://v3.fal.media/files/a/picture.png"
FILL = "fal-ai/flux-pro/v1/fill"
RNG = np.random.default_rng(3)
PHOTO = RNG.integers(0, 256, (96, 128, 3), np.uint8)
MASK = mask.rectangle((128, 96), (32, 24, 96, 72))


def problems(endpoint: str, arguments: dict | None = None, **options) -> dict[str, tuple[str, str]]:
    with pytest.raises(PlanError) as caught:
        make_plan(endpoint, arguments=arguments or {}, **options)
    assert caught.value.endpoint == endpoint
    return {problem.field: (problem.code, problem.message) for problem in caught.value.problems}


def test_a_text_that_looks_like_a_place_for_a_url_stays_a_text():
    picture = np.full((64, 64, 3), 90, np.uint8)
    sha256 = make_plan("fal-ai/flux/dev/image-to-image", image=picture, arguments={"prompt": "x"}).uploads[0].sha256
    made = make_plan("fal-ai/flux/dev/image-to-image", image=picture, arguments={"prompt": f"upload:{sha256}"})
    for plan in (made, pickle.loads(pickle.dumps(made)), copy.deepcopy(made)):
        filled = plan.fill({sha256: "https://v3.fal.media/a.png"})
        assert (filled["prompt"], filled["image_url"]) == (f"upload:{sha256}", "https://v3.fal.media/a.png")
    record = json.loads(json.dumps(made.to_json()))
    with pytest.raises(PlanError, match="no place for what is uploaded for image_url"):
        dataclasses.replace(made, payload=record["payload"]).fill({sha256: URL})
    assert record["payload"]["image_url"] == record["payload"]["prompt"] == f"upload:{sha256}"


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


def test_a_nested_picture_is_uploaded_and_its_mask_compared() -> None:
    edges = np.zeros((96, 128), np.uint8)
    edges[10:80, ::16] = 255
    control = {"control_image_url": edges, "control_mode": "canny", "mask_image_url": MASK}
    arguments = {"prompt": "p", "controlnet_unions": [{"path": "w", "controls": [control]}]}
    plan = make_plan("fal-ai/flux-general", arguments=arguments)
    assert [(upload.field.rpartition(".")[2], upload.role) for upload in plan.uploads] == [
        ("control_image_url", "control"),
        ("mask_image_url", "mask"),
    ]
    control["mask_image_url"] = MASK[:50]
    found = problems("fal-ai/flux-general", arguments)
    assert found["controlnet_unions.0.controls.0.mask_image_url"][0] == "size-mismatch"


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


def test_masks_are_checked() -> None:
    assert problems(FILL, {"prompt": "p"}, image=PHOTO, mask=np.zeros((96, 128), np.uint8))["mask_url"][0] == "empty"
    turned = problems(FILL, {"prompt": "p"}, image=PHOTO, mask=MASK.T)
    assert "turned by 90 degrees" in turned["mask_url"][1]
    inverted = problems(FILL, {"prompt": "p"}, image=PHOTO, mask=255 - MASK, reference=(32, 24, 96, 72))
    assert inverted["mask_url"][0] == "inverted"
    plan = make_plan(FILL, image=PHOTO, mask=MASK, reference=(32, 24, 96, 72), arguments={"prompt": "p"})
    assert all(finding.level != "error" for finding in plan.findings)


def test_polarity_that_nobody_documents_is_said() -> None:
    for endpoint in ("fal-ai/gpt-image-1.5/edit", "openai/gpt-image-2/edit"):
        plan = make_plan(endpoint, image=PHOTO, mask=MASK, arguments={"prompt": "p"})
        assert any("whether white or black is edited is not documented" in warning for warning in plan.warnings)
    plan = make_plan("fal-ai/ideogram/v3/edit", image=PHOTO, mask=MASK, arguments={"prompt": "p"})
    assert any("which is not certain" in warning for warning in plan.warnings)
    plan = make_plan(FILL, image=PHOTO, mask=MASK, arguments={"prompt": "p"})
    assert not any("white" in warning for warning in plan.warnings)


def test_where_black_is_edited_the_mask_is_inverted_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = catalog.endpoint(FILL)
    fact = msgspec.structs.replace(spec.mask, white_is_edit=False)
    monkeypatch.setattr(resolving.catalog, "find", lambda _: msgspec.structs.replace(spec, mask=fact))
    plan = make_plan(FILL, image=PHOTO, mask=MASK, arguments={"prompt": "p"})
    assert any("the mask is sent inverted" in warning for warning in plan.warnings)
    assert np.array_equal(np.array(PIL.Image.open(io.BytesIO(plan.uploads[1].data))), 255 - MASK)
    assert MASK[0, 0] == 0
    found = problems(FILL, {"prompt": "p", "mask_url": URL}, image=PHOTO)
    assert found["mask_url"][0] == "polarity"


def test_edits() -> None:
    photo = RNG.integers(0, 256, (400, 600, 3), np.uint8)
    edit = crop.around(photo, mask.ellipse((600, 400), (250, 150, 350, 250)), rule=catalog.rule(FILL))
    plan = make_plan(FILL, edit=edit, arguments={"prompt": "p"})
    assert plan.edit is edit
    assert plan.output_size == edit.sent
    assert [upload.size for upload in plan.uploads] == [edit.sent, edit.sent]
    assert plan.price.amount == 0.05
    odd = crop.around(photo, edit.mask, rule=SizeRule(cell=16, min_side=208, max_side=208))
    with pytest.raises(PlanError, match=r"cut for another rule.*multiple of 32.*rule=fal.rule"):
        make_plan("fal-ai/fast-sdxl/inpainting", edit=odd, arguments={"prompt": "p"})
    sdxl = crop.around(photo, edit.mask, rule=catalog.rule("fal-ai/fast-sdxl/inpainting"))
    assert make_plan("fal-ai/fast-sdxl/inpainting", edit=sdxl, arguments={"prompt": "p"}).output_size == sdxl.sent
    assert problems(FILL, {"prompt": "p"}, edit=edit, mask=MASK)["mask"][0] == "conflict"
    whole = make_plan("fal-ai/flux/dev/image-to-image", edit=edit, arguments={"prompt": "p"})
    assert any("takes no mask" in warning for warning in whole.warnings)


def test_an_edit_on_the_wrong_grid_is_refused() -> None:
    photo = RNG.integers(0, 256, (512, 512, 3), np.uint8)
    rule = dataclasses.replace(catalog.rule("fal-ai/inpaint"), multiple_of=16)
    edit = crop.around(photo, mask.ellipse((512, 512), (200, 200, 300, 300)), rule=rule)
    with pytest.raises(PlanError, match="its mask lies on a grid of 8 px, and the endpoint's cell is 16 px"):
        make_plan(FILL, edit=edit, arguments={"prompt": "p"})


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


def test_files_over_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "max_input_bytes", lambda: 1000)
    found = problems("fal-ai/esrgan", image=PHOTO)
    assert found["image_url"][0] == "file_too_large"
    assert "bytes as PNG, over the 1,000 that fal-ai/esrgan reads: send a crop" in found["image_url"][1]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("holiday.png", "neither a file here nor an http"),
        ("ftp://a.b/c.png", "neither a file here nor an http"),
        ("http://localhost:8000/a.png", "fal cannot reach localhost"),
        ("http://127.0.0.1/a.png", "fal cannot reach 127.0.0.1"),
        ("https://[::1]/a.png", "fal cannot reach ::1"),
        ("http://192.168.0.3/a.png", "fal cannot reach 192.168.0.3"),
        ("https:///a.png", "names no host"),
        ("data:text/plain,hello", "but of no picture"),
        (b"no picture at all", "the data is text"),
        (17, "int"),
        (np.zeros((4, 4, 7), np.uint8), r"\(4, 4, 7\)"),
    ],
)
def test_references_that_lead_nowhere(value, words: str) -> None:
    with pytest.raises(PlanError, match=words) as caught:
        make_plan("fal-ai/esrgan", arguments={"image_url": value})
    assert [(problem.field, problem.code) for problem in caught.value.problems] == [("image_url", "file")]


def test_urls_and_data_uris_go_as_they_are() -> None:
    inline = f"data:image/png;base64,{base64.b64encode(encode_png(PHOTO)).decode()}"
    for url in (URL, inline, "data:image/svg+xml,%3Csvg/%3E", "http://8.8.8.8/a.png"):
        plan = make_plan("fal-ai/esrgan", arguments={"image_url": url})
        assert (plan.payload["image_url"], plan.uploads) == (url, ())

    class Remote:
        url = URL

    assert make_plan("fal-ai/esrgan", arguments={"image_url": Remote()}).payload["image_url"] == URL

    class Rehearsed:
        url = "rehearsal://0/a.png"

        def read(self) -> bytes:
            return encode_png(PHOTO)

    plan = make_plan("fal-ai/esrgan", arguments={"image_url": Rehearsed()})
    assert np.array_equal(load_image(plan.uploads[0].data), PHOTO)


def test_a_picture_in_a_data_uri_is_checked_like_any_other() -> None:
    def inline(pixels: np.ndarray) -> str:
        return f"data:image/png;base64,{base64.b64encode(encode_png(pixels)).decode()}"

    plan = make_plan("fal-ai/esrgan", arguments={"image_url": inline(PHOTO)})
    assert plan.output_size == make_plan("fal-ai/esrgan", image=PHOTO, arguments={}).output_size
    small = inline(np.zeros((8, 8), np.uint8))
    found = problems("fal-ai/flux-pro/v1/fill", {"prompt": "p", "image_url": URL, "mask_url": small})
    assert "mask_url" in found
    for empty in ("data:image/png,", "data:image/png;base64,", "data:,"):
        assert problems("fal-ai/esrgan", {"image_url": empty})["image_url"][0] == "file"
    assert "is text" in problems("fal-ai/esrgan", {"image_url": "data:image/png;base64,aGVsbG8="})["image_url"][1]


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


@pytest.mark.parametrize("ratio", ["16:9", "21:9", "9:21", "7:5", "2:1", "1000:999"])
def test_ratios_between_those_that_are_listed(ratio: str) -> None:
    arguments = {"prompt": "p", "aspect_ratio": ratio}
    assert make_plan("fal-ai/flux-pro/v1.1-ultra", arguments=arguments).payload["aspect_ratio"] == ratio


@pytest.mark.parametrize("ratio", ["22:9", "9:22", "fish", "", "16/9", "1.5:1", "0:1", "1:0", "-1:1", "16:9 ", "१:1"])
def test_ratios_that_nobody_lists(ratio: str) -> None:
    code, said = problems("fal-ai/flux-pro/v1.1-ultra", {"prompt": "p", "aspect_ratio": ratio})["aspect_ratio"]
    assert code == "literal_error"
    assert "from 9:21 to 21:9" in said


def test_given_twice_or_not_taken() -> None:
    assert problems("fal-ai/esrgan", {"image_url": URL}, image=PHOTO)["image_url"][0] == "conflict"
    assert problems("fal-ai/esrgan", {"image_url": URL}, mask=MASK)["mask"][0] == "no_field"
    assert (
        problems("fal-ai/photomaker", {"prompt": "p", "image_archive_url": URL}, image=PHOTO)["image"][0] == "no_field"
    )


def test_each_content_is_uploaded_once() -> None:
    plan = make_plan("fal-ai/flux-2-pro/edit", arguments={"prompt": "p", "image_urls": [PHOTO, PHOTO.copy(), MASK]})
    assert [upload.field for upload in plan.uploads] == ["image_urls.0", "image_urls.2"]
    first, second, third = plan.payload["image_urls"]
    assert first == second != third


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


def test_a_canvas_that_is_too_large() -> None:
    def canvas(width: int, height: int) -> dict:
        return {"canvas_size": [width, height], "original_image_size": [128, 96], "original_image_location": [0, 0]}

    assert make_plan("fal-ai/bria/expand", image=PHOTO, arguments=canvas(4999, 5000)).output_size == (4999, 5000)
    found = problems("fal-ai/bria/expand", canvas(5000, 5000), image=PHOTO)
    assert found["canvas_size"][0] == "output-size"
    assert "25,000,000 pixels; fal-ai/bria/expand makes 24,999,999 at most" in found["canvas_size"][1]


def as_file(rgba: np.ndarray) -> bytes:
    file = io.BytesIO()
    PIL.Image.fromarray(rgba).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("form", [np.asarray, PIL.Image.fromarray, as_file])
def test_transparency_is_not_dropped_in_silence(form) -> None:
    rgba = np.dstack([PHOTO, np.full((96, 128), 255, np.uint8)])
    assert not make_plan("fal-ai/esrgan", image=form(rgba), arguments={}).warnings
    rgba[5, 7, 3] = 254
    plan = make_plan("fal-ai/esrgan", image=form(rgba), arguments={})
    assert [said for said in plan.warnings if "transparent" in said and said.startswith("image_url")]
    assert np.array_equal(load_image(plan.uploads[0].data), PHOTO)
    loose = make_plan("a/b", resolve="verbatim", arguments={"image_url": form(rgba)})
    assert any("transparent" in said for said in loose.warnings)
