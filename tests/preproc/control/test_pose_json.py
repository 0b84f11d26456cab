import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc import control
from preproc.control.pose import draw_pose
from preproc.control.pose_json import read_pose, write_pose
from preproc.control.skeleton import Person
from preproc.errors import FileFormatError, InputError
from preproc.geometry import Size


def flat(count, confidence=0.5):
    return [number for i in range(count) for number in (10.0 + i, 20.0 + 2 * i, confidence)]


def document(**fields):
    return {"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": flat(25), **fields}]}


class TestRead:
    @pytest.mark.parametrize("before", ["", " \n\t", "["], ids=["plain", "indented", "list"])
    def test_a_string_that_is_json_is_read_as_json(self, before):
        text = before + json.dumps(document(canvas_width=64, canvas_height=48)) + "]" * before.count("[")
        assert read_pose(text) == read_pose(text.encode()) == read_pose(json.loads(text))

    @pytest.mark.parametrize("empty", [[], "[]", b"[]", ()], ids=repr)
    def test_an_empty_list_says_how_nobody_is_written(self, empty):
        with pytest.raises(FileFormatError, match="empty list") as caught:
            read_pose(empty)
        assert caught.value.fix == 'no people: {"people": []}'
        assert read_pose({"people": []}).people == ()

    def test_openpose_13_keeps_every_joint_and_its_confidence(self, tmp_path):
        body = flat(25)
        body[2::3] = [0.07 + 0.03 * i for i in range(25)]
        path = tmp_path / "pose_keypoints.json"
        path.write_text(
            json.dumps({
                "version": 1.3,
                "people": [{
                    "person_id": [-1], "pose_keypoints_2d": body, "face_keypoints_2d": flat(70),
                    "hand_left_keypoints_2d": flat(21), "hand_right_keypoints_2d": [],
                    "pose_keypoints_3d": [],
                }],
            })
        )  # fmt: skip
        people, size = read_pose(path)
        assert size is None
        assert [joint.x for joint in people[0].body] == [10.0 + i for i in (*range(8), *range(9, 19))]
        assert [joint.confidence for joint in people[0].body] == pytest.approx(
            [0.07 + 0.03 * i for i in (*range(8), *range(9, 19))]
        )
        assert len(people[0].face) == 70
        assert len(people[0].left_hand) == 21
        assert people[0].right_hand is None

    def test_zeros_are_missing_joints(self):
        body = flat(18)
        body[3:6] = [0, 0, 0]
        body[6:9] = [0, 5.0, 0]
        people, _ = read_pose({"people": [{"pose_keypoints_2d": body}]})
        assert people[0].body[1] is None
        assert people[0].body[2] == (0, 5.0, 0)

    def test_bytes_parsed_objects_and_a_single_frame_are_alike(self):
        parsed = document()
        text = json.dumps(parsed).encode()
        assert read_pose(parsed) == read_pose(text) == read_pose([parsed])

    def test_whole_body(self):
        person = read_pose({"people": [{"pose_keypoints_2d": flat(133)}]}).people[0]
        assert len(person.face) == 70
        assert len(person.left_hand) == len(person.right_hand) == 21

    def test_a_face_without_a_body(self):
        person = read_pose({"people": [{"pose_keypoints_2d": None, "face_keypoints_2d": flat(68)}]}).people[0]
        assert person.body == (None,) * 18
        assert len(person.face) == 68

    def test_shares_become_pixels_of_the_canvas(self):
        body = [0.5, 0.25, 1.0, 0.75, 0.5, 0.9] + [0] * 48
        raw = {"people": [{"pose_keypoints_2d": body}], "canvas_width": 200, "canvas_height": 100}
        people, size = read_pose(raw, normalized=True)
        assert size == Size(200, 100)
        assert people[0].body[:2] == ((100, 25, 1.0), (150, 50, 0.9))
        assert read_pose(raw, normalized=True, size=(400, 400)).people[0].body[0] == (200, 100, 1.0)

    def test_another_size_scales_pixels(self):
        raw = {**document(), "canvas_width": 100, "canvas_height": 100}
        people, size = read_pose(raw, size=(200, 50))
        assert size == (200, 50)
        assert people[0].body[0] == (20.0, 10.0, 0.5)

    def test_what_is_read_can_be_drawn(self):
        assert draw_pose(*read_pose({**document(), "canvas_width": 64, "canvas_height": 80})).shape == (80, 64, 3)

    def test_files_of_old_openpose_keep_their_joints(self):
        person = {"pose_keypoints": flat(18), "hand_left_keypoints": flat(21), "face_keypoints": flat(70)}
        read = read_pose({"version": 1.0, "people": [person]}).people[0]
        assert read == read_pose({"people": [{f"{name}_2d": values for name, values in person.items()}]}).people[0]
        assert read.body[17] == (27, 54, 0.5)


