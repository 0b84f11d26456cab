"""Drawn lines: inverted, doubled, too few, too many, with gray around them."""

import cv2
import numpy as np
import pytest

from preproc import check

from .grids import grid


def finding(report, code):
    return next(each for each in report.findings if each.code == code)


class TestLines:
    def test_inverted(self):
        report = check.control(255 - grid(), "canny")
        assert report.codes == ("inverted",)
        assert report.findings[0].fix == "255 - m"
        assert report.findings[0].value == pytest.approx(0.944, abs=0.01)

    def test_thick_scribbles_may_be_inverted_too(self):
        assert check.control(255 - grid(width=7, step=32), "scribble").codes == ("inverted",)
        assert check.control(grid(width=7, step=32), "scribble").codes == ()

    def test_doubled_by_nearest_neighbour(self):
        doubled = cv2.resize(grid(), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
        assert check.control(doubled, "canny").codes == ("thick-lines",)
        assert check.control(doubled, "scribble").codes == ()

    def test_strokes_wider_than_any_trained(self):
        assert check.control(grid(512, 128, 60), "scribble").codes == ("thick-lines",)

    def test_density(self):
        sparse = np.zeros((512, 512), np.uint8)
        sparse[256, 100:400] = 255
        assert check.control(sparse, "canny").codes == ("too-sparse",)
        assert check.control(grid(512, 2), "canny").codes == ("too-dense",)

    def test_density_is_judged_by_size(self):
        large = grid(2048, 256)
        assert check.control(large, "canny").codes == ()
        assert check.control(grid(512, 512), "canny").codes == ("too-sparse",)

    def test_interpolation_is_told_from_jpeg(self):
        grown = cv2.resize(grid(), None, fx=1.5, fy=1.5)
        assert "resizing" in finding(check.control(grown, "canny"), "gray-fringed").message
        data = cv2.imencode(".jpg", grid(), [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
        assert "JPEG" in finding(check.control(data, "canny"), "gray-fringed").message

    def test_faint_lines_of_a_thumbnail(self):
        shrunk = cv2.resize(grid(512, 24), (128, 128), interpolation=cv2.INTER_AREA)
        assert "gray-fringed" in check.control(shrunk, "canny").codes

    def test_soft_lines_are_no_fringe_for_soft_types(self):
        soft = cv2.GaussianBlur(grid(step=32, width=3), (0, 0), 2)
        assert check.control(soft, "soft_edge").codes == ()
        assert check.control(soft, "lineart").codes == ()

    def test_a_mask_is_no_line_drawing(self):
        mask = np.zeros((200, 200), np.uint8)
        mask[50:150, 50:150] = 255
        assert check.control(mask, "canny").codes == ("thick-lines",)

    def test_coloured_lines(self):
        coloured = np.zeros((200, 200, 3), np.uint8)
        coloured[::8, :, 0] = 255
        coloured[:, ::8, 1] = 255
        assert not check.control(coloured, "canny").ok
