"""`plan` and `run`, against rehearsals."""

import hashlib
import json

import numpy as np
import pytest

from preproc import Edit, load_image
from remote import Fal

FILL = "fal-ai/flux-pro/v1/fill"


def test_a_plan_says_all_and_sends_nothing(run, record, here):
    ended = run("plan", FILL, "prompt=a barn", "--edit", record)
    assert ended.code == 0
    assert 'prompt = "a barn"' in ended.text
    assert "price     0.05 USD" in ended.text
    facts = run("plan", FILL, "prompt=a barn", "--edit", record, "--json").json
    expected = Fal(backend="rehearsal").plan(FILL, edit=Edit.load(here / record), prompt="a barn").to_json()
    assert facts == json.loads(json.dumps(expected))


def test_arguments_are_read_as_the_endpoint_means_them(run):
    payload = run(
        "plan", "fal-ai/flux-general", "prompt=12345", "seed=7", "image_size=1024x768", "num_images=2",
        "loras.0.path=https://a.b/c.safetensors", "loras.0.scale=0.5", "--json",
    ).json["payload"]  # fmt: skip
    assert payload["prompt"] == "12345"
    assert payload["seed"] == 7
    assert payload["image_size"] == {"width": 1024, "height": 768}
    assert payload["loras"] == [{"path": "https://a.b/c.safetensors", "scale": 0.5}]


def test_image_and_mask_are_sent_as_they_are(run, photo, mask):
    facts = run("plan", FILL, "prompt=x", "--image", photo, "--mask", mask, "--json").json
    assert {upload["role"] for upload in facts["uploads"]} == {"image", "mask"}
    assert all(upload["size"] == [240, 160] for upload in facts["uploads"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([FILL, "prompt"], 2, "name=value"),
        ([FILL, "promt=a", "--edit", "job.edit.json"], 3, "perhaps prompt"),
        (["fal-ai/flux-pro/v1/fil", "prompt=a"], 3, "perhaps fal-ai/flux-pro/v1/fill"),
        ([FILL, "prompt=a", "--edit", "job.edit.json", "--image", "photo.png"], 2, "leave --image"),
        ([FILL, "prompt=a", "image=photo.png"], 2, "--image photo.png"),
        ([FILL, "prompt=a", "--edit", "nope.edit.json"], 3, "nope.edit.json"),
        (
            [FILL, "prompt=a", "--image", "photo.png", "--mask", "mask.png", "--reference", "0,0,40,30"],
            3,
            "the mask is",
        ),
    ],
)
def test_what_is_wrong_with_a_job_is_said_before_it_is_sent(run, record, photo, mask, words, code, said):
    for command in ("plan", "run"):
        ended = run(command, *words, *(["--rehearsal"] if command == "run" else []))
        assert ended.code == code, ended.err
        assert said in ended.err


def test_a_result_that_could_not_be_written_is_not_paid_for(run, photo, stage, here):
    stage()
    ended = run("run", "fal-ai/esrgan", "--image", photo, "-o", "x.wat", "--rehearsal", "--journal", "jobs.sqlite3")
    assert ended.code == 2
    assert "the suffix '.wat' names no format" in ended.err
    none = run("jobs", "--journal", "jobs.sqlite3", "--json")
    assert (none.code, none.out) == (0, b"")


def test_a_rehearsal_says_that_it_knows_the_catalog_alone(run):
    ended = run("run", "someone/unheard-of", "prompt=a", "--resolve", "verbatim", "--rehearsal")
    assert ended.code == 4
    assert "a rehearsal knows the endpoints of the catalog alone" in ended.err
    assert "not known to fal" not in ended.err
    assert "Fix: with a key and no rehearsal" in ended.err


def test_dry_run_is_the_plan(run, record):
    assert (
        run("run", FILL, "prompt=a", "--edit", record, "--dry-run").text
        == run("plan", FILL, "prompt=a", "--edit", record).text
    )
    assert "price" in run("run", FILL, "prompt=a", "--edit", record, "-n", "--json").json


def test_an_edit_comes_home_with_its_receipt(run, record, cup, here):
    ended = run("run", FILL, "prompt=a barn", "--edit", record, "--rehearsal", "-o", "done.png")
    told = json.loads((here / "done.png.json").read_text(encoding="utf-8"))
    assert told["sha256"] == hashlib.sha256((here / "done.png").read_bytes()).hexdigest()
    assert (told["endpoint"], told["payload"]["prompt"]) == (FILL, "a barn")
    assert ended.code == 0, ended.err
    assert "equal" in ended.text
    assert "0.05 USD" in ended.err
    edit = Edit.load(here / record)
    done = load_image(here / "done.png")
    assert np.array_equal(done[edit.blend == 0], cup[edit.blend == 0])
    facts = run("run", FILL, "prompt=a barn", "--edit", record, "--rehearsal", "--json").json
    assert facts["output"] == "job.done.png"
    assert facts["is_preserved"]
    assert facts["request_id"].startswith("rehearsal")


