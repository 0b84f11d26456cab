"""What came, against what was asked for: black all over, another size, another format."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageCms
import pytest

from preproc.files import encode_png, load_image
from preproc.geometry import Size
from remote import Fal, catalog
from remote.errors import BlockedError
from remote.jobs.look import Seen, look, may_be_blackened, oddities
from remote.rehearsal import Rehearsal
from remote.rehearsal.backend import Fault
from remote.wire import Submitted

PHOTO = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
BLACK = np.zeros_like(PHOTO)
URL = "https://v3.fal.media/files/a/photo.png"


@pytest.fixture
def fal(tmp_path: Path) -> Callable[..., Fal]:
    return lambda *faults: Fal(Rehearsal(faults=faults), journal=tmp_path / "journal.sqlite3")


FLAGLESS = [
    spec.id
    for spec in catalog.endpoints()
    if spec.live and spec.safety_field and "has_nsfw_concepts" not in spec.outputs and spec.group != "segment"
]


def test_the_endpoints_with_a_filter_and_no_flag_are_known():
    assert len(FLAGLESS) == 12
    assert {"fal-ai/creative-upscaler", "fal-ai/nano-banana/edit"} <= set(FLAGLESS)


@pytest.mark.parametrize("endpoint", FLAGLESS)
def test_black_from_a_filter_without_a_flag_is_blocked(fal, endpoint: str):
    spec = catalog.endpoint(endpoint)
    needs = {"prompt": "a barn", "target_sizes": ["1080x1080"], "expand_left": 8, "color_fix": True}
    given = {name: value for name, value in needs.items() if name in spec.fields and spec.fields[name].required}
    result = fal("black image").run(endpoint, image=PHOTO, **given)
    assert result.image.blocked
    with pytest.raises(BlockedError, match="black all over") as caught:
        result.image.array()
    assert "blocked=True" in (caught.value.fix or "")
    assert PIL.Image.open(io.BytesIO(result.image.read(blocked=True))).convert("L").getextrema() == (0, 0)


@pytest.mark.parametrize("sent", [BLACK, BLACK + np.uint8(32)])
def test_black_of_a_black_photo_is_a_result(fal, sent: np.ndarray):
    result = fal("black image").run("fal-ai/creative-upscaler", image=sent)
    assert result.image.array().max() == 0
    assert not any("black all over" in said for said in result.warnings)


def test_black_where_the_filter_is_switched_off_is_only_told(fal):
    result = fal("black image").run("fal-ai/creative-upscaler", image=PHOTO, enable_safety_checks=False)
    assert result.image.array().max() == 0
    assert "black all over" in result.warnings[-1]


def test_black_where_there_is_no_filter_is_only_told(fal):
    result = fal("black image").run("fal-ai/esrgan", image=PHOTO)
    assert result.image.array().max() == 0
    assert "black all over" in result.warnings[-1]
    assert result.provenance()["warnings"] == list(result.warnings)


@pytest.mark.parametrize("endpoint", ["fal-ai/birefnet", "fal-ai/image-preprocessors/hed", "fal-ai/evf-sam"])
def test_black_masks_maps_and_cut_outs_are_not_spoken_of(fal, endpoint: str):
    given = {"prompt": "a cat"} if endpoint == "fal-ai/evf-sam" else {}
    result = fal("black image").run(endpoint, image=PHOTO, **given)
    assert not result.image.blocked
    assert not any("black all over" in said for said in result.warnings)


def test_a_mask_that_was_asked_for_instead_of_a_picture_may_be_black(fal):
    result = fal("black image").run("fal-ai/birefnet/v2", image=PHOTO, mask_only=True)
    assert not result.image.blocked
    assert not any("black all over" in said for said in result.warnings)


def test_black_is_blocked_where_the_photo_is_only_a_url_or_there_is_none(fal):
    assert fal("black image").run("fal-ai/creative-upscaler", image_url=URL).image.blocked
    spec = catalog.endpoint("fal-ai/flux-general")
    assert may_be_blackened(spec, "images", {"payload": {"prompt": "night"}}, flags="none")
    assert not may_be_blackened(spec, "images", {"payload": {"prompt": "night"}}, flags="each")
    assert not may_be_blackened(None, "images", {}, flags="none")


class _Answering(Rehearsal):
    """Answers with these pictures, and these flags."""

    def __init__(self, pictures: list[np.ndarray], flags: object) -> None:
        super().__init__()
        self._pictures, self._flags = pictures, flags

    def result(self, endpoint: str, submitted: Submitted) -> dict[str, Any]:
        images = [{"url": self._keep(encode_png(each), "image/png")} for each in self._pictures]
        return {**super().result(endpoint, submitted), "images": images, "has_nsfw_concepts": self._flags}


@pytest.mark.parametrize(
    ("flags", "blocked"),
    [
        ([False, True], [False, True]),
        ([True, False], [True, False]),
        (True, [False, True]),
        ([True], [False, True]),
        ([True, True, True], [False, True]),
        ([], [False, True]),
        (None, [False, True]),
        ([None, None], [False, True]),
        ([False, False], [False, False]),
    ],
)
def test_flags_count_where_there_is_one_for_each_picture(tmp_path: Path, flags: object, blocked: list[bool]):
    with Fal(_Answering([PHOTO, BLACK], flags), journal=tmp_path / "journal.sqlite3") as fal:
        result = fal.transform(PHOTO, prompt="a barn")
    assert [file.blocked for file in result.images] == blocked


def test_a_flag_for_no_certain_picture_is_told(tmp_path: Path):
    with Fal(_Answering([PHOTO, PHOTO], [True]), journal=tmp_path / "journal.sqlite3") as fal:
        result = fal.transform(PHOTO, prompt="a barn")
    assert not any(file.blocked for file in result.images)
    assert "does not say which picture" in result.warnings[-1]


def test_pictures_beside_a_blocked_one_are_saved(tmp_path: Path):
    backend = _Answering([PHOTO, BLACK, PHOTO], [False, True, False])
    with Fal(backend, journal=tmp_path / "journal.sqlite3") as fal:
        result = fal.transform(PHOTO, prompt="a barn")
    with pytest.raises(BlockedError, match=r"blackened out-2\.png; 2 of 3 pictures are written"):
        result.save(tmp_path / "out.png")
    assert sorted(path.name for path in tmp_path.glob("out*.png")) == ["out-1.png", "out-3.png"]
    np.testing.assert_array_equal(load_image(tmp_path / "out-3.png"), PHOTO)


def test_a_result_that_is_found_again_is_blocked_too(fal):
    with fal("black image") as first:
        job = first.submit(first.plan("fal-ai/creative-upscaler", image=PHOTO))
        assert job.wait().image.blocked
    again = fal().resume(job.id).wait()
    with pytest.raises(BlockedError):
        again.image.read()


@pytest.mark.parametrize(
    ("fault", "said"),
    [("wrong size", "88x64, and 96x64 was expected"), ("jpeg", "came as JPEG, and PNG was asked for")],
)
def test_another_size_or_format_is_told_and_kept(fal, tmp_path: Path, fault: Fault, said: str):
    result = fal(fault).transform(PHOTO, prompt="a barn")
    assert said in result.warnings[-1]
    [target] = result.save(tmp_path / "out.png")
    assert said in json.loads(target.with_name("out.png.json").read_text())["warnings"][-1]


def test_what_is_as_asked_is_not_spoken_of(fal):
    assert fal(None).transform(PHOTO, prompt="a barn").oddities == ()
    assert fal(None).transform(PHOTO, prompt="a barn", arguments={"output_format": "jpeg"}).oddities == ()


def _written(pixels: np.ndarray, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_black_is_seen_in_any_format(form: str):
    seen = look(_written(BLACK, form))
    lossy = form in {"JPEG", "WEBP"}
    assert seen == Seen(Size(96, 64), {"TIFF": ""}.get(form, form.lower()), is_black=True, is_lossy=lossy)
    lit = BLACK.copy()
    lit[20:28, 20:28] = 40
    assert not look(_written(lit, form)).is_black  # type: ignore[union-attr]


_PROFILE = PIL.ImageCms.ImageCmsProfile(PIL.ImageCms.createProfile("sRGB")).tobytes()
_WEBP = {
    "plain": ({}, True),
    "lossless": ({"lossless": True}, False),
    "lossy with a profile": ({"icc_profile": _PROFILE}, True),
    "lossless with a profile": ({"icc_profile": _PROFILE, "lossless": True}, False),
}


@pytest.mark.parametrize(("options", "is_lossy"), _WEBP.values(), ids=_WEBP)
def test_a_lossy_webp_is_not_exact_where_png_was_asked(options: dict[str, object], is_lossy: bool):
    seen = look(_written(PHOTO, "WEBP", **options))
    assert (seen.format, seen.is_lossy) == ("webp", is_lossy)  # type: ignore[union-attr]
    spec = catalog.endpoint("fal-ai/flux-general")
    [said] = oddities(spec, "images", {"payload": {"output_format": "png"}}, seen, is_blocked=False)
    assert "came as WEBP, and PNG was asked for" in said
    assert ("no longer exact" in said) == is_lossy
    cut = look(_written(PHOTO, "WEBP")[:20] + b"odd")
    assert cut is None or cut.format == "webp"


def test_black_is_seen_where_nothing_is_compressed_and_where_it_is_one_channel_or_16_bits():
    large = np.zeros((600, 900, 3), np.uint8)
    assert look(_written(large, "PNG", compress_level=0)).is_black  # type: ignore[union-attr]
    assert look(encode_png(BLACK[..., 0])).is_black  # type: ignore[union-attr]
    assert look(_written(np.zeros((8, 8), np.uint16), "PNG")).is_black  # type: ignore[union-attr]
    assert not look(_written(np.zeros((8, 8, 4), np.uint8), "PNG")).is_black  # type: ignore[union-attr]
    assert look(b"no picture") is None


def test_a_large_picture_is_not_decoded_to_be_looked_at(monkeypatch: pytest.MonkeyPatch):
    data = encode_png(np.random.default_rng(1).integers(0, 256, (400, 400, 3), np.uint8))
    monkeypatch.setattr("remote.jobs.look.Photo", None)
    assert not look(data).is_black  # type: ignore[union-attr]
