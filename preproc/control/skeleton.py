"""What a pose is made of: the joints of OpenPose's 18-point body, its hands and face, and other layouts brought to it.

Joints, limbs and colours are those of the pictures the pose ControlNets were trained on; `draw_pose` names the papers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, NamedTuple, TypeAlias

from ..errors import InputError

__all__ = ["JOINTS", "Joint", "Joints", "Person", "as_person"]

JOINTS = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
    "right_eye", "left_eye", "right_ear", "left_ear",
)  # fmt: skip
"""The body's 18 joints in order; left and right are the person's own."""

# Each limb by its two joints, in drawing order; the two from shoulder to ear, known to OpenPose, are never drawn.
LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10),
    (1, 11), (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
JOINT_COLOURS = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0),
    (0, 255, 0), (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255),
    (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
LIMB_COLOURS = tuple((r * 3 // 5, g * 3 // 5, b * 3 // 5) for r, g, b in JOINT_COLOURS[: len(LIMBS)])

# A hand: the wrist, then four joints of each finger from the thumb on.
HAND_LIMBS = tuple(
    (0 if joint == 0 else 4 * finger + joint, 4 * finger + joint + 1) for finger in range(5) for joint in range(4)
)
HAND_LIMB_COLOURS = (
    (255, 0, 0), (255, 77, 0), (255, 153, 0), (255, 229, 0), (204, 255, 0), (128, 255, 0), (51, 255, 0),
    (0, 255, 25), (0, 255, 102), (0, 255, 179), (0, 255, 255), (0, 178, 255), (0, 102, 255), (0, 25, 255),
    (51, 0, 255), (128, 0, 255), (204, 0, 255), (255, 0, 230), (255, 0, 153), (255, 0, 77),
)  # fmt: skip
HAND_JOINT_COLOUR = (0, 0, 255)
FACE_COLOUR = (255, 255, 255)

# Where the 18 joints stand in other layouts; a pair means the middle of the two.
Sources: TypeAlias = tuple[int | tuple[int, int], ...]
COCO17: Sources = (0, (5, 6), 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
BODY25: Sources = (0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)
BLAZEPOSE33: Sources = (0, (11, 12), 12, 14, 16, 11, 13, 15, 24, 26, 28, 23, 25, 27, 5, 2, 8, 7)
BODY25_MID_HIP = 8
FEET = {25: slice(19, 25), 133: slice(17, 23)}
LAYOUTS = {17: COCO17, 18: tuple(range(18)), 25: BODY25, 33: BLAZEPOSE33, 133: COCO17}
WHOLE_BODY_FACE, WHOLE_BODY_LEFT, WHOLE_BODY_RIGHT = slice(23, 91), slice(91, 112), slice(112, 133)
PART_SIZES = {"body": (18,), "face": (68, 70), "left_hand": (21,), "right_hand": (21,), "feet": (6,)}


class Joint(NamedTuple):
    """Where a joint is, in pixels (or 0 to 1 where `normalized` says so), and how sure its finder was."""

    x: float
    y: float
    confidence: float = 1.0


Joints: TypeAlias = tuple[Joint | None, ...]
"""Joints in their layout's order; None is a joint that was not found."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person's joints.

    Parameters
    ----------
    body
        18 joints in the order of `JOINTS`.
    face
        68 or 70 points of the face, or None.
    left_hand, right_hand
        21 points of each hand, the wrist first, or None.
    feet
        Big toe, small toe and heel of the left foot, then of the right, or None. They and `mid_hip` are kept for
        files, and never drawn.
    mid_hip
        The middle of the hips as BODY_25 has it, or None.

    Raises
    ------
    InputError
        For another number of joints, or a joint that is not two or three finite numbers.

    See Also
    --------
    as_person : brings plain numbers and other layouts into this form.
    """

    body: Joints
    face: Joints | None = None
    left_hand: Joints | None = None
    right_hand: Joints | None = None
    feet: Joints | None = None
    mid_hip: Joint | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "mid_hip", _joint(self.mid_hip, "person", BODY25_MID_HIP))
        for part, sizes in PART_SIZES.items():
            given = getattr(self, part)
            if given is None and part != "body":
                continue
            joints = _joints(given, part)
            if len(joints) not in sizes:
                raise InputError(
                    f"a person's {part} has {' or '.join(map(str, sizes))} joints, got {len(joints)}",
                    fix="put None where a joint is missing; as_person converts other body layouts",
                )
            object.__setattr__(self, part, joints)


def as_person(body: Any, /, *, face: Any = None, left_hand: Any = None, right_hand: Any = None) -> Person:
    """Bring joints of a known layout into the 18-point form that ControlNets know.

    Parameters
    ----------
    body
        A `Person` (returned as it is), or a sequence of joints, each ``(x, y)``, ``(x, y, confidence)`` or None;
        an array where NaN marks missing joints works too. The number of joints names the layout: 18 OpenPose,
        17 COCO, 25 OpenPose BODY_25 (its middle hip and feet come along), 33 BlazePose (give its visibility as
        the confidence), 133 COCO whole body (its face, hands and feet come along).
    face, left_hand, right_hand
        68 or 70, 21 and 21 joints in the same form, or None. They win over a whole body's own.

    Returns
    -------
    Person
        Where a layout has no neck, it is the middle of the shoulders, as sure as the less sure of the two.

    Raises
    ------
    InputError
        For an unknown number of joints, or a joint that is not two or three finite numbers.

    Notes
    -----
    18 and 25 joints are the layouts of OpenPose [1]_, 17 is that of COCO [2]_, 133 that of COCO-WholeBody [3]_ and 33
    that of BlazePose [4]_.

    References
    ----------
    .. [1] Z. Cao, G. Hidalgo, T. Simon, S.-E. Wei and Y. Sheikh, "OpenPose: realtime multi-person 2D pose estimation
       using part affinity fields", IEEE Transactions on Pattern Analysis and Machine Intelligence 43(1), 2021.
    .. [2] T.-Y. Lin, M. Maire, S. Belongie, J. Hays, P. Perona, D. Ramanan, P. Dollár and C. L. Zitnick, "Microsoft
       COCO: common objects in context", European Conference on Computer Vision (ECCV), 2014.
    .. [3] S. Jin, L. Xu, J. Xu, C. Wang, W. Liu, C. Qian, W. Ouyang and P. Luo, "Whole-body human pose estimation in
       the wild", European Conference on Computer Vision (ECCV), 2020.
    .. [4] V. Bazarevsky, I. Grishchenko, K. Raveendran, T. Zhu, F. Zhang and M. Grundmann, "BlazePose: on-device
       real-time body pose tracking", CVPR Workshop on Computer Vision for Augmented and Virtual Reality, 2020.

    Examples
    --------
    >>> coco = [(float(i), 10.0, 0.9) for i in range(17)]
    >>> as_person(coco).body[1]
    Joint(x=5.5, y=10.0, confidence=0.9)
    """
    if isinstance(body, Person):
        return body
    joints = _joints(body, "body")
    if len(joints) not in LAYOUTS:
        raise InputError(
            f"{len(joints)} joints are no layout known here; 17 (COCO), 18 (OpenPose), 25 (BODY_25), 33 (BlazePose) "
            "and 133 (COCO whole body) are",
            fix="give each person all joints of its layout, with None for the missing ones",
        )
    taken = tuple(_pick(joints, source) for source in LAYOUTS[len(joints)])
    parts = {"face": face, "left_hand": left_hand, "right_hand": right_hand}
    found = {name: None if part is None else _joints(part, name) for name, part in parts.items()}
    if len(joints) == 133:
        own: dict[str, Joints] = {
            "face": (*joints[WHOLE_BODY_FACE], taken[14], taken[15]),  # OpenPose's points 69 and 70 are the eyes
            "left_hand": joints[WHOLE_BODY_LEFT],
            "right_hand": joints[WHOLE_BODY_RIGHT],
        }
        found = {name: own[name] if part is None else part for name, part in found.items()}
    return Person(
        taken,
        face=found["face"],
        left_hand=found["left_hand"],
        right_hand=found["right_hand"],
        feet=_any(joints[FEET[len(joints)]]) if len(joints) in FEET else None,
        mid_hip=joints[BODY25_MID_HIP] if len(joints) == 25 else None,
    )


def as_people(people: Any) -> list[Person]:
    """Bring several people into that form."""
    scalar = getattr(people, "shape", None) == ()  # arrays claim to be iterable, those of one number too
    if isinstance(people, (str, bytes, dict)) or scalar or not hasattr(people, "__iter__"):
        raise InputError(
            f"people is a list of persons, got {type(people).__name__}", fix="for one person pass [person]"
        )
    return [as_person(person) for person in people]


def moved(person: Person, move: Callable[[Joint], Joint]) -> Person:
    """Move every joint that a person has."""

    def each(joints: Joints | None) -> Joints | None:
        return None if joints is None else tuple(None if joint is None else move(joint) for joint in joints)

    return Person(
        each(person.body) or (),
        each(person.face),
        each(person.left_hand),
        each(person.right_hand),
        each(person.feet),
        None if person.mid_hip is None else move(person.mid_hip),
    )


def _any(joints: Joints) -> Joints | None:
    """Return a part where any of it was found."""
    return joints if any(joint is not None for joint in joints) else None


def _pick(joints: Joints, source: int | tuple[int, int]) -> Joint | None:
    if isinstance(source, int):
        return joints[source]
    one, two = joints[source[0]], joints[source[1]]
    if one is None or two is None:
        return None
    return Joint((one.x + two.x) / 2, (one.y + two.y) / 2, min(one.confidence, two.confidence))


def _joints(values: Any, part: str) -> Joints:
    if isinstance(values, (str, bytes)) or not hasattr(values, "__len__") or not hasattr(values, "__getitem__"):
        raise InputError(
            f"a person's {part} is a sequence of joints, got {type(values).__name__}",
            fix="people is a list of persons, each a list of (x, y): for one person pass [person]",
        )
    return tuple(_joint(value, part, number) for number, value in enumerate(values))


def _joint(value: Any, part: str, number: int) -> Joint | None:
    if value is None:
        return None
    if isinstance(value, Real):
        raise InputError(
            f"joint {number} of a {part} is the number {value!r}, not a point",
            fix="people is a list of persons, each a list of (x, y): for one person pass [person]; "
            "flat x, y, c lists are what read_pose reads",
        )
    try:
        numbers = tuple(float(part) for part in value)
    except (TypeError, ValueError):
        numbers = ()
    if len(numbers) not in {2, 3}:
        raise InputError(f"joint {number} of a {part} must be (x, y), (x, y, confidence) or None, got {value!r}")
    if any(map(math.isnan, numbers)):
        return None
    if not all(map(math.isfinite, numbers)):
        raise InputError(f"joint {number} of a {part} is infinite: {value!r}", fix="None or NaN marks a missing joint")
    return Joint(*numbers)


def visible(joint: Joint | None, min_confidence: float) -> Joint | None:
    """Return the joint where it is sure enough to be drawn, else None."""
    return joint if joint is not None and joint.confidence >= min_confidence else None


def refuse_wrong_unit(
    people: Sequence[Person],
    *,
    normalized: bool,
    fix: str = "these look like shares of the picture: pass normalized=True",
) -> None:
    """Raise where the joints contradict the unit that was declared; where they do not, say nothing."""
    for person in people:
        joints = [joint for joint in person.body if joint is not None and joint.confidence > 0]
        if len(joints) < 2:
            continue
        reach = max(max(abs(joint.x), abs(joint.y)) for joint in joints)
        if normalized and reach > 4:
            raise InputError(
                f"normalized=True says 0 to 1 across the picture, but a joint is at {reach:g}",
                fix="these look like pixels: pass normalized=False",
            )
        if not normalized and reach <= 2:  # a joint or two of a body in shares may lie beyond the frame
            raise InputError(
                f"normalized=False says pixels, but all {len(joints)} joints lie within 0 to {reach:g}",
                fix=fix,
            )
