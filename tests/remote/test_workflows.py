"""Several jobs, planned as a whole, resumed where they failed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from remote import Fal, FalBackend, Plan, errors, workflows
from remote.jobs import Pace
from remote.plan import Price

from .loopback import Loopback, rehearsed_answer

QUICK = Pace(first_s=0.001, longest_s=0.01)


@pytest.fixture
def photo() -> np.ndarray:
    rows, columns = np.mgrid[:160, :200]
    return np.dstack([rows, columns, (rows + columns) // 3]).astype(np.uint8)


@pytest.fixture
def fal(server: Loopback, make_backend: Callable[..., FalBackend], tmp_path: Path):
    server.answer = rehearsed_answer
    with Fal(make_backend(), journal=tmp_path / "journal.sqlite3", pace=QUICK) as made:
        yield made


FLOWS = {
    "product": (
        lambda fal, photo: workflows.product_photo(fal, photo, prompt="a kitchen"),
        ["product", "scene", "large"],
    ),
    "portrait": (workflows.restore_portrait, ["face", "large"]),
    "restyle": (lambda fal, photo: workflows.restyle(fal, photo, photo[::-1], prompt="oil"), ["structure", "styled"]),
}


@pytest.mark.parametrize(("make", "steps"), FLOWS.values(), ids=FLOWS)
def test_planned_as_a_whole_then_run(server: Loopback, fal: Fal, photo, make, steps):
    flow = make(fal, photo)
    forecast = flow.plan()
    assert list(forecast.plans) == steps
    assert not server.seen
    assert all(isinstance(plan, Plan) for plan in forecast.plans.values())
    assert steps[-1] in str(forecast)
    assert forecast.price.amount is None
    assert "unknown" in forecast.price.note
    pictures = flow.run()
    assert list(pictures) == steps
    assert [post.path.removeprefix("/queue/") for post in server.posts()] == [
        plan.endpoint for plan in forecast.plans.values()
    ]
    assert {name: picture.shape for name, picture in pictures.items()} == {
        name: picture.shape for name, picture in forecast.pictures.items()
    }


def test_it_goes_on_where_it_failed(server: Loopback, fal: Fal, photo):
    flow = workflows.product_photo(fal, photo, prompt="a kitchen", factor=None, fill="fal-ai/bria/genfill")
    server.fault("result", "status", status=503, body=b"")  # the first step's answer is late, not lost
    with pytest.raises(errors.ServerError) as caught:
        flow.run()
    assert "step 'product'" in caught.value.__notes__[0]
    server.fault("submit", "status", status=422, body={"detail": "busy"})
    with pytest.raises(errors.RejectedError) as caught:
        flow.run()
    assert "step 'scene'" in caught.value.__notes__[0]
    pictures = flow.run()
    product = np.zeros(photo.shape[:2], bool)
    product[60:100, 80:120] = True
    assert (pictures["product"][product] == 255).all()
    np.testing.assert_array_equal(pictures["scene"][product], photo[product])
    assert (pictures["scene"][:10, :10] != photo[:10, :10]).any()
    assert [post.path.split("/")[3] for post in server.posts()] == ["birefnet", "bria", "bria"]


def test_wrong_arguments_cost_nothing(server: Loopback, fal: Fal, photo):
    with pytest.raises(errors.PlanError) as caught:
        workflows.product_photo(fal, photo, prompt="a kitchen", factor=99).run()
    assert "step 'large'" in caught.value.__notes__[0]
    assert not server.seen


def test_from_asyncio(server: Loopback, fal: Fal, photo):
    flow = workflows.restore_portrait(fal, photo)
    assert asyncio.run(asyncio.to_thread(flow.run))["large"].shape == (320, 400, 3)


def test_the_price_of_all_steps():
    def plan(amount: float | None) -> Plan:
        return Plan("a", "a", {}, price=Price(amount))

    assert workflows.Forecast({"one": plan(0.05), "two": plan(0.02)}, {}).price.amount == pytest.approx(0.07)
    unknown = workflows.Forecast({"one": plan(0.05), "two": plan(None)}, {}).price
    assert (unknown.amount, unknown.note) == (None, "0.05 USD and what two cost, which is unknown")
