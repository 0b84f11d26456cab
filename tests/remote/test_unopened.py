"""A picture that was paid for and does not open here is kept as it came, and is never to be paid again."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from preproc import load_image
from preproc.edit.arrive import open_result
from preproc.errors import InputError
from preproc.files import Photo, encode_png
from remote import Fal, FalBackend, errors
from remote.jobs import Pace
from remote.jobs.faults import fault_of

from .loopback import Loopback
from .plans import plan

GOOD = encode_png(np.random.default_rng(1).integers(1, 255, (48, 64, 3), np.uint8))
JXL = bytes.fromhex("ff0a") + bytes(200)
CUT, WRONG_SUM = GOOD[:-400], GOOD[:60] + b"\x99" + GOOD[61:]


def stored(mode: str, kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    PIL.Image.new(mode, (64, 48), **options).save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture
def open_fal(make_backend: Callable[..., FalBackend], tmp_path: Path) -> Callable[..., Fal]:
    pace = Pace(first_s=0.001, longest_s=0.01)
    return lambda: Fal(make_backend(), journal=tmp_path / "jobs.sqlite3", pace=pace)


@pytest.fixture
def answering(server: Loopback) -> Callable[..., None]:
    """Have the server answer each job with one file."""

    def answer(data: bytes, kind: str = "image/png", *, said: str | None = None) -> None:
        server.answer = lambda *_: {"images": [{"url": server.keep(data, kind, "o.bin"), "content_type": said or kind}]}

    return answer


@pytest.mark.parametrize(
    ("data", "kind", "named", "suffix"),
    [
        (JXL, "image/jxl", "JPEG XL", ".jxl"),
        (CUT, "image/png", "PNG", ".png"),
        (WRONG_SUM, "image/png", "PNG", ".png"),
        (stored("RGB", "JPEG")[:-30], "image/jpeg", "JPEG", ".jpg"),
        (bytes(300), "image/png", "no picture that can be read", ".bin"),
        (b"PK\3\4" + bytes(60), "application/zip", "ZIP", ".zip"),
    ],
    ids=["jxl", "cut", "sum", "jpeg", "nothing", "zip"],
)
def test_it_is_kept_named_and_never_paid_again(
    server: Loopback, open_fal, answering, tmp_path: Path, data: bytes, kind: str, named: str, suffix: str
):
    answering(data, kind, said="image/png")
    with open_fal() as fal:
        job = fal.submit(plan())
        assert named in job.wait().missing[0]
    server.files.clear()  # the URL has expired
    with open_fal() as fal:
        result = fal.resume(job.id).wait()
        assert fal.run(plan()).image.read() == data
        assert [named in said and "bytes are kept" in said for said in result.missing] == [True]
        assert result.missing[0] in result.warnings
        assert not result.is_unfetched
        assert result.image.read() == data
        for name in (f"a{suffix}", "b.xyz", "plain"):
            assert result.image.save(tmp_path / name).read_bytes() == data
        assert result.save(tmp_path / f"c{suffix}")[0].read_bytes() == data
        for needs_pixels in (
            result.image.array,
            result.image.pil,
            result.image.photo,
            lambda: result.image.save(tmp_path / "d.webp"),
            lambda: open_result(result),
        ):
            with pytest.raises(errors.DownloadError, match=named) as caught:
                needs_pixels()
            assert f"save('NAME{suffix}')" in caught.value.fix
            assert "again=True" not in str(caught.value)
    assert len(server.posts()) == 1


def test_a_damaged_one_that_comes_whole_later_takes_its_place(server: Loopback, open_fal):
    with open_fal() as fal:
        server.fault("download", "bytes", times=2, body=CUT)
        job = fal.submit(plan())
        result = job.wait()
        assert result.missing
        assert result.image.read() == CUT
        assert result.image.array().shape == (48, 64, 3)
    server.files.clear()
    with open_fal() as fal:
        again = fal.resume(job.id).wait()
        assert (again.missing, again.image.array().shape) == ((), (48, 64, 3))


def test_one_of_another_format_is_not_fetched_again(server: Loopback, open_fal, answering):
    answering(JXL, "image/jxl")
    with open_fal() as fal:
        result = fal.run(plan())
        assert result.image.read() == result.image.read() == JXL
    assert len(server.of("download")) == 1


def test_a_page_takes_no_place_of_a_damaged_picture(server: Loopback, open_fal, answering):
    answering(CUT)
    with open_fal() as fal:
        result = fal.run(plan())
        server.fault("download", "bytes", body=b"<html>not here</html>", headers={"Content-Type": "image/png"})
        assert result.image.read() == CUT


def test_cmyk_and_wide_pictures_are_written_in_other_formats(server: Loopback, open_fal, answering, tmp_path: Path):
    red = stored("CMYK", "JPEG", color=(0, 255, 255, 0))
    answering(red, "image/jpeg")
    with open_fal() as fal:
        image = fal.run(plan()).image
        written = load_image(image.save(tmp_path / "red.png"))
    assert written.tolist() == load_image(red).tolist()
    assert written[0, 0, 0] > 2 * written[0, 0, 1]


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
@pytest.mark.parametrize(
    "data",
    [
        stored("F", "TIFF", color=0.5),
        stored("I", "TIFF", color=99),
        stored("I;16", "PNG", color=30_000),
        stored("CMYK", "TIFF", color=(1, 2, 3, 4)),
        stored("LAB", "TIFF", color=(128, 0, 0)),
        stored("LA", "PNG", color=(90, 40)),
        stored("RGB", "GIF", color=(200, 30, 30)),
    ],
    ids=["float", "integer", "wide", "cmyk", "lab", "alpha", "palette"],
)
def test_any_mode_is_written_in_any_format(open_fal, answering, tmp_path: Path, data: bytes, suffix: str):
    kind = {b"\x89": "image/png", b"G": "image/gif"}.get(data[:1], "image/tiff")
    answering(data, kind)
    with open_fal() as fal:
        image = fal.run(plan()).image
        written = image.save(tmp_path / f"a{suffix}")
    near = np.abs(load_image(written).astype(int) - load_image(data))
    assert near.max() <= (4 if suffix == ".jpg" else 0)
    if suffix == ".png":
        assert Photo.open(written).depth == Photo.open(data).depth


def test_values_that_are_no_picture_are_named_and_kept(open_fal, answering, tmp_path: Path):
    data = stored("F", "TIFF", color=7.5)
    answering(data, "image/tiff")
    with open_fal() as fal:
        result = fal.run(plan())
        assert "floating point values from 7.5 to 7.5" in result.missing[0]
        with pytest.raises(errors.DownloadError, match="floating point"):
            result.image.save(tmp_path / "a.png")
        assert result.image.save(tmp_path / "a.tiff").read_bytes() == data


def test_a_profile_goes_along_into_another_format(open_fal, answering, tmp_path: Path):
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    buffer = BytesIO()
    PIL.Image.new("RGB", (64, 48), (200, 30, 30)).save(buffer, "PNG", icc_profile=profile)
    answering(buffer.getvalue())
    with open_fal() as fal:
        written = fal.run(plan()).image.save(tmp_path / "a.jpg")
    with PIL.Image.open(written) as picture:
        assert bool(picture.info.get("icc_profile")) == bool(Photo.open(buffer.getvalue()).icc_profile)


def test_what_is_too_large_is_not_opened():
    assert fault_of(GOOD, max_pixels=10) is None
    assert fault_of(CUT, max_pixels=10_000) is not None
    assert fault_of(GOOD, max_pixels=10_000) is None


def test_a_suffix_that_nothing_is_written_in_is_refused_for_what_opens(open_fal, answering, tmp_path: Path):
    answering(GOOD)
    with open_fal() as fal, pytest.raises(InputError, match="names no format"):
        fal.run(plan()).image.save(tmp_path / "a.xyz")


def test_of_several_the_others_are_written(server: Loopback, open_fal, tmp_path: Path):
    def answer(*_: object) -> dict[str, object]:
        files = [(JXL, "image/jxl"), (GOOD, "image/png")]
        return {"images": [{"url": server.keep(data, kind, "o.bin"), "content_type": kind} for data, kind in files]}

    server.answer = answer
    with open_fal() as fal:
        result = fal.run(plan())
        with pytest.raises(errors.DownloadError, match="JPEG XL picture; 1 of 2 pictures are written"):
            result.save(tmp_path / "a.png")
    assert (tmp_path / "a-2.png").read_bytes() == GOOD
    assert not (tmp_path / "a-1.png").exists()
