"""A machine on which OpenCV cannot be loaded is told what it lacks, in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import preproc

LIBGL = "libGL.so.1: cannot open shared object file: No such file or directory"


@pytest.fixture
def python(here):
    """Run code where `import cv2` fails as it does on a bare Debian, or because it is not installed."""

    def python(code, *, problem=f"ImportError({LIBGL!r})"):
        (here / "cv2").mkdir(exist_ok=True)
        (here / "cv2" / "__init__.py").write_text(f"raise {problem}")
        env = os.environ | {"PYTHONPATH": os.pathsep.join([str(here), *sys.path])}
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)

    return python


COMMAND = "from preproc.cli import main; main({words!r})"


def test_commands_end_with_a_message_and_no_traceback(python):
    done = python(COMMAND.format(words=["canny", "photo.jpg"]))
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr == (
        f"preproc: OpenCV cannot be loaded: {LIBGL}\n"
        "Fix: apt-get install libxcb1 libgl1 libglib2.0-0, or, without root: pip uninstall -y opencv-python && "
        "pip install opencv-python-headless\n"
    )


def test_help_works_all_the_same(python):
    done = python(COMMAND.format(words=["--help"]))
    assert done.returncode == 0
    assert "canny" in done.stdout


def test_doctor_says_it_once(python):
    done = python(COMMAND.format(words=["doctor"]))
    assert done.returncode == 3
    assert done.stdout.count("libGL.so.1: cannot open") == 1
    assert "apt-get install" in done.stdout
    assert "fal key" in done.stdout


@pytest.mark.parametrize(
    "code", ["from preproc import mask", "from preproc import load_image", "import preproc.arrays"]
)
def test_imports_say_it_too(python, code):
    done = python(code)
    assert done.stderr.splitlines()[-2] == f"preproc.errors.MissingLibraryError: OpenCV cannot be loaded: {LIBGL}"
    assert done.stderr.splitlines()[-1].startswith("Fix: apt-get install libxcb1 libgl1 libglib2.0-0")


def test_no_module_of_either_package_shows_the_bare_error(python):
    root = Path(preproc.__file__).parents[1]
    names = [
        ".".join(path.relative_to(root).with_suffix("").parts)
        for package in ("preproc", "remote")
        for path in sorted((root / package).rglob("*.py"))
    ]
    code = f"""
import importlib, sys
for name in {names!r}:
    for old in [old for old in sys.modules if old.partition('.')[0] in ('preproc', 'remote')]:
        del sys.modules[old]
    try:
        importlib.import_module(name)
    except ImportError as error:
        if type(error).__name__ != 'MissingLibraryError':
            print(name, repr(error))
"""
    done = python(code)
    assert (done.stdout, done.stderr) == ("", "")


def test_not_installed(python):
    done = python("from preproc import mask", problem="ModuleNotFoundError(\"No module named 'cv2'\", name='cv2')")
    assert "MissingLibraryError: OpenCV is not installed" in done.stderr
    assert "Fix: pip install opencv-python" in done.stderr
