"""Name what a file is when it is no picture that can be read here."""

from __future__ import annotations

__all__ = ["foreign", "is_camera_raw", "is_heic"]

_EXPORT = "export it as PNG or JPEG and load that"
_FRAME = "take one frame out of it: ffmpeg -i FILE -frames:v 1 frame.png"
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_RAW_SUFFIXES = frozenset(
    {".3fr", ".arw", ".cr2", ".cr3", ".dng", ".erf", ".iiq", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".srw"}
)
_STARTS = (
    (b"%PDF", "a PDF document", "export the page as PNG and load that"),
    (b"%!PS", "a PostScript document", "export the page as PNG and load that"),
    (b"\xff\x0a", "a JPEG XL picture", _EXPORT),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture", _EXPORT),
    (b"\x76\x2f\x31\x01", "an OpenEXR picture", _EXPORT),
    (b"#?RADIANCE", "a Radiance HDR picture", _EXPORT),
    (b"8BPS", "a Photoshop document", _EXPORT),
    (b"\x1a\x45\xdf\xa3", "a Matroska or WebM video", _FRAME),
    (b"\x00\x00\x01\xba", "an MPEG video", _FRAME),
    (b"\x00\x00\x01\xb3", "an MPEG video", _FRAME),
    (b"FLV\x01", "a Flash video", _FRAME),
    (b"\x30\x26\xb2\x75", "a Windows Media video", _FRAME),
    (b"\x93NUMPY", "a NumPy array", "np.load it and pass the array"),
    (b"PK\x03\x04", "a ZIP archive or office document", "unpack it and load the picture inside"),
    (b"\x1f\x8b", "a gzip archive", "unpack it and load the picture inside"),
)


def is_camera_raw(head: bytes, suffix: str) -> bool:
    """Tell whether this is a camera's raw file. Most are TIFF, of which readers see a small preview only."""
    return suffix.lower() in _RAW_SUFFIXES or head[4:12] == b"ftypcrx " or head[:10] == b"II*\0\x10\0\0\0CR"


def is_heic(head: bytes) -> bool:
    """Tell whether this is HEIC, as iPhones write it."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS


def foreign(head: bytes) -> tuple[str, str] | None:
    """Say what begins with these bytes, and what to do with it; None if nothing is known."""
    for start, what, fix in _STARTS:
        if head.startswith(start):
            return what, fix
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "an AVI video", _FRAME
    if head[4:8] == b"ftyp":
        if is_heic(head):
            return "a HEIC picture", f"pip install pillow-heif; or {_EXPORT}"
        if head[8:12] in {b"avif", b"avis"}:
            return "an AVIF picture that this Pillow cannot read", f"pip install -U pillow; or {_EXPORT}"
        return "an MP4 or QuickTime video", _FRAME
    return _text(head)


def _text(head: bytes) -> tuple[str, str] | None:
    try:
        words = head.decode("utf-8").lower()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return None
        words = head[: error.start].decode("utf-8").lower()
    if "<svg" in words:
        return "an SVG drawing", "render it at the size you need: rsvg-convert -w 2048 FILE -o picture.png"
    if "<html" in words or "<!doctype html" in words:
        return "a web page", "the download went wrong: fetch the picture itself"
    if all(letter.isprintable() or letter.isspace() for letter in words):
        return "text", "pass the path of a picture"
    return None
