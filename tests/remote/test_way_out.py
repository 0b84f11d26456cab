"""A line that breaks before the job has left is no unknown outcome."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest

from remote import errors
from remote.wire.hosts import Hosts
from remote.wire.transport import SubmitOnce


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
    transport = SubmitOnce(httpx.HTTPTransport(proxy=cutting_proxy), hosts=Hosts())
    with httpx.Client(transport=transport) as client, pytest.raises(httpx.ConnectError, match="broke off"):
        client.post("https://queue.fal.run/fal-ai/flux-pro/v1/fill", json={})


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
