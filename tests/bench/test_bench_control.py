"""What control maps cost. Run with ``pytest tests/bench --benchmark-only``; ratios are of interleaved pairs."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
import skimage.data
from skimage.color import rgb2gray
from skimage.feature import canny as skimage_canny

from preproc import control

LARGE = """
import numpy as np
from preproc import control

def status(name):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))

rng = np.random.default_rng(0)
width, height = {size}
photo = np.empty((height, width, 3), np.uint8)
step = 4_000_000 // width
for top in range(0, height, step):
    part = photo[top : top + step]
    part[:] = rng.integers(0, {grain}, part.shape, np.uint8)
    if {grain} < 200:
        across, down = np.arange(width) // 53 % 3 * 30, np.arange(top, top + len(part)) // 37 % 5 * 40
        part += np.add.outer(down, across).astype(np.uint8)[..., None]
before = status("VmRSS")
edges = control.canny(photo{options})
print(status("VmHWM") - before, np.count_nonzero(edges))
"""


def photo(width: int, height: int) -> np.ndarray:
    """A photo of any size with detail down to the pixel."""
    large = cv2.resize(skimage.data.coffee(), (width, height), interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(0).normal(0, 3, large.shape)
    return np.clip(np.rint(large + grain), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("size", "options", "most"),
    [
        ((1536, 1024), {"low": 100, "high": 200}, 1.05),
        ((4000, 3000), {"low": 100, "high": 200}, 1.05),
        ((1536, 1024), {}, 3),
        ((4000, 3000), {}, 1.5),
    ],
    ids=["given-1.5MP", "given-12MP", "auto-1.5MP", "auto-12MP"],
)
def test_canny_against_bare_opencv(benchmark, paired_ratio, size, options, most):
    picture = photo(*size)
    benchmark.extra_info["ratio"] = found = paired_ratio(
        lambda: control.canny(picture, **options), lambda: cv2.Canny(picture, 100, 200)
    )
    benchmark.pedantic(control.canny, (picture,), options, rounds=3)
    assert found <= most


def test_five_times_faster_than_scikit_image(benchmark, paired_ratio):
    picture = photo(4000, 3000)
    found = paired_ratio(lambda: skimage_canny(rgb2gray(picture), 1.4), lambda: control.canny(picture), rounds=3)
    benchmark.extra_info["ratio"] = found
    benchmark.pedantic(control.canny, (picture,), rounds=3)
    assert found >= 5


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("options", ["", ", low=100, high=200", ", low=40, high=90, denoise_sigma_px=1.4"])
@pytest.mark.parametrize("grain", [12, 256], ids=["photo", "noise"])
@pytest.mark.parametrize("size", [(20_000, 10_000), (1_000, 200_000), (200_000, 1_000)], ids=["wide", "tall", "flat"])
def test_200_megapixels_fit(benchmark, size, grain, options):
    def run() -> list[str]:
        code = LARGE
        for name, value in {"size": size, "grain": grain, "options": options}.items():
            code = code.replace(f"{{{name}}}", str(value))
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    above_mib, edges = map(float, benchmark.pedantic(run, rounds=1))
    benchmark.extra_info["MiB above the photo"] = above_mib
    assert edges > 0
    assert above_mib <= 350


@pytest.mark.parametrize("name", [name for name, of in control.TYPES.items() if of.is_local])
def test_every_local_type(benchmark, name):
    picture = photo(1536, 1024)
    benchmark(control.TYPES[name].function, picture)
