"""`jobs`, against rehearsals: what was submitted is found again, brought home and settled."""

import pytest

from preproc import load_image

FILL = "fal-ai/flux-pro/v1/fill"


def test_a_suffix_that_nothing_is_written_in_is_refused_before_a_result_is_fetched(run, photo, stage, monkeypatch):
    stage()
    assert run("run", "fal-ai/esrgan", "--image", photo, "--rehearsal", "--journal", "jobs.sqlite3").code == 0
    job = run("jobs", "--journal", "jobs.sqlite3", "--json").json["job_id"]
    monkeypatch.setattr("remote.jobs.Job.wait", None)  # nothing is asked after
    ended = run("jobs", job, "--resume", "-o", "x.jxl", "--journal", "jobs.sqlite3")
    assert ended.code == 2
    assert ended.err.splitlines() == [
        "preproc: x.jxl: the suffix '.jxl' names no format that is written",
        "Fix: one of .png, .tif, .tiff, .webp, .jpg, .jpeg",
    ]


def test_where_rehearsals_are(run, record, here):
    words = ["run", FILL, "prompt=a barn", "--edit", record, "--rehearsal"]
    ended = run(*words)
    assert "preproc jobs does not list it; --journal FILE keeps one" in ended.err
    assert "rehearsals are listed where preproc run --journal FILE kept them" in run("jobs").err
    kept = run(*words, "--journal", "mine.sqlite3", "--overwrite")
    assert "does not list it" not in kept.err
    [entry] = run("jobs", "--journal", "mine.sqlite3", "--json").lines
    assert f"job {entry['job_id']}\n" in kept.err
    again = run("jobs", entry["job_id"], "--resume", "--edit", record, "--journal", "mine.sqlite3", "-o", "again.png")
    assert again.code == 0, again.err
    assert (here / "again.png").read_bytes() == (here / "job.done.png").read_bytes()


def test_a_result_that_is_too_large_is_brought_home_when_more_is_allowed(run, photo, here):
    book = ["--journal", "jobs.sqlite3"]
    assert run("run", "fal-ai/esrgan", "--image", photo, "--rehearsal", "-o", "first.png", *book).code == 0
    [entry] = run("jobs", *book, "--json").lines
    words = ("jobs", entry["job_id"], "--resume", "-o", "again.png", *book)
    refused = run(*words, "--max-pixels", "9")
    assert refused.code == 5
    advice = f"preproc jobs {entry['job_id']} --resume --max-pixels "
    assert advice in refused.err
    enough = refused.err.partition(advice)[2].split()[0]
    assert run(*words, "--max-pixels", enough, "--max-file-bytes", "9999999").code == 0
    assert (here / "again.png").read_bytes() == (here / "first.png").read_bytes()
    assert len(run("jobs", *book, "--json").lines) == 1


def test_jobs_are_found_again(run, record, stage, here):
    stage("slow")
    book = ["--journal", "jobs.sqlite3"]
    late = run("run", FILL, "prompt=a red door", "--edit", record, "--rehearsal", "--timeout", "0", *book)
    assert late.code == 5
    [entry] = run("jobs", *book, "--json").lines
    assert entry["state"] == "submitted"
    listed = run("jobs", *book).text.splitlines()
    assert listed[0].split() == ["job", "state", "price", "endpoint", "prompt"]
    assert entry["job_id"] in listed[1]
    assert "a red door" in listed[1]
    ended = run("jobs", entry["job_id"][:12], "--resume", "--edit", record, "-o", "late.png", *book)
    assert ended.code == 0, ended.err
    assert "equal" in ended.text
    assert load_image(here / "late.png").shape == (160, 240, 3)
    assert run("jobs", entry["job_id"], *book, "--json").json["state"] == "done"
    assert "too late" in run("jobs", entry["job_id"], "--cancel", *book).text


@pytest.mark.parametrize(
    ("option", "state"), [(["--adopt", "rehearsal-000001"], "submitted"), (["--not-taken"], "failed")]
)
def test_what_nobody_knows_is_settled(run, record, stage, option, state):
    stage("lost answer")
    book = ["--journal", "jobs.sqlite3"]
    words = ["run", FILL, "prompt=a", "--edit", record, "--rehearsal", *book]
    assert run(*words).code == 5
    again = run(*words)
    [entry] = run("jobs", *book, "--json").lines
    assert entry["state"] == "unknown"
    assert f"preproc jobs {entry['job_id']} --adopt REQUEST_ID, else --not-taken" in again.err
    assert run("jobs", entry["job_id"], *option, *book, "--json").json["state"] == state
    settled = run("jobs", entry["job_id"], *option, *book)
    assert settled.code == 3
    assert f"preproc jobs {entry['job_id']}" in settled.err
    assert "wait()" not in settled.err
    assert run("jobs", entry["job_id"], "--cancel", "--not-taken", *book).code == 2
    assert run(*words).code == 0


def test_ctrl_c_tells_how_to_go_on(run, record, stage, monkeypatch):
    from remote.jobs import Job

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    stage("slow")
    book = ["--journal", "jobs.sqlite3"]
    run("run", FILL, "prompt=a", "--edit", record, "--rehearsal", "--timeout", "0", *book)
    [entry] = run("jobs", *book, "--json").lines
    monkeypatch.setattr(Job, "wait", interrupt)
    ended = run("jobs", entry["job_id"], "--resume", "--edit", record, *book)
    assert ended.code == 130
    assert f"preproc jobs {entry['job_id']} --resume --edit {record} --journal jobs.sqlite3" in ended.err
    assert ended.err.endswith("preproc: interrupted\n")


def test_jobs_that_are_not_there(run):
    assert "no job" in run("jobs").err
    assert run("jobs", "--json").out == b""
    assert run("jobs", "--resume").code == 2
    ended = run("jobs", "2026", "--resume")
    assert ended.code == 3
    assert "in no journal here" in ended.err
