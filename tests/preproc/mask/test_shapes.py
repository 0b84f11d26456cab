import math
from itertools import pairwise

import numpy as np
import PIL.Image
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc import mask
from preproc.errors import InputError

NAN, INF = float("nan"), float("inf")


def swept(points, width, *, closed=False):
    """Union of capsules, from shapely's finely rounded buffers."""
    points = np.array(points, float)
    if closed:
        points = np.concatenate([points, points[:1]])
    parts = [shapely.Point(point) for point in points]
    parts += [shapely.LineString(pair) for pair in pairwise(points) if (pair[0] != pair[1]).any()]
    return shapely.unary_union([part.buffer(width / 2, quad_segs=200) for part in parts])


class TestRectangle:
    def test_literals(self):
        assert mask.rectangle((4, 3), (0.5, 1, 3, 2.5)).tolist() == [
            [0, 0, 0, 0],
            [128, 255, 255, 0],
            [64, 128, 128, 0],
        ]
        assert mask.rectangle((2, 2), (-5, -5, 9, 9)).tolist() == [[255, 255], [255, 255]]
        assert not mask.rectangle((2, 2), (1, 1, 1, 2)).any()

    @pytest.mark.parametrize("draw", [mask.rectangle, mask.ellipse])
    @pytest.mark.parametrize("box", [(5, 5, 9, 9), (-4, 0, 0, 2), (0, 2, 2, 3), (0, -9, 2, -7)])
    def test_a_box_off_the_canvas_is_a_mistake(self, draw, box):
        with pytest.raises(InputError, match="wholly off the 2x2 canvas"):
            draw((2, 2), box)

    @pytest.mark.parametrize("radius", [0, 0.5, 3, 12.3])
    def test_rounded_corners(self, radius, check_exact):
        left, top, right, bottom = box = (3.2, 4.4, 60.1, 50.7)
        inner = shapely.box(left + radius, top + radius, right - radius, bottom - radius)
        check_exact(mask.rectangle((64, 64), box, radius_px=radius), inner.buffer(radius, quad_segs=400))

    def test_more_radius_than_there_is(self):
        round_ = mask.rectangle((40, 40), (4, 4, 34, 34), radius_px=1000)
        assert np.abs(round_.astype(int) - mask.ellipse((40, 40), (4, 4, 34, 34))).max() <= 1

    def test_size_of_a_picture(self):
        from_array = mask.rectangle(np.zeros((30, 20, 3), np.uint8), (1, 2, 3, 4))
        from_pillow = mask.rectangle(PIL.Image.new("RGB", (20, 30)), (1, 2, 3, 4))
        assert from_array.shape == from_pillow.shape == (30, 20)
        assert from_array.dtype == np.uint8

    @pytest.mark.parametrize(
        ("box", "words"),
        [
            ((5, 5, 3, 9), "runs backwards: left 5, right 3"),
            ((5, 5, 9), r"needs a box \(left, top, right, bottom\)"),
            ((0, 0, NAN, 1), r"point 1 of this rectangle is \(nan, 1\)"),
            ((0, 0, INF, 1), "inf"),
            ((0, 0, 1e9, 1), "farther than 1e\\+07"),
            ("abcd", "needs a box"),
            (None, "needs a box"),
        ],
    )
    def test_boxes_that_are_none(self, box, words):
        with pytest.raises(InputError, match=words):
            mask.rectangle((9, 9), box)

    @pytest.mark.parametrize("radius", [-1, NAN, INF, "3x"])
    def test_radii_that_are_none(self, radius):
        with pytest.raises(InputError, match="radius_px"):
            mask.rectangle((9, 9), (1, 1, 5, 5), radius_px=radius)

    @pytest.mark.parametrize("size", [(0, 5), (5,), (5.5, 5)])
    def test_sizes_that_are_none(self, size):
        with pytest.raises(InputError):
            mask.rectangle(size, (1, 1, 5, 5))


