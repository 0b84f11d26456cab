"""Maps whose colours mean something: poses, segmentation, normals."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc import check, control


def classes():
    labels = np.zeros((120, 160), int)
    labels[:, 40:], labels[60:, :] = 4, 12
    labels[90:, 100:] = 2
    return labels


class TestPose:
    body = ((40, 20), (40, 50), (25, 50), (15, 80), (12, 110), (55, 50), (65, 80), (68, 110), *[None] * 10)

    def test_upper_body(self):
        pose = control.draw_pose([self.body], (80, 128))
        assert check.control(pose, "pose").codes == ()
        assert check.control(pose[:, :, ::-1], "pose").codes == ("channels-swapped",)

    def test_hands_and_face(self):
        hand = [(60.0 + 6 * i, 30.0 + (i % 4) * 9) for i in range(21)]
        face = [(20.0 + i % 12 * 2, 20.0 + i // 12 * 3) for i in range(68)]
        person = control.Person((None,) * 18, face=face, left_hand=hand)
        assert check.control(control.draw_pose([person], (220, 90)), "pose").codes == ()

    def test_hands_alone_tell_the_order_of_the_channels(self):
        hand = [(20.0 + 6 * i, 30.0 + (i % 4) * 9) for i in range(21)]
        pose = control.draw_pose([control.Person((None,) * 18, left_hand=hand)], (180, 90))
        assert check.control(pose, "pose").codes == ()
        assert check.control(pose[:, :, ::-1], "pose").codes == ("channels-swapped",)

    @given(st.integers(0, 2**32 - 1), st.integers(1, 6))
    @settings(max_examples=12)
    def test_crowds_whose_limbs_cross_tell_it_too(self, seed, people):
        rng = np.random.default_rng(seed)
        crowd = [[tuple(rng.uniform(0, 400, 2)) for _ in range(18)] for _ in range(people)]
        pose = control.draw_pose(crowd, (400, 400))
        assert check.control(pose, "pose").codes == ()
        assert check.control(pose[:, :, ::-1], "pose").codes == ("channels-swapped",)

    def test_a_crowd_that_covers_more_than_half(self):
        crowd = np.random.default_rng(3).uniform(0, 240, (12, 18, 2)).tolist()
        pose = control.draw_pose(crowd, (240, 240))
        assert 0.1 < (pose == 0).all(axis=2).mean() < 0.5
        assert check.control(pose, "pose").codes == ()
        assert check.control(pose[:, :, ::-1], "pose").codes == ("channels-swapped",)

    def test_a_face_alone_is_not_judged(self):
        face = [(20.0 + i % 12 * 7, 20.0 + i // 12 * 9) for i in range(68)]
        pose = control.draw_pose([control.Person((None,) * 18, face=face)], (256, 256))
        assert check.control(pose, "pose").codes == ()

    def test_other_colours(self):
        pose = control.draw_pose([self.body], (80, 128))
        assert check.control(
            np.where(pose.any(axis=2, keepdims=True), (90, 200, 200), 0).astype(np.uint8), "pose"
        ).codes == ("not-a-pose",)


class TestSegmentation:
    def test_palettes(self):
        ade, coco = (control.segmentation_map(classes(), palette=name) for name in ("ade20k", "coco-contiguous"))
        assert check.control(ade, "segmentation").codes == ()
        assert check.control(coco, "segmentation", palette="coco").codes == ()
        assert check.control(ade, "segmentation", palette={1: (1, 2, 3)}).codes == ("palette",)
        report = check.control(coco, "segmentation")
        assert report.codes == ("palette",)
        assert "colours of coco" in report.findings[0].message

    def test_class_numbers_instead_of_colours(self):
        for numbers in (classes().astype(np.uint8), classes().astype(np.uint8) * 9):
            report = check.control(numbers, "segmentation")
            assert report.codes == ("palette",)
            assert "class numbers" in report.findings[0].message
            mended = eval(report.findings[0].fix, {"np": np, "control": control, "m": numbers})
            assert check.control(mended, "segmentation").codes == ()

    def test_swapped_channels(self):
        coloured = control.segmentation_map(classes())
        assert check.control(coloured[:, :, ::-1], "segmentation").codes == ("channels-swapped",)

    def test_fringes(self):
        grown = cv2.resize(control.segmentation_map(classes()), None, fx=1.3, fy=1.3)
        report = check.control(grown, "segmentation")
        assert report.codes == ("fringed-colours",)
        assert report.ok

    def test_unknown_colours_are_named(self):
        picture = np.zeros((90, 90, 3), np.uint8)
        picture[:30], picture[30:60], picture[60:] = (1, 130, 3), (200, 2, 99), (77, 88, 250)
        assert check.kind_of(picture) == "unknown"
        assert "#0182" in check.control(picture, "segmentation").findings[0].message


def test_a_depth_map_is_no_label_map():
    y, x = np.mgrid[0:200, 0:300]
    ramp = (150 + 0.3 * x + 0.05 * y).clip(0, 254).astype(np.uint8)
    report = check.control(ramp, "segmentation")
    assert report.codes == ("palette",)
    assert "segmentation_map" not in report.findings[0].fix


class TestNormal:
    def test_a_plain_wall(self):
        wall = np.full((60, 60, 3), (128, 128, 255), np.uint8)
        wall[20:40] = (150, 120, 253)
        assert check.control(wall, "normal").codes == ()

    def test_random_colours(self):
        noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)
        assert not check.control(noise, "normal").ok


@pytest.mark.parametrize("of", ["segmentation", "normal"])
def test_what_photos_may_come_close_to_is_no_error(of):
    rng = np.random.default_rng(1)
    if of == "segmentation":
        exact = control.segmentation_map(np.kron(rng.integers(0, 20, (6, 8)), np.ones((40, 40), int)))
    else:
        y, x = np.mgrid[:200, :240]
        exact = control.normal_from_depth(np.clip(1 - np.hypot(x - 120, y - 100) / 150, 0, 1), near="high")
    close = np.clip(exact.astype(int) + rng.integers(-4, 5, exact.shape), 0, 255).astype(np.uint8)
    assert [finding.level for finding in check.control(exact, "photo").findings] == ["error"]
    assert [finding.level for finding in check.control(close, "photo").findings] == ["warning"]
