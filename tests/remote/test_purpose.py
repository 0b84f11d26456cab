"""A task refuses endpoints for something else before anything is paid; `Fal.run` takes them all."""

import numpy as np
import pytest

from preproc import mask
from remote import Fal, PlanError, catalog
from remote.tasks.purpose import FITS, check_purpose

PHOTO = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
MASK = mask.rectangle(PHOTO, (16, 16, 48, 48))


@pytest.fixture
def fal():
    with Fal("rehearsal", journal=":memory:") as stage:
        yield stage


@pytest.mark.parametrize(
    ("task", "endpoint", "given"),
    [
        ("upscale", "fal-ai/birefnet", {}),
        ("remove_background", "fal-ai/esrgan", {}),
        ("remove_background", "fal-ai/image-preprocessors/hed", {}),
        ("restore_face", "fal-ai/sam2/auto-segment", {}),
        ("transform", "fal-ai/evf-sam", {"prompt": "a barn"}),
        ("transform", "fal-ai/finegrain-eraser", {"prompt": "a barn"}),
        ("upscale", "fal-ai/rembg", {}),
    ],
)
def test_an_endpoint_for_something_else_is_refused(fal, task, endpoint, given):
    with pytest.raises(PlanError, match=rf"is for \w+, and {task} takes endpoints for .*") as caught:
        getattr(fal, task)(PHOTO, endpoint=endpoint, **given)
    assert "fal.run(" in caught.value.fix
    assert fal.jobs() == []


def test_an_eraser_does_not_upscale_though_both_take_a_photo(fal):
    with pytest.raises(
        PlanError, match="fal-ai/esrgan is for upscale, and erase takes endpoints for erase, fill and inpaint"
    ):
        fal.erase(PHOTO, MASK, endpoint="fal-ai/esrgan")


def test_every_default_fits_and_every_id_of_guides_has_a_task():
    defaults = {
        "upscale": "fal-ai/esrgan",
        "erase": "fal-ai/bria/eraser",
        "transform": "fal-ai/flux/dev/image-to-image",
    }
    for task, endpoint in defaults.items():
        check_purpose(task, endpoint)
    for spec in catalog.endpoints():
        assert any(spec.group in groups for groups in FITS.values())


def test_what_a_users_own_endpoint_is_for_is_only_guessed(monkeypatch):
    monkeypatch.setattr(catalog, "is_own", lambda _: True)
    check_purpose("upscale", "fal-ai/birefnet")
