"""What a check found, and the call that mends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

from ..arrays import Mask
from ..errors import InputError, MaskError
from ..mask.arguments import as_choice
from ..notebook import lines_of, table_of

__all__ = ["CheckError", "Finding", "Fixed", "Level", "Report"]

Level = Literal["error", "warning", "info"]

_ORDER: tuple[Level, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    Parameters
    ----------
    code
        Its name, which does not change between versions: ``"inverted"``.
    level
        ``"error"`` edits the wrong pixels or is refused, ``"warning"`` is likely not meant, ``"info"`` is good to know.
    message
        What was found, with the numbers.
    fix
        The one call that mends it, where something needs mending, ready to be run with ``from preproc import mask,
        check, control, crop`` and ``import preproc, numpy as np``, and ``from remote import Fal`` where it needs a
        hosted model; its value is what `m` should be, and what follows a ``#`` is advice. `m` stands for what was
        checked, `image` for the image, `box` for where the edit is meant to be, `(left, top, right, bottom)`.
    value
        The number behind it: a share, a count or a size.
    mend
        The same call as a function, only where it can be applied without asking.

    Examples
    --------
    >>> print(Finding("empty", "error", "nothing would be edited", fix="mask.rectangle(m, box)"))
    error: nothing would be edited [empty]
      fix: mask.rectangle(m, box)
    """

    code: str
    level: Level
    message: str
    fix: str | None = None
    value: Any = None
    mend: Callable[[Mask], Mask] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        as_choice(self.level, _ORDER, "level of a finding")

    def __str__(self) -> str:
        line = f"{self.level}: {self.message} [{self.code}]"
        return f"{line}\n  fix: {self.fix}" if self.fix else line

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "code": self.code,
            "level": self.level,
            "message": self.message,
            "fix": self.fix,
            "value": list(self.value) if isinstance(self.value, tuple) else self.value,
        }


class Fixed(NamedTuple):
    """A mended mask and what was done to it."""

    mask: Mask | None
    """None where none could be read, and only the picture's owner can say what of it is the mask."""
    done: tuple[str, ...]
    """The calls that were applied, in order."""
    left: tuple[Finding, ...]
    """Errors and warnings that were not touched, because their fix changes what is edited: each has its message and fix."""


class CheckError(InputError):
    """A picture that is no mask must not be sent as it is; `code` and `report` as in `MaskError`."""

    def __init__(self, message: str, *, code: str, report: Report, fix: str | None = None) -> None:
        super().__init__(message, fix=fix)
        self.code = code
        self.report = report


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a check found, the worst first.

    Parameters
    ----------
    findings
        What was found, in any order.
    mask
        The mask as it was read, uint8 `(H, W)`; None for other checks, and for masks that cannot be read.
    subject
        What was looked at: ``"mask"`` or ``"picture"``.

    Examples
    --------
    >>> from preproc.check import Finding
    >>> report = Report([Finding("islands", "warning", "3 islands"), Finding("empty", "error", "nothing to edit")])
    >>> report.ok, report.codes
    (False, ('empty', 'islands'))
    >>> print(report)
    error: nothing to edit [empty]
    warning: 3 islands [islands]
    """

    findings: Sequence[Finding]
    mask: Mask | None = field(default=None, repr=False, compare=False)
    subject: Literal["mask", "picture"] = "picture"

    def __post_init__(self) -> None:
        ordered = sorted(self.findings, key=lambda finding: _ORDER.index(finding.level))
        object.__setattr__(self, "findings", tuple(ordered))

    @property
    def ok(self) -> bool:
        """True when there is no error among the findings."""
        return all(finding.level != "error" for finding in self.findings)

    @property
    def codes(self) -> tuple[str, ...]:
        """The findings' codes, in order."""
        return tuple(finding.code for finding in self.findings)

    def raise_if_bad(self) -> None:
        """Raise the first error, if there is one.

        Raises
        ------
        MaskError
            For a mask, with the finding's `code`, message and fix, and this report.
        CheckError
            The same for anything else.
        """
        for finding in self.findings:
            if finding.level == "error":
                if self.subject != "mask":
                    raise CheckError(finding.message, code=finding.code, report=self, fix=finding.fix)
                raise MaskError(finding.message, code=finding.code, report=self, fix=finding.fix)

    def fixed(self) -> Fixed:
        """Apply the fixes that do not change what is edited, to a copy of the mask.

        Returns
        -------
        Fixed
            The mended mask, the calls that were applied, and the findings that were left.

        Examples
        --------
        >>> from preproc import check
        >>> m = np.zeros((40, 40), np.uint8)
        >>> m[10:30, 10:30] = 254
        >>> fixed = check.mask(m).fixed()
        >>> int(fixed.mask.max()), fixed.done, fixed.left
        (255, ('mask.clean(m, noise=2)',), ())
        """
        unread: Mask = np.zeros((0, 0), np.uint8)
        mask, done, left = unread if self.mask is None else self.mask.copy(), [], []
        for finding in self.findings:
            if finding.mend is not None and finding.fix is not None:
                if finding.fix not in done:
                    mask = finding.mend(mask)
                    done.append(finding.fix)
            elif finding.level != "info":
                left.append(finding)
        return Fixed(mask if mask.size else None, tuple(done), tuple(left))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {"ok": self.ok, "findings": [finding.to_dict() for finding in self.findings]}

    def _repr_html_(self) -> str:
        return table_of(self._words())

    def __str__(self) -> str:
        return lines_of(self._words())

    def _words(self) -> str:
        return "\n".join(map(str, self.findings)) or "nothing found"
