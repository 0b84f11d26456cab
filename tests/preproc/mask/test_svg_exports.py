"""What drawing programs write into SVG."""

import gzip

import numpy as np
import pytest

from preproc import mask
from preproc.errors import FileFormatError, InputError
from preproc.mask import Drawing, Rectangle

from .svg import document, rendered


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
