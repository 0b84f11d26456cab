"""Path data of SVG: every command, written short and long, and damaged."""

import math

import numpy as np
import pytest
import shapely
import shapely.affinity

from preproc import mask
from preproc.errors import InputError
from preproc.mask import Drawing, Polygon

from .svg import document, path, rendered


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
