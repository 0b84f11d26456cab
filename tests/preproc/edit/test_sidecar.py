"""An edit is written, and finished by another process."""

import json
import subprocess
import sys

import cv2
import numpy as np
import PIL.Image
import pytest
from skimage import data

import preproc
from preproc import crop, outpaint
from preproc.errors import FileFormatError, InputError, PlacementError


@pytest.fixture
def edit():
    photo = data.chelsea()
    m = np.zeros(photo.shape[:2], np.uint8)
    cv2.circle(m, (220, 150), 40, 255, -1)
    return crop.around(photo, m)


def same(one, other):
    for name in ("original", "mask", "blend", "sent_image", "sent_mask"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert (one.kind, one.crop, one.origin, one.rule) == (other.kind, other.crop, other.origin, other.rule)


def test_it_loads_as_it_was_saved(edit, tmp_path):
    path = edit.save(tmp_path / "job.edit.json")
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "job.blend.png",
        "job.edit.json",
        "job.mask.png",
        "job.sent-mask.png",
        "job.sent.png",
    ]
    same(preproc.Edit.load(path, original=edit.original), edit)


@pytest.mark.parametrize("fill", ["blur", "transparent"])
def test_an_outpaint_loads_too(tmp_path, fill):
    edit = outpaint.extend(data.chelsea(), left=40, top=10, fill=fill)
    same(preproc.Edit.load(edit.save(tmp_path / "wide.json"), original=data.chelsea()), edit)


def test_another_process_finishes_it_from_the_recorded_path(edit, tmp_path):
    photo = tmp_path / "photo.png"
    preproc.save_image(edit.original, photo)
    made = crop.around(photo, edit.mask)
    made.save(tmp_path / "job.edit.json")
    assert preproc.Edit.load(tmp_path / "job.edit.json").photo is not None
    generated = np.clip(made.sent_image.astype(int) + 15, 0, 255).astype(np.uint8)
    preproc.save_image(generated, tmp_path / "generated.png")
    code = (
        "import preproc, sys\n"
        "done = preproc.Edit.load('job.edit.json').finish('generated.png')\n"
        "done.save('done.png')\n"
        "print(done.receipt.preserved_sha256_after)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    here = made.finish(generated)
    assert run.stdout.strip() == here.receipt.preserved_sha256_after
    np.testing.assert_array_equal(preproc.load_image(tmp_path / "done.png"), here.image)


def test_another_photo_is_refused(edit, tmp_path):
    path = edit.save(tmp_path / "job.edit.json")
    other = edit.original.copy()
    other[0, 0, 0] ^= 1
    with pytest.raises(PlacementError, match="is not the one"):
        preproc.Edit.load(path, original=other)
    with pytest.raises(InputError, match="does not name its photo"):
        preproc.Edit.load(path)


def test_a_changed_picture_is_refused(edit, tmp_path):
    path = edit.save(tmp_path / "job.edit.json")
    preproc.save_image(255 - edit.blend, tmp_path / "job.blend.png", overwrite=True)
    with pytest.raises(PlacementError, match=r"job\.blend\.png was changed"):
        preproc.Edit.load(path, original=edit.original)
    (tmp_path / "job.blend.png").unlink()
    with pytest.raises(FileFormatError, match=r"job\.blend\.png is missing"):
        preproc.Edit.load(path, original=edit.original)


def test_a_broken_record_is_named(edit, tmp_path):
    path = edit.save(tmp_path / "job.edit.json")
    record = json.loads(path.read_text())
    for change, message in (({"version": 9}, "version 9"), ({"crop": "all"}, r"\$\.crop"), ({"extra": 1}, "extra")):
        path.write_text(json.dumps(record | change))
        with pytest.raises(FileFormatError, match=message):
            preproc.Edit.load(path, original=edit.original)
    with pytest.raises(FileFormatError, match="cannot read"):
        preproc.Edit.load(tmp_path / "nothing.json", original=edit.original)


def test_nothing_is_overwritten_silently(edit, tmp_path):
    path = edit.save(tmp_path / "job.edit.json")
    with pytest.raises(InputError, match="exists already"):
        edit.save(path)
    edit.save(path, overwrite=True)
    assert not list(tmp_path.glob(".*"))


def test_a_record_has_a_name(edit, tmp_path):
    for call in (lambda: edit.save(None), lambda: preproc.Edit.load(None), lambda: preproc.Edit.load(b"job.edit.json")):
        with pytest.raises(InputError, match="named by a str or a Path"):
            call()


def test_a_folder_moves_as_a_whole(edit, tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    monkeypatch.chdir(tmp_path)
    preproc.save_image(edit.original, "here/photo.png")
    crop.around("here/photo.png", edit.mask).save("here/job.edit.json")
    monkeypatch.chdir("/")
    same(preproc.Edit.load(here / "job.edit.json"), edit)
    here.rename(there)
    same(preproc.Edit.load(there / "job.edit.json"), edit)
    (there / "photo.png").unlink()
    with pytest.raises(FileFormatError, match=r"photo.png, which is not there[\s\S]*original="):
        preproc.Edit.load(there / "job.edit.json")


def test_the_same_pixels_may_come_in_another_form(edit, tmp_path):
    photo = tmp_path / "photo.png"
    preproc.save_image(edit.original, photo)
    edit.save(tmp_path / "array.edit.json")
    crop.around(photo, edit.mask).save(tmp_path / "file.edit.json")
    for record in ("array", "file"):
        for form in (photo, edit.original, PIL.Image.open(photo), photo.read_bytes()):
            same(preproc.Edit.load(tmp_path / f"{record}.edit.json", original=form), edit)
    other = edit.original.copy()
    other[0, 0, 0] ^= 1
    with pytest.raises(PlacementError, match="is not the one"):
        preproc.Edit.load(tmp_path / "array.edit.json", original=other)
