"""The unmodified fal_client over loopback HTTP, through FalBackend."""

from __future__ import annotations

import gzip
import hashlib
import json
import pickle
import time

import fal_client.client
import numpy as np
import pytest

from preproc import InputError
from remote import errors
from remote.wire import Backend, Submitted
from remote.wire.backend import FalBackend
from remote.wire.hosts import Hosts
from remote.wire.translate import endpoint_error

from .loopback import KEY, Loopback
from .plans import FILL


def test_it_is_a_backend(backend: FalBackend):
    assert isinstance(backend, Backend)
    assert backend.name == "fal"


def test_upload_submit_poll_result_download(server: Loopback, backend: FalBackend):
    stored = backend.upload(b"hello", content_type="image/png", file_name="a.png")
    seen = server.of("upload")[0]
    assert (seen.body, seen.headers["Content-Type"], seen.headers["X-Fal-File-Name"]) == (
        b"hello",
        "image/png",
        "a.png",
    )
    assert json.loads(seen.headers["X-Fal-Object-Lifecycle"]) == {"expiration_duration_seconds": 86400}
    assert backend.exists(stored.url)
    assert not backend.exists(stored.url + "x")

    payload = {"prompt": "größe", "image_url": stored.url, "nested": [{"a": 1.5, "b": None}], "flag": True}
    submitted = backend.submit(FILL, payload)
    (post,) = server.posts()
    assert post.path == f"/queue/{FILL}"
    assert post.json == payload
    states = [backend.status(FILL, submitted, logs=True) for _ in range(3)]
    assert [state.state for state in states] == ["queued", "running", "completed"]
    assert states[0].position == 3
    assert states[1].logs[0]["message"] == "step"
    polls = len(server.of("status"))
    answer = backend.result(FILL, submitted)
    assert len(server.of("status")) == polls  # the client's own `get` would poll once more, without an end
    file = backend.download(answer["images"][0]["url"], max_bytes=10_000_000, timeout_s=10)
    assert file.content_type == "image/png"
    assert file.data == server.read(answer["images"][0]["url"])


def test_over_100_mib_goes_in_parts(server: Loopback, backend: FalBackend, monkeypatch):
    monkeypatch.setattr(fal_client.client, "MULTIPART_THRESHOLD", 1000)
    monkeypatch.setattr(fal_client.client, "MULTIPART_CHUNK_SIZE", 300)
    data = np.random.default_rng(1).bytes(1001)
    stored = backend.upload(data, content_type="application/zip", file_name="a.zip")
    assert hashlib.sha256(server.read(stored.url)).digest() == hashlib.sha256(data).digest()
    assert len(server.of("part")) == 4


def test_cancel(server: Loopback, backend: FalBackend):
    submitted = backend.submit(FILL, {})
    assert backend.cancel(FILL, submitted)
    assert server.jobs[submitted.request_id].cancelled
    for _ in range(3):
        backend.status(FILL, submitted)
    assert not backend.cancel(FILL, submitted)


def test_a_cancelled_status_is_understood(server: Loopback, backend: FalBackend):
    submitted = backend.submit(FILL, {})
    server.states = ["CANCELLED"]
    assert backend.status(FILL, submitted).state == "cancelled"
    server.states = ["DREAMING"]
    with pytest.raises(errors.ServerError, match="cannot be read: Unknown status: DREAMING"):
        backend.status(FILL, submitted)


def test_an_answer_that_is_no_object(server: Loopback, backend: FalBackend):
    server.answer = lambda *_: [1, 2]
    with pytest.raises(errors.ServerError, match="list"):
        backend.result(FILL, backend.submit(FILL, {}))


@pytest.mark.parametrize("missing", [True, False])
def test_no_key(monkeypatch, missing, server: Loopback, tmp_path):
    monkeypatch.delenv("FAL_KEY")
    monkeypatch.setenv("FAL_HOME_DIR", str(tmp_path))
    if missing:
        backend = FalBackend()  # constructing it needs no key
    else:
        backend = FalBackend(key=f"{KEY}\n")
    with pytest.raises(errors.MissingKeyError) as caught:
        backend.submit(FILL, {})
    assert "FAL_KEY" in str(caught.value)
    assert KEY not in str(caught.value)
    assert not server.seen
    backend.close()


def test_http_urls_of_fal_are_made_https(backend: FalBackend, monkeypatch):
    backend.submit(FILL, {})
    monkeypatch.setattr(fal_client.client, "QUEUE_URL_FORMAT", "https://queue.fal.run/")
    plain = "http://queue.fal.run/a/b/requests/1"
    handle = backend._client.handle("a/b", Submitted("1", f"{plain}/status", plain, f"{plain}/cancel"))
    assert handle.status_url == "https://queue.fal.run/a/b/requests/1/status"


