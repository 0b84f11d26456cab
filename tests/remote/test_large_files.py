"""Over 100 MiB: in parts, each of them, in order, and never in memory as a whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from preproc import InputError
from remote import Fal, errors
from remote.jobs import Desk, Storage, submit
from remote.plan import make_plan

from .loopback import Loopback

MIB = 1024 * 1024
PHOTOMAKER = "fal-ai/photomaker"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 100 MiB and 4 bytes in which no two parts are alike."""
    path = tmp_path_factory.mktemp("large") / "my faces.zip"
    np.arange(25 * MIB + 1, dtype=np.uint32).tofile(path)
    return path


def faces(archive: Path | bytes):
    return make_plan(PHOTOMAKER, arguments={"prompt": "a man img", "image_archive_url": archive})


def test_an_archive_goes_in_parts(server: Loopback, desk: Desk, archive: Path):
    plan = faces(archive)
    (upload,) = plan.uploads
    assert (upload.data, upload.byte_count, upload.file_name) == (archive, 100 * MIB + 4, "file.zip")
    submit(plan, desk).wait()
    assert not server.of("upload")
    assert len(server.of("multipart")) == 1
    assert sorted(int(seen.path.rpartition("/")[2]) for seen in server.of("part")) == list(range(1, 12))
    (complete,) = server.of("complete")
    etags = {int(seen.path.rpartition("/")[2]): f'"{hashlib.md5(seen.body).hexdigest()}"' for seen in server.of("part")}
    assert complete.json == {"parts": [{"partNumber": number, "etag": etags[number]} for number in range(1, 12)]}
    (post,) = server.posts()
    assert hashlib.sha256(server.read(post.json["image_archive_url"])).hexdigest() == upload.sha256
    created = server.of("multipart")[0].headers
    assert json.loads(created["X-Fal-Object-Lifecycle-Preference"]) == {"expiration_duration_seconds": 86_400}
    assert (created["Content-Type"], created["X-Fal-File-Name"]) == ("application/zip", "file.zip")

    submit(plan, desk, again=True).wait()  # the same content again: its URL is known
    assert len(server.of("part")) == 11


@pytest.mark.parametrize("step", ["multipart", "complete"])
def test_a_busy_file_server_does_not_cost_the_parts(server: Loopback, desk: Desk, monkeypatch, step):
    monkeypatch.setattr("fal_client.client.MULTIPART_THRESHOLD", 1000)
    monkeypatch.setattr("fal_client.client.MULTIPART_CHUNK_SIZE", 300)
    monkeypatch.setattr("remote.wire.client._FILE_PAUSE_S", 0.001)
    server.fault(step, "status", status=503, body=b"busy", times=2)
    submit(faces(b"PK\x03\x04" + bytes(1500)), desk).wait()
    assert len(server.of("part")) == 6


def test_a_part_that_hangs_is_given_up(server: Loopback, make_backend, desk: Desk, monkeypatch):
    monkeypatch.setattr("fal_client.client.MULTIPART_THRESHOLD", 1000)
    monkeypatch.setattr("remote.wire.client._FILE_PAUSE_S", 0.001)
    backend = make_backend(timeout_s=0.1)
    server.fault("part", "slow", delay=30, times=100)
    with pytest.raises(errors.UploadError, match="ReadTimeout"):
        submit(faces(b"PK\x03\x04" + bytes(1500)), Desk(backend, Storage(backend, desk.journal), desk.journal))
    assert not server.posts()


@pytest.mark.parametrize("fault", [{"kind": "cut-mid"}, {"kind": "status", "status": 502, "body": b"nginx"}])
def test_a_part_that_fails_is_sent_again(server: Loopback, desk: Desk, monkeypatch, fault):
    monkeypatch.setattr("fal_client.client.MULTIPART_THRESHOLD", 1000)
    monkeypatch.setattr("fal_client.client.MULTIPART_CHUNK_SIZE", 300)
    monkeypatch.setattr("remote.wire.client._FILE_PAUSE_S", 0.001)
    data = np.random.default_rng(1).bytes(1001)
    server.fault("part", times=3, **fault)
    plan = faces(data)
    submit(plan, desk).wait()
    assert len(server.of("part")) == 4 + 3
    assert server.read(server.posts()[0].json["image_archive_url"]) == data


def test_a_part_that_cannot_be_sent_stops_the_job(server: Loopback, desk: Desk, monkeypatch):
    monkeypatch.setattr("fal_client.client.MULTIPART_THRESHOLD", 1000)
    monkeypatch.setattr("fal_client.client.MULTIPART_CHUNK_SIZE", 600)
    monkeypatch.setattr("remote.wire.client._FILE_PAUSE_S", 0.001)
    server.fault("part", "status", times=100, status=503, body=b"busy")
    with pytest.raises(errors.UploadError, match="503"):
        submit(faces(bytes(1001)), desk)
    assert len(server.of("part")) == 2 * 6
    assert not server.of("complete")
    assert not server.posts()
    assert not desk.journal.entries()


def test_a_file_that_changes_after_the_plan_is_not_sent(server: Loopback, desk: Desk, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("remote.plan.encode._IN_MEMORY", 10)
    path = tmp_path / "faces.zip"
    path.write_bytes(b"PK\x03\x04 one set of faces")
    plan = faces(path)
    path.write_bytes(b"PK\x03\x04 quite other faces")
    with pytest.raises(errors.UploadError, match="no longer the file"):
        submit(plan, desk)
    path.unlink()
    assert plan.to_json()["uploads"][0]["bytes"] == 21
    with pytest.raises(errors.UploadError, match="cannot be read"):
        submit(plan, desk)
    assert not server.seen


def test_a_picture_over_what_fal_reads_is_refused_with_both_numbers(archive: Path):
    with Fal("rehearsal") as fal:
        noise = np.random.default_rng(1).integers(0, 256, (4200, 4200, 3), np.uint8)
        with pytest.raises(errors.PlanError, match=r"4200x4200 are 52,\d\d\d,\d\d\d bytes .* over the 52,428,800"):
            fal.plan("fal-ai/esrgan", image=noise)
        large = fal.plan(PHOTOMAKER, prompt="a man img", image_archive_url=str(archive))
        assert fal.run(large).images


def test_a_file_can_be_uploaded_first(server: Loopback, make_backend, archive: Path, tmp_path: Path):
    photo = tmp_path / "holiday.jpg"
    photo.write_bytes(b"\xff\xd8\xff as it is")
    with Fal(make_backend(), journal=":memory:", inline_bytes=10**6) as fal:
        urls = [fal.upload(source) for source in (archive, photo, photo.read_bytes(), np.zeros((4, 4, 3), np.uint8))]
        assert urls[1] == urls[2]
        assert [server.read(url)[:4] for url in urls[1:]] == [b"\xff\xd8\xff ", b"\xff\xd8\xff ", b"\x89PNG"]
        assert server.files[urls[1].removeprefix(server.url)][1] == "image/jpeg"
        assert len(server.of("part")) == 11
        assert len(server.of("upload")) == 2
        assert fal.plan(PHOTOMAKER, prompt="a man img", image_archive_url="https://fal.media/a.zip").uploads == ()
        with pytest.raises(InputError, match="cannot be read"):
            fal.upload(tmp_path / "nothing.zip")
        with pytest.raises(InputError):
            fal.upload(17)
