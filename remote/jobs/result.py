"""What a job brought back: files that are fetched when they are read, and where they came from."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image

from preproc.arrays import Image
from preproc.errors import InputError
from preproc.files import load_image
from preproc.files.write import write_file
from preproc.geometry import Size

from ..errors import BlockedError, DownloadError, RemoteError
from ..wire import Backend
from ..wire.hosts import bare
from ..wire.translate import clean

__all__ = ["Fetcher", "RemoteFile", "Result"]

_MAX_BYTES = 256 * 1024 * 1024
_PICTURES = {".png", ".jpg", ".jpeg", ".webp"}
_ANY_BYTES = {"", "application/octet-stream", "binary/octet-stream"}


class Fetcher:
    """Fetches the files of one result, each once.

    Parameters
    ----------
    backend
        What they come through.
    max_bytes, timeout_s
        Bounds for one file.
    """

    def __init__(self, backend: Backend, *, max_bytes: int = _MAX_BYTES, timeout_s: float = 300.0) -> None:
        self._backend = backend
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._fetched: dict[str, bytes] = {}

    def read(self, file: RemoteFile) -> bytes:
        """Return the bytes of a file, from memory after the first time."""
        with self._lock:
            if file.url not in self._fetched:
                found = self._backend.download(file.url, max_bytes=self._max_bytes, timeout_s=self._timeout_s)
                if file.is_picture:
                    _check_picture(found.data, found.content_type, file.url)
                self._fetched[file.url] = found.data
            return self._fetched[file.url]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a result. Nothing is fetched before it is read.

    Attributes
    ----------
    url
        Where it lies; fal keeps files for a limited time.
    content_type, file_name
        As the endpoint declares them; may be empty.
    size
        Width and height as the endpoint declares them; None where it does not.
    blocked
        The endpoint says that its safety filter blackened it.
    """

    url: str = field(repr=False)
    content_type: str = ""
    file_name: str = ""
    size: Size | None = None
    blocked: bool = False
    fetcher: Fetcher | None = field(default=None, repr=False, compare=False)

    @property
    def is_picture(self) -> bool:
        """Whether it is declared, or named, as a picture."""
        if self.content_type not in _ANY_BYTES:
            return self.content_type.startswith("image/") and "svg" not in self.content_type
        return Path(bare(self.url)).suffix.lower() in _PICTURES

    def read(self, *, blocked: bool = False) -> bytes:
        """Return its bytes, checked.

        Parameters
        ----------
        blocked
            Read a picture that the safety filter blackened, too.

        Raises
        ------
        DownloadError
            If it cannot be fetched, is not what it was declared to be, or does not open.
        BlockedError
            If the safety filter blackened it.
        """
        if self.blocked and not blocked:
            raise BlockedError(
                "the endpoint's safety filter blackened this picture; it is billed all the same",
                fix="change the prompt or the picture; read(blocked=True) returns the black picture",
            )
        if self.fetcher is None:
            raise DownloadError(f"{bare(self.url)} belongs to no result that could fetch it")
        return self.fetcher.read(self)

    def array(self) -> Image:
        """Return its pixels: uint8 RGB, `(H, W, 3)`."""
        return load_image(self.read())

    def pil(self) -> PIL.Image.Image:
        """Return it as a Pillow image, with its alpha channel if it has one."""
        picture = PIL.Image.open(BytesIO(self.read()))
        picture.load()
        return picture

    def save(self, path: str | os.PathLike[str], /, *, overwrite: bool = False) -> Path:
        """Write its bytes to a file, as a whole or not at all.

        Parameters
        ----------
        path
            Where. For a picture whose format the suffix does not name, it is decoded and written in that format.
        overwrite
            Replace a file that is there.
        """
        return write_file(_encoded_for(Path(path), self), path, overwrite=overwrite)


