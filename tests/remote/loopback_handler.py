"""How the small fal on this machine answers each request, and what goes wrong with it on demand."""

from __future__ import annotations

import hashlib
import json
import socket
import struct
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from .loopback import Loopback

KEY = "3f0a1b2c-loop-back:5ecretsecretsecret0123456789"


@dataclass
class Seen:
    """One request, as it came."""

    step: str
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Fault:
    """What goes wrong with one request of a step.

    kind: "cut-early" (nothing of the body is read), "cut-mid" (half of it is), "cut-late" (the request is carried out,
    no answer), "half" (half an answer), "slow" (carried out, answered after `delay`), "status" (an answer of
    `status`, `body`, `headers`; nothing is carried out), "bytes" (carried out, then the answer is `body`), "raw" (the
    same, written as it is, without a length), "headed" (carried out, answered with `headers` more), "drip" (carried out, answered byte by byte with `delay` between them).
    """

    kind: str
    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass
class Served:
    """A job of the server's."""

    endpoint: str
    payload: dict[str, Any]
    polls: int = 0
    cancelled: bool = False


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Loopback

    def do_POST(self) -> None:
        self._serve()

    do_GET = do_PUT = do_HEAD = do_POST  # noqa: N815 - the standard library's names

    def log_message(self, *_: object) -> None:
        pass

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        step = self._step(parts.path)
        seen = Seen(step, self.command, parts.path, parse_qs(parts.query), dict(self.headers.items()), b"")
        with self.server.lock:
            self.server.seen.append(seen)
            faults = self.server.faults[step]
            fault = faults.popleft() if faults else None
        length = int(self.headers.get("content-length", 0))
        if fault and fault.kind == "cut-early":
            return self._cut()
        if fault and fault.kind == "cut-mid":
            self.rfile.read(length // 2)
            return self._cut()
        seen.body = self.rfile.read(length)
        if fault and fault.kind == "status":
            return self._send(fault.status, fault.body, fault.headers)
        status, body, headers = getattr(self, f"_{step}")(seen)
        if fault and fault.kind == "cut-late":
            return self._cut()
        if fault and fault.kind == "slow":
            self.server.stopping.wait(fault.delay)
        if fault and (fault.kind in {"bytes", "raw"} or (fault.kind == "drip" and fault.body)):
            body, headers = fault.body, {**headers, **fault.headers}
        if fault and fault.kind == "headed":
            headers = {**headers, **fault.headers}
        return self._send(
            status, body, headers, as_it_is=fault.kind if fault else "", delay=fault.delay if fault else 0.0
        )

    def _step(self, path: str) -> str:
        root, _, rest = path.strip("/").partition("/")
        if root == "rest":
            return "token" if rest.startswith("storage/auth/token") else "unknown"
        if root == "cdn":
            if rest == "files/upload":
                return "upload"
            if rest == "files/upload/multipart":
                return "multipart"
            if "/multipart/" in rest:
                return "complete" if rest.endswith("/complete") else "part"
            return "exists" if self.command == "HEAD" else "download"
        if root == "queue":
            if "/requests/" not in rest:
                return "submit"
            return "status" if rest.endswith("/status") else "cancel" if rest.endswith("/cancel") else "result"
        return "unknown"

    def _cut(self) -> None:
        """Reset the connection."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _send(self, status: int, body: Any, headers: dict[str, str], *, as_it_is: str = "", delay: float = 0.0) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        length = {} if as_it_is == "raw" else {"Content-Length": str(len(data))}
        headers = {"Content-Type": "application/json", **length, **headers}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if as_it_is == "half":
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
            self.close_connection = True
        elif as_it_is == "drip":
            for at in range(len(data)):
                self.wfile.write(data[at : at + 1])
                self.wfile.flush()
                if self.server.stopping.wait(delay):
                    return
        elif self.command != "HEAD":
            self.wfile.write(data)

    def _may(self, wanted: str) -> bool:
        return self.headers.get("Authorization") == wanted

    def _unknown(self, _: Seen) -> tuple[int, Any, dict[str, str]]:
        return 404, {"detail": "Not Found"}, {}

    def _token(self, _: Seen) -> tuple[int, Any, dict[str, str]]:
        if not self._may(f"Key {KEY}"):
            return 401, {"detail": "Invalid or missing credentials"}, {}
        expires = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() + 600))
        base = f"{self.server.url}/cdn"
        return 200, {"token": "cdn-token", "token_type": "Bearer", "base_url": base, "expires_at": expires}, {}

    def _upload(self, seen: Seen) -> tuple[int, Any, dict[str, str]]:
        if not self._may("Bearer cdn-token"):
            return 401, {"detail": "bad upload token"}, {}
        name = self.headers.get("X-Fal-File-Name", "upload.bin")
        return 200, {"access_url": self.server.keep(seen.body, self.headers["Content-Type"], name)}, {}

    def _multipart(self, _: Seen) -> tuple[int, Any, dict[str, str]]:
        url = self.server.keep(b"", self.headers["Content-Type"], self.headers.get("X-Fal-File-Name", "upload.bin"))
        self.server.parts[urlsplit(url).path] = {}
        return 200, {"access_url": url, "uploadId": "u1"}, {}

    def _part(self, seen: Seen) -> tuple[int, Any, dict[str, str]]:
        path, _, number = seen.path.partition("/multipart/u1/")
        self.server.parts[path][int(number)] = seen.body
        return 200, {}, {"ETag": f'"{hashlib.md5(seen.body).hexdigest()}"'}

    def _complete(self, seen: Seen) -> tuple[int, Any, dict[str, str]]:
        path = seen.path.partition("/multipart/")[0]
        parts = self.server.parts.pop(path)
        self.server.files[path] = (b"".join(parts[n] for n in sorted(parts)), self.server.files[path][1])
        return 200, {}, {}

    def _submit(self, seen: Seen) -> tuple[int, Any, dict[str, str]]:
        if not self._may(f"Key {KEY}"):
            return 401, {"detail": "Cannot access application: authentication is required"}, {}
        endpoint = seen.path.removeprefix("/queue/")
        request_id = f"r{next(self.server.numbers):06d}"
        self.server.jobs[request_id] = Served(endpoint, seen.json)
        base = f"{self.server.url}/queue/{'/'.join(endpoint.split('/')[:2])}/requests/{request_id}"
        urls = {
            f"{name}_url": f"{base}{end}{self.server.queue_query}"
            for name, end in (("response", ""), ("status", "/status"), ("cancel", "/cancel"))
        }
        return 200, {"status": "IN_QUEUE", "queue_position": 0, "request_id": request_id, **urls}, {}

    def _job(self, seen: Seen) -> Served | None:
        if not self._may(f"Key {KEY}"):
            return None
        return self.server.jobs.get(seen.path.partition("/requests/")[2].partition("/")[0])

    def _status(self, seen: Seen) -> tuple[int, Any, dict[str, str]]:
        job = self._job(seen)
        if job is None:
            return 404, {"detail": "Request not found"}, {}
        state = self.server.states[min(job.polls, len(self.server.states) - 1)]
        state = "CANCELLED" if job.cancelled and self.server.cancels else state
        job.polls += 1
        logs = [{"message": "step", "level": "INFO", "timestamp": "t"}] if seen.query.get("logs") == ["true"] else None
        body: dict[str, Any] = {"status": state, "logs": logs}
        if state == "IN_QUEUE":
            body["queue_position"] = 3
        if state == "COMPLETED":
            body["metrics"] = {"inference_time": 0.1}
        return (200 if state == "COMPLETED" else 202), body, {}

    def _result(self, seen: Seen) -> tuple[int, Any, dict[str, str]]:
        job = self._job(seen)
        if job is None:
            return 404, {"detail": "Request not found"}, {}
        if self.server.failure:
            return *self.server.failure, {}
        return 200, self.server.answer(self.server, job.endpoint, job.payload), {}

    def _cancel(self, seen: Seen) -> tuple[int, Any, dict[str, str]]:
        job = self._job(seen)
        if job is None:
            return 404, {"status": "NOT_FOUND"}, {}
        if job.polls >= len(self.server.states):
            return 400, {"status": "ALREADY_COMPLETED"}, {}
        job.cancelled = True
        return 202, {"status": "CANCELLATION_REQUESTED"}, {}

    def _download(self, seen: Seen) -> tuple[int, Any, dict[str, str]]:
        data, content_type = self.server.files.get(seen.path, (None, ""))
        if data is None:
            return 404, {"detail": "Not Found"}, {}
        return 200, data, {"Content-Type": content_type}

    _exists = _download
