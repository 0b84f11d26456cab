import hashlib
import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc.control.pose import draw_pose
from preproc.control.skeleton import JOINT_COLOURS, JOINTS, Joint, Person, as_person
from preproc.errors import InputError

ORACLE = json.loads((Path(__file__).parent / "data" / "pose_openpose18.json").read_text())["cases"]
BODY = [(20.0 + 3 * i, 15.0 + 2 * i) for i in range(18)]


@pytest.mark.parametrize("case", ORACLE, ids=lambda case: f"{case['width']}x{case['height']}")
def test_equals_the_pictures_of_the_annotators(case):
    pose = draw_pose(case["people"], (case["width"], case["height"]), normalized=True)
    assert hashlib.sha256(pose.tobytes()).hexdigest() == case["sha256"]


@pytest.mark.parametrize("case", ORACLE[:3], ids=lambda case: f"{case['width']}x{case['height']}")
def test_pixels_draw_what_shares_draw(case):
    width, height = case["width"], case["height"]
    people = [[joint and (joint[0] * width, joint[1] * height) for joint in person] for person in case["people"]]
    pose = draw_pose(people, (width, height))
    assert hashlib.sha256(pose.tobytes()).hexdigest() == case["sha256"]


def test_an_empty_list_is_a_black_picture():
    pose = draw_pose([], (30, 20))
    assert pose.shape == (20, 30, 3)
    assert pose.dtype == np.uint8
    assert not pose.any()


def test_one_limb_and_its_joints():
    pose = draw_pose([[(32, 8), (32, 40)] + [None] * 16], (64, 64))
    assert pose[8, 32].tolist() == [255, 0, 0]
    assert pose[40, 32].tolist() == [255, 85, 0]
    assert pose[24, 32].tolist() == [0, 0, 153]  # the limb neck to nose, colour of joint 12 at 0.6
    assert np.flatnonzero(pose[24].any(axis=1)).tolist() == list(range(28, 37))  # 4 px to each side


def test_shoulder_to_ear_is_never_drawn():
    body = [None] * 18
    body[2], body[16] = (10, 50), (50, 10)
    pose = draw_pose([body], (64, 64))
    assert not pose[30, 30].any()


def test_later_people_lie_over_earlier_ones():
    one, two = [[None] * 18 for _ in range(2)]
    one[0], one[1] = (10, 10), (40, 10)
    two[4] = (10, 10)
    assert draw_pose([one, two], (50, 20))[10, 10].tolist() == list(JOINT_COLOURS[4])
    assert draw_pose([two, one], (50, 20))[10, 10].tolist() == list(JOINT_COLOURS[0])


def test_joints_outside_are_cut_off():
    body = [None] * 18
    body[0], body[1] = (-50.0, 10.0), (70.0, 10.0)
    pose = draw_pose([body], (20, 20))
    assert pose[10].any(axis=1).all()
    body[1] = (1e12, 10.0)
    assert draw_pose([body], (20, 20)).any()