class TestErrors:
    @pytest.mark.parametrize(
        ("source", "words"),
        [
            (b"\xff\x00", "not JSON"),
            (b"{}", "no list of people"),
            ({"people": [3]}, r"people\[0\] is int"),
            ({"people": [{"pose_keypoints_2d": [1, 2]}]}, r"people\[0\]\.pose_keypoints_2d has 2 numbers"),
            ({"people": [{"pose_keypoints_2d": ["a"] * 54}]}, "is not a list of numbers"),
            ({"people": [{"pose_keypoints_2d": flat(19)}]}, r"people\[0\]: 19 joints"),
            ({"people": [{"pose_keypoints_2d": flat(18), "face_keypoints_2d": flat(3)}]}, r"people\[0\]: .*face"),
            ([{"people": []}, {"people": []}], "a list of 2 frames"),
            ({"people": [{"keypoints": flat(18)}]}, r"people\[0\] has no keypoints, only keypoints"),
            ({"people": [], "canvas_width": "wide", "canvas_height": 3}, "canvas_width and"),
        ],
    )
    def test_says_where(self, source, words):
        with pytest.raises(FileFormatError, match=words):
            read_pose(source)

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(FileFormatError, match="cannot read"):
            read_pose(tmp_path / "no.json")

    def test_the_unit_is_contradicted(self):
        with pytest.raises(InputError, match="pass normalized=False"):
            read_pose(document(), normalized=True, size=(10, 10))
        shares = {"people": [{"pose_keypoints_2d": [0.4, 0.2, 1.0] * 18}]}
        with pytest.raises(InputError, match="pass normalized=True"):
            read_pose(shares)
        with pytest.raises(InputError, match="pass size="):
            read_pose(shares, normalized=True)

    def test_a_share_outside_stays_a_share(self):
        shares = {"people": [{"pose_keypoints_2d": [1.02, -0.3, 1.0] + [0.5, 0.5, 1.0] * 17}]}
        assert read_pose(shares, normalized=True, size=(100, 100)).people[0].body[0] == (102, -30, 1.0)


class TestWrite:
    def test_layout(self):
        text = write_pose([Person((None,) * 17 + ((3.5, 4.0, 0.25),))], size=(64, 48))
        assert json.loads(text) == {
            "version": 1.3,
            "people": [{
                "pose_keypoints_2d": [0.0] * 51 + [3.5, 4.0, 0.25], "face_keypoints_2d": [],
                "hand_left_keypoints_2d": [], "hand_right_keypoints_2d": [],
            }],
            "canvas_width": 64,
            "canvas_height": 48,
        }  # fmt: skip

    @pytest.mark.parametrize("count", [25, 133])
    def test_feet_and_middle_hip_are_kept(self, count):
        first = read_pose({"people": [{"pose_keypoints_2d": flat(count)}, {"pose_keypoints_2d": flat(18)}]}).people
        assert [joint.x for joint in first[0].feet] == [
            10.0 + i for i in {25: range(19, 25), 133: range(17, 23)}[count]
        ]
        text = write_pose(first, size=(640, 480))
        assert read_pose(text).people == first
        if count == 25:
            assert json.loads(text)["people"][0]["pose_keypoints_2d"] == flat(25)
        moved = read_pose(text, size=(320, 240)).people[0]
        assert moved.feet[5] == (first[0].feet[5].x / 2, first[0].feet[5].y / 2, 0.5)

    def test_bodies_of_18_for_readers_that_know_no_others(self):
        people = read_pose(document()).people
        body = json.loads(write_pose(people, size=(64, 48), body_joints=18))["people"][0]["pose_keypoints_2d"]
        assert body == [number for joint in people[0].body for number in joint]
        body = json.loads(write_pose([people[0].body], size=(64, 48), body_joints=25))["people"][0]["pose_keypoints_2d"]
        assert body[24:27] == [0, 0, 0]
        assert body[27:30] == flat(25)[27:30]
        with pytest.raises(InputError, match="body_joints is 18, 25 or None, got 17"):
            write_pose(people, size=(64, 48), body_joints=17)

    def test_files_are_not_replaced_unasked(self, tmp_path):
        path = tmp_path / "pose.json"
        assert write_pose([], path, size=(8, 8)) == path.read_text()
        with pytest.raises(InputError, match="exists"):
            write_pose([], path, size=(9, 9))
        write_pose([], path, size=(9, 9), overwrite=True)
        assert read_pose(path).size == (9, 9)

    def test_normalized(self):
        people = [[(100.0, 50.0), (20.0, 30.0)] + [None] * 16]
        text = write_pose(people, size=(200, 100), normalized=True)
        assert json.loads(text)["people"][0]["pose_keypoints_2d"][:3] == [0.5, 0.5, 1.0]
        assert read_pose(text.encode(), normalized=True).people[0].body[1] == pytest.approx((20, 30, 1))


