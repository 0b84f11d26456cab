"""`Fal.map`: each plan is delivered once, and no failure stops the others."""

from __future__ import annotations

import pytest

from preproc import InputError
from remote import Fal, FalBackend, errors

from .loopback import Loopback
from .plans import prompts

DOT = {
    "images": [
        {
            "url": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
        }
    ]
}


class TestMap:
    def test_each_is_delivered_once(self, server: Loopback, fal: Fal):
        server.answer = lambda _, __, payload: {"prompt": payload["prompt"], **DOT}
        outcomes = list(fal.map(prompts(40), concurrency=10))
        assert sorted(outcome.number for outcome in outcomes) == list(range(40))
        assert all(outcome.result.raw["prompt"] == f"door {outcome.number}" for outcome in outcomes)
        assert len(server.posts()) == 40

    def test_one_failure_does_not_stop_the_others(self, server: Loopback, fal: Fal):
        server.fault("submit", "cut-late", times=1)
        server.fault("submit", "status", status=422, body={"detail": "no"})
        outcomes = {outcome.number: outcome for outcome in fal.map(prompts(6), concurrency=2)}
        assert isinstance(outcomes[0].error, errors.UnknownOutcome)
        assert outcomes[0].job_id
        assert isinstance(outcomes[1].error, errors.RejectedError)
        assert all(outcomes[n].result for n in range(2, 6))

    def test_an_answer_without_pictures_is_named(self, server: Loopback, fal: Fal):
        server.answer = lambda _, __, payload: {
            "prompt": payload["prompt"],
            **(DOT if payload["prompt"] != "door 1" else {}),
        }
        outcomes = {outcome.number: outcome for outcome in fal.map(prompts(3))}
        assert [type(outcomes[n].error) for n in range(3)] == [type(None), errors.NoPictureError, type(None)]
        assert outcomes[1].error.body == {"prompt": "door 1"}

    def test_no_more_in_flight_than_asked(self, server: Loopback, fal: Fal):
        taken, delivered, most = [0], [0], [0]

        def counted():
            for one in prompts(30):
                taken[0] += 1
                most[0] = max(most[0], taken[0] - delivered[0])
                yield one

        for _ in fal.map(counted(), concurrency=5):
            delivered[0] += 1
        assert most[0] <= 6

    def test_identical_plans_are_paid_for_once(self, server: Loopback, fal: Fal):
        outcomes = list(fal.map([*prompts(1), *prompts(1), *prompts(1)]))
        assert len({outcome.job_id for outcome in outcomes}) == 1
        assert len(outcomes) == 3
        assert len(server.posts()) == 1

    def test_time_limits(self, server: Loopback, fal: Fal):
        server.states = ["IN_PROGRESS"] * 10_000
        (outcome,) = fal.map(prompts(1), timeout=0.05)
        assert isinstance(outcome.error, errors.WaitTimeout)
        assert outcome.error.job_id == outcome.job_id
        with pytest.raises(InputError, match="concurrency"):
            next(fal.map(prompts(1), concurrency=0))

    def test_a_thousand_in_flight(self, server: Loopback, fal: Fal, monkeypatch):
        fal._desk.journal._db.execute("PRAGMA synchronous = OFF")
        in_flight: set[str] = set()
        peak = [0]
        submit = type(fal._desk.backend).submit

        def counted(self, endpoint, payload):
            made = submit(self, endpoint, payload)
            in_flight.add(made.request_id)
            peak[0] = max(peak[0], len(in_flight))
            return made

        monkeypatch.setattr(FalBackend, "submit", counted)
        done = threading_event_states(server, 1000)
        server.answer = lambda _, __, payload: {"prompt": payload["prompt"], **DOT}
        numbers = []
        for outcome in fal.map(prompts(1000), concurrency=1000):
            in_flight.discard(outcome.result.request_id)
            numbers.append(outcome.number)
        assert done
        assert sorted(numbers) == list(range(1000))
        assert peak[0] == 1000
        assert len(server.posts()) == 1000


def threading_event_states(server: Loopback, count: int) -> bool:
    """Let no job be done before `count` are submitted."""

    class States(list):
        def __len__(self) -> int:
            return 2

        def __getitem__(self, _: int) -> str:
            return "COMPLETED" if len(server.jobs) >= count else "IN_PROGRESS"

    server.states = States()
    return True