class TestEllipse:
    @pytest.mark.parametrize("box", [(3.2, 4.4, 60.1, 50.7), (10, 10, 12, 12), (20.3, 5, 21.1, 60), (-30, 20, 50, 90)])
    def test_area(self, box, check_exact):
        left, top, right, bottom = box
        unit = shapely.Point(0, 0).buffer(1, quad_segs=2000)
        truth = shapely.affinity.affine_transform(
            unit, [(right - left) / 2, 0, 0, (bottom - top) / 2, (left + right) / 2, (top + bottom) / 2]
        )
        is_small = min(right - left, bottom - top) < 3  # few pixels, whose rounding does not even out
        check_exact(mask.ellipse((64, 64), box), truth, bias=0.002 if is_small else 0.0005)

    @pytest.mark.parametrize("radius", [0.5, 3, 10.5, 25, 200, 1000])
    def test_area_of_discs(self, radius):
        side = math.ceil(2 * radius) + 2
        disc = mask.ellipse((side, side), (1, 1, 1 + 2 * radius, 1 + 2 * radius))
        assert disc.sum() / 255 == pytest.approx(math.pi * radius**2, rel=0.002 if radius < 1 else 0.0005)


class TestPolygon:
    def test_one_ring_or_several(self):
        square = [(1, 1), (3, 1), (3, 3), (1, 3)]
        expected = mask.rectangle((5, 5), (1, 1, 3, 3))
        for points in (square, tuple(square), np.array(square), [square], [np.array(square)], np.array([square])):
            np.testing.assert_array_equal(mask.polygon((5, 5), points), expected)

    def test_is_a_drawing_of_one_shape(self):
        points, hole = [(1.5, 1), (30, 4.2), (20, 31)], [(10, 8), (20, 9), (18, 16)]
        drawing = mask.Drawing((32, 32)).add(mask.Polygon(points, [hole], "evenodd"))
        np.testing.assert_array_equal(
            mask.polygon((32, 32), points, holes=[hole], fill_rule="evenodd"), drawing.render()
        )

    def test_the_points_are_left_alone(self):
        points = np.array([(1.5, 1), (30, 4.2), (20, 31)])
        points.setflags(write=False)
        mask.polygon((32, 32), points[::-1])

    @pytest.mark.parametrize(
        ("points", "words"),
        [
            ([(0, 0), (1, 1)], "at least 3 points, got 2"),
            ([], "at least 3 points, got 0"),
            ([(0, 0), (1, NAN), (2, 2)], r"point 1 of this polygon is \(1, nan\)"),
            ([(0, 0), (1, INF), (2, 2)], r"point 1 of this polygon is \(1, inf\)"),
            ([(0, 0, 0), (1, 1, 1), (2, 2, 2)], r"shape \(n, 2\), got shape \(3, 3\)"),
            ([0, 0, 5, 0, 5, 5], r"shape \(n, 2\), got shape \(6,\)"),
            ([[(0, 0), (4, 0), (4, 4)], [(1, 1), (2, 2)]], "at least 3 points, got 2"),
            ("abc", "needs points"),
            (None, "needs points"),
            (7, "needs points"),
            ([(0, 0), (1e200, 5), (2, 2)], "farther than"),
        ],
    )
    def test_points_that_are_none(self, points, words):
        with pytest.raises(InputError, match=words):
            mask.polygon((9, 9), points)

    def test_two_points_are_sent_to_stroke(self):
        with pytest.raises(InputError) as caught:
            mask.polygon((9, 9), [(0, 0), (1, 1)])
        assert caught.value.fix == "mask.stroke draws lines and dots"

    def test_holes_and_rules_that_are_none(self):
        square = [(1, 1), (3, 1), (3, 3), (1, 3)]
        with pytest.raises(InputError, match="a hole needs at least 3 points, got 1"):
            mask.polygon((9, 9), square, holes=[[(2, 2)]])
        with pytest.raises(InputError, match="fill_rule is 'nonzero' or 'evenodd', got 'even-odd'"):
            mask.polygon((9, 9), square, fill_rule="even-odd")


