"""What reading, writing and previews cost. Run with ``pytest tests/bench --benchmark-only``; ratios are of interleaved pairs."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
import skimage.data

from preproc import preview
from preproc.files import encode_png, load_image

LOAD_LARGE = """
import sys
from preproc.files import load_image

def status(name):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))

before = status("VmRSS")
photo = load_image(sys.argv[1])
print(status("VmHWM") - before - photo.nbytes / 2**20)
"""


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """12 MP with detail down to the pixel."""
    large = cv2.resize(skimage.data.coffee(), (4000, 3000), interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(0).normal(0, 2, large.shape)
    return np.clip(np.rint(large + grain), 0, 255).astype(np.uint8)


def run_once(benchmark, function):
    return benchmark.pedantic(function, rounds=1, iterations=1)


def test_a_jpeg_loads_as_fast_as_opencv_decodes_it(benchmark, tmp_path, photo, paired_ratio):
    path = tmp_path / "photo.jpg"
    cv2.imwrite(str(path), photo, [cv2.IMWRITE_JPEG_QUALITY, 90])
    found = run_once(
        benchmark, lambda: paired_ratio(lambda: load_image(path), lambda: cv2.imread(str(path), cv2.IMREAD_COLOR))
    )
    assert found <= 1.0


@pytest.mark.parametrize("kind", ["photo", "edges", "feather"])
def test_png_is_encoded_as_fast_as_opencv_does_and_no_larger(benchmark, photo, kind, paired_ratio):
    edges = cv2.Canny(photo, 100, 200)
    feather = cv2.GaussianBlur(cv2.circle(np.zeros((3000, 4000), np.uint8), (2000, 1500), 900, 255, -1), (0, 0), 16)
    array = {"photo": photo, "edges": edges, "feather": feather}[kind]
    found = run_once(benchmark, lambda: paired_ratio(lambda: encode_png(array), lambda: cv2.imencode(".png", array), 5))
    assert found <= 1.35
    assert len(encode_png(array)) <= len(cv2.imencode(".png", array)[1])


def test_200_megapixels_are_held_once(benchmark, tmp_path, photo):
    path = tmp_path / "large.jpg"
    cv2.imwrite(str(path), np.tile(photo, (4, 5, 1))[:10_000])
    command = [sys.executable, "-c", LOAD_LARGE, str(path)]
    done = run_once(benchmark, lambda: subprocess.run(command, capture_output=True, text=True, check=True))
    assert float(done.stdout) <= 2 * path.stat().st_size / 2**20 + 30  # the file, and what the decoder needs


def test_an_overlay_costs_a_few_blurs(benchmark, photo, paired_ratio):
    mask = cv2.circle(np.zeros((3000, 4000), np.uint8), (2000, 1500), 900, 255, -1)
    blur = paired_ratio(lambda: preview.overlay(photo, mask), lambda: cv2.GaussianBlur(photo, (0, 0), 2), 5)
    assert run_once(benchmark, lambda: blur) <= 6
