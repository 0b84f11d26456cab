import runpy
from pathlib import Path

from preproc import load_image

SAMPLE = Path(__file__).parents[3] / "samples" / "control_gallery.py"


def test_the_sample_draws_its_sheet(tmp_path):
    runpy.run_path(str(SAMPLE))["main"](str(tmp_path / "gallery.png"))
    height, width, _ = load_image(tmp_path / "gallery.png").shape
    assert width > 7 * 200
    assert height > 4 * 200
