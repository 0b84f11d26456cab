"""The guided filter, against its definition."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from preproc import mask
from preproc.errors import InputError, ShapeError


def by_definition(m, image, radius, epsilon):
    """He, Sun and Tang 2013, equations 5, 6 and 8 for a colour guide, one window at a time."""
    guide = np.pad(image / 255, ((radius, radius), (radius, radius), (0, 0)), mode="symmetric")
    target = np.pad(m / 255, radius, mode="symmetric")
    height, width = m.shape
    slopes, offsets = np.zeros((height, width, 3)), np.zeros((height, width))
    for y in range(height):
        for x in range(width):
            window = (slice(y, y + 2 * radius + 1), slice(x, x + 2 * radius + 1))
            colours, values = guide[window].reshape(-1, 3), target[window].ravel()
            covariance = np.cov(colours.T, bias=True) + epsilon * np.eye(3)
            cross = (colours * values[:, np.newaxis]).mean(axis=0) - colours.mean(axis=0) * values.mean()
            slopes[y, x] = np.linalg.solve(covariance, cross)
            offsets[y, x] = values.mean() - slopes[y, x] @ colours.mean(axis=0)
    side = (2 * radius + 1, 2 * radius + 1)
    mean = [
        cv2.blur(np.ascontiguousarray(plane), side, borderType=cv2.BORDER_REFLECT)
        for plane in (*np.moveaxis(slopes, 2, 0), offsets)
    ]
    return 255 * np.clip(sum(a * c for a, c in zip(mean, np.moveaxis(image / 255, 2, 0), strict=False)) + mean[3], 0, 1)


@pytest.fixture
def scene():
    rng = np.random.default_rng(2)
    truth = mask.ellipse((44, 36), (12, 8, 32, 27))
    share = truth[..., np.newaxis] / 255
    image = share * [200, 120, 40] + (1 - share) * [60, 90, 150] + rng.normal(0, 3, (36, 44, 3))
    return truth, np.clip(image, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("radius", "epsilon"), [(2, 1e-4), (4, 1e-2), (5, 1e-6)])
def test_the_definition(scene, radius, epsilon):
    truth, image = scene
    rough = mask.grow(truth, 2)
    refined = mask.refine(rough, image, radius_px=radius, epsilon=epsilon)
    assert abs(refined - by_definition(rough, image, radius, epsilon)).max() <= 1


def test_the_contour_moves_to_the_edge_of_the_image(scene):
    truth, image = scene
    for rough in (mask.grow(truth, 2), mask.shrink(truth, 2)):
        refined = mask.binarize(mask.refine(rough, image, radius_px=8))
        off = np.count_nonzero(refined != mask.binarize(truth))
        assert off < 0.3 * np.count_nonzero(mask.binarize(rough) != mask.binarize(truth))


def test_far_from_the_edge_nothing_changes():
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (200, 240, 3), dtype=np.uint8)
    m = mask.rectangle((240, 200), (60, 50, 180, 150))
    refined = mask.refine(m, image, radius_px=6)
    near = mask.difference(mask.grow(m, 20), mask.shrink(m, 20)) > 0
    assert np.array_equal(refined[~near], m[~near])
    assert not np.array_equal(refined, m)


def test_flat_images_and_masks():
    m = mask.rectangle((40, 30), (10, 10, 30, 20))
    grey = np.full((30, 40, 3), 128, np.uint8)
    blurred = cv2.blur(
        cv2.blur(m.astype(float), (9, 9), borderType=cv2.BORDER_REFLECT), (9, 9), borderType=cv2.BORDER_REFLECT
    )
    assert abs(mask.refine(m, grey, radius_px=4) - blurred).max() <= 1
    for level in (0, 255):
        flat = np.full((30, 40), level, np.uint8)
        assert np.array_equal(mask.refine(flat, np.arange(3600, dtype=np.uint16).reshape(30, 40, 3) % 255), flat)


def test_wrong_arguments(scene):
    truth, image = scene
    with pytest.raises(ShapeError, match="44x36"):
        mask.refine(truth, image[:-1])
    for wrong in ({"radius_px": 0}, {"radius_px": math.nan}, {"epsilon": 0}, {"epsilon": -1}, {"epsilon": math.inf}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            mask.refine(truth, image, **wrong)


@pytest.mark.parametrize("epsilon", [1e-5, 1e-6, 1e-8, 1e-10, 1e-300])
@pytest.mark.parametrize("kind", ["gray", "sepia", "two colours"])
def test_images_of_few_colours_and_a_small_epsilon(kind, epsilon):
    truth = mask.ellipse((44, 36), (12, 8, 32, 27))
    gray = np.random.default_rng(0).integers(0, 256, (36, 44, 1), dtype=np.uint8)
    image = {
        "gray": np.repeat(gray, 3, axis=2),
        "sepia": (gray * np.array([1, 0.8, 0.6])).astype(np.uint8),
        "two colours": np.where(truth[..., np.newaxis] > 127, (10, 90, 220), (200, 30, 40)).astype(np.uint8),
    }[kind]
    refined = mask.refine(truth, image, radius_px=4, epsilon=epsilon)
    wanted = by_definition(truth, image, 4, max(epsilon, 1e-6))
    assert np.abs(refined - wanted).max() <= 1
