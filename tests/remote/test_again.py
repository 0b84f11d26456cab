"""Another try, in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from remote import errors
from remote.wire import again as module
from remote.wire.again import again


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr(module.time, "sleep", pauses.append)
    monkeypatch.setattr(module.random, "uniform", lambda *_: 0.0)
    return pauses


def failing(*raised: Exception):
    left = list(raised)

    def work() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return work


def test_pauses_double_up_to_five_seconds(slept: list[float]) -> None:
    work = failing(*(OSError() for _ in range(6)))
    assert again(work, what="it", on=lambda _: True, attempts=7, pause_s=0.3) == "done"
    assert slept == [0.3, 0.6, 1.2, 2.4, 4.8, 5.0]


def test_the_last_error_is_raised_as_it_was(slept: list[float]) -> None:
    first, last = OSError("first"), OSError("last")
    with pytest.raises(OSError, match="last") as caught:
        again(failing(first, last), what="it", on=lambda _: True, attempts=2, pause_s=0.3)
    assert caught.value is last
    assert slept == [0.3]


def test_what_does_not_pass_is_not_tried_again(slept: list[float]) -> None:
    with pytest.raises(ValueError, match="no"):
        again(
            failing(ValueError("no")), what="it", on=lambda error: isinstance(error, OSError), attempts=3, pause_s=0.3
        )
    assert slept == []


def test_the_server_may_name_the_pause_and_the_time_is_bounded(slept: list[float]) -> None:
    assert again(failing(OSError()), what="it", on=lambda _: 7.0, attempts=2, pause_s=0.3, timeout_s=8) == "done"
    with pytest.raises(OSError):
        again(failing(OSError()), what="it", on=lambda _: 7.0, attempts=2, pause_s=0.3, timeout_s=6)
    assert slept == [7.0]


def test_an_interruption_is_not_tried_again(slept: list[float]) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        again(interrupted, what="it", on=lambda _: True, attempts=3, pause_s=0.3)
    assert slept == []


PRINTER = """
import sys
from remote.errors import DownloadError
from remote.wire.download import Downloader
from remote.wire.hosts import Hosts
import remote.wire.client
try:
    Downloader(Hosts((), (sys.argv[1],)), attempts=2, pause_s=0.01).fetch(sys.argv[1] + "/a.png", max_bytes=9, timeout_s=5)
except DownloadError as error:
    print("told")
"""


def test_nothing_is_printed_when_something_is_tried_again() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, "-c", PRINTER, "http://127.0.0.1:9"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("told\n", "")


def test_it_is_told_to_the_packages_own_logger(caplog: pytest.LogCaptureFixture, slept: list[float]) -> None:
    caplog.set_level("INFO", logger="remote")
    again(failing(errors.DownloadError("x")), what="it", on=lambda _: True, attempts=2, pause_s=0.3)
    assert [(one.name, one.getMessage()) for one in caplog.records] == [
        ("remote.wire.again", "DownloadError; try 2 of 2 follows in 0.3 s")
    ]
