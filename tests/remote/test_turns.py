"""The same content is uploaded by one of many, also of many processes, and nobody waits for the dead."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from remote.jobs import Desk, Pace, Storage, submit
from remote.jobs.journal import Journal
from remote.jobs.turns import turn
from remote.wire.backend import FalBackend

from .loopback import Loopback
from .plans import plan, upload

HOLDER = """
import sys, time
from pathlib import Path
from remote.jobs.turns import turn
with turn(Path(sys.argv[1]), patience_s=1) as has_it:
    print(has_it, flush=True)
    time.sleep(60)
"""


def test_one_after_the_other(tmp_path: Path) -> None:
    inside, most = [0], [0]

    def work(_: int) -> bool:
        with turn(tmp_path / "new" / "lock", patience_s=20) as has_it:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.005)
            inside[0] -= 1
        return has_it

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(24)))
    assert most == [1]


def test_who_holds_it_for_too_long_is_not_waited_for(tmp_path: Path) -> None:
    pauses: list[float] = []
    with (
        turn(tmp_path / "lock", patience_s=1) as first,
        turn(tmp_path / "lock", patience_s=0, sleep=pauses.append) as second,
    ):
        assert (first, second) == (True, False)
    with turn(tmp_path / "lock", patience_s=0) as third:
        assert third


def test_where_nothing_can_be_locked_it_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with turn(tmp_path / "file" / "lock", patience_s=1) as has_it:
        assert not has_it


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_a_process_that_was_killed_blocks_nobody(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "lock")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        with turn(tmp_path / "lock", patience_s=0) as has_it:
            assert not has_it
        holder.kill()
        holder.wait()
    with turn(tmp_path / "lock", patience_s=0) as has_it:
        assert has_it


def test_six_with_one_journal_upload_once_and_pay_once(
    server: Loopback, make_backend: Callable[..., FalBackend], tmp_path: Path
) -> None:
    server.fault("upload", "slow", delay=0.1, times=6)
    image = upload(b"a picture of all of them")

    def desk() -> Desk:
        backend, journal = make_backend(), Journal(tmp_path / "journal.sqlite3")
        return Desk(backend, Storage(backend, journal), journal, pace=Pace(first_s=0.01, longest_s=0.02))

    desks = [desk() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        others = list(pool.map(lambda n: submit(plan(image, seed=n), desks[n]), range(6)))
        same = list(pool.map(lambda one: submit(plan(image), one).wait(), desks))
    assert len(server.of("upload")) == 1
    assert len({job.id for job in others}) == 6
    assert len({result.job_id for result in same}) == 1
    assert len(server.posts()) == 7
