"""The gallery runs, and leaves out no function."""

import runpy
from pathlib import Path

import PIL.Image

from preproc import mask

SAMPLE = Path(__file__).parents[3] / "samples" / "mask_gallery.py"


def test_every_function_is_in_the_gallery(tmp_path):
    source = SAMPLE.read_text()
    numbers_only = {"bounds", "coverage_ratio"}
    records = {"Path", "Polygon", "Rectangle", "Softening"}  # more of what a Drawing and from_settings show
    missing = [name for name in mask.__all__ if f"mask.{name}" not in source]
    assert set(missing) <= numbers_only | records
    runpy.run_path(str(SAMPLE))["main"](tmp_path / "new" / "folder")
    with PIL.Image.open(tmp_path / "new" / "folder" / "mask-gallery.png") as sheet:
        assert sheet.width > sheet.height
        assert sheet.convert("L").getextrema()[1] == 255
