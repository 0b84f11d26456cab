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
def test_what_makes_maps_says_its_form_and_its_source(name):
    text = inspect.getdoc(getattr(control, name))
    assert re.search(r"uint8|float64|Thresholds", text)
    assert re.search(r"shape|Thresholds|ndarray", text)
    sources = r"\((19|20)\d\d\)|BT\.601|OpenPose|ADE20K|`canny`|`normalize_depth`|ScanNet|COCO"
    assert re.search(sources, text), "no source"
