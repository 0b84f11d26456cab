"""``preproc jobs``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from cyclopts.types import NonNegativeFloat, PositiveInt

from ..choices import Repair
from ..errors import InputError
from .exits import UsageError
from .outputs import SAVING, Saving
from .talk import TALK, Talk, table

if TYPE_CHECKING:
    from remote import Fal
    from remote.jobs import Entry

__all__ = ["jobs"]


def jobs(
    job: str | None = None,
    /,
    *,
    resume: bool = False,
    cancel: bool = False,
    adopt: str | None = None,
    not_taken: bool = False,
    edit: Path | None = None,
    repair: Repair = "auto",
    align: bool = False,
    timeout: NonNegativeFloat = 600,
    max_pixels: PositiveInt | None = None,
    max_file_bytes: PositiveInt | None = None,
    limit: PositiveInt = 20,
    journal: Path | None = None,
    saving: Saving = SAVING,
    talk: Talk = TALK,
) -> None:
    """List the jobs that were submitted, look at one, or bring its result home.

    Parameters
    ----------
    job
        A job's id, or as much of it as is needed; left out: list all.
    resume
        Wait for it and save its result; nothing is paid again.
    cancel
        Call it back; a job that has begun may be billed all the same.
    adopt
        Where the answer to its submit was lost and fal's dashboard shows it: the request id that it has there.
    not_taken
        Where the answer to its submit was lost and fal's dashboard does not show it: it may be submitted anew.
    edit
        With --resume: the NAME.edit.json it was made from; the result is pasted back into the photo.
    repair
        With --edit: what may be done to colours and seam of the new part.
    align
        With --edit: undo a drift of the picture of more than half a pixel.
    timeout
        Seconds to wait.
    max_pixels
        With --resume: open a picture of up to this many pixels; 300 million, if left out.
    max_file_bytes
        With --resume: fetch a file of up to this many bytes; 256 MiB, if left out.
    limit
        How many to list, the newest first.
    journal
        The file that jobs are written to; your own, if left out.

    Examples
    --------
    preproc jobs

    preproc jobs 20260811-093014-1f6c8a02 --resume --edit photo.crop.edit.json
    """
    asked = {"--resume": resume, "--cancel": cancel, "--adopt": adopt is not None, "--not-taken": not_taken}
    wanted = [name for name, given in asked.items() if given]
    if wanted and job is None:
        raise UsageError("which job?", fix="preproc jobs lists their ids")
    if len(wanted) > 1:
        raise UsageError(f"{' and '.join(wanted)} do different things with the job", fix="give one of them")
    found = _entries(journal)
    if job is None:
        _list(found[:limit], talk)
        return
    entry = _chosen(found, job)
    if not wanted:
        facts = _facts(entry) | {"plan": entry.plan, "result": entry.result, "error": entry.error}
        talk.answer(msgspec.json.format(msgspec.json.encode(facts), indent=2).decode(), facts)
        return
    talk.check(saving)
    with _fal(entry, journal, max_pixels, max_file_bytes) as fal:
        known = fal.resume(entry.id)
        if cancel:
            stopped = known.cancel()
            talk.answer("cancelled" if stopped else f"too late: it is {known.entry.state}", {"cancelled": stopped})
            return
        if (adopt is not None or not_taken) and (state := known.entry.state) not in {"unknown", "submitting"}:
            how = " --resume brings its result" if state in {"submitted", "done"} else " says what became of it"
            raise InputError(
                f"job {entry.id} is {state}: --adopt and --not-taken settle only a job whose outcome nobody knows",
                fix=f"preproc jobs {entry.id}{how}",
            )
        if adopt is not None:
            known.adopt(adopt)
        if not_taken:
            known.declare_not_taken()
        if adopt is not None or not_taken:
            talk.answer(f"job {entry.id} is {known.entry.state} now", _facts(known.entry))
            return
        from .edits import load_edit
        from .results import checked_targets, collect, image_target, resume_command

        loaded = None if edit is None else load_edit(edit)
        target = image_target(entry.endpoint, image=None, edit=edit, saving=saving)
        with checked_targets(target, 1, saving):
            collect(
                known,
                target,
                loaded,
                timeout=timeout,
                repair=repair,
                align=align,
                again=resume_command(known, edit=edit, journal=journal),
                saving=saving,
                talk=talk,
            )


def _fal(entry: Entry, journal: Path | None, max_pixels: int | None, max_file_bytes: int | None) -> Fal:
    """Return what the job went to."""
    from remote import Fal
    from remote.jobs.fetch import MAX_BYTES

    from ..files import MAX_PIXELS

    known: dict[str, Literal["fal", "rehearsal"]] = {"fal": "fal", "rehearsal": "rehearsal"}
    if entry.backend not in known:
        raise UsageError(f"job {entry.id} went to another backend, {entry.backend!r}", fix="Fal(backend=…).resume(id)")
    return Fal(
        backend=known[entry.backend],
        journal=journal,
        max_pixels=max_pixels or MAX_PIXELS,
        max_file_bytes=max_file_bytes or MAX_BYTES,
    )


def _entries(path: Path | None) -> list[Entry]:
    from remote.jobs.journal import Journal, default_path

    if path and not path.is_file():
        raise InputError(f"there is no journal {path}", fix="leave --journal out for your own")
    place = path or default_path()
    if not place.exists():
        return []
    journal = Journal(place)
    try:
        return journal.entries(limit=-1)
    finally:
        journal.close()


def _chosen(found: list[Entry], job: str) -> Entry:
    from remote.errors import UnknownJobError

    fits = [entry for entry in found if entry.id.startswith(job)]
    if len(fits) == 1:
        return fits[0]
    said = "is in no journal here" if not fits else f"is the beginning of {len(fits)} jobs"
    fix = "preproc jobs lists their ids; of rehearsals, preproc jobs --journal FILE" if not fits else "more of its id"
    raise UnknownJobError(f"job {job!r} {said}", fix=fix, job_id=job)


def _list(found: list[Entry], talk: Talk) -> None:
    if not found:
        talk.say("no job was submitted yet; rehearsals are listed where preproc run --journal FILE kept them")
        return
    if talk.json:
        for entry in found:
            talk.record(_facts(entry))
        return
    rows = [
        (
            entry.id,
            entry.state,
            "" if entry.price is None else f"{entry.price:.4g}",
            entry.endpoint,
            str(entry.plan.get("payload", {}).get("prompt", ""))[:40],
        )
        for entry in found
    ]
    print(table(rows, heads=("job", "state", "price", "endpoint", "prompt")))


def _facts(entry: Entry) -> dict[str, Any]:
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(entry.created))
    return {
        "job_id": entry.id,
        "state": entry.state,
        "endpoint": entry.endpoint,
        "backend": entry.backend,
        "created": when,
        "price": entry.price,
        "request_id": entry.submitted.request_id if entry.submitted else None,
    }
