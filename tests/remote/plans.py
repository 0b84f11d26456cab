"""Plans as short as they can be, and what they are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pytest

from preproc import mask
from remote.errors import PlanError
from remote.plan import Plan, Price, Upload, make_plan

FILL = "fal-ai/flux-pro/v1/fill"
URL = "https://v3.fal.media/files/a/picture.png"
PHOTO = np.random.default_rng(3).integers(0, 256, (96, 128, 3), np.uint8)
MASK = mask.rectangle((128, 96), (32, 24, 96, 72))


def upload(data: bytes, field: str = "image_url") -> Upload:
    return Upload(field, "image", f"{field}.png", "image/png", data, hashlib.sha256(data).hexdigest())


def plan(*uploads: Upload, endpoint: str = FILL, price: float | None = 0.05, **arguments) -> Plan:
    payload = {"prompt": "a door", **arguments, **{one.field: one.placeholder for one in uploads}}
    return Plan(endpoint, endpoint, payload, uploads=uploads, price=Price(price))


def prompts(count: int) -> Iterator[Plan]:
    for number in range(count):
        yield Plan(FILL, FILL, {"prompt": f"door {number}"}, price=Price(0.05))


def problems(endpoint: str, arguments: dict | None = None, **options) -> dict[str, tuple[str, str]]:
    with pytest.raises(PlanError) as caught:
        make_plan(endpoint, arguments=arguments or {}, **options)
    assert caught.value.endpoint == endpoint
    return {problem.field: (problem.code, problem.message) for problem in caught.value.problems}
