"""Where nobody knows whether fal took a job: it is said, kept, and settled by hand."""

from __future__ import annotations

import json

import pytest

from remote import errors
from remote.jobs import Desk, Job, submit
from remote.jobs.budget import Budget
from remote.jobs.journal import Journal

from .loopback import Loopback
from .plans import FILL, plan


def test_interrupting_a_submit_leaves_an_unknown_outcome(server: Loopback, desk: Desk, monkeypatch):
    monkeypatch.setattr(desk.backend, "submit", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt) as caught:
        submit(plan(), desk)
    [entry] = desk.journal.entries()
    assert entry.state == "unknown"
    happened, do = caught.value.__notes__[0].splitlines()
    assert f"job {entry.id} was posted to {entry.endpoint}" in happened
    assert "may run and be billed" in happened
    assert f"fal.resume('{entry.id}').adopt(request_id)" in do


def test_interrupting_the_wait_for_room_is_no_unknown_outcome(server: Loopback, make_backend, desk: Desk):
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    budget = Budget(per_run=0.05)
    busy = Desk(make_backend(pause=interrupt), desk.storage, desk.journal, budget, desk.pace)
    server.fault("submit", "status", status=429, body=b"{}")
    with pytest.raises(KeyboardInterrupt):
        submit(plan(), busy)
    assert [entry.state for entry in desk.journal.entries()] == ["failed"]
    assert submit(plan(), busy).wait().raw["seed"]


def full(*_: object) -> None:
    raise errors.RemoteError("the journal j cannot be used: disk full", fix="name another file")


def test_a_full_disk_after_the_post(server: Loopback, desk: Desk, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "submitted", full)
        with pytest.raises(errors.UnknownOutcome, match=r"fal took job .* as request r000001.*disk full") as caught:
            submit(plan(), desk)
    job = Job(caught.value.job_id, FILL, desk)
    assert caught.value.request_id == "r000001"
    assert "another file" not in str(caught.value)
    monkeypatch.setattr(Journal, "is_leaving", lambda *_: False)
    job.adopt("r000001")
    assert job.wait().raw["seed"]


def test_a_full_disk_after_a_lost_answer(server: Loopback, desk: Desk, monkeypatch):
    monkeypatch.setattr(Journal, "ended", full)
    server.fault("submit", "cut-late")
    with pytest.raises(errors.UnknownOutcome) as caught:
        submit(plan(), desk)
    assert caught.value.job_id == desk.journal.entries()[0].id


@pytest.mark.parametrize("request_id", [None, "", "a/../b", "x y"])
def test_a_request_id_that_is_none(server: Loopback, desk: Desk, request_id):
    server.fault("submit", "bytes", body=json.dumps({"request_id": request_id}).encode())
    with pytest.raises(errors.UnknownOutcome, match="without request_id"):
        submit(plan(), desk)


class TestSettling:
    def lost(self, server: Loopback, desk: Desk) -> Job:
        server.fault("submit", "cut-late")
        with pytest.raises(errors.UnknownOutcome, match="lost|failed") as caught:
            submit(plan(), desk)
        assert ".adopt(" in str(caught.value)
        return Job(caught.value.job_id, FILL, desk)

    def test_it_was_taken(self, server: Loopback, desk: Desk):
        job = self.lost(server, desk)
        with pytest.raises(errors.UnknownEndpointError, match="compare the id with fal's dashboard") as caught:
            job.adopt("r000009")
        assert "again=True" not in str(caught.value)
        assert job.entry.state == "unknown"
        job.adopt("r000001")
        assert (job.request_id, job.entry.state) == ("r000001", "submitted")
        assert submit(plan(), desk).wait().job_id == job.id
        assert len(server.posts()) == 1

    def test_a_request_is_that_of_one_job(self, server: Loopback, desk: Desk):
        other = submit(plan(seed=1), desk)
        job = self.lost(server, desk)
        with pytest.raises(errors.UnknownJobError, match=f"job {other.id} has it \\(submitted\\)") as caught:
            job.adopt("r000001")
        assert (caught.value.job_id, caught.value.request_id) == (job.id, "r000001")
        assert job.entry.state == "unknown"
        job.adopt("r000002")
        assert (job.wait().request_id, other.wait().request_id) == ("r000002", "r000001")

    def test_it_was_not(self, server: Loopback, desk: Desk):
        job = self.lost(server, desk)
        job.declare_not_taken()
        with pytest.raises(errors.RemoteError, match="declared as not taken"):
            job.wait()
        assert desk.journal.spent_today(backend="fal") == 0
        assert submit(plan(), desk).wait().job_id != job.id

    def test_what_is_known_stays(self, server: Loopback, desk: Desk):
        job = submit(plan(), desk)
        for settle in (job.declare_not_taken, lambda: job.adopt("r000001")):
            with pytest.raises(errors.UnknownJobError, match="is submitted"):
                settle()


def test_a_job_that_is_just_leaving(server: Loopback, desk: Desk):
    entry, _ = desk.journal.start(plan(), backend="fal", price=None)
    job = submit(plan(), desk)
    assert (job.id, job.reused) == (entry.id, True)
    for ask in (job.status, job.cancel):
        with pytest.raises(errors.UnknownJobError, match="right now"):
            ask()
    with pytest.raises(errors.WaitTimeout):
        job.wait(timeout=0.02)
    assert job.entry.state == "submitting"
