import runpy
from pathlib import Path

from preproc import load_image

SAMPLE = Path(__file__).parents[3] / "samples" / "control_gallery.py"


def test_the_sample_draws_its_sheet(tmp_path):
    runpy.run_path(str(SAMPLE))["main"](tmp_path)
    height, width, _ = load_image(tmp_path / "control-types.png").shape
    assert width > 7 * 200
    assert height > 4 * 200
