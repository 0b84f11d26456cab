import gzip
import math

import numpy as np
import pytest
import shapely
import shapely.affinity

from preproc import mask
from preproc.errors import FileFormatError, InputError
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
            ("M1 1L1e400 2 3 3", "the number 1e400"),
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
            ('<!DOCTYPE svg SYSTEM "x" [<!ENTITY b SYSTEM "file:///etc/passwd">]><svg/>', "an external entity, 'b'"),
            ('<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>', "no plain abbreviation, 'b'"),
            (f'<!DOCTYPE svg [<!ENTITY a "{"ha" * 1000}">]><svg>&a;</svg>', "no plain abbreviation, 'a'"),
            ("no/such/file.svg", "cannot read an SVG from 'no/such/file.svg'"),
            ("<svg/>", "neither its size nor its viewBox"),
            ('<svg width="0" height="9"/>', "0 x 9 px"),
            ('<svg viewBox="0 0 9"/>', "cannot use the viewBox"),
            ('<svg width="9em" height="9"/>', "cannot read width or height='9em'"),
            (document("<text>a</text>"), "holds <text>"),
            (document('<use href="#a"/>'), "clones 'a', which it does not hold"),
            (document('<use href="other.svg#a"/>'), "clones 'another file'"),
            (document('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'), "inside of itself"),
            (document('<g style="transform: rotate(3deg)"/>'), "by the style transform"),
            (document("<image/>"), "holds <image>"),
            (document('<g clip-path="url(#c)"><rect width="1" height="1"/></g>'), "cuts shapes with clip-path"),
            (document('<clipPath id="c"><path d="M0 0h9v9L5 2z"/></clipPath><g clip-path="url(#c)"/>'), "along bays"),
            (
                document('<mask id="c"><rect width="9" height="9" fill="gray"/></mask><g mask="url(#c)"/>'),
                "fades shapes",
            ),
            (
                document('<g id="a0"><path d="M0 0h1v1z"/></g>')[:-6]
                + "".join(f'<g id="a{n + 1}">{f"""<use href="#a{n}"/>""" * 10}</g>' for n in range(8))
                + "</svg>",
                "more than 20000 elements",
            ),
            (document('<rect width="-1" height="1"/>'), "negative size"),
            ('<svg width="1e400" height="1"/>', "the number 1e400"),
            (document('<rect width="nan" height="1"/>'), "cannot read width='nan'"),
            (document('<path d="M0 0A1e300 1 0 0 0 5 5"/>'), "the number 1e300"),
            (document('<g transform="scale(1e8)"><g transform="scale(1e8)"/></g>'), "multiply to 1e.16"),
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


