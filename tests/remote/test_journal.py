from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from remote import errors
from remote.jobs.journal import Journal, default_path
from remote.wire import StoredFile, Submitted

from .plans import FILL, plan

NAMES = Submitted("r1", "https://q/s", "https://q/r", "https://q/c")


@pytest.fixture
def journal(tmp_path: Path):
    made = Journal(tmp_path / "deep" / "journal.sqlite3")
    yield made
    made.close()


def test_a_job_from_start_to_end(journal: Journal):
    entry, fresh = journal.start(plan(), backend="fal", price=0.05)
    assert fresh
    assert (entry.state, entry.endpoint, entry.price, entry.submitted) == ("submitting", FILL, 0.05, None)
    assert entry.plan["payload"] == {"prompt": "a door"}
    journal.submitted(entry.id, NAMES)
    journal.done(entry.id, {"seed": 1})
    done = journal.get(entry.id)
    assert (done.state, done.submitted, done.result) == ("done", NAMES, {"seed": 1})
    assert done.updated >= done.created


def test_it_is_there_for_other_processes(journal: Journal):
    entry, _ = journal.start(plan(), backend="fal", price=None)
    other = Journal(journal.path)
    assert other.get(entry.id) == entry
    assert other.find(plan(), backend="fal") == entry
    assert other.find(plan(), backend="rehearsal") is None
    assert other.find(plan(seed=1), backend="fal") is None
    other.close()


@pytest.mark.parametrize(("state", "found"), [("failed", False), ("cancelled", False), ("unknown", True)])
def test_which_jobs_stand_for_an_identical_one(journal: Journal, state, found):
    entry, _ = journal.start(plan(), backend="fal", price=None)
    journal.ended(entry.id, state, {"message": "m"})
    again, fresh = journal.start(plan(), backend="fal", price=None)
    assert fresh is not found
    assert (again.id == entry.id) is found


def test_two_threads_do_not_pay_twice(journal: Journal):
    fresh: list[bool] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        mine = Journal(journal.path)
        barrier.wait()
        fresh.append(mine.start(plan(), backend="fal", price=1.0)[1])
        mine.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fresh) == [False] * 7 + [True]
    assert journal.spent_today(backend="fal") == 1.0


def test_a_limit_stops_the_entry(journal: Journal):
    def refuse(spent: float) -> None:
        raise errors.LimitError("too much", limit=1.0, price=spent)

    with pytest.raises(errors.LimitError):
        journal.start(plan(), backend="fal", price=1.0, allow=refuse)
    assert journal.entries() == []
    assert journal.start(plan(), backend="fal", price=1.0)[1]


def test_a_day_ends_at_midnight_utc(tmp_path: Path):
    now = [86_400.0 * 20_000 - 10]
    journal = Journal(tmp_path / "j.sqlite3", now=lambda: now[0])
    journal.start(plan(), backend="fal", price=1.0)
    assert journal.spent_today(backend="fal") == 1.0
    now[0] += 20
    assert journal.spent_today(backend="fal") == 0.0
    journal.close()


def test_uploads(journal: Journal):
    key = {"backend": "fal", "sha256": "ab", "content_type": "image/png"}
    assert journal.recall(**key) is None
    journal.remember(StoredFile("https://v3.fal.media/a", 5.0), **key)
    journal.remember(StoredFile("https://v3.fal.media/b", 6.0), **key)
    assert journal.recall(**key) == StoredFile("https://v3.fal.media/b", 6.0)
    assert journal.recall(**{**key, "content_type": "image/jpeg"}) is None
    journal.forget(backend="fal", sha256="ab")
    assert journal.recall(**key) is None


def test_unknown_jobs_and_newest_first(journal: Journal):
    with pytest.raises(errors.UnknownJobError, match="nope") as caught:
        journal.get("nope")
    assert caught.value.job_id == "nope"
    assert isinstance(caught.value, LookupError)
    ids = [journal.start(plan(seed=n), backend="fal", price=None)[0].id for n in range(3)]
    assert [entry.id for entry in journal.entries()] == ids[::-1]
    assert [entry.id for entry in journal.entries(limit=1)] == ids[2:]
    assert journal.entries(backend="other") == []


