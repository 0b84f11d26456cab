"""Wait for a job and bring home what it made."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..choices import Repair
from .exits import UsageError
from .finish import finished_target, write_finished
from .fixes import typed
from .outputs import STDOUT, Saving, check_formats, folders, free, to_stdout
from .talk import Talk
from .writing import uninterrupted

if TYPE_CHECKING:
    from remote import Job, Result
    from remote.wire import Status

    from ..edit import Edit

__all__ = ["checked_targets", "collect", "image_target", "resume_command"]

_NOWHERE = "a rehearsal: nothing is sent or paid, and preproc jobs does not list it; --journal FILE keeps one"


def image_target(endpoint: str, *, image: str | None, edit: Path | None, saving: Saving) -> Path:
    """Choose where a result goes before it is paid for."""
    if saving.to_stdout:
        return STDOUT
    if edit is not None:
        return finished_target(edit, saving)
    source = Path(image) if image and Path(image).is_file() else Path(endpoint.rpartition("/")[2])
    name = source.stem if source.is_file() else source.name
    return source.with_name(f"{name}.result.png") if saving.output is None else saving.target(name, source)


@contextmanager
def checked_targets(target: Path, count: int, saving: Saving) -> Iterator[None]:
    """Refuse before anything is paid for what could not be written afterwards; make the folder for it meanwhile."""
    if target == STDOUT:
        _check_stdout(count)
    else:
        check_formats([target])
    with folders([target], saving):
        for path in _numbered(target, count):
            free(path, overwrite=saving.overwrite)
        yield


def collect(
    job: Job,
    target: Path,
    edit: Edit | None,
    *,
    timeout: float,
    repair: Repair,
    align: bool,
    again: str | None,
    saving: Saving,
    talk: Talk,
) -> None:
    """Wait for a job, and write its pictures; with an edit, pasted back into the photo.

    `again` is the command that does the same later, said where waiting or writing fails; None: no journal knows the job.
    """
    talk.say(_NOWHERE if again is None else f"job {job.id}{': done already, not paid again' if job.reused else ''}")
    try:
        result = job.wait(timeout, on_update=_watcher(talk))
        odd = [*result.missing, *result.oddities]
        for said in odd:
            talk.say(f"warning: {typed(said)}")
        if target == STDOUT:
            _check_stdout(len(result.images))
        facts: dict[str, Any] = {"job_id": job.id, "request_id": result.request_id, "endpoint": result.endpoint}
        facts |= {"warnings": odd} if odd else {}
        if edit is not None and result.images:
            made = result.images if len(result.images) > 1 else [result]
            done = [edit.finish(one, repair=repair, align=align) for one in made]
            for one, path in zip(done, _numbered(target, len(done)), strict=True):
                output = None if path == STDOUT else str(path)
                with uninterrupted():
                    receipt, words = write_finished(one, path, overwrite=saving.overwrite)
                    if output is not None:
                        result.save_provenance(path)
                talk.answer(words, {**receipt, **facts, "output": output}, piped=saving.to_stdout)
        else:
            _write(result, target, facts, saving=saving, talk=talk)
    except BaseException as error:
        if again is not None and not _is_over(error, job):
            talk.say(f"to bring the result home, without paying again: {again}")
        raise


def _check_stdout(count: int) -> None:
    if count > 1:
        raise UsageError(f"{count} results cannot share standard output", fix="-o NAME.png, which is numbered")


def _is_over(error: BaseException, job: Job) -> bool:
    """Tell whether nothing can come of the job any more; one that could not be asked after goes on."""
    from remote import errors

    is_last_word = isinstance(error, (errors.EndpointError, errors.JobCancelled, errors.UnknownOutcome))
    return is_last_word and job.entry.state != "submitted"


def _write(result: Result, target: Path, facts: dict[str, Any], *, saving: Saving, talk: Talk) -> None:
    if not result.images:
        talk.answer(json.dumps(result.raw, indent=2, ensure_ascii=False), facts | {"result": result.raw})
    elif target == STDOUT:
        to_stdout(result.image.read())
    else:
        with uninterrupted():
            written = result.save(target, overwrite=saving.overwrite)
        talk.record(facts | {"outputs": written, "result": result.raw})
        for path in written:
            talk.say(f"written {path}")


def resume_command(job: Job, *, edit: Path | None, journal: Path | None) -> str:
    """Return the command that brings a job's result home."""
    words = ["preproc", "jobs", job.id, "--resume"]
    words += ["--edit", str(edit)] if edit else []
    words += ["--journal", str(journal)] if journal else []
    return shlex.join(words)


def _numbered(target: Path, count: int) -> list[Path]:
    if target == STDOUT or count == 1:
        return [target]
    return [target.with_stem(f"{target.stem}-{n}") for n in range(1, count + 1)]


def _watcher(talk: Talk) -> Any:
    """Tell each new state once."""
    told: set[str] = set()

    def watch(status: Status) -> None:
        place = f", {status.position} before it" if status.position else ""
        words = f"{status.state}{place}"
        if words not in told:
            told.add(words)
            talk.say(words)
        for line in status.logs if talk.verbose else ():
            text = str(line.get("message", "")).rstrip()
            if text and text not in told:
                told.add(text)
                talk.detail(f"  {text}")

    return watch
