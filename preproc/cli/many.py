"""One thing done to each of many pictures: those that fail are named, the rest is done."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.types import PositiveInt

import preproc

from ..errors import PreprocError
from .exits import BAD_INPUT, PARTLY_FAILED, complain, exit_code, meant
from .fixes import typed
from .inputs import PICTURES, Source, find
from .outputs import NOWHERE, OPTIONS, STDOUT, Saving, folders, free
from .products import PRODUCTS
from .talk import Talk, facts_of_error

__all__ = ["MANY", "WARNED", "Done", "Many", "Task", "each"]


@Parameter(name="*", group=OPTIONS)
@dataclass(frozen=True, kw_only=True)
class Many:
    """How many pictures are worked through.

    Parameters
    ----------
    recursive
        Look into folders of folders too.
    everything
        Of a folder, take also what preproc made there. Left out otherwise (but for preproc preview, without -m and
        --after), so that a second run does not work on the results of the first: NAME.canny.png and the like where NAME
        lies beside it, and the pictures of a NAME.edit.json. Commands that read masks take NAME.mask.png all the same.
    jobs
        Pictures worked on at once; as many as there are processors, if left out.
    """

    recursive: Annotated[bool, Parameter(name=["--recursive", "-r"])] = False
    everything: Annotated[bool, Parameter(name="--all")] = False
    jobs: Annotated[PositiveInt | None, Parameter(name=["--jobs", "-j"])] = None

    def find(
        self,
        names: Sequence[str],
        *,
        made: Collection[str] = PRODUCTS,
        only: str | None = None,
        suffixes: Collection[str] = PICTURES,
    ) -> list[Source]:
        """Find the pictures that names stand for, as `preproc.cli.inputs.find`."""
        made, only = ((), None) if self.everything else (made, only)
        return find(names, recursive=self.recursive, made=made, only=only, suffixes=suffixes)


MANY = Many()
WARNED = "with warnings, which -v tells"
"""What is odd about results that are warned of."""


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
    odd
        What is odd about the result, though it is one, such as that it is empty; such results are counted.
    """

    facts: dict[str, Any]
    words: str
    ok: bool = True
    asked: bool = False
    odd: str = ""


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
    with folders([task.target for task in tasks], saving):
        if len(tasks) == 1:
            return _one(tasks[0], work, saving, talk)
        return _all(tasks, work, saving, many, talk)


def _all(tasks: Sequence[Task], work: Callable[[Task], Done], saving: Saving, many: Many, talk: Talk) -> int:
    told = _Told()
    futures: list[Future[Done]] = []
    try:
        with _pool(many.jobs or os.cpu_count() or 1) as pool, _bar(len(tasks), talk) as advance:
            futures += [pool.submit(_attempt, work, task, saving) for task in tasks]
            for task, future in zip(tasks, futures, strict=True):
                told.tell(task, future, talk)
                advance()
    except KeyboardInterrupt:
        for task, future in list(zip(tasks, futures, strict=False))[told.done + len(told.errors) :]:
            if future.done() and not future.cancelled():
                told.tell(task, future, talk)
        told.repeat()
        talk.say(f"{told.words()}, {len(tasks) - told.done - len(told.errors)} not begun")
        raise
    told.repeat()
    talk.say(told.words())
    for wrong in told.errors:
        if exit_code(wrong) is None:
            raise wrong
    if told.errors:
        return PARTLY_FAILED if told.done else exit_code(told.errors[0]) or PARTLY_FAILED
    return 0 if told.all_ok else BAD_INPUT


class _Told:
    """What was told of so far."""

    def __init__(self) -> None:
        self.done, self.all_ok = 0, True
        self.errors: list[BaseException] = []
        self.odd: Counter[str] = Counter()
        self.same: dict[str, list[str]] = {}

    def words(self) -> str:
        odd = ", ".join(f"{count} of them {what}" for what, count in self.odd.items())
        return f"{self.done} done{f' ({odd})' if odd else ''}{f', {len(self.errors)} failed' if self.errors else ''}"

    def repeat(self) -> None:
        """Name those that failed as others did, once for each reason."""
        for words, names in self.same.items():
            if len(names) > 1:
                complain(f"{words}: also {', '.join(names[1:])}")

    def tell(self, task: Task, future: Future[Done], talk: Talk) -> None:
        """Tell how a task ended, waiting for it."""
        try:
            done = future.result()
        except Exception as error:  # noqa: BLE001 - one broken picture does not stop the others
            wrong = meant(error)
            names = self.same.setdefault(_reason(wrong, task.source.name), [])
            names.append(task.source.name)
            _failed(task, wrong, talk, aloud=len(names) == 1)
            self.errors.append(wrong)
        else:
            self.odd.update([done.odd] if done.odd else [])
            _tell(task, done, talk, talk.detail)
            self.done += 1
            self.all_ok = self.all_ok and done.ok


def _one(task: Task, work: Callable[[Task], Done], saving: Saving, talk: Talk) -> int:
    try:
        done = _attempt(work, task, saving)
    except Exception as error:
        wrong = meant(error)
        code = exit_code(wrong)
        if code is None or isinstance(wrong, BrokenPipeError):
            raise
        talk.record({"source": task.source.name or None, "error": facts_of_error(wrong, **_files(task))})
        complain(wrong, **_files(task))
        return code
    _tell(task, done, talk, talk.detail if task.target == STDOUT else talk.say)
    return 0 if done.ok else BAD_INPUT


def _attempt(work: Callable[[Task], Done], task: Task, saving: Saving) -> Done:
    if task.missing is not None:
        preproc.load_image(task.source.picture)  # where the picture is broken, that is what has to be said
        raise task.missing
    for path in (task.source.path, task.other.path if task.other else None):
        if path is not None and not path.exists():
            preproc.load_image(path)  # which says so, before anything is said of the output
    if task.target != NOWHERE:
        free(task.target, overwrite=saving.overwrite)
    return work(task)


def _tell(task: Task, done: Done, talk: Talk, say: Callable[[str], None]) -> None:
    output = None if task.target in {NOWHERE, STDOUT} else str(task.target)
    talk.record({"source": task.source.name or None, "output": output, **done.facts})
    if not done.asked:
        say(done.words)
    elif task.target == STDOUT:
        talk.say(done.words)
    elif not talk.json and not (talk.quiet and done.ok):
        print(done.words)


def _failed(task: Task, error: BaseException, talk: Talk, *, aloud: bool) -> None:
    talk.record({"source": task.source.name or None, "error": facts_of_error(error, **_files(task))})
    if aloud:
        complain(error, source=task.source.name, **_files(task))


def _files(task: Task) -> dict[str, str]:
    """Name the mask and the photo that a fix is about, where both are known."""
    return {} if task.other is None else {"mask": task.other.name, "photo": task.source.name}


def _reason(error: BaseException, source: str) -> str:
    words = typed(error.message) if isinstance(error, PreprocError) else str(error)
    return words.removeprefix(f"{source}: ")


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
