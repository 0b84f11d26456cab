"""A job that failed at fal ends, once, and says why."""

from __future__ import annotations

import pytest

from remote import errors
from remote.jobs import Desk, submit

from .loopback import Loopback
from .plans import FILL, plan


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


def test_an_odd_place_in_a_422_ends_the_job(server: Loopback, desk: Desk):
    server.fault("submit", "status", status=422, body={"detail": [1, None, {"loc": 5, "msg": "odd"}]})
    with pytest.raises(errors.RejectedError, match="odd"):
        submit(plan(), desk)
    assert [entry.state for entry in desk.journal.entries()] == ["failed"]


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
