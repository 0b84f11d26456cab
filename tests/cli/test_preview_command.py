"""`preview`."""

import numpy as np
import pytest

from preproc import load_image, preview, save_image


def test_one_picture_makes_a_sheet_beside_it(run, photo, here):
    ended = run("preview", photo)
    assert ended.code == 0
    assert ended.err.startswith("photo.preview.png: ")
    assert load_image(here / "photo.preview.png").shape[1] > 480


def test_a_sheet_names_what_cannot_be_shown(run, folder, here):
    ended = run("preview", folder, "-o", "sheet.png", "--json", "--tile-px", "64", "--columns", "10")
    assert ended.code == 6
    assert ended.json["pictures"] == 47
    assert ended.json["failed"] == 3
    assert "photos/broken.jpg" in ended.err
    assert load_image(here / "sheet.png").shape[1] == ended.json["size"][0] > 640


def test_lines_stay_visible(run, here):
    edges = np.zeros((2000, 3000), np.uint8)
    edges[1000] = 255
    save_image(edges, here / "edges.png")
    assert run("preview", "edges.png", "-o", "sheet.png").code == 0
    assert (load_image(here / "sheet.png") == 255).all(axis=2).any(axis=1).sum() >= 1


def test_a_mask_over_its_photo(run, photo, mask, cup, here):
    assert run("preview", photo, "-m", mask, "-o", "overlay.png", "--opacity", "0.7", "--color", "0,255,0").code == 0
    expected = preview.overlay(cup, here / mask, color=(0, 255, 0), opacity=0.7)
    assert np.array_equal(load_image(here / "overlay.png"), expected)


def test_before_and_after(run, photo, cup, here):
    save_image(255 - cup, here / "after.png")
    assert run("preview", photo, "--after", "after.png", "-o", "side.png").code == 0
    assert np.array_equal(load_image(here / "side.png"), preview.before_after(cup, 255 - cup))
    assert run("preview", photo, "--after", "after.png", "--slider", "0.25", "-o", "slider.png").code == 0
    assert load_image(here / "slider.png").shape == cup.shape


def test_the_plan_of_an_edit(run, photo, mask, here):
    assert run("crop", photo, "-m", mask, "-o", "job.edit.json").code == 0
    assert run("preview", "job.edit.json").code == 0
    assert load_image(here / "job.preview.png").shape[0] > 800
    assert run("preview", "job.edit.json", photo, "-o", "both.png").code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nope.png"], 3, "does not exist"),
        (["photo.png", "-m", "mask.png", "--after", "photo.png"], 2, "two ways"),
        (["photo.png", "--slider", "0.5"], 2, "--after"),
        (["photo.png", "--columns", "0"], 2, "--columns"),
        (["photo.png", "-m", "nope.png"], 3, "does not exist"),
    ],
)
def test_what_goes_wrong_is_said(run, photo, mask, words, code, said):
    ended = run("preview", *words)
    assert ended.code == code
    assert said in ended.err
