"""Folders of pictures, some of which are broken."""

import shutil

import numpy as np
import PIL.Image
import pytest

from preproc import load_image, save_image


def test_fifty_mixed_files_of_which_three_are_broken(run, folder, here):
    ended = run("canny", folder, "-o", "maps/")
    assert ended.code == 6
    assert ended.out == b""
    assert len(list((here / "maps").iterdir())) == 47
    assert ended.err.splitlines()[-1] == "47 done, 3 failed"
    for name in ("broken.jpg", "empty.png", "text.png"):
        assert f"preproc: photos/{name}" in ended.err
    assert "notes.txt" not in ended.err
    assert load_image(here / "maps" / "p00.png").shape == (40, 60, 3)


@pytest.mark.parametrize(
    ("words", "results"),
    [
        (["control", "soft_edge", "-o", "out/"], 47),
        (["mask", "luminance", "-o", "out/"], 47),
        (["mask", "rectangle", "--box", "5,5,20,20", "-o", "out/"], 47),
        (["outpaint", "--zoom-out", "1.2", "-o", "out/"], 47 * 5),
        (["batch", "--control", "canny", "-o", "out/"], 47 + 1),
        (["preview", "-o", "sheet.png"], None),
        (["check", "control", "--kind", "photo"], None),
    ],
    ids=lambda words: " ".join(words[:2]) if isinstance(words, list) else "",
)
def test_so_does_every_command_that_takes_many(run, folder, here, words, results):
    ended = run(*words, folder)
    assert ended.code == 6
    for name in ("broken.jpg", "empty.png", "text.png"):
        assert f"preproc: photos/{name}" in ended.err
    assert "3 failed" in ended.err.splitlines()[-1]
    assert "47 " in ended.err.splitlines()[-1]
    if results is not None:
        assert len(list((here / "out").iterdir())) == results


@pytest.mark.parametrize(
    ("words", "results"),
    [(["crop", "-o", "out/"], 46 * 5), (["check", "pair"], None), (["preview", "-o", "sheet.png"], None)],
    ids=lambda words: words[0] if isinstance(words, list) else "",
)
def test_photos_that_are_broken_have_no_masks(run, folder, here, words, results):
    """And one that is whole has none either."""
    assert run("mask", "rectangle", folder, "--box", "9,9,30,30", "-o", "masks/").code == 6
    (here / "masks" / "p07.png").unlink()
    ended = run(*words, folder, "-m", "masks")
    assert ended.code == 6
    for name in ("broken.jpg is ", "empty.png is empty", "text.png is text"):
        assert f"preproc: photos/{name}" in ended.err
    assert "no mask for photos/p07.png in masks" in ended.err
    assert "46 " in ended.err.splitlines()[-1]
    assert "4 failed" in ended.err.splitlines()[-1]
    if results is not None:
        assert len(list((here / "out").iterdir())) == results


def test_the_results_of_a_folder_are_finished_and_the_broken_ones_named(run, photo, mask, here):
    assert run("crop", photo, "-m", mask, "-o", "job.edit.json").code == 0
    (here / "made").mkdir()
    for number in range(3):
        (here / "made" / f"{number}.png").write_bytes((here / "job.sent.png").read_bytes())
    (here / "made" / "broken.png").write_bytes(b"no picture")
    ended = run("finish", "job.edit.json", "made", "-o", "done/", "--json")
    assert (ended.code, len(ended.lines)) == (6, 4)
    assert [line["source"] for line in ended.lines if "error" in line] == ["made/broken.png"]
    assert sorted(one.name for one in (here / "done").iterdir()) == ["job-0.png", "job-1.png", "job-2.png"]


def test_json_has_one_object_for_each_input_in_their_order(run, folder):
    ended = run("canny", folder, "-o", "maps/", "--json", "--quiet", "--jobs", "3")
    lines = ended.lines
    assert len(lines) == 50
    assert [line["source"] for line in lines] == sorted(line["source"] for line in lines)
    failed = {line["source"]: line["error"] for line in lines if "error" in line}
    assert set(failed) == {"photos/broken.jpg", "photos/empty.png", "photos/text.png"}
    assert failed["photos/text.png"]["type"] == "FileFormatError"
    assert all({"message", "fix"} <= set(error) for error in failed.values())
    assert lines[-2]["output"] == "maps/p46.png"


def test_a_second_run_refuses_its_own_results(run, folder):
    assert run("mask", "luminance", folder, "-q").code == 6
    again = run("mask", "luminance", folder)
    assert again.code == 3
    assert again.err.splitlines()[-1] == "0 done, 50 failed"
    assert run("mask", "luminance", folder, "-q", "--overwrite").code == 6


