"""Calling a job back is a wish: what came first is what holds."""

from __future__ import annotations

import pytest

from remote import errors
from remote.jobs import Desk, submit

from .loopback import Loopback
from .plans import plan


def test_cancel(server: Loopback, desk: Desk):
    job = submit(plan(), desk)
    assert job.cancel()
    assert server.jobs[job.request_id].cancelled
    assert job.entry.state == "submitted"  # so far it is a wish
    with pytest.raises(errors.JobCancelled) as caught:
        job.wait()
    assert caught.value.job_id == job.id
    assert job.entry.state == "cancelled"
    assert not job.cancel()
    finished = submit(plan(), desk)
    assert finished.id != job.id
    finished.wait()
    assert not finished.cancel()


def test_a_cancel_that_came_too_late_delivers(server: Loopback, desk: Desk):
    server.cancels = False
    job = submit(plan(), desk)
    assert job.cancel()
    assert job.wait().raw["seed"]
    assert job.entry.state == "done"


def test_a_cancel_told_by_the_result(server: Loopback, desk: Desk):
    server.failure = (499, {"detail": "cancelled", "error_type": "client_cancelled"})
    job = submit(plan(), desk)
    with pytest.raises(errors.JobCancelled):
        job.wait(timeout=1)


def test_a_job_that_fal_cancelled(server: Loopback, desk: Desk):
    server.states = ["CANCELLED"]
    with pytest.raises(errors.JobCancelled):
        submit(plan(), desk).wait()