class TestHandsAndFace:
    hand = tuple((10.0 + 4 * i, 20.0 + (i % 4) * 10) for i in range(21))

    def test_fingers_have_the_rainbow(self):
        pose = draw_pose([Person(tuple([None] * 18), left_hand=self.hand)], (120, 80))
        truth = np.zeros((80, 120, 3), np.uint8)
        points = [(int(x), int(y)) for x, y in self.hand]
        for number, (one, two) in enumerate((f * 4 + j if j else 0, f * 4 + j + 1) for f in range(5) for j in range(4)):
            hue = cv2.cvtColor(np.float32([[[number * 18, 1, 1]]]), cv2.COLOR_HSV2RGB)[0, 0] * 255
            cv2.line(truth, points[one], points[two], [float(math.floor(c + 0.5)) for c in hue], 2)
        for point in points:
            cv2.circle(truth, point, 4, (0, 0, 255), -1)
        assert np.abs(pose.astype(int) - truth).max() <= 1

    def test_each_hand_is_drawn(self):
        left = draw_pose([Person(tuple([None] * 18), left_hand=self.hand)], (120, 80))
        right = draw_pose([Person(tuple([None] * 18), right_hand=self.hand)], (120, 80))
        assert left.any()
        np.testing.assert_array_equal(left, right)

    def test_face_points_are_white_discs(self):
        face = [None] * 70
        face[3] = (20.9, 10.2)
        pose = draw_pose([as_person([None] * 18, face=face)], (40, 30))
        truth = np.zeros((30, 40, 3), np.uint8)
        cv2.circle(truth, (20, 10), 3, (255, 255, 255), -1)
        np.testing.assert_array_equal(pose, truth)

    @pytest.mark.parametrize("point", [(0.9, 10.0), (10.0, 0.5), (-3.0, 5.0)])
    def test_row_and_column_zero_mean_not_found(self, point):
        face, hand = [None] * 68, [None] * 21
        face[0] = hand[0] = point
        hand[1] = (10.0, 10.0)
        pose = draw_pose([as_person([None] * 18, face=face, right_hand=hand)], (40, 30))
        truth = np.zeros_like(pose)
        cv2.circle(truth, (10, 10), 4, (0, 0, 255), -1)
        np.testing.assert_array_equal(pose, truth)

    def test_the_face_lies_over_the_hands_over_the_body(self):
        body = [None] * 18
        body[4] = (20, 20)
        hand, face = [None] * 21, [None] * 68
        hand[0] = face[0] = (20, 20)
        centre = [draw_pose([Person(tuple(body), **parts)], (40, 40))[20, 20].tolist() for parts in (
            {}, {"left_hand": hand}, {"left_hand": hand, "face": face},
        )]  # fmt: skip
        assert centre == [[170, 255, 0], [0, 0, 255], [255, 255, 255]]


class TestConfidence:
    def test_unsure_joints_and_their_limbs_are_left_out(self):
        body = [(20.0, 10.0, 0.3), (20.0, 40.0, 0.29)] + [None] * 16
        pose = draw_pose([body], (60, 60))
        assert pose[10, 20].tolist() == [255, 0, 0]
        assert not pose[20:].any()
        assert draw_pose([body], (60, 60), min_confidence=0.05)[40, 20].tolist() == [255, 85, 0]

    def test_nan_is_missing(self):
        array = np.full((18, 3), np.nan)
        array[0] = 20, 10, 1
        assert draw_pose(array[None], (40, 40))[10, 20].tolist() == [255, 0, 0]


class TestThickness:
    @pytest.mark.parametrize(
        ("thickness", "size", "half"),
        [
            ("openpose", (2048, 64), 4), ("scaled", (512, 512), 4), ("scaled", (300, 300), 4),
            ("scaled", (2000, 1024), 8), ("xinsir", (499, 100), 4), ("xinsir", (500, 100), 8),
            ("xinsir", (1000, 100), 12), ("xinsir", (9000, 100), 28), (2.5, (200, 100), 10),
        ],
    )  # fmt: skip
    def test_half_width_of_limbs_and_radius_of_joints(self, thickness, size, half):
        limb = [(-50, 32), (150, 32)] + [None] * 16
        pose = draw_pose([limb], size, thickness=thickness)
        assert abs(np.count_nonzero(pose[:, 50].any(axis=1)) - (2 * half + 1)) <= 1
        disc = draw_pose([[(60, 32)] + [None] * 17], size, thickness=thickness)
        assert np.count_nonzero(disc[32].any(axis=1)) == 2 * half + 1

    def test_hands_follow_scaled_and_not_xinsir(self):
        hand = [(50.0, 50.0)] + [None] * 20
        widths = [
            np.count_nonzero(draw_pose([as_person([None] * 18, left_hand=hand)], (1024, 1024), thickness=t)[50].any(-1))
            for t in ("openpose", "scaled", "xinsir")
        ]
        assert widths == [9, 17, 9]


