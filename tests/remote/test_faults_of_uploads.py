"""An upload that breaks off is repeated; one that is gone is uploaded again."""

from __future__ import annotations

import pytest

from remote import errors
from remote.jobs import Desk, submit

from .loopback import Loopback
from .plans import plan, upload


def test_a_dead_upload_is_uploaded_again(server: Loopback, desk: Desk):
    first = plan(upload(b"picture"))
    submit(first, desk).wait()
    submit(first, desk, again=True).wait()
    assert len(server.of("upload")) == 1
    server.files.clear()
    submit(first, desk, again=True).wait()
    assert len(server.of("upload")) == 2
    server.failure = (422, {"detail": [{"loc": ["body", "image_url"], "msg": "gone", "type": "file_download_error"}]})
    with pytest.raises(errors.RejectedError, match="gone"):
        submit(first, desk, again=True).wait()
    server.failure = None
    submit(first, desk, again=True).wait()
    assert len(server.of("upload")) == 3


@pytest.mark.parametrize("fault", [{"kind": "cut-mid"}, {"kind": "cut-late"}, {"kind": "half"}])
def test_a_cut_upload_is_repeated(server: Loopback, desk: Desk, fault):
    server.fault("upload", times=2, **fault)
    one = upload(b"x" * 100_000)
    submit(plan(one), desk).wait()
    sent = server.posts()[0].json["image_url"]
    assert server.read(sent) == one.data


def test_a_refused_upload_token(server: Loopback, desk: Desk, monkeypatch):
    server.fault("token", "status", status=401, body={"detail": "bad key"})
    with pytest.raises(errors.AccessError, match="401"):
        submit(plan(upload(b"a")), desk)
    assert not desk.journal.entries()
    server.fault("token", "status", status=503, body=b"busy", times=2)
    monkeypatch.setattr("remote.wire.client._TOKEN_PAUSE_S", 0.01)
    submit(plan(upload(b"a")), desk).wait()


def test_an_upload_that_is_refused(server: Loopback, desk: Desk):
    server.fault("upload", "status", status=413, body={"detail": "too large"})
    with pytest.raises(errors.UploadError, match="too large"):
        submit(plan(upload(b"a")), desk)
    assert not server.posts()
    assert not server.of("unknown")  # above all not the other way to upload, which sends the key to any host it is told


def test_a_file_server_without_head(server: Loopback, desk: Desk):
    submit(plan(upload(b"a")), desk)
    server.fault("exists", "status", status=405)
    submit(plan(upload(b"a"), seed=1), desk)
    assert len(server.of("upload")) == 1
