"""The names people import, and what importing them costs."""

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import preproc

HEAVY = {"fal_client", "httpx", "rich", "scipy", "skimage", "torch"}
PARTS = ["check", "control", "crop", "mask", "outpaint", "preview", "sweep"]
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(preproc.__path__, "preproc.")
    if not module.name.startswith("preproc.cli") and not module.name.endswith("__main__")
)

# Only ever received, and shown where they are.
RESULTS = {"CheckError", "Fixed", "Kind"}


def loaded_by(statement):
    """Return the top-level names of all modules that a fresh interpreter loads for a statement."""
    command = [sys.executable, "-X", "importtime", "-c", statement]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert done.stdout == ""
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


def test_import_preproc_loads_nothing_heavy():
    loaded = loaded_by("import preproc")
    assert "preproc" in loaded
    assert not loaded & (HEAVY | {"cv2", "numpy", "PIL", "remote"})


def test_masks_and_files_load_little_besides_numpy_opencv_and_pillow():
    loaded = loaded_by("from preproc import load_image, mask, save_image")
    assert not loaded & {"difflib", "fractions", "hashlib", "secrets", "subprocess"}


def test_the_parts_load_nothing_heavy():
    loaded = loaded_by(f"from preproc import {', '.join([*PARTS, 'Edit', 'load_image', 'save_image'])}")
    assert "cv2" in loaded
    assert not loaded & (HEAVY | {"remote"})


@pytest.mark.parametrize("name", preproc.__all__)
def test_every_public_name_resolves(name):
    value = getattr(preproc, name)
    assert value is getattr(preproc, name)
    assert (value.__doc__ or "").strip()
    if inspect.ismodule(value):
        assert value.__name__ == f"preproc.{name}"
        assert name in PARTS
    else:
        assert value.__module__.startswith("preproc.")


def test_names_are_sorted_and_shown():
    assert preproc.__all__ == sorted(preproc.__all__)
    assert dir(preproc) == sorted([*preproc.__all__, "__version__"])
    assert preproc.__version__.count(".") == 2


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'cany'"):
        _ = preproc.cany


def test_star_import_gives_exactly_the_public_names():
    names = {}
    exec("from preproc import *", names)
    assert set(names) - {"__builtins__"} == set(preproc.__all__)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_is_public_and_means_it(name):
    module = importlib.import_module(name)
    assert (module.__doc__ or "").strip()
    for public in module.__all__:
        getattr(module, public)


@pytest.mark.parametrize("part", PARTS)
def test_public_functions_are_documented_and_take_no_loose_options(part):
    module = getattr(preproc, part)
    functions = {name: getattr(module, name) for name in module.__all__ if inspect.isfunction(getattr(module, name))}
    assert functions
    for name, function in functions.items():
        sections = (inspect.getdoc(function) or "").splitlines()
        assert {"Parameters", "Examples"} & set(sections), name
        kinds = {parameter.kind for parameter in inspect.signature(inspect.unwrap(function)).parameters.values()}
        assert inspect.Parameter.VAR_KEYWORD not in kinds, name


@pytest.mark.parametrize(
    ("part", "name"),
    [(part, name) for part in ("mask", "check") for name in getattr(preproc, part).__all__ if name not in RESULTS],
)
def test_examples_of_masks_and_checks_run_as_they_are_read(part, name):
    """Nothing is needed but what the example belongs to and what it imports itself."""
    thing = getattr(getattr(preproc, part), name)
    found = doctest.DocTestFinder(recurse=False).find(inspect.unwrap(thing), name, module=False, globs={name: thing})
    assert [test for test in found if test.examples]
    for test in found:
        assert not doctest.DocTestRunner(verbose=False).run(test).failed
