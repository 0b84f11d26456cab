"""What strangers pass in: refused with both sides of the matter, before anything is sent, never with a raw error."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from preproc.errors import InputError
from preproc.files import encode_png
from remote import Fal, PlanError

PHOTO = np.dstack([*np.mgrid[:96, :128], np.mgrid[:96, :128][0]]).astype(np.uint8)
MASK = np.zeros((96, 128), np.uint8)
MASK[30:60, 40:80] = 255
FILL, DEV, GENERAL = "fal-ai/flux-pro/v1/fill", "fal-ai/flux/dev/image-to-image", "fal-ai/flux-general"

PLANS: list[tuple[Any, dict[str, Any], str]] = [
    (None, {}, "got a NoneType"),
    (17, {}, "got a int"),
    ("", {}, "is not an endpoint"),
    (" fal-ai/flux-pro/v1/fill", {}, "perhaps fal-ai/flux-pro/v1/fill"),
    ("https://fal.run/fal-ai/flux-pro/v1/fill", {}, "perhaps fal-ai/flux-pro/v1/fill"),
    ("a/b?fal_webhook=https://c.d", {"resolve": "verbatim"}, "no id of an endpoint"),
    ("../a/b", {"resolve": "verbatim"}, "no id of an endpoint"),
    ("birefnet", {"resolve": "verbatim"}, "no id of an endpoint"),
    (DEV, {"prompt": "p", "image": PHOTO, "seed": 10**400}, "seed: a int is not a number"),
    (DEV, {"prompt": "p", "image": PHOTO, "seed": 1.5}, "1.5 is not a whole number"),
    (DEV, {"prompt": "p", "image": PHOTO, "seed": "7"}, "'7' is not a number"),
    (DEV, {"prompt": "p", "image": PHOTO, "strength": "strong-ish"}, "one of no-change, subtle, moderate"),
    (DEV, {"prompt": "p", "image": PHOTO, "strength": float("nan")}, "nan is not a number"),
    (DEV, {"image": PHOTO}, "prompt: is required"),
    (DEV, {"image": PHOTO, "prompt": " \n"}, "prompt: is required, and empty"),
    (
        GENERAL,
        {"prompt": "p", "controlnet_unions": [{"path": "a/b", "controls": []}]},
        "controls: is required, and empty",
    ),
    ("workflows/a", {"resolve": "verbatim"}, "no id of an endpoint"),
    (DEV, {"prompt": "p", "image": "hello"}, "neither a file here nor an http"),
    (DEV, {"prompt": "p", "image": "data:image/png;base64,zzz"}, "base64 is not whole"),
    (DEV, {"prompt": "p", "image": PHOTO * 1.0}, "floating point pictures run from 0 to 1"),
    (FILL, {"prompt": "p", "image": MASK, "mask": MASK}, "image and mask are the same picture"),
    (FILL, {"prompt": "p", "image": PHOTO, "mask": PHOTO}, "this mask has colours"),
]


@pytest.mark.parametrize(("endpoint", "words", "said"), PLANS, ids=map(str, range(len(PLANS))))
def test_plans(endpoint, words, said):
    with Fal("rehearsal") as fal, pytest.raises(PlanError, match=said.replace("(", r"\(")):
        fal.plan(endpoint, **words)


def test_weights_on_this_machine_are_no_weights_fal_can_read(tmp_path: Path):
    weights = tmp_path / "mine.safetensors"
    weights.write_bytes(b"x")
    with Fal("rehearsal") as fal:
        with pytest.raises(PlanError, match=r"loras.0.path: .* is a file here.*fal\.upload"):
            fal.plan(GENERAL, prompt="p", loras=[{"path": str(weights)}])
        assert fal.plan(GENERAL, prompt="p", loras=[{"path": "owner/name"}]).payload["loras"] == [
            {"path": "owner/name"}
        ]


TASKS = [
    (lambda fal: fal.segment(PHOTO, box=(1, 2, 3)), "got (1, 2, 3)"),
    (lambda fal: fal.segment(PHOTO, box="1,2,3,4"), "got '1,2,3,4'"),
    (lambda fal: fal.segment(PHOTO, box=(10, 10, 5, 20)), "inside the 128x96 photo"),
    (lambda fal: fal.segment(PHOTO, points=(1, 2)), "got 1"),
    (lambda fal: fal.segment(PHOTO, points=[(128, 2)]), "inside the 128x96 photo"),
    (lambda fal: fal.segment(PHOTO, points=[("a", "b")]), "got ('a', 'b')"),
    (lambda fal: fal.transform(PHOTO, prompt="p", size=512), "got 512"),
    (lambda fal: fal.transform(PHOTO, prompt="p", size="512x512"), "got '512x512'"),
    (lambda fal: fal.transform(PHOTO, prompt="p", size=(51.5, 60)), "got (51.5, 60)"),
    (lambda fal: fal.transform(PHOTO, prompt="p", arguments=[1]), "got a list"),
    (lambda fal: fal.transform(PHOTO, prompt="p", timeout="10"), "timeout='10'"),
    (lambda fal: fal.transform(PHOTO, prompt="p", timeout=-1), "timeout=-1"),
    (lambda fal: fal.transform(PHOTO, prompt="p", on_update=3), "on_update=3 cannot be called"),
    (lambda fal: fal.controlnet(PHOTO, prompt="p", control="cany"), "perhaps 'canny'"),
    (lambda fal: fal.submit("fal-ai/esrgan"), "got a str"),
    (lambda fal: list(fal.map(["a"])), "got a str"),
    (lambda fal: list(fal.map([], concurrency="4")), "got '4'"),
    (lambda fal: Fal("rehearsal", keep_bytes=-1), "keep_bytes=-1"),
    (lambda fal: Fal("rehearsal", max_pixels=1e6), "max_pixels=1000000.0 is no number of pixels"),
    (lambda fal: Fal("rehearsal", max_file_bytes=True), "max_file_bytes=True is no number of bytes"),
]


@pytest.mark.parametrize(("wrong", "said"), TASKS, ids=map(str, range(len(TASKS))))
def test_tasks(wrong, said):
    with Fal("rehearsal") as fal:
        with pytest.raises((PlanError, InputError)) as caught:
            wrong(fal)
        assert said in str(caught.value)
        assert not fal.jobs()


def test_a_whole_data_uri_goes_as_it_is():
    with Fal("rehearsal") as fal:
        for spare in range(3):  # base64 ends in no, two or one sign of equality
            body = base64.b64encode(encode_png(PHOTO) + bytes(spare)).decode()
            uri = f"data:image/png;base64,{body}"
            assert fal.plan(DEV, prompt="p", image=uri).payload["image_url"] == uri
