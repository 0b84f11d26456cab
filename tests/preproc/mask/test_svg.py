import math

import numpy as np
import pytest
import shapely
import shapely.affinity

from preproc import mask
from preproc.errors import InputError
from preproc.mask import Drawing, Ellipse, Polygon, Rectangle, Stroke


def document(body, head='width="64" height="64"'):
    return f'<svg xmlns="http://www.w3.org/2000/svg" {head}>{body}</svg>'


def rendered(body, head='width="64" height="64"'):
    return Drawing.from_svg(document(body, head)).render()


def path(data, **attributes):
    extra = " ".join(f'{key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return rendered(f'<path d="{data}" {extra}/>')


class TestPathData:
    @pytest.mark.parametrize(
        "data",
        [
            "M 10 10 L 50 10 L 50 40 L 10 40 Z",
            "M10,10L50,10L50,40L10,40z",
            "M10 10 50 10 50 40 10 40",
            "m10 10 40 0 0 30-40 0z",
            "M10 10H50V40H10",
            "m10 10h40v30h-40z",
            "M1e1.1e2H+50.0V4E1H10Z",
            " M10 10\n\tL50 10 , 50 40 10 40 Z ",
            "M5 5m5 5h40v30h-40",
            "M10 10h40v30h-40zm0 0",
        ],
    )
    def test_lines(self, data):
        np.testing.assert_array_equal(path(data), mask.rectangle((64, 64), (10, 10, 50, 40)))

    def test_numbers_without_spaces(self):
        assert Drawing.from_svg(document('<path d="M.5.25-1-2l1.5.5"/>')).shapes == (
            Polygon([[(0.5, 0.25), (-1, -2), (0.5, -1.5)]]),
        )

    def test_after_closing_it_goes_on_from_the_start(self):
        assert Drawing.from_svg(document('<path d="M1 1h4v4zl-1 5h3"/>')).shapes == (
            Polygon([[(1, 1), (5, 1), (5, 5)], [(1, 1), (0, 6), (3, 6)]]),
        )

    @pytest.mark.parametrize(
        ("short", "long"),
        [
            ("M5 30C5 10 30 5 30 30S55 50 55 30", "M5 30C5 10 30 5 30 30C30 55 55 50 55 30"),
            ("M5 30S30 5 30 30", "M5 30C5 30 30 5 30 30"),
            ("M5 30q10-25 25 0t25 0", "M5 30Q15 5 30 30Q45 55 55 30"),
            ("M5 30T30 5 30 30", "M5 30Q5 30 30 5Q55 -20 30 30"),
            ("M5 30Q20 0 40 30", "M5 30C15 10 26.666666666666668 10 40 30"),
            ("m5 30c0-20 25-25 25 0s25 20 25 0", "M5 30C5 10 30 5 30 30C30 55 55 50 55 30"),
        ],
    )
    def test_short_curves_are_the_long_ones(self, short, long):
        assert np.abs(path(short).astype(int) - path(long)).max() <= 1

    @pytest.mark.parametrize("flags", ["0 1", "1 1", "0 0", "1 0"])
    def test_arcs(self, flags, check_exact):
        large, sweep = (flag == "1" for flag in flags.split())
        # Two circles of radius 20 pass (20, 20) and (40, 30); the flags choose among their four arcs.
        start, end = np.array([20.0, 20.0]), np.array([40.0, 30.0])
        middle, half = (start + end) / 2, (end - start) / 2
        away = math.sqrt(20**2 - half @ half) * np.array([-half[1], half[0]]) / math.hypot(*half)
        centre = middle + (away if large != sweep else -away)
        first, last = (math.atan2(*(point - centre)[::-1]) for point in (start, end))
        turn = (last - first) % math.tau if sweep else -((first - last) % math.tau)
        assert (abs(turn) > math.pi) == large
        angle = first + np.linspace(0, turn, 2000)
        arc = centre + 20 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        check_exact(path(f"M20 20A20 20 0 {flags} 40 30Z"), shapely.Polygon(arc))

    def test_flags_without_spaces(self):
        np.testing.assert_array_equal(path("M20 20a20 20 0 0120 10z"), path("M20 20A20 20 0 0 1 40 30Z"))

    def test_a_turned_ellipse(self):
        drawn = path("M12 32A20 10 30 1 1 12.01 32.02Z")
        turned = rendered('<ellipse rx="20" ry="10" transform="translate(29.3 42) rotate(30)"/>')
        assert abs(int(drawn.sum()) - int(turned.sum())) / 255 < 1

    def test_arcs_with_radii_too_small_or_zero(self):
        np.testing.assert_array_equal(path("M10 30A1 1 0 0 1 50 30Z"), path("M10 30A20 20 0 0 1 50 30Z"))
        np.testing.assert_array_equal(
            path("M10 10A0 9 0 0 1 50 10L50 40H10Z"), mask.rectangle((64, 64), (10, 10, 50, 40))
        )
        assert not path("M10 30A5 5 0 0 1 10 30Z").any()

    def test_fill_rules(self):
        data = "M10 10h40v40h-40zM20 20h20v20h-20z"
        assert path(data)[30, 30] == 255
        assert path(data, fill_rule="evenodd")[30, 30] == 0
        assert path(data, style="fill-rule: evenodd")[30, 30] == 0

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ("L1 1", "expected a path command in '⟨here⟩L1 1'"),
            ("M1 1 X", "expected a path command in 'M1 1 ⟨here⟩X'"),
            ("M1", "expected a number for M"),
            ("M1 1L2 x", "expected a number for L"),
            ("M1 1A5 5 0 2 0 9 9", "expected a number for A"),
            ("M1 1L2 2 3", "expected a number for L"),
            ("M1 1Lnan 2", "expected a number"),
            ("M1 1L1e400 2 3 3", "inf"),
        ],
    )
    def test_damaged(self, data, words):
        with pytest.raises(InputError, match=words):
            path(data)

    def test_nothing(self):
        for data in ("", "  ", "M1 1", "M1 1L5 5Z", "none"[:0]):
            assert not path(data).any()


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


