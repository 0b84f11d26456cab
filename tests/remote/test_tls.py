"""Everything through TLS and a proxy, as the environment alone has it: no name of fal_client's is touched."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .loopback import KEY, Loopback, rehearsed_answer
from .loopback_handler import Handler

PREFIXES = {
    "rest.fal.ai": "/rest", "v3.fal.media": "/cdn", "queue.fal.run": "/queue", "fal.run": "/run",
}  # fmt: skip
JOB = """
import asyncio, numpy as np
from remote import AsyncFal, Fal, workflows
photo = np.tile(np.linspace(0, 255, 192, dtype=np.uint8)[None, :, None], (128, 1, 3))
mask = np.zeros((128, 192), np.uint8); mask[40:90, 60:120] = 255
with Fal(journal=":memory:") as fal:
    assert fal.inpaint(photo, mask, prompt="a barn").image.shape == photo.shape
    assert fal.upscale(photo).image.array().shape == (256, 384, 3)
    assert list(workflows.restore_portrait(fal, photo).run()) == ["large", "face"]
    assert fal.submit(fal.plan("fal-ai/esrgan", image=photo, scale=3)).cancel()
async def go():
    async with AsyncFal(journal=":memory:") as fal:
        assert (await fal.transform(photo, prompt="a barn")).image.array().shape
asyncio.run(go())
print("done")
"""
ONE = """
import numpy as np
from remote import Fal, RemoteError
with Fal(journal=":memory:") as fal:
    try:
        fal.run("fal-ai/esrgan", PICTURE, timeout=5)
    except RemoteError as error:
        print(error, [entry.state for entry in fal.jobs()])
"""
SENT = {
    "is uploaded": "image=np.zeros((8, 8, 3), np.uint8) + 9",
    "lies at fal": 'image_url="https://v3.fal.media/files/a.png"',
}

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made with openssl")


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority of our own, and a certificate for fal's names."""
    folder = tmp_path_factory.mktemp("certificates")
    ca = "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"
    new = "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"
    _openssl(folder, "req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=own",
             "-addext", ca[0], "-addext", ca[1])  # fmt: skip
    _openssl(folder, "req", *new, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=fal.run")
    (folder / "names").write_text("subjectAltName=" + ",".join(f"DNS:{host}" for host in PREFIXES))
    _openssl(folder, "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
             "-out", "leaf.pem", "-days", "2", "-extfile", "names")  # fmt: skip
    return folder


class _Proxy(Handler):
    """Takes CONNECT, speaks TLS as fal's own hosts, and answers as the loopback does."""

    context: ssl.SSLContext
    told: set[str]
    host = ""

    def do_CONNECT(self) -> None:  # noqa: N802 - the standard library's name
        self.host = self.path.partition(":")[0]
        self.told.add(self.host)
        self.send_response(200)
        self.end_headers()
        self.wfile.flush()
        if self.host not in PREFIXES:
            self.close_connection = True
            return
        with (
            contextlib.suppress(OSError),
            self.context.wrap_socket(self.connection, server_side=True) as tls,
            tls.makefile("rb") as self.rfile,
            tls.makefile("wb") as self.wfile,
        ):
            self.close_connection = False
            while not self.close_connection:
                self.handle_one_request()
        self.rfile = self.wfile = io.BytesIO()  # for whoever closes them after this

    def _serve(self) -> None:
        self.path = PREFIXES[self.host] + self.path
        super()._serve()
        self.wfile.flush()

    def _send(self, status: int, body: Any, headers: dict[str, str], **options: Any) -> None:
        if isinstance(body, dict):
            text = json.dumps(body)
            for host, prefix in PREFIXES.items():
                text = text.replace(self.server.url + prefix, f"https://{host}")
            body = json.loads(text)
        super()._send(status, body, headers, **options)


def _answer(server: Loopback, endpoint: str, payload: dict[str, Any]) -> dict[str, Any]:
    here = json.loads(json.dumps(payload).replace("https://v3.fal.media", f"{server.url}/cdn"))
    return rehearsed_answer(server, endpoint, here)


@pytest.fixture
def proxy(certificates: Path) -> Iterator[Loopback]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "leaf.pem", certificates / "leaf.key")
    server = Loopback()
    server.RequestHandlerClass = type("Proxy", (_Proxy,), {"context": context, "told": set()})
    server.answer = _answer
    with server:
        yield server


def _child(code: str, proxy: Loopback, **environment: str) -> subprocess.CompletedProcess[str]:
    rest = {name: value for name, value in os.environ.items() if "proxy" not in name.lower() and "SSL" not in name}
    ours = {"FAL_KEY": KEY, "HTTPS_PROXY": proxy.url, "NO_PROXY": "", **environment}
    return subprocess.run(
        [sys.executable, "-c", code], env=rest | ours, capture_output=True, text=True, timeout=120, check=False
    )


def test_tasks_a_workflow_and_async_over_tls(proxy: Loopback, certificates: Path):
    ended = _child(JOB, proxy, SSL_CERT_FILE=str(certificates / "ca.pem"))
    assert (ended.returncode, ended.stdout) == (0, "done\n"), ended.stderr
    assert proxy.RequestHandlerClass.told <= set(PREFIXES)  # type: ignore[attr-defined]
    keyed = {seen.headers["Host"] for seen in proxy.seen if KEY in seen.headers.get("Authorization", "")}
    assert keyed == {"rest.fal.ai", "queue.fal.run"}


@pytest.mark.parametrize("picture", SENT, ids=SENT)
def test_a_certificate_that_is_not_trusted_is_named_at_once(proxy: Loopback, picture: str):
    began = time.monotonic()
    said = _child(ONE.replace("PICTURE", SENT[picture]), proxy).stdout
    assert time.monotonic() - began < 20  # out of reach, fal is waited for 30 s
    assert "certificate that is not trusted" in said
    assert "SSL_CERT_FILE=" in said
    assert said.endswith("['failed']\n" if picture == "lies at fal" else " []\n")
    assert not proxy.posts()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read_are_no_unknown_outcome(proxy: Loopback, tmp_path: Path, content: str | None):
    path = tmp_path / "own.pem"
    if content is not None:
        path.write_text(content)
    ended = _child(ONE.replace("PICTURE", SENT["lies at fal"]), proxy, SSL_CERT_FILE=str(path))
    assert f"SSL_CERT_FILE={path} names cannot be read" in ended.stdout, ended.stderr
    assert ended.stdout.endswith("['failed']\n")
