"""`canny` and `control`."""

import json

import numpy as np
import pytest

from preproc import control, load_image
from preproc.control import rebuild


def test_canny_draws_what_the_function_draws(run, photo, cup, here):
    ended = run("canny", photo, "--low", "60", "--high", "120", "--json")
    expected = control.canny(cup, low=60, high=120)
    assert ended.json["output"] == "photo.canny.png"
    assert ended.json["size"] == [240, 160]
    assert ended.json["density"] == pytest.approx((expected > 0).mean())
    assert np.array_equal(load_image(here / "photo.canny.png")[:, :, 0], expected)


def test_canny_passes_every_option_on(run, photo, here):
    for number, options in enumerate(
        (
            ["--profile", "flux"],
            ["--density", "0.05"],
            ["--sigma", "3"],
            ["--multi-scale"],
            ["--low", "50", "--high", "99", "--l2"],
        )
    ):
        assert run("canny", photo, "-o", f"{number}.png", *options).code == 0
    assert len({(here / f"{number}.png").read_bytes() for number in range(5)}) == 5


def test_canny_says_what_is_wrong_with_its_thresholds(run, photo):
    ended = run("canny", photo, "--low", "200", "--high", "100")
    assert ended.code == 2
    assert "--low 200 is above --high 100" in ended.err


@pytest.mark.parametrize("kind", [name for name, kind in control.TYPES.items() if kind.is_local])
def test_every_type_that_a_photo_is_enough_for(run, photo, here, kind):
    assert run("control", kind, photo).code == 0
    assert load_image(here / f"photo.{kind}.png").shape == (160, 240, 3)


def test_size_options_and_recipe(run, photo, cup, here):
    ended = run(
        "control", "canny", photo, "-o", "map.png", "--size", "128x96", "-p", "profile=flux", "--recipe", "--json"
    )
    assert ended.json["recipe"]["map_size"] == [128, 96]
    assert ended.json["recipe"]["options"] == {"profile": "flux"}
    again = rebuild(here / "map.png", cup)
    assert np.array_equal(again.image, load_image(here / "map.png")[:, :, 0])


def test_the_size_is_chosen_for_an_endpoint(run, photo):
    ended = run("control", "canny", photo, "--endpoint", "fal-ai/flux-general", "--json")
    width, height = ended.json["recipe"]["map_size"]
    assert width % 16 == height % 16 == 0
    assert width * height > 500_000


def test_poses_come_from_key_points(run, here):
    people = {"people": [{"pose_keypoints_2d": [10, 10, 1] * 18}], "canvas_width": 64, "canvas_height": 48}
    (here / "p.json").write_text(json.dumps(people))
    ended = run("control", "pose", "p.json", "--json")
    assert ended.json["recipe"]["map_size"] == [64, 48]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["cany", "photo.png"], 2, 'Did you mean "canny"?'),
        (["canny", "photo.png", "-p", "lw=3"], 2, "did you mean 'low'?"),
        (["canny", "photo.png", "-p", "low"], 2, "name=value"),
        (["canny", "photo.png", "--size", "big"], 2, "1024x768"),
        (["canny", "photo.png", "--recipe", "-o", "-"], 2, "-o FILE"),
        (["canny", "photo.png", "--endpoint", "fal-ai/nope"], 3, "perhaps"),
        ([], 2, "--list"),
    ],
)
def test_what_goes_wrong_is_said(run, photo, words, code, said):
    ended = run("control", *words)
    assert ended.code == code
    assert said in ended.err


def test_the_list_names_all_types(run):
    assert [line["name"] for line in run("control", "--list", "--json").lines] == list(control.TYPES)
    listed = run("control", "--list").text
    assert all(name in listed for name in control.TYPES)


def test_settings_come_from_a_file_above_and_flags_win(run, photo, here, monkeypatch):
    (here / "preproc.toml").write_text("[defaults]\noverwrite = true\n[canny]\nlow = 40\nhigh = 300\njson = true\n")
    deep = here / "deep" / "er"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    first = run("canny", here / photo, "-o", "edges.png").json
    assert first["density"] == run("canny", here / photo, "-o", "edges.png").json["density"]
    assert run("canny", here / photo, "-o", "edges.png", "--high", "60").json["density"] > 1.5 * first["density"]


@pytest.mark.parametrize("text", ["[canny]\nlow = 'x'", "[canny]\nlw = 3", "[canny", "canny = 3"])
def test_settings_that_are_wrong(run, photo, here, text):
    (here / "preproc.toml").write_text(text)
    ended = run("canny", photo)
    assert ended.code == 2
    assert ended.err.startswith("preproc: ")
    assert "preproc.toml" in ended.err
