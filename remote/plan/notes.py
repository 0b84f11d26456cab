"""What is gathered while a plan is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..errors import Problem

__all__ = ["Notes"]


class _Report(Protocol):
    @property
    def findings(self) -> Iterable[Any]: ...


@dataclass(slots=True)
class Notes:
    """Problems that forbid the plan, warnings and findings that do not."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    findings: list[object] = field(default_factory=list)

    def problem(self, where: str, value: object, message: str, code: str, *, fix: str | None = None) -> None:
        """Add something that forbids sending."""
        self.problems.append(Problem(where, value, message, code, fix))

    def warn(self, message: str) -> None:
        """Add something the caller should know, once."""
        if message not in self.warnings:
            self.warnings.append(message)

    def report(self, where: str, report: _Report) -> None:
        """Take over a check's findings: errors forbid sending, the others are carried along."""
        for finding in report.findings:
            if finding.level == "error":
                fix = f"; {finding.fix}" if finding.fix else ""
                self.problem(where, None, f"{finding.message}{fix}", finding.code)
            else:
                self.findings.append(finding)
