"""A small fal on this machine: token, uploads, queue, results and files, as the real one speaks, with faults on demand.

Everything that arrives is kept byte for byte in `Loopback.seen`.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import itertools
import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

import numpy as np
import PIL.Image

from remote import catalog
from remote.rehearsal import stand_in

from .loopback_handler import KEY, Fault, Handler, Seen, Served

__all__ = ["KEY", "NGINX_PAGE", "Loopback", "picture_answer", "rehearsed_answer"]

NGINX_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"


class Loopback(ThreadingHTTPServer):
    """The server; `url` is where it listens."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.seen: list[Seen] = []
        self.files: dict[str, tuple[bytes, str]] = {}
        self.jobs: dict[str, Served] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.states = ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
        self.answer: Callable[[Loopback, str, dict[str, Any]], Any] = picture_answer
        self.queue_query = ""
        self.cancels = True
        self.failure: tuple[int, Any] | None = None
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self.thread.join()

    def fault(self, step: str, kind: str, *, times: int = 1, **options: Any) -> None:
        self.faults[step].extend(Fault(kind, **options) for _ in range(times))

    def posts(self) -> list[Seen]:
        """Every submit that reached this machine, whatever became of it."""
        return self.of("submit")

    def of(self, step: str) -> list[Seen]:
        with self.lock:
            return [seen for seen in self.seen if seen.step == step]

    def keep(self, data: bytes, content_type: str, name: str) -> str:
        """Store a file and return its URL."""
        path = f"/cdn/files/{next(self.numbers)}/{name}"
        self.files[path] = (data, content_type)
        return self.url + path

    def read(self, url: str) -> bytes:
        """Return a stored file."""
        return self.files[urlsplit(url).path][0]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Cut connections are meant here."""


def picture_answer(server: Loopback, endpoint: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Answer with one PNG of the sent image's size, made from the payload."""
    size = (64, 48)
    for name in ("image_url", "control_image_url"):
        if isinstance(payload.get(name), str) and payload[name].startswith(server.url):
            with contextlib.suppress(PIL.UnidentifiedImageError):
                size = PIL.Image.open(io.BytesIO(server.read(payload[name]))).size
    seed = int.from_bytes(hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).digest()[:4])
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    url = server.keep(file.getvalue(), "image/png", "out.png")
    image = {"url": url, "content_type": "image/png", "width": size[0], "height": size[1]}
    return {"images": [image], "seed": seed, "has_nsfw_concepts": [False], "prompt": payload.get("prompt", "")}


def rehearsed_answer(server: Loopback, endpoint: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Answer with what a rehearsal would, made from the bytes that arrived here."""

    def read(url: Any) -> bytes | None:
        return server.read(url) if isinstance(url, str) and url.startswith(server.url) else None

    spec = catalog.endpoint(endpoint)
    answer: dict[str, Any] = {}
    for name, kind in spec.outputs.items():
        if "image" not in kind and not (kind.startswith("object") and name in {"image", "images"}):
            continue
        picture = stand_in.paint(spec, payload, read, field=name, seed=1)
        url = server.keep(stand_in.encode(picture, "png", about={}), "image/png", "out.png")
        file = {"url": url, "content_type": "image/png", "width": picture.size.width, "height": picture.size.height}
        answer[name] = [file] if "[]" in kind else file
    return answer
