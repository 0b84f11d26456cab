"""Write an edit beside its pictures, and read it back in another process."""

from __future__ import annotations

import hashlib
import sys
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import PIL.Image

from ..arrays import size_of_array
from ..errors import FileFormatError, InputError, PlacementError
from ..files import ImageSource, Photo, encode_png, write_file
from ..files.decode import stored
from ..geometry import Box, SizeRule
from .facts import EditFacts, hash_of_rgb
from .source import open_original

__all__ = ["check_original", "load", "save"]

_VERSION = 1
_PICTURES = {"mask": "mask", "blend": "blend", "sent_image": "sent", "sent_mask": "sent-mask"}


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The JSON file, field by field."""

    version: int
    kind: Literal["crop", "outpaint"]
    original_path: str | None
    original_sha256: str
    origin: tuple[int, int]
    canvas: tuple[int, int]
    crop: tuple[int, int, int, int]
    rule: SizeRule
    pictures_sha256: dict[str, str]
    record_sha256: str

    def digest(self) -> str:
        """Hash all other fields but the photo's path: photos may move."""
        bare = msgspec.structs.replace(self, record_sha256="", original_path=None)
        return hashlib.sha256(msgspec.json.encode(bare)).hexdigest()


# made at import, by one thread: msgspec may crash where several have it learn a type at once
_read = msgspec.json.Decoder(_Record).decode


def save(edit: EditFacts, path: Path, *, overwrite: bool) -> Path:
    """Write pictures first and the record last, so that a record never lacks its pictures."""
    stem = _stem(path)
    pictures = {name: encode_png(getattr(edit, name)) for name in _PICTURES}
    targets = {name: path.with_name(f"{stem}.{suffix}.png") for name, suffix in _PICTURES.items()}
    existing = [target.name for target in (path, *targets.values()) if target.exists()]
    if existing and not overwrite:
        raise InputError(f"{', '.join(existing)} exists already", fix="choose another name, or pass overwrite=True")
    record = _Record(
        version=_VERSION,
        kind=edit.kind,
        original_path=_path_from(path, edit.original_path),
        original_sha256=edit.original_sha256,
        origin=edit.origin,
        canvas=edit.canvas,
        crop=edit.crop,
        rule=edit.rule,
        pictures_sha256={name: hashlib.sha256(data).hexdigest() for name, data in pictures.items()},
        record_sha256="",
    )
    try:
        record = msgspec.structs.replace(record, record_sha256=record.digest())
        text = msgspec.json.format(msgspec.json.encode(record), indent=2)
    except UnicodeEncodeError as error:
        raise InputError(f"the name of the photo, {edit.original_path!a}, is no UTF-8", fix="rename it") from error
    for name, data in pictures.items():
        write_file(data, targets[name], overwrite=True)
    return write_file(text, path, overwrite=True)


def load(path: Path, original: PIL.Image.Image | ImageSource | None) -> dict[str, Any]:
    """Read the record and its pictures; the photo's hash is left to `check_original`."""
    try:
        record = _read(path.read_bytes())
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror}", path=str(path)) from error
    except msgspec.MsgspecError as error:
        raise FileFormatError(f"{path} is not an edit record: {error}", path=str(path)) from error
    if record.version != _VERSION:
        raise FileFormatError(
            f"{path} has version {record.version}, this toolkit reads {_VERSION}",
            path=str(path),
            fix="finish it with the version that wrote it, or make the edit again",
        )
    if record.record_sha256 != record.digest():
        raise PlacementError(
            f"{path} was changed since it was written (its SHA-256 differs)", fix="make the edit again"
        )
    source = original if original is not None else _photo_of(path, record)
    pictures = {name: _picture(path, name, record) for name in _PICTURES}
    pixels, photo, path_of_original = open_original(source)
    return {
        "original_sha256": record.original_sha256,
        "edit": {
            "kind": record.kind,
            "original": pixels,
            "photo": photo,
            "origin": record.origin,
            "crop": Box(*record.crop),
            "rule": record.rule,
            "original_path": path_of_original,
            **pictures,
        },
    }


def _path_from(path: Path, photo: str | None) -> str | None:
    """Name the photo as seen from the record where it lies beside or below it: the folder may move as a whole."""
    if photo is None:
        return None
    there = Path(photo).absolute()
    folder = path.absolute().parent
    return there.relative_to(folder).as_posix() if there.is_relative_to(folder) else str(there)


def _photo_of(path: Path, record: _Record) -> Path:
    fix = 'pass it: Edit.load(path, original="photo.png")'
    if record.original_path is None:
        raise InputError(f"{path} does not name its photo", fix=fix)
    photo = path.parent / record.original_path
    if not photo.exists():
        raise FileFormatError(f"{path} was made from {photo}, which is not there", path=str(photo), fix=fix)
    return photo


def check_original(edit: EditFacts, sha256: str, path: Path) -> None:
    """Refuse a photo that is not the one the edit was made from; the same pixels may come in another form."""
    plain = Photo(np.ascontiguousarray(edit.original))
    if sha256 not in {edit.original_sha256, hash_of_rgb(edit.original), plain.sha256}:
        raise PlacementError(
            f"this photo ({size_of_array(edit.original)}, sha256 {edit.original_sha256[:12]}) is not the one that "
            f"{path.name} was made from (sha256 {sha256[:12]})",
            fix="pass the unchanged photo as original=",
        )


def _picture(path: Path, name: str, record: _Record) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    file = path.with_name(f"{_stem(path)}.{_PICTURES[name]}.png")
    if not file.exists():
        raise FileFormatError(f"{file} is missing beside {path.name}", path=str(file))
    data = file.read_bytes()
    if hashlib.sha256(data).hexdigest() != record.pictures_sha256.get(name):
        raise PlacementError(
            f"{file} was changed since {path.name} was written (its SHA-256 differs)", fix="make the edit again"
        )
    return stored(BytesIO(data), path=str(file), max_pixels=sys.maxsize)


def _stem(path: Path) -> str:
    return path.name.removesuffix(".json").removesuffix(".edit")