@pytest.mark.parametrize("flag", ["-q", "--quiet"])
def test_quiet_leaves_only_errors(run, photo, flag):
    ended = run("canny", photo, flag)
    assert (ended.code, ended.out, ended.err) == (0, b"", "")
    assert "is there already" in run("canny", photo, flag).err


def test_verbose_says_each(run, folder):
    words = run("canny", folder, "-o", "maps", "-v").err
    assert "maps/p00.png: 60x40, " in words


def test_a_single_failure_ends_with_its_own_code(run, folder):
    ended = run("canny", folder / "text.png", "--json")
    assert ended.code == 3
    assert ended.json["error"]["type"] == "FileFormatError"
    assert ended.err.startswith("preproc: photos/text.png")


def test_a_bug_is_raised_once_the_rest_is_done(run, folder, here, monkeypatch):
    from preproc import control

    real = control.canny

    def canny(picture, **options):
        if picture[0, 0, 0] == load_image(folder / "p12.png")[0, 0, 0]:
            raise KeyError("a bug")
        return real(picture, **options)

    monkeypatch.setattr(control, "canny", canny)
    with pytest.raises(KeyError, match="a bug"):
        run("canny", folder, "-o", "maps")
    assert len(list((here / "maps").iterdir())) > 20


def test_a_bar_is_shown_to_people_only(run, folder, monkeypatch):
    import sys

    assert "%" not in run("canny", folder, "-o", "one").err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert "%" not in run("canny", folder, "-o", "two", "-q").err
    assert "%" in run("canny", folder, "-o", "three").err


def test_photos_that_are_broken_behind_their_header_are_named(run, photo, here):
    """Drawing a mask, or comparing sizes, would do with the header."""
    PIL.Image.open(here / photo).save(here / "cut.jpg")
    (here / "cut.jpg").write_bytes((here / "cut.jpg").read_bytes()[:-400])
    save_image(np.full((160, 240), 255, np.uint8), here / "m.png")
    for words in (["mask", "rectangle", "cut.jpg", "--box", "1,1,20,20"], ["check", "pair", "cut.jpg", "-m", "m.png"]):
        ended = run(*words)
        assert ended.code == 3
        assert "cut.jpg is a JPEG cut off before its end" in ended.err


@pytest.mark.parametrize(
    "words",
    [
        ("canny", "in"),
        ("canny", "in", "-o", "in"),
        ("control", "gray", "in", "--recipe"),
        ("outpaint", "in", "--left", "16"),
        ("crop", "in", "-m", "whole.png"),
        ("mask", "luminance", "in"),
        ("mask", "grow", "in", "--px", "3"),
        ("mask", "trace", "in"),
        ("check", "mask", "in", "--fix"),
        ("preview", "in"),
        ("preview", "in", "-m", "whole.png"),
        ("batch", "in", "-o", "in", "--control", "canny"),
    ],
    ids=" ".join,
)
def test_a_second_run_does_not_work_on_the_results_of_the_first(run, here, mask, words):
    (here / "in").mkdir()
    (here / mask).rename(here / "whole.png")
    for name in ("a.png", "b.png"):
        shutil.copy(here / "whole.png", here / "in" / name)
    assert run(*words).code == 0
    first = {path: path.stat().st_size for path in (here / "in").iterdir()}
    assert len(first) > 2
    again = run(*words, "--overwrite", "--json")
    assert again.code == 0, again.err
    assert {path: path.stat().st_size for path in (here / "in").iterdir()} == first
    assert len(again.lines) == (1 if words[0] == "preview" else 2)


def test_all_takes_everything(run, photo, here):
    (here / "in").mkdir()
    shutil.copy(here / photo, here / "in" / "a.png")
    assert run("canny", "in").code == 0
    assert len(run("canny", "in", "--all", "--overwrite", "--json").lines) == 2
    (here / "in" / "a.png").unlink()
    shutil.copy(here / "in" / "a.canny.png", here / "in" / "a.canny.gray.png")
    assert [line["source"] for line in run("canny", "in", "--json").lines] == ["in/a.canny.png"]


def test_results_that_are_warned_of_are_counted(here, run):
    (here / "in").mkdir()
    for name in ("a", "b", "c"):
        picture = np.full((64, 64, 3), 90, np.uint8)
        if name == "c":
            picture[:, ::16] = 220
        save_image(picture, here / "in" / f"{name}.png")
    for command in (["canny"], ["control", "canny"]):
        ended = run(*command, "in", "-o", f"out-{len(command)}")
        assert ended.err.splitlines()[-1] == "3 done (2 of them with warnings, which -v tells)"
