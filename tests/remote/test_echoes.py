"""Whatever fal echoes: the key is in no log of ours, error, repr, journal, sidecar or address, in none of its forms."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from remote import Fal, errors
from remote.jobs import Desk, Pace, submit

from .loopback import KEY, Loopback
from .plans import plan, upload

HALF = KEY.split(":")[1]
FORMS = [KEY, HALF, quote(KEY, ""), base64.b64encode(KEY.encode()).decode()]


def queue_urls(server: Loopback, key: str) -> None:
    at = f"{server.url}/queue/fal-ai/flux-pro/requests/{key}"
    urls = {"status_url": f"{at}/status", "response_url": at, "cancel_url": f"{at}/cancel"}
    server.fault("submit", "bytes", body={"request_id": "r000002", **urls})


def in_the_answer(server: Loopback, key: str) -> None:
    answer = server.answer

    def echoed(*job: Any) -> dict[str, Any]:
        said = answer(*job)
        image = said["images"][0]
        path = f"/cdn/files/{key}/out.png"
        server.files[path] = (server.read(image["url"]), "image/png")
        url = f"{server.url}{path}?k={key}"
        return {**said, "images": [{**image, "url": url, "file_name": key}], "prompt": key, key: key}

    server.answer = echoed


def fault(step: str, kind: str, make: Callable[[str, str], dict[str, Any]]) -> Callable[[Loopback, str], None]:
    return lambda server, key: server.fault(step, kind, times=60, **make(key, server.url))


def refused(key: str) -> dict[str, Any]:
    return {"detail": [{"loc": [key], "msg": key, "type": key, "input": {key: key}, "ctx": {key: key}}]}


def everywhere(*steps: str) -> Callable[[Loopback, str], None]:
    """Let every answer of these steps have a header that repeats the key."""

    def echo(server: Loopback, key: str) -> None:
        for step in steps:
            for _ in range(30):
                server.fault(step, "headed", headers={"X-Echo": f"Key {key}", "Set-Cookie": key})

    return echo


ECHOES = {
    "queue urls": queue_urls,
    "answer": in_the_answer,
    "access url": fault("upload", "bytes", lambda key, at: {"body": {"access_url": f"{at}/cdn/files/{key}/a.png"}}),
    "access query": fault("upload", "bytes", lambda key, at: {"body": {"access_url": f"{at}/cdn/files/a?k={key}"}}),
    "upload error": fault("upload", "status", lambda key, _: {"status": 400, "body": f"no {key}".encode()}),
    "token error": fault("token", "status", lambda key, _: {"status": 400, "body": {"detail": key}}),
    "submit error": fault("submit", "status", lambda key, _: {"status": 422, "body": refused(key)}),
    "request id": fault(
        "submit",
        "bytes",
        lambda key, at: {
            "body": {"request_id": key.replace(":", "-"), "status_url": at, "response_url": at, "cancel_url": at}
        },
    ),
    "headers": fault(
        "submit",
        "status",
        lambda key, _: {"status": 400, "body": {}, "headers": {"x-fal-request-id": key, "x-fal-error-type": key}},
    ),
    "status": fault(
        "status",
        "bytes",
        lambda key, _: {
            "body": {"status": "COMPLETED", "logs": [{"message": key, key: key}], "error": key, "error_type": key}
        },
    ),
    "status word": fault("status", "bytes", lambda key, _: {"body": {"status": key}}),
    "result error": fault("result", "status", lambda key, _: {"status": 422, "body": refused(key)}),
    "headers of the queue": everywhere("submit", "status", "result", "cancel"),
    "headers of the files": everywhere("token", "upload", "exists", "download"),
    "redirect": fault(
        "download", "status", lambda key, at: {"status": 302, "headers": {"Location": f"{at}/cdn/{key}"}}
    ),
    "content type": fault("download", "status", lambda key, _: {"headers": {"Content-Type": f"text/{key}"}}),
}


def told(error: BaseException) -> str:
    """Say all that an error holds, and whatever it came from."""
    known, chain = [], [error]
    while chain:
        one = chain.pop()
        known.append(one)
        chain.extend(other for other in (one.__cause__, one.__context__) if other and other not in known)
    return "".join([*traceback.format_exception(error), *map(repr, known), *(repr(vars(one)) for one in known)])


@pytest.mark.parametrize("key", FORMS, ids=["key", "half", "quoted", "base64"])
@pytest.mark.parametrize("echo", ECHOES)
def test_the_key_is_nowhere(server: Loopback, make_backend, tmp_path: Path, caplog, monkeypatch, echo: str, key: str):
    monkeypatch.setattr("remote.wire.client._FILE_PAUSE_S", 0.001)
    caplog.set_level(logging.DEBUG)
    ECHOES[echo](server, key)
    said: list[str] = []
    with Fal(make_backend(), journal=tmp_path / "j.sqlite3", pace=Pace(first_s=0.001, longest_s=0.01)) as fal:
        for _ in range(2):
            try:
                job = fal.submit(plan(upload(b"picture")))
                said.append(repr((job, job.entry)))
                result = job.wait(2, on_update=lambda status: said.append(repr((status, status.logs))))
                said.append(repr((result, result.raw, result.files, result.missing, result.plan)))
                said.append(json.dumps(result.provenance()))
                result.save(tmp_path / "out.png", overwrite=True)
            except errors.RemoteError as error:
                said.append(told(error))
        said.extend(repr((one, one.result, one.error, one.submitted)) for one in fal.jobs())
        said.append(caplog.text)
        files = [(file.name.encode(), file.read_bytes()) for file in tmp_path.rglob("*") if file.is_file()]
    for form in FORMS:
        assert form not in "".join(said)
        assert not any(form.encode() in part for file in files for part in file)


def test_an_upload_lies_at_fal_or_nowhere(server: Loopback, desk: Desk):
    server.fault("upload", "bytes", body={"access_url": "https://evil.example/p.png"})
    with pytest.raises(errors.UploadError, match=r"https://evil\.example:443, which is none of fal's own"):
        submit(plan(upload(b"picture")), desk)
    assert not desk.journal.entries()


def test_a_file_server_that_fails_is_asked_again(server: Loopback, desk: Desk, monkeypatch):
    monkeypatch.setattr("remote.wire.client._FILE_PAUSE_S", 0.001)
    server.fault("upload", "status", status=500, body={"detail": "oops"}, times=2)
    assert submit(plan(upload(b"picture")), desk).wait().image.read()


def test_an_upload_token_that_is_not_taken_is_asked_for_anew(server: Loopback, desk: Desk):
    server.fault("upload", "status", status=401, body={"detail": "token expired"})
    assert submit(plan(upload(b"picture")), desk).wait().image.read()
    assert len(server.of("token")) == 2
    server.fault("upload", "status", status=401, body={"detail": "token expired"}, times=2)
    with pytest.raises(errors.UploadError, match="the key itself was accepted"):
        submit(plan(upload(b"another")), desk)


def test_a_log_is_as_it_was_apart_from_the_key(server: Loopback, make_backend, tmp_path: Path, caplog):
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger("httpcore.http11")
    backend = make_backend()
    with Fal(backend, journal=tmp_path / "j.sqlite3") as fal:
        fal.submit(plan())
        caplog.clear()
        logger.debug("a header %s and %d", base64.b64encode(KEY.encode()), 5)
        try:
            int(KEY)
        except ValueError:
            logger.exception("it failed")
        logger.debug("nothing to hide: %s", "a door")
    known, failed, plain = caplog.records
    assert known.getMessage() == "a header b'***=' and 5"
    assert "ValueError: invalid literal for int() with base 10: '***'" in failed.exc_text
    assert (plain.msg, plain.args) == ("nothing to hide: %s", ("a door",))
    filters = len(logger.filters)
    backend.close()
    assert len(logger.filters) == filters - 1


def test_a_job_named_by_the_key_is_in_no_error_that_led_to_ours(server: Loopback, desk: Desk):
    server.fault("submit", "bytes", body=json.dumps({"request_id": HALF}).encode())
    with pytest.raises(errors.UnknownOutcome, match="by a part of the key") as caught:
        submit(plan(), desk)
    led: BaseException | None = caught.value
    while led is not None:
        assert HALF not in f"{led!r} {vars(led)}"
        led = led.__cause__ or led.__context__