class TestDownload:
    def fetch(self, backend: FalBackend, url: str, **options):
        return backend.download(url, **{"max_bytes": 1000, "timeout_s": 5.0, **options})

    def test_bounds(self, server: Loopback, backend: FalBackend):
        url = server.keep(b"x" * 1000, "image/png", "a.png")
        assert len(self.fetch(backend, url).data) == 1000
        with pytest.raises(errors.DownloadError, match=r"1,000 bytes, allowed are 999"):
            self.fetch(backend, url, max_bytes=999)
        server.fault("download", "bytes", body=b"y" * 2000, headers={"Content-Length": "1000"})
        assert len(self.fetch(backend, url).data) == 1000

    def test_chunks_without_a_length_are_bounded_too(self, server: Loopback, backend: FalBackend):
        url = server.keep(b"", "image/png", "a.png")
        chunks = b"".join(b"100\r\n" + b"z" * 256 + b"\r\n" for _ in range(8)) + b"0\r\n\r\n"
        server.fault("download", "raw", body=chunks, headers={"Transfer-Encoding": "chunked"})
        with pytest.raises(errors.DownloadError, match="more than the allowed 1,000"):
            self.fetch(backend, url)

    @pytest.mark.parametrize(
        "fault",
        [{"kind": "half"}, {"kind": "cut-early"}, {"kind": "status", "status": 503, "headers": {"Retry-After": "0"}}],
    )
    def test_what_passes_is_tried_again(self, server: Loopback, backend: FalBackend, fault):
        url = server.keep(b"x" * 900, "image/png", "a.png")
        server.fault("download", times=3, **fault)
        assert len(self.fetch(backend, url).data) == 900
        server.fault("download", times=4, **fault)
        with pytest.raises(errors.DownloadError) as caught:
            self.fetch(backend, url)
        assert not caught.value.gone
        assert caught.value.host == "127.0.0.1"

    @pytest.mark.parametrize("status", [401, 403, 404, 410])
    def test_what_is_gone_is_not(self, server: Loopback, backend: FalBackend, status):
        url = server.keep(b"", "image/png", "a.png")
        server.fault("download", "status", status=status)
        with pytest.raises(errors.DownloadError, match=str(status)) as caught:
            self.fetch(backend, f"{url}?token=secret")
        assert caught.value.gone
        assert "secret" not in str(caught.value)
        assert len(server.of("download")) == 1

    def test_a_slow_server(self, server: Loopback, backend: FalBackend):
        url = server.keep(b"x", "image/png", "a.png")
        server.fault("download", "slow", delay=5.0)
        with pytest.raises(errors.DownloadError, match="too long|ReadTimeout"):
            self.fetch(backend, url, timeout_s=0.2)

    @pytest.mark.parametrize("encoding", ["identity", "gzip"])
    def test_a_server_that_drips(self, server: Loopback, backend: FalBackend, encoding):
        url = server.keep(b"", "image/png", "a.png")
        body = gzip.compress(bytes(range(256)))
        server.fault("download", "drip", delay=0.02, body=body, headers={"Content-Encoding": encoding}, times=9)
        began = time.monotonic()
        with pytest.raises(errors.DownloadError, match="took too long"):
            self.fetch(backend, url, timeout_s=0.2)
        assert time.monotonic() - began < 1

    def test_a_redirect_without_an_address(self, server: Loopback, backend: FalBackend):
        url = server.keep(b"x", "image/png", "a.png")
        server.fault("download", "status", status=302)
        with pytest.raises(errors.DownloadError, match="302, which leads nowhere"):
            self.fetch(backend, url)

    def test_a_web_page(self, server: Loopback, backend: FalBackend):
        with pytest.raises(errors.DownloadError, match="web page"):
            self.fetch(backend, server.keep(b"<html>", "text/html; charset=utf-8", "a.png"))

    def test_data_urls(self, backend: FalBackend):
        file = self.fetch(backend, "data:image/png;base64,aGVsbG8=")
        assert (file.data, file.content_type) == (b"hello", "image/png")
        for url, message in [
            ("data:image/png", "without data"),
            ("data:a/b;base64,$$$", "not base64"),
            ("data:,x" * 999, "over"),
        ]:
            with pytest.raises(errors.DownloadError, match=message):
                self.fetch(backend, url)

    @pytest.mark.parametrize(
        "url",
        [
            "http://v3.fal.media/a.png",
            "https://fal.media.example.org/a.png",
            "https://169.254.169.254/latest",
            "https://[::1]/a",
            "https://[broken",
            "file:///etc/passwd",
            "https://localhost/a",
        ],
    )
    def test_other_machines_are_not_asked(self, backend: FalBackend, url):
        with pytest.raises(errors.DownloadError, match="not fetched"):
            self.fetch(backend, url)

    def test_a_known_name_at_a_private_address(self, backend: FalBackend, monkeypatch):
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.7", 0))])
        with pytest.raises(errors.DownloadError, match="inside this network"):
            self.fetch(backend, "https://v3.fal.media/a.png")

    @pytest.mark.parametrize("target", ["http://127.0.0.1:9/x", "https://10.0.0.1/x", "http://metadata/x"])
    def test_redirects_stay_among_the_allowed(self, server: Loopback, backend: FalBackend, target):
        url = server.keep(b"x", "image/png", "a.png")
        server.fault("download", "status", status=302, headers={"Location": target})
        with pytest.raises(errors.DownloadError, match="not fetched"):
            self.fetch(backend, url)
        server.fault("download", "status", status=302, headers={"Location": url})
        assert self.fetch(backend, url).data == b"x"
        server.fault("download", "status", status=302, headers={"Location": url}, times=9)
        with pytest.raises(errors.DownloadError, match="redirects"):
            self.fetch(backend, url)


