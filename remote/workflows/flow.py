"""Several jobs that make one result, planned as a whole before the first is paid.

A workflow is rehearsed first: its later steps are planned on stand-ins of the size and form the earlier ones will
bring, so that wrong arguments and the whole price are known before anything is sent. A step that is done is never paid
for again, so running a workflow once more goes on where it failed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

import numpy as np

from ..errors import RemoteError
from ..fal import Fal
from ..jobs.result import Result
from ..plan import Plan
from ..plan.price import Price
from ..running import Running, refuse_unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..wire import Status

__all__ = ["Forecast", "Pictures", "Step", "Workflow"]

Pictures: TypeAlias = "Mapping[str, NDArray[np.uint8]]"
"""What was given and what the steps so far brought, by their names."""


@dataclass(frozen=True, slots=True)
class Step:
    """One job of a workflow.

    Attributes
    ----------
    name
        How later steps find its picture.
    plan
        Makes its plan from the pictures of earlier steps.
    take
        Makes its own picture of its result.
    """

    name: str
    plan: Callable[[Pictures], Plan]
    take: Callable[[Result, Plan], NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a workflow will do.

    Attributes
    ----------
    plans
        Each step's plan; pictures of earlier steps are stand-ins.
    pictures
        What was given, and each step's stand-in.
    """

    plans: dict[str, Plan]
    pictures: dict[str, NDArray[np.uint8]]

    @property
    def price(self) -> Price:
        """The prices together; unknown where one of them is."""
        unknown = [name for name, plan in self.plans.items() if plan.price.amount is None]
        known = sum(plan.price.amount or 0 for plan in self.plans.values())
        if unknown:
            names = " and ".join(unknown)
            rest = f"; the rest costs {known:.4g} USD" if known else ""
            return Price(None, note=f"what {names} cost{'s' if len(unknown) == 1 else ''} is unknown{rest}")
        return Price(known, note=" + ".join(f"{plan.price.amount:.4g}" for plan in self.plans.values()))

    @property
    def warnings(self) -> tuple[str, ...]:
        """All warnings and findings, each with its step."""
        return tuple(
            f"{name}: {said}"
            for name, plan in self.plans.items()
            for said in (*plan.warnings, *map(str, plan.findings))
        )

    def to_json(self) -> dict[str, Any]:
        """Return the steps' plans in order, the price of all and the warnings as JSON values, without any pictures."""
        return {
            "steps": [{"name": name, "plan": plan.to_json()} for name, plan in self.plans.items()],
            "price": self.price.to_json(),
            "warnings": list(self.warnings),
        }

    def __str__(self) -> str:
        parts = [f"step {name}\n{plan}" for name, plan in self.plans.items()]
        return "\n\n".join([*parts, f"together  {self.price}"])


@dataclass(frozen=True, slots=True)
class Workflow:
    """Steps to be run one after the other.

    Attributes
    ----------
    fal
        What runs them.
    steps
        The steps; the last one's picture is the result.
    given
        Pictures that are at hand and need no step, by the names under which steps look for them.
    """

    fal: Fal
    steps: tuple[Step, ...]
    given: Pictures = field(default_factory=dict)

    def plan(self) -> Forecast:
        """Plan everything; nothing is sent.

        Raises
        ------
        PlanError
            If a step cannot be run as it is.
        """
        with Fal("rehearsal") as stage:
            return Forecast(*self._go(stage))

    def run(
        self,
        *,
        timeout: float | None = 600.0,
        again: bool | str | Collection[str] = False,
        max_price: float | None = None,
        on_update: Callable[[Status], None] | None = None,
    ) -> dict[str, NDArray[np.uint8]]:
        """Plan everything, compare all of it with the limits, then run it.

        Parameters
        ----------
        timeout, on_update
            For each step; see `Running`.
        again
            The steps that are paid for anew even where they are done: True for all, or their names.
        max_price
            The most each step can cost in US dollars where its price is not known.

        Returns
        -------
        dict
            What was given and each step's picture, in order.

        Raises
        ------
        PlanError
            If a step cannot be run as it is, or `again` names one that is not there. Nothing is sent.
        LimitError
            If the steps that are not done would pass a limit together. None of them is sent.
        RemoteError
            As `Fal.run` raises it. Steps that are done are in the journal: run it again, and only the rest is paid.
        """
        names = [step.name for step in self.steps]
        if isinstance(again, bool):
            repeated = set(names if again else ())
        else:
            repeated = {again} if isinstance(again, str) else set(again)
            refuse_unknown("again", repeated, names)
        forecast = list(self.plan().plans.values())
        running: Running = {"timeout": timeout, "max_price": max_price, "on_update": on_update}
        _, pictures = self._go(self.fal, repeated, forecast, **running)
        return pictures

    def _go(
        self, fal: Fal, repeated: Collection[str] = (), forecast: Sequence[Plan] = (), **running: Unpack[Running]
    ) -> tuple[dict[str, Plan], dict[str, NDArray[np.uint8]]]:
        plans: dict[str, Plan] = {}
        pictures = dict(self.given)
        for number, step in enumerate(self.steps):
            anew = step.name in repeated
            try:
                plan = plans[step.name] = step.plan(pictures)
                most = running.get("max_price")
                fal._afford(plan, *forecast[number + 1 :], again=anew, max_price=most, only_unknown=True)  # noqa: SLF001
                # a maximum is stated for the steps whose price nobody knows
                job = fal.submit(plan, again=anew, max_price=most if plan.price.amount is None else None)
                pictures[step.name] = step.take(
                    job.wait(running.get("timeout", 600.0), on_update=running.get("on_update")), plan
                )
            except RemoteError as error:
                error.add_note(f"in step {step.name!r}; steps that are done are not paid again")
                raise
        return plans, pictures
