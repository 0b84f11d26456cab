"""A backend without key, network or cost.

It checks what it is sent as fal would, refuses with the same errors, and answers in the same form, with stand-in
pictures that are labelled as such in their pixels and in their metadata.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import hashlib
import json
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from preproc.errors import InputError

from .. import catalog
from ..catalog.facts import Spec
from ..errors import BudgetError, DownloadError, UnknownEndpointError, UnknownOutcome
from ..plan.arguments import read_arguments
from ..wire import Downloaded, Status, StoredFile, Submitted
from ..wire.translate import endpoint_error
from . import stand_in

__all__ = ["Fault", "Rehearsal"]

Fault: TypeAlias = Literal["slow", "lost answer", "429", "503", "black image", "wrong size", "jpeg"]
"""What goes wrong with one job: it takes three polls, its submit's answer is lost, it is refused for now, it fails, the
safety filter blackens it, it comes in another size, it comes as JPEG."""

_SCHEME = "rehearsal://"
_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}


@dataclass(slots=True)
class _Job:
    endpoint: str
    payload: dict[str, Any]
    fault: Fault | None
    polls: int = 0
    cancelled: bool = False


class Rehearsal:
    """Plays fal.

    Parameters
    ----------
    faults
        What goes wrong with the first job, the second and so on; None for nothing.

    Raises
    ------
    preproc.InputError
        If a fault is none of `Fault`.

    Examples
    --------
    >>> stage = Rehearsal()
    >>> job = stage.submit("fal-ai/flux-general", {"prompt": "a barn", "image_size": "square"})
    >>> stage.status("fal-ai/flux-general", job).state
    'completed'
    >>> image = stage.result("fal-ai/flux-general", job)["images"][0]
    >>> image["width"], image["content_type"]
    (512, 'image/png')
    """

    name = "rehearsal"

    def __init__(self, *, faults: Iterable[Fault | None] = ()) -> None:
        self._faults = deque(map(_checked, faults))
        self._files: dict[str, Downloaded] = {}
        self._jobs: dict[str, _Job] = {}
        self._lock = threading.Lock()

    def upload(self, data: bytes | Path, *, content_type: str, file_name: str) -> StoredFile:  # noqa: ARG002
        """Keep a file in memory."""
        return StoredFile(self._keep(data.read_bytes() if isinstance(data, Path) else data, content_type))

    def exists(self, url: str) -> bool:
        """Tell whether a file is kept."""
        return url in self._files

    def submit(self, endpoint: str, payload: dict[str, Any]) -> Submitted:
        """Take a job.

        Raises
        ------
        UnknownEndpointError, BudgetError, UnknownOutcome
            As fal would, or as `faults` want it.
        """
        if catalog.find(endpoint) is None:
            raise UnknownEndpointError(
                f"a rehearsal knows the endpoints of the catalog alone, and {endpoint} is none of them: whether fal has it "
                "was not asked",
                fix="with a key and no rehearsal it is sent as it is written; preproc endpoints lists the catalog",
                endpoint=endpoint,
                status_code=404,
            )
        with self._lock:
            fault = self._faults.popleft() if self._faults else None
            if fault == "429":
                raise BudgetError("too many requests (429)", fix="wait", endpoint=endpoint, status_code=429)
            request_id = f"{self.name}-{len(self._jobs) + 1:06d}"
            self._jobs[request_id] = _Job(endpoint, payload, fault)
        if fault == "lost answer":
            raise UnknownOutcome("the answer to the submit was lost", fix="it is a rehearsal", endpoint=endpoint)
        return self.locate(endpoint, request_id)

    def locate(self, endpoint: str, request_id: str) -> Submitted:
        """Return how a job is asked after, by its request id alone."""
        url = f"{_SCHEME}{endpoint}/requests/{request_id}"
        return Submitted(request_id, f"{url}/status", url, f"{url}/cancel")

    def status(self, endpoint: str, submitted: Submitted, *, logs: bool = False) -> Status:
        """Tell how far a job is: it is done when it is first asked after, unless it is slow."""
        job = self._job(endpoint, submitted)
        if job.cancelled:
            return Status("cancelled")
        job.polls += 1
        if job.fault == "slow" and job.polls < 3:
            return Status("queued", position=1) if job.polls == 1 else Status("running", logs=_said(logs))
        return Status("completed", logs=_said(logs))

    def result(self, endpoint: str, submitted: Submitted) -> dict[str, Any]:
        """Return a job's answer, or why it is refused.

        Raises
        ------
        RejectedError, ServerError
        """
        job = self._job(endpoint, submitted)
        if job.fault == "503":
            said = {"detail": "Runner disconnected", "error_type": "runner_disconnected"}
            raise endpoint_error(503, said, endpoint=endpoint, request_id=submitted.request_id)
        spec = catalog.endpoint(endpoint)
        if problems := read_arguments(spec, job.payload).problems:
            detail = [
                {"loc": ["body", *p.field.split(".")], "msg": p.message, "type": p.code, "input": p.value}
                for p in problems
            ]
            raise endpoint_error(422, {"detail": detail}, endpoint=endpoint, request_id=submitted.request_id)
        return self._answer(spec, job)

    def cancel(self, endpoint: str, submitted: Submitted) -> bool:
        """Take a job back that was not asked after yet, or is slow."""
        job = self._job(endpoint, submitted)
        done = job.polls >= (3 if job.fault == "slow" else 1)
        job.cancelled = not done
        return not done

    def download(self, url: str, *, max_bytes: int, timeout_s: float) -> Downloaded:  # noqa: ARG002
        """Return a kept file."""
        found = self._files.get(url)
        if found is None:
            raise DownloadError("this rehearsal does not have that file", gone=True, fix="rehearse again")
        if len(found.data) > max_bytes:
            error = DownloadError(f"the file has {len(found.data):,} bytes, allowed are {max_bytes:,}")
            error.byte_count = len(found.data)
            raise error
        return found

    def _keep(self, data: bytes, content_type: str) -> str:
        url = f"{_SCHEME}{hashlib.sha256(data).hexdigest()}"
        self._files[url] = Downloaded(data, content_type)
        return url

    def _job(self, endpoint: str, submitted: Submitted) -> _Job:
        job = self._jobs.get(submitted.request_id)
        if job is None:
            raise endpoint_error(
                404, {"detail": "Request not found"}, endpoint=endpoint, request_id=submitted.request_id
            )
        return job

    def _read(self, url: Any) -> bytes | None:
        """Return the bytes behind a URL without a network; None where that is not possible."""
        if not isinstance(url, str):
            return None
        if url in self._files:
            return self._files[url].data
        if url.startswith("data:"):
            try:
                return base64.b64decode(url.partition(",")[2], validate=True)
            except binascii.Error:
                return None
        return None

    def _answer(self, spec: Spec, job: _Job) -> dict[str, Any]:
        payload = job.payload
        text = json.dumps(payload, sort_keys=True)
        seed = payload.get("seed", int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]))
        count = int(payload.get("num_images") or 1)
        answer: dict[str, Any] = {}
        for name, kind in spec.outputs.items():
            kind = kind.removesuffix("?")  # noqa: PLW2901
            if kind in {"image[]", "object[]"} and name in {"images", "masks", "individual_masks"}:
                answer[name] = [self._image(spec, job, name, seed + number) for number in range(count)]
            elif kind == "image" or (kind == "object" and name == "image"):
                answer[name] = self._image(spec, job, name, seed)
            elif kind == "boolean[]":
                answer[name] = [job.fault == "black image"] * count
            else:
                answer[name] = _plain(name, kind, seed, payload)
        return answer

    def _image(self, spec: Spec, job: _Job, field: str, seed: int) -> dict[str, Any]:
        picture = stand_in.paint(spec, job.payload, self._read, field=field, seed=seed)
        if job.fault == "wrong size":
            smaller = type(picture.size)(max(1, picture.size.width - 8), picture.size.height)
            picture = stand_in.paint(spec, job.payload, self._read, field=field, seed=seed, size=smaller)
        if job.fault == "black image":
            picture = stand_in.Picture(np.zeros_like(picture.pixels))
        form = "jpeg" if job.fault == "jpeg" else self._form(spec, job.payload, picture)
        data = stand_in.encode(picture, form, about={"endpoint": job.endpoint, "seed": seed})
        return {
            "url": self._keep(data, _TYPES[form]),
            "content_type": _TYPES[form],
            "file_name": f"{field}.{form}",
            "file_size": len(data),
            "width": picture.size.width,
            "height": picture.size.height,
        }

    @staticmethod
    def _form(spec: Spec, payload: dict[str, Any], picture: stand_in.Picture) -> Literal["png", "jpeg", "webp"]:
        name = spec.format_field
        asked = payload.get(name, spec.fields[name].default) if name in spec.fields else "png"
        if picture.pixels.ndim == 3 and picture.pixels.shape[2] == 4:
            return "png"
        return "jpeg" if asked in {"jpeg", "jpg"} else "webp" if asked == "webp" else "png"


def _checked(fault: Fault | None) -> Fault | None:
    known = get_args(Fault)
    if fault is not None and fault not in known:
        near = difflib.get_close_matches(str(fault).lower(), known, n=1, cutoff=0.5)
        fix = f"perhaps {near[0]!r}; there are " if near else ""
        raise InputError(f"faults: {fault!r} is no fault", fix=f"{fix}{', '.join(map(repr, known))}, and None")
    return fault


def _said(logs: object) -> tuple[dict[str, Any], ...]:
    return ({"message": "rehearsing", "level": "INFO", "timestamp": ""},) if logs else ()


def _plain(name: str, kind: str, seed: int, payload: dict[str, Any]) -> Any:
    """Return a value of the right kind."""
    if name in {"seed", "used_seed"}:
        return seed
    if kind == "string":
        return str(payload.get(name, ""))
    return {"number": 0.0, "object": {}}.get(kind, [] if kind.endswith("[]") else None)
