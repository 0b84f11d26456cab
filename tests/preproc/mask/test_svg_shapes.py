"""Shapes, transforms and strokes of SVG."""

import math

import numpy as np
import pytest
import shapely
import shapely.affinity

from preproc import mask
from preproc.errors import InputError
from preproc.mask import Drawing, Ellipse, Polygon, Rectangle, Stroke

from .svg import document, path, rendered


class TestShapesAndTransforms:
    def test_basic_shapes(self):
        body = """
        <rect x="1.1" y="2" width="5" height="6.2"/> <rect x="1" y="1" width="9" height="9" rx="2"/>
        <circle cx="20" cy="20" r="4.5"/> <ellipse cx="30" cy="20" rx="3" ry="4"/>
        <polygon points="1,1 9,1 9,9"/> <polyline points="1 1 9 1 9 9"/> <rect width="3" height="4" ry="1"/>
        <line x1="0" y1="0" x2="9" y2="9"/>
        """
        assert Drawing.from_svg(document(body)).shapes == (
            Rectangle((1.1, 2, 6.1, 8.2)),
            Rectangle((1, 1, 10, 10), 2),
            Ellipse((15.5, 15.5, 24.5, 24.5)),
            Ellipse((27, 16, 33, 24)),
            Polygon([(1, 1), (9, 1), (9, 9)]),
            Polygon([(1, 1), (9, 1), (9, 9)]),
            Rectangle((0, 0, 3, 4), 1),
        )

    def test_uneven_corners(self, check_exact):
        drawn = rendered('<rect x="4" y="5" width="50" height="40" rx="20" ry="8"/>')
        unit = shapely.Point(0, 0).buffer(1, quad_segs=500)
        corners = [shapely.affinity.affine_transform(unit, [20, 0, 0, 8, x, y]) for x in (24, 34) for y in (13, 37)]
        check_exact(drawn, shapely.convex_hull(shapely.union_all(corners)))

    @pytest.mark.parametrize(
        ("transform", "box"),
        [
            ("translate(5)", (15, 10, 25, 30)),
            ("translate(5,-3)", (15, 7, 25, 27)),
            ("scale(2)", (20, 20, 40, 60)),
            ("scale(2 .5)", (20, 5, 40, 15)),
            ("rotate(90 20 20)", (10, 10, 30, 20)),
            ("rotate(-90)translate(-40 0)", (10, 20, 30, 30)),
            ("matrix(0 1 -1 0 40 0)", (10, 10, 30, 20)),
            ("translate(1 2) , scale(1)", (11, 12, 21, 32)),
            ("skewX(0) skewY(0)", (10, 10, 20, 30)),
            ("", (10, 10, 20, 30)),
        ],
    )
    def test_transforms(self, transform, box):
        drawn = rendered(f'<rect x="10" y="10" width="10" height="20" transform="{transform}"/>')
        assert np.abs(drawn.astype(int) - mask.rectangle((64, 64), box)).max() <= 1

    def test_groups_go_from_the_outside_in(self):
        nested = rendered('<g transform="translate(10 0)"><g transform="scale(2)"><rect width="5" height="5"/></g></g>')
        np.testing.assert_array_equal(nested, mask.rectangle((64, 64), (10, 0, 20, 10)))

    def test_a_turned_circle_is_a_circle(self):
        turned = rendered('<circle cx="30" cy="30" r="20" transform="rotate(17 30 30)"/>')
        assert np.abs(turned.astype(int) - mask.ellipse((64, 64), (10, 10, 50, 50))).max() <= 1

    @pytest.mark.parametrize("transform", ["translate(", "translate(1 2 3)", "spin(3)", "rotate(1 2)", "x", "scale()"])
    def test_transforms_that_are_none(self, transform):
        with pytest.raises(InputError, match="cannot read the transform"):
            rendered(f'<rect width="1" height="1" transform="{transform}"/>')


