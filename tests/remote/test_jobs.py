"""Jobs survive their process; nothing is paid twice."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from preproc.errors import InputError
from remote import Fal, errors
from remote.jobs import Desk, Job, Pace, submit
from remote.jobs.budget import Budget
from remote.jobs.journal import Journal
from remote.wire import Status

from .loopback import Loopback
from .plans import FILL, plan, upload


def test_the_journal_knows_before_fal_does(server: Loopback, desk: Desk):
    states = []
    post = type(desk.backend).submit

    def watched(self, endpoint, payload):
        states.extend(entry.state for entry in desk.journal.entries())
        return post(self, endpoint, payload)

    type(desk.backend).submit = watched
    try:
        job = submit(plan(), desk)
    finally:
        type(desk.backend).submit = post
    assert states == ["submitting"]
    assert job.entry.state == "submitted"
    assert job.request_id == "r000001"
    job.wait()
    assert job.entry.state == "done"


def test_what_arrives_is_what_was_planned(server: Loopback, desk: Desk):
    image, mask = upload(b"image bytes"), upload(b"mask bytes", "mask_url")
    planned = plan(image, mask, seed=7, safety_tolerance="2", nested={"a": [1, None, True]})
    result = submit(planned, desk).wait()
    sent = server.posts()[0].json
    assert {name: value for name, value in sent.items() if not name.endswith("_url")} == {
        name: value for name, value in planned.payload.items() if not name.endswith("_url")
    }
    assert server.read(sent["image_url"]) == b"image bytes"
    assert server.read(sent["mask_url"]) == b"mask bytes"
    assert result.plan["fingerprint"] == planned.fingerprint
    assert (result.endpoint, result.request_id) == (FILL, "r000003")


def test_an_identical_plan_is_paid_for_once(server: Loopback, desk: Desk):
    first = submit(plan(), desk)
    running = submit(plan(), desk)
    assert (running.id, running.reused, first.reused) == (first.id, True, False)
    result = first.wait()
    done = submit(plan(), desk)
    assert done.reused
    assert done.wait().raw == result.raw
    assert len(server.posts()) == 1
    assert submit(plan(seed=2), desk).id != first.id
    assert submit(plan(), desk, again=True).id != first.id
    assert len(server.posts()) == 3


def test_the_same_content_is_uploaded_once(server: Loopback, desk: Desk):
    one = upload(b"the same")
    submit(plan(one, upload(b"the same", "mask_url")), desk)
    submit(plan(one, seed=2), desk)
    again = Journal(desk.journal.path)
    submit(plan(one, seed=3), Desk(desk.backend, type(desk.storage)(desk.backend, again), again))
    again.close()
    assert len(server.of("upload")) == 1


def test_an_upload_that_is_about_to_expire_is_not_used(server: Loopback, desk: Desk):
    submit(plan(upload(b"a")), desk)
    desk.storage._now = lambda: time.time() + 86_400 - 3000
    submit(plan(upload(b"a"), seed=2), desk)
    assert len(server.of("upload")) == 2


def test_small_files_can_travel_inline(server: Loopback, desk: Desk):
    desk.storage._inline_bytes = 4
    submit(plan(upload(b"tiny"), upload(b"larger", "mask_url")), desk)
    sent = server.posts()[0].json
    assert sent["image_url"] == "data:image/png;base64,dGlueQ=="
    assert server.read(sent["mask_url"]) == b"larger"


def test_waiting_tells_how_far_it_is(server: Loopback, desk: Desk):
    seen: list[Status] = []
    submit(plan(), desk).wait(on_update=seen.append)
    assert [status.state for status in seen] == ["queued", "running", "completed"]
    assert seen[0].position == 3
    assert seen[1].logs


def test_pauses_grow_to_a_limit(server: Loopback, desk: Desk):
    server.states = ["IN_QUEUE"] * 6 + ["COMPLETED"]
    pauses: list[float] = []
    slow = Desk(desk.backend, desk.storage, desk.journal, pace=Pace(1.0, 2.0, 5.0, sleep=pauses.append))
    submit(plan(), slow).wait(timeout=1000)
    assert pauses == [1.0, 2.0, 4.0, 5.0, 5.0, 5.0]


def test_waiting_ends_in_time_and_goes_on_elsewhere(server: Loopback, desk: Desk):
    server.states = ["IN_PROGRESS"] * 1000
    job = submit(plan(), desk)
    began = time.monotonic()
    with pytest.raises(errors.WaitTimeout, match="it goes on") as caught:
        job.wait(timeout=0.15)
    assert time.monotonic() - began < 1
    assert (caught.value.job_id, caught.value.request_id) == (job.id, job.request_id)
    assert isinstance(caught.value, TimeoutError)
    server.states = ["COMPLETED"]
    assert Job(job.id, job.endpoint, desk).wait().raw["seed"]


def test_interrupting_a_wait_is_safe(server: Loopback, desk: Desk):
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    job = submit(plan(), Desk(desk.backend, desk.storage, desk.journal, pace=Pace(sleep=interrupt)))
    with pytest.raises(KeyboardInterrupt):
        job.wait()
    assert job.entry.state == "submitted"
    assert submit(plan(), desk).wait().job_id == job.id


def test_interrupting_a_submit_leaves_an_unknown_outcome(server: Loopback, desk: Desk, monkeypatch):
    monkeypatch.setattr(desk.backend, "submit", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt) as caught:
        submit(plan(), desk)
    [entry] = desk.journal.entries()
    assert entry.state == "unknown"
    happened, do = caught.value.__notes__[0].splitlines()
    assert f"job {entry.id} was posted to {entry.endpoint}" in happened
    assert "may run and be billed" in happened
    assert f"fal.resume('{entry.id}').adopt(request_id)" in do


def test_interrupting_the_wait_for_room_is_no_unknown_outcome(server: Loopback, make_backend, desk: Desk):
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    budget = Budget(per_run=0.05)
    busy = Desk(make_backend(pause=interrupt), desk.storage, desk.journal, budget, desk.pace)
    server.fault("submit", "status", status=429, body=b"{}")
    with pytest.raises(KeyboardInterrupt):
        submit(plan(), busy)
    assert [entry.state for entry in desk.journal.entries()] == ["failed"]
    assert submit(plan(), busy).wait().raw["seed"]


def full(*_: object) -> None:
    raise errors.RemoteError("the journal j cannot be used: disk full", fix="name another file")


def test_a_full_disk_after_the_post(server: Loopback, desk: Desk, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "submitted", full)
        with pytest.raises(errors.UnknownOutcome, match=r"fal took job .* as request r000001.*disk full") as caught:
            submit(plan(), desk)
    job = Job(caught.value.job_id, FILL, desk)
    assert caught.value.request_id == "r000001"
    assert "another file" not in str(caught.value)
    monkeypatch.setattr(Journal, "is_leaving", lambda *_: False)
    job.adopt("r000001")
    assert job.wait().raw["seed"]


def test_a_full_disk_after_a_lost_answer(server: Loopback, desk: Desk, monkeypatch):
    monkeypatch.setattr(Journal, "ended", full)
    server.fault("submit", "cut-late")
    with pytest.raises(errors.UnknownOutcome) as caught:
        submit(plan(), desk)
    assert caught.value.job_id == desk.journal.entries()[0].id


def test_an_answer_without_urls_is_enough(server: Loopback, desk: Desk):
    server.fault("submit", "bytes", body=b'{"request_id": "r000001"}')
    job = submit(plan(), desk)
    assert job.request_id == "r000001"
    assert job.wait().raw["seed"]


@pytest.mark.parametrize("request_id", [None, "", "a/../b", "x y"])
def test_a_request_id_that_is_none(server: Loopback, desk: Desk, request_id):
    server.fault("submit", "bytes", body=json.dumps({"request_id": request_id}).encode())
    with pytest.raises(errors.UnknownOutcome, match="without request_id"):
        submit(plan(), desk)


class TestSettling:
    def lost(self, server: Loopback, desk: Desk) -> Job:
        server.fault("submit", "cut-late")
        with pytest.raises(errors.UnknownOutcome, match="lost|failed") as caught:
            submit(plan(), desk)
        assert ".adopt(" in str(caught.value)
        return Job(caught.value.job_id, FILL, desk)

    def test_it_was_taken(self, server: Loopback, desk: Desk):
        job = self.lost(server, desk)
        with pytest.raises(errors.UnknownEndpointError, match="compare the id with fal's dashboard") as caught:
            job.adopt("r000009")
        assert "again=True" not in str(caught.value)
        assert job.entry.state == "unknown"
        job.adopt("r000001")
        assert (job.request_id, job.entry.state) == ("r000001", "submitted")
        assert submit(plan(), desk).wait().job_id == job.id
        assert len(server.posts()) == 1

    def test_a_request_is_that_of_one_job(self, server: Loopback, desk: Desk):
        other = submit(plan(seed=1), desk)
        job = self.lost(server, desk)
        with pytest.raises(errors.UnknownJobError, match=f"job {other.id} has it \\(submitted\\)") as caught:
            job.adopt("r000001")
        assert (caught.value.job_id, caught.value.request_id) == (job.id, "r000001")
        assert job.entry.state == "unknown"
        job.adopt("r000002")
        assert (job.wait().request_id, other.wait().request_id) == ("r000002", "r000001")

    def test_it_was_not(self, server: Loopback, desk: Desk):
        job = self.lost(server, desk)
        job.declare_not_taken()
        with pytest.raises(errors.RemoteError, match="declared as not taken"):
            job.wait()
        assert desk.journal.spent_today(backend="fal") == 0
        assert submit(plan(), desk).wait().job_id != job.id

    def test_what_is_known_stays(self, server: Loopback, desk: Desk):
        job = submit(plan(), desk)
        for settle in (job.declare_not_taken, lambda: job.adopt("r000001")):
            with pytest.raises(errors.UnknownJobError, match="is submitted"):
                settle()


class TestClosing:
    def test_a_job_outlives_its_fal(self, server: Loopback, tmp_path: Path):
        def start() -> Job:
            return Fal(journal=tmp_path / "j.sqlite3", pace=Pace(first_s=0.001)).submit(plan())

        job = start()
        gc.collect()
        assert job.wait().raw["seed"]

    def test_nothing_stays_open(self, server: Loopback, tmp_path: Path):
        fal = Fal(journal=tmp_path / "j.sqlite3")
        close = fal.close
        del fal
        gc.collect()
        assert not close.alive

    def test_a_backend_from_elsewhere_stays_open(self, server: Loopback, make_backend, tmp_path: Path):
        shared = make_backend()
        for name in ("a", "b"):
            with Fal(shared, journal=tmp_path / f"{name}.sqlite3", pace=Pace(first_s=0.001)) as fal:
                assert fal.submit(plan()).wait().raw["seed"]


def test_a_job_that_is_just_leaving(server: Loopback, desk: Desk):
    entry, _ = desk.journal.start(plan(), backend="fal", price=None)
    job = submit(plan(), desk)
    assert (job.id, job.reused) == (entry.id, True)
    for ask in (job.status, job.cancel):
        with pytest.raises(errors.UnknownJobError, match="right now"):
            ask()
    with pytest.raises(errors.WaitTimeout):
        job.wait(timeout=0.02)
    assert job.entry.state == "submitting"


def test_cancel(server: Loopback, desk: Desk):
    job = submit(plan(), desk)
    assert job.cancel()
    assert server.jobs[job.request_id].cancelled
    assert job.entry.state == "submitted"  # so far it is a wish
    with pytest.raises(errors.JobCancelled) as caught:
        job.wait()
    assert caught.value.job_id == job.id
    assert job.entry.state == "cancelled"
    assert not job.cancel()
    finished = submit(plan(), desk)
    assert finished.id != job.id
    finished.wait()
    assert not finished.cancel()


def test_a_cancel_that_came_too_late_delivers(server: Loopback, desk: Desk):
    server.cancels = False
    job = submit(plan(), desk)
    assert job.cancel()
    assert job.wait().raw["seed"]
    assert job.entry.state == "done"


def test_a_cancel_told_by_the_result(server: Loopback, desk: Desk):
    server.failure = (499, {"detail": "cancelled", "error_type": "client_cancelled"})
    job = submit(plan(), desk)
    with pytest.raises(errors.JobCancelled):
        job.wait(timeout=1)


def test_a_job_that_fal_cancelled(server: Loopback, desk: Desk):
    server.states = ["CANCELLED"]
    with pytest.raises(errors.JobCancelled):
        submit(plan(), desk).wait()


def test_blackened_pictures_are_not_taken_for_results(server: Loopback, desk: Desk):
    fine = server.answer
    server.answer = lambda *args: {**fine(*args), "has_nsfw_concepts": [True]}
    result = submit(plan(), desk).wait()
    with pytest.raises(errors.BlockedError):
        result.image.read()
    assert result.image.read(blocked=True)


class TestResultFiles:
    def test_read_once_and_checked(self, server: Loopback, desk: Desk, tmp_path: Path):
        result = submit(plan(), desk).wait()
        assert result.image.array().shape == (48, 64, 3)
        assert result.image.read() == server.read(result.image.url)
        assert len(server.of("download")) == 1
        (path,) = result.save(tmp_path / "out.png")
        assert path.read_bytes() == result.image.read()
        about = json.loads((tmp_path / "out.png.json").read_text())
        assert (about["endpoint"], about["request_id"], about["payload"]["prompt"]) == (FILL, "r000001", "a door")
        with pytest.raises(errors.PreprocError, match="exists"):
            result.save(path)
        (jpeg,) = result.save(tmp_path / "out.jpg")
        assert jpeg.read_bytes().startswith(b"\xff\xd8")
        for wrong in ("out.wat", "out.svg", "out.heic"):
            with pytest.raises(InputError, match="names no format that is written"):
                result.save(tmp_path / wrong)
        assert sorted(p.name for p in tmp_path.glob("*out*")) == ["out.jpg", "out.jpg.json", "out.png", "out.png.json"]

    @pytest.mark.parametrize(
        ("fault", "message"),
        [
            ({"kind": "bytes", "body": b'{"detail": "none"}'}, "it is text, not a picture"),
            ({"kind": "bytes", "body": b""}, "is empty"),
            (
                {"kind": "bytes", "body": b"{}", "headers": {"Content-Type": "application/json"}},
                "came as application/json",
            ),
            ({"kind": "bytes", "body": b"<html>", "headers": {"Content-Type": "text/html"}}, "web page"),
            ({"kind": "status", "status": 404}, "404"),
            ({"kind": "status", "status": 302, "headers": {"Location": "http://10.0.0.1/a"}}, "not fetched"),
        ],
    )
    def test_what_is_no_picture_is_refused_and_can_be_read_again(self, server: Loopback, desk: Desk, fault, message):
        server.fault("download", times=2, **fault)
        result = submit(plan(), desk).wait()
        assert len(result.missing) == 1
        with pytest.raises(errors.DownloadError, match=message) as caught:
            result.image.read()
        assert caught.value.message in result.missing[0]
        assert result.image.array().shape == (48, 64, 3)

    def test_several(self, server: Loopback, desk: Desk, tmp_path: Path):
        one = server.answer

        def answer(*args):
            raw = one(*args)
            return {
                **raw,
                "images": raw["images"] * 2,
                "mask_image": raw["images"][0],
                "has_nsfw_concepts": [False, True],
            }

        server.answer = answer
        result = submit(plan(), desk).wait()
        assert [file.blocked for file in result.images] == [False, True]
        assert {file.request_id for file in (*result.images, *result.masks)} == {result.request_id}
        assert len(result.masks) == 1
        assert result.images[0].size == (64, 48)

    def test_none(self, server: Loopback, desk: Desk):
        server.answer = lambda *_: {"nsfw_probability": 0.1}
        result = submit(plan(endpoint="fal-ai/imageutils/nsfw"), desk).wait()
        assert result.images == ()
        with pytest.raises(errors.RemoteError, match="nsfw_probability"):
            result.image  # noqa: B018


class TestBudget:
    def desk(self, desk: Desk, **limits) -> Desk:
        return Desk(desk.backend, desk.storage, desk.journal, Budget(**limits), desk.pace)

    def test_per_run(self, server: Loopback, desk: Desk):
        limited = self.desk(desk, per_run=0.10)
        submit(plan(), limited)
        submit(plan(seed=1), limited)
        with pytest.raises(errors.LimitError, match="0.05 USD; 0.1 of 0.1 USD per run") as caught:
            submit(plan(upload(b"never sent"), seed=2), limited)
        assert (caught.value.limit, caught.value.price) == (0.10, 0.05)
        assert len(server.posts()) == 2
        assert not server.of("upload")
        assert submit(plan(), limited).reused

    def test_per_day_counts_other_processes_and_not_failures(self, server: Loopback, desk: Desk):
        server.fault("submit", "status", status=422, body={"detail": "no"})
        with pytest.raises(errors.RejectedError):
            submit(plan(), desk)
        submit(plan(seed=1), desk)
        submit(plan(seed=2), self.desk(desk, per_day=0.10))
        with pytest.raises(errors.LimitError, match="per day"):
            submit(plan(seed=3), self.desk(desk, per_day=0.10))

    @pytest.mark.parametrize(("status", "counts"), [(422, True), (503, False)])
    def test_both_limits_count_what_fal_may_bill(self, server: Loopback, desk: Desk, status: int, counts: bool):
        """It bills no failure of its own (5xx), and may bill what it took and then refused."""
        said = {"detail": "no", "error_type": "content_policy_violation" if counts else "runner_disconnected"}
        server.fault("result", "status", times=9, status=status, body=said)
        limited = self.desk(desk, per_run=0.05)
        with pytest.raises(errors.EndpointError):
            submit(plan(), limited).wait()
        server.faults.clear()
        assert desk.journal.spent_today(backend="fal") == (0.05 if counts else 0)
        for limits in (limited, self.desk(desk, per_day=0.05)):
            if counts:
                with pytest.raises(errors.LimitError, match="0.05 of 0.05 USD"):
                    submit(plan(seed=1), limits)
            else:
                submit(plan(seed=1), limits)
                assert desk.journal.spent_today(backend="fal") == 0.05

    def test_a_job_that_was_not_taken_counts_for_neither(self, server: Loopback, desk: Desk):
        limited = self.desk(desk, per_run=0.05)
        server.fault("submit", "cut-early")
        with pytest.raises(errors.UnknownOutcome) as caught:
            submit(plan(), limited)
        with pytest.raises(errors.LimitError):
            submit(plan(seed=1), limited)
        Job(caught.value.job_id, FILL, limited).declare_not_taken()
        assert desk.journal.spent_today(backend="fal") == 0
        assert submit(plan(seed=1), limited)

    def test_an_unknown_price_under_a_limit(self, server: Loopback, desk: Desk):
        limited = self.desk(desk, per_run=0.10)
        with pytest.raises(errors.LimitError, match="no known price"):
            submit(plan(price=None), limited)
        submit(plan(price=None), limited, max_price=0.08)
        with pytest.raises(errors.LimitError):
            submit(plan(price=None, seed=1), limited, max_price=0.08)
        submit(plan(price=None, seed=2), desk)

    def test_a_known_price_stands_against_max_price(self, server: Loopback, desk: Desk):
        limited = self.desk(desk, per_run=0.10)
        with pytest.raises(errors.LimitError, match=r"0\.05 USD; max_price is 0\.04 USD") as caught:
            submit(plan(), limited, max_price=0.04)
        assert (caught.value.limit, caught.value.price) == (0.04, 0.05)
        assert not server.seen
        for seed in range(2):
            submit(plan(seed=seed), limited, max_price=1.0)
        with pytest.raises(errors.LimitError):
            submit(plan(seed=2), limited, max_price=0.05)
        assert submit(plan(seed=0), limited, max_price=0.0).reused
        with pytest.raises(errors.LimitError, match="no known price"):
            submit(plan(price=None), self.desk(desk, per_run=0.10), max_price=0)

    @pytest.mark.parametrize("amount", [-0.01, float("nan"), float("inf"), "0.1", True])
    def test_amounts_are_finite_numbers(self, server: Loopback, desk: Desk, amount):
        for ask in (
            lambda: submit(plan(price=None), desk, max_price=amount),
            lambda: Budget(per_run=amount),
            lambda: Budget(per_day=amount),
        ):
            with pytest.raises(InputError, match="no amount in US dollars"):
                ask()
        assert not server.seen

    def test_a_refused_job_gives_its_share_back(self, server: Loopback, desk: Desk):
        limited = self.desk(desk, per_run=0.05)
        server.fault("submit", "status", status=422, body={"detail": "no"})
        with pytest.raises(errors.RejectedError):
            submit(plan(), limited)
        submit(plan(), limited)


WORKER = """
    import sys
    import fal_client.client as theirs
    from pathlib import Path
    from remote.wire.backend import FalBackend
    from remote.jobs import Desk, submit
    from remote.jobs.journal import Journal
    from remote.plan import Plan, Price, Upload
    from remote.jobs.storage import Storage

    url, path, file = sys.argv[1:]
    theirs.REST_URL, theirs.CDN_URL = f"{url}/rest", f"{url}/cdn"
    theirs.RUN_URL_FORMAT, theirs.QUEUE_URL_FORMAT = f"{url}/run/", f"{url}/queue/"
    backend, journal = FalBackend(allowed_hosts=(url,)), Journal(path)
    upload = Upload("image_url", "image", "image_url.png", "image/png", Path(file).read_bytes(), Path(file).stem)
    plan = Plan("fal-ai/flux-pro/v1/fill", "a", {"prompt": "a door", "image_url": upload.placeholder}, (upload,), price=Price(0.05))
    submit(plan, Desk(backend, Storage(backend, journal), journal)).wait().image.read()
