"""Draw poses exactly as the pose ControlNets saw them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np

from ..arrays import Image
from ..errors import InputError
from ..geometry import Size
from .options import checks_options
from .skeleton import (
    FACE_COLOUR,
    HAND_JOINT_COLOUR,
    HAND_LIMB_COLOURS,
    HAND_LIMBS,
    JOINT_COLOURS,
    LIMB_COLOURS,
    LIMBS,
    Joint,
    Joints,
    as_people,
    refuse_wrong_unit,
    visible,
)

__all__ = ["PoseThickness", "draw_pose"]

PoseThickness: TypeAlias = Literal["openpose", "xinsir", "scaled"] | float
"""How thick limbs and joints are drawn; see `draw_pose`."""

# OpenPose's figures in pixels: half the width of a limb, radii, width of a finger.
LIMB, JOINT, FINGER, HAND_JOINT, FACE_POINT = 4, 4, 2, 4, 3
TRAINED_AT = 512


@checks_options
def draw_pose(
    people: Sequence[Any],
    size: tuple[int, int],
    *,
    normalized: bool = False,
    thickness: PoseThickness = "openpose",
    min_confidence: float = 0.3,
) -> Image:
    """Draw people as an OpenPose picture, the control map of pose ControlNets.

    Person by person: filled ellipses along 17 limbs at 0.6 of the joint's colour, then a disc on each joint, then
    hands (fingers in rainbow colours, blue joints) and the face (white points). Nothing is anti-aliased and
    coordinates are cut to whole pixels, because the models were trained on such pictures.

    Parameters
    ----------
    people
        For each person a `Person`, or 18 joints (17, 25, 33 or 133 in the layouts of `as_person`), each ``(x, y)``,
        ``(x, y, confidence)`` or None.
    size
        Width and height of the picture to draw.
    normalized
        True: coordinates run from 0 to 1 across the picture. False: they are pixels. It is never guessed; joints
        that contradict it are refused.
    thickness
        ``"openpose"``: limbs 8 px wide and joints of radius 4 px on every canvas, as trained at 512 px.
        ``"scaled"``: those figures times the short side over 512 where that is larger, for body, hands and face.
        ``"xinsir"``: the thicker bodies that xinsir's SDXL models were trained on: twice that from a longest side
        of 500 px, three times from 1000, up to seven; hands and face stay as they are. A number multiplies
        everything.
    min_confidence
        Joints less sure than this are left out, and the limbs that end at them. The annotators of ControlNet draw
        from 0.3 on, OpenPose itself from 0.05.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        RGB on black. Joints outside the picture are cut off; a hand or face point in its first row or column or
        outside to the left or top is left out, as in the training pictures.

    Raises
    ------
    InputError
        For joints in no known layout, a unit that the coordinates contradict, or a thickness that is not one.

    References
    ----------
    .. [1] Z. Cao, G. Hidalgo, T. Simon, S.-E. Wei and Y. Sheikh, "OpenPose: realtime multi-person 2D pose estimation
       using part affinity fields", IEEE Transactions on Pattern Analysis and Machine Intelligence 43(1), 2021.
    .. [2] L. Zhang, A. Rao and M. Agrawala, "Adding conditional control to text-to-image diffusion models",
       International Conference on Computer Vision (ICCV), 2023.

    Examples
    --------
    >>> person = [(32, 8), (32, 20)] + [None] * 16
    >>> pose = draw_pose([person], (64, 64))
    >>> pose.shape, pose[8, 32].tolist(), pose[14, 32].tolist()
    ((64, 64, 3), [255, 0, 0], [0, 0, 153])
    """
    canvas = _canvas(size)
    persons = as_people(people)
    refuse_wrong_unit(persons, normalized=normalized)
    body, details = _scales(thickness, Size(canvas.shape[1], canvas.shape[0]))
    unit = Size(canvas.shape[1], canvas.shape[0]) if normalized else Size(1, 1)
    for person in persons:
        _draw_body(canvas, _seen(person.body, unit, min_confidence), body)
        for hand in (person.left_hand, person.right_hand):
            if hand is not None:
                _draw_hand(canvas, _seen(hand, unit, min_confidence), details)
        if person.face is not None:
            _draw_face(canvas, _seen(person.face, unit, min_confidence), details)
    return canvas


def _canvas(size: tuple[int, int]) -> Image:
    try:
        width, height = map(int, size)
    except (TypeError, ValueError):
        width = height = 0
    if min(width, height) < 1 or max(width, height) > 32767:
        raise InputError(
            f"a size is (width, height), each 1 to 32767 px, got {size!r}",
            fix="control.read_pose(source, size=(width, height)), as OpenPose's own files name none"
            if size is None
            else None,
        )
    return np.zeros((height, width, 3), np.uint8)


def _scales(thickness: PoseThickness, size: Size) -> tuple[float, float]:
    if thickness == "openpose":
        return 1.0, 1.0
    if thickness == "scaled":
        scale = max(1.0, min(size) / TRAINED_AT)
        return scale, scale
    if thickness == "xinsir":
        longest = max(size)
        return (1.0 if longest < 500 else float(min(2 + longest // 1000, 7))), 1.0
    if not isinstance(thickness, (int, float)) or not 0 < thickness <= 100:
        raise InputError(f"thickness is 'openpose', 'scaled', 'xinsir' or a factor from 0 to 100, got {thickness!r}")
    return float(thickness), float(thickness)


def _seen(joints: Joints, unit: Size, min_confidence: float) -> Joints:
    """Keep what is sure enough, in pixels; far outside is cut to what OpenCV can count."""
    kept = (visible(joint, min_confidence) for joint in joints)
    return tuple(joint and Joint(_near(joint.x * unit.width), _near(joint.y * unit.height)) for joint in kept)


def _near(value: float) -> float:
    return max(-1e5, min(1e5, value))


def _px(base: int, scale: float) -> int:
    return max(1, round(base * scale))


def _draw_body(canvas: Image, joints: Joints, scale: float) -> None:
    for (start, end), colour in zip(LIMBS, LIMB_COLOURS, strict=True):
        one, two = joints[start], joints[end]
        if one is None or two is None:
            continue
        dx, dy = one.x - two.x, one.y - two.y
        centre = int((one.x + two.x) / 2), int((one.y + two.y) / 2)
        axes = int((dx**2 + dy**2) ** 0.5 / 2), _px(LIMB, scale)
        outline = cv2.ellipse2Poly(centre, axes, int(math.degrees(math.atan2(dy, dx))), 0, 360, 1)
        cv2.fillConvexPoly(canvas, np.asarray(outline), colour)
    for joint, colour in zip(joints, JOINT_COLOURS, strict=True):
        if joint is not None:
            cv2.circle(canvas, (int(joint.x), int(joint.y)), _px(JOINT, scale), colour, thickness=-1)


def _draw_hand(canvas: Image, joints: Joints, scale: float) -> None:
    points = _inside(joints)
    for (start, end), colour in zip(HAND_LIMBS, HAND_LIMB_COLOURS, strict=True):
        one, two = points[start], points[end]
        if one and two:
            cv2.line(canvas, one, two, colour, thickness=_px(FINGER, scale))
    _dots(canvas, points, _px(HAND_JOINT, scale), HAND_JOINT_COLOUR)


def _draw_face(canvas: Image, joints: Joints, scale: float) -> None:
    _dots(canvas, _inside(joints), _px(FACE_POINT, scale), FACE_COLOUR)


def _inside(joints: Joints) -> list[tuple[int, int] | None]:
    """Whole pixels; row and column 0 stand for 'not found' in hands and faces."""
    points = [joint and (int(joint.x), int(joint.y)) for joint in joints]
    return [point if point and min(point) > 0 else None for point in points]


def _dots(canvas: Image, points: list[tuple[int, int] | None], radius: int, colour: tuple[int, int, int]) -> None:
    for point in points:
        if point:
            cv2.circle(canvas, point, radius, colour, thickness=-1)