number = st.floats(-50, 5000, allow_subnormal=False)
joint = st.none() | st.tuples(number, number, st.floats(0.001, 1))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(joint, min_size=18, max_size=18),
    st.none() | st.lists(joint, min_size=70, max_size=70),
    st.none() | st.lists(joint, min_size=21, max_size=21),
)
def test_there_and_back_is_exact(body, face, hand):
    person = Person(((2.0, 2.0), (90.0, 90.0), *body[2:]), face=face, left_hand=hand)
    people, size = read_pose(write_pose([person], size=(640, 480)).encode())
    assert size == (640, 480)
    assert people == (person,)
    np.testing.assert_array_equal(draw_pose(people, size), draw_pose([person], (640, 480)))


def test_shares_with_a_joint_beyond_the_frame_are_not_taken_for_pixels():
    flat = [value for number in range(18) for value in ((number + 1) / 17, 0.5, 0.9)]
    document = {"people": [{"pose_keypoints_2d": flat}], "canvas_width": 640, "canvas_height": 480}
    with pytest.raises(InputError, match="normalized=True"):
        read_pose(document)
    assert read_pose(document, normalized=True).people[0].body[17].x > 640


def test_a_canvas_may_be_written_in_whole_floats():
    document = {"people": [{"pose_keypoints_2d": [5, 5, 0.9] * 18}], "canvas_width": 512.0, "canvas_height": 512.0}
    assert read_pose(document).size == (512, 512)
    with pytest.raises(InputError, match="not whole numbers"):
        read_pose({**document, "canvas_width": 512.5})


def test_numbers_that_are_no_pixels_and_endless_nesting_are_named():
    with pytest.raises(FileFormatError, match="beyond 1,000,000"):
        read_pose({"people": [{"pose_keypoints_2d": [10**400, 5, 0.9] * 18}]})
    with pytest.raises(FileFormatError, match="not JSON"):
        read_pose(b"[" * 100_000)


def test_shares_are_not_advised_what_does_not_help():
    with pytest.raises(InputError) as caught:
        write_pose([[(0.1, 0.2), (0.5, 0.5), *[None] * 16]], size=(64, 48), normalized=True)
    assert "scale them" in caught.value.fix


def test_a_file_without_a_size_is_not_cut_off():
    document = {"people": [{"pose_keypoints_2d": [x for n in range(18) for x in (100 * n, 40 * n, 0.9)]}]}
    with pytest.raises(InputError, match=r"up to \(1700, 680\), the map is 1024x576, and the file does not say"):
        control.make("pose", document, size=(1024, 576))
    poses = read_pose(document, size=(1920, 1080))
    made = control.make("pose", poses, size=(960, 540)).image
    half = [None if joint is None else (joint.x / 2, joint.y / 2) for joint in poses.people[0].body]
    np.testing.assert_array_equal(made, draw_pose([half], (960, 540)))
    with pytest.raises(InputError) as caught:
        draw_pose(*read_pose(document))
    assert "read_pose(source, size=(width, height))" in caught.value.fix
