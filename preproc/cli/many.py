"""One thing done to each of many pictures: those that fail are named, the rest is done."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.types import PositiveInt

from ..errors import PreprocError
from ..files import load_image
from .exits import BAD_INPUT, PARTLY_FAILED, complain, exit_code, meant
from .inputs import Source
from .outputs import NOWHERE, OPTIONS, STDOUT, Saving, free
from .talk import Talk, facts_of_error

__all__ = ["MANY", "Done", "Many", "Task", "each"]


@Parameter(name="*", group=OPTIONS)
@dataclass(frozen=True, kw_only=True)
class Many:
    """How many pictures are worked through.

    Parameters
    ----------
    recursive
        Look into folders of folders too.
    jobs
        Pictures worked on at once; as many as there are processors, if left out.
    """

    recursive: Annotated[bool, Parameter(name=["--recursive", "-r"])] = False
    jobs: Annotated[PositiveInt | None, Parameter(name=["--jobs", "-j"])] = None


MANY = Many()


@dataclass(frozen=True, slots=True)
class Task:
    """One input, where its result goes if it has one, and what belongs to it, or why that is missing."""

    source: Source
    target: Path = NOWHERE
    other: Source | None = None
    missing: PreprocError | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one task.

    Parameters
    ----------
    facts, words
        For programs, and for people.
    ok
        Whether a check found nothing that forbids going on.
    asked
        Whether the words are what was asked for: they go to standard output, unless a picture goes there.
    """

    facts: dict[str, Any]
    words: str
    ok: bool = True
    asked: bool = False


def each(tasks: Sequence[Task], work: Callable[[Task], Done], *, saving: Saving, many: Many, talk: Talk) -> int:
    """Do the same to each task, one picture per thread.

    Parameters
    ----------
    tasks
        What there is to do.
    work
        Does one; may be called from several threads at once.
    saving, many, talk
        Options of the command.

    Returns
    -------
    int
        The exit code: 0, that some failed, or that a check did. A single task's error is raised, and so is a bug once
        the rest is done.
    """
    talk.check(saving, [task.target for task in tasks])
    if len(tasks) == 1:
        return _one(tasks[0], work, saving, talk)
    errors: list[BaseException] = []
    all_ok = True
    with _pool(many.jobs or os.cpu_count() or 1) as pool, _bar(len(tasks), talk) as advance:
        futures = [pool.submit(_attempt, work, task, saving) for task in tasks]
        for task, future in zip(tasks, futures, strict=True):
            try:
                done = future.result()
            except Exception as error:  # noqa: BLE001 - one broken picture does not stop the others
                wrong = meant(error)
                _failed(task, wrong, talk)
                errors.append(wrong)
            else:
                _tell(task, done, talk, talk.detail)
                all_ok = all_ok and done.ok
            advance()
    talk.say(f"{len(tasks) - len(errors)} done{f', {len(errors)} failed' if errors else ''}")
    for wrong in errors:
        if exit_code(wrong) is None:
            raise wrong
    if errors:
        return PARTLY_FAILED if len(errors) < len(tasks) else exit_code(errors[0]) or PARTLY_FAILED
    return 0 if all_ok else BAD_INPUT


def _one(task: Task, work: Callable[[Task], Done], saving: Saving, talk: Talk) -> int:
    try:
        done = _attempt(work, task, saving)
    except Exception as error:
        talk.record({"source": task.source.name, "error": facts_of_error(meant(error))})
        raise
    _tell(task, done, talk, talk.detail if task.target == STDOUT else talk.say)
    return 0 if done.ok else BAD_INPUT


def _attempt(work: Callable[[Task], Done], task: Task, saving: Saving) -> Done:
    if task.missing is not None:
        load_image(task.source.picture)  # where the picture is broken, that is what has to be said
        raise task.missing
    if task.target != NOWHERE:
        free(task.target, overwrite=saving.overwrite)
    return work(task)


def _tell(task: Task, done: Done, talk: Talk, say: Callable[[str], None]) -> None:
    output = None if task.target in {NOWHERE, STDOUT} else str(task.target)
    talk.record({"source": task.source.name, "output": output, **done.facts})
    if not done.asked:
        say(done.words)
    elif task.target == STDOUT:
        talk.say(done.words)
    elif not talk.json:
        print(done.words)


def _failed(task: Task, error: BaseException, talk: Talk) -> None:
    talk.record({"source": task.source.name, "error": facts_of_error(error)})
    complain(error, source=task.source.name)


@contextmanager
def _pool(workers: int) -> Iterator[ThreadPoolExecutor]:
    """Give a pool that begins nothing more once it is interrupted, and finishes what it has begun."""
    pool = ThreadPoolExecutor(workers, thread_name_prefix="preproc")
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown()


@contextmanager
def _bar(count: int, talk: Talk) -> Iterator[Callable[[], None]]:
    """Show how far it is, where a person is looking."""
    if talk.quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        bar = progress.add_task("", total=count)
        yield lambda: progress.advance(bar)
