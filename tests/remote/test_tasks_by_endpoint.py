"""Each task with each endpoint of its group, over loopback HTTP: planned, run, and of the right shape."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from preproc import load_mask
from remote import Fal, FalBackend, catalog, errors
from remote.jobs import Pace
from remote.plan.control import takers

from .loopback import Loopback, rehearsed_answer

QUICK = Pace(first_s=0.001, longest_s=0.01)
ROWS, COLUMNS = np.mgrid[:192, :256]
PHOTO = np.dstack([ROWS, COLUMNS, (ROWS + COLUMNS) // 3]).astype(np.uint8) + np.uint8(20)
PHOTO[70:120, 100:150] = np.random.default_rng(3).integers(200, 256, (50, 50, 3))
MASK = np.zeros((192, 256), np.uint8)
MASK[64:128, 96:160] = 255
FACE = "fal-ai/ip-adapter-face-id"

FURTHER = {
    "fal-ai/flux-general/differential-diffusion": {"change_map_image_url": MASK},
    "fal-ai/flux-kontext-lora/inpaint": {"reference_image_url": PHOTO},
    "fal-ai/inpaint": {"model_name": "a/b"},
    "fal-ai/lora/inpaint": {"model_name": "a/b"},
    "fal-ai/ideogram/character/edit": {"reference_image_urls": [PHOTO]},
    "fal-ai/flux-pro/v1/fill-finetuned": {"finetune_id": "f", "finetune_strength": 1.0},
}
"""What an endpoint needs and no task could know."""
KEEPS_NOTHING = {"fal-ai/ideogram/v3/reframe", "fal-ai/luma-photon/reframe", "fal-ai/smart-resize"}
NEW_BACKGROUND = {
    "fal-ai/bria/background/replace",
    "fal-ai/ideogram/v3/replace-background",
    "bria/replace-background",
    "fal-ai/bria/product-shot",
}


def live(group: str, *others: str, without: set[str] = frozenset()) -> list[str]:
    return [spec.id for spec in catalog.endpoints(group) if spec.live and spec.id not in without] + list(others)


@pytest.fixture
def fal(server: Loopback, make_backend: Callable[..., FalBackend], tmp_path: Path):
    server.answer = rehearsed_answer
    with Fal(make_backend(), journal=":memory:", pace=QUICK) as made:
        yield made


@pytest.mark.parametrize("endpoint", live("image_to_image"))
def test_transform(fal: Fal, endpoint: str):
    result = fal.transform(PHOTO, prompt="x", endpoint=endpoint, arguments=FURTHER.get(endpoint))
    assert (result.endpoint, result.image.size) == (endpoint, (256, 192))


CONTROLS = [
    (spec.id, kind)
    for spec in catalog.endpoints()
    if spec.live and spec.control
    for kind in (spec.control.types or ["canny"])
    if kind != "segmentation"
]


@pytest.mark.parametrize(("endpoint", "kind"), CONTROLS)
def test_controlnet(server: Loopback, fal: Fal, endpoint: str, kind: str):
    spec = catalog.endpoint(endpoint)
    words = {"model_name": "a/b"} if "model_name" in spec.fields and spec.fields["model_name"].required else {}
    result = fal.controlnet(
        PHOTO,
        prompt="x",
        control=kind,
        endpoint=endpoint,
        mask=MASK if spec.group == "inpaint" or "inpaint" in endpoint else None,
        weights="a/b" if spec.control.form == "weights" else None,
        arguments={**FURTHER.get(endpoint, {}), **words},
    )
    assert result.image.size == (256, 192)
    sent = server.posts()[-1].json
    if spec.mask and spec.mask.field in sent:
        np.testing.assert_array_equal(load_mask(server.read(sent[spec.mask.field])), MASK)


@pytest.mark.parametrize("endpoint", live("inpaint"))
def test_inpaint(fal: Fal, endpoint: str):
    done = fal.inpaint(PHOTO, MASK, prompt="x", endpoint=endpoint, repair="none", arguments=FURTHER.get(endpoint))
    assert (done.image.shape, done.receipt.is_preserved) == (PHOTO.shape, True)


@pytest.mark.parametrize("endpoint", live("fill"))
def test_fill(fal: Fal, endpoint: str):
    done = fal.fill(PHOTO, MASK, prompt="x", endpoint=endpoint, repair="none", arguments=FURTHER.get(endpoint))
    assert (done.image.shape, done.receipt.is_preserved) == (PHOTO.shape, True)


@pytest.mark.parametrize("endpoint", live("outpaint", "fal-ai/flux-pro/v1/fill", without=KEEPS_NOTHING))
def test_outpaint(fal: Fal, endpoint: str):
    done = fal.outpaint(PHOTO, left=64, endpoint=endpoint, repair="none")
    assert (done.image.shape, done.receipt.is_preserved) == ((192, 320, 3), True)


@pytest.mark.parametrize("endpoint", sorted(KEEPS_NOTHING))
def test_outpainting_that_keeps_nothing_is_refused(server: Loopback, fal: Fal, endpoint: str):
    with pytest.raises(errors.PlanError, match="could not be kept"):
        fal.outpaint(PHOTO, left=64, endpoint=endpoint)
    assert not server.seen


@pytest.mark.parametrize("endpoint", live("erase"))
def test_erase(server: Loopback, fal: Fal, endpoint: str):
    fields = catalog.endpoint(endpoint).fields
    needs = any(name in fields and fields[name].required for name in ("prompt", "object_name"))
    done = fal.erase(PHOTO, MASK, grow_px=0, endpoint=endpoint, repair="none", prompt="the cup" if needs else None)
    assert (done.image.shape, done.receipt.is_preserved) == (PHOTO.shape, True)
    sent = server.posts()[-1].json
    assert not needs or "the cup" in {sent.get("prompt"), sent.get("object_name")}
    if "box_prompts" in fields:
        (box,) = sent["box_prompts"]
        width, height = PIL.Image.open(io.BytesIO(server.read(sent["image_url"]))).size
        across, down = (width, height) if "object-removal" in endpoint else (1, 1)
        assert 64 <= round((box["x_max"] - box["x_min"]) * across) <= 96
        assert 64 <= round((box["y_max"] - box["y_min"]) * down) <= 96
        assert isinstance(box["x_min"], float if across > 1 else int)


@pytest.mark.parametrize("endpoint", live("upscale"))
def test_upscale(fal: Fal, endpoint: str):
    assert fal.upscale(PHOTO[:96, :128], endpoint=endpoint).image.size
    if catalog.endpoint(endpoint).output_size.field:
        assert fal.upscale(PHOTO[:96, :128], factor=2, endpoint=endpoint).image.size == (256, 192)
    else:
        with pytest.raises(errors.PlanError, match="takes no factor"):
            fal.upscale(PHOTO[:96, :128], factor=2, endpoint=endpoint)


@pytest.mark.parametrize("endpoint", live("background", without=NEW_BACKGROUND))
def test_remove_background(fal: Fal, endpoint: str):
    prompt = "the cup" if endpoint == "bria/extract-object" else None
    with warnings.catch_warnings(action="ignore"):
        result = fal.remove_background(PHOTO, endpoint=endpoint, prompt=prompt)
    assert (result.image.pil().mode, result.image.size) == ("RGBA", (256, 192))


@pytest.mark.parametrize("endpoint", sorted(NEW_BACKGROUND))
def test_what_puts_something_behind_removes_nothing(server: Loopback, fal: Fal, endpoint: str):
    with pytest.raises(errors.PlanError, match="puts something new behind"):
        fal.remove_background(PHOTO, endpoint=endpoint)
    assert not server.seen


@pytest.mark.parametrize("endpoint", live("face"))
def test_restore_face(fal: Fal, endpoint: str):
    assert fal.restore_face(PHOTO, endpoint=endpoint).image.size


@pytest.mark.parametrize("endpoint", live("ip_adapter", "fal-ai/flux-general"))
def test_style(server: Loopback, fal: Fal, endpoint: str):
    prompt = "x" if "prompt" in catalog.endpoint(endpoint).fields else None
    assert fal.style(PHOTO, prompt=prompt, endpoint=endpoint).image.size
    sent = server.posts()[-1].json
    if endpoint == FACE:
        assert sent["face_image_url"].startswith(server.url)
    if endpoint == "fal-ai/photomaker":
        archive = zipfile.ZipFile(io.BytesIO(server.read(sent["image_archive_url"])))
        (name,) = archive.namelist()
        np.testing.assert_array_equal(np.asarray(PIL.Image.open(archive.open(name))), PHOTO)
        fal.style(PHOTO, prompt=prompt, endpoint=endpoint)
        assert len(server.posts()) == 1  # packed into the same bytes


@pytest.mark.parametrize(
    ("kind", "fix"),
    [
        ("canny", "preproc.control.make('canny', photo) makes it on this machine, for nothing"),
        ("cany", "perhaps 'canny': preproc.control.make('canny', photo) makes it on this machine, for nothing"),
        ("dept", "perhaps 'depth'; one of depth, pose, "),
        ("segmentation", "one of depth, pose, "),
    ],
)
def test_a_map_that_fal_does_not_make(fal: Fal, kind: str, fix: str):
    with pytest.raises(errors.PlanError, match=f"no endpoint makes '{kind}' maps") as caught:
        fal.preprocess(kind, PHOTO)
    assert caught.value.fix.startswith(fix)


@pytest.mark.parametrize("endpoint", live("preprocess", without={"fal-ai/imageutils/nsfw"}))
def test_preprocess(fal: Fal, endpoint: str):
    maps = {"dwpose": "pose", **{name: name for name in ("lineart", "hed", "pidi", "teed", "scribble", "mlsd")}}
    kind = maps.get(endpoint.rpartition("/")[2], "depth")
    is_none_of_ours = endpoint.endswith("/sam")
    made = fal.preprocess(kind, PHOTO, endpoint=endpoint, verify=not is_none_of_ours)
    assert made.map.shape == PHOTO.shape
    assert made.report.ok is not is_none_of_ours


def test_a_map_of_another_kind_is_of_no_use(fal: Fal):
    with pytest.raises(errors.RemoteError, match="looks like edges, not depth"):
        fal.preprocess("depth", PHOTO, endpoint="fal-ai/image-preprocessors/lineart")


SEGMENTS = {
    "text": {"text": "the cup"},
    "points": {"points": [(125, 95), (20, 20, False)]},
    "box": {"box": (90, 60, 165, 130)},
}
TAKES = {
    "fal-ai/evf-sam": {"text"},
    "fal-ai/sam2/image": {"points", "box"},
    "fal-ai/sam-3/image": {"text", "points", "box"},
    "fal-ai/sam-3-1/image": {"text", "points", "box"},
    "fal-ai/florence-2-large/referring-expression-segmentation": {"text"},
}


@pytest.mark.parametrize("how", SEGMENTS)
@pytest.mark.parametrize("endpoint", live("segment"))
def test_segment(server: Loopback, fal: Fal, endpoint: str, how: str):
    if how not in TAKES.get(endpoint, ()):
        with pytest.raises(errors.PlanError, match="takes no|only run lengths"):
            fal.segment(PHOTO, **SEGMENTS[how], endpoint=endpoint)
        assert not server.seen
        return
    found = fal.segment(PHOTO, **SEGMENTS[how], endpoint=endpoint)
    assert (found.shape, found.dtype, set(np.unique(found))) == ((192, 256), np.uint8, {0, 255})
    sent = server.posts()[-1].json
    if "sam-3" in endpoint:  # its own example, "wheel", would be looked for otherwise
        assert sent["prompt"] == ("the cup" if how == "text" else "")
        assert sent["apply_mask"] is False


def mask_file(server: Loopback, mask: np.ndarray) -> dict[str, str]:
    file = io.BytesIO()
    PIL.Image.fromarray(mask).save(file, "PNG")
    return {"url": server.keep(file.getvalue(), "image/png", "mask.png"), "content_type": "image/png"}


def test_a_mask_of_another_size_is_brought_to_the_photos(server: Loopback, fal: Fal):
    native = np.zeros((1024, 1024), np.uint8)
    native[:, :512] = 255
    server.answer = lambda *_: {"masks": [mask_file(server, native)]}
    found = fal.segment(PHOTO, text="the left half")
    assert found.shape == (192, 256)
    assert (found[:, :127] == 255).all()
    assert (found[:, 129:] == 0).all()


def test_several_things_of_one_name_are_one_mask_and_several_readings_of_a_point_are_not(server: Loopback, fal: Fal):
    one, other = np.zeros((2, 192, 256), np.uint8)
    one[:, :100] = other[:, 200:] = 255
    server.answer = lambda *_: {"masks": [mask_file(server, one), mask_file(server, other)]}
    np.testing.assert_array_equal(fal.segment(PHOTO, text="chairs"), one | other)
    np.testing.assert_array_equal(fal.segment(PHOTO, points=[(10, 10)]), one)
    server.answer = lambda *_: {"masks": []}
    with pytest.raises(errors.RemoteError, match="found nothing"):
        fal.segment(PHOTO, text="a unicorn")


def test_polygons_are_drawn(server: Loopback, fal: Fal):
    square = [{"x": x, "y": y} for x, y in ((100, 50), (200, 50), (200, 150), (100, 150))]
    server.answer = lambda *_: {"results": {"polygons": [{"points": square, "label": "cup"}]}, "image": None}
    endpoint = "fal-ai/florence-2-large/referring-expression-segmentation"
    found = fal.segment(PHOTO, text="the cup", endpoint=endpoint)
    expected = np.zeros((192, 256), np.uint8)
    expected[50:150, 100:200] = 255
    np.testing.assert_array_equal(found, expected)


def test_an_example_in_place_of_what_was_left_out_is_named():
    with Fal("rehearsal") as fal:
        cut = fal.plan("bria/extract-object", image=PHOTO)
        assert any("'yellow hammer'" in warning for warning in cut.warnings)
        assert any("image_url is left out" in w for w in fal.plan("bria/extract-object", prompt="a cup").warnings)
        assert any("'wheel'" in w for w in fal.plan("fal-ai/sam-3/image", image=PHOTO).warnings)
        assert not any("example" in w for w in fal.plan("fal-ai/clarity-upscaler", image=PHOTO).warnings)


def test_what_answers_no_map_is_refused():
    with Fal("rehearsal") as fal, pytest.raises(errors.PlanError, match="answers no map, only nsfw_probability"):
        fal.preprocess("depth", PHOTO, endpoint="fal-ai/imageutils/nsfw")


def test_a_mask_of_another_photo_is_refused():
    endpoint, small = "fal-ai/sdxl-controlnet-union/inpainting", np.zeros((100, 100), np.uint8)
    with Fal("rehearsal") as fal, pytest.raises(errors.PlanError, match="100x100 and the photo 256x192"):
        fal.controlnet(PHOTO, prompt="x", endpoint=endpoint, mask=small)


def test_all_that_take_control_maps_are_tried():
    assert {endpoint for endpoint, _ in CONTROLS} >= set(takers("canny")) | set(takers("depth"))
