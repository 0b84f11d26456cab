"""The files among the arguments: which are URLs already, which are read, encoded and uploaded."""

from __future__ import annotations

import base64
import ipaddress
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import numpy as np
from numpy.typing import NDArray

from preproc.arrays import size_of_array
from preproc.errors import PreprocError
from preproc.geometry import Size

from .. import catalog
from ..catalog.field import Role
from ..errors import Problem
from . import encode
from .encode import Upload
from .reading import FileValue
from .values import half_letter

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?|[A-Za-z0-9+/]{2,3}={1,2}")
_SVG = re.compile("data:image/svg", re.IGNORECASE)

__all__ = ["NEARLY_BLACK", "Input", "Inputs", "read_inputs", "upload"]

NEARLY_BLACK = 32
"""Of 255: a photo without anything brighter is as good as black."""


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """One file of the arguments.

    Attributes
    ----------
    path, role
        Where it stands in the payload, and what it is for.
    url
        Its URL, where it has one already; a data URI is one, and is read here all the same.
    pixels
        The picture, where it is read here.
    source
        What the caller gave.
    is_clear
        Whether what the caller gave is transparent in places, which `pixels` are not.
    """

    path: str
    role: Role
    url: str | None = None
    pixels: NDArray[np.uint8] | None = None
    source: Any = None
    is_clear: bool = False

    @property
    def size(self) -> Size | None:
        """Width and height, where they are known."""
        return None if self.pixels is None else size_of_array(self.pixels)

    @property
    def is_black(self) -> bool:
        """Whether nothing of it is brighter than a black that noise or a lossy format has touched."""
        return self.pixels is not None and int(self.pixels.max()) <= NEARLY_BLACK


@dataclass(slots=True)
class Inputs:
    """The files of the arguments that could be read, and what is wrong with the others."""

    found: dict[str, Input] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def at(self, path: str | None) -> Input | None:
        """Return the file at a path, or the first of the list at it."""
        return None if path is None else self.found.get(path) or self.found.get(f"{path}.0")


def read_inputs(values: Sequence[FileValue], /) -> Inputs:
    """Read the files; each that cannot be read is a problem, not an exception."""
    inputs = Inputs()
    for value in values:
        role = value.fact.role or "image"
        try:
            inputs.found[value.path] = _read(value.path, role, value.value)
        except (PreprocError, OSError) as error:
            fix = f"; {error.fix}" if isinstance(error, PreprocError) and error.fix else ""
            message = error.message if isinstance(error, PreprocError) else str(error)
            inputs.problems.append(Problem(value.path, _named(value.value), f"{message}{fix}", "file"))
        except _BadReferenceError as error:
            inputs.problems.append(Problem(value.path, _named(value.value), str(error), "file"))
    return inputs


def upload(read: Input, /) -> Upload:
    """Encode a file that has no URL."""
    if read.pixels is None:
        return encode.upload_file(read.path, read.source)
    return encode.upload_picture(read.path, read.role, read.pixels)


class _BadReferenceError(Exception):
    """A string that is neither a URL that fal can fetch nor a file here."""


def _read(path: str, role: Role, value: Any) -> Input:
    if isinstance(value, str):
        if value.partition(":")[0].lower() in {"http", "https", "data"}:
            _check_url(value, role)
            if role == "file" or not value.lower().startswith("data:") or _SVG.match(value):
                return Input(path, role, url=value)
            pixels, is_clear = encode.read_picture(_bytes_of(value), role)
            return Input(path, role, url=value, pixels=pixels, source=value, is_clear=is_clear)
        if not os.path.isfile(value):  # noqa: PTH113 - Path.is_file raises for long strings
            raise _BadReferenceError(f"{_named(value)!r} is neither a file here nor an http(s) URL or data URI")
    elif isinstance(url := getattr(value, "url", None), str):  # a file of an earlier result
        if url.startswith("https:") or not callable(read := getattr(value, "read", None)):
            return Input(path, role, url=url)
        value = read()  # a rehearsal's files have no address on the network
    if role == "file":
        if not isinstance(value, (str, os.PathLike, bytes)):
            raise _BadReferenceError(f"a {type(value).__name__} is not a file, its bytes or a URL")
        if isinstance(value, os.PathLike) and not Path(value).is_file():
            raise _BadReferenceError(f"{str(value)!r} is no file here")
        return Input(path, role, source=value)
    pixels, is_clear = encode.read_picture(value, role)
    return Input(path, role, pixels=pixels, source=value, is_clear=is_clear)


def _check_url(url: str, role: Role) -> None:
    if url.lower().startswith("data:"):
        if role != "file" and not url.lower().startswith("data:image/"):
            raise _BadReferenceError(f"{_named(url)!r} is a data URI, but of no picture")
        head, _, body = url.partition(",")
        if not body:
            raise _BadReferenceError(f"{_named(url)!r} is a data URI without data")
        if head.lower().endswith(";base64") and not _BASE64.fullmatch(body):
            raise _BadReferenceError("a data URI whose base64 is not whole")
        if len(url) > catalog.max_input_bytes() * 4 // 3:
            raise _BadReferenceError(
                f"a data URI of {len(url):,} characters is over fal's {catalog.max_input_bytes():,} bytes"
            )
        return
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host or half_letter(url):
        raise _BadReferenceError(f"{_named(url)!r} names no host")
    try:
        public = ipaddress.ip_address(host).is_global
    except ValueError:
        public = host != "localhost" and not host.endswith(".localhost")
    if not public:
        raise _BadReferenceError(
            f"fal cannot reach {host}: it fetches from public addresses only; pass the file itself"
        )


def _bytes_of(url: str) -> bytes:
    """Return what a data URI holds."""
    head, _, body = url.partition(",")
    return base64.b64decode(body) if head.lower().endswith(";base64") else unquote_to_bytes(body)


def _named(value: Any) -> str:
    """Name a value without its contents."""
    if isinstance(value, str):
        return value if len(value) <= 80 else f"{value[:77]}..."
    return f"a {type(value).__name__}"