def test_hosts():
    hosts = Hosts.read(["fal.media", "http://127.0.0.1:8080"])
    assert hosts == Hosts(("fal.media",), ("http://127.0.0.1:8080",))
    assert hosts.allow("http://127.0.0.1:8080/a")
    assert not hosts.allow("http://127.0.0.1:8081/a")
    assert not hosts.allow("https://evilfal.media/a")
    for bad in ("", "a/b", "ftp://x"):
        with pytest.raises(errors.RemoteError):
            Hosts.read([bad])


def test_every_error_is_hashable_and_crosses_processes():
    for name in errors.__all__:
        kind = getattr(errors, name)
        if not issubclass(kind, errors.RemoteError):
            continue
        options = {"limit": 1.0, "price": None} if name == "LimitError" else {}
        error = kind("what was wrong", fix="how to mend it", endpoint="a/b", request_id="r1", **options)
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is kind
        assert vars(again) == vars(error)
        assert str(again) == "what was wrong\nFix: how to mend it"
        assert isinstance(hash(error), int)


LIFETIMES = [
    ({}, 86_400, None),
    ({"upload_lifetime": "7d", "result_lifetime": "1h"}, 604_800, 3600),
    ({"upload_lifetime": 90, "result_lifetime": 120}, 90, 120),
    ({"upload_lifetime": None}, None, None),
]


@pytest.mark.parametrize(("options", "upload_s", "result_s"), LIFETIMES)
def test_how_long_fal_keeps_files(server: Loopback, make_backend, options, upload_s, result_s):
    backend = make_backend(**options)
    stored = backend.upload(b"hello", content_type="image/png", file_name="a.png")
    backend.submit(FILL, {})
    upload, post = server.of("upload")[0], server.posts()[0]

    def preference(seen) -> int | None:
        said = seen.headers.get("X-Fal-Object-Lifecycle-Preference")
        return json.loads(said)["expiration_duration_seconds"] if said else None

    assert (preference(upload), preference(post)) == (upload_s, result_s)
    assert (stored.expires_at is None) == (upload_s is None)
    assert "X-Fal-Store-IO" not in post.headers


def test_jobs_can_be_kept_out_of_the_history(server: Loopback, make_backend):
    make_backend(store_io=False).submit(FILL, {})
    assert server.posts()[0].headers["X-Fal-Store-IO"] == "0"


@pytest.mark.parametrize("wrong", ["2d", 0, -1, 1.5, True])
def test_lifetimes_that_are_none(make_backend, wrong):
    with pytest.raises(InputError, match="'1h', '1d', '7d', '30d', '1y'"):
        make_backend(result_lifetime=wrong)


@pytest.mark.parametrize("said", ["\x1b[31mred\x1b[0m", "a\x00b\x07", "one\u202etwo\u009b"])
def test_a_server_s_words_hold_nothing_that_a_terminal_obeys(said: str):
    for detail in (said, [{"loc": ["body", said], "msg": said, "type": "odd"}]):
        error = endpoint_error(422, {"detail": detail}, endpoint="fal-ai/esrgan")
        assert error.message.isprintable()
