"""Sizes, boxes and size rules."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preproc.errors import InputError
from preproc.geometry import Box, Size, SizeRule

sides = st.integers(-40, 40)
boxes = st.builds(Box, sides, sides, sides, sides)
full_boxes = st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), sides, sides, st.integers(1, 40), st.integers(1, 40))


def pixels(box):
    """Every pixel of a box, spelled out."""
    return {(x, y) for x in range(box.left, box.right) for y in range(box.top, box.bottom)}


def test_size():
    size = Size(1920, 1080)
    assert (size.pixels, size.aspect, str(size), size.box) == (
        2073600,
        Fraction(16, 9),
        "1920x1080",
        (0, 0, 1920, 1080),
    )


@given(boxes)
def test_a_box_holds_the_pixels_it_spells_out(box):
    assert box.size.pixels == len(pixels(box))
    assert box.is_empty == (not pixels(box))


@given(boxes, boxes)
def test_intersection_is_that_of_the_pixels(one, two):
    shared = one.intersect(two)
    assert pixels(shared) == pixels(one) & pixels(two)
    assert shared.right >= shared.left
    assert shared.bottom >= shared.top


@given(full_boxes, full_boxes)
def test_union_is_the_smallest_box_around_both(one, two):
    both = one.union(two)
    assert both.contains(one)
    assert both.contains(two)
    smaller = [both._replace(left=both.left + 1), both._replace(top=both.top + 1)]
    smaller += [both._replace(right=both.right - 1), both._replace(bottom=both.bottom - 1)]
    assert not any(box.contains(one) and box.contains(two) for box in smaller)


@given(full_boxes, full_boxes)
def test_contains_is_that_of_the_pixels(one, two):
    assert one.contains(two) == (pixels(two) <= pixels(one))


@given(full_boxes, st.integers(-5, 20), sides, sides)
def test_grow_and_shift(box, px, dx, dy):
    assert box.grow(px).grow(-px) == box
    assert box.shift(dx, dy).shift(-dx, -dy) == box
    assert box.shift(dx, dy).size == box.size
    if px >= 0:
        assert box.grow(px).size == (box.size.width + 2 * px, box.size.height + 2 * px)


@given(st.integers(1, 30), st.integers(1, 30), full_boxes)
def test_slices_cut_the_box_out_of_an_array(width, height, box):
    inside = box.intersect(Size(width, height).box)
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    cut = set(zip(columns[inside.slices].ravel().tolist(), rows[inside.slices].ravel().tolist(), strict=True))
    assert cut == pixels(inside)


# ------------------------------------------------------------------------------------------------ rules


def test_rule_steps_and_limits():
    rule = SizeRule(multiple_of=32, cell=48, min_side=100, max_side=1000)
    assert (rule.step, rule.smallest_side, rule.largest_side) == (96, 192, 960)
    assert SizeRule().largest_side == 14128
    assert hash(rule) == hash(SizeRule(multiple_of=32, cell=48, min_side=100, max_side=1000))


@pytest.mark.parametrize(
    ("options", "size", "words"),
    [
        ({"cell": 8}, (64, 63), "height 63 is not a multiple of 8"),
        ({"multiple_of": 32}, (48, 64), "width 48 is not a multiple of 32"),
        ({"max_side": 512}, (528, 64), "longest side 528 is over 512"),
        ({"min_side": 256}, (512, 240), "shortest side 240 is under 256"),
        ({"max_pixels": 65536}, (512, 256), "131072 pixels are over 65536"),
        ({"min_pixels": 65536}, (128, 256), "32768 pixels are under 65536"),
        ({"max_aspect": 2}, (512, 240), "aspect 2.13 is over 2"),
    ],
)
def test_each_problem_is_named_once(options, size, words):
    rule = SizeRule(**options)
    assert rule.problems(Size(*size)) == [words]
    assert rule.problems(Size(*reversed(size))) == [words.replace("height", "WIDTH").replace("width", "height").lower()]


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({"max_side": 512, "min_side": 256}, (512, 256)),
        ({"max_pixels": 131072, "min_pixels": 131072}, (512, 256)),
        ({"max_aspect": 2}, (512, 256)),
        ({}, (16, 16)),
    ],
)
def test_limits_are_included(options, size):
    assert SizeRule(**options).problems(Size(*size)) == []


@given(
    st.sampled_from([1, 8, 16, 32, 64]),
    st.sampled_from([8, 16]),
    st.integers(1, 600),
    st.integers(600, 4000),
    st.integers(1, 60),
)
def test_whole_steps_within_the_sides_are_never_a_problem(multiple_of, cell, low, high, steps):
    try:
        rule = SizeRule(multiple_of=multiple_of, cell=cell, min_side=low, max_side=high)
    except InputError:
        assert -(-low // max(multiple_of, cell)) > high // max(multiple_of, cell)
        return
    side = min(rule.smallest_side + (steps - 1) * rule.step, rule.largest_side)
    assert rule.problems(Size(side, rule.smallest_side)) == []
    assert low <= rule.smallest_side <= side <= rule.largest_side <= high


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cell": 0}, "at least 1, got 1, 0, 1, 1"),
        ({"multiple_of": -8}, "got -8, 16, 1, 1"),
        ({"min_side": 513, "max_side": 527}, "no multiple of 16 lies between min_side=513 and max_side=527"),
        ({"min_pixels": 2000, "max_pixels": 1000}, "max_pixels=1000 is below 2000"),
        ({"min_side": 64, "max_pixels": 4000}, "max_pixels=4000 is below 4096"),
        ({"max_side": 64, "min_pixels": 5000}, "max_side=64 cannot reach min_pixels=5000"),
        ({"max_aspect": 0.5}, "at least 1, got 0.5"),
    ],
)
def test_contradictory_rules(options, words):
    with pytest.raises(InputError, match=words):
        SizeRule(**options)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"multiple_of": 0}, "at least 1"),
        ({"cell": 0}, "at least 1"),
        ({"cell": 8.0}, "cell is of type int, got 8.0"),
        ({"cell": None}, "cell is of type int, got None"),
        ({"multiple_of": "8"}, "multiple_of is of type int, got '8'"),
        ({"max_side": -64}, "max_side is above 0, got -64"),
        ({"max_side": 0}, "None is no limit"),
        ({"billed_pixels": 0}, "billed_pixels is above 0"),
        ({"max_aspect": float("nan")}, "max_aspect is above 0, got nan"),
        ({"max_aspect": float("inf")}, "at least 1, got inf"),
        ({"best_pixels": 100, "min_pixels": 4096}, "best_pixels=100 is not between the 4096 pixels"),
        ({"best_pixels": 2_000_000, "max_pixels": 1_000_000}, "and the 1000000"),
        ({"best_pixels": 2_000_000, "max_side": 1024}, "and the 1048576"),
        ({"min_side": 512, "max_side": 256}, "no multiple of 16 lies between min_side=512 and max_side=256"),
        ({"min_pixels": 5000, "max_pixels": 4000}, "max_pixels=4000 is below 5000"),
    ],
)
def test_rules_that_make_no_sense_say_what_contradicts_what(limits, message):
    with pytest.raises(InputError, match=message):
        SizeRule(**limits)
