"""Mistakes that people make in a command, and what they are told."""

import os

import numpy as np
import PIL.Image
import pytest

from preproc.cli.exits import exit_code, meant
from preproc.control.thresholding import density_warnings


def test_a_mask_beside_its_photo_is_noticed(run, photo):
    ended = run("mask", "rectangle", photo, "--box", "5000,5000,5100,5100")
    assert ended.code == 3
    assert "the box (5000, 5000, 5100, 5100) lies wholly off the 240x160 canvas" in ended.err
    ended = run("mask", "polygon", photo, "--points", "5000,5000 5100,5100 5000,5100")
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
    assert ended.err == "preproc: the folder file/demo cannot be made: Not a directory\nFix: another -o\n"


def test_what_the_machine_says_is_no_bug():
    wrong = meant(PermissionError(13, os.strerror(13), "x.png"))
    assert (str(wrong), exit_code(wrong)) == ("x.png: Permission denied", 3)


def test_a_mistake_in_the_options_is_told_once_and_before_anything_is_read(run, folder, here):
    ended = run("batch", folder, "-o", "maps/", "--control", "depth")
    assert (ended.code, ended.err) == (2, "preproc: depth needs near\nFix: -p near=high or -p near=low\n")
    assert not (here / "maps").exists()
    for options, said in (
        (("canny", "low=500", "high=20"), "low=500, high=20 are not"),
        (("canny", "density=5"), "density=5 is not"),
        (("blur", "sigma_px=-1"), "a sigma of -1 px is not"),
    ):
        ended = run(
            "control", options[0], folder, "-o", "maps/", *(word for one in options[1:] for word in ("-p", one))
        )
        assert (ended.code, ended.err.count(said)) == (2, 1)
    assert run("control", "tile", folder, "-o", "maps/", "-p", "reduction_ratio=64").code == 6


def test_three_words_for_the_type_of_a_map(run, photo, here):
    for number, option in enumerate(("--control", "--type", "--kind")):
        assert run("batch", photo, option, "canny", "-o", f"maps{number}").code == 0
        assert run("check", "control", f"maps{number}/photo.png", option, "canny").code == 0


def test_what_is_too_sparse_is_so_in_the_numbers_that_are_said():
    [words] = density_warnings(0.01999, (240, 160))
    assert "too sparse: 2.00% of" not in words
    assert "1.999% of the pixels are edges, and models saw 2% to" in words


def test_empty_masks_are_counted(run, folder):
    points = "900,900 910,900 910,910"
    ended = run("mask", "polygon", folder, "--points", points, "-o", "masks/")
    assert ended.err.splitlines()[-1] == "47 done (47 of them empty), 3 failed"


def test_class_numbers_come_from_files(run, here):
    numbers = np.arange(600).reshape(20, 30) % 5
    PIL.Image.fromarray(numbers.astype(np.uint8)).save(here / "labels.png")
    np.save(here / "labels.npy", numbers)
    assert run("control", "segmentation", "labels.png", "-o", "one.png").code == 0
    assert run("control", "segmentation", "labels.npy", "-o", "two.png").code == 0
    assert (here / "one.png").read_bytes() == (here / "two.png").read_bytes()
    assert run("control", "segmentation", "one.png", "-o", "three.png").code == 3


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [("fal-ai/flux-pro/v1/fill", "Fix: preproc demo, without --live"), ("fal-ai/no-such-thing", "no-such-thing")],
)
def test_a_demo_that_cannot_be_paid_for_begins_nothing(run, here, endpoint, said):
    ended = run("demo", "-o", "out", "--live", endpoint)
    assert ended.code in {3, 4}
    assert said in ended.err
    assert not (here / "out").exists()


@pytest.mark.parametrize("side", ["0", "-3", "15", "5000"])
def test_tiles_have_a_side(run, photo, side):
    ended = run("preview", photo, "--tile-px", side)
    assert ended.code == 2
    assert "16 to 4096" in ended.err


def test_an_option_says_not_which_command(run):
    ended = run("check", "--json")
    assert (ended.code, ended.json["error"]["fix"]) == (2, "one of mask, pair, control")


def test_an_input_that_is_missing_is_said_before_an_output_that_is_there(run, photo, mask, here):
    (here / "photo.canny.png").touch()
    assert "nope.png does not exist" in run("canny", "nope.png", "-o", "photo.canny.png").err
    (here / "photo.preview.png").touch()
    (here / "photo.crop.edit.json").touch()
    for words, missing in (
        (["preview", "photo.edit.json"], "cannot read photo.edit.json: No such file"),
        (["preview", photo, "--after", "nope.png"], "nope.png does not exist"),
        (["crop", photo, "-m", "nope.png"], "nope.png does not exist"),
    ):
        ended = run(*words)
        assert (ended.code, missing in ended.err) == (3, True), ended.err


def test_sizes_that_differ_are_told_for_what_they_are(run, photo, mask, here):
    assert run("mask", "resize", mask, "--size", "120x80", "-o", "small.png").code == 0
    ended = run("preview", photo, "--after", "small.png", "--slider", "0.5", "-o", "x.png")
    assert ended.code == 3
    assert "Fix: bring after to 240x160, or before to 120x80\n" in ended.err


def test_checks_count_what_has_errors(run, photo, mask, here):
    assert run("canny", photo, "-o", "edges.png").code == 0
    ended = run("check", "control", "edges.png", photo, "-k", "canny")
    assert (ended.code, ended.err) == (3, "2 done (1 of them with errors)\n")
