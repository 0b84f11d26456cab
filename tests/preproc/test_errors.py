"""Errors cross process pools whole, and say what to do."""

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest

import preproc.errors
from preproc.errors import (
    FileFormatError,
    InputError,
    MaskError,
    MissingLibraryError,
    PlacementError,
    PreprocError,
    ShapeError,
)

EVERY = [
    PreprocError("it went wrong", fix="mend it"),
    InputError("low=300 is over 255", fix="low=100"),
    ShapeError("3x2 is not 4x4", actual=(3, 2), expected=(4, 4), fix="resize it"),
    MaskError("nothing is white", code="empty", report=("a", "report"), fix="mask.invert(m)"),
    FileFormatError("a.jpg is text", path="a.jpg", fix="pass a picture"),
    PlacementError("another photo", fix="pass the photo"),
    MissingLibraryError("libGL.so.1 is missing", fix="install it"),
]


def classes_below(cls):
    return {cls}.union(*(classes_below(child) for child in cls.__subclasses__()))


def test_every_class_is_tried_and_public():
    local = {cls for cls in classes_below(PreprocError) if cls.__module__ == "preproc.errors"}
    assert {type(error) for error in EVERY} == local
    public = {getattr(preproc.errors, name) for name in preproc.errors.__all__}
    warnings = {preproc.errors.FramesWarning, preproc.errors.ProfileWarning, preproc.errors.ScaleWarning}
    assert local | warnings == public
    assert all(cls.__name__ in preproc.errors.__doc__ for cls in public)


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("carry", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy, copy.deepcopy])
def test_errors_travel_whole(error, carry):
    again = carry(error)
    assert type(again) is type(error)
    assert again.__dict__ == error.__dict__
    assert again.args == error.args
    assert str(again) == str(error) == f"{error.message}\nFix: {error.fix}"


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_errors_are_hashable(error):
    assert len({error, error, pickle.loads(pickle.dumps(error))}) == 2


def test_without_a_fix_the_message_stands_alone():
    assert str(PreprocError("it went wrong")) == "it went wrong"


def test_a_subclass_with_its_own_fields_travels():
    again = pickle.loads(pickle.dumps(_CustomError("words", code=7)))
    assert (again.code, str(again)) == (7, "words")


class _CustomError(PreprocError):
    def __init__(self, message, *, code):
        super().__init__(message)
        self.code = code


@pytest.mark.parametrize("cls", [InputError, ShapeError, MaskError, FileFormatError, PlacementError])
def test_bad_values_are_value_errors(cls):
    assert issubclass(cls, ValueError)


def test_sizes_are_tuples():
    error = ShapeError("x", actual=[3, 2], expected=(4, 4))
    assert (error.actual, error.expected) == ((3, 2), (4, 4))


def _load_missing(_):
    from preproc.files import load_image

    load_image("/nowhere/a.png")


def test_an_error_comes_out_of_a_process_pool():
    with ProcessPoolExecutor(1) as pool, pytest.raises(FileFormatError, match="does not exist") as caught:
        list(pool.map(_load_missing, [0]))
    assert caught.value.path == "/nowhere/a.png"
    assert caught.value.fix
