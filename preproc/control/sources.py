"""What control maps are made from: how each kind of source is read, and drawn at a size."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from ..arrays import Image, size_of_array
from ..errors import FileFormatError, InputError
from ..files import load_image
from ..geometry import Size
from .depth_files import load_depth
from .label_files import load_labels
from .pose_json import Poses, as_written, in_pixels
from .registry import ControlType
from .resizing import resized
from .sizing import FitMode, Placing, placed, placing, scaled
from .skeleton import Joint, Person, as_person, moved

__all__ = ["draw_from", "load_source", "own_size", "refuse_cut_off"]

Options: TypeAlias = dict[str, Any]


def load_source(of: ControlType, source: Any, options: Mapping[str, Any]) -> Any:
    """Bring a source into the form of its kind."""
    if of.source == "photo":
        return load_image(source)
    try:
        match of.source:
            case "depth":
                return load_depth(source)
            case "people":
                return _people(source, normalized=options["normalized"])
            case "labels":
                return load_labels(source)
    except InputError as error:
        hosted = f'from a photo, a hosted preprocessor makes it: Fal().preprocess("{of.name}", photo)'
        if of.source == "labels":
            hosted = "class numbers come from a segmentation model"
        message = f"{of.name} is made from {of.source}: {error.message}"
        fix = f"{error.fix}; {hosted}" if error.fix else hosted
        if isinstance(error, FileFormatError):
            raise FileFormatError(message, path=error.path, fix=fix) from error
        raise InputError(message, fix=fix) from error


def own_size(loaded: Any) -> Size:
    """Return the size a source has by itself."""
    if not isinstance(loaded, Poses):
        return size_of_array(loaded)
    if loaded.size is None:
        raise InputError("these people come without the size of their picture", fix="pass size=(width, height)")
    return loaded.size


def draw_from(
    of: ControlType, loaded: Any, target: Size | None, fit: FitMode, options: Options
) -> tuple[Image, Options]:
    """Draw the map at `target`; also return the options as they were used."""
    if of.source == "photo":
        return _from_photo(of, loaded, target or size_of_array(loaded), fit, options)
    if of.source == "people":
        return _from_people(of, loaded, target, fit, options), options
    drawn: Image = of.function(loaded, **options)

    def scale(part: Image, size: Size) -> Image:
        return resized(part, size, kind=of.kind)

    whole = target or size_of_array(drawn)
    return placed(drawn, whole, mode=fit, scale=scale, background=of.background), options


def _from_photo(of: ControlType, photo: Image, target: Size, fit: FitMode, options: Options) -> tuple[Image, Options]:
    used = options

    def draw(part: Image, size: Size) -> Image:
        nonlocal used
        picture = scaled(part, size)
        used = of.settle(picture, options) if of.settle else options
        drawn: Image = of.function(picture, **used)
        return drawn

    background = 255 if options.get("inverted") else of.background
    return placed(photo, target, mode=fit, scale=draw, background=background), used


def _from_people(of: ControlType, poses: Poses, target: Size | None, fit: FitMode, options: Options) -> Image:
    canvas = target or own_size(poses)
    people = poses.people
    if poses.size is not None and poses.size != canvas:
        people = tuple(_moved(person, placing(poses.size, canvas, fit)) for person in people)
    shares = options["normalized"] and poses.size is None
    drawn: Image = of.function(people, canvas, **options | {"normalized": shares})
    return drawn


def _moved(person: Person, placing: Placing) -> Person:
    kept, shown = placing
    x = shown.size.width / kept.size.width
    y = shown.size.height / kept.size.height

    def move(joint: Joint) -> Joint:
        return joint._replace(x=(joint.x - kept.left) * x + shown.left, y=(joint.y - kept.top) * y + shown.top)

    return moved(person, move)


def refuse_cut_off(source: Any, loaded: Any, target: Size | None) -> None:
    """Refuse a file in pixels of a larger picture of which it does not say the size: people would be cut off."""
    if not isinstance(loaded, Poses) or loaded.size is not None or target is None:
        return
    if not isinstance(source, (str, bytes, os.PathLike, Mapping)):
        return
    joints = [joint for person in loaded.people for joint in person.body if joint is not None]
    x, y = (max((getattr(joint, axis) for joint in joints), default=0.0) for axis in "xy")
    if x > target.width or y > target.height:
        raise InputError(
            f"joints lie at up to ({x:g}, {y:g}), the map is {target}, and the file does not say the size of its picture",
            fix="control.make('pose', control.read_pose(source, size=(width, height)), size=...), with the picture's size",
        )


def _people(source: Any, *, normalized: bool) -> Poses:
    """Read people: in pixels where the size of their picture is known, else in the unit that was declared."""
    if isinstance(source, Poses):
        if normalized:
            raise InputError("normalized=True, and what read_pose returns is in pixels", fix="leave normalized out")
        return source
    if isinstance(source, (str, bytes, os.PathLike, Mapping)):
        poses = as_written(source, normalized=normalized)
        return poses if not normalized or poses.size is None else in_pixels(poses.people, poses.size)
    if isinstance(source, (list, tuple)) or (isinstance(source, np.ndarray) and source.ndim):
        return Poses(tuple(as_person(person) for person in source), None)
    raise InputError(f"expected a list of people or OpenPose JSON, got {type(source).__name__}")
