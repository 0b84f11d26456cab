"""Limits of spending count what fal may bill, of all processes."""

from __future__ import annotations

import pytest

from preproc.errors import InputError
from remote import errors
from remote.jobs import Desk, Job, submit
from remote.jobs.budget import Budget

from .loopback import Loopback
from .plans import FILL, plan, upload


class TestBudget:
    def desk(self, desk: Desk, **limits) -> Desk:
        return Desk(desk.backend, desk.storage, desk.journal, Budget(**limits), desk.pace)

    def test_per_run(self, server: Loopback, desk: Desk):
        limited = self.desk(desk, per_run=0.10)
        submit(plan(), limited)
        submit(plan(seed=1), limited)
        with pytest.raises(errors.LimitError, match="0.05 USD; 0.1 of 0.1 USD per run") as caught:
            submit(plan(upload(b"never sent"), seed=2), limited)
        assert (caught.value.limit, caught.value.price) == (0.10, 0.05)
        assert len(server.posts()) == 2
        assert not server.of("upload")
        assert submit(plan(), limited).reused

    def test_per_day_counts_other_processes_and_not_failures(self, server: Loopback, desk: Desk):
        server.fault("submit", "status", status=422, body={"detail": "no"})
        with pytest.raises(errors.RejectedError):
            submit(plan(), desk)
        submit(plan(seed=1), desk)
        submit(plan(seed=2), self.desk(desk, per_day=0.10))
        with pytest.raises(errors.LimitError, match="per day"):
            submit(plan(seed=3), self.desk(desk, per_day=0.10))

    @pytest.mark.parametrize(("status", "counts"), [(422, True), (503, False)])
    def test_both_limits_count_what_fal_may_bill(self, server: Loopback, desk: Desk, status: int, counts: bool):
        """It bills no failure of its own (5xx), and may bill what it took and then refused."""
        said = {"detail": "no", "error_type": "content_policy_violation" if counts else "runner_disconnected"}
        server.fault("result", "status", times=9, status=status, body=said)
        limited = self.desk(desk, per_run=0.05)
        with pytest.raises(errors.EndpointError):
            submit(plan(), limited).wait()
        server.faults.clear()
        assert desk.journal.spent_today(backend="fal") == (0.05 if counts else 0)
        for limits in (limited, self.desk(desk, per_day=0.05)):
            if counts:
                with pytest.raises(errors.LimitError, match="0.05 of 0.05 USD"):
                    submit(plan(seed=1), limits)
            else:
                submit(plan(seed=1), limits)
                assert desk.journal.spent_today(backend="fal") == 0.05

    def test_a_job_that_was_not_taken_counts_for_neither(self, server: Loopback, desk: Desk):
        limited = self.desk(desk, per_run=0.05)
        server.fault("submit", "cut-early")
        with pytest.raises(errors.UnknownOutcome) as caught:
            submit(plan(), limited)
        with pytest.raises(errors.LimitError):
            submit(plan(seed=1), limited)
        Job(caught.value.job_id, FILL, limited).declare_not_taken()
        assert desk.journal.spent_today(backend="fal") == 0
        assert submit(plan(seed=1), limited)

    def test_an_unknown_price_under_a_limit(self, server: Loopback, desk: Desk):
        limited = self.desk(desk, per_run=0.10)
        with pytest.raises(errors.LimitError, match="no known price"):
            submit(plan(price=None), limited)
        submit(plan(price=None), limited, max_price=0.08)
        with pytest.raises(errors.LimitError):
            submit(plan(price=None, seed=1), limited, max_price=0.08)
        submit(plan(price=None, seed=2), desk)

    def test_a_known_price_stands_against_max_price(self, server: Loopback, desk: Desk):
        limited = self.desk(desk, per_run=0.10)
        with pytest.raises(errors.LimitError, match=r"0\.05 USD; max_price is 0\.04 USD") as caught:
            submit(plan(), limited, max_price=0.04)
        assert (caught.value.limit, caught.value.price) == (0.04, 0.05)
        assert not server.seen
        for seed in range(2):
            submit(plan(seed=seed), limited, max_price=1.0)
        with pytest.raises(errors.LimitError):
            submit(plan(seed=2), limited, max_price=0.05)
        assert submit(plan(seed=0), limited, max_price=0.0).reused
        with pytest.raises(errors.LimitError, match="no known price"):
            submit(plan(price=None), self.desk(desk, per_run=0.10), max_price=0)

    @pytest.mark.parametrize("amount", [-0.01, float("nan"), float("inf"), "0.1", True])
    def test_amounts_are_finite_numbers(self, server: Loopback, desk: Desk, amount):
        for ask in (
            lambda: submit(plan(price=None), desk, max_price=amount),
            lambda: Budget(per_run=amount),
            lambda: Budget(per_day=amount),
        ):
            with pytest.raises(InputError, match="no amount in US dollars"):
                ask()
        assert not server.seen

    def test_a_refused_job_gives_its_share_back(self, server: Loopback, desk: Desk):
        limited = self.desk(desk, per_run=0.05)
        server.fault("submit", "status", status=422, body={"detail": "no"})
        with pytest.raises(errors.RejectedError):
            submit(plan(), limited)
        submit(plan(), limited)
