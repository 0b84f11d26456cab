"""The same for programs that use asyncio: the same code, in threads."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial, wraps
from typing import Any, Concatenate, Generic, Literal, ParamSpec, Self, TypeVar

from preproc.files import MAX_PIXELS

from . import workflows
from .fal import Fal
from .jobs import Job, Pace
from .jobs.abandoned import GONE
from .jobs.fetch import MAX_BYTES
from .jobs.result import Result
from .many import Outcome
from .opening import KEEP_BYTES
from .plan import Plan
from .wire import Backend, Status
from .workflows import Workflow

__all__ = ["AsyncFal", "AsyncWorkflow"]

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


class _Threaded(Generic[T]):
    """Something, and the threads its methods run in."""

    def __init__(self, inner: T, threads: ThreadPoolExecutor) -> None:
        self._inner = inner
        self._threads = threads

    async def _do(self, work: Callable[[], R]) -> R:
        """Run in a thread; where nobody waits for it any more, the thread goes no further than it has to."""
        gone, context = threading.Event(), copy_context()
        context.run(GONE.set, gone)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, context.run, work)
        except asyncio.CancelledError:
            gone.set()
            raise


def _threaded(
    method: Callable[Concatenate[T, P], R],
) -> Callable[Concatenate[_Threaded[T], P], Coroutine[Any, Any, R]]:
    """Make a coroutine of a method, or of a function of the same object."""

    @wraps(method)
    async def call(self: _Threaded[T], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await self._do(partial(method, self._inner, *args, **kwargs))

    return call


def _flowing(
    make: Callable[Concatenate[Fal, P], Workflow],
) -> Callable[Concatenate[_Threaded[Fal], P], Coroutine[Any, Any, AsyncWorkflow]]:
    """Make a coroutine of a function that makes a workflow."""

    @wraps(make)
    async def call(self: _Threaded[Fal], /, *args: P.args, **kwargs: P.kwargs) -> AsyncWorkflow:
        flow = await self._do(partial(make, self._inner, *args, **kwargs))
        return AsyncWorkflow(flow, self._threads)

    return call


class AsyncWorkflow(_Threaded[Workflow]):
    """A `remote.workflows.Workflow`, awaited; `AsyncFal.product_photo` and its like make it.

    One that is cancelled submits no further step.
    """

    plan = _threaded(Workflow.plan)
    run = _threaded(Workflow.run)


class AsyncFal(_Threaded[Fal]):
    """`Fal`, awaited.

    Parameters
    ----------
    backend, journal, limit_per_run, limit_per_day, inline_bytes, keep_bytes, max_file_bytes, max_pixels, pace
        As in `Fal`.
    concurrency
        How many calls run at once; further ones wait.

    Attributes
    ----------
    fal
        The `Fal` underneath, for what needs no waiting.

    Notes
    -----
    A task that is cancelled stops waiting and submits nothing more; a job that runs goes on, and is in the journal.

    Workflows are made with the same arguments as those of `remote.workflows`:
    ``flow = await fal.product_photo(photo, prompt="…")``, then ``await flow.plan()`` and ``await flow.run()``.

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
        max_file_bytes: int = MAX_BYTES,
        max_pixels: int = MAX_PIXELS,
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
            max_file_bytes=max_file_bytes,
            max_pixels=max_pixels,
            pace=pace,
        )
        super().__init__(self.fal, ThreadPoolExecutor(concurrency, thread_name_prefix="fal"))

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
        return await self._do(partial(job.wait, timeout, on_update=on_update))

    async def map(
        self,
        plans: Iterable[Plan],
        /,
        *,
        concurrency: int = 16,
        timeout: float = 3600.0,  # noqa: ASYNC109 - of each job
        again: bool = False,
        max_price: float | None = None,
    ) -> AsyncIterator[Outcome]:
        """Keep many jobs in flight from one thread and yield each as it is done; as `Fal.map`."""
        outcomes = self.fal.map(plans, concurrency=concurrency, timeout=timeout, again=again, max_price=max_price)
        while (outcome := await self._do(lambda: next(outcomes, None))) is not None:
            yield outcome

    plan = _threaded(Fal.plan)
    upload = _threaded(Fal.upload)
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
    product_photo = _flowing(workflows.product_photo)
    restore_portrait = _flowing(workflows.restore_portrait)
    restyle = _flowing(workflows.restyle)
