"""Drawn lines, whose number and width are known."""

import numpy as np


def grid(size=256, step=16, width=1):
    picture = np.zeros((size, size), np.uint8)
    for start in range(8, size - 8, step):
        picture[8:-8, start : start + width] = 255
    return picture
