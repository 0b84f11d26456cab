"""What a plan makes of masks and edits."""

from __future__ import annotations

import dataclasses
import io

import msgspec
import numpy as np
import PIL.Image
import pytest

from preproc import SizeRule, crop, mask
from remote import catalog
from remote.errors import PlanError
from remote.plan import make_plan
from remote.plan import resolve as resolving

from .plans import FILL, MASK, PHOTO, URL, problems

RNG = np.random.default_rng(3)


def test_a_nested_picture_is_uploaded_and_its_mask_compared() -> None:
    edges = np.zeros((96, 128), np.uint8)
    edges[10:80, ::16] = 255
    control = {"control_image_url": edges, "control_mode": "canny", "mask_image_url": MASK}
    arguments = {"prompt": "p", "controlnet_unions": [{"path": "w", "controls": [control]}]}
    plan = make_plan("fal-ai/flux-general", arguments=arguments)
    assert [(upload.field.rpartition(".")[2], upload.role) for upload in plan.uploads] == [
        ("control_image_url", "control"),
        ("mask_image_url", "mask"),
    ]
    control["mask_image_url"] = MASK[:50]
    found = problems("fal-ai/flux-general", arguments)
    assert found["controlnet_unions.0.controls.0.mask_image_url"][0] == "size-mismatch"


def test_masks_are_checked() -> None:
    assert problems(FILL, {"prompt": "p"}, image=PHOTO, mask=np.zeros((96, 128), np.uint8))["mask_url"][0] == "empty"
    turned = problems(FILL, {"prompt": "p"}, image=PHOTO, mask=MASK.T)
    assert "turned by 90 degrees" in turned["mask_url"][1]
    inverted = problems(FILL, {"prompt": "p"}, image=PHOTO, mask=255 - MASK, reference=(32, 24, 96, 72))
    assert inverted["mask_url"][0] == "inverted"
    plan = make_plan(FILL, image=PHOTO, mask=MASK, reference=(32, 24, 96, 72), arguments={"prompt": "p"})
    assert all(finding.level != "error" for finding in plan.findings)


def test_polarity_that_nobody_documents_is_said() -> None:
    for endpoint in ("fal-ai/gpt-image-1.5/edit", "openai/gpt-image-2/edit"):
        plan = make_plan(endpoint, image=PHOTO, mask=MASK, arguments={"prompt": "p"})
        assert any("whether white or black is edited is not documented" in warning for warning in plan.warnings)
    plan = make_plan("fal-ai/ideogram/v3/edit", image=PHOTO, mask=MASK, arguments={"prompt": "p"})
    assert any("which is not certain" in warning for warning in plan.warnings)
    plan = make_plan(FILL, image=PHOTO, mask=MASK, arguments={"prompt": "p"})
    assert not any("white" in warning for warning in plan.warnings)


def test_where_black_is_edited_the_mask_is_inverted_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = catalog.endpoint(FILL)
    fact = msgspec.structs.replace(spec.mask, white_is_edit=False)
    monkeypatch.setattr(resolving.catalog, "find", lambda _: msgspec.structs.replace(spec, mask=fact))
    plan = make_plan(FILL, image=PHOTO, mask=MASK, arguments={"prompt": "p"})
    assert any("the mask is sent inverted" in warning for warning in plan.warnings)
    assert np.array_equal(np.array(PIL.Image.open(io.BytesIO(plan.uploads[1].data))), 255 - MASK)
    assert MASK[0, 0] == 0
    found = problems(FILL, {"prompt": "p", "mask_url": URL}, image=PHOTO)
    assert found["mask_url"][0] == "polarity"


def test_edits() -> None:
    photo = RNG.integers(0, 256, (400, 600, 3), np.uint8)
    edit = crop.around(photo, mask.ellipse((600, 400), (250, 150, 350, 250)), rule=catalog.rule(FILL))
    plan = make_plan(FILL, edit=edit, arguments={"prompt": "p"})
    assert plan.edit is edit
    assert plan.output_size == edit.sent
    assert [upload.size for upload in plan.uploads] == [edit.sent, edit.sent]
    assert plan.price.amount == 0.05
    odd = crop.around(photo, edit.mask, rule=SizeRule(cell=16, min_side=208, max_side=208))
    with pytest.raises(PlanError, match=r"cut for another rule.*multiple of 32.*rule=fal.rule"):
        make_plan("fal-ai/fast-sdxl/inpainting", edit=odd, arguments={"prompt": "p"})
    sdxl = crop.around(photo, edit.mask, rule=catalog.rule("fal-ai/fast-sdxl/inpainting"))
    assert make_plan("fal-ai/fast-sdxl/inpainting", edit=sdxl, arguments={"prompt": "p"}).output_size == sdxl.sent
    assert problems(FILL, {"prompt": "p"}, edit=edit, mask=MASK)["mask"][0] == "conflict"
    whole = make_plan("fal-ai/flux/dev/image-to-image", edit=edit, arguments={"prompt": "p"})
    assert any("takes no mask" in warning for warning in whole.warnings)


def test_an_edit_on_the_wrong_grid_is_refused() -> None:
    photo = RNG.integers(0, 256, (512, 512, 3), np.uint8)
    rule = dataclasses.replace(catalog.rule("fal-ai/inpaint"), multiple_of=16)
    edit = crop.around(photo, mask.ellipse((512, 512), (200, 200, 300, 300)), rule=rule)
    with pytest.raises(PlanError, match="its mask lies on a grid of 8 px, and the endpoint's cell is 16 px"):
        make_plan(FILL, edit=edit, arguments={"prompt": "p"})