def test_several_pictures_of_one_job(run, record, here):
    ended = run("run", FILL, "prompt=a", "num_images=2", "--edit", record, "--rehearsal", "-o", "done.png", "--json")
    assert [line["output"] for line in ended.lines] == ["done-1.png", "done-2.png"]
    again = run("run", FILL, "prompt=a", "num_images=2", "--edit", record, "--rehearsal", "-o", "done.png")
    assert again.code == 3
    assert "done-1.png is there already" in again.err


@pytest.mark.parametrize("with_edit", [True, False])
def test_several_pictures_do_not_go_through_one_pipe(run, record, photo, with_edit):
    words = ("prompt=a", "num_images=2", "--rehearsal", "--journal", "jobs.sqlite")
    words += ("--edit", record) if with_edit else ("--image", photo)
    endpoint = FILL if with_edit else "fal-ai/flux/dev/image-to-image"
    before = run("run", endpoint, *words, "-o", "-")
    assert (before.code, before.out) == (2, b"")
    assert "2 results cannot share standard output" in before.err
    assert run("jobs", "--journal", "jobs.sqlite", "--json").lines == []  # nothing was submitted

    assert run("run", endpoint, *words, "-o", "both.png").code == 0
    [job] = run("jobs", "--journal", "jobs.sqlite", "--json").lines
    home = ("jobs", job["job_id"], "--resume", "--journal", "jobs.sqlite", *(("--edit", record) if with_edit else ()))
    later = run(*home, "-o", "-")
    assert (later.code, later.out) == (2, b"")
    assert "2 results cannot share standard output" in later.err
    assert run(*home, "-o", "again.png").code == 0


def test_a_picture_without_an_edit(run, photo, here):
    ended = run("run", "fal-ai/esrgan", "--image", photo, "--rehearsal", "--json")
    assert ended.json["outputs"] == ["photo.result.png"]
    assert load_image(here / "photo.result.png").shape == (320, 480, 3)
    provenance = json.loads((here / "photo.result.png.json").read_text())
    assert provenance["endpoint"] == "fal-ai/esrgan"
    piped = run("run", "fal-ai/esrgan", "--image", "-", "--rehearsal", "-o", "-", stdin=(here / photo).read_bytes())
    assert piped.out[:4] == b"\x89PNG"


def test_a_key_is_missing(run, photo):
    ended = run("run", "fal-ai/esrgan", "--image", photo)
    assert ended.code == 4
    assert "FAL_KEY" in ended.err


@pytest.mark.parametrize(("fault", "code"), [("429", 4), ("503", 4), ("black image", 4), ("lost answer", 5)])
def test_what_fal_answers_ends_with_its_code(run, record, stage, fault, code):
    stage(fault)
    ended = run("run", FILL, "prompt=a", "--edit", record, "--rehearsal")
    assert ended.code == code, ended.err
    assert "Fix: " in ended.err


def test_nobody_waits_for_ever(run, record, stage, here):
    stage("slow")
    ended = run("run", FILL, "prompt=a", "--edit", record, "--rehearsal", "--timeout", "0")
    assert ended.code == 5
    assert "was not done after 0 s" in ended.err


def test_a_dry_run_writes_nothing_anywhere(run, record, here):
    before = set(here.rglob("*"))
    ended = run("run", FILL, "prompt=a barn", "--edit", record, "--dry-run", "-o", "out/", "--journal", "j.sqlite3")
    assert ended.code == 0
    assert "  fix: --reference LEFT,TOP,RIGHT,BOTTOM, or another mask" in ended.text
    assert set(here.rglob("*")) == before


@pytest.mark.parametrize("json", [[], ["--json"]], ids=["words", "json"])
def test_ctrl_c_during_the_post_tells_what_was_sent_and_how_to_find_out(run, photo, monkeypatch, json):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("remote.rehearsal.Rehearsal.submit", interrupt)
    book = ["--journal", "jobs.sqlite3"]
    ended = run("run", "fal-ai/esrgan", "--image", photo, "--rehearsal", *book, *json)
    [entry] = run("jobs", *book, "--json").lines
    assert ended.code == 130
    assert f"preproc: interrupted: job {entry['job_id']} was posted to fal-ai/esrgan" in ended.err
    assert "may run and be billed" in ended.err
    assert f"preproc jobs {entry['job_id']} --adopt REQUEST_ID, else --not-taken" in ended.err
    assert "fal.resume" not in ended.err
    if json:
        assert entry["job_id"] in ended.json["error"]["message"]


def test_the_same_job_is_not_paid_twice(run, photo, stage):
    stage()
    words = ["run", "fal-ai/esrgan", "--image", photo, "--rehearsal", "--journal", "jobs.sqlite3", "--overwrite"]
    first, second = run(*words, "--json").json, run(*words, "--json")
    assert second.json["job_id"] == first["job_id"]
    assert "not paid again" in second.err
    assert run(*words, "--again", "--json").json["job_id"] != first["job_id"]


def test_limits_are_kept(run, record):
    ended = run("run", FILL, "prompt=a", "--edit", record, "--rehearsal", "--limit-per-day", "0.01")
    assert ended.code == 4
    assert "0.01" in ended.err


def test_a_dry_run_keeps_standard_output_free_for_bytes(run, record):
    ended = run("run", FILL, "prompt=a", "--edit", record, "--dry-run", "-o", "-")
    assert (ended.code, ended.out) == (0, b"")
    assert "USD" in ended.err
