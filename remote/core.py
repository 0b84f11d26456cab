"""Plan, submit, run, resume: what every task is made of."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Self

from preproc.errors import InputError
from preproc.files import MAX_PIXELS, ImageSource
from preproc.geometry import SizeRule

from .errors import SuccessorWarning, UnknownJobError
from .jobs import Job, Pace, submit
from .jobs.budget import Budget
from .jobs.entry import Entry
from .jobs.fetch import MAX_BYTES
from .jobs.result import Result
from .opening import KEEP_BYTES, open_desk
from .plan import Plan, make_plan
from .plan.encode import as_upload
from .plan.resolve import Resolve, Resolved, resolve
from .running import Running, check_waiting, refuse_unknown
from .wire import Backend, Status

if TYPE_CHECKING:
    import PIL.Image

    from preproc.edit import Edit

__all__ = ["Core"]


class Core:
    """A backend, a journal and the limits of spending; see `remote.Fal`."""

    def __init__(
        self,
        backend: Literal["fal", "rehearsal"] | Backend = "fal",
        *,
        journal: str | os.PathLike[str] | None = None,
        limit_per_run: float | None = None,
        limit_per_day: float | None = None,
        inline_bytes: int = 0,
        keep_bytes: int = KEEP_BYTES,
        max_file_bytes: int = MAX_BYTES,
        max_pixels: int = MAX_PIXELS,
        pace: Pace | None = None,
    ) -> None:
        self._desk, self.close = open_desk(
            backend,
            journal=journal,
            budget=Budget(per_run=limit_per_run, per_day=limit_per_day),
            inline_bytes=inline_bytes,
            keep_bytes=keep_bytes,
            max_file_bytes=max_file_bytes,
            max_pixels=max_pixels,
            pace=pace or Pace(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._desk.backend.name!r}, journal={str(self._desk.journal.path)!r})"

    def plan(
        self,
        endpoint: str,
        /,
        *,
        edit: Edit | None = None,
        image: Any = None,
        mask: Any = None,
        reference: Any = None,
        resolve: Resolve = "successor",
        **arguments: Any,
    ) -> Plan:
        """Make a plan; nothing is sent.

        Parameters
        ----------
        endpoint
            The endpoint's id; ids known from guides are planned on their successors, with a warning.
        edit
            From `preproc.crop.around` or `preproc.outpaint.extend`: fills the endpoint's picture and mask.
        image, mask
            Fill the endpoint's own picture and mask arguments, whatever they are called there.
        reference
            Where the mask is meant to be: a box or a mask.
        resolve
            ``"strict"`` refuses ids that fal does not publish, ``"verbatim"`` sends them as they are written.
        **arguments
            The endpoint's own arguments; all are checked against its schema, and a misspelt one is refused with the
            name that comes nearest.

        Returns
        -------
        Plan

        Raises
        ------
        PlanError
            With everything that is wrong.
        """
        return make_plan(
            endpoint, resolve=resolve, edit=edit, image=image, mask=mask, reference=reference, arguments=arguments
        )

    def _plan(
        self,
        there: Resolved,
        further: Mapping[str, Any] | None = None,
        /,
        *,
        edit: Edit | None = None,
        image: Any = None,
        mask: Any = None,
        reference: Any = None,
        **words: Any,
    ) -> Plan:
        """Plan with the endpoint's own words, and `further` ones that may be those of the id that was asked for."""
        if further is not None and not isinstance(further, Mapping):
            raise InputError(f"arguments are a dictionary, got a {type(further).__name__}", fix='arguments={"seed": 7}')
        joined = there.join({name: value for name, value in words.items() if value is not None}, further or {})
        mode: Resolve = "verbatim" if there.spec is None else "successor"
        plan = self.plan(
            there.endpoint, resolve=mode, edit=edit, image=image, mask=mask, reference=reference, **joined.arguments
        )
        if there.endpoint == there.asked:
            return plan
        return replace(plan, asked=there.asked, warnings=(*there.warnings, *joined.warnings, *plan.warnings))

    def _afford(
        self,
        plan: Plan,
        *later: Plan,
        again: bool = False,
        max_price: float | None = None,
        only_unknown: bool = False,
    ) -> None:
        """Refuse a job that is not paid yet where it and what follows would pass a limit together.

        `max_price` holds for each job, or for those of unknown price only.
        """
        desk = self._desk
        if not again and desk.journal.find(plan, backend=desk.backend.name):
            return
        plans = (plan, *later)
        stated = [None if only_unknown and one.price.amount is not None else max_price for one in plans]
        spent = desk.journal.spent_today(backend=desk.backend.name)
        prices = [desk.budget.price_of(one, most, spent) for one, most in zip(plans, stated, strict=True)]
        known = [price for price in prices if price is not None]
        together = sum(known) if len(known) == len(prices) else None
        told = [one.endpoint for one, price in zip(plans, prices, strict=True) if together is not None or price is None]
        desk.budget.check(
            together, spent, " and ".join(told), known=sum(known), unknown=max(1, len(prices) - len(known))
        )

    def submit(self, plan: Plan, /, *, again: bool = False, max_price: float | None = None) -> Job:
        """Upload a plan's files and submit it, once.

        An identical plan that runs or is done already is not paid for a second time: its job is returned, with
        `Job.reused` set. ``again=True`` makes a new one, and so does another seed.

        Warns
        -----
        SuccessorWarning
            If the plan was asked for under an id that has a successor, which is what runs.

        Raises
        ------
        UnknownOutcome
            If the answer was lost: it may run and be billed, and is never sent again by itself.
        LimitError, UploadError, EndpointError, TransferError, MissingKeyError
            If it was not taken; nothing is billed.
        """
        if not isinstance(plan, Plan):
            raise InputError(
                f"a plan is submitted, got a {type(plan).__name__}", fix="fal.submit(fal.plan(endpoint, ...))"
            )
        if plan.asked != plan.endpoint:
            about = f"{plan.asked} is not what runs: {plan.endpoint} is"
            said = next((one for one in plan.warnings if plan.asked in one and plan.endpoint in one), about)
            warnings.warn(said, SuccessorWarning, stacklevel=2)
        return submit(plan, self._desk, again=again, max_price=max_price)

    def run(
        self,
        endpoint: str | Plan,
        /,
        *,
        edit: Edit | None = None,
        image: Any = None,
        mask: Any = None,
        reference: Any = None,
        resolve: Resolve = "successor",
        timeout: float | None = 600.0,
        again: bool = False,
        max_price: float | None = None,
        on_update: Callable[[Status], None] | None = None,
        **arguments: Any,
    ) -> Result:
        """Plan, submit and wait.

        Parameters
        ----------
        endpoint
            The endpoint's id, with the same arguments as `plan`; or a plan that is made already, without them.
        edit, image, mask, reference, resolve, **arguments
            As in `plan`.
        timeout, again, max_price, on_update
            As in `Running`.

        Raises
        ------
        PlanError
            Before anything is sent.
        WaitTimeout
            The job goes on; `resume` takes its id.
        RemoteError
            As `submit` and `Job.wait` raise it.
        """
        check_waiting(timeout, on_update)
        if isinstance(endpoint, Plan):
            plan = endpoint
            of_plan = {"edit": edit, "image": image, "mask": mask, "reference": reference}
            made = {name: value for name, value in of_plan.items() if value is not None}
            if resolve != "successor":
                made["resolve"] = resolve
            refuse_unknown(
                "run, which was given a plan that is made already,", {**made, **arguments}, Running.__annotations__
            )
        else:
            plan = self.plan(
                endpoint, edit=edit, image=image, mask=mask, reference=reference, resolve=resolve, **arguments
            )
        return self.submit(plan, again=again, max_price=max_price).wait(timeout, on_update=on_update)

    def upload(self, source: PIL.Image.Image | ImageSource, /) -> str:
        """Upload a file, once for each content, and return its URL, for arguments of jobs.

        Plans upload by themselves what they are given; this is for a file that many of them share, or that is not a
        picture.

        Parameters
        ----------
        source
            A path or bytes go byte for byte, with all that the file holds, such as where it was taken; arrays and
            Pillow images as PNG.

        Raises
        ------
        preproc.InputError
            If it is neither a file nor a picture.
        UploadError, AccessError, MissingKeyError
        """
        try:
            upload = as_upload("source", source)
        except OSError as error:
            raise InputError(f"{error.filename or 'the file'} cannot be read: {error.strerror}") from error
        return self._desk.storage.place([upload], inline=False)[upload.sha256]

    def resume(self, job_id: str, /) -> Job:
        """Find a job again, from any process that uses the same journal.

        Raises
        ------
        UnknownJobError
            If the journal does not have it, or it went to another backend.
        """
        entry = self._desk.journal.get(job_id)
        if entry.backend != self._desk.backend.name:
            raise UnknownJobError(
                f"job {job_id} went to {entry.backend!r}, this is {self._desk.backend.name!r}",
                fix=f"Fal(backend={entry.backend!r})",
                endpoint=entry.endpoint,
                job_id=job_id,
            )
        return Job(entry.id, entry.endpoint, self._desk)

    def jobs(self, *, limit: int = 100) -> list[Entry]:
        """Return the journal's jobs of this backend, the newest first."""
        return self._desk.journal.entries(backend=self._desk.backend.name, limit=limit)

    def rule(self, endpoint: str, /) -> SizeRule:
        """Return the limits an endpoint puts on pictures, for `preproc.crop.around` and `preproc.outpaint.extend`.

        Raises
        ------
        PlanError
            If it is not in the catalog; the nearest ids are named.
        """
        spec = resolve(endpoint).spec
        return spec.rule if spec else SizeRule()
