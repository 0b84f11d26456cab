"""A map is refused where a photo or a mask belongs, whatever the endpoint; no photo is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from preproc import control, mask
from remote import PlanError, catalog
from remote.plan import make_plan

PHOTO = np.ascontiguousarray(skimage.data.astronaut()[::2, ::2])
EDGES = control.canny(PHOTO)
POSE = control.draw_pose([[(20 + 8 * n, 30 + 10 * (n % 5)) for n in range(18)]], (256, 256))
TAKE_A_PHOTO = [
    spec.id
    for spec in catalog.endpoints()
    if spec.live and spec.image_field and not spec.image_field[-1].isdigit()
    and (field := spec.fields.get(spec.image_field)) and field.role == "image" and not field.many
]  # fmt: skip


def plan_with(endpoint: str, image: object):
    spec = catalog.endpoint(endpoint)
    area = mask.rectangle((256, 256), (60, 60, 160, 160)) if spec.mask else None
    return make_plan(endpoint, image=image, mask=area, arguments={})


def codes(endpoint: str, image: object) -> set[str]:
    try:
        plan_with(endpoint, image)
    except PlanError as error:
        return {problem.code for problem in error.problems}
    return set()


@pytest.mark.parametrize("endpoint", TAKE_A_PHOTO)
def test_a_map_for_a_photo_is_refused_everywhere(endpoint: str):
    assert "map-for-photo" in codes(endpoint, EDGES)
    assert "map-for-photo" not in codes(endpoint, PHOTO)


def test_there_are_many_such_endpoints():
    assert len(TAKE_A_PHOTO) > 60


@pytest.mark.parametrize("image", [control.make("canny", PHOTO), control.make("depth", cv2.blur(PHOTO, (9, 9))[..., 0], options={"near": "high"}), POSE], ids=["canny", "depth", "pose"])  # fmt: skip
def test_a_map_that_says_so_or_shows_it(image):
    assert codes("fal-ai/esrgan", image) == {"map-for-photo"}


def test_maps_that_are_pictures_like_any_other():
    assert not codes("fal-ai/esrgan", control.make("gray", PHOTO))


def night() -> np.ndarray:
    rng = np.random.default_rng(3)
    sky = np.zeros((256, 256), np.uint8)
    for x, y, light in zip(*rng.integers(0, 256, (2, 150)), rng.integers(60, 256, 150), strict=True):
        cv2.circle(sky, (int(x), int(y)), 1, int(light), -1, cv2.LINE_AA)
    return sky


@pytest.mark.parametrize("name", ["astronaut", "coffee", "cat", "camera", "moon", "page", "text", "coins", "clock", "hubble_deep_field", "retina"])  # fmt: skip
def test_a_gray_photo_is_never_refused(name: str):
    photo = getattr(skimage.data, name)()
    gray = photo if photo.ndim == 2 else cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    for shown in (gray, np.clip(gray * 0.3, 0, 255).astype(np.uint8), cv2.GaussianBlur(gray, (0, 0), 4)):
        assert not codes("fal-ai/esrgan", shown)


def test_soft_lines_are_doubted():
    soft = control.soft_edge(PHOTO)
    assert "looks like a control map" in make_plan("fal-ai/esrgan", image=soft, arguments={}).warnings[0]


def test_depth_without_a_step_is_doubted():
    plane = np.tile(np.linspace(0, 255, 256).astype(np.uint8), (256, 1))
    assert "looks like a control map" in make_plan("fal-ai/esrgan", image=plane, arguments={}).warnings[0]


@pytest.mark.parametrize("image", [night(), 255 - EDGES], ids=["stars", "drawing"])
def test_stars_and_drawings_are_pictures(image: np.ndarray):
    assert not make_plan("fal-ai/esrgan", image=image, arguments={}).warnings


def test_editors_that_take_lists_read_maps_too():
    made = make_plan("fal-ai/nano-banana/edit", arguments={"prompt": "a dancer", "image_urls": [PHOTO, POSE]})
    assert len(made.uploads) == 2


class TestMaskOfEdges:
    def plan(self, area: object):
        return make_plan("fal-ai/flux-pro/v1/fill", image=PHOTO, mask=area, arguments={"prompt": "a barn"})

    def test_a_map_is_refused(self):
        with pytest.raises(PlanError, match="this is a canny map, not a mask"):
            self.plan(control.make("canny", PHOTO))

    def test_edges_are_doubted(self):
        assert any("looks like an edge map" in said for said in self.plan(EDGES).warnings)

    def test_strokes_are_masks(self):
        wires = np.zeros((256, 256), np.uint8)
        for y in (40, 60, 200):
            cv2.line(wires, (0, y), (255, y + 30), 255, 2, cv2.LINE_AA)
        area = mask.ellipse((256, 256), (60, 60, 160, 160))
        for one in (wires, area, mask.feather(area, 8)):
            assert not any("edge map" in said for said in self.plan(one).warnings)


def test_a_mask_for_a_photo_is_called_one():
    with pytest.raises(
        PlanError, match=r"this is a mask, white shapes on black, .*a mask goes where the endpoint takes one"
    ):
        plan_with("fal-ai/esrgan", mask.rectangle((256, 256), (60, 60, 160, 160)))
    with pytest.raises(PlanError, match="this is a control map .white lines on black."):
        plan_with("fal-ai/esrgan", EDGES)
