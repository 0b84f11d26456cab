from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import fal_client.client
import pytest

from remote.jobs import Desk, Pace
from remote.jobs.journal import Journal
from remote.jobs.storage import Storage
from remote.wire.backend import FalBackend

from .loopback import KEY, Loopback


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
    yield Desk(backend, Storage(backend, journal), journal, pace=Pace(first_s=0.001, longest_s=0.01))
    journal.close()
