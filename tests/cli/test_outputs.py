"""Where results go."""

import os
from pathlib import Path

import pytest

from preproc.cli.exits import UsageError
from preproc.cli.inputs import Source
from preproc.cli.outputs import STDOUT, Saving


def targets(output, *paths, folder=None, tag="canny"):
    sources = [Source(Path(path), Path(folder) if folder else None) for path in paths]
    return [str(path) for path in Saving(output=output).targets(sources, tag=tag)]


def test_beside_the_input(here):
    assert targets(None, "in/photo.jpg", "x.mask.png") == ["in/photo.canny.png", "x.mask.canny.png"]


def test_beside_the_input_two_of_one_stem_keep_their_names(here):
    assert targets(None, "in/a.jpg", "in/a.png") == ["in/a.jpg.canny.png", "in/a.png.canny.png"]


def test_standard_input_goes_to_standard_output():
    assert Saving().targets([Source(None)], tag="canny") == [STDOUT]


def test_a_file(here):
    assert targets("edges.png", "photo.jpg") == ["edges.png"]


@pytest.mark.parametrize("output", ["maps/", "maps"])
def test_a_folder(here, output):
    assert targets(output, "in/a.jpg", "in/deep/b.jpg", folder="in") == ["maps/a.png", "maps/deep/b.png"]
    assert not (here / "maps").exists()  # only what is written needs it


@pytest.mark.parametrize("output", ["new", "new/deep/", "new/{stem}-x"])
@pytest.mark.parametrize("command", [("canny",), ("preview",), ("crop", "-m", "mask.png")], ids=lambda words: words[0])
def test_nothing_is_left_of_a_folder_for_which_there_is_no_result(run, mask, photo, here, command, output):
    ended = run(*command, "nope.jpg", "-o", output)
    assert (ended.code, (here / "new").exists()) == (3, False)
    assert "nope.jpg does not exist" in ended.err
    assert run(*command, photo, "-o", output).code == 0
    assert any(path.is_file() for path in (here / "new").rglob("*"))


def test_results_of_a_folder_go_into_a_folder_however_few_they_are(here):
    assert targets("maps", "in/a.jpg", folder="in") == ["maps/a.png"]


def test_results_are_no_inputs_of_the_next_run(run, folder):
    assert run("canny", folder, "-r", "-o", "photos/maps").code == 6
    again = run("canny", folder, "-r", "-o", "photos/maps")
    assert again.code == 2
    assert "lies in photos/maps" in again.err


def test_what_has_no_suffix_is_a_folder_for_one_result_too(here):
    assert targets("maps", "in/a.jpg") == ["maps/a.png"]
    assert targets("maps.v2/", "in/a.jpg") == ["maps.v2/a.png"]
    assert targets("out/{stem}-edges", "in/a.jpg") == ["out/a-edges.png"]


@pytest.mark.parametrize(
    ("words", "made"),
    [
        (["canny", "photo.png"], "photo.png"),
        (["mask", "luminance", "photo.png"], "photo.png"),
        (["crop", "photo.png", "-m", "mask.png"], "photo.edit.json"),
        (["outpaint", "photo.png", "--left", "64"], "photo.edit.json"),
        (["check", "mask", "mask.png", "--fix"], "mask.png"),
        (["mask", "trace", "mask.png"], "mask.svg"),
        (["preview", "photo.png"], "photo.png"),
        (["preview", "photo.png", "mask.png"], "preview.png"),
        (["run", "fal-ai/esrgan", "--image", "photo.png", "--rehearsal"], "photo.png"),
    ],
    ids=lambda words: " ".join(words[:2]) if isinstance(words, list) else words,
)
def test_one_rule_for_all_commands(run, photo, mask, here, words, made):
    ended = run(*words, "-o", "out")
    assert ended.code == 0, ended.err
    assert (here / "out" / made).is_file()
    assert run(*words, "-o", "{stem}-x").code == 0
    assert list(here.glob("*-x.*"))


def test_a_mask_without_a_photo_needs_a_name(run):
    ended = run("mask", "ellipse", "--size", "60x40", "--box", "5,5,50,30", "-o", "masks")
    assert (ended.code, ended.err.splitlines()[-1]) == (2, "Fix: -o mask.png")


def test_a_folder_that_is_there(here):
    (here / "maps").mkdir()
    assert targets("maps", "a.jpg") == ["maps/a.png"]


def test_in_a_folder_two_of_one_stem_keep_their_names(here):
    assert targets("maps", "in/a.jpg", "in/a.png", "in/b.png", folder="in") == [
        "maps/a.jpg.png",
        "maps/a.png.png",
        "maps/b.png",
    ]


def test_a_pattern(here):
    assert targets("{parent}/out/{stem}-edges.png", "in/a.jpg") == ["in/out/a-edges.png"]
    assert targets("{name}.png", "in/a.jpg") == ["a.jpg.png"]


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("edges.png", "one file"),
        ("-", "standard output"),
        ("{nope}.png", "cannot be filled"),
        ("x{.png", "cannot"),
        ("{stem.__class__}.png", "cannot"),
        ("{stem:.0}.png", "cannot"),
    ],
)
def test_what_makes_no_sense_for_two(here, output, said):
    with pytest.raises(UsageError, match=said):
        targets(output, "a.jpg", "b.jpg")


def test_a_pattern_that_says_too_little(here):
    with pytest.raises(UsageError, match=r"2 results would go into in/x\.png"):
        targets("{parent}/x.png", "in/a.jpg", "in/b.jpg")


def test_never_a_silent_overwrite(run, photo, here):
    (here / "edges.png").write_bytes(b"mine")
    ended = run("canny", photo, "-o", "edges.png")
    assert (ended.code, ended.out) == (3, b"")
    assert "edges.png is there already\nFix: --overwrite" in ended.err
    assert (here / "edges.png").read_bytes() == b"mine"
    assert run("canny", photo, "-o", "edges.png", "--overwrite").code == 0
    assert (here / "edges.png").read_bytes()[:4] == b"\x89PNG"


def test_a_folder_that_is_missing(run, photo):
    assert "the folder nope does not exist" in run("canny", photo, "-o", "nope/edges.png").err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(run, photo, here):
    (here / "locked").mkdir(mode=0o500)
    ended = run("canny", photo, "-o", "locked/deep/")
    assert ended.code == 3
    assert "cannot be made" in ended.err


def test_maps_are_not_written_as_jpeg(run, photo):
    ended = run("canny", photo, "-o", "edges.jpg")
    assert ended.code == 2
    assert "-o edges.png" in ended.err


def test_words_never_meet_bytes(run, photo):
    ended = run("canny", photo, "-o", "-", "--json")
    assert (ended.code, ended.json["error"]["type"]) == (2, "UsageError")
    ended = run("canny", photo, "-o", "-")
    assert ended.out[:4] == b"\x89PNG"
    assert ended.err == ""
