"""Files of a plan: by path, URL, data URI or pixels, each content once."""

from __future__ import annotations

import base64
import copy
import dataclasses
import io
import json
import pickle

import numpy as np
import PIL.Image
import pytest

from preproc import load_image
from preproc.files import encode_png
from remote import catalog
from remote.errors import PlanError
from remote.plan import make_plan

from .plans import MASK, PHOTO, URL, problems


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


def test_each_content_is_uploaded_once() -> None:
    plan = make_plan("fal-ai/flux-2-pro/edit", arguments={"prompt": "p", "image_urls": [PHOTO, PHOTO.copy(), MASK]})
    assert [upload.field for upload in plan.uploads] == ["image_urls.0", "image_urls.2"]
    first, second, third = plan.payload["image_urls"]
    assert first == second != third


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
