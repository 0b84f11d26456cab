"""Names that a shell, an archive or a folder makes of files."""

import os

import PIL.Image
import pytest


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


def test_results_of_one_name_are_told_apart(run, photo, here):
    (here / "in").mkdir()
    (here / "in" / photo.name).write_bytes((here / photo).read_bytes())
    for output, fix in (
        ("out/", "-o 'out/{parent}-{stem}.png'"),
        ("{stem}-edges.png", "-o '{parent}-{stem}.png'"),
        ("one.png", "-o one, a folder, or -o '{parent}-{stem}.png'"),
    ):
        ended = run("canny", photo, f"in/{photo}", "-o", output)
        assert (ended.code, ended.err.splitlines()[-1]) == (2, f"Fix: {fix}")
    assert run("canny", f"in/{photo}", "-o", "out/{parent}-{stem}.png").code == 0
    assert (here / "out" / "in-photo.png").exists()


def test_a_bare_name_lies_in_a_folder_too(run, photo, here):
    assert run("canny", photo, "-o", "{parent}/{stem}.edges.png").code == 0
    assert (here / "photo.edges.png").exists()


@pytest.fixture
def odd(here, cup):
    """A photo whose name is no UTF-8, as old archives hold them."""
    name = os.fsdecode(b"odd\xff.png")
    try:
        PIL.Image.fromarray(cup).save(here / name)
    except OSError:
        pytest.skip("this file system has no such names")
    return name


def test_names_that_are_no_utf8(run, odd, mask, here):
    ended = run("canny", odd, "--json")
    assert (ended.code, ended.json["source"]) == (0, odd)
    assert run("check", "control", odd, odd, mask, "-k", "photo").code in {0, 3}
    for words in (["crop", odd, "-m", mask], ["batch", odd, "-o", "maps", "--control", "canny"]):
        ended = run(*words)
        assert ended.code == 3
        assert "is no UTF-8\nFix: rename it" in ended.err
    assert not list(here.glob("*.crop.*"))


def test_a_link_to_nowhere_is_named(run, photo, here):
    (here / "in").mkdir()
    (here / "in" / "gone.png").symlink_to("nowhere.png")
    (here / "in" / "there.png").write_bytes((here / photo).read_bytes())
    ended = run("canny", "in", "-o", "out/")
    assert ended.code == 6
    assert "in/gone.png does not exist\nFix: it is a link to what is no longer there" in ended.err


def test_hidden_folders_are_left_alone(run, photo, here):
    for name in ("in/.thumbnails/a.png", "in/b.png", "in/deep/c.png"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes((here / photo).read_bytes())
    assert run("canny", "in", "-r", "-o", "out/").code == 0
    assert sorted(file.name for file in (here / "out").rglob("*.png")) == ["b.png", "c.png"]


def test_a_file_whose_name_begins_with_a_dash(run, photo, here):
    (here / "-dash.png").write_bytes((here / photo).read_bytes())
    ended = run("canny", "-dash.png", "-o", "a.png")
    assert (ended.code, ended.err) == (2, "preproc: -dash.png reads as an option\nFix: ./-dash.png names the file\n")
    assert run("canny", "./-dash.png", "-o", "a.png").code == 0
