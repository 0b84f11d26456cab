"""What several tests ask of a report."""

from __future__ import annotations


def finding(report, code):
    (found,) = [found for found in report.findings if found.code == code]
    return found
