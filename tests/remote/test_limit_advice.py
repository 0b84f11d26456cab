"""What a refusal under a limit advises is enough by itself."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from remote import Fal, workflows
from remote.errors import LimitError
from remote.rehearsal import Rehearsal

PHOTO = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)


def _advised(fix: str | None) -> dict[str, float]:
    return {name: float(text) for name, text in re.findall(r"(max_price|limit_per_\w+)(?:=| to )([\d.]*\d)", fix or "")}


@pytest.mark.parametrize(
    ("limits", "endpoint"),
    [
        ({"limit_per_run": 0.05}, "fal-ai/esrgan"),
        ({"limit_per_day": 0.0312}, "fal-ai/esrgan"),
        ({"limit_per_run": 0.05, "limit_per_day": 0.02}, "fal-ai/esrgan"),
        ({"limit_per_run": 5.0}, "fal-ai/esrgan"),
        ({"limit_per_run": 0.0}, "fal-ai/esrgan"),
        ({"limit_per_run": 0.01, "limit_per_day": 0.001}, "fal-ai/clarity-upscaler"),
    ],
)
def test_following_it_runs_the_job(tmp_path: Path, limits: dict[str, float], endpoint: str):
    with Fal(Rehearsal(), journal=tmp_path / "j.sqlite3", **limits) as fal:  # type: ignore[arg-type]
        plan = fal.plan(endpoint, image=PHOTO)
        with pytest.raises(LimitError) as caught:
            fal.submit(plan)
    advised = _advised(caught.value.fix)
    price = advised.pop("max_price", None)
    with Fal(Rehearsal(), journal=tmp_path / "j.sqlite3", **{**limits, **advised}) as fal:  # type: ignore[arg-type]
        assert not fal.submit(plan, max_price=price).reused


def test_a_raised_max_price_is_not_rounded_below_the_price(tmp_path: Path):
    with Fal(Rehearsal(), journal=tmp_path / "j.sqlite3") as fal:
        plan = fal.plan("fal-ai/clarity-upscaler", image=PHOTO)
        with pytest.raises(LimitError) as caught:
            fal.submit(plan, max_price=0.0)
        assert not fal.submit(plan, max_price=_advised(caught.value.fix)["max_price"]).reused


def test_steps_share_what_is_left(tmp_path: Path):
    with Fal(Rehearsal(), journal=tmp_path / "j.sqlite3", limit_per_run=0.10) as fal:
        flow = workflows.product_photo(fal, PHOTO, prompt="a kitchen")
        with pytest.raises(LimitError) as caught:
            flow.run()
        flow.run(max_price=_advised(caught.value.fix)["max_price"])
