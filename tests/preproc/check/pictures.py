"""Pictures that several tests of checks look at."""

from pathlib import Path

import cv2
import numpy as np
import skimage.data

FOLDER = Path(skimage.data.__file__).parent
# not color.png: a drawn chart, whose gray wedge is as smooth as depth
NAMES = (
    "astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "clock_motion.png", "coffee.png",
    "coins.png", "grass.png", "gravel.png", "hubble_deep_field.jpg", "ihc.png", "microaneurysms.png",
    "moon.png", "motorcycle_left.png", "page.png", "retina.jpg", "rocket.jpg", "text.png",
)  # fmt: skip
LINES = ("canny", "lineart", "lines", "scribble", "soft_edge")


def crops(count, seed):
    generator = np.random.default_rng(seed)
    photos = [cv2.imread(str(FOLDER / name), None, cv2.IMREAD_COLOR_RGB) for name in NAMES]
    for number in range(count):
        photo = photos[number % len(photos)]
        height, width = (min(side, int(generator.integers(96, 320))) for side in photo.shape[:2])
        top, left = (
            int(generator.integers(0, most - side + 1))
            for most, side in zip(photo.shape, (height, width), strict=False)
        )
        yield np.ascontiguousarray(photo[top : top + height, left : left + width])


def jpeg(picture, quality=90):
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
