"""Senseless values meet an `InputError` or a defined result, never an error of a library below."""

import contextlib
import math

import numpy as np
import pytest

from preproc import control, sweep
from preproc.errors import InputError

PHOTO = np.random.default_rng(0).integers(0, 256, (20, 24, 3), np.uint8)
SOURCES = {
    "photo": PHOTO,
    "depth": np.add.outer(np.arange(20.0), np.arange(24.0)),
    "people": [[(i + 3.0, i * 1.0) for i in range(18)]],
    "labels": np.arange(20).reshape(4, 5) % 3,
}
SENSELESS = [math.nan, math.inf, -1, 0, 1e30, "x", None, [], (1,), (0, 0), True, np.zeros((2, 2)), {}, 10**30]


def survives(call, *args, **kwargs):
    with contextlib.suppress(InputError):
        call(*args, **kwargs)


@pytest.mark.parametrize("name", control.TYPES)
def test_options(name):
    of = control.TYPES[name]
    given = {"near": "high"} if "near" in of.options else {}
    source, size = SOURCES[of.source], {"size": (24, 20)} if of.source == "people" else {}
    for value in SENSELESS:
        for option in of.options:
            survives(control.make, name, source, options=given | {option: value}, **size)
            more = ((24, 20),) if of.source == "people" else ()
            survives(of.function, source, *more, **given | {option: value})
        survives(control.make, name, source, options=value, **size)
        survives(control.make, name, source, options=given, size=(9, 9), fit=value)
        survives(control.make, name, source, options=given, rule=value)
        survives(control.make, name, value, options=given, **size)


@pytest.mark.parametrize("value", SENSELESS, ids=repr)
def test_everything_else(value):
    for call in (
        control.thresholds, control.load_depth, control.read_pose, control.read_recipe, control.palette_of,
        control.degradation, control.as_person, control.read_segmentation,
    ):  # fmt: skip
        survives(call, value)
    survives(control.make, value, PHOTO)
    survives(control.rebuild, value, PHOTO)
    survives(control.resize, PHOTO, (5, 5), kind=value)
    survives(control.fit, PHOTO, (5, 5), mode=value)
    survives(control.generation_size, PHOTO, value)
    survives(control.draw_pose, value, (9, 9))
    survives(control.write_pose, value, size=(9, 9))
    survives(sweep.over, "canny", PHOTO, grid=value)
    survives(sweep.over, "gray", PHOTO, grid=[{}], columns=value)
    survives(sweep.over, "canny", PHOTO, grid={"low": [50]}, options={"high": 200}, tile_px=value)
    survives(control.read_segmentation, PHOTO, unknown=value)


@pytest.mark.parametrize(
    "shape", [(1, 1, 3), (1, 9, 3), (9, 1, 3), (2, 2, 3), (0, 5, 3), (5, 5, 5), (3,), (2, 2, 2, 2)]
)
@pytest.mark.parametrize("name", control.TYPES)
def test_shapes(name, shape):
    of = control.TYPES[name]
    given = {"near": "high"} if "near" in of.options else {}
    for source in (np.full(shape, 7, np.uint8), np.full(shape[:2], 7, np.uint8)):
        for size in (None, (7, 3)):
            survives(control.make, name, source, options=given, size=size)
