"""Every example of every help, pasted into a shell, does what it says."""

import re
import shlex
import shutil

import numpy as np
import PIL.Image
import pytest
from skimage import data

from preproc import crop, mask, save_image
from preproc.cli.app import _show_docstring

from .test_help import EVERY, command_of

BOX = (322, 236, 410, 332)  # of the spoon
NOT_HERE = {
    "preproc demo": "has a test of its own",
    "preproc demo -o out --live fal-ai/flux-pro/v1/fill": "needs a key and money",
}


def examples():
    for words in [(), ("mask",), ("check",), *EVERY]:
        _show_docstring(words)
        yield from (line.strip() for line in command_of(words).help_epilogue.splitlines()[1:] if line.strip())


@pytest.fixture(scope="module")
def _files(tmp_path_factory):
    """All files that the examples name."""
    folder = tmp_path_factory.mktemp("examples")
    photo, spoon = data.coffee(), mask.ellipse((600, 400), BOX)
    soft, other = mask.feather(spoon, 16), mask.ellipse((600, 400), (300, 200, 380, 300))
    for name in ("photo.jpg", "product.jpg", "before.png", "photos/a.jpg", "photos/b.jpg", "greenscreen/a.jpg"):
        (folder / name).parent.mkdir(exist_ok=True)
        PIL.Image.fromarray(photo).save(folder / name)
    for name in (
        "mask",
        "left",
        "people",
        "person",
        "sky",
        "room",
        "background",
        "in",
        "masks/a",
        "masks/b",
        "parts/a",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        save_image(spoon, folder / f"{name}.png")
    for name in ("right", "frame", "bright", "parts/b"):
        save_image(other, folder / f"{name}.png")
    save_image(soft, folder / "soft.png")
    save_image(mask.rectangle((600, 400), (0, 0, 600, 40)), folder / "out.png")
    PIL.Image.fromarray(spoon).save(folder / "mask.jpg")
    changed = photo.copy()
    changed[100:140, 100:160] = 255
    for name in ("painted.png", "painted.jpg", "after.png"):
        PIL.Image.fromarray(changed).save(folder / name)
    save_image(np.dstack([photo, soft]), folder / "cutout.png")
    save_image(np.dstack([photo, 255 - soft]), folder / "erased.png")
    ramp = np.linspace(0, 255, 480).astype(np.uint8)[:, np.newaxis].repeat(640, axis=1)
    save_image(ramp, folder / "depth.png")
    np.save(folder / "metres.npy", 5 - ramp / 60)
    (folder / "labels").mkdir()
    for name in ("segments.png", "labels/a.png"):
        save_image((spoon // 255 * 3).astype(np.uint8), folder / name)
    drawing = mask.trace(spoon)
    (folder / "outline.svg").write_text(drawing.to_svg())
    (folder / "shapes.json").write_text(drawing.to_json())
    edit = crop.around(folder / "photo.jpg", spoon)
    edit.save(folder / "photo.crop.edit.json")
    for name in ("generated", "result-1", "result-2"):
        save_image(edit.sent_image, folder / f"{name}.png")
    return folder


@pytest.fixture
def files(_files, here):
    shutil.copytree(_files, here, dirs_exist_ok=True, copy_function=shutil.copyfile)
    return here


@pytest.mark.parametrize("example", [one for one in dict.fromkeys(examples()) if one not in NOT_HERE])
def test_an_example_runs(run, files, example):
    written = [one for one in re.findall(r" -o (\S+)", example) if one != "-"]
    if "check control edges.png" in example:
        run("canny", "photo.jpg", "-o", "edges.png")
    if example == "preproc mask ellipse photo.jpg --box 320,230,412,332":
        written = ["photo.mask.png"]
    if example.startswith("preproc crop photo.jpg"):
        written = [
            "photo.crop.edit.json",
            *(f"photo.crop.{part}.png" for part in ("mask", "blend", "sent", "sent-mask")),
        ]
    for one in written:
        if (files / one).is_dir():
            shutil.rmtree(files / one)
        (files / one).unlink(missing_ok=True)
    piped = None
    for part in example.split(" | "):
        _, *words = shlex.split(part)
        ended = run(*words, stdin=piped)
        piped = ended.out
        if words[:1] == ["jobs"] and len(words) > 1:
            assert "is in no journal here" in ended.err
        else:
            assert ended.code == 0, ended.err
    if "--shard" not in example:
        assert [one for one in written if not (files / one).exists()] == []
