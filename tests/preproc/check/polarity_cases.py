"""Right masks of many kinds with their pictures, and what a check says of them and of their inversions."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from preproc import check, mask
from preproc.geometry import Box

KINDS = (
    "small-object",
    "large-subject",
    "product",
    "background",
    "half-plane",
    "outpaint-flat",
    "outpaint-replicated",
    "outpaint-reflected",
)
DECIDED, INVERTED = "polarity-confirmed", "inverted"


class Case(NamedTuple):
    kind: str
    image: NDArray[np.uint8]
    right: NDArray[np.uint8]
    intent: str | None
    region: Box


def texture(rng, height, width):
    """A picture with detail at all scales, as photos have."""
    layers = [
        cv2.resize(rng.normal(0, 60 / k, (max(2, height // k), max(2, width // k), 3)), (width, height))
        for k in (1, 4, 16, 64)
    ]
    return np.clip(128 + sum(layers) + rng.normal(0, 6, (height, width, 3)), 0, 255).astype(np.uint8)


def blob(rng, size, reach):
    width, height = size
    angle = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    wobble = 1 + sum(rng.uniform(-0.12, 0.12) * np.sin(k * angle + rng.uniform(0, 7)) for k in (2, 3, 5))
    x = width * (0.5 + rng.uniform(-0.1, 0.1) * (1 - reach)) + wobble * reach * width / 2 * np.cos(angle)
    y = height * (0.5 + rng.uniform(-0.1, 0.1) * (1 - reach)) + wobble * reach * height / 2 * np.sin(angle)
    return mask.polygon(size, np.stack([x, y], axis=1))


def case(kind, seed):
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    width, height = (int(side) for side in rng.integers(120, 220, 2))
    size = (width, height)
    if kind == "small-object":
        m = blob(rng, size, rng.uniform(0.1, 0.3))
        return Case(kind, texture(rng, height, width), m, "object", mask.bounds(m))
    if kind == "large-subject":
        m = blob(rng, size, rng.uniform(0.75, 1.1))
        return Case(kind, texture(rng, height, width), m, "object", mask.bounds(m).grow(-8))
    if kind == "product":
        m = blob(rng, size, rng.uniform(0.3, 0.6))
        image = np.full((height, width, 3), rng.integers(180, 256, 3), np.uint8)
        image[m > 127] = texture(rng, height, width)[m > 127]
        return Case(kind, image, m, "object", mask.bounds(m))
    if kind == "background":
        subject = blob(rng, size, rng.uniform(0.4, 0.8))
        return Case(kind, texture(rng, height, width), 255 - subject, "background", Box(0, 0, width, height // 12))
    if kind == "half-plane":
        m = np.zeros((height, width), np.uint8)
        at = int(width * rng.uniform(0.3, 0.7))
        m[:, :at] = 255
        return Case(kind, texture(rng, height, width), m, None, Box(0, 0, at, height))
    photo = texture(rng, height, width)
    left, top, right, bottom = (int(side) for side in rng.integers(24, 90, 4) * (rng.random(4) < 0.6))
    left = left or 40
    fill = {
        "outpaint-flat": (cv2.BORDER_CONSTANT, [int(v) for v in rng.integers(0, 256, 3)]),
        "outpaint-replicated": (cv2.BORDER_REPLICATE, None),
        "outpaint-reflected": (cv2.BORDER_REFLECT, None),
    }[kind]
    canvas = cv2.copyMakeBorder(photo, top, bottom, left, right, fill[0], value=fill[1])
    m = np.full(canvas.shape[:2], 255, np.uint8)
    overlap = int(rng.integers(0, 33))
    m[
        top + overlap * (top > 0) : top + height - overlap * (bottom > 0),
        left + overlap : left + width - overlap * (right > 0),
    ] = 0
    return Case(kind, canvas, m, "outpaint", Box(0, 0, left, canvas.shape[0]))


def verdict(m, image, **declared):
    codes = check.mask(m, image, **declared).codes
    named = [code for code in codes if code in {DECIDED, INVERTED, "polarity-undecided"}]
    assert len(named) == 1, codes
    return named[0]


def assert_never_wrong(kind, seeds):
    for seed in seeds:
        c = case(kind, seed)
        for m, truth in ((c.right, DECIDED), (255 - c.right, INVERTED)):
            # With a declared region every case is decided, with the intent too.
            assert verdict(m, c.image, reference=c.region) == truth, (kind, seed)
            assert verdict(m, c.image, reference=c.right, intent=c.intent) == truth, (kind, seed)
            # Nothing declared: nothing said.
            assert verdict(m, c.image) == "polarity-undecided"
            said = verdict(m, c.image, intent=c.intent)
            assert said in {truth, "polarity-undecided"}, (kind, seed)
            if kind != "half-plane":  # symmetrical, and nothing is declared
                assert said == truth, (kind, seed)
