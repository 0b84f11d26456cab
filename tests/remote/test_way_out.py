"""A line that breaks before the job has left is no unknown outcome."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from remote import Fal, errors
from remote.wire.backend import FalBackend
from remote.wire.hosts import Hosts
from remote.wire.transport import SubmitOnce, UnansweredError

from .plans import plan


@pytest.fixture
def cutting_proxy() -> Iterator[str]:
    """A proxy that reads what comes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with line:
                    line.recv(65_536)

        threading.Thread(target=hang_up, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def test_a_proxy_that_hangs_up_before_the_job_left(cutting_proxy: str):
    pauses: list[float] = []
    transport = SubmitOnce(httpx.HTTPTransport(proxy=cutting_proxy), hosts=Hosts(), pause=pauses.append)
    with httpx.Client(transport=transport) as client, pytest.raises(UnansweredError) as caught:
        client.post("https://queue.fal.run/fal-ai/flux-pro/v1/fill", json={})
    assert isinstance(caught.value.reason, httpx.ConnectError)
    assert "broke off" in str(caught.value.reason)
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]


@pytest.mark.parametrize(("patience_s", "waits"), [(10.0, [0.5, 1.0, 2.0, 4.0]), (0.0, [])])
def test_a_proxy_that_cannot_reach_fal_is_waited_for_as_long_as_stated(patience_s: float, waits: list[float]):
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ProxyError("502 Bad Gateway")

    pauses: list[float] = []
    transport = SubmitOnce(httpx.MockTransport(broken), hosts=Hosts(), patience_s=patience_s, pause=pauses.append)
    with httpx.Client(transport=transport) as client, pytest.raises(UnansweredError):
        client.post("https://queue.fal.run/fal-ai/flux-pro/v1/fill", json={})
    assert pauses == waits


@pytest.mark.parametrize("status", ["403 Forbidden", "407 Proxy Authentication Required"])
def test_a_proxy_that_refuses_is_named_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: str):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def refuse() -> None:
            with contextlib.suppress(OSError):
                while True:
                    line, _ = listening.accept()
                    with line:
                        line.recv(65_536)
                        line.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

        threading.Thread(target=refuse, daemon=True).start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listening.getsockname()[1]}")
        for name in ("ALL_PROXY", "NO_PROXY", "https_proxy", "all_proxy", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        backend = FalBackend(key="a:b" * 8, pause=lambda _: pytest.fail("waited"))
        with Fal(backend, journal=tmp_path / "jobs.sqlite3") as fal, pytest.raises(errors.TransferError) as caught:
            fal.submit(plan())
        backend.close()
        listening.shutdown(socket.SHUT_RDWR)
    assert f"proxy between this machine and fal answers {status[:3]}" in caught.value.message
    assert "HTTPS_PROXY" in caught.value.fix


def test_a_line_that_breaks_after_it_left(cutting_proxy: str):
    transport = SubmitOnce(httpx.HTTPTransport(), hosts=Hosts(origins=(cutting_proxy,)))
    with httpx.Client(transport=transport) as client, pytest.raises(errors.UnknownOutcome, match="had left"):
        client.post(f"{cutting_proxy}/fal-ai/flux-pro/v1/fill", json={})


def test_a_transport_that_says_nothing_of_its_way():
    def cut(_: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("cut")

    transport = SubmitOnce(httpx.MockTransport(cut), hosts=Hosts())
    with httpx.Client(transport=transport) as client, pytest.raises(errors.UnknownOutcome, match="had left"):
        client.post("https://queue.fal.run/fal-ai/flux-pro/v1/fill", json={})
