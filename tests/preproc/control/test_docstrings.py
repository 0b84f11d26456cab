"""What every docstring of a control type must say."""

import inspect
import re

import pytest

from preproc import control

FUNCTIONS = sorted(name for name in control.__all__ if inspect.isfunction(getattr(control, name)))
TYPES = sorted({each.function.__name__ for each in control.TYPES.values()} | {"thresholds", "resize", "relative_depth"})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_documented_whole(name):
    text = inspect.getdoc(getattr(control, name))
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        assert re.search(rf"^{section}\n-+$", text, re.MULTILINE), section
    assert ">>>" in text


@pytest.mark.parametrize("name", TYPES)
def test_what_makes_maps_says_its_form(name):
    text = inspect.getdoc(getattr(control, name))
    assert re.search(r"uint8|float64|Thresholds", text)
    assert re.search(r"shape|Thresholds|ndarray", text)


PAPER = re.compile(r'\.\. \[\d+\] \S+\.\S* [^"]+, "[^"]{12,}", \w[^"]+, (?:19|20)\d\d\.')
"""A numbered reference: authors, title, where it appeared, year."""
STANDARD = re.compile(
    r"ITU-R BT\.\d+|ISO/\w+ \d+|RFC \d+|FIPS \d+|this project's own rule|No paper or standard defines it"
)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_cites_a_paper_or_a_standard_or_owns_its_rule(name):
    text = inspect.getdoc(getattr(control, name))
    cited = " ".join(
        re.findall(r"^(?:Notes|References)\n-+\n(.*?)(?=\n\n\w+\n-+\n|\Z)", text, re.MULTILINE | re.DOTALL)
    )
    cited = " ".join(cited.split())
    assert PAPER.search(cited) or STANDARD.search(cited), f"no source in {cited!r}"
