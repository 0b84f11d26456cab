"""Nothing pauses where one thread looks after many jobs: whatever has to wait is left until its time has come."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Iterator

import pytest

from remote import Fal, errors
from remote.jobs.turns import turn
from remote.plan import Plan
from remote.wire.later import Later, Tries, leaving, rest, tried

from .loopback import NGINX_PAGE, Fault, Loopback
from .plans import plan, upload
from .test_results_at_home import open_fal

__all__ = ["open_fal"]

BUSY = Fault("status", 429, b"{}")
FREE = [BUSY, Fault("status", 500, {"detail": "oops"}), Fault("status", 502, NGINX_PAGE), Fault("cut-early")]
FAULTS = {
    "token": FREE,
    "upload": [*FREE, Fault("half")],
    "exists": FREE,
    "submit": [BUSY],
    "status": [*FREE, Fault("half"), Fault("cut-late")],
    "result": [*FREE, Fault("half"), Fault("cut-late")],
    "download": [*FREE, Fault("half"), Fault("cut-late")],
}


class Weather(deque):
    """Faults by chance, without an end."""

    def __init__(self, kinds: list[Fault], share: float) -> None:
        super().__init__()
        self._kinds, self._share, self._chance = kinds, share, random.Random(len(kinds))

    def __bool__(self) -> bool:
        return self._chance.random() < self._share

    def popleft(self) -> Fault:
        return self._chance.choice(self._kinds)


@pytest.fixture
def fal(open_fal) -> Fal:
    made = open_fal()
    made._desk.journal._db.execute("PRAGMA synchronous = OFF")
    return made


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which threads were started, those of the server left out."""
    started: list[str] = []
    start = threading.Thread.start

    def noted(self: threading.Thread) -> None:
        if "process_request_thread" not in self.name:
            started.append(self.name)
        start(self)

    monkeypatch.setattr(threading.Thread, "start", noted)
    return started


def pictures(count: int) -> Iterator[Plan]:
    for number in range(count):
        mask = f"mask {number}".encode()
        yield plan(upload(b"photo"), upload(mask, field="mask_url"), seed=number)


def test_one_thread_delivers_all_in_bad_weather(server: Loopback, fal: Fal, threads, monkeypatch):
    monkeypatch.setattr("remote.wire.client._FILE_PAUSE_S", 0.01)
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("slept in the loop"))
    for step, kinds in FAULTS.items():
        server.faults[step] = Weather(kinds, 0.15)
    outcomes = list(fal.map(pictures(60), concurrency=60))
    assert sorted(outcome.number for outcome in outcomes) == list(range(60))
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert all(outcome.result.image.read() for outcome in outcomes)
    assert len(server.jobs) == 60
    assert {entry.state for entry in fal.jobs()} == {"done"}
    assert len(fal.jobs()) == 60
    assert threads == []


@pytest.mark.parametrize("step", ["submit", "upload", "token", "status", "result", "download"])
def test_a_job_that_has_to_wait_holds_up_no_other(server: Loopback, fal: Fal, step: str):
    server.fault(step, "status", status=429, body=b"{}", headers={"Retry-After": "1"})
    began, order = time.monotonic(), []
    for outcome in fal.map([plan(upload(b"%d" % n), seed=n) for n in range(12)], concurrency=12):
        order.append((outcome.number, time.monotonic() - began))
        assert outcome.result.image.read()
    last, took_s = order[-1]
    assert took_s < 5
    if step not in {"status", "result"}:  # these are asked again at the pace of questions
        assert last == 0
        assert order[-2][1] < 1 <= took_s


def test_a_status_that_stays_away_is_given_up_and_asked_for_with_more_patience(server: Loopback, fal: Fal, monkeypatch):
    monkeypatch.setattr("remote.jobs.flights._ASKING_S", 1.0)
    server.fault("status", "slow", delay=8.0)
    server.fault("status", "slow", delay=1.5)
    began = time.monotonic()
    (one,) = fal.map([plan()])
    assert one.result.image.read()
    assert 2.5 <= time.monotonic() - began < 7
    assert len(server.posts()) == 1


def test_a_job_is_not_in_the_journal_until_it_is_taken(server: Loopback, open_fal):
    fal = open_fal(limit_per_run=0.12)
    server.fault("submit", "status", status=429, body=b"{}", headers={"Retry-After": "0.2"}, times=3)
    (one,) = fal.map([plan()])
    assert one.result
    assert [(entry.id, entry.state) for entry in fal.jobs()] == [(one.job_id, "done")]
    assert fal.submit(plan(seed=2)).id  # what was refused was not counted


def test_a_refusal_that_stays_ends_the_job(server: Loopback, fal: Fal):
    fal._desk.backend._client._client._transport._patience_s = 0.35
    server.fault("submit", "status", status=429, body=b"{}", headers={"Retry-After": "0.1"}, times=100)
    (one,) = fal.map([plan()])
    assert isinstance(one.error, errors.BudgetError)
    assert "waited in 3 pauses" in one.error.message
    assert len(server.posts()) == 4
    assert [entry.state for entry in fal.jobs()] == ["failed"]


def test_no_more_plans_are_taken_while_many_wait_to_be_taken(server: Loopback, fal: Fal):
    server.fault("submit", "status", status=429, body=b"{}", headers={"Retry-After": "0.1"}, times=60)
    taken, most = [0], [0]

    def counted() -> Iterator[Plan]:
        for number in range(40):
            taken[0] += 1
            most[0] = max(most[0], taken[0] - len(server.jobs))
            yield plan(seed=number)

    assert sum(1 for outcome in fal.map(counted(), concurrency=40) if outcome.result) == 40
    assert 16 <= most[0] <= 24


class TestLater:
    def test_pauses_are_slept_through_elsewhere(self):
        slept: list[float] = []
        rest(2.0, slept.append)
        with leaving(Tries()), leaving(None):
            rest(3.0, slept.append)
        assert slept == [2.0, 3.0]

    def test_tries_are_counted_until_the_work_is_through(self):
        tries = Tries()

        def work(pause: bool) -> int:
            with leaving(tries), tried("work") as so_far:
                so_far.count += 1
                if pause:
                    rest(1.0, pytest.fail)
                return so_far.count

        for _ in range(2):
            with pytest.raises(Later):
                work(pause=True)
        assert work(pause=False) == 3
        assert work(pause=False) == 1

    def test_a_turn_of_another_is_waited_for_outside(self, tmp_path):
        tries = Tries()
        with turn(tmp_path / "lock", patience_s=1) as first:
            assert first
            with pytest.raises(Later) as caught, leaving(tries), turn(tmp_path / "lock", patience_s=9):
                pytest.fail("it is another's turn")
            assert caught.value.wait_s == 0.01
            with leaving(tries), turn(tmp_path / "lock", patience_s=0) as second:
                assert not second  # for too long
        with leaving(tries), turn(tmp_path / "lock", patience_s=9) as third:
            assert third