"""


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
@pytest.mark.parametrize("stage", ["upload", "submit", "status", "result", "download"])
def test_killed_and_found_again(server: Loopback, desk: Desk, tmp_path: Path, stage: str):
    server.fault(stage, "slow", delay=30)
    image = upload(b"a picture")
    (tmp_path / image.sha256).write_bytes(image.data)
    command = [sys.executable, "-c", textwrap.dedent(WORKER), server.url, desk.journal.path, tmp_path / image.sha256]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, env=environment) as worker:
        deadline = time.monotonic() + 20
        while not server.of(stage) and worker.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        worker.send_signal(signal.SIGKILL)
    same = plan(image)
    if stage == "upload":
        assert not desk.journal.entries()
        assert not server.posts()
        assert submit(same, desk).wait().image.read()
        assert len(server.posts()) == 1
        return
    (entry,) = desk.journal.entries()
    assert entry.state == {"submit": "submitting", "download": "done"}.get(stage, "submitted")
    job = Job(entry.id, entry.endpoint, desk)
    if stage == "submit":
        for _ in range(2):
            with pytest.raises(errors.UnknownOutcome, match=entry.id):
                job.wait()
        assert job.entry.state == "unknown"
        with pytest.raises(errors.UnknownOutcome, match=entry.id):
            submit(same, desk)
    else:
        assert job.wait().image.read()
        assert submit(same, desk).id == entry.id
    assert len(server.posts()) == 1
    assert len(server.of("upload")) == 1
