"""What a notebook shows: escaped, whole, and in its own colours."""

import numpy as np

from preproc import check
from preproc.notebook import table_of


def test_everything_is_escaped_and_nothing_is_lost():
    shown = table_of('prompt  <script>alert("1")</script>\nnote: a & b\n  fix: <b>')
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "&lt;script&gt;" in shown
    assert "a &amp; b\nfix: &lt;b&gt;" in shown
    assert shown.count("<tr") == 2


def test_no_colour_but_for_what_is_wrong():
    assert ";color:#" not in table_of("price  0.05 USD\ninfo: fine")
    assert ";color:#e5484d" in table_of("error: inverted")
    assert ";color:#e5484d" in table_of("preserved  90% of 4x4, NOT EQUAL")
    assert ";color:#d97706" in table_of("finding  warning: thin")
    assert "background:none" in table_of("nothing found")


def test_a_report_is_a_table():
    report = check.mask(np.zeros((8, 8), np.uint8))
    shown = report._repr_html_()
    assert shown.startswith("<table")
    assert shown.count("<tr") == len(report.findings)
    assert "nothing found" in check.Report(())._repr_html_()
