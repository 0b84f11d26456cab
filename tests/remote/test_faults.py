"""Whatever happens to a submit, one POST; whatever happens elsewhere, nothing lost."""

from __future__ import annotations

import json
import logging
import pickle
import time
import traceback
from pathlib import Path

import pytest

from remote import errors
from remote.jobs import Desk, Job, submit
from remote.wire import Status, Submitted

from .loopback import KEY, NGINX_PAGE, Loopback
from .plans import FILL, plan, upload

JSON = {"Content-Type": "application/json"}
LOST = {
    "cut before its body": {"kind": "cut-early"},
    "cut in its body": {"kind": "cut-mid"},
    "cut after it was taken": {"kind": "cut-late"},
    "half an answer": {"kind": "half"},
    "half of the JSON": {"kind": "bytes", "body": b'{"request_id": "r0000'},
    "a web page": {"kind": "bytes", "body": b"<html>hello</html>", "headers": {"Content-Type": "text/html"}},
    "no request id": {"kind": "bytes", "body": b"{}"},
    "garbled gzip": {"kind": "bytes", "body": b"no gzip", "headers": {"Content-Encoding": "gzip"}},
    "408": {"kind": "status", "status": 408, "body": b"{}"},
    "409": {"kind": "status", "status": 409, "body": b"{}"},
    "499": {"kind": "status", "status": 499, "body": {"detail": "client disconnected"}},
    "500": {"kind": "status", "status": 500, "body": {"detail": "internal", "error_type": "internal_error"}},
    "502 with a page": {"kind": "status", "status": 502, "body": NGINX_PAGE},
    "503": {"kind": "status", "status": 503, "body": NGINX_PAGE, "headers": {"x-fal-request-id": "abc"}},
    "504": {"kind": "status", "status": 504, "body": NGINX_PAGE},
    "a redirect": {"kind": "status", "status": 307, "headers": {"Location": "/queue/elsewhere"}},
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
def test_a_lost_answer_is_one_post_and_an_unknown_outcome(server: Loopback, desk: Desk, fault):
    server.fault("submit", **fault)
    with pytest.raises(errors.UnknownOutcome) as caught:
        submit(plan(), desk)
    assert len(server.posts()) == 1
    entry = desk.journal.get(caught.value.job_id)
    assert (entry.state, entry.endpoint, entry.submitted) == ("unknown", FILL, None)
    assert caught.value.endpoint == FILL
    assert f"fal.resume({entry.id!r}).adopt(request_id)" in caught.value.fix
    with pytest.raises(errors.UnknownOutcome, match=entry.id) as repeated:
        submit(plan(), desk)
    assert caught.value.message in repeated.value.message
    assert len(server.posts()) == 1
    assert submit(plan(), desk, again=True).wait().raw["seed"]
    assert len(server.posts()) == 2


def test_a_slow_answer_is_one_post(server: Loopback, make_backend, desk: Desk):
    slow = Desk(make_backend(timeout_s=0.15), desk.storage, desk.journal)
    server.fault("submit", "slow", delay=1.0)
    with pytest.raises(errors.UnknownOutcome, match="ReadTimeout"):
        submit(plan(), slow)
    time.sleep(0.2)
    assert len(server.posts()) == 1


def test_an_answer_that_drips_is_one_post(server: Loopback, make_backend, desk: Desk):
    slow = Desk(make_backend(timeout_s=0.15), desk.storage, desk.journal)
    server.fault("submit", "drip", delay=0.02)
    began = time.monotonic()
    with pytest.raises(errors.UnknownOutcome, match="ReadTimeout"):
        submit(plan(), slow)
    assert time.monotonic() - began < 1
    assert len(server.posts()) == 1


@pytest.mark.parametrize(("header", "waits"), [("3", [3.0, 3.0]), (None, [1.0, 2.0]), ("soon", [1.0, 2.0])])
def test_a_429_is_waited_out_and_sent_again(server: Loopback, desk: Desk, pauses, header, waits):
    headers = {"Retry-After": header} if header else {}
    server.fault("submit", "status", status=429, body={"detail": "slow down"}, headers=headers, times=2)
    assert submit(plan(), desk).wait().request_id == "r000001"
    assert len(server.posts()) == 3
    assert pauses == waits
    assert len(server.jobs) == 1


def test_a_429_is_not_waited_out_for_ever(server: Loopback, desk: Desk, pauses):
    server.fault("submit", "status", status=429, body=b"{}", headers={"Retry-After": "50"}, times=20)
    with pytest.raises(errors.BudgetError, match="429") as caught:
        submit(plan(), desk)
    assert caught.value.status_code == 429
    assert pauses == [50.0, 50.0]
    assert len(server.posts()) == 3
    assert [entry.state for entry in desk.journal.entries()] == ["failed"]


def test_no_connection_at_all_is_tried_again_and_bills_nothing(monkeypatch, desk: Desk, server: Loopback):
    import fal_client.client

    monkeypatch.setattr(fal_client.client, "QUEUE_URL_FORMAT", "http://127.0.0.1:9/queue/")
    with pytest.raises(errors.TransferError, match="ConnectError"):
        submit(plan(), desk)
    assert [entry.state for entry in desk.journal.entries()] == ["failed"]
    assert not server.posts()


REFUSED = [
    (401, {"detail": "no"}, errors.AccessError),
    (402, {"detail": "pay"}, errors.BudgetError),
    (
        403,
        {"detail": "User is locked. Reason: Exhausted balance. Top up at fal.ai/dashboard/billing."},
        errors.BudgetError,
    ),
    (403, {"detail": "Not allowed"}, errors.AccessError),
    (404, {"detail": "Application not found"}, errors.UnknownEndpointError),
    (422, {"detail": [{"loc": ["body", "x"], "msg": "bad", "type": "t"}]}, errors.RejectedError),
]


@pytest.mark.parametrize(("status", "body", "kind"), REFUSED)
def test_a_refusal_is_final(server: Loopback, desk: Desk, status, body, kind):
    server.fault("submit", "status", status=status, body=body)
    with pytest.raises(kind) as caught:
        submit(plan(), desk)
    assert type(caught.value) is kind
    assert caught.value.status_code == status
    assert len(server.posts()) == 1
    assert [entry.state for entry in desk.journal.entries()] == ["failed"]
    assert submit(plan(), desk).wait().raw  # a refused job may be sent again without more ado


@pytest.mark.parametrize("step", ["status", "result"])
@pytest.mark.parametrize(
    "fault", [{"kind": "cut-late"}, {"kind": "half"}, {"kind": "status", "status": 502, "body": NGINX_PAGE}]
)
def test_asking_again_is_free(server: Loopback, desk: Desk, step, fault):
    server.fault(step, times=2, **fault)
    assert submit(plan(), desk).wait().raw["seed"]
    assert len(server.posts()) == 1


UNREADY = [
    {"kind": "status", "status": 400, "body": {"detail": "Request is still in progress"}},
    {"kind": "status", "status": 422, "body": b"<html>gateway</html>"},
    {"kind": "bytes", "body": b'{"detail": "Request is still in progress"}'},
    {"kind": "bytes", "body": b'{"status": "IN_PROGRESS"}'},
]


@pytest.mark.parametrize("fault", UNREADY)
def test_an_answer_about_the_request_is_not_the_jobs_own(server: Loopback, desk: Desk, fault):
    server.fault("result", **fault)
    assert submit(plan(), desk).wait().raw["seed"]
    assert len(server.posts()) == 1
    assert [entry.state for entry in desk.journal.entries()] == ["done"]


def test_an_answer_nested_too_deeply_leaves_the_outcome_unknown(server: Loopback, desk: Desk):
    server.fault("submit", "bytes", body=b"[" * 100_000)
    with pytest.raises(errors.UnknownOutcome):
        submit(plan(), desk)
    with pytest.raises(errors.UnknownOutcome):
        submit(plan(), desk)
    assert len(server.posts()) == 1


def test_a_picture_counts_more_than_what_the_status_says(server: Loopback, desk: Desk):
    said = {"status": "COMPLETED", "logs": [], "error": "late", "error_type": "request_timeout"}
    server.fault("status", "bytes", body=json.dumps(said).encode())
    assert submit(plan(), desk).wait().image.array().shape == (48, 64, 3)


def test_a_signed_url_is_asked_for_anew_by_another_process(server: Loopback, desk: Desk):
    fine = server.answer

    def signed(*args):
        answer = fine(*args)
        for image in answer["images"]:
            image["url"] += "?sig=abc"
        return answer

    server.answer = signed
    server.fault("download", "status", status=403, times=9)
    job = submit(plan(), desk)
    assert job.wait().is_unfetched
    assert "sig" not in repr(job.entry.result)
    server.faults.clear()
    asked = len(server.of("result"))
    server.fault("download", "status", status=403)  # of the bare one
    assert Job(job.id, job.endpoint, desk).wait().image.array().shape == (48, 64, 3)
    assert len(server.of("result")) == asked + 1
    assert len(server.posts()) == 1


@pytest.mark.parametrize("step", ["status", "result"])
def test_a_server_that_stays_silent_does_not_hold_up_who_waits(server: Loopback, make_backend, desk: Desk, step):
    job = submit(plan(), Desk(make_backend(timeout_s=0.1), desk.storage, desk.journal, pace=desk.pace))
    server.fault(step, "slow", delay=5, times=100)
    began = time.monotonic()
    with pytest.raises(errors.WaitTimeout, match="ReadTimeout"):
        job.wait(timeout=0.3)
    assert time.monotonic() - began < 1.5
    server.faults.clear()
    assert job.wait().raw["seed"]
    assert len(server.posts()) == 1


def test_cancelling_is_tried_again_and_a_failure_says_that_the_job_goes_on(server: Loopback, desk: Desk, monkeypatch):
    monkeypatch.setattr("remote.wire.backend._CANCEL_PAUSE_S", 0.001)
    server.states = ["IN_QUEUE"] * 1000
    job = submit(plan(), desk)
    server.fault("cancel", "status", status=503, body=b"busy", times=100)
    with pytest.raises(errors.ServerError, match="goes on at fal"):
        job.cancel()
    assert job.entry.state == "submitted"
    server.faults.clear()
    server.fault("cancel", "cut-late", times=2)
    assert job.cancel()
    with pytest.raises(errors.JobCancelled):
        job.wait()


def test_a_broken_status_page_does_not_lose_the_job(server: Loopback, desk: Desk):
    job = submit(plan(), desk)
    server.fault("status", "status", status=500, body=b"oops", times=8)
    assert job.wait().request_id == job.request_id


def test_what_does_not_pass_in_time_is_named(server: Loopback, desk: Desk):
    job = submit(plan(), desk)
    server.fault("status", "status", status=500, body=b"oops", times=1000)
    with pytest.raises(errors.WaitTimeout, match=r"it goes on; .*\(500\): oops"):
        job.wait(timeout=0.1)
    assert job.entry.state == "submitted"


@pytest.mark.parametrize("status", [408, 409, 425, 429, 499, 500, 502, 503, 504])
def test_a_result_that_passes_by_is_waited_for(server: Loopback, desk: Desk, status):
    server.fault("result", "status", status=status, body={"detail": "busy"}, times=4)
    assert submit(plan(), desk).wait().raw["seed"]
    assert len(server.posts()) == 1


def test_a_page_of_a_proxy_is_no_answer_yet(server: Loopback, desk: Desk):
    for step in ("status", "result"):
        server.fault(step, "bytes", body=NGINX_PAGE)
    assert submit(plan(), desk).wait().raw["seed"]


@pytest.mark.parametrize(("status", "times"), [(401, 1), (402, 1), (403, 1), (404, 11)])
def test_a_result_refused_for_a_while_loses_no_paid_job(server: Loopback, desk: Desk, status, times):
    job = submit(plan(), desk)
    server.fault("result", "status", times=times, status=status, body={"detail": "no", "error_type": "unauthorized"})
    with pytest.raises((errors.AccessError, errors.BudgetError, errors.UnknownEndpointError)):
        job.wait()
    assert job.entry.state == "submitted"
    assert submit(plan(), desk).wait().raw["seed"]
    assert len(server.posts()) == 1


@pytest.mark.parametrize("status", [400, 422])
def test_a_result_that_is_refused_ends_the_job(server: Loopback, desk: Desk, status):
    server.failure = (status, {"detail": "no"})
    job = submit(plan(), desk)
    with pytest.raises(errors.EndpointError):
        job.wait()
    assert job.entry.state == "failed"


def test_a_failed_job_stays_failed(server: Loopback, desk: Desk):
    server.failure = (500, {"detail": "CUDA out of memory", "error_type": "internal_server_error"})
    job = submit(plan(), desk)
    for _ in range(2):
        with pytest.raises(errors.ServerError, match="CUDA out of memory") as caught:
            job.wait()
        assert (caught.value.request_id, caught.value.error_type) == (job.request_id, "internal_server_error")
    assert len(server.of("result")) == 1


def test_a_422_names_its_fields(server: Loopback, desk: Desk):
    detail = [
        {"loc": ["body", "strength"], "msg": "too large", "type": "less_than_equal", "ctx": {"le": 1}, "input": 1.7},
        {"loc": ["body", "loras", 0, "path"], "msg": "Field required", "type": "missing", "input": {}},
    ]
    server.failure = (422, {"detail": detail})
    with pytest.raises(errors.RejectedError) as caught:
        submit(plan(), desk).wait()
    assert [(f.field, f.value, f.code) for f in caught.value.fields] == [
        ("strength", 1.7, "less_than_equal"),
        ("loras.0.path", {}, "missing"),
    ]
    assert caught.value.message == (
        f"{FILL} refuses what it was sent (422): strength: too large (le 1); loras.0.path: Field required"
    )


def test_a_dead_upload_is_uploaded_again(server: Loopback, desk: Desk):
    first = plan(upload(b"picture"))
    submit(first, desk).wait()
    submit(first, desk, again=True).wait()
    assert len(server.of("upload")) == 1
    server.files.clear()
    submit(first, desk, again=True).wait()
    assert len(server.of("upload")) == 2
    server.failure = (422, {"detail": [{"loc": ["body", "image_url"], "msg": "gone", "type": "file_download_error"}]})
    with pytest.raises(errors.RejectedError, match="gone"):
        submit(first, desk, again=True).wait()
    server.failure = None
    submit(first, desk, again=True).wait()
    assert len(server.of("upload")) == 3


@pytest.mark.parametrize("fault", [{"kind": "cut-mid"}, {"kind": "cut-late"}, {"kind": "half"}])
def test_a_cut_upload_is_repeated(server: Loopback, desk: Desk, fault):
    server.fault("upload", times=2, **fault)
    one = upload(b"x" * 100_000)
    submit(plan(one), desk).wait()
    sent = server.posts()[0].json["image_url"]
    assert server.read(sent) == one.data


def test_a_refused_upload_token(server: Loopback, desk: Desk, monkeypatch):
    server.fault("token", "status", status=401, body={"detail": "bad key"})
    with pytest.raises(errors.AccessError, match="401"):
        submit(plan(upload(b"a")), desk)
    assert not desk.journal.entries()
    server.fault("token", "status", status=503, body=b"busy", times=2)
    monkeypatch.setattr("remote.wire.client._TOKEN_PAUSE_S", 0.01)
    submit(plan(upload(b"a")), desk).wait()


def test_an_upload_that_is_refused(server: Loopback, desk: Desk):
    server.fault("upload", "status", status=413, body={"detail": "too large"})
    with pytest.raises(errors.UploadError, match="too large"):
        submit(plan(upload(b"a")), desk)
    assert not server.posts()
    assert not server.of("unknown")  # above all not the other way to upload, which sends the key to any host it is told


def test_a_file_server_without_head(server: Loopback, desk: Desk):
    submit(plan(upload(b"a")), desk)
    server.fault("exists", "status", status=405)
    submit(plan(upload(b"a"), seed=1), desk)
    assert len(server.of("upload")) == 1


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


@pytest.mark.parametrize(
    ("step", "said"),
    [("status", b'{"status": "PAUSED"}'), ("status", b'{"status": 3}'), ("status", b"[1]"), ("result", b"[1]")],
)
def test_an_answer_that_cannot_be_read_says_how_to_ask_again(server: Loopback, desk: Desk, step, said):
    job = submit(plan(), desk)
    server.fault(step, "bytes", body=said, times=11)
    with pytest.raises(errors.ServerError, match="goes on at fal") as caught:
        job.wait()
    assert len(server.of(step)) == 11
    assert f"fal.resume({job.id!r}).wait()" in caught.value.fix
    assert job.entry.state == "submitted"
    assert job.wait().raw["seed"]
    assert len(server.posts()) == 1


@pytest.mark.parametrize("said", [{}, {"images": []}, {"images": None}, {"images": [{"url": None}]}, {"image": "?"}])
def test_an_answer_without_a_picture_is_told_at_once_and_kept(server: Loopback, desk: Desk, said):
    server.answer = lambda *_: {**said, "seed": 7}
    job = submit(plan(), desk)
    for again in (job, submit(plan(), desk)):
        with pytest.raises(
            errors.NoPictureError, match="answered without a picture; its answer holds .*seed"
        ) as caught:
            again.wait()
        assert caught.value.body == {**said, "seed": 7}
    assert (job.entry.state, job.entry.result) == ("done", {**said, "seed": 7})
    assert len(server.posts()) == 1
    assert pickle.loads(pickle.dumps(caught.value)).body == caught.value.body


@pytest.mark.parametrize("said", [b"{}", b'{"error": "upstream"}', b'{"images": null}'])
def test_an_answer_that_lacked_its_picture_once_is_asked_for_again(server: Loopback, desk: Desk, said: bytes):
    job = submit(plan(), desk)
    server.fault("result", "bytes", body=said)
    with pytest.raises(errors.NoPictureError) as caught:
        job.wait()
    assert f"fal.resume({job.id!r}).wait() asks fal" in caught.value.fix
    again = submit(plan(), desk)
    assert again.id == job.id
    assert again.wait().images
    asked = len(server.of("result"))
    assert job.entry.result["images"]
    assert submit(plan(), desk).wait().images
    assert len(server.of("result")) == asked
    assert len(server.posts()) == 1


def test_fewer_pictures_than_were_asked_for_are_told(server: Loopback, desk: Desk):
    result = submit(plan(num_images=3), desk).wait()
    assert result.warnings == ("asked for 3 pictures, 1 came",)


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


def test_an_answer_without_end_is_no_crash(server: Loopback, desk: Desk):
    job = submit(plan(), desk)
    server.fault("result", "bytes", body=b'{"a":' * 4000 + b"1" + b"}" * 4000, times=11)
    with pytest.raises(errors.ServerError, match="RecursionError"):
        job.wait()
    assert job.entry.state == "submitted"
    assert job.wait().raw["seed"]
    assert len(server.posts()) == 1


def test_an_odd_place_in_a_422_ends_the_job(server: Loopback, desk: Desk):
    server.fault("submit", "status", status=422, body={"detail": [1, None, {"loc": 5, "msg": "odd"}]})
    with pytest.raises(errors.RejectedError, match="odd"):
        submit(plan(), desk)
    assert [entry.state for entry in desk.journal.entries()] == ["failed"]


@pytest.mark.parametrize("step", ["status", "result"])
@pytest.mark.parametrize("odd", [b'{"status": "IN_QUEUE"}', b"[1]", b"3"])
def test_an_odd_answer_is_waited_out(server: Loopback, desk: Desk, step, odd):
    server.fault(step, "bytes", body=odd, times=3)
    assert submit(plan(), desk).wait().raw["seed"]


@pytest.mark.parametrize("step", ["status", "result"])
def test_a_request_that_fal_does_not_find_for_a_moment_is_waited_for(server: Loopback, desk: Desk, step):
    server.fault(step, "status", status=404, body={"detail": "not found"}, times=3)
    assert submit(plan(), desk).wait().raw["seed"]


def test_an_odd_answer_that_stays_is_named(server: Loopback, desk: Desk):
    job = submit(plan(), desk)
    server.fault("status", "bytes", body=b'{"status": "IN_QUEUE"}', times=100)
    with pytest.raises(errors.WaitTimeout, match="'queue_position' is missing"):
        job.wait(0)
    with pytest.raises(errors.ServerError, match="'queue_position' is missing"):
        job.wait()


def test_a_failed_job_is_asked_why_more_than_once(server: Loopback, desk: Desk):
    said = {"status": "COMPLETED", "logs": None, "error": "it failed", "error_type": "internal_server_error"}
    server.fault("status", "bytes", body=said, times=100)
    server.fault("result", "status", status=503, body=b"busy", times=3)
    server.failure = (422, {"detail": [{"loc": ["body", "prompt"], "msg": "too odd", "type": "value_error"}]})
    with pytest.raises(errors.RejectedError, match="prompt: too odd"):
        submit(plan(), desk).wait()


def test_a_failed_job_whose_answer_stays_away_ends_by_its_status(server: Loopback, desk: Desk):
    said = {"status": "COMPLETED", "logs": None, "error": "it failed", "error_type": "internal_server_error"}
    server.fault("status", "bytes", body=said, times=100)
    server.fault("result", "status", status=503, body=b"busy", times=100)
    job = submit(plan(), desk)
    with pytest.raises(errors.ServerError, match="it failed"):
        job.wait()
    assert job.entry.state == "failed"


@pytest.mark.parametrize(
    ("status", "error_type"),
    [(503, "runner_connection_timeout"), (504, "request_timeout"), (503, "runner_scheduling_failure")],
)
def test_a_status_that_fails_with_a_reason_does_not_end_the_wait(server: Loopback, desk: Desk, status, error_type):
    body = {"detail": "Runner connection timed out", "error_type": error_type}
    server.fault("status", "status", status=status, body=body, times=2)
    assert submit(plan(), desk).wait().raw["seed"]
    assert len(server.posts()) == 1


def test_a_wait_of_less_than_nothing_is_told_as_none(server: Loopback, desk: Desk):
    server.fault("status", "status", status=503, body=b"busy", times=100)
    with pytest.raises(errors.WaitTimeout, match="not done after 0 s"):
        submit(plan(), desk).wait(-1)