class TestLayouts:
    def test_body25_leaves_out_hip_and_feet(self):
        joints = [(float(i), 1.0) for i in range(25)]
        xs = [joint.x for joint in as_person(joints).body]
        assert xs == [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]

    def test_coco_puts_the_neck_between_the_shoulders(self):
        joints = [(float(i), 1.0, 1 - i / 100) for i in range(17)]
        body = as_person(joints).body
        assert body[JOINTS.index("neck")] == Joint(5.5, 1.0, 0.94)
        assert [joint.x for joint in body] == [0, 5.5, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3]

    def test_no_neck_without_both_shoulders(self):
        joints = [(float(i), 1.0) for i in range(17)]
        joints[5] = None
        assert as_person(joints).body[1] is None

    def test_blazepose(self):
        joints = [(float(i), 1.0) for i in range(33)]
        xs = [joint.x for joint in as_person(joints).body]
        assert xs == [0, 11.5, 12, 14, 16, 11, 13, 15, 24, 26, 28, 23, 25, 27, 5, 2, 8, 7]

    def test_whole_body_brings_face_and_hands(self):
        joints = [(float(i), 1.0) for i in range(133)]
        person = as_person(joints)
        assert [joint.x for joint in person.face] == [*range(23, 91), 2, 1]
        assert [joint.x for joint in person.left_hand] == [*range(91, 112)]
        assert [joint.x for joint in person.right_hand] == [*range(112, 133)]
        other = [(0.0, 0.0)] * 21
        assert as_person(joints, left_hand=other).left_hand[0].x == 0

    def test_a_person_stays_itself(self):
        person = as_person(BODY)
        assert as_person(person) is person


class TestErrors:
    def test_one_person_instead_of_a_list(self):
        with pytest.raises(InputError, match=r"pass \[person\]"):
            draw_pose(BODY, (64, 64))

    def test_flat_numbers(self):
        with pytest.raises(InputError, match="read_pose"):
            draw_pose([[1.0] * 54], (64, 64))

    def test_unknown_layout_names_both_numbers(self):
        with pytest.raises(InputError, match=r"16 joints .* 18 \(OpenPose\)"):
            draw_pose([BODY[:16]], (64, 64))

    @pytest.mark.parametrize("joint", [(1.0,), (1, 2, 3, 4), ("a", "b"), {"x": 1}, (math.inf, 1.0)])
    def test_a_joint_is_two_or_three_numbers(self, joint):
        with pytest.raises(InputError, match="joint 0 of a body"):
            draw_pose([[joint, *BODY[1:]]], (64, 64))

    def test_hands_have_21_joints(self):
        with pytest.raises(InputError, match=r"left_hand has 21 joints, got 20"):
            as_person(BODY, left_hand=[None] * 20)

    def test_pixels_declared_as_shares(self):
        with pytest.raises(InputError, match="pass normalized=False"):
            draw_pose([BODY], (64, 64), normalized=True)

    def test_shares_declared_as_pixels(self):
        with pytest.raises(InputError, match="pass normalized=True"):
            draw_pose(ORACLE[0]["people"], (64, 64))

    def test_a_share_a_little_outside_is_fine(self):
        body = [None] * 18
        body[0], body[1] = (1.3, -0.2), (0.5, 0.5)
        assert draw_pose([body], (64, 64), normalized=True)[32, 32].tolist() == [255, 85, 0]

    @pytest.mark.parametrize("size", [(0, 5), (5, -1), 7, (1, 2, 3), (40000, 5)])
    def test_sizes(self, size):
        with pytest.raises(InputError, match="a size is"):
            draw_pose([], size)

    @pytest.mark.parametrize("thickness", ["thick", 0, -1.0, math.nan, 101])
    def test_thickness(self, thickness):
        with pytest.raises(InputError, match="thickness is"):
            draw_pose([], (8, 8), thickness=thickness)


coordinate = st.floats(-1e9, 1e9) | st.floats(-20, 120)
body_of_any = st.lists(st.none() | st.tuples(coordinate, coordinate, st.floats(0, 1)), min_size=18, max_size=18)


@settings(max_examples=40, deadline=None)
@given(st.lists(body_of_any, max_size=3), st.sampled_from(["openpose", "scaled", "xinsir", 3.0]))
def test_any_coordinates_are_drawn_or_refused_by_name(people, thickness):
    try:
        pose = draw_pose(people, (100, 80), thickness=thickness)
    except InputError:
        return
    assert pose.shape == (80, 100, 3)
    lit = {tuple(colour) for colour in pose.reshape(-1, 3).tolist()} - {(0, 0, 0)}
    body = set(JOINT_COLOURS) | {(r * 3 // 5, g * 3 // 5, b * 3 // 5) for r, g, b in JOINT_COLOURS}
    assert lit <= body


def test_input_is_left_alone():
    people = np.random.default_rng(1).uniform(0, 90, (2, 18, 3))
    people.setflags(write=False)
    draw_pose(people, (100, 100))
