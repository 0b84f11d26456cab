"""A rehearsal checks as fal would, answers in its form, and plays what goes wrong."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from preproc import InputError
from remote import Fal, Rehearsal, catalog, errors
from remote.jobs import Pace
from remote.rehearsal.label import LABEL

from .plans import FILL

QUICK = Pace(first_s=0.001, longest_s=0.01)


class TestRehearsal:
    def test_no_key_no_network_no_file(self, stage: Fal, photo, mask, monkeypatch, tmp_path):
        monkeypatch.delenv("FAL_KEY", raising=False)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a rehearsal asked the network"))
        done = stage.inpaint(photo, mask, prompt="x")
        assert done.receipt.is_preserved
        assert not list(tmp_path.iterdir())

    def test_it_fills_the_mask_and_says_what_it_is(self, stage: Fal, photo, mask):
        plan = stage.plan(FILL, image=photo, mask=np.where(mask > 0, np.uint8(255), np.uint8(0)), prompt="x")
        image = stage.run(plan).image
        picture = image.pil()
        assert LABEL in picture.info["Comment"]
        changed = (np.abs(np.asarray(picture).astype(int) - photo.astype(int)) > 3).any(axis=2)
        assert changed[mask > 0].mean() > 0.95
        assert not changed[mask == 0].any()
        assert (np.asarray(picture) != photo).any(axis=2)[mask == 0].mean() > 0.9  # as no real decoder is exact
        assert stage.run(plan, again=True).image.read() == image.read()
        other = stage.run(FILL, image=photo, mask=mask, prompt="y").image
        assert other.read() != image.read()

    def test_it_refuses_what_fal_would_refuse(self):
        stage = Rehearsal()
        job = stage.submit(FILL, {"prompt": 7, "image_url": "https://a.b/c.png", "colour": "red"})
        with pytest.raises(errors.RejectedError) as caught:
            stage.result(FILL, job)
        assert caught.value.status_code == 422
        assert {problem.field for problem in caught.value.fields} == {"prompt", "mask_url", "colour"}
        with pytest.raises(errors.UnknownEndpointError):
            stage.submit("fal-ai/nothing", {})
        with pytest.raises(errors.UnknownEndpointError):
            stage.status(FILL, type(job)("other", "", "", ""))

    def test_every_endpoint_answers_in_its_form(self):
        stage = Rehearsal()
        picture = io.BytesIO()
        PIL.Image.new("RGB", (64, 48), (90, 120, 30)).save(picture, "PNG")
        url = stage.upload(picture.getvalue(), content_type="image/png", file_name="a.png").url
        for spec in catalog.endpoints():
            job = stage.submit(spec.id, {})
            payload = stage._jobs[job.request_id].payload
            if spec.image_field and "." not in spec.image_field:
                many = spec.fields[spec.image_field].many
                payload[spec.image_field] = [url] if many else url
            if spec.mask:
                payload[spec.mask.field] = url
            answer = stage._answer(spec, stage._jobs[job.request_id])
            assert answer.keys() == spec.outputs.keys()
            for name in answer.keys() & {"image", "images"}:
                files = answer[name] if isinstance(answer[name], list) else [answer[name]]
                assert files
                for file in files:
                    data = stage.download(file["url"], max_bytes=10**8, timeout_s=1).data
                    assert PIL.Image.open(io.BytesIO(data)).size == (file["width"], file["height"])

    @pytest.mark.parametrize(
        ("fault", "near"),
        [("503 ", "'503'"), ("lost_answer", "'lost answer'"), ("JPEG", "'jpeg'"), (503, "'503'"), ("x", "'slow'")],
    )
    def test_a_fault_that_does_not_exist_is_refused(self, fault, near):
        with pytest.raises(InputError, match="is no fault") as caught:
            Rehearsal(faults=[None, fault])
        assert near in caught.value.fix
        assert ("perhaps" in caught.value.fix) == (fault != "x")

    def test_scripted_faults(self, photo, mask):
        stage = Rehearsal(faults=["slow", "lost answer", "429", "503", "black image", "wrong size", "jpeg", None])
        fal = Fal(stage, pace=QUICK)

        def run(seed: int):
            return fal.run(FILL, image=photo, mask=mask, prompt="x", seed=seed)

        seen = []
        fal.run(FILL, image=photo, mask=mask, prompt="x", seed=0, on_update=lambda status: seen.append(status.state))
        assert seen == ["queued", "running", "completed"]
        for seed, kind in ((1, errors.UnknownOutcome), (2, errors.BudgetError), (3, errors.ServerError)):
            with pytest.raises(kind):
                run(seed)
        with pytest.raises(errors.BlockedError):
            run(4).image.read()
        assert run(5).image.size == (312, 240)
        assert run(6).image.read().startswith(b"\xff\xd8")
        assert run(7).image.read().startswith(b"\x89PNG")
        fal.close()

    def test_cancel_and_bounds(self):
        stage = Rehearsal(faults=["slow"])
        job = stage.submit(FILL, {})
        assert stage.status(FILL, job).state == "queued"
        assert stage.cancel(FILL, job)
        assert stage.status(FILL, job).state == "cancelled"
        url = stage.upload(b"12345", content_type="image/png", file_name="a").url
        assert stage.exists(url)
        assert stage.download(url, max_bytes=5, timeout_s=1).data == b"12345"
        with pytest.raises(errors.DownloadError, match="5 bytes"):
            stage.download(url, max_bytes=4, timeout_s=1)
        with pytest.raises(errors.DownloadError):
            stage.download("rehearsal://nothing", max_bytes=4, timeout_s=1)
