"""What keeps a picture that came from opening here. It was paid for: it is kept as it came, whatever is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from preproc.errors import InputError, PreprocError
from preproc.files import load_image, size_of
from preproc.files.sniff import foreign

from ..errors import DownloadError
from ..wire.hosts import bare

__all__ = ["Fault", "check_answer", "fault_of", "is_of_suffix", "pixels_of", "unopened"]

_PAGES = ("text/", "application/json", "application/problem+json", "application/xml", "application/problem+xml")
_TEXTS = frozenset({"text", "a web page"})
_HEAD = 1024
_STARTS = (
    (0, b"\x89PNG", "PNG", ".png"),
    (0, b"\xff\xd8\xff", "JPEG", ".jpg"),
    (8, b"WEBP", "WebP", ".webp"),
    (0, b"GIF8", "GIF", ".gif"),
    (0, b"II*\0", "TIFF", ".tif"),
    (0, b"MM\0*", "TIFF", ".tif"),
    (0, b"\xff\x0a", "JPEG XL", ".jxl"),
    (4, b"JXL ", "JPEG XL", ".jxl"),
    (4, b"ftypavif", "AVIF", ".avif"),
    (4, b"ftypheic", "HEIC", ".heic"),
    (0, b"\x76\x2f\x31\x01", "OpenEXR", ".exr"),
    (0, b"BM", "BMP", ".bmp"),
    (0, b"PK\x03\x04", "ZIP", ".zip"),
)
_SPELT = {".jpeg": ".jpg", ".tiff": ".tif", ".heif": ".heic"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a picture does not open here.

    Attributes
    ----------
    words
        What it is, such as ``"is a JPEG XL picture"``.
    suffix
        That of its format, such as ``".jxl"``; ``".bin"`` where that is not known.
    is_whole
        Nothing speaks for damage: it is of a format that is not read here, and comes no better another time.
    """

    words: str
    suffix: str
    is_whole: bool


def fault_of(data: bytes, /, *, max_pixels: int) -> Fault | None:
    """Say why a picture does not open to its end; None where it does. What is too large is not opened.

    Examples
    --------
    >>> fault_of(bytes.fromhex("ff0a") + bytes(200), max_pixels=1000)
    Fault(words='is a JPEG XL picture', suffix='.jxl', is_whole=True)
    """
    if pixels_of(data) > max_pixels:
        return None
    try:
        load_image(data, max_pixels=max_pixels)
    except InputError as error:
        name, suffix = _format_of(data)
        words = error.message.removeprefix("the data ")
        begins = "" if not name or name in words else f"; it begins as {name}"
        return Fault(f"{words}{begins}", suffix, foreign(data[:_HEAD]) is not None)
    return None


def check_answer(data: bytes, content_type: str, url: str) -> None:
    """Refuse a page, a message or nothing at all where a picture should be."""
    if content_type.startswith(_PAGES):
        raise DownloadError(f"{bare(url)} should be a picture and came as {content_type}")
    if not data:
        raise DownloadError(f"{bare(url)} should be a picture and is empty (0 bytes)", fix="read it again")
    named = foreign(data[:_HEAD])
    if named and named[0] in _TEXTS and not pixels_of(data):
        raise DownloadError(f"{bare(url)} does not open: it is {named[0]}, not a picture", fix="read it again")


def unopened(url: str, fault: Fault, /) -> str:
    """Say which picture does not open, and why.

    Examples
    --------
    >>> unopened("https://a.b/c.jxl", Fault("is a JPEG XL picture", ".jxl", True))
    'https://a.b/c.jxl does not open here: it is a JPEG XL picture'
    """
    return f"{bare(url)} does not open here: it {fault.words}"


def pixels_of(data: bytes, /) -> int:
    """Return how many pixels a file has by its header; 0 where it has none."""
    try:
        return size_of(data).pixels
    except PreprocError:
        return 0


def is_of_suffix(data: bytes, suffix: str, /) -> bool:
    """Tell whether a file is, by its first bytes, of the format that a suffix names.

    Examples
    --------
    >>> is_of_suffix(b"GIF89a", ".gif"), is_of_suffix(b"GIF89a", ".png"), is_of_suffix(b"?", ".bin")
    (True, False, False)
    """
    name, own = _format_of(data)
    return bool(name) and _SPELT.get(suffix.lower(), suffix.lower()) == own


def _format_of(data: bytes) -> tuple[str, str]:
    return next(
        ((name, suffix) for at, magic, name, suffix in _STARTS if data[at : at + len(magic)] == magic), ("", ".bin")
    )
