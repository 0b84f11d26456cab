"""Certificates and proxies that cannot be used are named at once, wherever they are first needed."""

from __future__ import annotations

import asyncio
import pickle
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
import pytest

from preproc.cli import main
from remote import AsyncFal, Fal, errors
from remote.catalog import refresh
from remote.jobs.journal import Journal
from remote.wire import Submitted
from remote.wire.download import Downloader
from remote.wire.hosts import Hosts
from remote.wire.way import unreached, way_out

from .plans import plan

HERE = "https://v3.fal.media/files/a.png"
SETTINGS = {
    "no such file": ("SSL_CERT_FILE", "/none/own.pem", "SSL_CERT_FILE=/none/own.pem names cannot be read: No such"),
    "no certificate": ("SSL_CERT_FILE", __file__, "it holds no certificate in PEM form"),
    "a folder": ("SSL_CERT_FILE", str(Path(__file__).parent), "names cannot be read: Is a directory"),
    "no folder": ("SSL_CERT_DIR", "/none/certs", "SSL_CERT_DIR=/none/certs names cannot be read: it is no folder"),
    "no folder in a list": ("SSL_CERT_DIR", "/none/a:/none/b", "SSL_CERT_DIR=/none/a:/none/b names cannot be read"),
    "no machine": ("NO_PROXY", "fal.media:99x", "NO_PROXY=fal.media:99x holds what is no name of a machine"),
    "SOCKS": ("HTTPS_PROXY", "socks5://me:hush@127.0.0.1:1", "HTTPS_PROXY names a SOCKS proxy"),
    "SOCKS for all": ("all_proxy", "socks5h://127.0.0.1:1", "all_proxy names a SOCKS proxy"),
    "another scheme": ("HTTPS_PROXY", "ftp://me:hush@127.0.0.1:1", "HTTPS_PROXY names no proxy that can be used"),
    "no port": ("HTTPS_PROXY", "http://me:hush@127.0.0.1:port", "HTTPS_PROXY names no proxy that can be used"),
}


def _photo():
    return np.full((8, 8, 3), 9, np.uint8)


async def _run_async(journal: Path) -> None:
    async with AsyncFal(journal=journal) as fal:
        await fal.run("fal-ai/esrgan", image=_photo())


def _map(journal: Path) -> None:
    with Fal(journal=journal) as fal:
        error = next(iter(fal.map([fal.plan("fal-ai/esrgan", image=_photo())]))).error
        assert error
        raise error


def _of_a_job(journal: Path, ask: Callable[..., object]) -> None:
    """Ask after a job that was submitted before the settings changed."""
    book = Journal(journal)
    entry, _ = book.start(plan(), backend="fal", price=None, again=False, allow=lambda _: None)
    url = "https://queue.fal.run/fal-ai/esrgan/requests/r1"
    book.submitted(entry.id, Submitted("r1", f"{url}/status", url, f"{url}/cancel"))
    book.close()
    with Fal(journal=journal) as fal:
        ask(fal.resume(entry.id))


def _run(journal: Path, **picture: object) -> None:
    with Fal(journal=journal) as fal:
        fal.run("fal-ai/esrgan", **picture)


def _download(_: Path) -> None:
    from remote.wire.backend import FalBackend

    FalBackend().download(HERE, max_bytes=99, timeout_s=9)


WAYS: dict[str, tuple[Callable[[Path], object], type[errors.TransferError]]] = {
    "upload": (lambda journal: _run(journal, image=_photo()), errors.UploadError),
    "submit": (lambda journal: _run(journal, image_url=HERE), errors.TransferError),
    "poll": (lambda journal: _of_a_job(journal, lambda job: job.wait(timeout=60)), errors.TransferError),
    "cancel": (lambda journal: _of_a_job(journal, lambda job: job.cancel()), errors.TransferError),
    "download": (_download, errors.DownloadError),
    "async": (lambda journal: asyncio.run(_run_async(journal)), errors.UploadError),
    "map": (_map, errors.UploadError),
    "schema": (lambda _: refresh.fetch_schema("fal-ai/esrgan"), errors.DownloadError),
}