class TestExports:
    """What drawing programs write around the shapes."""

    def test_a_frame_that_clips_nothing(self):
        body = """<g clip-path="url(#c)"><rect x="40" y="5" width="20" height="9"/></g>
        <defs><clipPath id="c"><rect width="64" height="64" fill="white"/></clipPath></defs>"""
        assert Drawing.from_svg(document(body)).shapes == (Rectangle((40, 5, 60, 14)),)

    def test_a_frame_that_clips(self):
        body = """<clipPath id="c"><rect width="20" height="20" transform="translate(10 10)"/></clipPath>
        <g clip-path="url(#c)"><path fill-rule="evenodd" d="M0 0h64v64h-64zM15 15h40v10h-40z"/></g>"""
        expected = Drawing((64, 64)).add(Rectangle((10, 10, 30, 30))).subtract(Rectangle((15, 15, 30, 25)))
        np.testing.assert_array_equal(rendered(body), expected.render())

    def test_a_round_clip(self):
        body = """<clipPath id="c"><circle cx="32" cy="32" r="20"/></clipPath>
        <g clip-path="url(#c)"><rect width="64" height="64"/></g><rect clip-path="url(#c)" x="60" width="4" height="4"/>"""
        drawn = rendered(body).astype(int)
        assert np.abs(drawn - mask.ellipse((64, 64), (12, 12, 52, 52))).max() <= 1

    def test_a_mask_that_is_a_frame(self):
        body = """<mask id="m" style="mask-type:alpha"><rect width="24" height="24" fill="#D9D9D9"/></mask>
        <g mask="url(#m)"><rect x="20" y="4" width="20" height="9"/></g>"""
        np.testing.assert_array_equal(rendered(body), mask.rectangle((64, 64), (20, 4, 24, 13)))

    def test_illustrator(self):
        text = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
        "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [<!ENTITY ns_svg "http://www.w3.org/2000/svg">
        <!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">]>
        <svg xmlns="&ns_svg;" xmlns:i="&ns_ai;" viewBox="0 0 64 64"><style>.st0{fill:none;stroke:#000;stroke-width:6}</style>
        <switch><foreignObject requiredExtensions="&ns_ai;"><i:pgfRef/></foreignObject>
        <g i:extraneous="self"><line class="st0" x1="9" y1="30" x2="50" y2="30"/></g></switch></svg>"""
        np.testing.assert_array_equal(Drawing.from_svg(text).render(), mask.rectangle((64, 64), (9, 27, 50, 33)))

    def test_clones(self):
        body = """<defs><rect id="a" width="4" height="3" transform="translate(1 1)"/></defs>
        <use href="#a" x="10" y="20"/><use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="#a" transform="scale(2)"/>"""
        expected = mask.union(mask.rectangle((64, 64), (11, 21, 15, 24)), mask.rectangle((64, 64), (2, 2, 10, 8)))
        np.testing.assert_array_equal(rendered(body), expected)

    def test_symbols_and_inner_canvases(self):
        body = """<symbol id="s" viewBox="0 0 10 10"><rect x="-9" width="99" height="5"/></symbol>
        <use href="#s" x="8" y="4" width="20" height="40"/><svg x="50%" width="25%" height="8"><rect width="99" height="50%"/></svg>"""
        expected = mask.union(mask.rectangle((64, 64), (8, 14, 28, 24)), mask.rectangle((64, 64), (32, 0, 48, 4)))
        np.testing.assert_array_equal(rendered(body), expected)

    def test_lengths_in_per_cent(self):
        body = '<rect width="100%" height="25%"/><circle cx="50%" cy="75%" r="12.5%"/>'
        expected = mask.union(mask.rectangle((64, 64), (0, 0, 64, 16)), mask.ellipse((64, 64), (24, 40, 40, 56)))
        np.testing.assert_array_equal(rendered(body), expected)

    def test_files(self, tmp_path):
        place = tmp_path / "a.svg"
        place.write_text(document('<rect width="3" height="3"/>'))
        assert Drawing.from_svg(place) == Drawing.from_svg(str(place)) == Drawing.from_svg(place.read_text())
        (tmp_path / "b.svgz").write_bytes(gzip.compress(place.read_bytes()))
        with pytest.raises(InputError, match="compressed"):
            Drawing.from_svg(tmp_path / "b.svgz")
        with pytest.raises(FileFormatError, match=r"c\.svg"):
            Drawing.from_svg(tmp_path / "c.svg")
        with pytest.raises(InputError, match="got int"):
            Drawing.from_svg(3)


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
        ('<path vector-effect="non-scaling-stroke" d="M1 1h4v4h-4z"/>', "by vector-effect"),
    ],
)
def test_what_changes_shapes_in_other_ways_is_refused(part, said):
    with pytest.raises(InputError, match=said):
        Drawing.from_svg(f'<svg width="9" height="9">{part}</svg>')


@pytest.mark.parametrize("side", ["1.38889in", "26.5mm", "99.6"])
def test_documents_of_broken_pixels_are_filled_to_the_border(side):
    svg = f'<svg width="{side}" height="{side}" viewBox="0 0 100 100"><path d="M10 10h80v80h-80z"/></svg>'
    expected = mask.rectangle((1000, 1000), (100, 100, 900, 900))
    assert np.array_equal(mask.Drawing.from_svg(svg).render((1000, 1000)), expected)
