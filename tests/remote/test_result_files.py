"""The files of a result: read once, checked, and saved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from preproc.errors import InputError
from remote import errors
from remote.jobs import Desk, submit

from .loopback import Loopback
from .plans import FILL, plan


def test_blackened_pictures_are_not_taken_for_results(server: Loopback, desk: Desk):
    fine = server.answer
    server.answer = lambda *args: {**fine(*args), "has_nsfw_concepts": [True]}
    result = submit(plan(), desk).wait()
    with pytest.raises(errors.BlockedError):
        result.image.read()
    assert result.image.read(blocked=True)


class TestResultFiles:
    def test_read_once_and_checked(self, server: Loopback, desk: Desk, tmp_path: Path):
        result = submit(plan(), desk).wait()
        assert result.image.array().shape == (48, 64, 3)
        assert result.image.read() == server.read(result.image.url)
        assert len(server.of("download")) == 1
        (path,) = result.save(tmp_path / "out.png")
        assert path.read_bytes() == result.image.read()
        about = json.loads((tmp_path / "out.png.json").read_text())
        assert (about["endpoint"], about["request_id"], about["payload"]["prompt"]) == (FILL, "r000001", "a door")
        with pytest.raises(errors.PreprocError, match="exists"):
            result.save(path)
        (jpeg,) = result.save(tmp_path / "out.jpg")
        assert jpeg.read_bytes().startswith(b"\xff\xd8")
        for wrong in ("out.wat", "out.svg", "out.heic"):
            with pytest.raises(InputError, match="names no format that is written"):
                result.save(tmp_path / wrong)
        assert sorted(p.name for p in tmp_path.glob("*out*")) == ["out.jpg", "out.jpg.json", "out.png", "out.png.json"]

    @pytest.mark.parametrize(
        ("fault", "message"),
        [
            ({"kind": "bytes", "body": b'{"detail": "none"}'}, "it is text, not a picture"),
            ({"kind": "bytes", "body": b""}, "is empty"),
            (
                {"kind": "bytes", "body": b"{}", "headers": {"Content-Type": "application/json"}},
                "came as application/json",
            ),
            ({"kind": "bytes", "body": b"<html>", "headers": {"Content-Type": "text/html"}}, "web page"),
            ({"kind": "status", "status": 404}, "404"),
            ({"kind": "status", "status": 302, "headers": {"Location": "http://10.0.0.1/a"}}, "not fetched"),
        ],
    )
    def test_what_is_no_picture_is_refused_and_can_be_read_again(self, server: Loopback, desk: Desk, fault, message):
        server.fault("download", times=2, **fault)
        result = submit(plan(), desk).wait()
        assert len(result.missing) == 1
        with pytest.raises(errors.DownloadError, match=message) as caught:
            result.image.read()
        assert caught.value.message in result.missing[0]
        assert result.image.array().shape == (48, 64, 3)

    def test_several(self, server: Loopback, desk: Desk, tmp_path: Path):
        one = server.answer

        def answer(*args):
            raw = one(*args)
            return {
                **raw,
                "images": raw["images"] * 2,
                "mask_image": raw["images"][0],
                "has_nsfw_concepts": [False, True],
            }

        server.answer = answer
        result = submit(plan(), desk).wait()
        assert [file.blocked for file in result.images] == [False, True]
        assert {file.request_id for file in (*result.images, *result.masks)} == {result.request_id}
        assert len(result.masks) == 1
        assert result.images[0].size == (64, 48)

    def test_none(self, server: Loopback, desk: Desk):
        server.answer = lambda *_: {"nsfw_probability": 0.1}
        result = submit(plan(endpoint="fal-ai/imageutils/nsfw"), desk).wait()
        assert result.images == ()
        with pytest.raises(errors.RemoteError, match="nsfw_probability"):
            result.image  # noqa: B018
