"""`sweep`."""

import numpy as np
import pytest

from preproc import load_image, sweep


def test_the_sheet_and_its_rows_are_those_of_the_function(run, photo, cup, here):
    ended = run(
        *("sweep", "canny", photo, "--vary", "low=50,100", "--vary", "high=80,200"),
        *("-p", "l2=true", "--size", "120x96", "--tile-px", "64", "--json"),
    )
    grid = {"low": [50, 100], "high": [80, 200]}
    found = sweep.over("canny", cup, grid=grid, options={"l2": True}, size=(120, 96), tile_px=64)
    assert ended.json["output"] == "photo.sweep.png"
    np.testing.assert_array_equal(load_image(here / "photo.sweep.png"), found.sheet)
    assert [(row["options"], row["density"]) for row in ended.json["rows"]] == [
        (row.options, row.density) for row in found.rows
    ]
    assert [each["options"] for each in ended.json["refused"]] == [{"low": 100, "high": 80}]


def test_densities_are_told_as_options_of_control(run, photo, cup):
    ended = run("sweep", "canny", photo, "-o", "sheet.png")
    assert "sheet.png: 8 maps of 240x160" in ended.err
    for row in sweep.over("canny", cup).rows:
        assert f"{row.density:.1%} drawn" in ended.err
    assert "-p profile=flux" in ended.err
    again = run("control", "canny", photo, "-p", "profile=flux", "--json").json["recipe"]["density"]
    assert f"{again:.1%} drawn  -p profile=flux" in ended.err


def test_maps_that_are_pictures_have_no_density(run, photo):
    ended = run("sweep", "tile", photo, "--vary", "reduction-ratio=2,4")
    assert ended.err.splitlines() == [
        "photo.sweep.png: 2 maps of 240x160",
        "  -p reduction_ratio=2",
        "  -p reduction_ratio=4",
    ]


def test_options_that_are_lists_are_given_as_json(run, here):
    np.save(here / "depth.npy", np.linspace(1, 5, 64 * 48).reshape(48, 64))
    ended = run(
        *("sweep", "depth", "depth.npy", "-p", "near=low", "--vary", "percentiles=[[0, 100], [5, 95]]", "--json")
    )
    assert [row["options"] for row in ended.json["rows"]] == [{"percentiles": [0, 100]}, {"percentiles": [5, 95]}]


def test_each_picture_gets_a_sheet_and_sheets_are_not_read_again(run, photo, here):
    (here / "in").mkdir()
    for name in ("a", "b"):
        (here / "in" / f"{name}.png").write_bytes((here / photo).read_bytes())
    for _ in range(2):
        assert run("sweep", "blur", "in", "--overwrite").code == 0
    assert sorted(file.name for file in (here / "in").iterdir()) == ["a.png", "a.sweep.png", "b.png", "b.sweep.png"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["cany", "photo.png"], 2, 'Did you mean "canny"?'),
        (["canny", "photo.png", "--vary", "lo=3"], 2, "did you mean 'low'?"),
        (["canny", "photo.png", "--vary", "low"], 2, "low=50,100,150"),
        (["canny", "photo.png", "--vary", "low="], 2, "low has no values to compare"),
        (["canny", "photo.png", "--vary", "low=[1"], 2, "is no list"),
        (["canny", "photo.png", "--vary", "low=50,x"], 2, "low='x'"),
        (["canny", "photo.png", "--vary", "l2=true", "-p", "l2=false"], 2, "l2 is varied and given"),
        (["canny", "photo.png", "--vary", "low=200", "--vary", "high=100"], 3, "0 <= low <= high"),
        (["canny", "photo.png", "--low", "50"], 2, "--vary low=50,100,150"),
        (["gray", "photo.png"], 3, "Fix: --vary OPTION=VALUE,VALUE"),
        (["canny"], 2, "nothing to work on"),
    ],
)
def test_what_goes_wrong_is_said(run, photo, words, code, said):
    ended = run("sweep", *words)
    assert ended.code == code
    assert said in ended.err
