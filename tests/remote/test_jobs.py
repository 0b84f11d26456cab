"""A job from its plan to its answer: written down, posted, waited for, found again."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from remote import Fal, errors
from remote.jobs import Desk, Job, Pace, submit
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


def test_an_answer_without_urls_is_enough(server: Loopback, desk: Desk):
    server.fault("submit", "bytes", body=b'{"request_id": "r000001"}')
    job = submit(plan(), desk)
    assert job.request_id == "r000001"
    assert job.wait().raw["seed"]


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
