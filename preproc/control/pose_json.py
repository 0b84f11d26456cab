"""Read and write poses as OpenPose JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from ..errors import FileFormatError, InputError
from ..files import write_file
from ..files.load import canvas_of
from ..geometry import Size
from .skeleton import BODY25_MID_HIP, Joint, Joints, Person, as_people, as_person, moved, refuse_wrong_unit

__all__ = ["Poses", "read_pose", "write_pose"]

PoseSource: TypeAlias = "str | os.PathLike[str] | bytes | Mapping[str, Any] | Sequence[Any]"
"""A JSON file, its text or bytes, or what `json.load` made of it."""

FIELDS = {
    "body": "pose_keypoints_2d",
    "face": "face_keypoints_2d",
    "left_hand": "hand_left_keypoints_2d",
    "right_hand": "hand_right_keypoints_2d",
}
_FARTHEST = 1_000_000
OLD_FIELDS = {part: field.removesuffix("_2d") for part, field in FIELDS.items()}  # OpenPose before 1.3


class Poses(NamedTuple):
    """People and the size of the picture they stand in; ``draw_pose(*poses)`` draws them.

    `size` is None where the file does not say it, as in OpenPose's own.
    """

    people: tuple[Person, ...]
    size: Size | None


def read_pose(source: PoseSource, /, *, normalized: bool = False, size: tuple[int, int] | None = None) -> Poses:
    """Read the people in an OpenPose JSON file.

    Every joint that the file names is kept with its confidence; `draw_pose` decides what is sure enough to draw.
    A joint is missing only where x, y and confidence are all 0, which is how OpenPose writes it.

    Parameters
    ----------
    source
        A path, the text or the bytes of a file, or the object parsed from it; a string that begins with ``{`` or ``[``
        is text. OpenPose 1.0 to 1.7 (bodies of 25 or 18 joints, hands, face), the files of the ControlNet extensions with ``canvas_width`` and ``canvas_height``, and bodies of 17,
        33 or 133 joints in the layouts of `as_person`.
    normalized
        The file's unit: True for 0 to 1 across the picture, False for pixels. It is never guessed; a file that
        contradicts it is refused.
    size
        Width and height of the picture, where the file does not say or the people are wanted for another size:
        people in pixels of the file's canvas are scaled to it.

    Returns
    -------
    Poses
        The people, in pixels, and the size.

    Raises
    ------
    FileFormatError
        If it is not OpenPose JSON; the message says where.
    InputError
        If the unit is contradicted, or a normalised file comes without any size.

    Notes
    -----
    The format is the JSON that OpenPose [1]_ writes.

    References
    ----------
    .. [1] Z. Cao, G. Hidalgo, T. Simon, S.-E. Wei and Y. Sheikh, "OpenPose: realtime multi-person 2D pose estimation
       using part affinity fields", IEEE Transactions on Pattern Analysis and Machine Intelligence 43(1), 2021.

    Examples
    --------
    >>> flat = [32.0, 8.0, 0.9] + [0.0] * 51
    >>> poses = read_pose({"people": [{"pose_keypoints_2d": flat}], "canvas_width": 64, "canvas_height": 48})
    >>> poses.people[0].body[0], poses.size
    (Joint(x=32.0, y=8.0, confidence=0.9), Size(width=64, height=48))
    """
    poses = as_written(source, normalized=normalized)
    wanted = canvas_of(size) if size is not None else poses.size
    if normalized:
        if wanted is None:
            raise InputError(
                "a pose in shares of the picture, and the file names no size", fix="pass size=(width, height)"
            )
        return in_pixels(poses.people, wanted)
    if poses.size is None or wanted is None or wanted == poses.size:
        return Poses(poses.people, wanted)
    x, y = wanted.width / poses.size.width, wanted.height / poses.size.height
    return Poses(tuple(_scaled(person, x, y) for person in poses.people), wanted)


def as_written(source: PoseSource, *, normalized: bool) -> Poses:
    """Read people in the unit that the file has, and the size it names."""
    if isinstance(source, str) and source.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        source = source.encode()
    path = os.fspath(source) if isinstance(source, (str, os.PathLike)) else None
    document = _document(source, path)
    people = tuple(_person(entry, number, path) for number, entry in enumerate(document["people"]))
    refuse_wrong_unit(people, normalized=normalized)
    return Poses(people, _canvas(document, path))


def in_pixels(people: Sequence[Person], size: Size) -> Poses:
    """Turn shares of a picture into its pixels."""
    return Poses(tuple(_scaled(person, size.width, size.height) for person in people), size)


def write_pose(
    people: Sequence[Any],
    path: str | os.PathLike[str] | None = None,
    /,
    *,
    size: tuple[int, int],
    normalized: bool = False,
    body_joints: Literal[18, 25] | None = None,
    overwrite: bool = False,
) -> str:
    """Write people as OpenPose JSON with the size of their canvas.

    Parameters
    ----------
    people
        Persons as in `draw_pose`, in pixels.
    path
        The file to write; None only returns the text.
    size
        Width and height of the picture.
    normalized
        Write 0 to 1 across the picture instead of pixels, as some readers expect.
    body_joints
        25: bodies as BODY_25, with the feet and the middle of the hips. 18: without them, which is all that readers
        made for ControlNet understand. None: 25 where anybody has such joints, else 18, so that nothing is lost.
    overwrite
        Replace a file that exists.

    Returns
    -------
    str
        The JSON. In pixels, `read_pose` gives back the same numbers to the last bit.

    Raises
    ------
    InputError
        If people are in no known layout or not in pixels, or the file exists.

    Notes
    -----
    The format is the JSON that OpenPose [1]_ writes. ``canvas_width`` and ``canvas_height`` are added as the ControlNet
    extensions do.

    References
    ----------
    .. [1] Z. Cao, G. Hidalgo, T. Simon, S.-E. Wei and Y. Sheikh, "OpenPose: realtime multi-person 2D pose estimation
       using part affinity fields", IEEE Transactions on Pattern Analysis and Machine Intelligence 43(1), 2021.

    Examples
    --------
    >>> text = write_pose([[(32, 8)] + [None] * 17], size=(64, 48))
    >>> read_pose(text.encode()).people[0].body[:2]
    (Joint(x=32.0, y=8.0, confidence=1.0), None)
    """
    persons = as_people(people)
    refuse_wrong_unit(persons, normalized=False, fix="these look like shares of the picture: scale them to its pixels")
    if body_joints not in {None, 18, 25}:
        raise InputError(f"body_joints is 18, 25 or None, got {body_joints!r}")
    canvas = canvas_of(size)
    if normalized:
        persons = [_scaled(person, 1 / canvas.width, 1 / canvas.height) for person in persons]
    whole = body_joints == 25 or (body_joints is None and any(person.feet or person.mid_hip for person in persons))
    bodies = [_body_25(person) if whole else person.body for person in persons]
    document = {
        "version": 1.3,
        "people": [
            {field: _flat(body if part == "body" else getattr(person, part)) for part, field in FIELDS.items()}
            for person, body in zip(persons, bodies, strict=True)
        ],
        "canvas_width": canvas.width,
        "canvas_height": canvas.height,
    }
    text = json.dumps(document, allow_nan=False)
    if path is not None:
        write_file(text.encode(), path, overwrite=overwrite)
    return text


def _document(source: Any, path: str | None) -> dict[str, Any]:
    if isinstance(source, (str, os.PathLike, bytes)):
        try:
            source = json.loads(source if isinstance(source, bytes) else Path(source).read_bytes())
        except OSError as error:
            raise FileFormatError(f"cannot read {path:.200}: {error.strerror}", path=path) from error
        except (ValueError, RecursionError) as error:
            raise FileFormatError(f"not JSON: {error}", path=path, fix="pass OpenPose's keypoints file") from error
    if isinstance(source, Sequence) and len(source) == 1:
        source = source[0]
    if isinstance(source, Sequence) and not source:
        raise FileFormatError("an empty list: no frame and nobody in it", path=path, fix='no people: {"people": []}')
    if isinstance(source, Sequence):
        raise FileFormatError(
            f"a list of {len(source)} frames", path=path, fix="pass one of them: read_pose(frames[0])"
        )
    if not isinstance(source, Mapping) or not isinstance(source.get("people"), Sequence):
        raise FileFormatError(
            "no list of people in it",
            path=path,
            fix='OpenPose JSON is {"people": [{"pose_keypoints_2d": [x, y, c, …]}]}',
        )
    return dict(source)


def _canvas(document: Mapping[str, Any], path: str | None) -> Size | None:
    width, height = document.get("canvas_width"), document.get("canvas_height")
    if width is None or height is None:
        return None
    if not (_is_whole(width) and _is_whole(height)):
        raise FileFormatError(
            f"canvas_width and canvas_height are {width!r} and {height!r}, not whole numbers above 0", path=path
        )
    return Size(int(width), int(height))


def _is_whole(value: Any) -> bool:
    """Tell a whole number above 0; some writers know floats only."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0 and float(value).is_integer()


def _person(entry: Any, number: int, path: str | None) -> Person:
    if not isinstance(entry, Mapping):
        raise FileFormatError(f"people[{number}] is {type(entry).__name__}, not an object", path=path)
    known = set(FIELDS.values()) | set(OLD_FIELDS.values())
    if not known & set(entry):
        raise FileFormatError(
            f"people[{number}] has no keypoints, only {', '.join(map(str, entry))[:200] or 'nothing'}",
            path=path,
            fix='a person is {"pose_keypoints_2d": [x, y, c, …]}, and the same for hands and face',
        )
    named = {part: field if field in entry else OLD_FIELDS[part] for part, field in FIELDS.items()}
    parts = {part: _joints(entry.get(field), f"people[{number}].{field}", path) for part, field in named.items()}
    body = parts.pop("body") or (None,) * 18
    try:
        return as_person(body, **parts)
    except InputError as error:
        raise FileFormatError(f"people[{number}]: {error.message}", path=path, fix=error.fix) from error


def _joints(flat: Any, where: str, path: str | None) -> list[tuple[float, float, float] | None] | None:
    """Group flat x, y, c values; none at all means the part was not looked for."""
    if not flat:
        return None
    if not isinstance(flat, Sequence) or not all(type(value) in {int, float} for value in flat):
        raise FileFormatError(f"{where} is not a list of numbers", path=path)
    if any(abs(value) > _FARTHEST for value in flat):
        raise FileFormatError(f"{where} holds numbers beyond {_FARTHEST:,}, which are no pixels", path=path)
    if len(flat) % 3:
        raise FileFormatError(f"{where} has {len(flat)} numbers, not a multiple of 3 (x, y, confidence)", path=path)
    triples = zip(flat[0::3], flat[1::3], flat[2::3], strict=True)
    return [None if not any(triple) else triple for triple in triples]


def _scaled(person: Person, x: float, y: float) -> Person:
    def move(joint: Joint) -> Joint:
        return joint._replace(x=joint.x * x, y=joint.y * y)

    return moved(person, move)


def _body_25(person: Person) -> Joints:
    upper, lower = person.body[:BODY25_MID_HIP], person.body[BODY25_MID_HIP:]
    return (*upper, person.mid_hip, *lower, *(person.feet or (None,) * 6))


def _flat(joints: Joints | None) -> list[float]:
    return [number for joint in joints or () for number in (joint or (0.0, 0.0, 0.0))]
