"""A wait ends in time, whatever is on its way; the job and its files are not lost."""

from __future__ import annotations

import time

import pytest

from remote import Fal, errors
from remote.jobs import Desk, Job, submit
from remote.wire.patience import Patience, patient, within

from .loopback import Loopback
from .plans import plan
from .test_results_at_home import open_fal

__all__ = ["open_fal"]


def test_nobody_in_a_hurry():
    assert within(30.0) == 30.0
    with patient(Patience(10)):
        assert 9 < within(30.0) <= 10
        with patient(None):
            assert within(30.0) == 30.0
    assert within(30.0) == 30.0


@pytest.mark.parametrize(("step", "kind"), [("download", "slow"), ("download", "drip"), ("result", "slow"), ("result", "drip"), ("status", "slow"), ("status", "drip")])  # fmt: skip
def test_the_wait_bounds_what_is_on_its_way(server: Loopback, desk: Desk, step: str, kind: str):
    job = submit(plan(), desk)
    server.fault(step, kind, delay=8.0 if kind == "slow" else 0.1, times=100)
    began = time.monotonic()
    with pytest.raises(errors.WaitTimeout) as caught:
        job.wait(timeout=0.2)
    assert time.monotonic() - began < 2.0
    assert caught.value.job_id == job.id
    server.faults.clear()
    assert Job(job.id, job.endpoint, desk).wait().image.array().shape == (48, 64, 3)
    assert len(server.posts()) == 1


def test_a_wait_that_ends_while_files_come_says_that_the_job_is_done(server: Loopback, desk: Desk):
    job = submit(plan(), desk)
    server.fault("download", "slow", delay=8.0)
    with pytest.raises(errors.WaitTimeout, match="is done, and its files did not come within 0.2 s") as caught:
        job.wait(timeout=0.2)
    assert f"fal.resume({job.id!r}).wait()" in caught.value.fix
    assert (job.entry.state, job.is_late) == ("done", True)
    assert job.wait(timeout=0.2).image.read()
    assert not job.is_late


class TestMap:
    @pytest.fixture
    def fal(self, open_fal) -> Fal:
        return open_fal()

    def test_slow_files_hold_up_no_other_job(self, server: Loopback, fal: Fal):
        server.fault("download", "slow", delay=1.3, times=100)
        began = time.monotonic()
        numbers = [outcome.number for outcome in fal.map([plan(seed=n) for n in range(8)]) if outcome.result.images]
        assert time.monotonic() - began < 6  # one after the other would take 10
        assert sorted(numbers) == list(range(8))
        assert len(server.posts()) == 8

    def test_files_that_come_quickly_need_no_second_thread(self, server: Loopback, fal: Fal, monkeypatch):
        monkeypatch.setattr("remote.jobs.aside.ThreadPoolExecutor", None)
        assert sum(1 for outcome in fal.map([plan(seed=n) for n in range(6)]) if outcome.result) == 6

    def test_a_file_that_never_comes_ends_with_the_job_s_time(self, server: Loopback, fal: Fal):
        server.fault("download", "slow", delay=8.0, times=100)
        began = time.monotonic()
        outcomes = list(fal.map([plan(seed=n) for n in range(3)], timeout=1.5))
        assert time.monotonic() - began < 6
        for outcome in outcomes:
            assert isinstance(outcome.error, errors.WaitTimeout)
            assert "is done" in outcome.error.message
            assert outcome.error.job_id == outcome.job_id
        server.faults.clear()
        assert fal.resume(outcomes[0].job_id).wait().image.read()
        assert len(server.posts()) == 3

    def test_who_leaves_early_does_not_wait_for_slow_files(self, server: Loopback, fal: Fal):
        server.fault("download", "drip", delay=0.02)
        began = time.monotonic()
        outcomes = fal.map([plan(seed=n) for n in range(4)], concurrency=4)
        next(outcomes)
        outcomes.close()
        assert time.monotonic() - began < 4
