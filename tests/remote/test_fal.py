"""The tasks, over the unmodified fal_client."""

from __future__ import annotations

import asyncio
import hashlib
import io

import numpy as np
import PIL.Image
import pytest

from preproc import InputError, crop, load_image, load_mask
from preproc.errors import ScaleWarning
from remote import AsyncFal, Fal, Rehearsal, errors
from remote.jobs import Pace

from .loopback import KEY, Loopback, rehearsed_answer
from .plans import FILL, prompts

QUICK = Pace(first_s=0.001, longest_s=0.01)


class TestOverTheWire:
    """fal_client, unmodified, against the loopback server."""

    @pytest.fixture(autouse=True)
    def _answers(self, server: Loopback):
        server.answer = rehearsed_answer

    def test_inpaint(self, server: Loopback, fal: Fal, photo, mask):
        edit = crop.around(photo, mask, rule=fal.rule(FILL))
        done = fal.inpaint(photo, mask, prompt="a red door", seed=7)
        (post,) = server.posts()
        assert post.path == f"/queue/{FILL}"
        planned = fal.plan(FILL, edit=edit, prompt="a red door", seed=7)
        urls = {upload.sha256: post.json[upload.field] for upload in planned.uploads}
        assert post.json == planned.fill(urls)
        sent_image = PIL.Image.open(io.BytesIO(server.read(post.json["image_url"])))
        sent_mask = PIL.Image.open(io.BytesIO(server.read(post.json["mask_url"])))
        assert (sent_image.format, sent_image.mode, sent_mask.format, sent_mask.mode) == ("PNG", "RGB", "PNG", "L")
        np.testing.assert_array_equal(np.asarray(sent_image), edit.sent_image)
        np.testing.assert_array_equal(np.asarray(sent_mask), edit.sent_mask)
        assert not sent_image.info.keys() & {"exif", "icc_profile"}
        assert done.receipt.is_preserved
        assert done.receipt.request_id == fal.jobs()[0].submitted.request_id
        np.testing.assert_array_equal(done.image[edit.blend == 0], photo[edit.blend == 0])
        assert (done.image[mask == 255] != photo[mask == 255]).any(axis=1).mean() > 0.9

    def test_nothing_is_asked_before_the_plan_is_right(self, server: Loopback, fal: Fal, photo, mask):
        for wrong in (
            lambda: fal.inpaint(photo, mask, prompt="x", strength=0.5),
            lambda: fal.inpaint(photo, mask[:100], prompt="x"),
            lambda: fal.run("fal-ai/flux/dev/image-to-image", image=photo, prompt="x", strength=1.7),
            lambda: fal.run("fal-ai/flux/dev/image-to-imag", image=photo, prompt="x"),
            lambda: fal.transform(photo, prompt="x", arguments={"prompt": "y"}),
            lambda: fal.segment(photo),
            lambda: fal.preprocess("smell", photo),
            lambda: fal.outpaint(photo, left=64, endpoint="fal-ai/luma-photon/reframe"),
        ):
            with pytest.raises((errors.PlanError, InputError)):
                wrong()
        assert not server.seen

    @pytest.mark.parametrize(
        ("wrong", "near"),
        [
            (lambda fal, photo, mask: fal.upscale(photo, scale=4), "scale"),
            (lambda fal, photo, mask: fal.upscale(photo, facter=4), "perhaps factor"),
            (lambda fal, photo, mask: fal.transform(photo, prompt="a", strenght=0.3), "perhaps strength"),
            (lambda fal, photo, mask: fal.inpaint(photo, mask, prompt="a", max_prize=1), "perhaps max_price"),
            (lambda fal, photo, mask: fal.segment(photo, text="a", tiemout=1), "perhaps timeout"),
            (lambda fal, photo, mask: fal.run(fal.plan("fal-ai/esrgan", image=photo), agian=True), "perhaps again"),
            (lambda fal, photo, mask: fal.run(fal.plan("fal-ai/esrgan", image=photo), image=photo), "image"),
            (lambda fal, photo, mask: fal.run(fal.plan("fal-ai/esrgan", image=photo), resolve="strict"), "resolve"),
        ],
    )
    def test_a_keyword_nobody_reads_is_refused(self, server: Loopback, fal: Fal, photo, mask, wrong, near):
        with pytest.raises(errors.PlanError, match=near) as caught:
            wrong(fal, photo, mask)
        assert caught.value.problems[0].code == "unknown_field"
        assert not server.seen

    def test_every_task(self, server: Loopback, fal: Fal, photo, mask):
        assert fal.outpaint(photo, left=48, prompt="x").image.shape == (240, 368, 3)
        assert fal.fill(photo, mask, prompt="x").receipt.is_preserved
        assert fal.erase(photo, mask).receipt.is_preserved
        assert fal.transform(photo, prompt="x", strength="style-transfer", size=(320, 240)).image.size == (320, 240)
        assert server.posts()[-1].json["strength"] == 0.6
        assert fal.upscale(photo, factor=3).image.size == (960, 720)
        assert fal.upscale(photo, factor=2, endpoint="fal-ai/clarity-upscaler").image.size == (640, 480)
        assert fal.remove_background(photo).image.pil().mode == "RGBA"
        assert fal.restore_face(photo, fidelity=0.8).image.size
        assert fal.style(photo, prompt="x", strength=0.4).image.size
        assert server.posts()[-1].json["ip_adapters"][0]["scale"] == 0.4
        assert fal.style(photo, prompt="x", strength=0.4, endpoint="fal-ai/flux-pro/v1.1-ultra/redux").image.size
        assert server.posts()[-1].json["image_prompt_strength"] == 0.4
        found = fal.segment(photo, text="door", points=[(10, 20), (1.6, 2, False)], box=(1, 2, 30, 40))
        assert (found.shape, set(np.unique(found))) == ((240, 320), {0, 255})
        assert server.posts()[-1].json["point_prompts"][1] == {"x": 1, "y": 2, "label": 0}
        assert server.posts()[-1].json["box_prompts"] == [{"x_min": 1, "y_min": 2, "x_max": 30, "y_max": 40}]
        assert fal.preprocess("depth", photo).image.array().shape == (240, 320, 3)
        assert list(fal.preprocess("normal", photo).files) == ["normal_map"]
        assert {entry.state for entry in fal.jobs()} == {"done"}

    @pytest.mark.parametrize("kind", ["canny", "tile", "blur", "gray", "low_quality", "depth", "pose"])
    def test_controlnet(self, server: Loopback, fal: Fal, photo, kind):
        result = fal.controlnet(photo, control=kind, prompt="x", scale="strict", seed=1, size=(320, 240))
        union = server.posts()[-1].json["controlnet_unions"][0]["controls"][0]
        assert union["control_mode"] == kind.replace("_", "-")
        assert union["conditioning_scale"] == 0.95
        assert result.endpoint == "fal-ai/flux-general"
        assert len(server.posts()) == (2 if kind in {"depth", "pose"} else 1)
        sent = PIL.Image.open(io.BytesIO(server.read(union["control_image_url"])))
        assert sent.size == (
            server.posts()[-1].json["image_size"]["width"],
            server.posts()[-1].json["image_size"]["height"],
        )

    @pytest.mark.parametrize("kind", ["depth", "pose"])
    def test_no_map_is_paid_for_a_job_that_cannot_run(self, server: Loopback, make_backend, photo, kind):
        with Fal(make_backend(), journal=":memory:", pace=QUICK, limit_per_run=0.15) as fal:
            with pytest.raises(errors.PlanError, match="nonsense"):
                fal.controlnet(photo, control=kind, prompt="x", arguments={"nonsense": 1}, max_price=0.01)
            with pytest.raises(errors.LimitError, match="max_price"):
                fal.controlnet(photo, control=kind, prompt="x")
            with pytest.raises(errors.LimitError, match="and fal-ai/flux-general would cost"):
                fal.controlnet(photo, control=kind, prompt="x", max_price=0.1)
            assert not server.seen
            fal.controlnet(photo, control=kind, prompt="x", max_price=0.075)
            assert len(server.posts()) == 2
            fal.controlnet(photo, control=kind, prompt="x", max_price=0.075)  # done already, so no limit is met
            assert len(server.posts()) == 2

    def test_a_finished_map(self, server: Loopback, fal: Fal, photo):
        edges = np.zeros((240, 320), np.uint8)
        edges[100:102] = 255
        fal.controlnet(photo, control_image=edges, prompt="x", endpoint="fal-ai/sdxl-controlnet-union")
        sent = server.posts()[-1].json
        assert sent["canny_preprocess"] is False
        np.testing.assert_array_equal(load_mask(server.read(sent["canny_image_url"])), edges)

    @pytest.mark.parametrize(
        "endpoint", ["fal-ai/flux-2-pro/outpaint", "fal-ai/image-apps-v2/outpaint", "fal-ai/bria/expand"]
    )
    def test_outpainting_without_a_mask(self, server: Loopback, fal: Fal, photo, endpoint):
        done = fal.outpaint(photo, left=64, bottom=32, endpoint=endpoint)
        assert done.image.shape == (272, 384, 3)
        assert done.receipt.is_preserved
        assert not done.receipt.notes
        np.testing.assert_array_equal(done.image[:208, 96:], photo[:208, 32:])

    def test_outpainting_by_ratio_to_an_anchor_on_green(self, server: Loopback, fal: Fal, photo):
        fal.outpaint(photo, left_ratio=0.5, endpoint="fal-ai/flux-2-pro/outpaint")
        assert server.posts()[-1].json["expand_left"] == 160
        fal.outpaint(photo, size=(400, 240), anchor="right", endpoint="fal-ai/bria/expand")
        assert server.posts()[-1].json["original_image_location"] == [80, 0]
        fal.outpaint(photo, size=(400, 240), anchor="right", fill="solid", color=(0, 255, 0), prompt="x")
        sent = load_image(server.read(server.posts()[-1].json["image_url"]))
        assert (sent[:, :80] == (0, 255, 0)).all()

    def test_outpainting_further_than_the_endpoint_goes_at_once(self, server: Loopback, fal: Fal, photo):
        done = fal.outpaint(photo, left=1500, overlap=0, endpoint="fal-ai/image-apps-v2/outpaint")
        sent = [post.json for post in server.posts()]
        assert [one["expand_left"] for one in sent] == [500, 500, 500]
        assert {one["zoom_out_percentage"] for one in sent} == {0}
        assert done.image.shape == (240, 320 + 1500, 3)
        assert hashlib.sha256(done.image[:, 1500:].tobytes()).digest() == hashlib.sha256(photo.tobytes()).digest()

    def test_outpainting_that_is_sent_scaled_down_says_so(self, server: Loopback, fal: Fal, photo):
        with pytest.warns(ScaleWarning, match=r"sent at 0\.\d\d of its size: .*max_step_px=512") as said:
            fal.outpaint(photo, zoom_out=7, prompt="x")
        assert said[0].filename == __file__
        assert len(server.posts()) == 1

    def test_steps_are_paid_for_together_or_not_at_all(self, server: Loopback, fal: Fal, photo):
        with pytest.raises(errors.LimitError, match=r"3 steps of .* would cost 0\.105 USD together"):
            fal.outpaint(photo, left=1500, endpoint="fal-ai/image-apps-v2/outpaint", max_price=0.1)
        assert not server.posts()

    def test_the_most_an_endpoint_adds_is_one_job(self, server: Loopback, fal: Fal, photo):
        fal.outpaint(photo, left=700, bottom=5, endpoint="fal-ai/image-apps-v2/outpaint")
        (sent,) = (post.json for post in server.posts())
        assert (sent["expand_left"], sent["expand_bottom"]) == (700, 5)

    def test_an_id_of_the_guide(self, server: Loopback, fal: Fal, photo, mask):
        with pytest.warns(
            errors.SuccessorWarning, match=r"fal-ai/flux/dev/inpainting .*fal-ai/flux-general/inpainting"
        ):
            done = fal.inpaint(photo, mask, prompt="x", endpoint="fal-ai/flux/dev/inpainting", strength=0.85)
        assert done.receipt.is_preserved
        assert server.posts()[0].path == "/queue/fal-ai/flux-general/inpainting"
        entry = fal.jobs()[0]
        assert entry.plan["asked"] == "fal-ai/flux/dev/inpainting"
        assert any("flux-general/inpainting" in warning for warning in entry.plan["warnings"])

    @pytest.mark.filterwarnings("ignore::remote.errors.SuccessorWarning")
    def test_the_guides_words_in_tasks(self, server: Loopback, fal: Fal, photo):
        def sent() -> dict:
            return server.posts()[-1].json

        def plan() -> dict:
            return fal.jobs()[0].plan

        words = {"controlnet_conditioning_scale": 0.62}
        fal.controlnet(photo, prompt="x", endpoint="fal-ai/flux-controlnet", arguments=words)
        assert sent()["controlnet_unions"][0]["controls"][0]["conditioning_scale"] == 0.62
        assert sent().keys().isdisjoint(words)
        fal.controlnet(photo, prompt="x", endpoint="fal-ai/fast-sdxl/controlnet", arguments=words)
        assert sent()["controlnet_conditioning_scale"] == 0.62
        fal.restore_face(photo, endpoint="fal-ai/gfpgan", arguments={"version": "1.4", "scale": 4})
        assert (sent()["upscale_factor"], "version" in sent()) == (4, False)
        assert any(said.startswith("version is left out") for said in plan()["warnings"])
        fal.transform(photo, prompt="x", strength=0.4, endpoint="fal-ai/flux-pro/v1/image-to-image")
        assert "strength" not in sent()
        assert any(said.startswith("strength is left out") for said in plan()["warnings"])
        fal.upscale(photo, endpoint="fal-ai/real-esrgan", factor=4, arguments={"face_enhance": False})
        assert (sent()["scale"], sent()["face"]) == (4, False)
        posts = len(server.posts())
        for wrong in (
            lambda: fal.controlnet(photo, prompt="x", scale=0.5, endpoint="fal-ai/flux-controlnet", arguments=words),
            lambda: fal.controlnet(
                photo, prompt="x", endpoint="fal-ai/fast-sdxl/controlnet", arguments={"controlnet_type": "pose"}
            ),
            lambda: fal.restore_face(photo, endpoint="fal-ai/gfpgan", upscale_factor=2, arguments={"scale": 4}),
        ):
            with pytest.raises(errors.PlanError, match="given twice"):
                wrong()
        assert len(server.posts()) == posts

    def test_resume_from_another_process(self, server: Loopback, fal: Fal, make_backend, photo):
        job = fal.submit(fal.plan("fal-ai/esrgan", image=photo))
        with Fal(make_backend(), journal=fal._desk.journal.path, pace=QUICK) as other:
            assert other.resume(job.id).wait().image.array().shape == (480, 640, 3)
            with pytest.raises(errors.UnknownJobError):
                other.resume("20200101-000000-00000000")
        with (
            Fal(Rehearsal(), journal=fal._desk.journal.path) as stage,
            pytest.raises(errors.UnknownJobError, match="'fal'"),
        ):
            stage.resume(job.id)

    def test_async(self, server: Loopback, make_backend, tmp_path, photo, mask):
        async def main():
            async with AsyncFal(make_backend(), journal=tmp_path / "a.sqlite3", pace=QUICK) as fal:
                job = await fal.submit(await fal.plan("fal-ai/esrgan", image=photo, scale=3))
                assert (await fal.wait(await fal.resume(job.id))).job_id == job.id
                assert sorted([outcome.number async for outcome in fal.map(prompts(5))]) == list(range(5))
                return await asyncio.gather(
                    fal.inpaint(photo, mask, prompt="x"),
                    fal.upscale(photo),
                    *(fal.transform(photo, prompt="x", seed=n) for n in range(6)),
                )

        done, larger, *others = asyncio.run(main())
        assert done.receipt.is_preserved
        assert larger.image.array().shape == (480, 640, 3)
        assert len({other.job_id for other in others}) == 6
        assert len([s for s in server.of("upload") if s.body == server.of("upload")[0].body]) == 1


def test_backends():
    with pytest.raises(errors.RemoteError, match="no backend"):
        Fal("aws")  # type: ignore[arg-type]
    with Fal("rehearsal") as fal:
        assert repr(fal) == "Fal('rehearsal', journal=':memory:')"


def test_the_key_is_not_in_what_fal_shows(fal: Fal, server: Loopback):
    fal.run("fal-ai/flux-general", prompt="x")
    assert KEY.split(":")[1] not in repr(fal) + repr(fal._desk) + repr(fal.jobs()) + str(
        fal.plan("fal-ai/flux-general", prompt="x")
    )


def test_importing_is_cheap():
    import subprocess
    import sys

    said = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import remote"], capture_output=True, text=True, check=True
    )
    assert not {"httpx", "fal_client", "cv2", "numpy"} & {
        line.rpartition("|")[2].strip() for line in said.stderr.splitlines()
    }
