"""`preproc.toml`: found upwards, overridden by options, and never silently misread."""

import pytest


def write(here, text):
    (here / "preproc.toml").write_text(text)


def test_defaults_for_all_and_for_one_are_overridden_by_options(run, photo, here, monkeypatch):
    write(here, "[defaults]\nquiet = true\n[canny]\nlow = 40\nhigh = 300\n[mask.grow]\npx = 3\n")
    (here / "deep" / "deeper").mkdir(parents=True)
    monkeypatch.chdir(here / "deep" / "deeper")
    settled = run("control", "canny", here / photo, "-o", "a.png", "-p", "low=40", "-p", "high=300")
    assert settled.err == ""
    assert run("canny", here / photo, "-o", "b.png").code == 0
    assert (here / "deep/deeper/a.png").read_bytes() == (here / "deep/deeper/b.png").read_bytes()
    assert run("canny", here / photo, "-o", "c.png", "--low", "10").code == 0
    assert (here / "deep/deeper/c.png").read_bytes() != (here / "deep/deeper/b.png").read_bytes()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[canny]\nlwo = 50", "[canny] lwo is no option of this command. Did you mean low?\nFix: mend the file"),
        ('[canny]\nlow = "x"', "[low]"),
        ("[cany]\nlow = 50", "there is no command 'cany'. Did you mean canny?"),
        ("[mask.gorw]\npx = 3", "there is no command 'gorw'. Did you mean grow?"),
        ("[defaults]\nquite = true", "[defaults] quite is no option of any command. Did you mean quiet?"),
        ("canny = 3", "must be a mapping"),
        ("low = 3", "low stands in no table: below [defaults], or [canny] for one command"),
        ("[canny\nlow = 3", "is no TOML"),
    ],
)
def test_what_is_misspelt_is_named_with_its_file(run, photo, here, text, said, monkeypatch):
    write(here, text)
    (here / "deep").mkdir()
    monkeypatch.chdir(here / "deep")
    ended = run("canny", here / photo, "-o", "edges.png")
    assert ended.code == 2
    assert said in ended.err
    assert str(here / "preproc.toml") in ended.err


def test_a_default_may_be_an_option_of_another_command(run, photo, here):
    write(here, '[defaults]\nendpoint = "fal-ai/flux-general"\n')
    assert run("mask", "luminance", photo, "-o", "mask.png").code == 0
    assert run("control", "canny", photo, "-o", "map.png", "--json").json["recipe"]["map_size"] != [240, 160]


@pytest.mark.parametrize("words", [["--density", "0.05"], ["--profile", "flux"]])
def test_an_option_sets_aside_the_defaults_that_it_excludes(run, photo, here, words):
    assert run("canny", photo, "-o", "a.png", *words).code == 0
    write(here, "[canny]\nlow = 40\nhigh = 300\n")
    assert run("canny", photo, "-o", "b.png", *words).code == 0
    assert (here / "a.png").read_bytes() == (here / "b.png").read_bytes()


def test_defaults_of_all_exclude_nothing_that_is_said(run, photo, here):
    write(here, '[defaults]\nquiet = true\njson = true\naspect = "16:9"\n[outpaint]\nleft = 30\ntop = 10\n')
    assert run("outpaint", photo, "-v", "--size", "400x300").json["canvas"] == [400, 300]
    assert run("outpaint", photo, "-o", "b.edit.json", "-v").json["canvas"] == [270, 170]
    assert run("canny", photo, "-o", "-").out[:4] == b"\x89PNG"
    assert run("canny", photo, "-o", "c.png", "--quiet=false").err


def test_defaults_that_exclude_each_other_are_refused_as_options_are(run, photo, here):
    write(here, "[canny]\nlow = 40\nhigh = 300\ndensity = 0.1\n")
    assert "each choose the thresholds" in run("canny", photo).err


def test_a_default_may_be_called_like_a_command(run, folder, here):
    write(here, "[defaults]\njobs = 0\n")
    ended = run("canny", folder, "-o", "maps")
    assert ended.code == 2
    assert "jobs" in ended.err
    write(here, '[defaults]\nmask = "m.png"\n')
    assert "m.png does not exist" in run("crop", "photos/p00.png").err


def test_doctor_says_what_is_wrong_with_the_file(run, here):
    write(here, "[canny\n")
    ended = run("doctor", "--json")
    assert ended.code == 3
    [finding] = [one for one in ended.json["findings"] if one["what"] == "settings"]
    assert finding["state"] == "bad"
    assert "is no TOML" in finding["found"]


def test_the_file_is_to_be_mended_not_the_command(run, photo, here):
    write(here, "[canny]\nlwo = 50\n")
    assert "Fix: preproc canny --help" not in run("canny", photo).err
