"""Everything in the README runs."""

import re
import shlex
from pathlib import Path

import pytest
from skimage import data

import preproc

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def commands():
    """Each `preproc` command line of the shell blocks, the set-up in front of it left away."""
    lines = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]
    found = [part.strip() for line in lines for part in line.split("&&")]
    return [part.removeprefix(".venv/bin/") for part in found if re.match(r"(\.venv/bin/)?preproc ", part)]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with the photos that the README speaks of, and no key anywhere."""
    monkeypatch.chdir(tmp_path)
    for name in ("FAL_KEY", "FAL_KEY_ID", "FAL_KEY_SECRET"):
        monkeypatch.delenv(name, raising=False)
    preproc.save_image(data.coffee(), "cup.jpg")
    return tmp_path


def test_the_python_blocks_run_one_after_the_other(here):
    code = "\n".join(text for language, text in BLOCKS if language == "python")
    assert code.count("Fal()") == 1
    names = {}
    exec(compile(code.replace("Fal()", 'Fal(backend="rehearsal")'), "README.md", "exec"), names)
    assert names["done"].receipt.is_preserved
    assert {"no-spoon.png", "wide.png", "watercolour.png"} <= {file.name for file in here.iterdir()}


@pytest.mark.parametrize("command", commands())
def test_each_command_runs(here, command, capsys):
    from preproc.cli import main

    code = None
    try:
        main(shlex.split(command)[1:])
    except SystemExit as ended:
        code = ended.code
    assert not code, capsys.readouterr().err


def test_the_test_command_is_the_one_that_ci_runs():
    test = next(text.strip() for language, text in BLOCKS if language == "sh" and "pytest" in text)
    assert test in (ROOT / ".ci" / "run").read_text().splitlines()


def test_linked_files_exist():
    links = re.findall(r"\]\((?!https?://)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
