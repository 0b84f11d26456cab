"""An answer that lacks its picture, or whose files are refused, is kept and asked for again."""

from __future__ import annotations

import json
import pickle

import pytest

from remote import errors
from remote.jobs import Desk, Job, submit

from .loopback import Loopback
from .plans import plan


def test_a_picture_counts_more_than_what_the_status_says(server: Loopback, desk: Desk):
    said = {"status": "COMPLETED", "logs": [], "error": "late", "error_type": "request_timeout"}
    server.fault("status", "bytes", body=json.dumps(said).encode())
    assert submit(plan(), desk).wait().image.array().shape == (48, 64, 3)


def test_a_signed_url_is_asked_for_anew_by_another_process(server: Loopback, desk: Desk):
    fine = server.answer

    def signed(*args):
        answer = fine(*args)
        for image in answer["images"]:
            image["url"] += "?sig=abc"
        return answer

    server.answer = signed
    server.fault("download", "status", status=403, times=9)
    job = submit(plan(), desk)
    assert job.wait().is_unfetched
    assert "sig" not in repr(job.entry.result)
    server.faults.clear()
    asked = len(server.of("result"))
    server.fault("download", "status", status=403)  # of the bare one
    assert Job(job.id, job.endpoint, desk).wait().image.array().shape == (48, 64, 3)
    assert len(server.of("result")) == asked + 1
    assert len(server.posts()) == 1


@pytest.mark.parametrize("said", [{}, {"images": []}, {"images": None}, {"images": [{"url": None}]}, {"image": "?"}])
def test_an_answer_without_a_picture_is_told_at_once_and_kept(server: Loopback, desk: Desk, said):
    server.answer = lambda *_: {**said, "seed": 7}
    job = submit(plan(), desk)
    for again in (job, submit(plan(), desk)):
        with pytest.raises(
            errors.NoPictureError, match="answered without a picture; its answer holds .*seed"
        ) as caught:
            again.wait()
        assert caught.value.body == {**said, "seed": 7}
    assert (job.entry.state, job.entry.result) == ("done", {**said, "seed": 7})
    assert len(server.posts()) == 1
    assert pickle.loads(pickle.dumps(caught.value)).body == caught.value.body


@pytest.mark.parametrize("said", [b"{}", b'{"error": "upstream"}', b'{"images": null}'])
def test_an_answer_that_lacked_its_picture_once_is_asked_for_again(server: Loopback, desk: Desk, said: bytes):
    job = submit(plan(), desk)
    server.fault("result", "bytes", body=said)
    with pytest.raises(errors.NoPictureError) as caught:
        job.wait()
    assert f"fal.resume({job.id!r}).wait() asks fal" in caught.value.fix
    again = submit(plan(), desk)
    assert again.id == job.id
    assert again.wait().images
    asked = len(server.of("result"))
    assert job.entry.result["images"]
    assert submit(plan(), desk).wait().images
    assert len(server.of("result")) == asked
    assert len(server.posts()) == 1


def test_fewer_pictures_than_were_asked_for_are_told(server: Loopback, desk: Desk):
    result = submit(plan(num_images=3), desk).wait()
    assert result.warnings == ("asked for 3 pictures, 1 came",)
