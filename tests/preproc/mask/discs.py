"""A disc and how far every pixel lies from it."""

import math

import numpy as np

from preproc import mask


def disc(radius, margin, shift=(0.3, 0.45)):
    side = 2 * math.ceil(radius + margin) + 12
    x, y = side / 2 + shift[0], side / 2 + shift[1]
    drawn = mask.ellipse((side, side), (x - radius, y - radius, x + radius, y + radius))
    rows, columns = np.indices(drawn.shape)
    return drawn, np.hypot(columns + 0.5 - x, rows + 0.5 - y) - radius
