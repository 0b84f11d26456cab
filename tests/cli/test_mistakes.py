"""Mistakes that a shell makes for people, and what they are told."""

import os

import numpy as np
import PIL.Image
import pytest

from preproc.cli.exits import exit_code, meant
from preproc.cli.fixes import typed


@pytest.mark.parametrize("words", [["canny", "-"], ["preview", "-"], ["mask", "luminance", "-"]], ids=" ".join)
def test_json_never_follows_a_picture_onto_standard_output(run, photo, here, words):
    ended = run(*words, "--json", stdin=(here / photo).read_bytes())
    assert (ended.code, ended.out) == (2, b"")
    assert "both want standard output" in ended.err


@pytest.mark.parametrize("words", [["canny", ""], ["canny", "photo.png", ""], ["preview", ""]], ids=str)
def test_an_unset_variable_is_not_the_folder_one_stands_in(run, photo, here, words):
    ended = run(*words)
    assert ended.code == 2
    assert "one of the names is empty" in ended.err
    assert [file.name for file in here.iterdir()] == ["photo.png"]


def test_an_empty_output_is_refused(run, photo):
    assert "-o names nothing" in run("canny", photo, "-o", "").err


def test_outlines_are_no_png(run, mask, here):
    ended = run("mask", "trace", mask, "-o", "outline.png")
    assert ended.code == 2
    assert "Fix: -o outline.svg" in ended.err
    assert not (here / "outline.png").exists()


def test_a_mask_beside_its_photo_is_noticed(run, photo):
    ended = run("mask", "rectangle", photo, "--box", "5000,5000,5100,5100")
    assert ended.code == 0
    assert "warning: photo.png: the mask is empty" in ended.err


def test_a_far_guess_is_not_made(run, photo):
    assert "Did you mean" not in run("canny", photo, "--frobnicate").err
    assert "Did you mean --low?" in run("canny", photo, "--lo", "3").err


def test_more_than_the_memory_holds(run, photo, monkeypatch):
    from preproc import outpaint

    def extend(*_, **__):
        raise MemoryError("Unable to allocate 111. GiB")

    monkeypatch.setattr(outpaint, "extend", extend)
    ended = run("outpaint", photo, "--left", "100000000")
    assert ended.code == 3
    assert "there is not enough memory: Unable to allocate" in ended.err


def test_a_folder_that_cannot_be_made(run, here):
    (here / "file").touch()
    ended = run("demo", "-o", "file/demo")
    assert ended.code == 3
    assert ended.err == "preproc: file/demo: Not a directory\n"


def test_what_the_machine_says_is_no_bug():
    wrong = meant(PermissionError(13, os.strerror(13), "x.png"))
    assert (str(wrong), exit_code(wrong)) == ("x.png: Permission denied", 3)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["jobs", "--journal", "nope.sqlite3"], 3, "there is no journal nope.sqlite3"),
        (["jobs", "--journal", "photo.png"], 3, "Fix: name another file: --journal jobs.sqlite3"),
        (["jobs", "--limit", "0"], 2, "--limit"),
        (["run", "fal-ai/esrgan", "--timeout", "-1"], 2, "--timeout"),
        (["outpaint", "photo.png"], 3, "Fix: --left 256, --aspect 16:9"),
        (["control", "depth", "photo.png"], 3, "Fix: -p near=…"),
        (["control", "canny", "photo.png", "--endpoint", "fal-ai/nope"], 3, "Fix: perhaps "),
        (["endpoints", "fal-ai/nope"], 3, "Fix: perhaps "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_fixes_can_be_typed(run, photo, words, code, said):
    ended = run(*words)
    assert ended.code == code
    assert said in ended.err
    assert "resolve" not in ended.err


def test_every_option_in_a_fix_is_one():
    from preproc.cli.app import app
    from preproc.cli.fixes import _OPTIONS

    known = {name for command in ("crop", "outpaint", "run", "plan", "check", "canny", "finish")
             for one in ([app[command]] if command != "check" else [app["check"][name] for name in ("mask", "control")])
             for argument in one.assemble_argument_collection(parse_docstring=True) for name in argument.names}  # fmt: skip
    assert {f"--{name.replace('_', '-')}" for name in _OPTIONS.split("|")} <= known


def test_what_is_no_call_stays_as_it_is():
    words = "fal-ai/x: strength=2 is above 1\nFix: say it in other words"
    assert typed(words) == words


def test_class_numbers_come_from_files(run, here):
    numbers = np.arange(600).reshape(20, 30) % 5
    PIL.Image.fromarray(numbers.astype(np.uint8)).save(here / "labels.png")
    np.save(here / "labels.npy", numbers)
    assert run("control", "segmentation", "labels.png", "-o", "one.png").code == 0
    assert run("control", "segmentation", "labels.npy", "-o", "two.png").code == 0
    assert (here / "one.png").read_bytes() == (here / "two.png").read_bytes()
    assert run("control", "segmentation", "one.png", "-o", "three.png").code == 3
