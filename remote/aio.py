"""The same for programs that use asyncio: the same code, in threads."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import Any, Concatenate, Literal, ParamSpec, Self, TypeVar

from .core import KEEP_BYTES
from .fal import Fal
from .jobs import Job, Pace
from .jobs.result import Result
from .many import Outcome
from .plan import Plan
from .wire import Backend, Status

__all__ = ["AsyncFal"]

P = ParamSpec("P")
R = TypeVar("R")


def _threaded(
    method: Callable[Concatenate[Fal, P], R],
) -> Callable[Concatenate[AsyncFal, P], Coroutine[Any, Any, R]]:
    """Make a coroutine of a method of `Fal`."""

    @wraps(method)
    async def call(self: AsyncFal, /, *args: P.args, **kwargs: P.kwargs) -> R:
        work = partial(method, self.fal, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    return call


class AsyncFal:
    """`Fal`, awaited.

    Parameters
    ----------
    backend, journal, limit_per_run, limit_per_day, inline_bytes, keep_bytes, pace
        As in `Fal`.
    concurrency
        How many calls run at once; further ones wait.

    Attributes
    ----------
    fal
        The `Fal` underneath, for what needs no waiting.

    Notes
    -----
    A task that is cancelled stops waiting; its job goes on, and is in the journal.

    Examples
    --------
    >>> async def main():
    ...     async with AsyncFal(backend="rehearsal") as fal:
    ...         return await fal.run("fal-ai/flux-general", prompt="a barn", image_size="square")
    >>> asyncio.run(main()).image.size
    Size(width=512, height=512)
    """

    def __init__(
        self,
        backend: Literal["fal", "rehearsal"] | Backend = "fal",
        *,
        journal: str | os.PathLike[str] | None = None,
        limit_per_run: float | None = None,
        limit_per_day: float | None = None,
        inline_bytes: int = 0,
        keep_bytes: int = KEEP_BYTES,
        pace: Pace | None = None,
        concurrency: int = 16,
    ) -> None:
        self.fal = Fal(
            backend,
            journal=journal,
            limit_per_run=limit_per_run,
            limit_per_day=limit_per_day,
            inline_bytes=inline_bytes,
            keep_bytes=keep_bytes,
            pace=pace,
        )
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="fal")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Wait for calls that run, and close connections and journal."""
        self._threads.shutdown()
        self.fal.close()

    async def wait(
        self,
        job: Job,
        /,
        timeout: float | None = 600.0,  # noqa: ASYNC109 - it bounds the thread, which a cancelled task leaves behind
        *,
        on_update: Callable[[Status], None] | None = None,
    ) -> Result:
        """Wait for a job that was submitted or resumed; as `Job.wait`."""
        work = partial(job.wait, timeout, on_update=on_update)
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def map(
        self,
        plans: Iterable[Plan],
        /,
        *,
        concurrency: int = 16,
        timeout: float = 3600.0,  # noqa: ASYNC109 - of each job
        again: bool = False,
    ) -> AsyncIterator[Outcome]:
        """Keep many jobs in flight from one thread and yield each as it is done; as `Fal.map`."""
        outcomes = self.fal.map(plans, concurrency=concurrency, timeout=timeout, again=again)
        loop = asyncio.get_running_loop()
        while (outcome := await loop.run_in_executor(self._threads, next, outcomes, None)) is not None:
            yield outcome

    plan = _threaded(Fal.plan)
    submit = _threaded(Fal.submit)
    resume = _threaded(Fal.resume)
    jobs = _threaded(Fal.jobs)
    run = _threaded(Fal.run)
    inpaint = _threaded(Fal.inpaint)
    fill = _threaded(Fal.fill)
    erase = _threaded(Fal.erase)
    outpaint = _threaded(Fal.outpaint)
    transform = _threaded(Fal.transform)
    controlnet = _threaded(Fal.controlnet)
    upscale = _threaded(Fal.upscale)
    remove_background = _threaded(Fal.remove_background)
    restore_face = _threaded(Fal.restore_face)
    style = _threaded(Fal.style)
    segment = _threaded(Fal.segment)
    preprocess = _threaded(Fal.preprocess)
