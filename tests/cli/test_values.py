"""What people type."""

import pytest

from preproc.cli.exits import UsageError
from preproc.cli.values import read_box, read_color, read_points, read_settings, read_size, read_value


def test_sizes():
    assert read_size("1024x768") == read_size("1024 × 768") == (1024, 768)


def test_boxes():
    assert read_box("1,2,3.5,4") == read_box("1 2 3.5 4") == (1, 2, 3.5, 4)


def test_points():
    assert read_points("1,2 3,4") == read_points("1, 2; 3 ,4") == [(1, 2), (3, 4)]


def test_colors():
    assert read_color("white") == (255, 255, 255)
    assert read_color("#ff8000") == read_color("255,128,0") == (255, 128, 0)


def test_settings():
    assert read_settings(["prompt=a=b", "seed=7"]) == {"prompt": "a=b", "seed": "7"}


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("0.5", 0.5), ("true", True), ("False", False), ("null", None), ("[1, 2]", [1, 2]), ("a b", "a b")],
)
def test_values(text, value):
    assert read_value(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_size, "1024"),
        (read_size, "0x10"),
        (read_box, "1,2,3"),
        (read_box, "a,b,c,d"),
        (read_points, "1,2,3 4"),
        (read_points, ""),
        (read_color, "orangish"),
        (read_color, "1,2"),
        (read_settings, ["novalue"]),
        (read_settings, ["=7"]),
        (read_settings, ["a=1", "a=2"]),
    ],
)
def test_what_cannot_be_read(read, text):
    with pytest.raises(UsageError) as error:
        read(text)
    assert error.value.fix
