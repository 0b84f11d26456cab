"""What a check says, for people and for programs: each fix as a command, with the names of the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..fixes import advice, command_in, typed

if TYPE_CHECKING:
    from ...check import Finding, Report

__all__ = ["FAULTY", "facts_of", "said"]

FAULTY = "with errors"
"""How those are counted in which a check found an error."""


def said(report: Report, *, checked: str, photo: str | None = None, gray: bool = True) -> str:
    """Return a report for a terminal.

    Parameters
    ----------
    report
        What was found.
    checked, photo
        The names of the files it is about.
    gray
        Whether what was checked has no colours.
    """
    lines = []
    for finding in report.findings:
        lines.append(f"{finding.level}: {typed(finding.message)} [{finding.code}]")
        if finding.fix is not None:
            fix = _applied(finding, checked, gray=gray) or advice(finding.fix, mask=checked, photo=photo)
            lines.append(f"  fix: {fix}")
    return "\n".join(lines) or "nothing found"


def facts_of(report: Report, *, checked: str, photo: str | None = None, gray: bool = True) -> dict[str, Any]:
    """Return a report for programs.

    `fix` is the call in Python, `advice` the same as a terminal says it, `command` that where it is one command.
    """
    facts = report.to_dict()
    for finding, known in zip(report.findings, facts["findings"], strict=True):
        command = _applied(finding, checked, gray=gray)
        said = None if finding.fix is None else advice(finding.fix, mask=checked, photo=photo)
        known["advice"] = command or said
        known["command"] = command or command_in(finding.fix, mask=checked, photo=photo)
    return facts


def _applied(finding: Finding, checked: str, *, gray: bool) -> str | None:
    """Name the command that mends what needs no asking and has no command of its own."""
    if finding.fix == "255 - m" and gray:
        return typed("preproc mask invert MAP", mask=checked)
    if finding.mend is None and finding.code != "jpeg":
        return None
    if command_in(finding.fix, mask=checked) is not None:
        return None
    return typed("preproc check mask MASK --fix", mask=checked)
