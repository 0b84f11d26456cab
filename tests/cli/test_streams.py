"""Pictures, words and JSON on streams: none spoils another, and closed ones are no crash."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("words", [["canny", "-"], ["preview", "-"], ["mask", "luminance", "-"]], ids=" ".join)
def test_json_never_follows_a_picture_onto_standard_output(run, photo, here, words):
    ended = run(*words, "--json", stdin=(here / photo).read_bytes())
    assert ended.code == 2
    assert "both want standard output" in ended.err
    assert "both want standard output" in ended.json["error"]["message"]  # and no byte of a picture


def test_words_that_standard_output_cannot_write_are_escaped(here):
    env = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(sys.path)}
    code = "from preproc.cli import main; main(['jobs', 'é'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 3
    assert done.stderr.startswith("preproc: job '\\xe9' is in no journal here")


@pytest.mark.skipif(os.name != "posix", reason="a shell")
@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("canny photo.png -o - >&-", 3, "standard output is closed"),
        ("canny - -o edges.png <&-", 3, "standard input is closed"),
        ("endpoints >&-", 0, ""),
    ],
)
def test_closed_streams(photo, line, code, said):
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = f"{sys.executable} -c 'from preproc.cli import main; main()' {line}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="a shell")
def test_words_never_go_to_standard_output_because_the_other_is_closed(photo):
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = f"{sys.executable} -c 'from preproc.cli import main; main()' canny photo.png 2>&-"
    done = subprocess.run(command, shell=True, capture_output=True, check=True, env=env)
    assert done.stdout == b""


def test_a_demo_is_no_stream(run, here):
    ended = run("demo", "-o", "-")
    assert (ended.code, ended.err.splitlines()[-1]) == (2, "Fix: -o FOLDER")
    assert not list(here.iterdir())


def test_a_dash_is_called_a_dash(run, photo):
    ended = run("check", "mask", photo, "--photo", "-")
    assert "<stdio>" not in ended.err


def test_a_sheet_of_nothing_is_told_in_json_too(run, here):
    (here / "text.png").write_text("this is text")
    (here / "empty.png").touch()
    for words in (["text.png"], ["text.png", "empty.png", "-o", "sheet.png"]):
        ended = run("preview", *words, "--json")
        assert ended.code == 3
        assert {one["source"] for one in ended.json["errors"]} == set(words) & {"text.png", "empty.png"}


def test_a_demo_in_json(run, here):
    ended = run("demo", "-o", "demo", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert all((here / path).exists() for line in ended.lines[:-1] for path in line["outputs"])
    assert ended.lines[-1]["output"] == "demo/contact-sheet.png"


def test_what_is_drawn_from_no_picture_has_no_source(run, mask, here):
    assert run("mask", "trace", mask, "-o", "m.svg").code == 0
    words = ["--size", "48x32", "-o", "m2.png", "--json"]
    assert run("mask", "drawing", "m.svg", *words).json["source"] == "m.svg"
    assert run("mask", "rectangle", "--box", "1,1,9,9", *words, "--overwrite").json["source"] is None
    ended = run("mask", "drawing", mask, *words, "--overwrite")
    assert (ended.code, ended.json["error"]["command"]) == (3, None)
    assert "preproc mask drawing OUTLINE.svg PHOTO" in ended.json["error"]["advice"]