class TestStrokes:
    ROUND = 'fill="none" stroke="red" stroke-linecap="round" stroke-linejoin="round"'

    def test_round_brushes(self):
        body = f"""<polyline points="5,5 20,9" {self.ROUND} stroke-width="3"/>
        <line x1="1" y1="2" x2="3" y2="4" {self.ROUND}/><polygon points="1,1 9,1 9,9" {self.ROUND}/>
        <path d="M9 9h0" {self.ROUND}/><g transform="scale(2)"><path d="M1 1L9 9M2 2L3 3" {self.ROUND}/></g>"""
        assert Drawing.from_svg(document(body)).shapes == (
            Stroke([(5, 5), (20, 9)], 3),
            Stroke([(1, 2), (3, 4)], 1),
            Stroke([(1, 1), (9, 1), (9, 9)], 1, closed=True),
            Stroke([(9, 9)], 1),
            Stroke([(2, 2), (18, 18)], 2),
            Stroke([(4, 4), (6, 6)], 2),
        )

    def test_filled_and_stroked(self):
        drawn = rendered(f'<circle cx="30" cy="30" r="18" {self.ROUND.replace("none", "red")} stroke-width="4"/>')
        assert np.abs(drawn.astype(int) - mask.ellipse((64, 64), (10, 10, 50, 50))).max() <= 1

    @pytest.mark.parametrize(
        ("attributes", "box"),
        [
            ("", (10, 28, 40, 36)),
            ('stroke-linecap="square"', (6, 28, 44, 36)),
            ('stroke-linecap="butt" transform="scale(1 0.5)"', (10, 14, 40, 18)),
            ('transform="matrix(-1 0 0 1 64 0)" stroke-linecap="square"', (20, 28, 58, 36)),
        ],
    )
    def test_caps(self, attributes, box):
        drawn = rendered(f'<line x1="10" y1="32" x2="40" y2="32" stroke="red" stroke-width="8" {attributes}/>')
        np.testing.assert_array_equal(drawn, mask.rectangle((64, 64), box))

    @pytest.mark.parametrize(
        ("attributes", "tip"),
        [("", 16), ('stroke-miterlimit="1.4"', 8), ('stroke-linejoin="bevel"', 8)],
    )
    def test_joins(self, attributes, tip):
        drawn = rendered(f'<path d="M10 50V20H40" fill="none" stroke="red" stroke-width="8" {attributes}/>')
        assert drawn[16:24, 6:14].sum() / 255 == pytest.approx(64 - (16 - tip), abs=0.01)
        assert drawn[16, 6] == (255 if tip == 16 else 0)

    def test_a_rectangle_is_framed_sharply(self):
        drawn = rendered('<rect x="10" y="10" width="20" height="30" fill="none" stroke="red" stroke-width="4"/>')
        frame = Drawing((64, 64)).add(Rectangle((8, 8, 32, 42))).subtract(Rectangle((12, 12, 28, 38)))
        np.testing.assert_array_equal(drawn, frame.render())

    @pytest.mark.parametrize("stroke", ['stroke-width="0"', 'stroke="none"', 'stroke-width="0" stroke-dasharray="3"'])
    def test_no_stroke_at_all(self, stroke):
        drawn = rendered(f'<g stroke="red"><rect x="5" y="5" width="9" height="9" {stroke}/></g>')
        np.testing.assert_array_equal(drawn, mask.rectangle((64, 64), (5, 5, 14, 14)))

    @pytest.mark.parametrize(("cap", "area"), [("butt", 0), ("square", 64), ("round", 16 * math.pi)])
    def test_dots(self, cap, area):
        drawn = path("M20 20h0", stroke="red", stroke_width=8, stroke_linecap=cap)
        assert drawn.sum() / 255 == pytest.approx(area, rel=1e-3)

    def test_dashes_are_refused(self):
        with pytest.raises(InputError, match="dashes"):
            path("M5 5L20 9", stroke="red", stroke_dasharray=3)
