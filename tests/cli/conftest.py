from __future__ import annotations

import io
import json
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from skimage import data

from preproc import save_image
from preproc.cli.app import app, main
from remote import rehearsal


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: bytes
    err: str

    @property
    def text(self):
        return self.out.decode()

    @property
    def json(self):
        [line] = self.lines
        return line

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in, and nothing of the user's in reach."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / ".data"))
    monkeypatch.setenv("HOME", str(tmp_path / ".home"))
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FAL_KEY", "FAL_KEY_ID", "FAL_KEY_SECRET", "FAL_HOME_DIR", "FAL_FORCE_AUTH_BY_USER"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(here, capsysbinary, monkeypatch):
    """Run a command in this process."""

    def run(*words, stdin=None):
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        app._fallback_console = None  # made anew, as wide as this test says
        code = 0
        try:
            main([str(word) for word in words])
        except SystemExit as ended:
            code = ended.code
        out, err = capsysbinary.readouterr()
        return Ended(code, out, err.decode())

    return run


@cache
def _cup():
    return np.ascontiguousarray(data.coffee()[100:260, 180:420])


@pytest.fixture
def cup():
    """A photo of 240 x 160 pixels."""
    return _cup()


@pytest.fixture
def photo(here, cup):
    """The same as a file, `photo.png`."""
    return save_image(cup, here / "photo.png").relative_to(here)


@pytest.fixture
def mask(here):
    """A mask for it, `mask.png`: an ellipse."""
    from preproc import mask as masks

    return save_image(masks.ellipse((240, 160), (80, 40, 160, 120)), here / "mask.png").relative_to(here)


def _turned():
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    return exif


_STORED = {
    "png": ("png", "RGB", {}),
    "jpeg": ("jpg", "RGB", {}),
    "webp": ("webp", "RGB", {}),
    "tiff": ("tif", "RGB", {}),
    "bmp": ("bmp", "RGB", {}),
    "gif": ("gif", "P", {}),
    "gray": ("png", "L", {}),
    "palette": ("png", "P", {}),
    "cmyk": ("jpg", "CMYK", {}),
    "alpha": ("png", "RGBA", {}),
    "turned": ("jpg", "RGB", {"exif": _turned()}),
}
_KINDS = (*_STORED, "16 bit")


@pytest.fixture(scope="session")
def _folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    small = _cup()[::4, ::4]
    for number in range(47):
        kind = _KINDS[number % len(_KINDS)]
        picture = np.roll(small, number, axis=1)
        if kind == "16 bit":
            save_image(picture.astype(np.uint16) * 257, folder / f"p{number:02}.png")
            continue
        suffix, mode, options = _STORED[kind]
        PIL.Image.fromarray(picture).convert(mode).save(folder / f"p{number:02}.{suffix}", **options)
    (folder / "broken.jpg").write_bytes((folder / "p01.jpg").read_bytes()[:300])
    (folder / "empty.png").touch()
    (folder / "text.png").write_text("this is text")
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden.png").touch()
    return folder


@pytest.fixture
def folder(_folder, here):
    """Fifty pictures of mixed kinds of which three are broken, among files that are no pictures."""
    shutil.copytree(_folder, here / "photos")
    return Path("photos")


@pytest.fixture
def record(run, photo, mask):
    assert run("crop", photo, "-m", mask, "-o", "job.edit.json").code == 0
    return "job.edit.json"


@pytest.fixture
def stage(monkeypatch):
    """Let every rehearsal of this test be the same one, with what goes wrong in it."""
    stages = []

    def play(*faults):
        stages.append(rehearsal.Rehearsal(faults=faults))
        monkeypatch.setattr("remote.rehearsal.Rehearsal", lambda: stages[-1])

    return play
