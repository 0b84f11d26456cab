import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc import mask
from preproc.errors import InputError
from preproc.mask import Drawing, Ellipse, Path, Polygon, Rectangle, Stroke

SIZE = (64, 48)


def everything() -> Drawing:
    return (
        Drawing(SIZE)
        .add(Rectangle((1.1, 2.2, 30.3, 40.7), 5.5), Ellipse((10, 10, 60.1, 44)))
        .subtract(Polygon([[(20, 20), (40, 20), (30, 40)], [(1, 1), (9, 1), (9, 9)]], [[(25, 22), (35, 22), (30, 30)]]))
        .add(Stroke([(3, 3), (50, 40.4)], 3.3), Stroke([(5, 5)], 4), Polygon([(1, 2), (3, 4.5), (9, 9.1)]))
        .add(Path([[(10, 10), (20, 0, 30, 0, 40, 10), (40, 30)]], "evenodd"), Path([[(1, 1), (2, 2), (3, 1)]]))
        .subtract(Stroke([(40, 5), (60, 9), (50, 30)], 2, closed=True))
    )


numbers = st.floats(-1e4, 1e4) | st.integers(-100, 100).map(float)
points = st.tuples(numbers, numbers)
lengths = st.floats(0, 1e4)


@st.composite
def boxes(draw):
    left, right = sorted((draw(numbers), draw(numbers)))
    top, bottom = sorted((draw(numbers), draw(numbers)))
    return left, top, right, bottom


rings = st.lists(points, min_size=3, max_size=5)
rules = st.sampled_from(["nonzero", "evenodd"])
shapes = st.one_of(
    st.builds(Rectangle, boxes(), lengths, st.booleans()),
    st.builds(Ellipse, boxes(), st.booleans()),
    st.builds(Polygon, st.lists(rings, min_size=1, max_size=3), st.lists(rings, max_size=2), rules, st.booleans()),
    st.builds(
        Stroke,
        st.lists(points, min_size=1, max_size=5),
        lengths,
        st.booleans(),
        st.booleans(),
        st.sampled_from(["butt", "round", "square"]),
        st.sampled_from(["miter", "round", "bevel"]),
        lengths,
    ),
    st.builds(
        Path,
        st.lists(
            st.tuples(points, st.lists(points | st.tuples(*[numbers] * 6), max_size=3)).map(lambda p: [p[0], *p[1]]),
            min_size=1,
            max_size=2,
        ),
        rules,
        st.booleans(),
    ),
)
drawings = st.builds(
    Drawing, st.tuples(st.integers(1, 999), st.integers(1, 999)), st.lists(shapes, max_size=4).map(tuple)
)


class TestRoundTrips:
    @given(drawings)
    @settings(max_examples=50, deadline=None)
    def test_json_returns_every_number(self, drawing):
        assert Drawing.from_json(drawing.to_json()) == drawing
        assert hash(Drawing.from_json(drawing.to_json().encode())) == hash(drawing)

    @given(drawings)
    @settings(max_examples=50, deadline=None)
    def test_svg_returns_every_number(self, drawing):
        assert Drawing.from_svg(drawing.to_svg()) == drawing

    def test_the_json_is_plain(self):
        drawing = Drawing((6, 5)).add(Rectangle((1, 1, 5, 5))).subtract(Stroke([(1, 2)], 3))
        assert json.loads(drawing.to_json()) == {
            "size": [6, 5],
            "shapes": [
                {"type": "rectangle", "box": [1.0, 1.0, 5.0, 5.0]},
                {"type": "stroke", "points": [[1.0, 2.0]], "width_px": 3.0, "subtract": True},
            ],
        }

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "truncated"),
            ("[]", "Expected `object`"),
            ('{"size": [3, 0]}', r"at least 1, got \(3, 0\)"),
            ('{"shapes": []}', "missing required field `size`"),
            ('{"size": [3, 3], "shapes": [{"type": "circle"}]}', r"'circle' - at `\$.shapes\[0\].type`"),
            ('{"size": [3, 3], "shapes": [{"type": "ellipse", "box": [0,0,1,1], "x": 1}]}', "unknown field `x`"),
            (
                '{"size": [3, 3], "shapes": [{"type": "ellipse", "box": [5,0,1,1]}]}',
                r"at `\$.shapes\[0\]`: this box runs",
            ),
            ('{"size": [3, 3], "shapes": [{"type": "stroke", "points": [[0,0]], "width_px": -1}]}', "width_px"),
            ('{"size": [3, 3], "shapes": [{"type": "polygon", "rings": [[[0,0],[1,1]]]}]}', "at least 3 points, got 2"),
            (b"\xff\xfe", "no drawing"),
        ],
    )
    def test_json_that_is_no_drawing(self, text, words):
        with pytest.raises(InputError, match=words):
            Drawing.from_json(text)


