"""Several jobs, planned as a whole, resumed where they failed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from preproc import load_mask
from preproc.errors import InputError
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
        ["product", "large", "scene"],
    ),
    "its own pixels": (
        lambda fal, photo: workflows.product_photo(fal, photo, prompt="a kitchen", keep_product=True),
        ["product", "scene", "large"],
    ),
    "portrait": (workflows.restore_portrait, ["large", "face"]),
    "restyle": (
        lambda fal, photo: workflows.restyle(fal, photo, photo[::-1], prompt="oil", control="depth"),
        ["structure", "styled"],
    ),
}


@pytest.mark.parametrize(("make", "steps"), FLOWS.values(), ids=FLOWS)
def test_planned_as_a_whole_then_run(server: Loopback, fal: Fal, photo, make, steps):
    flow = make(fal, photo)
    forecast = flow.plan()
    assert list(forecast.plans) == steps
    assert not server.seen
    assert all(isinstance(plan, Plan) for plan in forecast.plans.values())
    assert steps[-1] in str(forecast)
    written = json.loads(json.dumps(forecast.to_json()))
    assert [step["name"] for step in written["steps"]] == steps
    assert [step["plan"] for step in written["steps"]] == [plan.to_json() for plan in forecast.plans.values()]
    assert written["price"] == {"amount": None, "currency": "USD", "unit": None, "note": forecast.price.note}
    assert written["warnings"] == list(forecast.warnings)
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


def test_product_photo_as_guides_have_it(server: Loopback, fal: Fal, photo):
    flow = workflows.product_photo(fal, photo, prompt="a cup on a white background, soft shadow", seed=3)
    pictures = flow.run()
    cut, large, scene = [post.json for post in server.posts()]
    assert cut.keys() == {"image_url", "output_format"}
    assert (large["upscale_factor"], large["prompt"]) == (2, "a cup on a white background, soft shadow")
    assert (scene["strength"], scene["prompt"], scene["seed"]) == (0.3, "a cup on a white background, soft shadow", 3)
    assert (pictures["product"][:5, :5] == 255).all()  # cut out, on white
    assert pictures["scene"].shape == pictures["large"].shape == (320, 400, 3)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_product_that_is_cut_out_already_is_not_paid_for(server: Loopback, fal: Fal, photo, keeps):
    product = np.zeros(photo.shape[:2], np.uint8)
    product[40:100, 60:140] = 255
    flow = workflows.product_photo(fal, photo, prompt="a kitchen", product=product, keep_product=keeps)
    steps = ["scene", "large"] if keeps else ["large", "scene"]
    assert list(flow.plan().plans) == steps
    pictures = flow.run()
    assert list(pictures) == ["product", *steps]
    assert len(server.posts()) == 2
    inside = product == 255
    if keeps:
        np.testing.assert_array_equal(pictures["product"], product)
        kept = np.zeros_like(inside)
        kept[43:97, 63:137] = True  # within 3 px of the edge it fades
        np.testing.assert_array_equal(pictures["scene"][kept], photo[kept])
    else:
        np.testing.assert_array_equal(pictures["product"][inside], photo[inside])
        assert (pictures["product"][~inside] == 255).all()
        assert pictures["scene"].shape == (2 * photo.shape[0], 2 * photo.shape[1], 3)


@pytest.mark.parametrize(
    ("product", "said"),
    [(np.zeros((160, 200), np.uint8), "product is empty"), (np.full((160, 128), 255, np.uint8), "product is 128x160")],
)
def test_a_product_that_is_none_is_refused(fal: Fal, photo, product, said):
    with pytest.raises(InputError, match=said):
        workflows.product_photo(fal, photo, prompt="a kitchen", product=product)


def test_face_restoration_as_guides_have_it(server: Loopback, fal: Fal, photo):
    with pytest.warns(errors.SuccessorWarning, match=r"fal-ai/real-esrgan.*fal-ai/esrgan"):
        workflows.restore_portrait(fal, photo, upscaler="fal-ai/real-esrgan").run()
    large, face = server.posts()
    assert (large.path, large.json["scale"]) == ("/queue/fal-ai/esrgan", 4)
    assert (face.path, face.json["fidelity"]) == ("/queue/fal-ai/codeformer", 0.7)


@pytest.mark.filterwarnings("ignore::remote.errors.SuccessorWarning")
@pytest.mark.parametrize("endpoint", ["fal-ai/flux-general", "fal-ai/flux-controlnet-canny"])
def test_style_with_structure_as_guides_have_it(server: Loopback, fal: Fal, photo, endpoint):
    photo[40:100, 60:140] = 255
    flow = workflows.restyle(fal, photo, prompt="an oil painting", endpoint=endpoint)
    assert any("canny map is made on this machine" in said for said in flow.plan().warnings)
    assert list(flow.run()) == ["styled"]
    (post,) = server.posts()
    union = post.json["controlnet_unions"][0]["controls"][0]
    assert (union["control_mode"], union["conditioning_scale"]) == ("canny", 0.9)
    assert post.json["prompt"] == "an oil painting"
    assert "ip_adapters" not in post.json
    sent = load_mask(server.read(union["control_image_url"]))
    assert sent.shape == (128, 160)
    assert 0 < (sent == 255).mean() < 0.1


def test_the_whole_is_compared_with_the_limits_first(server: Loopback, make_backend, photo):
    def flow(fal: Fal):
        return workflows.product_photo(fal, photo, prompt="a kitchen")

    with Fal(make_backend(), journal=":memory:", pace=QUICK, limit_per_run=0.10) as fal:
        server.answer = rehearsed_answer
        with pytest.raises(errors.LimitError, match="no known price"):
            flow(fal).run()
        with pytest.raises(errors.LimitError, match=r"birefnet.*clarity.*image-to-image would cost 0\.11 USD"):
            flow(fal).run(max_price=0.05)
        assert not server.posts()
        flow(fal).run(max_price=0.04)
        assert len(server.posts()) == 3
        flow(fal).run(max_price=0.04)  # done: it costs nothing, whatever is spent
        assert len(server.posts()) == 3


def test_steps_are_repeated_by_name(server: Loopback, fal: Fal, photo):
    flow = workflows.restore_portrait(fal, photo)
    flow.run()
    flow.run(again="face")
    flow.run(again=["face"])
    assert [post.path.split("/")[3] for post in server.posts()] == ["esrgan", "codeformer", "codeformer", "codeformer"]
    flow.run(again=True)
    assert len(server.posts()) == 6
    with pytest.raises(errors.PlanError, match="perhaps face"):
        flow.run(again=["fase"])


def test_it_goes_on_where_it_failed(server: Loopback, fal: Fal, photo):
    flow = workflows.product_photo(
        fal, photo, prompt="a kitchen", keep_product=True, factor=None, painter="fal-ai/bria/genfill"
    )
    usual, server.states = server.states, ["IN_PROGRESS"] * 10_000  # the first step's answer is late, not lost
    with pytest.raises(errors.WaitTimeout) as caught:
        flow.run(timeout=0.05)
    server.states = usual
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
    assert asyncio.run(asyncio.to_thread(flow.run))["large"].shape == (640, 800, 3)


def test_the_price_of_all_steps():
    def plan(amount: float | None) -> Plan:
        return Plan("a", "a", {}, price=Price(amount))

    assert workflows.Forecast({"one": plan(0.05), "two": plan(0.02)}, {}).price.amount == pytest.approx(0.07)
    unknown = workflows.Forecast({"one": plan(0.05), "two": plan(None)}, {}).price
    assert (unknown.amount, unknown.note) == (None, "what two costs is unknown; the rest costs 0.05 USD")


def test_a_portrait_is_enlarged_once(server: Loopback, fal: Fal, photo):
    forecast = workflows.restore_portrait(fal, photo).plan()
    large, face = forecast.plans.values()
    assert face.payload["upscale_factor"] == 1
    assert face.output_size == large.output_size
    assert face.price.amount
    alone = workflows.restore_portrait(fal, photo, factor=None).plan()
    assert "upscale_factor" not in alone.plans["face"].payload
    assert alone.price.amount == alone.plans["face"].price.amount > 0


def test_a_stated_maximum_is_for_the_steps_of_unknown_price(photo: np.ndarray):
    with Fal("rehearsal", limit_per_run=0.5) as fal:
        flow = workflows.product_photo(fal, photo, prompt="a kitchen")
        with pytest.raises(errors.LimitError, match=r"^fal-ai/birefnet/v2 has no known price"):
            flow.run()
        assert list(flow.run(max_price=0.01))[-1] == "scene"
