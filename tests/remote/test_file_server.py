"""What fal's file server answers is told in its own words: it knows no endpoints, plans or arguments."""

from __future__ import annotations

import pytest

from remote import errors
from remote.wire.answers import _named
from remote.wire.backend import FalBackend

from .loopback import Loopback

OF_ENDPOINTS = ("endpoint", "is not known to fal", "refuses what it was sent", "plan", "jobs")


@pytest.mark.parametrize(("status", "words"), [(404, "does not have"), (422, "does not take"), (413, "does not take")])
@pytest.mark.parametrize("step", ["upload", "token"])
def test_a_refused_upload(server: Loopback, backend: FalBackend, step: str, status: int, words: str):
    server.fault(step, "status", times=9, status=status, body={"detail": "no\x1b[31m way"})
    with pytest.raises(errors.UploadError, match=rf"image\.png was not uploaded: fal's file server {words}") as caught:
        backend.upload(b"data", content_type="image/png", file_name="image.png")
    said = f"{caught.value.message} {caught.value.fix}"
    assert caught.value.fix
    assert str(status) in said
    assert "\x1b" not in said
    assert not any(word in said for word in OF_ENDPOINTS)


@pytest.mark.parametrize(("status", "kind"), [(413, ""), (422, ""), (422, "file_too_large"), (400, "")])
def test_a_file_that_is_not_taken_is_not_sent_again(server: Loopback, backend: FalBackend, status: int, kind: str):
    server.fault("upload", "status", times=9, status=status, body={"detail": "too large", "error_type": kind})
    with pytest.raises(errors.UploadError, match=r"it has 12,345 bytes") as caught:
        backend.upload(b"x" * 12_345, content_type="image/png", file_name="image.png")
    fix = caught.value.fix or ""
    assert "try again" not in fix
    assert ("smaller file" in fix) == (status == 413 or bool(kind))
    assert "URL" in fix
    assert len(server.of("upload")) == 1


def test_a_file_server_that_fails(server: Loopback, backend: FalBackend, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("remote.wire.client._FILE_PAUSE_S", 0.001)
    server.fault("upload", "status", times=99, status=500, body=b"oh")
    with pytest.raises(errors.UploadError, match="file server failed") as caught:
        backend.upload(b"data", content_type="image/png", file_name="image.png")
    assert "upload it again" in (caught.value.fix or "")


def test_a_key_that_the_file_server_refuses(server: Loopback, backend: FalBackend):
    server.fault("token", "status", times=9, status=401, body={"detail": "no"})
    with pytest.raises(errors.AccessError, match="fal's file server does not accept the key"):
        backend.upload(b"data", content_type="image/png", file_name="image.png")


def test_odd_answers_are_named_without_control_characters():
    assert _named(ValueError("\x1b[31mred\x07 text")) == "[31mred text (ValueError)"