class TestRendering:
    def test_everything_at_two_sizes(self):
        drawing = everything()
        small, large = drawing.render(), drawing.render((640, 480))
        assert small.shape == (48, 64)
        assert large.shape == (480, 640)
        assert np.abs(small - large.reshape(48, 10, 64, 10).mean(axis=(1, 3))).max() <= 1

    def test_stretched(self):
        drawing = Drawing((40, 40)).add(Ellipse((5, 5, 35, 35)), Stroke([(2, 2), (30, 8)], 3))
        wide = drawing.render((160, 40)).reshape(40, 40, 4).mean(axis=2)
        assert np.abs(wide - drawing.render()).max() <= 1

    def test_order_matters(self):
        hole, disc = Rectangle((2, 2, 4, 4)), Ellipse((0, 0, 6, 6))
        assert Drawing((6, 6)).add(disc).subtract(hole).render()[3, 3] == 0
        assert Drawing((6, 6)).subtract(hole).add(disc).render()[3, 3] == 255

    def test_a_hole_cuts_only_its_own_polygon(self):
        square, hole = [(0, 0), (9, 0), (9, 9), (0, 9)], [(3, 3), (6, 3), (6, 6), (3, 6)]
        below = Drawing((9, 9)).add(Rectangle((4, 4, 5, 5)))
        assert below.add(Polygon(square, [hole])).render()[4, 3:6].tolist() == [0, 255, 0]
        assert Drawing((9, 9)).add(Rectangle((0, 0, 9, 9))).subtract(Polygon(square, [hole])).render()[
            4, 2:6
        ].tolist() == [
            0,
            255,
            255,
            255,
        ]

    @given(st.lists(shapes, max_size=4))
    @settings(max_examples=30, deadline=None)
    def test_what_is_taken_away_again_leaves_no_trace(self, added):
        drawing = Drawing((50, 40), tuple(added)).add(*added).subtract(*added)
        assert not drawing.render().any()

    def test_shapes_filled_together_are_their_union(self):
        parts = [
            Rectangle((3.3, 4, 20, 20.5), 3),
            Ellipse((10, 8, 30, 33.3)),
            Stroke([(5, 30), (35, 5), (30, 30)], 4.4),
        ]
        together = Drawing((40, 40), tuple(parts)).render()
        apart = [Drawing((40, 40), (part,)).render() for part in parts]
        single = sum((part > 0).astype(int) for part in apart) <= 1
        np.testing.assert_array_equal(together[single], np.maximum.reduce(apart)[single])
        assert (together.astype(int) >= np.maximum.reduce(apart).astype(int) - 1).all()

    def test_curves_of_a_path(self):
        k = 0.5522847498  # the usual circle of four curves, off by 0.03 %
        circle = [(1, 0), (1, k, k, 1, 0, 1), (-k, 1, -1, k, -1, 0), (-1, -k, -k, -1, 0, -1), (k, -1, 1, -k, 1, 0)]
        ring = [tuple(30 + 25 * np.array(node)) for node in circle]
        drawn = Drawing((60, 60)).add(Path([ring])).render()
        assert np.abs(drawn.astype(int) - mask.ellipse((60, 60), (5, 5, 55, 55))).max() <= 3

    def test_empty(self):
        assert not Drawing((4, 3)).render().any()
        assert Drawing((4, 3)).render((8, 6)).shape == (6, 8)


class TestRecords:
    def test_a_drawing_is_a_value(self):
        first = Drawing((9, 9))
        second = first.add(Rectangle((1, 1, 2, 2)))
        assert first.shapes == ()
        assert second == Drawing((9, 9), (Rectangle([1, 1, 2, 2]),))
        assert len({second, second.add(), everything()}) == 2
        with pytest.raises(AttributeError):
            second.size = (3, 3)

    def test_arrays_become_tuples(self):
        ring = np.array([[0, 0], [5, 0], [5, 5]])
        assert Polygon(ring) == Polygon([[(0, 0), (5, 0), (5, 5)]])
        assert Stroke(ring, 1).points == ((0.0, 0.0), (5.0, 0.0), (5.0, 5.0))

    def test_a_shape_that_was_subtracted_can_be_added(self):
        cut = Rectangle((1, 1, 2, 2), subtract=True)
        assert not Drawing((9, 9)).add(cut).shapes[0].subtract
        assert Drawing((9, 9)).subtract(cut).shapes[0].subtract

    def test_what_is_no_shape(self):
        with pytest.raises(InputError, match="a drawing holds shapes, got ndarray"):
            Drawing((9, 9)).add(np.zeros((9, 9)))

    @pytest.mark.parametrize(
        ("rings", "words"),
        [
            ([[(0, 0), (1, 2, 3)]], "2 numbers .* or 6 .*, got 3"),
            ([[(0, 0, 1, 1, 2, 2)]], "begins with a corner"),
            ([[]], "begins with a corner"),
            ([[(0, float("nan"))]], "nan"),
        ],
    )
    def test_paths_that_are_none(self, rings, words):
        with pytest.raises(InputError, match=words):
            Path(rings)


@pytest.mark.parametrize("cap", ["butt", "round", "square"])
@pytest.mark.parametrize("join", ["miter", "round", "bevel"])
@pytest.mark.parametrize("closed", [False, True])
def test_brushes_cover_what_they_sweep(cap, join, closed):
    corners = np.array([(12.5, 20), (50, 24), (30, 52.2)])
    styles = {"cap_style": {"butt": "flat"}.get(cap, cap), "join_style": {"miter": "mitre"}.get(join, join)}
    line = (shapely.LinearRing if closed else shapely.LineString)(corners)
    swept = line.buffer(3.5, quad_segs=64, mitre_limit=8, **styles)
    drawn = Drawing((64, 64)).add(Stroke(corners, 7, closed, cap=cap, join=join, miter_limit=8)).render()
    assert drawn.sum() / 255 == pytest.approx(swept.area, rel=1e-3)
