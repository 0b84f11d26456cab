"""Maps do not change by accident: their hashes, on one thread and on two."""

import hashlib
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
import skimage.data

from preproc import control

PHOTOS = {
    "astronaut": skimage.data.astronaut()[:300, 100:360],
    "coffee": skimage.data.coffee()[60:260, 100:340],
}
CASES = {
    "blur": {},
    "canny": {},
    "canny flux": {"profile": "flux"},
    "canny 5%": {"density": 0.05},
    "canny l2": {"low": 60, "high": 150, "l2": True},
    "canny wide": {"denoise_sigma_px": 4},
    "canny scales": {"profile": "fooocus", "multi_scale": True},
    "gray": {},
    "lineart": {},
    "lines": {},
    "low_quality": {"seed": 7},
    "recolor": {},
    "recolor hsv": {"luminance": "hsv", "gamma": 1.5},
    "scribble": {},
    "soft_edge": {},
    "soft_edge safe": {"safe": True},
    "tile": {},
}
GOLDEN = {
    "blur": {"astronaut": "f92c0d08e9646adc", "coffee": "fb1c58c12efa7656"},
    "canny": {"astronaut": "d39a32c36f685dee", "coffee": "a5800f3f489cd0a9"},
    "canny flux": {"astronaut": "8c9f1914b37fec0e", "coffee": "9d2c6eb05163e4c1"},
    "canny 5%": {"astronaut": "d53ff4e75e35fc5a", "coffee": "d06de1b757b028f3"},
    "canny l2": {"astronaut": "91bea680683f41c0", "coffee": "cf3f9652faf66c2d"},
    "canny wide": {"astronaut": "4eec6d737ea2cd3e", "coffee": "c06b8f1ee1213644"},
    "canny scales": {"astronaut": "ffae458053f54040", "coffee": "3cf23753f84d99aa"},
    "gray": {"astronaut": "9c57da6a1dc8cd9c", "coffee": "a95aa6903d439cb8"},
    "lineart": {"astronaut": "347bb3baaf68defa", "coffee": "3f85cb3fa7a37d74"},
    "lines": {"astronaut": "ceca8a2564ef7a3d", "coffee": "a9a9b37fbfd71b14"},
    "low_quality": {"astronaut": "eb6645c11a754809", "coffee": "6e6184ec942dec3e"},
    "recolor": {"astronaut": "80c2ef4db8a6161c", "coffee": "003e6aae925db899"},
    "recolor hsv": {"astronaut": "34991e715f6084f0", "coffee": "82fb9a8a14844908"},
    "scribble": {"astronaut": "539f7b347dee0edb", "coffee": "cc3dde5ef22ff892"},
    "soft_edge": {"astronaut": "67aabcc916d28156", "coffee": "f2b15b4b99b83cfa"},
    "soft_edge safe": {"astronaut": "4d1efbcc8116d6bf", "coffee": "e7c87775fa29d972"},
    "tile": {"astronaut": "f6cbf38e7fd7c95d", "coffee": "7001f517541d5b56"},
}


def faded(width: int, height: int) -> np.ndarray:
    """Depth of a slope with a step and a hole, in whole numbers so that every processor has the same."""
    down, across = np.mgrid[0:height, 0:width]
    depth = (down * 37 + across * 11 + 2000 * (across > width // 2)).astype(np.float64)
    depth[10:20, 10:30] = np.nan
    return depth


HAND = [(90.0 + 5 * (joint % 5), 40.0 + 6 * (joint // 5)) for joint in range(21)]
FACE = [(30.0 + 2 * (point % 12), 12.0 + 3 * (point // 12)) for point in range(68)]
BODY = [(20.0 + 7 * (joint % 6), 20.0 + 31 * (joint // 6)) for joint in range(18)]
MADE = {
    "depth": lambda: control.normalize_depth(faded(120, 90), near="high"),
    "depth metric": lambda: control.normalize_depth(faded(120, 90) + 500, near="low", spacing="inverse"),
    "normal": lambda: control.normal_from_depth(faded(120, 90), near="high"),
    "pose": lambda: control.draw_pose([BODY], (140, 120)),
    "pose xinsir": lambda: control.draw_pose([BODY], (1200, 900), thickness="xinsir"),
    "pose whole": lambda: control.draw_pose([control.Person(tuple(BODY), face=FACE, left_hand=HAND)], (140, 120)),
    "segmentation": lambda: control.segmentation_map(np.arange(144).reshape(12, 12)),
    "segmentation coco": lambda: control.segmentation_map(np.arange(120).reshape(10, 12), palette="coco-contiguous"),
}
MADE_GOLDEN = {
    "depth": "7a42ef9f2db49ec0",
    "depth metric": "a8886a94b9eb8aaa",
    "normal": "72527ed58cfa2cbe",
    "pose": "71462716929627a9",
    "pose xinsir": "de5309fb7b4f3a9b",
    "pose whole": "c279fca9bde9d78b",
    "segmentation": "9266e4cf69a573cf",
    "segmentation coco": "e1d62f2ddf56e0d9",
}


@pytest.fixture(params=[1, 2])
def threads(request) -> Iterator[int]:
    before = cv2.getNumThreads()
    cv2.setNumThreads(request.param)
    yield request.param
    cv2.setNumThreads(before)


@pytest.mark.parametrize("photo", PHOTOS)
@pytest.mark.parametrize("case", CASES)
def test_hash(case, photo, threads):
    drawn = control.TYPES[case.split()[0]].function(PHOTOS[photo], **CASES[case])
    assert hashlib.sha256(drawn.tobytes()).hexdigest()[:16] == GOLDEN[case][photo]


@pytest.mark.parametrize("case", MADE)
def test_hash_of_maps_from_data(case, threads):
    assert hashlib.sha256(MADE[case]().tobytes()).hexdigest()[:16] == MADE_GOLDEN[case]


@pytest.mark.parametrize("name", [name for name, of in control.TYPES.items() if of.is_local])
def test_twice_the_same_at_a_size(name, threads):
    one, two = (control.make(name, PHOTOS["coffee"], size=(160, 128)).recipe for _ in range(2))
    assert one == two
