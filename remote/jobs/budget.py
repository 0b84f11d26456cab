"""What may be spent."""

from __future__ import annotations

import math
import threading
from numbers import Real
from typing import TYPE_CHECKING

from preproc.errors import InputError

from ..errors import LimitError

if TYPE_CHECKING:
    from ..plan import Plan

__all__ = ["Budget"]


class Budget:
    """Limits on what jobs are expected to cost, in US dollars.

    Parameters
    ----------
    per_run
        For all jobs submitted through one `Fal`.
    per_day
        For all jobs of a day (UTC) in the journal, those that failed left out.

    Notes
    -----
    A job whose price nobody knows is refused under any limit, unless its submitter states the most it can cost. Prices
    are predictions from published rates; fal's invoice decides.

    Raises
    ------
    InputError
        If a limit is no finite number of at least 0.
    """

    def __init__(self, *, per_run: float | None = None, per_day: float | None = None) -> None:
        self._per_run = _dollars("limit_per_run", per_run)
        self._per_day = _dollars("limit_per_day", per_day)
        self._spent = 0.0
        self._lock = threading.Lock()

    def price_of(self, plan: Plan, max_price: float | None) -> float | None:
        """Return what a plan counts for: its predicted price, or the stated maximum where nobody knows it.

        Raises
        ------
        LimitError
            If the predicted price is over `max_price`, or is not known and `max_price` is 0.
        InputError
            If `max_price` is no finite number of at least 0.
        """
        most, known = _dollars("max_price", max_price), plan.price.amount
        if most is not None and known is not None and known > most + 1e-9:
            raise LimitError(
                f"{plan.endpoint} would cost {known:.4g} USD; max_price is {most:.4g} USD",
                fix=f"max_price={known:.4g}, if it may cost that much",
                limit=most,
                price=known,
                endpoint=plan.endpoint,
            )
        if most == 0 and known is None:
            raise LimitError(
                f"{plan.endpoint} has no known price, and max_price is 0 USD",
                fix="state the most it can cost: max_price=0.10",
                limit=0.0,
                price=None,
                endpoint=plan.endpoint,
            )
        return most if known is None else known

    def check(self, price: float | None, spent_today: float, endpoint: str) -> None:
        """Refuse a job that would pass a limit.

        Raises
        ------
        LimitError
        """
        limits = (("run", self._per_run, self._spent), ("day", self._per_day, spent_today))
        for period, limit, spent in limits:
            if limit is None:
                continue
            if price is None:
                verb = "have" if " and " in endpoint else "has"
                raise LimitError(
                    f"{endpoint} {verb} no known price, and there is a limit of {limit:.2f} USD per {period}",
                    fix="state the most it can cost: max_price=0.10",
                    limit=limit,
                    price=None,
                    endpoint=endpoint,
                )
            if spent + price > limit + 1e-9:
                raise LimitError(
                    f"{endpoint} would cost {price:.4g} USD; {spent:.4g} of {limit:.4g} USD per {period} are spent",
                    fix=f"raise the limit per {period}",
                    limit=limit,
                    price=price,
                    endpoint=endpoint,
                )

    def take(self, price: float | None, spent_today: float, endpoint: str) -> None:
        """Check, and count the job."""
        with self._lock:
            self.check(price, spent_today, endpoint)
            self._spent += price or 0.0

    def give_back(self, price: float | None) -> None:
        """Take back what a job counted that was refused."""
        with self._lock:
            self._spent -= price or 0.0


def _dollars(name: str, amount: object) -> float | None:
    if amount is None:
        return None
    if isinstance(amount, bool) or not isinstance(amount, Real) or not math.isfinite(amount) or amount < 0:
        raise InputError(f"{name}={amount!r} is no amount in US dollars", fix="a finite number of at least 0, or None")
    return float(amount)