def test_urls_lose_their_queries_and_secrets(journal: Journal):
    entry, _ = journal.start(plan(image_url="https://a.b/c.png?X-Signature=abcdef"), backend="fal", price=None)
    assert entry.plan["payload"]["image_url"] == "https://a.b/c.png"


def test_a_file_that_is_no_database(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("hello" * 500)
    with pytest.raises(errors.RemoteError, match=r"notes\.txt cannot be used"):
        Journal(tmp_path / "notes.txt")
    with pytest.raises(errors.RemoteError):
        Journal(tmp_path / "notes.txt" / "journal")


@pytest.mark.parametrize("damage", ['{"half', '{"request_id": "r1"}', "[1]"])
def test_a_damaged_row_is_named(journal: Journal, damage):
    entry, _ = journal.start(plan(), backend="fal", price=None)
    journal._db.execute("UPDATE jobs SET submitted = ?", (damage,))
    for ask in (lambda: journal.get(entry.id), journal.entries, lambda: journal.find(plan(), backend="fal")):
        with pytest.raises(errors.UnknownJobError, match=f"{entry.id} is damaged") as caught:
            ask()
        assert caught.value.job_id == entry.id


def test_a_full_disk_that_is_emptied(journal: Journal):
    entry, _ = journal.start(plan(), backend="fal", price=None)
    (pages,) = journal._db.execute("PRAGMA page_count").fetchone()
    journal._db.execute(f"PRAGMA max_page_count = {pages}")
    for _ in range(2):
        with pytest.raises(errors.RemoteError, match="full"):
            journal.done(entry.id, {"text": "x" * 100_000})
    assert journal.get(entry.id).state == "submitting"
    journal._db.execute("PRAGMA max_page_count = 100000")
    journal.done(entry.id, {"text": "x" * 100_000})
    assert journal.get(entry.id).state == "done"


def test_it_waits_for_its_turn(journal: Journal):
    other = sqlite3.connect(journal.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.1, lambda: (other.execute("COMMIT"), other.close()))
    timer.start()
    assert journal.start(plan(), backend="fal", price=None)[1]
    timer.join()


def test_where_it_lies():
    assert default_path().name == "journal.sqlite3"
    assert "fal-preproc" in default_path().parts


def test_a_file_that_another_process_is_making(tmp_path: Path):
    path = tmp_path / "jobs.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")  # SQLite does not wait by itself for a writer to change the mode
        timer = threading.Timer(0.2, lambda: other.execute("COMMIT"))
        timer.start()
        Journal(path).close()
        timer.join()


def test_versions(tmp_path: Path):
    path = tmp_path / "jobs.sqlite3"
    with closing(sqlite3.connect(path)) as db:  # as the first ones were made: no version, no results
        db.execute(
            "CREATE TABLE uploads (backend TEXT NOT NULL, sha256 TEXT NOT NULL, content_type TEXT NOT NULL,"
            " url TEXT NOT NULL, expires_at REAL, PRIMARY KEY (backend, sha256, content_type))"
        )
    journal = Journal(path)
    assert journal.shelved(backend="fal", url="https://a.b/c") is None
    journal.close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        db.execute("PRAGMA user_version = 7")
    with pytest.raises(errors.RemoteError, match="it is of version 7, and this fal-preproc reads up to 1"):
        Journal(path)


def test_a_home_folder_is_written_as_in_a_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    book = Journal("~/jobs.sqlite3")
    assert book.path == tmp_path / "jobs.sqlite3"
    assert book.path.is_file()
    book.close()


def test_an_answer_that_is_there_serves_before_a_later_one_that_is_unknown(tmp_path: Path):
    book = Journal(tmp_path / "jobs.sqlite3")
    first, _ = book.start(plan(), backend="fal", price=None)
    book.done(first.id, {})
    second, _ = book.start(plan(), backend="fal", price=None, again=True)
    book.ended(second.id, "unknown", None)
    found = book.find(plan(), backend="fal")
    assert found
    assert found.id == first.id
    book.close()