class TestDocument:
    @pytest.mark.parametrize(
        ("head", "size"),
        [
            ('width="30" height="20"', (30, 20)),
            ('width="30px" height="20px" viewBox="0 0 60 40"', (30, 20)),
            ('viewBox="0 0 30.2 20"', (30, 20)),
            ('width="100%" height="100%" viewBox="0 0 30 20"', (30, 20)),
            ('width="60" viewBox="0 0 30 20"', (60, 40)),
            ('height="40" viewBox="0 0 30 20"', (60, 40)),
            ('width="1in" height="25.4mm"', (96, 96)),
            ('width="0.1" height="0.1"', (1, 1)),
        ],
    )
    def test_sizes(self, head, size):
        assert Drawing.from_svg(document("", head)).size == size

    @pytest.mark.parametrize(
        ("aspect", "box"),
        [
            ("", (0, 10, 20, 30)),
            ("xMidYMid meet", (0, 10, 20, 30)),
            ("xMinYMin", (0, 0, 20, 20)),
            ("xMaxYMax", (0, 20, 20, 40)),
            ("none", (0, 0, 20, 40)),
            ("xMinYMin slice", (0, 0, 40, 40)),
        ],
    )
    def test_view_boxes(self, aspect, box):
        head = f'width="20" height="40" viewBox="-5 -5 10 10" preserveAspectRatio="{aspect}"'
        drawn = rendered('<rect x="-5" y="-5" width="10" height="10"/>', head)
        np.testing.assert_array_equal(drawn, mask.rectangle((20, 40), box))

    def test_styles_and_classes(self):
        body = """<style>/* c */ .a, .b { fill-rule: evenodd } .b { fill: none; }</style>
        <path class="a" d="M0 0h9v9h-9zM3 3h3v3h-3z"/> <rect class="b" x="20" width="5" height="5"/>
        <rect x="30" width="5" height="5" style="fill: none"/> <g fill="none"><rect x="40" width="5" height="5"/></g>
        <g style="fill:none"><rect x="50" width="5" height="5" fill="red"/></g>"""
        drawn = rendered(body)
        assert drawn[4, [1, 4, 22, 32, 42, 52]].tolist() == [255, 0, 0, 0, 0, 255]

    def test_what_is_not_shown(self):
        body = """<title>t</title><metadata><x/></metadata><defs><rect width="9" height="9"/><clipPath id="c"><rect/></clipPath></defs>
        <g display="none"><rect width="9" height="9"/><text/></g><rect width="9" height="9" visibility="hidden"/>
        <rect width="9" height="9" style="display:none"/>
        <sodipodi:namedview xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"><rect width="9" height="9"/></sodipodi:namedview>"""
        assert not rendered(body).any()

    def test_subtract(self):
        body = '<rect width="9" height="9"/><circle cx="4" cy="4" r="2" data-mask="subtract"/>'
        assert Drawing.from_svg(document(body)).shapes == (
            Rectangle((0, 0, 9, 9)),
            Ellipse((2, 2, 6, 6), subtract=True),
        )

    def test_prolog_bytes_and_no_namespace(self):
        text = '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/svg11.dtd"><svg width="9" height="9"><!-- é --><rect width="3" height="3"/></svg>'
        expected = Drawing((9, 9)).add(Rectangle((0, 0, 3, 3)))
        assert Drawing.from_svg(text) == Drawing.from_svg(text.encode()) == expected
        assert Drawing.from_svg(text.replace("utf-8", "utf-16").encode("utf-16")) == expected

    def test_deep_nesting_is_no_danger(self):
        assert rendered("<g>" * 20_000 + '<rect width="3" height="3"/>' + "</g>" * 20_000)[1, 1] == 255

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "no well-formed XML"),
            ("<svg", "no well-formed XML"),
            ("<html/>", "outermost element is html"),
            ('<!DOCTYPE svg [<!ENTITY a "b">]><svg width="1" height="1"/>', "declares its own document type"),
            (
                '<!DOCTYPE svg SYSTEM "x" [<!ENTITY b SYSTEM "file:///etc/passwd">]><svg/>',
                "declares its own document type",
            ),
            ("<svg/>", "neither its size nor its viewBox"),
            ('<svg width="0" height="9"/>', "0 x 9 px"),
            ('<svg viewBox="0 0 9"/>', "cannot use the viewBox"),
            ('<svg width="9em" height="9"/>', "cannot read width or height='9em'"),
            (document("<text>a</text>"), "holds <text>"),
            (document('<use href="#a"/>'), "holds <use>"),
            (document("<image/>"), "holds <image>"),
            (document("<svg/>"), "holds another one"),
            (document('<g clip-path="url(#c)"><rect width="1" height="1"/></g>'), "cuts shapes with clip-path"),
            (document('<rect width="-1" height="1"/>'), "negative size"),
            (document('<rect width="a" height="1"/>'), "cannot read width='a'"),
            (document('<polygon points="1 1 b"/>'), "expected a number"),
            (document('<path d="M0 0h9v9z" data-mask="holes x"/>'), "does not say how many holes"),
        ],
    )
    def test_refused(self, text, words):
        with pytest.raises(InputError, match=words):
            Drawing.from_svg(text)


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
        ("attributes", "words"),
        [
            ('stroke="red"', "stroke-linecap: butt"),
            ('stroke="red" stroke-linecap="round"', "stroke-linejoin: miter"),
            ('stroke="red" stroke-linecap="round" stroke-linejoin="round" stroke-dasharray="3"', "dashes"),
            (
                'stroke="red" stroke-linecap="round" stroke-linejoin="round" transform="scale(2 1)"',
                "stretches the stroke",
            ),
        ],
    )
    def test_others_are_refused(self, attributes, words):
        with pytest.raises(InputError, match=words):
            rendered(f'<polyline points="5,5 20,9" fill="none" {attributes}/>')


