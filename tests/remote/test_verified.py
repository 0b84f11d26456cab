"""What a hosted preprocessor returns is looked at before anything is built on it."""

import io

import cv2
import numpy as np
import PIL.Image
import pytest
import skimage.data

from preproc import Size, control
from remote.errors import RemoteError
from remote.jobs.result import Fetcher, Result
from remote.tasks.verified import verified

PHOTO = skimage.data.astronaut()[:300, :400]
DEPTH = control.normalize_depth(np.add.outer(np.arange(288.0) * 2, np.abs(np.arange(384.0) - 200)), near="high")
BODY = ((200, 40), (200, 90), (150, 90), (130, 150), (125, 200), (250, 90), (270, 150), (275, 200), *[None] * 10)


class Stored:
    """A backend that holds one file."""

    def __init__(self, data):
        self.data = data

    def download(self, url, **_):
        return type("Found", (), {"data": self.data, "content_type": "image/png"})


def result(pixels):
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG")
    raw = {"image": {"url": "https://files/out.png", "content_type": "image/png"}}
    return Result.read(
        raw, endpoint="fal-ai/x", request_id="r", job_id="j", plan={}, fetcher=Fetcher(Stored(file.getvalue()))
    )


def check(kind, pixels, size=(400, 300), *, evidence=None, strict=True):
    return verified(kind, result(pixels), Size(400, 300), Size(*size), evidence or {}, strict=strict)


def test_depth_is_brought_to_size():
    found = check("depth", DEPTH)
    assert found.map.shape == (300, 400, 3)
    assert found.report.ok
    assert found.image.array().shape == (288, 384, 3)
    assert check("depth", DEPTH, (800, 600)).map.shape == (600, 800, 3)


def test_poses_keep_their_colours():
    pose = control.draw_pose([BODY], (512, 384))
    made = check("pose", pose).map
    assert {tuple(c) for c in made.reshape(-1, 3)} <= {tuple(c) for c in pose.reshape(-1, 3)}


@pytest.mark.parametrize(
    ("kind", "pixels", "code"),
    [
        ("depth", PHOTO, "photo"),
        ("depth", np.zeros((300, 400), np.uint8), "blank"),
        ("depth", cv2.Canny(PHOTO, 100, 200), "other-map"),
        ("depth", DEPTH[:, :200], "aspect"),
        ("soft_edge", 255 - control.soft_edge(PHOTO), "inverted"),
        ("lineart", 255 - control.lineart(PHOTO), "inverted"),
        ("pose", 255 - control.draw_pose([BODY], (400, 300)), "inverted"),
        ("pose", PHOTO, "photo"),
        ("pose", np.zeros((300, 400, 3), np.uint8), "blank"),
        ("mlsd", PHOTO, "photo"),
    ],
)
def test_what_is_of_no_use_is_refused(kind, pixels, code):
    with pytest.raises(RemoteError, match=rf"of no use: .*\[{code}\]") as caught:
        check(kind, pixels)
    assert (caught.value.endpoint, caught.value.request_id) == ("fal-ai/x", "r")
    assert code in check(kind, pixels, strict=False).report.codes


@pytest.mark.parametrize(
    ("kind", "pixels", "others"),
    [("depth", PHOTO, ["midas", "zoe"]), ("zoe", PHOTO, ["depth", "midas"]), ("depth", cv2.Canny(PHOTO, 1, 2), ["midas"]),
     ("pose", PHOTO, []), ("normal", PHOTO, [])],
)  # fmt: skip
def test_the_job_that_failed_is_not_advised(kind, pixels, others):
    with pytest.raises(RemoteError) as caught:
        check(kind, pixels)
    assert f'preprocess("{kind}"' not in caught.value.fix
    assert all(f'preprocess("{other}", photo)' in caught.value.fix for other in others)
    assert others or "another endpoint" in caught.value.fix


def test_upside_down_depth_is_found_where_something_is_known():
    known = {"near_point": (10, 295), "far_point": (210, 5)}
    assert check("depth", DEPTH, evidence=known).report.ok
    assert check("depth", 255 - DEPTH).report.ok
    with pytest.raises(RemoteError, match="depth-inverted"):
        check("depth", 255 - DEPTH, evidence=known)
