"""Asking after a job costs nothing: what passes is waited out, and a job that is paid is not lost."""

from __future__ import annotations

import time

import pytest

from remote import errors
from remote.jobs import Desk, submit

from .loopback import NGINX_PAGE, Loopback
from .plans import plan


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


def test_an_answer_without_end_is_no_crash(server: Loopback, desk: Desk):
    job = submit(plan(), desk)
    server.fault("result", "bytes", body=b'{"a":' * 4000 + b"1" + b"}" * 4000, times=11)
    with pytest.raises(errors.ServerError, match="RecursionError"):
        job.wait()
    assert job.entry.state == "submitted"
    assert job.wait().raw["seed"]
    assert len(server.posts()) == 1


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
