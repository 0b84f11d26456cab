"""A forked process has connections of its own, to fal and to the journal."""

import multiprocessing
import sys

import numpy as np
import pytest

from remote import Fal

from .loopback import Loopback

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")


def picture(level: int) -> np.ndarray:
    return np.full((16, 16, 3), level, np.uint8)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_children_do_not_share_connections(server: Loopback, make_backend, tmp_path):
    with Fal(backend=make_backend(), journal=tmp_path / "jobs.sqlite3") as fal:
        shape = fal.run("fal-ai/esrgan", image=picture(1)).image.array().shape
        ours = fal._desk.journal._db

        def work(level: int) -> tuple[bool, bool, str | None, str]:
            plan = fal.plan("fal-ai/esrgan", image=picture(level))
            job = fal.submit(plan)
            shown = job.wait(timeout=20).image.array()
            return fal._desk.journal._db is not ours, shown.shape == shape, job.request_id, plan.fingerprint

        context = multiprocessing.get_context("fork")
        answers = context.SimpleQueue()
        children = [context.Process(target=lambda level=level: answers.put(work(level))) for level in range(10, 16)]
        for child in children:
            child.start()
        for child in children:
            child.join(60)
        found = [answers.get() for child in children if child.exitcode == 0]
        assert len(found) == 6
        assert all(renewed and right for renewed, right, *_ in found)
        jobs = {entry.fingerprint: entry.submitted.request_id for entry in fal._desk.journal.entries()}
        assert all(jobs[fingerprint] == request for *_, request, fingerprint in found)
        assert len(set(jobs.values())) == 7
        assert fal.run("fal-ai/esrgan", image=picture(10)).image.array().shape == shape
    assert len([seen for seen in server.seen if seen.step == "submit"]) == 7
