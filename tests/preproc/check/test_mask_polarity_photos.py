"""Polarity on photos: canvases with noise, out of lossy files, resized; subjects cut by the border, seen near."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import pytest
import skimage
from numpy.typing import NDArray

from preproc import check
from preproc.check.polarity import polarity
from preproc.files import Photo

PHOTOS = ("astronaut", "camera", "chelsea", "coffee", "coins", "moon", "retina", "rocket")
DECIDED, INVERTED, UNDECIDED = "polarity-confirmed", "inverted", "polarity-undecided"

# Of 200 masks of each kind, right and inverted, so many are left undecided at most. None is told wrong.
KINDS = {
    "small object": 0.0,
    "large subject": 0.15,
    "product": 0.15,
    "background": 0.15,
    "half plane": 1.0,
    "flat": 0.0,
    "replicated": 0.0,
    "reflected": 0.05,
}
FILLS = {"flat": cv2.BORDER_CONSTANT, "replicated": cv2.BORDER_REPLICATE, "reflected": cv2.BORDER_REFLECT}


class Case(NamedTuple):
    image: NDArray[np.uint8]
    right: NDArray[np.uint8]
    intent: str


def photo(rng, size):
    """Cut a part of a photo, and bring it to a size."""
    whole = Photo.open(getattr(skimage.data, str(rng.choice(PHOTOS)))()).rgb
    width, height = size
    scale = max(width / whole.shape[1], height / whole.shape[0]) * rng.uniform(1, 1.6)
    across, down = int(width / scale), int(height / scale)
    x, y = (int(rng.integers(0, room + 1)) for room in (whole.shape[1] - across, whole.shape[0] - down))
    part = whole[y : y + down, x : x + across]
    return cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def lossy(picture, rng):
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(75, 96))]
    return cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_UNCHANGED)


def person(rng, m, x, top, head):
    """Draw a head, a neck, shoulders, arms that may rest on the hips, and legs, as far as the canvas shows them."""

    def limb(*points, thickness):
        cv2.polylines(m, [np.rint(points).astype(int)], isClosed=False, color=255, thickness=max(1, int(thickness)))

    half, waist = head * rng.uniform(0.8, 1.1), head * rng.uniform(0.5, 0.8)
    chin, hips = top + head, top + 4.2 * head
    cv2.ellipse(m, (int(x), int(top + head / 2)), (int(0.4 * head), int(0.52 * head)), 0, 0, 360, 255, -1)
    limb((x, chin - 0.3 * head), (x, chin + 0.5 * head), thickness=0.45 * head)
    body = [(x - half, chin + 0.5 * head), (x + half, chin + 0.5 * head), (x + waist, hips), (x - waist, hips)]
    cv2.fillConvexPoly(m, np.rint(body).astype(int), 255)
    for side in (-1, 1):
        shoulder, hand = (x + 0.85 * side * half, chin + 0.7 * head), (x + side * waist, hips)
        elbow = (x + side * (half + head * rng.choice([0.1, 1.1])), chin + 2 * head)
        limb(shoulder, elbow, hand, thickness=0.4 * head)
        limb((x + 0.5 * side * waist, hips), (x + side * waist, hips + 3.5 * head), thickness=0.8 * head)


def subject(rng, size):
    """Draw what photos show: a bust, a person, a head seen near, or several things; three sides of the canvas cut it."""
    width, height = size
    while True:
        m = np.zeros((height, width), np.uint8)
        form = rng.choice(["bust", "person", "near", "several"])
        if form == "bust":
            person(
                rng, m, width * rng.uniform(0.3, 0.7), height * rng.uniform(0.02, 0.3), height * rng.uniform(0.25, 0.4)
            )
        elif form == "person":
            person(
                rng, m, width * rng.uniform(0.3, 0.7), height * rng.uniform(0.05, 0.2), height * rng.uniform(0.1, 0.16)
            )
        elif form == "near":
            middle, reach = np.multiply(size, rng.uniform(0.3, 0.7, 2)), np.multiply(size, rng.uniform(0.3, 0.5, 2))
            cv2.ellipse(m, middle.astype(int), reach.astype(int), rng.uniform(-30, 30), 0, 360, 255, -1)
            ears = [(-0.9, -0.3), (-0.8, -1.4), (-0.2, -0.9)]
            for side in (-1, 1):
                ear = middle + reach * np.array(ears) * (side, 1)
                cv2.fillConvexPoly(m, np.rint(ear).astype(int), 255)
        else:
            for _ in range(int(rng.integers(2, 5))):
                middle = np.multiply(size, rng.uniform(0.1, 0.9, 2)).astype(int)
                reach = (min(size) * rng.uniform(0.06, 0.2, 2)).astype(int)
                cv2.ellipse(m, middle, reach, rng.uniform(0, 180), 0, 360, 255, -1)
        touched = sum(bool(side.any()) for side in (m[0], m[-1], m[:, 0], m[:, -1]))
        if touched <= 3 and 0.1 < (m > 0).mean() < 0.85:
            return m


def edged(rng, m):
    """Leave it hard, or give it an anti-aliased, feathered or lossy edge."""
    kind = rng.choice(["hard", "anti-aliased", "feathered", "lossy"])
    if kind == "hard":
        return m
    soft = cv2.GaussianBlur(m, (0, 0), 5.0 if kind == "feathered" else 0.8)
    return lossy(soft, rng) if kind == "lossy" else soft


def extended(rng, picture, kind):
    """Extend a picture by canvas, and draw its mask; then noise, another size and a lossy file, or none of them."""
    height, width = picture.shape[:2]
    added = [0, 0, 0, 0]  # top, bottom, left, right
    for side in rng.permutation(4)[: int(rng.choice([1, 1, 1, 2, 4]))]:
        added[side] = int(rng.choice([12, 16, 32, 64, (height if side < 2 else width) // 2]))
    colour = rng.choice([picture[0, 0], picture[-1, -1], rng.integers(0, 256, 3)]).tolist()
    canvas = cv2.copyMakeBorder(picture, *added, FILLS[kind], value=colour)
    new = cv2.copyMakeBorder(np.zeros((height, width), np.uint8), *added, cv2.BORDER_CONSTANT, value=255)
    overlap, levels = int(rng.choice([0, 8, 24, 48])), int(rng.choice([0, 0, 1, 2]))
    noise = rng.integers(-levels, levels + 1, canvas.shape)
    canvas = np.where(new[..., np.newaxis] > 0, np.clip(canvas + noise, 0, 255), canvas).astype(np.uint8)
    m = cv2.dilate(new, np.ones((2 * overlap + 1, 2 * overlap + 1), np.uint8))
    if overlap and rng.random() < 0.5:
        m = cv2.blur(m, (overlap + 1, overlap + 1))
    if rng.random() < 0.3:
        scale = float(rng.choice([0.7, 1.3]))
        canvas, m = (cv2.resize(one, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR) for one in (canvas, m))
    return (lossy(canvas, rng) if rng.random() < 0.4 else canvas), m


def case(kind, seed):
    rng = np.random.default_rng([seed, list(KINDS).index(kind)])
    size = (int(rng.integers(256, 480)), int(rng.integers(256, 480)))
    if kind in FILLS:
        return Case(*extended(rng, photo(rng, size), kind), "outpaint")
    picture, intent = photo(rng, size), "background" if kind == "background" else "object"
    if kind == "half plane":
        m = np.zeros(size[::-1], np.uint8)
        m[:, int(size[0] * rng.uniform(0.3, 0.7)) :] = 255
        return Case(picture, edged(rng, np.ascontiguousarray(np.rot90(m, rng.integers(0, 4)))), intent)
    if kind == "small object":
        m = np.zeros(size[::-1], np.uint8)
        person(
            rng, m, size[0] * rng.uniform(0.1, 0.9), size[1] * rng.uniform(0, 0.8), min(size) * rng.uniform(0.03, 0.06)
        )
    else:
        m = subject(rng, size)
    backdrop = np.full_like(picture, rng.integers(180, 256, 3)) if kind == "product" else photo(rng, size)
    image = np.where(m[..., np.newaxis] > 0, picture, backdrop)
    return Case(image, edged(rng, 255 - m if kind == "background" else m), intent)


def undecided(kind, seeds):
    """Ask for every verdict; none may be wrong. Return the share that is left undecided."""
    left = 0
    for seed in seeds:
        c = case(kind, seed)
        seen = Photo.open(c.image) if c.intent == "outpaint" else None
        for m, truth in ((c.right, DECIDED), (255 - c.right, INVERTED)):
            (found,) = polarity(m, seen, c.intent, None)
            assert found.code in {truth, UNDECIDED}, (kind, seed, found)
            assert polarity(m, seen, c.intent, c.right)[0].code == truth, (kind, seed)
            left += found.code == UNDECIDED
    return left / (2 * len(seeds))


@pytest.mark.parametrize("kind", KINDS)
def test_no_wrong_verdict_on_photos(kind):
    share = undecided(kind, range(16))
    assert share <= KINDS[kind] + (0.1 if 0 < KINDS[kind] < 1 else 0)
    if kind == "half plane":
        assert share == 1


@pytest.mark.parametrize("kind", FILLS)
def test_the_verdict_in_the_report(kind):
    c = case(kind, 3)
    assert DECIDED in check.mask(c.right, c.image, intent=c.intent).codes
    assert INVERTED in check.mask(255 - c.right, c.image, intent=c.intent).codes