@pytest.fixture(autouse=True)
def _plain_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("FAL_KEY", "1234567890:abcdefghijklmn")


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("way", WAYS)
def test_the_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str, setting: str):
    name, value, said = SETTINGS[setting]
    monkeypatch.setenv(name, value)
    ask, kind = WAYS[way]
    began = time.monotonic()
    with pytest.raises(kind) as caught:
        ask(tmp_path / "jobs.sqlite3")
    assert time.monotonic() - began < 5
    assert said in caught.value.message
    assert "nothing was sent" in (caught.value.fix or "")
    assert caught.value.by_settings
    assert pickle.loads(pickle.dumps(caught.value)).by_settings
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("words", [["--verify"], ["fal-ai/esrgan", "--verify"], ["me/mine", "--add"]], ids=" ".join)
def test_the_endpoints_command_names_it_once(monkeypatch: pytest.MonkeyPatch, capsys, words: list[str]):
    monkeypatch.setenv("SSL_CERT_FILE", "/none/own.pem")
    with pytest.raises(SystemExit) as ended:
        main(["endpoints", *words])
    said = capsys.readouterr().err
    assert ended.value.code == 5
    assert said.count("SSL_CERT_FILE=/none/own.pem names cannot be read") == 1
    assert "set SSL_CERT_FILE to a PEM file" in said
    assert "try again later" not in said


def _refused(why: str) -> httpx.ConnectError:
    return httpx.ConnectError(f"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {why} (_ssl.c:1006)")


def test_why_a_certificate_is_not_trusted(monkeypatch: pytest.MonkeyPatch):
    unknown = _refused("unable to get local issuer certificate")
    error = unreached(unknown, errors.TransferError)
    assert error.message.endswith("not trusted here: unable to get local issuer certificate")
    assert "SSL_CERT_FILE=ca.pem" in (error.fix or "")
    late = unreached(_refused("certificate has expired"), errors.TransferError)
    assert late.by_settings
    assert "clock" in (late.fix or "")
    monkeypatch.setenv("SSL_CERT_FILE", "/own.pem")
    error = unreached(unknown, errors.TransferError)
    assert error.message.endswith("among those of SSL_CERT_FILE=/own.pem")
    assert "without one, unset SSL_CERT_FILE" in (error.fix or "")


def test_a_proxy_that_is_not_reached_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("https_proxy", "me:hush@127.0.0.1:9")
    error = unreached(httpx.ConnectError("refused"), errors.UploadError)
    assert not error.by_settings
    assert "over the proxy 127.0.0.1:9 that https_proxy names (ConnectError)" in error.message
    error = unreached(httpx.ProxyError("407 Proxy Authentication Required"), errors.UploadError)
    assert error.by_settings
    assert "fal answers 407 (ProxyError): 127.0.0.1:9" in error.message
    assert "check https_proxy" in (error.fix or "")
    assert "hush" not in str(error)
    monkeypatch.setenv("NO_PROXY", "fal.run")
    error = unreached(httpx.ConnectError("refused"), errors.UploadError)
    assert "not over the proxy, since NO_PROXY takes fal.run out of it" in error.message
    assert "check NO_PROXY" in (error.fix or "")


def test_one_folder_of_a_list_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("SSL_CERT_DIR", f"/none/a:{tmp_path}")
    with way_out():
        pass


def test_a_download_names_the_proxy(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hush@127.0.0.1:9")
    files = Downloader(Hosts.read(("fal.media",)), pause_s=0)
    with pytest.raises(errors.DownloadError, match=r"over the proxy 127\.0\.0\.1:9 that HTTPS_PROXY names") as caught:
        files.fetch(HERE, max_bytes=9, timeout_s=9)
    assert "hush" not in str(caught.value)
    files.close()
