import io

import cv2
import numpy as np
import PIL.Image
import pytest
import skimage.data

from preproc import check, control, mask

PHOTO = cv2.resize(skimage.data.coffee(), (300, 200), interpolation=cv2.INTER_AREA)
SIZE = (300, 200)
DEPTH = np.tile(np.hypot(np.linspace(0, 3, 300), 1), (200, 1)) + np.linspace(0, 5, 200)[:, None]
PEOPLE = [[(150, 30), (150, 60), (120, 62), (110, 100), (108, 140), (180, 62), (190, 100), (192, 140), *[None] * 10]]
LABELS = np.zeros((200, 300), int)
LABELS[50:150, 50:150], LABELS[150:], LABELS[:25] = 12, 6, 2

CANNY, POSE = control.canny(PHOTO), control.draw_pose(PEOPLE, SIZE)
CLASSES, NEAR = control.segmentation_map(LABELS), control.normalize_depth(DEPTH, near="high")
NORMALS = control.normal_from_depth(DEPTH, near="high")

GRAIN = np.random.default_rng(0).integers(0, 256, (600, 600, 3), dtype=np.uint8)


def jpeg(picture, quality=90):
    data = io.BytesIO()
    PIL.Image.fromarray(picture).save(data, "JPEG", quality=quality)
    return np.asarray(PIL.Image.open(data))


FOUND = [
    ("too-dense", "canny", control.canny(GRAIN, low=100, high=200), {}),
    ("too-sparse", "canny", control.canny(PHOTO, low=600, high=900), {}),
    ("inverted", "canny", 255 - CANNY, {}),
    ("inverted", "pose", 255 - POSE, {}),
    ("inverted", "normal", 255 - NORMALS, {}),
    ("gray-fringed", "canny", jpeg(CANNY), {}),
    ("gray-fringed", "canny", jpeg(np.dstack([CANNY] * 3)), {}),
    ("gray-fringed", "canny", cv2.resize(CANNY, (600, 400)), {"size": (600, 400)}),
    ("thick-lines", "canny", cv2.dilate(CANNY, np.ones((3, 3))), {}),
    *(("blank", of, np.zeros((200, 300, 3), np.uint8), {}) for of in (*control.TYPES, "photo")),
    ("blank", "canny", CANNY // 255, {}),
    *(("size-mismatch", of, PHOTO, {"size": (600, 400)}) for of in (*control.TYPES, "photo")),
    *(("aspect", of, PHOTO, {"size": (256, 256)}) for of in (*control.TYPES, "photo")),
    ("aspect", "pose", np.rot90(POSE), {"size": SIZE}),
    ("palette", "segmentation", control.segmentation_map(LABELS + 1, palette="coco"), {}),
    ("palette", "segmentation", LABELS.astype(np.uint8), {}),
    ("fringed-colours", "segmentation", jpeg(CLASSES), {}),
    ("fringed-colours", "pose", jpeg(POSE, 75), {}),
    *(("channels-swapped", of, m[:, :, ::-1], {}) for of, m in (("pose", POSE), ("normal", NORMALS))),
    ("channels-swapped", "segmentation", CLASSES[:, :, ::-1], {}),
    ("background", "pose", np.where(POSE.any(axis=2, keepdims=True), POSE, np.uint8(255)), {}),
    *(("photo", of, PHOTO, {}) for of in ("canny", "lineart", "lines", "scribble", "soft_edge", "pose", "normal")),
    ("photo", "segmentation", PHOTO, {}),
    ("not-a-pose", "pose", cv2.GaussianBlur(control.gray(PHOTO), (0, 0), 3), {}),
    ("not-normals", "normal", cv2.applyColorMap(NEAR, cv2.COLORMAP_JET), {}),
    ("other-map", "canny", POSE, {}),
    ("other-map", "normal", CANNY, {}),
    ("other-map", "segmentation", CANNY, {}),
    *(("map", of, CANNY, {}) for of in ("photo", "blur", "gray", "low_quality", "recolor", "tile")),
    ("colour", "gray", PHOTO, {}),
    ("colour", "depth", cv2.applyColorMap(NEAR, cv2.COLORMAP_JET), {}),
    ("low-contrast", "depth", NEAR // 8 + 100, {}),
    ("depth-inverted", "depth", 255 - NEAR, {"reference": NEAR}),
]


@pytest.mark.parametrize(
    ("code", "of", "m", "known"), FOUND, ids=[f"{code}-{of}-{number}" for number, (code, of, *_) in enumerate(FOUND)]
)
def test_the_fix_is_a_call_that_mends(code, of, m, known):
    [finding] = [each for each in check.control(m, of, **known).findings if each.code == code]
    names = {"photo": PHOTO, "depth": DEPTH, "people": PEOPLE, "labels": LABELS, "m": m}
    mended = eval(finding.fix, {"np": np, "control": control, "mask": mask} | names)
    after = check.control(mended, of, **known)
    assert code not in after.codes
    if code != "aspect":  # a photo that was only turned is still no pose
        assert after.ok, after


def test_a_palette_of_ones_own_is_named_as_what_was_passed():
    own = {0: (9, 9, 9), 2: (1, 5, 5), 6: (3, 30, 3), 12: (70, 7, 7)}
    [finding] = check.control(CLASSES, "segmentation", palette=own).findings
    mended = eval(finding.fix, {"control": control, "labels": LABELS, "palette": own})
    assert check.control(mended, "segmentation", palette=own).codes == ()


@pytest.mark.parametrize("of", ["depth", "photo"])
def test_hosted_and_uncertain_fixes_are_calls_too(of):
    for m in (PHOTO, CANNY, cv2.GaussianBlur(control.gray(PHOTO), (0, 0), 6)):
        for finding in check.control(m, of).findings:
            compile(finding.fix, "fix", "eval")
