"""AsyncFal: everything `Fal` does, over loopback HTTP, and nothing that nobody waits for."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from remote import AsyncFal, Fal, FalBackend, errors, workflows
from remote.jobs import Pace

from .loopback import Loopback, rehearsed_answer

QUICK = Pace(first_s=0.001, longest_s=0.01)


@pytest.fixture
def open_fal(server: Loopback, make_backend: Callable[..., FalBackend], tmp_path: Path) -> Callable[..., AsyncFal]:
    server.answer = rehearsed_answer
    return lambda **options: AsyncFal(make_backend(), **{"journal": tmp_path / "a.sqlite3", "pace": QUICK, **options})


@pytest.fixture
def photo() -> np.ndarray:
    rows, columns = np.mgrid[:120, :160]
    picture = np.dstack([rows, columns, (rows + columns) // 3]).astype(np.uint8)
    picture[40:80, 60:110] = 255
    return picture


@pytest.fixture
def mask() -> np.ndarray:
    mask = np.zeros((120, 160), np.uint8)
    mask[40:80, 60:110] = 255
    return mask


def sent(server: Loopback) -> list[str]:
    return [post.path.removeprefix("/queue/") for post in server.posts()]


def test_whatever_fal_does_can_be_awaited():
    theirs = {name for name in dir(Fal) if not name.startswith("_")} - {"rule"}  # which waits for nothing
    assert theirs <= set(dir(AsyncFal))
    for name in theirs - {"map"}:
        assert inspect.iscoroutinefunction(getattr(AsyncFal, name)), name
        assert inspect.signature(getattr(AsyncFal, name)) == inspect.signature(getattr(Fal, name))
    assert inspect.signature(AsyncFal.map).parameters.keys() == inspect.signature(Fal.map).parameters.keys()
    for name in ("product_photo", "restore_portrait", "restyle"):
        assert inspect.signature(getattr(AsyncFal, name)).parameters == (
            inspect.signature(getattr(workflows, name)).parameters
        )


def test_every_task(server: Loopback, open_fal, photo, mask):
    async def main():
        async with open_fal() as fal:
            return await asyncio.gather(
                fal.inpaint(photo, mask, prompt="x"),
                fal.fill(photo, mask, prompt="y"),
                fal.erase(photo, mask),
                fal.outpaint(photo, left=48, prompt="x"),
                fal.transform(photo, prompt="x", strength="subtle"),
                fal.controlnet(photo, prompt="x"),
                fal.controlnet(photo, prompt="x", control="pose"),
                fal.upscale(photo, factor=2),
                fal.remove_background(photo),
                fal.restore_face(photo),
                fal.style(photo, prompt="x"),
                fal.segment(photo, text="door"),
                fal.preprocess("depth", photo),
            )

    done = asyncio.run(main())
    assert all(one.receipt.is_preserved for one in done[:4])
    assert done[7].image.array().shape == (240, 320, 3)
    assert done[8].image.pil().mode == "RGBA"
    assert done[11].shape == (120, 160)
    assert len(server.posts()) == 14


@pytest.mark.parametrize(
    ("name", "words", "endpoints"),
    [
        (
            "product_photo",
            {"prompt": "a cup"},
            ["fal-ai/birefnet/v2", "fal-ai/clarity-upscaler", "fal-ai/flux/dev/image-to-image"],
        ),
        ("restore_portrait", {"fidelity": 0.7}, ["fal-ai/esrgan", "fal-ai/codeformer"]),
        (
            "restyle",
            {"prompt": "oil", "control": "depth"},
            ["fal-ai/image-preprocessors/depth-anything/v2", "fal-ai/flux-general"],
        ),
    ],
)
def test_workflows(server: Loopback, open_fal, photo, name, words, endpoints):
    async def main():
        async with open_fal() as fal:
            flow = await getattr(fal, name)(photo, **words)
            forecast = await flow.plan()
            assert not server.seen
            pictures = await flow.run()
            assert (await flow.run()).keys() == pictures.keys()  # done: nothing is paid again
            return forecast, pictures

    forecast, pictures = asyncio.run(main())
    assert sent(server) == endpoints == [plan.endpoint for plan in forecast.plans.values()]
    assert {step: one.shape for step, one in pictures.items()} == {
        step: one.shape for step, one in forecast.pictures.items()
    }


def test_a_workflow_goes_on_where_it_failed(server: Loopback, open_fal, photo):
    async def main():
        async with open_fal() as fal:
            flow = await fal.restore_portrait(photo)
            usual = server.answer
            server.answer = lambda *args: usual(*args) if args[1] == "fal-ai/esrgan" else {}
            with pytest.raises(errors.RemoteError, match="without a picture"):
                await flow.run()
            server.answer = usual
            await flow.run(again="face")

    asyncio.run(main())
    assert sent(server) == ["fal-ai/esrgan", "fal-ai/codeformer", "fal-ai/codeformer"]


def test_who_is_cancelled_pays_for_nothing_more(server: Loopback, open_fal, photo):
    server.states = ["IN_PROGRESS"] * 100_000

    async def main():
        async with open_fal() as fal:
            flow = await fal.product_photo(photo, prompt="a cup")
            tasks = [
                asyncio.ensure_future(flow.run()),
                asyncio.ensure_future(fal.controlnet(photo, prompt="x", control="depth")),
            ]
            while len(server.posts()) < 2:  # noqa: ASYNC110 - the server is in a thread
                await asyncio.sleep(0.005)
            for task in tasks:
                task.cancel()
            for task in tasks:
                with pytest.raises(asyncio.CancelledError):
                    await task
        async with open_fal() as fal:  # closing the other has waited for its threads
            assert [entry.state for entry in await fal.jobs()] == ["submitted"] * 2

    asyncio.run(main())
    assert sorted(sent(server)) == ["fal-ai/birefnet/v2", "fal-ai/image-preprocessors/depth-anything/v2"]


def test_leaving_a_map_early_submits_nothing_more(server: Loopback, open_fal, photo):
    async def main():
        async with open_fal() as fal:
            plans = [await fal.plan("fal-ai/esrgan", image=photo, scale=1 + n / 10) for n in range(12)]
            async for outcome in fal.map(plans, concurrency=3):
                assert outcome.result
                break
            there = len(server.posts())
            assert there <= 4
            assert len(await fal.jobs()) == there
            outcomes = [outcome async for outcome in fal.map(plans, concurrency=3)]
            assert sorted(outcome.number for outcome in outcomes) == list(range(12))

    asyncio.run(main())
    assert len(server.posts()) == 12
