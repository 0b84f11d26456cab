"""What an SVG document says around its shapes: size, view box, styles, rules, and what is refused."""

import numpy as np
import pytest

from preproc import mask
from preproc.errors import InputError
from preproc.mask import Drawing, Ellipse, Rectangle

from .svg import document, rendered


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


@pytest.mark.parametrize("nothing", ["0", "0.0", ".0", "0%", "-1"])
@pytest.mark.parametrize(
    "body",
    [
        '<rect width="9" height="9" fill="#fff" fill-opacity="{}"/>',
        '<rect width="9" height="9" style="fill:#fff;fill-opacity:{}"/>',
        '<g fill-opacity="{}"><rect width="9" height="9"/></g>',
        '<rect width="9" height="9" opacity="{}" stroke="red"/>',
        '<g opacity="{}"><g><rect width="9" height="9" opacity="1"/></g></g>',
        '<style>.a {{ opacity: {} }}</style><rect class="a" width="9" height="9"/>',
        '<rect width="9" height="9" fill="none" stroke="red" stroke-opacity="{}"/>',
        '<defs><rect id="r" width="9" height="9"/></defs><use href="#r" opacity="{}"/>',
    ],
)
def test_what_is_wholly_transparent_is_not_painted(body, nothing):
    assert not rendered(body.format(nothing), 'width="20" height="20"').any()
    assert rendered(body.format("0.01"), 'width="20" height="20"').any()


def test_transparent_documents_and_paint_beside_transparent_paint():
    assert not rendered('<rect width="9" height="9"/>', 'width="20" height="20" opacity="0"').any()
    stroked = '<rect x="4" y="4" width="9" height="9" fill-opacity="0" stroke="red"/>'
    outlined = '<rect x="4" y="4" width="9" height="9" fill="none" stroke="red"/>'
    np.testing.assert_array_equal(rendered(stroked), rendered(outlined))
    inside = '<g fill-opacity="0"><rect width="9" height="9" fill-opacity="1"/></g>'
    np.testing.assert_array_equal(rendered(inside), rendered('<rect width="9" height="9"/>'))


CIRCLE = '<circle cx="10" cy="10" r="6" fill="{}"/>'


@pytest.mark.parametrize(
    "ground",
    [
        '<rect width="20" height="20"/>',
        '<rect width="100%" height="100%" fill="#000"/>',
        '<path d="M0 0h20v20H0z"/>',
        '<polygon points="-1,-1 21,-1 21,21 -1,21"/>',
        '<g transform="scale(2)"><rect width="10" height="10" /></g>',
    ],
)
@pytest.mark.parametrize("paint", ["white", "#fff", "red", "url(#a)"])
def test_a_black_ground_is_none_under_other_colours(ground, paint):
    head = 'width="20" height="20"'
    np.testing.assert_array_equal(rendered(ground + CIRCLE.format(paint), head), rendered(CIRCLE.format("red"), head))
    hole = '<rect x="8" y="8" width="4" height="4" fill="rgb(0, 0, 0)"/>'
    assert rendered(ground + CIRCLE.format(paint) + hole, head)[10, 10] == 0


def test_black_on_a_white_ground_takes_away():
    head = 'width="20" height="20"'
    drawn = rendered('<rect width="20" height="20" fill="white"/>' + CIRCLE.format("black"), head)
    np.testing.assert_array_equal(drawn, 255 - rendered(CIRCLE.format("black"), head))


def test_without_a_ground_or_another_colour_colours_do_not_count():
    head = 'width="20" height="20"'
    for ground in ('<rect width="20" height="20"/>', '<rect width="20" height="20" fill="red"/>'):
        assert (rendered(ground + CIRCLE.format("black"), head) == 255).all()
    for smaller in ('<rect width="19" height="20"/>', '<path d="M0 0h19v20H0z"/>'):
        assert (rendered(smaller + CIRCLE.format("white"), head)[:, :19] == 255).all()
    cut = '<path d="M0 0h20v20H9L0 9z"/>'
    assert rendered(cut + CIRCLE.format("white"), head)[2, 2] == 255


def test_drawings_with_a_ground_come_back():
    for first in (Rectangle((0, 0, 20, 20)), Rectangle((0, 0, 20, 20), subtract=True)):
        drawing = Drawing((20, 20), [first, Ellipse((2, 2, 9, 9)), Ellipse((3, 3, 7, 7), subtract=True)])
        assert Drawing.from_svg(drawing.to_svg()) == drawing


def test_clips_cut_however_clear_they_are_painted():
    clip = '<clipPath id="c"><rect width="5" height="5" {}/></clipPath><rect width="9" height="9" clip-path="url(#c)"/>'
    np.testing.assert_array_equal(rendered(clip.format('fill-opacity="0"')), rendered(clip.format("")))