class TestStroke:
    @pytest.mark.parametrize(
        ("points", "width", "closed"),
        [
            pytest.param([(10, 10), (50, 40)], 7, False, id="segment"),
            pytest.param([(20.2, 20.7)], 9, False, id="dot"),
            pytest.param([(20.2, 20.7), (20.2, 20.7)], 9, False, id="dot twice"),
            pytest.param([(5, 5), (50, 8), (9, 15), (55, 30)], 5, False, id="zigzag"),
            pytest.param([(5, 5), (50, 8), (5, 5)], 5, False, id="there and back"),
            pytest.param([(5, 30), (50, 30), (20, 30)], 5, False, id="half the way back"),
            pytest.param([(10, 10), (50, 12), (30, 50)], 6, True, id="closed triangle"),
            pytest.param([(10, 10), (30, 40)], 6, True, id="closed segment"),
            pytest.param([(30, 30), (31, 30), (31, 31), (30, 31)], 20, True, id="loop smaller than the brush"),
            pytest.param([(-9, 20), (80, 30)], 12, False, id="off the canvas"),
            pytest.param([(10, 10), (50, 40)], 0.3, False, id="thin"),
        ],
    )
    def test_union_of_capsules(self, points, width, closed, check_exact):
        check_exact(
            mask.stroke((64, 64), points, width_px=width, closed=closed),
            swept(points, width, closed=closed),
            bias=0.001 if width > 1 else 0.01,
        )

    @pytest.mark.parametrize("closed", [False, True])
    @pytest.mark.parametrize("seed", range(3))
    def test_scribbles(self, seed, closed, check_exact):
        rng = np.random.default_rng(seed)
        points = 32 + np.cumsum(rng.normal(0, [0.8, 3, 12][seed], ([120, 40, 10][seed], 2)), axis=0)
        check_exact(mask.stroke((64, 64), points, width_px=8.7, closed=closed), swept(points, 8.7, closed=closed))

    @given(
        st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=7),
        st.sampled_from([0.5, 1, 3, 8]),
        st.booleans(),
    )
    @settings(max_examples=25, deadline=None)
    def test_on_a_grid(self, exact_area, points, width, closed):
        truth = exact_area(swept(points, width, closed=closed), 12, 12)
        drawn = mask.stroke((12, 12), points, width_px=width, closed=closed)
        assert np.abs(drawn / 255 - truth).max() < 0.004

    def test_literals(self):
        assert mask.stroke((5, 3), [(1, 1.5), (4, 1.5)], width_px=1).tolist() == [
            [0, 0, 0, 0, 0],
            [100, 255, 255, 255, 100],
            [0, 0, 0, 0, 0],
        ]
        assert not mask.stroke((5, 3), [(1, 1.5), (4, 1.5)], width_px=0).any()

    def test_crossing_itself_makes_it_no_darker(self):
        cross = mask.stroke((40, 40), [(5, 5), (35, 35), (35, 5), (5, 35)], width_px=3.5)
        assert cross.max() == 255
        lines = [mask.stroke((40, 40), line, width_px=3.5) for line in ([(5, 5), (35, 35)], [(35, 5), (5, 35)])]
        assert (cross >= np.maximum(*lines)).all()

    @pytest.mark.parametrize("width", [-1, NAN, INF, None])
    def test_widths_that_are_none(self, width):
        with pytest.raises(InputError, match="width_px"):
            mask.stroke((9, 9), [(1, 1), (5, 5)], width_px=width)

    @pytest.mark.parametrize("points", [[], [(0, NAN)], [(1, 2, 3)], "ab"])
    def test_points_that_are_none(self, points):
        with pytest.raises(InputError):
            mask.stroke((9, 9), points, width_px=2)


@pytest.mark.parametrize(
    ("draw", "drawn"),
    [
        (mask.rectangle, (10, 10, 30, 30)),
        (mask.ellipse, (10, 10, 30, 30)),
        (mask.polygon, [(1, 1), (50, 2), (30, 40)]),
        (lambda size, points: mask.stroke(size, points, width_px=3), [(1, 1), (50, 2), (30, 40)]),
    ],
    ids=["rectangle", "ellipse", "polygon", "stroke"],
)
def test_the_size_comes_first(draw, drawn):
    with pytest.raises(InputError, match="takes the size first") as caught:
        draw(drawn, (100, 80))
    assert "(100, 80)" in caught.value.fix
