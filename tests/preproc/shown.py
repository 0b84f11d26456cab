"""What previews show in their tests."""

import cv2
import numpy as np

PHOTO = cv2.resize(
    np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8), (180, 120), interpolation=cv2.INTER_CUBIC
)


def disc(height=120, width=180, *, radius=40.0, feather=0.0):
    y, x = np.mgrid[:height, :width]
    away = np.hypot(x - width / 2 + 0.5, y - height / 2 + 0.5)
    if not feather:
        return np.where(away <= radius, 255, 0).astype(np.uint8)
    return np.clip((radius + feather / 2 - away) / feather * 255, 0, 255).astype(np.uint8)
