"""The key goes to fal only, and shows nowhere: in no message, log, traceback or file."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path

import pytest

from remote import errors
from remote.jobs import Desk, Job, submit
from remote.wire import Status, Submitted

from .loopback import KEY, Loopback
from .plans import FILL, plan, upload


def test_a_key_that_is_passed_shows_nowhere(make_backend):
    backend = make_backend(key="1234:verysecretindeed0")
    with pytest.raises(errors.AccessError):
        backend.submit(FILL, {})
    assert "verysecret" not in repr(vars(backend))


def test_the_key_is_nowhere(server: Loopback, desk: Desk, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    server.fault("submit", "status", status=401, body={"detail": f"Key {KEY} is wrong", "key": KEY})
    with pytest.raises(errors.AccessError) as caught:
        submit(plan(upload(b"a")), desk)
    server.fault("token", "status", status=500, body=b"")
    result = submit(plan(upload(b"a")), desk).wait()
    result.save(tmp_path / "out.png")
    half = KEY.split(":")[1]
    told = [repr(caught.value), str(caught.value), repr(caught.value.body), repr(desk), repr(result), caplog.text]
    told += [repr(vars(desk.backend)), repr(desk.journal.entries()), repr(result.raw)]
    for text in told:
        assert half not in text
    for file in filter(Path.is_file, tmp_path.rglob("*")):
        assert half.encode() not in file.read_bytes()


@pytest.mark.parametrize("step", ["submit", "token", "status", "result", "cancel"])
@pytest.mark.parametrize("status", [401, 422])
def test_no_traceback_shows_a_key_that_an_answer_repeats(server: Loopback, desk: Desk, step, status):
    half = KEY.split(":")[1]
    headers = {"x-fal-error-type": half, "x-fal-request-id": half}
    server.fault(step, "status", status=status, body={"detail": f"{KEY} is wrong"}, headers=headers)
    ask = Job.cancel if step == "cancel" else Job.wait
    with pytest.raises(errors.RemoteError) as caught:
        ask(submit(plan(upload(b"a")), desk))
    assert half not in "".join(traceback.format_exception(caught.value))
    assert half not in repr(vars(caught.value))
    assert half not in repr(desk.journal.entries())


def test_a_failure_told_by_the_status_shows_no_key(server: Loopback, desk: Desk):
    half = KEY.split(":")[1]
    said = {"status": "COMPLETED", "logs": [{"message": half}], "error": f"no {half}", "error_type": f"x{half}"}
    server.fault("status", "bytes", body=json.dumps(said).encode())
    server.answer = lambda *_: {}
    seen: list[Status] = []
    job = submit(plan(), desk)
    with pytest.raises(errors.EndpointError, match=r"no \*\*\*") as caught:
        job.wait(on_update=seen.append)
    assert half not in "".join(traceback.format_exception(caught.value)) + repr(seen[0]) + repr(job.entry.error)


def test_what_an_answer_names_is_written_down_without_keys_and_queries(server: Loopback, desk: Desk):
    fine = server.answer
    path = f"/cdn/{'deep/' * 40}a.png"
    extra = {
        "echo": f"Key {KEY}",
        "inlined": {"url": "data:image/png;base64,aGVsbG8="},
        "at": f"{server.url}{path}?t=1",
    }
    server.answer = lambda *args: {**fine(*args), **extra}
    job = submit(plan(), desk)
    raw = job.wait().raw
    assert (raw["at"], raw["inlined"]) == (extra["at"], extra["inlined"])
    assert KEY not in repr(raw)
    written = job.entry.result
    assert (written["at"], written["inlined"]) == (f"{server.url}{path}", extra["inlined"])
    assert KEY.split(":")[1] not in repr(written)


def test_queries_of_the_queues_urls_are_not_kept(server: Loopback, desk: Desk):
    server.queue_query = "?token=abc"
    job = submit(plan(), desk)
    assert "token" not in repr(job.entry.submitted)
    assert job.wait().raw["seed"]


def named(request_id: str, url: str) -> dict[str, str]:
    return {"request_id": request_id, "status_url": f"{url}/status", "response_url": url, "cancel_url": f"{url}/cancel"}


def test_a_job_of_an_older_journal_that_points_elsewhere_is_found_at_fal(server: Loopback, desk: Desk):
    job = submit(plan(), desk)
    names = named("r000001", "https://elsewhere.example/queue/r000001")
    desk.journal.submitted(job.id, Submitted(**names))
    assert job.cancel()
    server.cancels = False
    assert job.wait().request_id == "r000001"


def test_the_key_goes_to_fal_only(server: Loopback, desk: Desk):
    with Loopback() as stranger:
        foreign = f"{stranger.url}/queue/a/b/requests/r000001"
        server.fault("submit", "bytes", body=json.dumps(named("r000001", foreign)).encode())
        job = submit(plan(), desk)
        assert job.wait().request_id == "r000001"  # asked after where fal's queue keeps it
        assert stranger.url not in repr(job.entry.submitted)
        server.fault("status", "status", status=302, headers={"Location": f"{foreign}/status"})
        with pytest.raises(errors.ServerError, match="own hosts only"):
            submit(plan(seed=1), desk).status()
        assert not stranger.seen
    assert {seen.headers["Authorization"] for seen in server.posts()} == {f"Key {KEY}"}
    assert not any("Authorization" in seen.headers for seen in server.of("download"))


def test_an_answer_that_names_the_job_by_the_key(server: Loopback, desk: Desk):
    half = KEY.split(":")[1]
    for answer in (
        {"request_id": half},
        {"request_id": half, **dict.fromkeys(("response_url", "status_url", "cancel_url"), "x")},
    ):
        server.fault("submit", "bytes", body=json.dumps(answer).encode())
        with pytest.raises(errors.UnknownOutcome, match="part of the key") as caught:
            submit(plan(), desk, again=True)
        assert half not in "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert half not in repr(desk.journal.entries())


@pytest.mark.parametrize("step", ["status", "download"])
def test_a_redirect_to_elsewhere_is_named_by_its_host_alone(server: Loopback, desk: Desk, step):
    half = KEY.split(":")[1]
    job = submit(plan(), desk)
    server.fault(step, "status", status=302, headers={"Location": f"http://10.0.0.1/{half}"}, times=2)
    with pytest.raises(errors.RemoteError, match=r"http://10\.0\.0\.1:80") as caught:
        job.wait().image.read()
    assert half not in "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