@pytest.mark.parametrize(
    "rule",
    ["path{fill:none}", "#a{fill:none}", "path.b{FILL : none}", "*{fill:transparent}", ".b{fill:rgba(0, 0, 0, 0)}"],
)
def test_rules_hide_what_they_name(rule):
    text = f'<svg width="9" height="9"><style>{rule}</style><path id="a" class="b" d="M1 1h4v4h-4z"/></svg>'
    assert not Drawing.from_svg(text).render().any()
    assert Drawing.from_svg(text.replace(rule, "circle{fill:none}")).render().any()


def test_rules_count_by_their_weight():
    text = (
        '<svg width="9" height="9"><style>#a{fill:red} .b{fill:none} path{fill:none}</style>'
        '<path id="a" class="b" d="M1 1h4v4h-4z"/></svg>'
    )
    assert Drawing.from_svg(text).render().any()


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("<style>g > path{fill:none}</style>", "a rule for 'g > path'"),
        ("<style>path:hover{fill:none}</style>", "path:hover"),
        ('<path filter="url(#f)" d="M1 1h4v4h-4z"/>', "by filter"),
        ('<path style="marker-end:url(#m)" d="M1 1h4v4h-4z"/>', "by marker-end"),
    ],
)
def test_what_changes_shapes_in_other_ways_is_refused(part, said):
    with pytest.raises(InputError, match=said):
        Drawing.from_svg(f'<svg width="9" height="9">{part}</svg>')