@dataclass(frozen=True, slots=True)
class Result:
    """A job's answer.

    Attributes
    ----------
    endpoint, request_id, job_id
        Where it came from; `request_id` is fal's, `job_id` the journal's.
    raw
        The answer as JSON values.
    files
        All files in it, by the field they came in: ``{"images": (RemoteFile, ...)}``.
    plan
        What was asked, as `Plan.to_json` has it.
    """

    endpoint: str
    request_id: str
    job_id: str
    raw: dict[str, Any] = field(repr=False)
    files: Mapping[str, tuple[RemoteFile, ...]]
    plan: dict[str, Any] = field(repr=False)

    @classmethod
    def read(
        cls,
        raw: dict[str, Any],
        *,
        endpoint: str,
        request_id: str,
        job_id: str,
        plan: dict[str, Any],
        fetcher: Fetcher,
    ) -> Result:
        """Find the files in an answer."""
        flags = raw.get("has_nsfw_concepts")
        blocked = flags if isinstance(flags, list) else [flags]
        files = {name: tuple(_files(value, blocked, fetcher)) for name, value in raw.items()}
        found = {name: some for name, some in files.items() if some}
        return cls(endpoint, request_id, job_id, raw, found, plan)

    @property
    def images(self) -> tuple[RemoteFile, ...]:
        """The pictures: field ``images`` or ``image``, or whatever else holds pictures and is no mask."""
        for name in ("images", "image"):
            if name in self.files:
                return self.files[name]
        return tuple(
            file for name, some in self.files.items() if "mask" not in name for file in some if file.is_picture
        )

    @property
    def image(self) -> RemoteFile:
        """The first picture.

        Raises
        ------
        RemoteError
            If there is none.
        """
        if not self.images:
            names = ", ".join(self.raw) or "nothing"
            raise RemoteError(
                f"{self.endpoint} returned no picture, only {names}",
                fix="see result.raw",
                endpoint=self.endpoint,
                request_id=self.request_id,
            )
        return self.images[0]

    @property
    def masks(self) -> tuple[RemoteFile, ...]:
        """The masks, of all fields with ``mask`` in their name."""
        return tuple(file for name, some in self.files.items() if "mask" in name for file in some)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the plan warned about."""
        return tuple(self.plan.get("warnings", ()))

    def provenance(self) -> dict[str, Any]:
        """Return where this came from, as JSON values: endpoint, ids, arguments, hashes of what was sent, date. No key."""
        names = ("asked", "payload", "uploads", "warnings", "price", "fingerprint")
        return clean(  # type: ignore[no-any-return]  # a dict stays one
            {
                "endpoint": self.endpoint,
                "request_id": self.request_id,
                "job_id": self.job_id,
                "saved": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                **{name: self.plan[name] for name in names if name in self.plan},
                **{name: self.raw[name] for name in ("seed", "has_nsfw_concepts") if name in self.raw},
            }
        )

    def save(self, path: str | os.PathLike[str], /, *, overwrite: bool = False) -> tuple[Path, ...]:
        """Write the pictures, and beside each a `.json` with its provenance.

        Parameters
        ----------
        path
            For one picture; with several, ``out.png`` becomes ``out-1.png``, ``out-2.png`` and so on.
        overwrite
            Replace files that are there.

        Returns
        -------
        tuple of Path
            The pictures that were written.
        """
        path = Path(path)
        images = self.images or (self.image,)
        paths = [path] if len(images) == 1 else [path.with_stem(f"{path.stem}-{n}") for n in range(1, len(images) + 1)]
        for image, target in zip(images, paths, strict=True):
            data = _encoded_for(target, image)
            record = {"file": target.name, "sha256": hashlib.sha256(data).hexdigest(), **self.provenance()}
            sidecar = json.dumps(record, indent=2, ensure_ascii=False).encode()
            write_file(data, target, overwrite=overwrite)
            write_file(sidecar, target.with_name(f"{target.name}.json"), overwrite=True)
        return tuple(paths)


def _files(value: Any, blocked: list[Any], fetcher: Fetcher) -> list[RemoteFile]:
    """Find everything with a URL, at any depth."""
    if isinstance(value, list):
        flags = blocked if len(blocked) == len(value) else [False] * len(value)
        return [file for item, flag in zip(value, flags, strict=True) for file in _files(item, [flag], fetcher)]
    if not isinstance(value, dict):
        return []
    url = value.get("url")
    if not isinstance(url, str):
        return [file for item in value.values() for file in _files(item, [False], fetcher)]
    width, height = value.get("width"), value.get("height")
    return [
        RemoteFile(
            url,
            content_type=str(value.get("content_type") or ""),
            file_name=str(value.get("file_name") or ""),
            size=Size(width, height) if isinstance(width, int) and isinstance(height, int) else None,
            blocked=blocked == [True],
            fetcher=fetcher,
        )
    ]


def _check_picture(data: bytes, content_type: str, url: str) -> None:
    """Refuse what is no picture, and what does not open to its end."""
    if content_type not in _ANY_BYTES and not content_type.startswith("image/"):
        raise DownloadError(f"{bare(url)} should be a picture and came as {content_type}")
    try:
        load_image(data)
    except InputError as error:
        raise DownloadError(
            f"{bare(url)} does not open: {error.message}", fix="read it again; if it stays so, again=True"
        ) from error


def _encoded_for(path: Path, file: RemoteFile) -> bytes:
    """Return the bytes as they came, or in the format the suffix names."""
    data = file.read()
    wanted = mimetypes.guess_type(path.name)[0] or ""
    if not file.is_picture or not wanted.startswith("image/"):
        return data
    picture = file.pil()
    if PIL.Image.MIME.get(picture.format or "") == wanted:
        return data
    buffer = BytesIO()
    if wanted == "image/jpeg":
        picture.convert("RGB").save(buffer, "JPEG", quality=95, subsampling=0)
    else:
        picture.save(buffer, wanted.removeprefix("image/"), **({"lossless": True} if wanted == "image/webp" else {}))
    return buffer.getvalue()
