"""The cases of the polarity tests, in the numbers that show how rarely a verdict is wrong: never."""

import importlib.util
from pathlib import Path

import pytest


def cases_of(name):
    """Load what knows how to draw the cases."""
    place = Path(__file__).parents[1] / "preproc" / "check" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"many_of_{name}", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


POLARITY, SURROUND = cases_of("polarity_cases"), cases_of("test_mask_surround")
PHOTOS = cases_of("test_mask_polarity_photos")


@pytest.mark.parametrize("kind", POLARITY.KINDS)
def test_no_wrong_verdict_in_two_hundred(benchmark, kind):
    benchmark.pedantic(POLARITY.assert_never_wrong, (kind, range(200)), rounds=1)


@pytest.mark.parametrize("form", SURROUND.FORMS)
def test_no_wrong_side_in_two_thousand(benchmark, form):
    benchmark.pedantic(SURROUND.decided, (form, range(2000)), rounds=1)


@pytest.mark.parametrize("kind", PHOTOS.KINDS)
def test_no_wrong_verdict_in_two_hundred_photos(benchmark, kind):
    share = benchmark.pedantic(PHOTOS.undecided, (kind, range(200)), rounds=1)
    assert share <= PHOTOS.KINDS[kind]
