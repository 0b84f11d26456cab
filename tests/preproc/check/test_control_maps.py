"""Edges, poses and what `control` makes pass as what they are, in every size."""

import cv2
import numpy as np
import pytest
import skimage.data

from preproc import SizeRule, check, control

from .pictures import FOLDER, LINES, jpeg


class TestEdges:
    def test_pass_as_canny(self, edges):
        assert len(edges) > 150
        for each in edges:
            assert set(check.control(each, "canny").codes) <= {"too-sparse"}

    def test_every_inverted_one_is_found(self, edges):
        for each in edges:
            assert check.control(255 - each, "canny").codes == ("inverted",)
            assert check.control(jpeg(255 - each), "canny").codes == ("inverted",)

    def test_jpeg_is_found_and_still_taken_for_edges(self, edges):
        for each in edges:
            report = check.control(jpeg(each), "canny")
            assert report.ok
            assert "gray-fringed" in report.codes
            assert "JPEG" in report.findings[0].message

    def test_interpolation_is_found(self, edges):
        for each in edges[::3]:
            report = check.control(cv2.resize(each, None, fx=1.5, fy=1.5), "canny")
            assert report.ok
            assert "gray-fringed" in report.codes

    def test_are_found_where_a_photo_is_expected(self, edges):
        for each in edges[::3]:
            for picture in (each, 255 - each, jpeg(each), jpeg(255 - each)):
                assert check.control(picture, "photo").codes == ("map",)

    @pytest.mark.parametrize("of", ["depth", "pose", "normal", "segmentation"])
    def test_are_no_other_map(self, edges, of):
        assert not any(check.control(each, of).ok for each in edges[::5])


class TestEnlargedLines:
    @pytest.mark.parametrize("of", LINES)
    def test_pass_at_3072_px(self, of):
        made = getattr(control, of)(skimage.data.astronaut())
        grown = cv2.resize(made, (3072, 3072), interpolation=cv2.INTER_CUBIC)
        assert set(check.control(grown, of).codes) <= {"gray-fringed"}
        assert check.control(255 - grown, of).codes == ("inverted",)
        assert check.control(grown, "photo").codes in (("map",), ("unsure",))


class TestPoses:
    def test_pass(self, poses):
        for pose in poses:
            assert check.kind_of(pose) == "pose"
            assert check.control(pose, "pose").codes == ()

    def test_swapped_channels_are_found(self, poses):
        for pose in poses:
            assert check.control(pose[:, :, ::-1], "pose").codes == ("channels-swapped",)

    def test_jpeg_and_resizing_are_found(self, poses):
        for pose in poses[::3]:
            assert check.control(jpeg(pose), "pose").codes == ("fringed-colours",)
            assert check.control(255 - pose, "pose").codes == ("inverted",)
            assert check.control(np.where(pose.any(axis=2, keepdims=True), pose, 255), "pose").codes == ("background",)

    @pytest.mark.parametrize("of", ["photo", "canny", "depth", "normal", "segmentation"])
    def test_are_no_other_map(self, poses, of):
        assert not any(check.control(pose, of).ok for pose in poses[::4])


class TestOwnMaps:
    @pytest.mark.parametrize("of", LINES)
    def test_what_is_made_here_passes(self, photos, of):
        for photo in photos[::8]:
            made = getattr(control, of)(photo)
            if np.count_nonzero(made >= 64) > 0.002 * made.size:
                assert check.control(made, of).ok
                assert check.kind_of(made) in {"edges", "unknown"}

    @pytest.mark.parametrize("of", ["lineart", "lines", "scribble"])
    def test_inverted(self, photos, of):
        for photo in photos[::8]:
            made = getattr(control, of)(photo)
            if np.count_nonzero(made >= 64) > 0.002 * made.size:
                assert check.control(255 - made, of).codes == ("inverted",)

    @pytest.mark.parametrize("of", ["blur", "gray", "recolor", "tile", "low_quality"])
    def test_pictures_pass_as_pictures(self, photos, of):
        for photo in photos[::7]:
            report = check.control(getattr(control, of)(photo), of)
            assert report.ok
            assert set(report.codes) <= {"map"}  # a warning: without colour or detail it may be as smooth as depth

    def test_normals(self, depths):
        for depth in depths[::3]:
            normal = control.normal_from_depth(depth, near="high")
            assert check.control(normal, "normal").codes == ()
            assert check.control(jpeg(normal), "normal").codes == ()
            assert check.control(normal[:, :, ::-1], "normal").codes == ("channels-swapped",)
            assert check.control(255 - normal, "normal").codes == ("inverted",)


class TestShapes:
    """What `control.make` makes for a size passes as a map of its photo; what is stretched does not."""

    @pytest.mark.parametrize("of", ["canny", "soft_edge", "lineart", "gray", "tile"])
    @pytest.mark.parametrize("size", [(320, 320), (384, 256), (256, 448)])
    def test_cut_and_padded(self, of, size):
        photo = cv2.imread(str(FOLDER / "astronaut.png"), None, cv2.IMREAD_COLOR_RGB)[:400]
        for fit in ("crop", "pad"):
            made = control.make(of, photo, size=size, fit=fit).image
            assert "aspect" not in check.control(made, of, image=photo).codes
        stretched = control.make(of, photo, size=(256, 448), fit="stretch").image
        assert check.control(stretched, of, image=photo).codes[:1] == ("aspect",)

    @pytest.mark.parametrize("step", [8, 16, 32, 64])
    def test_sizes_that_a_rule_chooses(self, step):
        coffee = cv2.imread(str(FOLDER / "coffee.png"), None, cv2.IMREAD_COLOR_RGB)
        for width, height in [(600, 400), (533, 400), (600, 251), (241, 400), (399, 400), (600, 343)]:
            photo = coffee[:height, :width]
            for pixels in (120_000, 400_000):
                rule = SizeRule(multiple_of=step, best_pixels=pixels)
                for of in ("canny", "gray"):
                    made = control.make(of, photo, rule=rule).image
                    assert "aspect" not in check.control(made, of, image=photo).codes
