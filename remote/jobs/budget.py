"""What may be spent."""

from __future__ import annotations

import math
import threading
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from numbers import Real
from typing import TYPE_CHECKING

from preproc.errors import InputError

from ..errors import LimitError

if TYPE_CHECKING:
    from ..plan import Plan

__all__ = ["Budget"]

_NOTHING = 1e-9
_COMMON = 0.10  # more than most jobs cost
_LEAST_USEFUL = 0.0001


class Budget:
    """Limits on what jobs are expected to cost, in US dollars.

    Parameters
    ----------
    per_run
        For all jobs submitted through one `Fal`.
    per_day
        For all jobs of a day (UTC) in the journal.

    Notes
    -----
    A job whose price nobody knows is refused under any limit, unless its submitter states the most it can cost; one that
    ran without a limit, and without that, counts nothing. Prices are predictions from published rates; fal's invoice
    decides. What fal did not take, and what failed on its own side (5xx), it does not bill, and counts for neither limit.
    What it took and then refused (422) it may bill, and so it may what was cancelled: both count.

    Raises
    ------
    InputError
        If a limit is no finite number of at least 0.
    """

    def __init__(self, *, per_run: float | None = None, per_day: float | None = None) -> None:
        self._per_run = _dollars("limit_per_run", per_run)
        self._per_day = _dollars("limit_per_day", per_day)
        self._spent = 0.0
        self._booked: dict[str, float] = {}
        self._lock = threading.Lock()

    def price_of(self, plan: Plan, max_price: float | None, spent_today: float) -> float | None:
        """Return what a plan counts for: its predicted price, or the stated maximum where nobody knows it.

        Raises
        ------
        LimitError
            If the predicted price is over `max_price` or a limit, or is not known and `max_price` is 0.
        InputError
            If `max_price` is no finite number of at least 0.
        """
        most, known = _dollars("max_price", max_price), plan.price.amount
        if known is not None:  # before max_price, whose raising would not help
            self.check(known, spent_today, plan.endpoint)
        if most is not None and known is not None and known > most + _NOTHING:
            raise LimitError(
                f"{plan.endpoint} would cost {known:.4g} USD; max_price is {most:.4g} USD",
                fix=f"max_price={_no_less(known)}, if it may cost that much",
                limit=most,
                price=known,
                endpoint=plan.endpoint,
            )
        if most == 0 and known is None:
            raise LimitError(
                f"{plan.endpoint} has no known price, and max_price is 0 USD",
                fix=self._most(spent_today, 0.0, 1),
                limit=0.0,
                price=None,
                endpoint=plan.endpoint,
            )
        return most if known is None else known

    def check(
        self, price: float | None, spent_today: float, endpoint: str, *, known: float = 0.0, unknown: int = 1
    ) -> None:
        """Refuse what would pass a limit.

        Parameters
        ----------
        price
            What is added; None where that is not known.
        spent_today
            What today's jobs count for.
        endpoint
            Where it goes, for the message.
        known, unknown
            Where the price is not known: what is known of it, and how many jobs are not.

        Raises
        ------
        LimitError
        """
        limits = self._limits(spent_today)
        if price is None and limits:
            period, limit, _ = limits[0]
            verb = "have" if " and " in endpoint else "has"
            raise LimitError(
                f"{endpoint} {verb} no known price, and there is a limit of {limit:.4g} USD per {period}",
                fix=self._most(spent_today, known, unknown),
                limit=limit,
                price=None,
                endpoint=endpoint,
            )
        passed = [one for one in limits if one[2] + (price or 0.0) > one[1] + _NOTHING]
        if price is not None and passed:
            period, limit, spent = passed[0]
            raise LimitError(
                f"{endpoint} would cost {price:.4g} USD; {spent:.4g} of {limit:.4g} USD per {period} are spent",
                fix=_raised(passed, price),
                limit=limit,
                price=price,
                endpoint=endpoint,
            )

    def _limits(self, spent_today: float) -> list[tuple[str, float, float]]:
        limits = (("run", self._per_run, self._spent), ("day", self._per_day, spent_today))
        return [(period, limit, spent) for period, limit, spent in limits if limit is not None]

    def _most(self, spent_today: float, known: float, unknown: int) -> str:
        """Say what may be stated for each job of unknown price, so that no limit is passed by it."""
        limits = self._limits(spent_today)
        left = min((limit - spent - known for _, limit, spent in limits), default=math.inf) / unknown
        if left < _LEAST_USEFUL:
            full = [one for one in limits if one[1] - one[2] - known < _LEAST_USEFUL * unknown]
            stated = _COMMON * unknown
            return f"state the most it can cost, max_price={_COMMON:.2f}, and {_raised(full, known + stated)}"
        if left >= _COMMON:
            return f"state the most it can cost: max_price={_COMMON:.2f}"
        return f"state the most it can cost, of what is left: max_price={_no_more(left)}"

    def take(self, price: float | None, spent_today: float, endpoint: str) -> None:
        """Check, and count the job."""
        with self._lock:
            self.check(price, spent_today, endpoint)
            self._spent += price or 0.0

    def book(self, job_id: str, price: float | None) -> None:
        """Say which job it was that was counted last at this price."""
        self._booked[job_id] = price or 0.0

    def give_back(self, job_id: str) -> None:
        """Take back what a job of this run counted, since fal does not bill it."""
        with self._lock:
            self._spent -= self._booked.pop(job_id, 0.0)


def _raised(limits: list[tuple[str, float, float]], price: float) -> str:
    """Say to what limits have to be raised for a price."""
    return "raise " + " and ".join(f"limit_per_{period} to {_no_less(spent + price)}" for period, _, spent in limits)


def _no_less(amount: float) -> str:
    """Write an amount in as many digits as prices have, never below it."""
    return _written(amount, ROUND_CEILING)


def _no_more(amount: float) -> str:
    return _written(amount, ROUND_FLOOR)


def _written(amount: float, rounding: str) -> str:
    exact = Decimal(repr(round(amount, 9)))
    return f"{exact.quantize(Decimal('0.0001'), rounding=rounding).normalize():f}"


def _dollars(name: str, amount: object) -> float | None:
    if amount is None:
        return None
    if isinstance(amount, bool) or not isinstance(amount, Real) or not math.isfinite(amount) or amount < 0:
        raise InputError(f"{name}={amount!r} is no amount in US dollars", fix="a finite number of at least 0, or None")
    return float(amount)
