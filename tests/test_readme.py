"""Everything in the README runs."""

import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from skimage import data

import preproc
from preproc.cli.app import _COMMANDS, app, main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def commands():
    """Each command line of the shell blocks that starts with `preproc`, the set-up in front of it left away."""
    lines = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]
    found = [part.strip() for line in lines for part in line.split("&&")]
    return [part.removeprefix(".venv/bin/") for part in found if re.match(r"(\.venv/bin/)?preproc ", part)]


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A folder with the photo that the README writes."""
    folder = tmp_path_factory.mktemp("readme")
    preproc.save_image(data.coffee(), folder / "cup.jpg")
    return folder


def test_the_python_blocks_run_one_after_the_other(here, monkeypatch):
    monkeypatch.chdir(here)
    code = "\n".join(text for language, text in BLOCKS if language == "python")
    assert len(re.findall(r"\bFal\(", code)) == 2
    names = {}
    for _ in range(2):  # nobody reads a page only once
        exec(compile(re.sub(r"\bFal\((?!backend)", 'Fal(backend="rehearsal", ', code), "README.md", "exec"), names)
    assert names["done"].receipt.is_preserved
    assert {"no-spoon.png", "wide.png", "watercolour.png"} <= {file.name for file in here.iterdir()}
    assert (names["again"].image == names["edges"].image).all()
    assert names["same"].reused
    assert names["same"].id == names["job"].id


def test_each_task_takes_at_most_ten_lines():
    tasks = README[README.index("## Five tasks") : README.index("## Three masks")].split("### ")[1:]
    assert len(tasks) == 5
    for task in tasks:
        block = re.search(r"```python\n(.*?)```", task, re.DOTALL)
        assert len(block[1].splitlines()) <= 10, task


def run(command, folder):
    """Run a command line; a pipe through the shell, with this Python's `preproc` in front."""
    if "|" in command:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        subprocess.run(command, shell=True, cwd=folder, env={**os.environ, "PATH": path}, check=True)
    else:
        main(shlex.split(command)[1:])


def test_the_commands_run_one_after_the_other(here, monkeypatch, capsys):
    monkeypatch.chdir(here)
    for command in commands():
        run(command, here)
        for target in re.findall(r"-o ([^-\s]\S*)", command):
            assert Path(target).exists(), command
    assert Path("preproc-demo", "contact-sheet.png").exists()
    shown = [file for file in Path("preproc-demo").iterdir() if file.name != "contact-sheet.png"]
    assert f"\n{len(shown)} pictures in preproc-demo, all of them on" in capsys.readouterr().out
    assert Path("cup.crop.done.png").exists()


def test_the_table_of_commands_is_the_one_of_the_help():
    for _, name, about in _COMMANDS:
        assert f"| `{name}` | {about} " in README
    table = README[README.index("| command |") : README.index("Files, folders, patterns")]
    assert len(re.findall(r"^\| `", table, flags=re.MULTILINE)) == len(_COMMANDS)


def test_commands_between_the_lines_exist():
    named = re.findall(r"`preproc (\w+)", README)
    assert named
    assert set(named) <= {name for _, name, _ in _COMMANDS}


def test_commands_of_commands_exist_and_are_counted():
    own = {name: {word for word in app[name] if not word.startswith("-")} for name in ("check", "mask")}
    named = re.findall(r"`(check|mask) (\w+)`", README)
    assert {word for of, word in named if of == "check"} == own["check"]
    assert {word for of, word in named if of == "mask"} < own["mask"]
    assert f"{len(own['mask'])} commands of its own" in README


def test_commands_that_write_are_run_again_as_the_page_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    preproc.save_image(data.coffee(), "cup.jpg")
    write = next(command for command in commands() if "ellipse" in command)
    run(write, tmp_path)
    with pytest.raises(SystemExit):
        run(write, tmp_path)
    assert "--overwrite" in capsys.readouterr().err
    run(f"{write} --overwrite", tmp_path)


def test_tables_have_as_many_cells_in_each_row():
    for table in re.findall(r"(?:^\|.*\n)+", README, flags=re.MULTILINE):
        assert len({row.count("|") for row in table.splitlines()}) == 1, table


def test_the_table_of_types_is_complete_and_its_endpoints_take_them():
    from preproc.control import TYPES
    from remote.plan.control import takers

    table = README[README.index("| type |") : README.index("Bring your workflow along")]
    rows = re.findall(r"^\| (`.*?) \|.*\| ([^|]*) \|$", table, flags=re.MULTILINE)
    listed = {}
    for names, taker in rows:
        listed |= dict.fromkeys(re.findall(r"`(\w+)`", names), taker)
    assert listed.keys() == TYPES.keys()
    for name, taker in listed.items():
        if "controlnets" in taker:
            assert takers(name) == []
        else:
            assert taker.strip("`") in takers(name), name


def test_the_settings_of_other_tools_are_read():
    rows = re.findall(r"`(mask\.from_settings\([^`]*)`", README)
    assert len(rows) == 4
    square = preproc.mask.rectangle((64, 64), (16, 16, 48, 48))
    for row in rows:
        softening = eval(row.removesuffix(".apply(m)"), {"mask": preproc.mask})
        assert softening.apply(square).shape == (64, 64)


def test_the_hosts_are_those_of_the_code():
    from remote.wire.hosts import FAL_DOMAINS

    line = re.search(r"fal's own hosts only\*\*, over https: (.*?)\. It", README, re.DOTALL)[1]
    assert sorted(re.findall(r"`(.*?)`", line)) == sorted(FAL_DOMAINS)


def test_it_stays_readable():
    assert len(README.splitlines()) <= 300


def test_the_test_command_is_the_one_that_ci_runs():
    test = next(text.strip() for language, text in BLOCKS if language == "sh" and "pytest" in text)
    assert test in (ROOT / ".ci" / "run").read_text().splitlines()


def test_linked_files_exist():
    links = re.findall(r"\]\((?!https?://)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_what_jpeg_does_to_the_first_mask_is_as_it_says():
    said = re.search(r"from (\d+) gray levels to (\d+), and (\d+) black pixels", README)
    levels, after, spoilt = map(int, said.groups())
    spoon = preproc.mask.ellipse((600, 400), (320, 230, 412, 332))
    file = io.BytesIO()
    PIL.Image.fromarray(spoon).save(file, format="jpeg")
    back = np.asarray(PIL.Image.open(file))
    assert len(np.unique(spoon)) == levels
    # encoders differ a little
    assert len(np.unique(back)) == pytest.approx(after, rel=0.15)
    assert ((spoon == 0) & (back > 0)).sum() == pytest.approx(spoilt, rel=0.15)


def test_numbers_of_other_tools_are_measured():
    wide = int(re.search(r"16 is (\d+) px wide from 10 to 90 %", README)[1])
    square = preproc.mask.rectangle((320, 320), (96, 96, 224, 224))
    soft = preproc.mask.from_settings("a1111", mask_blur=16).apply(square)[160, :160]
    assert np.count_nonzero((soft > 25) & (soft < 230)) == wide


def test_links_within_the_page_lead_somewhere():
    anchors = {
        re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-")
        for head in re.findall(r"^#+ (.*)$", README, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= anchors
