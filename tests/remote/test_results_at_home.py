"""Results are fetched when the job is done, and answered from here for as long as there is room."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from preproc import load_image
from remote import Fal, FalBackend, errors
from remote.jobs import Pace
from remote.jobs.shelf import Shelf

from .loopback import Loopback
from .plans import plan

QUICK = Pace(first_s=0.001, longest_s=0.01)


@pytest.fixture
def open_fal(make_backend: Callable[..., FalBackend], tmp_path: Path) -> Callable[..., Fal]:
    return lambda **options: Fal(make_backend(), **{"journal": tmp_path / "jobs.sqlite3", "pace": QUICK, **options})


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "jobs.results").glob("*"))


def test_a_url_that_expired_is_answered_from_here(server: Loopback, open_fal, tmp_path: Path):
    with open_fal() as fal:
        job = fal.submit(plan())
        result = job.wait()
        assert len(server.of("download")) == 1
        bytes_there = server.read(result.image.url)
    server.files.clear()
    assert result.image.read() == bytes_there  # also when fal is closed
    with open_fal() as another:
        again = another.resume(job.id).wait()
        assert (again.image.read(), again.missing) == (bytes_there, ())
        assert another.run(plan()).image.read() == bytes_there
    assert len(server.posts()) == len(server.of("download")) == 1
    assert [file.read_bytes() for file in kept(tmp_path)] == [bytes_there]
    if os.name == "posix":
        assert (tmp_path / "jobs.results").stat().st_mode & 0o077 == 0


def test_what_was_gone_before_it_came_is_said(server: Loopback, open_fal):
    with open_fal() as fal:
        job = fal.submit(plan())
        server.fault("download", "status", times=2, status=404)
        result = job.wait()  # the job is done and paid; that is no reason to lose its answer
        assert "is answered with 404" in result.warnings[-1]
        with pytest.raises(errors.DownloadError, match="404") as caught:
            result.image.read()
        assert caught.value.gone
        assert "again=True" in caught.value.fix
        assert result.image.read()


def test_a_process_that_died_before_it_fetched(server: Loopback, open_fal, monkeypatch):
    with open_fal() as fal:
        job = fal.submit(plan())
        monkeypatch.setattr("remote.jobs.fetch.Fetcher.bring_home", lambda *_, **__: ())
        job.wait()
    monkeypatch.undo()
    server.faults.clear()
    assert not server.of("download")
    with open_fal() as fal:
        result = fal.resume(job.id).wait()
        assert len(server.of("download")) == 1
        server.files.clear()
        assert result.image.array().shape == (48, 64, 3)


def test_a_damaged_copy_is_fetched_again(server: Loopback, open_fal, tmp_path: Path):
    with open_fal() as fal:
        result = fal.run(plan())
        good = result.image.read()
        (copy,) = kept(tmp_path)
        copy.write_bytes(good[:-1])
        assert result.image.read() == good
        assert copy.read_bytes() == good
        copy.unlink()
        assert result.image.read() == good
    assert len(server.of("download")) == 3


def test_there_is_room_for_so_much(server: Loopback, open_fal, tmp_path: Path):
    with open_fal(keep_bytes=25_000) as fal:
        results = [fal.run(plan(seed=seed)) for seed in range(4)]  # each of about 9,300 bytes
        sizes = [len(server.read(result.image.url)) for result in results]
        assert len(kept(tmp_path)) == 2
        before = len(server.of("download"))
        for result, size in zip(reversed(results), reversed(sizes), strict=True):
            assert len(result.image.read()) == size
        assert len(server.of("download")) == before + 2
        assert sum(file.stat().st_size for file in kept(tmp_path)) <= 25_000


def test_nothing_is_kept_where_nothing_shall_be(server: Loopback, open_fal, tmp_path: Path):
    with open_fal(keep_bytes=0) as fal:
        result = fal.run(plan())
    server.files.clear()
    assert result.image.read()
    assert not kept(tmp_path)


def test_a_disk_without_room_keeps_them_in_memory(server: Loopback, open_fal, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("remote.jobs.shelf.write_file", full)
    with open_fal() as fal:
        result = fal.run(plan())
    server.files.clear()
    assert result.image.read()


def test_the_journal_knows_no_query_of_a_url(server: Loopback, open_fal, tmp_path: Path):
    fine = server.answer

    def signed(*args):
        answer = fine(*args)
        answer["images"][0]["url"] += "?token=hush"
        return answer

    server.answer = signed
    with open_fal() as fal:
        job = fal.submit(plan())
        job.wait()
    server.files.clear()
    with open_fal() as fal:
        assert fal.resume(job.id).wait().image.read()
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or b"hush" not in file.read_bytes()


def test_the_oldest_go_first(desk, tmp_path: Path):
    shelf = Shelf(desk.journal, max_bytes=10)
    first = shelf.keep("fal", "https://a.b/1", b"aaaa")
    second = shelf.keep("fal", "https://a.b/2", b"bbbb")
    third = shelf.keep("fal", "https://a.b/3", b"cccc")
    assert [shelf.read(one) for one in (first, second, third)] == [None, b"bbbb", b"cccc"]
    assert shelf.find("fal", "https://a.b/1") is None
    assert shelf.find("other", "https://a.b/3") is None
    assert shelf.keep("fal", "https://a.b/4", b"x" * 11) is None


def test_what_a_better_copy_replaced_is_dropped_unless_another_url_has_it(desk):
    shelf = Shelf(desk.journal, max_bytes=100)
    half = shelf.keep("fal", "https://a.b/1", b"half")
    assert shelf.keep("fal", "https://a.b/2", b"half") == half
    whole = shelf.keep("fal", "https://a.b/1", b"whole")
    assert (shelf.read(half), shelf.read(whole)) == (b"half", b"whole")
    assert shelf.keep("fal", "https://a.b/2", b"whole") == whole
    assert [file.name for file in shelf.folder.iterdir()] == [whole]


@pytest.mark.parametrize(
    "url",
    ["", "x", "//v3.fal.media/a.png", "http://", "https://[bad", "https://v3.fal.media:99999/a.png", "https://xn--.fal.media/a.png",
     f"https://{'a' * 70}.fal.media/a.png", "https://v3.fal.media/a\n.png", "https://\x00.fal.media/a.png"],
)  # fmt: skip
def test_a_url_that_cannot_be_read_is_said_in_one_way(server: Loopback, open_fal, url: str):
    server.answer = lambda *_: {"images": [{"url": url, "content_type": "image/png"}]}
    with open_fal() as fal:
        result = fal.run(plan())
        told = [*result.missing, *fal.resume(result.job_id).wait().missing]
        with pytest.raises(errors.DownloadError, match="is not fetched|broke off"):
            result.image.read()
    assert len(set(told)) == 1
    assert told[0].isprintable()
    assert "://a URL" not in told[0]


@pytest.mark.parametrize("keeps", [True, False])
def test_a_picture_of_too_many_pixels_is_read_later_and_not_paid_again(server: Loopback, open_fal, keeps: bool):
    rest = {} if keeps else {"keep_bytes": 0}
    with open_fal(max_pixels=3000, **rest) as fal:
        result = fal.run(plan())
        assert "has 3,072 pixels; at most 3,000 are opened" in result.warnings[-1]
        with pytest.raises(errors.DownloadError, match="3,072 pixels") as caught:
            result.image.array()
        assert f"Fal(max_pixels=3072).resume({result.job_id!r}).wait()" in caught.value.fix
        assert "again=True" not in caught.value.fix
    if keeps:
        server.files.clear()  # it was brought home all the same
    with open_fal(max_pixels=3072, **rest) as fal:
        assert fal.resume(result.job_id).wait().image.array().shape == (48, 64, 3)
        assert fal.run(plan()).missing == ()
    assert len(server.posts()) == 1


@pytest.mark.parametrize("chunked", [True, False])
def test_a_file_of_too_many_bytes_is_read_later_and_not_paid_again(server: Loopback, open_fal, chunked: bool):
    with open_fal(max_file_bytes=50) as fal:
        if chunked:
            server.fault("download", "raw", body=b"x" * 99)
        job = fal.submit(plan())
        result = job.wait()
        assert "allowed" in result.warnings[-1]
        with pytest.raises(errors.DownloadError, match="allowed") as caught:
            result.image.read()
    found = re.search(r"Fal\(max_file_bytes=(\d+)\)\.resume\('(.+?)'\)\.wait\(\)", caught.value.fix)
    assert found
    assert found[2] == job.id
    with open_fal(max_file_bytes=int(found[1])) as fal:
        assert fal.resume(job.id).wait().image.array().shape == (48, 64, 3)
    assert len(server.posts()) == 1


def test_a_picture_that_pillow_takes_for_a_bomb_is_opened(open_fal, monkeypatch, tmp_path: Path):
    with open_fal() as fal:
        image = fal.run(plan()).image
        plain = image.pil()
        monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 100)  # of which it opens twice as many
        assert image.pil().tobytes() == plain.convert("RGB").tobytes()
        assert image.save(tmp_path / "a.png").read_bytes() == image.read()
        webp = image.save(tmp_path / "a.webp")
    monkeypatch.undo()
    assert load_image(webp).tolist() == load_image(tmp_path / "a.png").tolist()
