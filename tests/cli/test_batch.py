"""`batch`: what is done is written down, and done once."""

import json

import numpy as np
import pytest

from preproc import control, load_image, save_image


@pytest.fixture
def photos(here, cup):
    (here / "in" / "deep").mkdir(parents=True)
    for number in range(5):
        save_image(np.roll(cup[::2, ::2], number * 9, axis=1), here / "in" / f"p{number}.png")
    save_image(cup[::2, ::2], here / "in" / "deep" / "d.jpg")
    return "in"


def states(ended):
    return [line.get("state") for line in ended.lines]


def manifest(here, name="manifest.jsonl"):
    return [json.loads(line) for line in (here / "out" / name).read_text().splitlines()]


def test_maps_and_manifest(run, photos, here):
    ended = run("batch", photos, "-r", "-o", "out", "--control", "canny", "-p", "profile=flux", "--json")
    assert ended.code == 0, ended.err
    assert states(ended) == ["made"] * 6
    lines = manifest(here)
    assert {line["output"] for line in lines} == {"deep/d.png", *(f"p{n}.png" for n in range(5))}
    assert all(line["recipe"]["options"] == {"profile": "flux"} for line in lines)
    expected = control.canny(load_image(here / "in" / "p3.png"), profile="flux")
    assert np.array_equal(load_image(here / "out" / "p3.png")[:, :, 0], expected)


def test_a_second_run_does_what_is_left(run, photos, here):
    words = ["batch", photos, "-o", "out", "--control", "canny", "--json"]
    run(*words)
    (here / "out" / "p1.png").unlink()
    save_image(255 - load_image(here / "in" / "p3.png"), here / "in" / "p3.png", overwrite=True)
    assert states(run(*words)) == ["kept", "made", "kept", "made", "kept"]
    assert states(run(*words)) == ["kept"] * 5
    assert states(run(*words, "-p", "low=20", "-p", "high=90")) == ["made"] * 5
    assert states(run(*words, "--size", "64x48")) == ["made"] * 5
    assert states(run(*words, "--size", "64x48")) == ["kept"] * 5


def test_files_that_are_not_ours_stay(run, photos, here):
    (here / "out").mkdir()
    (here / "out" / "p2.png").write_bytes(b"mine")
    words = ["batch", photos, "-o", "out", "--control", "canny"]
    ended = run(*words)
    assert ended.code == 6
    assert "p2.png is there already" in ended.err
    assert (here / "out" / "p2.png").read_bytes() == b"mine"
    assert run(*words, "--overwrite").code == 0
    assert (here / "out" / "p2.png").read_bytes() != b"mine"


def test_a_map_that_was_changed_by_hand_stays(run, photos, here):
    words = ["batch", photos, "-o", "out", "--control", "canny"]
    run(*words)
    (here / "out" / "p2.png").write_bytes(b"retouched")
    assert run(*words).code == 6
    assert (here / "out" / "p2.png").read_bytes() == b"retouched"


def test_shards_share_the_work_and_know_of_each_other(run, photos, here):
    words = ["batch", photos, "-o", "out", "--control", "canny", "--json"]
    made = [line["source"] for n in (1, 2, 3) for line in run(*words, "--shard", f"{n}/3").lines]
    assert sorted(made) == [f"in/p{n}.png" for n in range(5)]
    assert len(manifest(here, "manifest-002-of-003.jsonl")) == 2
    assert states(run(*words)) == ["kept"] * 5
    empty = run(*words, "--shard", "6/6")
    assert (empty.code, empty.out) == (0, b"")
    assert "empty" in empty.err


def test_a_line_that_was_cut_off_is_done_again(run, photos, here):
    words = ["batch", photos, "-o", "out", "--control", "canny", "--jobs", "1", "--json"]
    run(*words)
    path = here / "out" / "manifest.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    (here / "out" / "p4.png").unlink()
    assert states(run(*words)) == ["kept"] * 4 + ["made"]
    assert states(run(*words)) == ["kept"] * 5


@pytest.mark.parametrize("output", [None, "-", "{stem}.png"])
def test_where_a_batch_goes(run, photos, output):
    ended = run("batch", photos, "--control", "canny", *(["-o", output] if output else []))
    assert ended.code == 2
    assert "-o maps/" in ended.err


@pytest.mark.parametrize("shard", ["0/3", "4/3", "3", "a/b", "1/"])
def test_shards_that_make_no_sense(run, photos, shard):
    ended = run("batch", photos, "-o", "out", "--control", "canny", "--shard", shard)
    assert ended.code == 2
    assert "3/16" in ended.err


def test_broken_pictures_are_named(run, folder):
    ended = run("batch", folder, "-o", "out", "--control", "gray")
    assert ended.code == 6
    assert ended.err.splitlines()[-1] == "47 done, 3 failed"
