"""`doctor`: what it finds, and that it shows no key."""

import json
import subprocess
import sys
from importlib import import_module

import pytest

from remote import Fal
from remote.jobs.journal import default_path


def found(ended):
    return {finding["what"]: finding for finding in ended.json["findings"]}


def test_a_quiet_doctor_says_what_is_broken(run, monkeypatch):
    assert (run("doctor", "-q").code, run("doctor", "-q").out) == (0, b"")
    monkeypatch.setattr(import_module("preproc.cli.doctor"), "_PACKAGES", ("numpy", "no-such-package"))
    ended = run("doctor", "--quiet")
    assert ended.code == 3
    assert [line.split() for line in ended.text.splitlines()] == [
        ["BAD", "no-such-package", "not", "installed"],
        ["BAD", "no-such-package", "Fix:", "pip", "install", "no-such-package"],
    ]


def test_a_healthy_machine(run):
    ended = run("doctor", "--json")
    findings = found(ended)
    assert ended.code == 0, findings
    assert ended.json["ok"] is True
    assert {"preproc", "python", "numpy", "opencv", "libGL", "opencv threads", "fal key", "remote", "journal"} <= set(
        findings
    )
    assert all(findings[name]["found"] == "works" for name in ("canny", "mask", "exact paste"))
    assert findings["fal key"]["state"] == "note"
    shown = run("doctor").text
    assert "opencv" in shown
    assert "exact paste" in shown


@pytest.mark.parametrize(
    ("names", "said"), [(["FAL_KEY"], "from FAL_KEY in"), (["FAL_KEY_ID", "FAL_KEY_SECRET"], "FAL_KEY_ID and")]
)
def test_keys_are_found_and_never_shown(run, monkeypatch, names, said):
    for name in names:
        monkeypatch.setenv(name, "0123-secret-4567")
    ended = run("doctor", "--json")
    assert said in found(ended)["fal key"]["found"]
    assert b"secret-4567" not in ended.out + run("doctor").out


def test_a_login_is_found(run, here, monkeypatch):
    (here / "login").mkdir()
    (here / "login" / "auth0_token").write_text("token")
    monkeypatch.setenv("FAL_HOME_DIR", str(here / "login"))
    assert "login" in found(run("doctor", "--json"))["fal key"]["found"]


@pytest.fixture
def shadowed(here):
    """Run a command where another module is called `remote`."""

    def shadowed(*words):
        (here / "remote.py").write_text("nothing = 'of ours'")
        code = f"import sys; sys.path.insert(0, '.'); from preproc.cli import main; main({list(words)!r})"
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=here)

    return shadowed


def test_another_module_called_remote_is_found(shadowed):
    done = shadowed("doctor")
    assert done.returncode == 3
    assert "another module of this name comes first" in done.stdout
    assert done.stderr == ""


def test_commands_say_that_another_module_is_called_remote(shadowed):
    done = shadowed("plan", "fal-ai/esrgan")
    assert done.returncode == 3
    assert "Fix: preproc doctor" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_journal_and_its_size(run, here, photo):
    from remote.jobs import Journal

    Journal().close()
    line = found(run("doctor", "--json"))["journal"]["found"]
    assert str(here) in line
    assert "0 jobs" in line
    assert "KiB" in line


def test_wrong_pixels_are_a_finding(run, monkeypatch):
    from preproc import mask

    monkeypatch.setattr(mask, "rectangle", lambda size, _box: mask.ellipse(size, (10, 10, 60, 60)))
    ended = run("doctor", "--json")
    assert ended.code == 3
    assert found(ended)["mask"]["state"] == "bad"
    assert ended.json["ok"] is False


def test_the_cache_is_told_before_and_after_there_is_one(run, photo, here):
    assert "journal.results: nothing kept yet" in run("doctor").text
    with Fal(backend="rehearsal", journal=default_path()) as fal:
        fal.run("fal-ai/esrgan", image=here / photo)
    said = run("doctor").text
    assert "journal.results: 1 result, " in said
    assert "journal.sqlite3: 1 job, " in said


def test_other_modules_that_come_first_are_found(shadowed, here):
    (here / "fal_client.py").touch()
    lines = json.loads(shadowed("doctor", "--json").stdout)["findings"]
    [line] = [line for line in lines if line["what"] == "fal_client"]
    assert (line["state"], str(here / "fal_client.py") in line["found"]) == ("bad", True)


def test_a_broken_journal_does_not_hide_the_rest(run, here):
    path = default_path()
    path.parent.mkdir(parents=True)
    path.write_text("garbage")
    said = found(run("doctor", "--json"))
    assert said["journal"]["state"] == "bad"
    assert said["journal"]["fix"] == "name another file: --journal jobs.sqlite3"
    assert {"cache", "own endpoints", "settings", "self-test"} <= set(said)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[canny]\nlwo = 3", "[canny] lwo is no option of this command. Did you mean low?"),
        ("[mask.grow]\npixels = 3", "[mask.grow] pixels is no option"),
        ('[canny]\nlow = "abc"', "[canny] low = 'abc': a number is wanted"),
        ("[canny]\nlow = 9999", "[canny] low = 9999: It is 0 to 2040."),
        ("[canny]\nlow = [1, 2]", "[canny] low = [1, 2]: one value is wanted"),
        ('[canny]\nprofile = "nope"', "[canny] profile = 'nope': Choose from: \"controlnet_aux\""),
        ("[mask.grow]\npx = -3", "[mask.grow] px = -3: It is at least 0."),
        ("[defaults]\njobs = 0", "[defaults] jobs = 0: Must be > 0."),
        ('[defaults]\nrecursive = "x"', "[defaults] recursive = 'x': true or false is wanted"),
        ("canny = 3", "canny = 3 is no table"),
        ('[crop]\nmask = ["a", "b"]\n[canny]\noverwrite = true\nlow = 5', None),
        ('[crop]\ncontext-px = 4\n[mask.grow]\npx = 3\n[defaults]\nrecursive = true\noutput = "o"', None),
    ],
)
def test_settings_are_read_whole(run, here, text, wrong):
    (here / "preproc.toml").write_text(text)
    line = found(run("doctor", "--json"))["settings"]
    assert line["state"] == ("ok" if wrong is None else "bad")
    assert wrong is None or wrong in line["found"]
