from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import fal_client.client
import numpy as np
import pytest

from remote import Fal, catalog
from remote.catalog import lookup, refresh
from remote.jobs import Desk, Pace
from remote.jobs.journal import Journal
from remote.jobs.storage import Storage
from remote.wire.backend import FalBackend

from .added import ID, document_of
from .loopback import KEY, Loopback

QUICK = Pace(first_s=0.001, longest_s=0.01)


@cache
def _one_ssl_context(**_: object) -> ssl.SSLContext:
    return ssl.create_default_context()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Stand in for fal on this machine; the installed fal_client finds it, unmodified, with shorter pauses."""
    with Loopback() as loopback:
        theirs = fal_client.client
        monkeypatch.setattr(theirs, "REST_URL", f"{loopback.url}/rest")
        monkeypatch.setattr(theirs, "CDN_URL", f"{loopback.url}/cdn")
        monkeypatch.setattr(theirs, "RUN_URL_FORMAT", f"{loopback.url}/run/")
        monkeypatch.setattr(theirs, "QUEUE_URL_FORMAT", f"{loopback.url}/queue/")
        monkeypatch.setattr(theirs, "BASE_DELAY", 0.001)
        monkeypatch.setattr("httpx._transports.default.create_ssl_context", _one_ssl_context)  # 40 ms each otherwise
        monkeypatch.setenv("FAL_KEY", KEY)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield loopback


@pytest.fixture
def pauses() -> list[float]:
    """How long the backend wanted to sleep, instead of sleeping."""
    return []


@pytest.fixture
def make_backend(server: Loopback, pauses: list[float]) -> Iterator[Callable[..., FalBackend]]:
    made: list[FalBackend] = []

    def make(**options) -> FalBackend:
        backend = FalBackend(**{"allowed_hosts": (server.url,), "pause": pauses.append, **options})
        backend._downloader._pause_s = 0.01
        made.append(backend)
        return backend

    yield make
    for backend in made:
        backend.close()


@pytest.fixture
def backend(make_backend: Callable[..., FalBackend]) -> FalBackend:
    return make_backend()


@pytest.fixture
def desk(backend: FalBackend, tmp_path: Path) -> Iterator[Desk]:
    journal = Journal(tmp_path / "journal.sqlite3")
    yield Desk(backend, Storage(backend, journal), journal, pace=QUICK)
    journal.close()


@pytest.fixture
def photo() -> np.ndarray:
    rows, columns = np.mgrid[:240, :320]
    made = np.dstack([rows, columns // 2, (rows + columns) // 3]).astype(np.uint8)
    made[30:60, 220:300] = 240
    return made


@pytest.fixture
def mask() -> np.ndarray:
    made = np.zeros((240, 320), np.uint8)
    made[80:150, 100:200] = 255
    made[79, 100:200] = 120
    return made


@pytest.fixture
def fal(make_backend: Callable[..., FalBackend], tmp_path: Path) -> Iterator[Fal]:
    with Fal(make_backend(), journal=tmp_path / "journal.sqlite3", pace=QUICK) as made:
        yield made


@pytest.fixture
def stage() -> Iterator[Fal]:
    with Fal("rehearsal", pace=QUICK) as made:
        yield made


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(lookup, "user_file", lambda: tmp_path / "endpoints.json")
    catalog.reload()
    yield lambda **properties: refresh.add(ID, fetch=lambda _: document_of(properties), today="2026-11-29")
    monkeypatch.undo()
    catalog.reload()
