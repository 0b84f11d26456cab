"""The crop and the size it is sent at."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc.edit.aspect import parse_aspect
from preproc.edit.placement import place
from preproc.errors import InputError
from preproc.geometry import Box, Size, SizeRule

FLUX = SizeRule(cell=16, min_side=256, max_side=2048, max_pixels=2_000_000, best_pixels=1024 * 1024)
ASPECTS = ["1:1", "4:3", "3:4", "16:9", "9:16", "3:2", "2:3", "21:9", "5:4", "4:5", "2:1", "1:2"]


def holds(placement, must, rule):
    assert placement.crop.contains(must)
    assert rule.problems(placement.sent) == []
    width, height = placement.crop.size
    assert placement.sent.width * height == placement.sent.height * width


def test_an_unscaled_crop_is_the_region_to_the_next_cell():
    placement = place(Box(100, 100, 420, 356), must=Box(150, 150, 300, 300), canvas=Size(1000, 800), rule=SizeRule())
    assert placement.crop == Box(100, 100, 420, 356)
    assert placement.sent == Size(320, 256)
    assert placement.scale == 1


def test_a_small_region_is_scaled_up_to_the_best_size():
    placement = place(Box(400, 400, 500, 500), must=Box(420, 420, 480, 480), canvas=Size(2000, 2000), rule=FLUX)
    assert placement.sent.pixels == pytest.approx(1024 * 1024, rel=0.1)
    assert placement.crop.size.pixels == pytest.approx(100 * 100, rel=0.2)


def test_a_large_region_is_scaled_down_under_the_most_pixels():
    placement = place(Box(0, 0, 4000, 3000), must=Box(0, 0, 4000, 3000), canvas=Size(4000, 3000), rule=FLUX)
    assert placement.sent.pixels <= 2_000_000
    assert placement.sent.pixels > 1_700_000
    assert placement.scale < 1
    assert placement.crop.contains(Box(0, 0, 4000, 3000))


@pytest.mark.parametrize(("side", "scaled"), [(700, "up"), (760, "no"), (1400, "no"), (1500, "down")])
def test_between_half_and_twice_the_best_size_nothing_is_scaled(side, scaled):
    box = Box(0, 0, side, side)
    placement = place(box, must=box.grow(-60), canvas=Size(3000, 3000), rule=SizeRule(best_pixels=1024 * 1024))
    assert {"up": placement.scale > 1, "no": placement.scale == 1, "down": placement.scale < 1}[scaled]
    if scaled != "no":
        wanted = 1024 * 1024 * (2 if scaled == "down" else 1)
        assert placement.sent.pixels == pytest.approx(wanted, rel=0.15)


def test_a_started_billing_step_is_avoided():
    rule = SizeRule(best_pixels=1024 * 1024, billed_pixels=1_000_000)
    placement = place(Box(400, 400, 500, 500), must=Box(420, 420, 480, 480), canvas=Size(2000, 2000), rule=rule)
    assert placement.sent.pixels <= 1_000_000


def test_context_is_given_up_before_the_picture_is_padded():
    placement = place(Box(0, 0, 500, 500), must=Box(100, 100, 400, 400), canvas=Size(500, 500), rule=SizeRule())
    assert placement.crop.size == Size(496, 496)
    assert Size(500, 500).box.contains(placement.crop)


def test_it_pads_only_when_it_must():
    placement = place(Box(0, 0, 500, 100), must=Box(0, 0, 500, 100), canvas=Size(500, 100), rule=SizeRule())
    assert placement.crop.size == Size(512, 112)
    assert placement.crop.contains(Box(0, 0, 500, 100))


@settings(max_examples=150, deadline=None)
@given(
    data=st.data(),
    aspect=st.sampled_from([None, *ASPECTS]),
    rule=st.sampled_from([SizeRule(), FLUX, SizeRule(cell=8, multiple_of=64, min_side=512)]),
)
def test_the_scale_is_the_same_on_both_axes_to_the_last_integer(data, aspect, rule):
    canvas = Size(data.draw(st.integers(40, 5000)), data.draw(st.integers(40, 5000)))
    left, top = data.draw(st.integers(0, canvas.width - 1)), data.draw(st.integers(0, canvas.height - 1))
    must = Box(
        left, top, data.draw(st.integers(left + 1, canvas.width)), data.draw(st.integers(top + 1, canvas.height))
    )
    need = must.grow(data.draw(st.integers(0, 300))).intersect(canvas.box)
    ratio = parse_aspect(aspect) if aspect else None
    placement = place(need, must=must, canvas=canvas, rule=rule, aspect=ratio)
    holds(placement, must, rule)
    if ratio:
        assert placement.sent.aspect == ratio
    # the picture is padded only on an axis that cannot hold the crop
    if placement.crop.size.width <= canvas.width:
        assert placement.crop.left >= 0
        assert placement.crop.right <= canvas.width


def test_a_thousand_boxes():
    rng = np.random.default_rng(0)
    for number in range(1000):
        canvas = Size(*(int(side) for side in rng.integers(64, 4000, 2)))
        x, y = np.sort(rng.integers(0, canvas.width + 1, 2)), np.sort(rng.integers(0, canvas.height + 1, 2))
        must = Box(int(x[0]), int(y[0]), int(max(x[1], x[0] + 1)), int(max(y[1], y[0] + 1)))
        aspect = parse_aspect(ASPECTS[number % len(ASPECTS)])
        holds(place(must, must=must, canvas=canvas, rule=FLUX, aspect=aspect), must, FLUX)


def test_an_aspect_that_no_multiple_can_have_is_refused():
    region, small = Box(0, 0, 90, 90), SizeRule(max_side=240)
    with pytest.raises(InputError, match="no size fits") as refused:
        place(region, must=region, canvas=Size(99, 99), rule=small, aspect=Fraction(16, 9))
    assert "the smallest size of 16:9 in multiples of 16 is 256x144" in str(refused.value)


@pytest.mark.parametrize("text", ["wide", "0:1", "-4:3", "1:0", (1, 2, 3), ""])
def test_an_aspect_that_is_none_is_refused(text):
    with pytest.raises(InputError, match="aspect"):
        parse_aspect(text)


def test_contradictory_rules_are_refused_with_both_numbers():
    with pytest.raises(InputError, match="min_side=500.*max_side=505"):
        SizeRule(min_side=500, max_side=505, cell=16)
    with pytest.raises(InputError, match="100 is below 256"):
        SizeRule(max_pixels=100)
    with pytest.raises(InputError, match="max_aspect"):
        SizeRule(max_aspect=0.5)


def test_limits_that_join_both_sides_are_met():
    rule = SizeRule(cell=16, multiple_of=16, min_pixels=655_360, max_pixels=8_294_400, max_aspect=3)
    for width, height in ((371, 735), (300, 300), (100, 400), (900, 310)):
        canvas = Size(width, height)
        must = Box(width // 2 - 30, height // 2 - 30, width // 2 + 30, height // 2 + 30)
        placement = place(must.grow(40).intersect(canvas.box), must=must, canvas=canvas, rule=rule)
        holds(placement, must, rule)


def test_nothing_is_padded_where_less_context_fits():
    must = Box(51, 22, 748, 267)
    placement = place(must.grow(400).intersect(Size(814, 649).box), must=must, canvas=Size(814, 649), rule=SizeRule())
    assert Size(814, 649).box.contains(placement.crop)


@pytest.mark.parametrize(
    ("size", "rule", "crop", "sent"),
    [
        (Size(8, 2000), SizeRule(best_pixels=2**20, max_aspect=2.5), Size(800, 2000), Size(800, 2000)),
        (Size(2000, 8), SizeRule(best_pixels=2**20, max_aspect=2.5), Size(2000, 800), Size(2000, 800)),
        (Size(3, 30), SizeRule(best_pixels=2**20, max_aspect=2.5), Size(12, 30), Size(640, 1600)),
        (Size(8, 4000), SizeRule(best_pixels=2**20, max_aspect=2), Size(2000, 4000), Size(1024, 2048)),
    ],
)
def test_a_thin_picture_counts_with_what_the_aspect_adds(size, rule, crop, sent):
    placement = place(size.box, must=size.box, canvas=size, rule=rule)
    assert (placement.crop.size, placement.sent) == (crop, sent)
    holds(placement, size.box, rule)


def test_what_the_limits_of_both_sides_imply_is_padded_too():
    rule = SizeRule(multiple_of=32, cell=8, min_side=64, max_side=1024, min_pixels=262_144)
    need = Box(0, 122, 34, 605)
    placement = place(need, must=need, canvas=Size(34, 605), rule=rule)
    holds(placement, need, rule)
    rule = SizeRule(best_pixels=2**20, min_side=512)
    placement = place(Box(0, 0, 6, 91), must=Box(0, 0, 6, 91), canvas=Size(6, 91), rule=rule)
    assert placement.sent.pixels <= 2.2 * 2**20
