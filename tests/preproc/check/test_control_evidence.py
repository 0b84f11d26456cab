"""What says which end of a depth map is near: points, sky, a second map."""

import cv2
import numpy as np
import pytest
import skimage.data

from preproc import check
from preproc.errors import InputError

from .grids import grid


class TestDepth:
    ramp = np.tile(np.linspace(255, 0, 200).astype(np.uint8), (150, 1)).T.copy()  # near at the top

    def test_points(self):
        points = {"near_point": (20, 10), "far_point": (20, 190)}
        assert check.control(self.ramp, "depth", **points).codes == ()
        report = check.control(255 - self.ramp, "depth", **points)
        assert report.codes == ("depth-inverted",)
        assert report.findings[0].value == (13, 244)

    def test_close_points_do_not_decide(self):
        points = {"near_point": (20, 100), "far_point": (20, 104)}
        assert check.control(255 - self.ramp, "depth", **points).codes == ()

    def test_points_on_a_border_do_not_decide(self):
        steps = np.full((150, 200), 60, np.uint8)
        steps[:, 100:] = 200
        for x in (99, 100, 101):
            assert check.control(steps, "depth", near_point=(x, 75), far_point=(150, 75)).codes in ((), ("unsure",))
        assert "depth-inverted" in check.control(steps, "depth", near_point=(50, 75), far_point=(150, 75)).codes

    def test_points_near_a_border_decide_where_most_around_them_does(self):
        steps = np.full((640, 640), 60, np.uint8)
        steps[:, 300:] = 200
        points = {"near_point": (293, 300), "far_point": (500, 300)}  # 17 of 21 columns around the first are near
        assert "depth-inverted" in check.control(steps, "depth", **points).codes
        assert "depth-inverted" not in check.control(255 - steps, "depth", **points).codes

    def test_sky(self):
        sky = (0, 150, 150, 200)
        assert check.control(self.ramp, "depth", sky=sky).codes == ()
        assert check.control(255 - self.ramp, "depth", sky=sky).codes == ("depth-inverted",)

    def test_sky_everywhere_does_not_decide(self):
        assert check.control(255 - self.ramp, "depth", sky=(0, 0, 150, 200)).codes == ()

    def test_second_map(self):
        second = np.sqrt(self.ramp / 255.0) * 0.5
        assert check.control(self.ramp, "depth", reference=second).codes == ()
        report = check.control(255 - self.ramp, "depth", reference=second)
        assert report.codes == ("depth-inverted",)
        assert report.findings[0].value == pytest.approx(-1, abs=0.001)

    def test_an_unrelated_map_does_not_decide(self):
        assert check.control(255 - self.ramp, "depth", reference=self.ramp.T[:, :150].repeat(2, 0)[:200]).codes == ()

    @pytest.mark.parametrize("name", ["astronaut", "brick"])
    def test_a_photo_is_no_second_map(self, name):
        photo = cv2.resize(getattr(skimage.data, name)(), (150, 200), interpolation=cv2.INTER_AREA)
        with pytest.raises(InputError, match=r"the reference is no depth map .*one in gray is expected"):
            check.control(self.ramp, "depth", reference=photo)

    def test_a_colour_map_is_no_second_map(self):
        with pytest.raises(InputError, match="have colour"):
            check.control(self.ramp, "depth", reference=cv2.applyColorMap(self.ramp, cv2.COLORMAP_VIRIDIS))

    def test_colour_map(self):
        coloured = cv2.cvtColor(cv2.applyColorMap(self.ramp, cv2.COLORMAP_VIRIDIS), cv2.COLOR_BGR2RGB)
        assert check.control(coloured, "depth").codes == ("colour",)

    def test_low_contrast(self):
        assert check.control(self.ramp // 8 + 100, "depth").codes == ("low-contrast",)

    @pytest.mark.parametrize(
        ("evidence", "words"),
        [
            ({"near_point": (1, 1)}, "one point proves nothing"),
            ({"near_point": (1, 1), "far_point": (150, 5)}, "far_point=.* lies outside of 150x200"),
            ({"sky": (0, 0, 151, 5)}, "no box inside 150x200"),
            ({"sky": (5, 5, 5, 9)}, "no box inside"),
            ({"reference": np.zeros((10, 300), np.uint8)}, "not the same view"),
        ],
    )
    def test_evidence_that_cannot_be(self, evidence, words):
        with pytest.raises(InputError, match=words):
            check.control(self.ramp, "depth", **evidence)

    def test_evidence_of_depth_for_another_type(self):
        with pytest.raises(InputError, match="sky say which end .* checked as canny"):
            check.control(grid(), "canny", sky=(0, 0, 1, 1))
