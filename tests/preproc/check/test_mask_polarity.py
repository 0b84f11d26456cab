"""Polarity: right masks are never called inverted, inverted ones never right; what cannot be told is said to be so."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import pytest
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


@pytest.mark.parametrize("kind", KINDS)
def test_no_wrong_verdict(kind):
    assert_never_wrong(kind, range(8))


def test_a_declared_box_names_both_coverages_and_the_call():
    m = np.zeros((60, 80), np.uint8)
    m[:, 40:] = 255
    report = check.mask(m, reference=(0, 0, 40, 60))
    (found,) = [finding for finding in report.findings if finding.code == "inverted"]
    assert found.value == (0.0, 1.0)
    assert "0.0%" in found.message
    assert "100.0%" in found.message
    assert found.fix == "mask.invert(m)"
    assert check.mask(mask.invert(m), reference=(0, 0, 40, 60)).ok


def test_nothing_is_inverted_silently():
    m = np.zeros((60, 80), np.uint8)
    m[:, 40:] = 255
    report = check.mask(m, reference=(0, 0, 40, 60))
    mended, done, left = report.fixed()
    assert np.array_equal(mended, m)
    assert not done
    assert [finding.code for finding in left] == ["inverted"]


def test_a_small_mask_elsewhere_is_misplaced():
    m = np.zeros((100, 100), np.uint8)
    m[80:90, 80:90] = 255
    report = check.mask(m, reference=(0, 0, 50, 50))
    assert "misplaced" in report.codes
    assert not report.ok


def test_a_previous_mask_is_a_reference_in_any_form(tmp_path):
    before = mask.ellipse((90, 70), (10, 10, 60, 50))
    cv2.imwrite(str(tmp_path / "before.png"), before)
    after = mask.grow(before, 4)
    assert DECIDED in check.mask(after, reference=tmp_path / "before.png").codes
    assert INVERTED in check.mask(255 - after, reference=before > 127).codes


def test_transparent_canvas_must_be_white():
    rng = np.random.default_rng(5)
    picture = np.dstack([texture(rng, 100, 120), np.full((100, 120), 255, np.uint8)])
    picture[:, 90:, 3] = 0
    m = np.zeros((100, 120), np.uint8)
    m[:, 84:] = 255
    assert verdict(m, picture, intent="outpaint") == DECIDED
    assert verdict(255 - m, picture, intent="outpaint") == INVERTED


def test_canvas_counts_only_for_outpaint():
    c = case("outpaint-flat", 3)
    assert verdict(255 - c.right, c.image) == "polarity-undecided"
    assert verdict(255 - c.right, c.image, intent="object") in {DECIDED, "polarity-undecided"}


def test_a_flat_sky_is_no_canvas_where_the_other_side_is():
    rng = np.random.default_rng(8)
    photo = texture(rng, 200, 150)
    photo[:60] = (140, 180, 230)
    canvas = cv2.copyMakeBorder(photo, 0, 80, 0, 0, cv2.BORDER_REFLECT)
    m = np.zeros(canvas.shape[:2], np.uint8)
    m[190:] = 255
    assert verdict(m, canvas, intent="outpaint") == DECIDED
    assert verdict(255 - m, canvas, intent="outpaint") == INVERTED
    canvas[200:] = texture(rng, 80, 150)
    assert verdict(m, canvas, intent="outpaint") == "polarity-undecided"
    assert verdict(255 - m, canvas, intent="outpaint") == "polarity-undecided"


def test_canvas_against_the_declared_region_is_a_conflict():
    c = case("outpaint-flat", 1)
    report = check.mask(c.right, c.image, intent="outpaint", reference=255 - c.right)
    assert {"inverted", "polarity-conflict"} <= set(report.codes)


@pytest.mark.parametrize("seed", range(4))
def test_a_backdrop_like_the_canvas_is_no_wrong_verdict(seed):
    rng = np.random.default_rng(seed)
    photo = np.full((270, 155, 3), 245, np.uint8)
    photo[60:220, 30:120] = texture(rng, 160, 90)
    canvas = cv2.copyMakeBorder(photo, 104, 0, 96, 0, cv2.BORDER_CONSTANT, value=(245, 245, 245))
    m = np.full(canvas.shape[:2], 255, np.uint8)
    m[108:, 100:] = 0
    assert verdict(m, canvas, intent="outpaint") in {DECIDED, "polarity-undecided"}
    assert verdict(255 - m, canvas, intent="outpaint") in {INVERTED, "polarity-undecided"}


@pytest.mark.parametrize("flat", ["right", "bottom", "both"])
@pytest.mark.parametrize("added", [40, 96])
def test_a_flat_side_that_was_not_extended(flat, added):
    rng = np.random.default_rng(added)
    photo = texture(rng, 200, 100)
    if flat != "bottom":
        photo[:, 60:] = 245
    if flat != "right":
        photo[160:] = 245
    canvas = cv2.copyMakeBorder(photo, 0, 0, added, 0, cv2.BORDER_CONSTANT, value=(245, 245, 245))
    m = np.zeros(canvas.shape[:2], np.uint8)
    m[:, : added + 4] = 255
    assert verdict(m, canvas, intent="outpaint") in {DECIDED, "polarity-undecided"}
    assert verdict(255 - m, canvas, intent="outpaint") in {INVERTED, "polarity-undecided"}


@pytest.mark.parametrize("shape", [(1, 40), (40, 1), (1, 1), (16, 17)])
def test_slivers_of_a_canvas(shape):
    m = np.zeros(shape, np.uint8)
    m[: (shape[0] + 1) // 2, : (shape[1] + 1) // 2] = 255
    report = check.mask(m, np.zeros((*shape, 3), np.uint8), intent="outpaint")
    # Of the last one only the white part is a rectangle, as the kept picture is.
    assert ("inverted" in report.codes) == (shape == (16, 17))


def test_a_loose_box_around_a_large_subject_decides_nothing():
    nearly = np.zeros((200, 200), np.uint8)
    nearly[::2] = 255
    nearly[:8, :100] = 255
    for one in (nearly, 255 - nearly):
        codes = {finding.code for finding in check.mask(one, reference=(0, 0, 100, 200)).findings}
        assert "polarity-undecided" in codes
        assert not codes & {"inverted", "polarity-confirmed"}


@pytest.mark.parametrize("fill", [cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE])
@pytest.mark.parametrize("side", range(4))
@pytest.mark.parametrize("added", [8, 30])
def test_a_strip_of_canvas_beside_an_even_picture(fill, side, added):
    """A sky that changes by a level or two, and things in one row of thirty."""
    rng = np.random.default_rng(side)
    sky = np.linspace(90, 190, 150)[:, np.newaxis] + np.linspace(0, 90, 160) + rng.integers(0, 2, (150, 160))
    photo = np.repeat(sky[:, :, np.newaxis].astype(np.uint8), 3, axis=2)
    photo[::30] = texture(rng, 5, 160)
    sides = [added * (number == side) for number in range(4)]
    canvas = cv2.copyMakeBorder(photo, *sides, fill, value=(40, 80, 120))
    for overlap in (0, 20):
        m = cv2.copyMakeBorder(np.zeros((150, 160), np.uint8), *sides, cv2.BORDER_CONSTANT, value=255)
        if overlap:
            m = mask.grow(m, overlap)
        assert verdict(m, canvas, intent="outpaint") == DECIDED, overlap
        assert verdict(255 - m, canvas, intent="outpaint") == INVERTED, overlap


@pytest.mark.parametrize("fill", [cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE])
@pytest.mark.parametrize("side", range(4))
@pytest.mark.parametrize("overlap", [0, 3, 48])
def test_canvas_larger_than_its_picture(fill, side, overlap):
    """The sky opposite is smooth, and even enough to be taken for canvas where the files are lossy."""
    rng = np.random.default_rng(side)
    photo = texture(rng, 110, 110)
    photo[:40] = np.linspace(150, 170, 40)[:, np.newaxis, np.newaxis]
    photo = np.ascontiguousarray(np.rot90(photo, (2, 0, 3, 1)[side]))
    sides = [160 * (number == side) for number in range(4)]
    canvas = cv2.copyMakeBorder(photo, *sides, fill, value=(128, 128, 128))
    m = cv2.copyMakeBorder(np.zeros((110, 110), np.uint8), *sides, cv2.BORDER_CONSTANT, value=255)
    if overlap:
        m = mask.grow(m, overlap)
    assert verdict(m, canvas, intent="outpaint") == DECIDED
    assert verdict(255 - m, canvas, intent="outpaint") == INVERTED


@pytest.mark.parametrize("overlap", [0, 5, 12])
def test_a_picture_more_even_than_its_canvas(overlap):
    """New canvas of noise beside a thing on a white backdrop: the even side is the picture."""
    rng = np.random.default_rng(overlap)
    canvas = np.full((150, 260, 3), 250, np.uint8)
    canvas[40:120, 60:140] = texture(rng, 80, 80)
    canvas[:, 180:] = texture(rng, 150, 80)
    m = np.zeros((150, 260), np.uint8)
    m[:, 180 - overlap :] = 255
    assert verdict(m, canvas, intent="outpaint") in {DECIDED, "polarity-undecided"}
    assert verdict(255 - m, canvas, intent="outpaint") in {INVERTED, "polarity-undecided"}


@pytest.mark.parametrize("side", range(4))
def test_mirrored_canvas_of_a_smooth_picture(side):
    """A sky near the border: too even for tolerances, and mirrored to the last level all the same."""
    rng = np.random.default_rng(3)
    sky = cv2.GaussianBlur(rng.normal(0, 1, (120, 160, 3)).astype(np.float32), (0, 0), 25)
    sky = 150 + sky * (20 / sky.std())
    sky += rng.random(sky.shape) < 0.05  # a little grain
    widths = [0, 0, 0, 0]
    widths[side] = 30
    canvas = cv2.copyMakeBorder(np.rint(sky).astype(np.uint8), *widths, cv2.BORDER_REFLECT)
    right = cv2.copyMakeBorder(np.zeros((120, 160), np.uint8), *widths, cv2.BORDER_CONSTANT, value=255)
    assert verdict(right, canvas, intent="outpaint") == DECIDED
    assert verdict(255 - right, canvas, intent="outpaint") == INVERTED


@pytest.mark.parametrize("box", [(0, 0, 300, 185), (6, 6, 294, 188), (0, 4, 300, 196)])
def test_a_box_that_cuts_a_large_subject_says_nothing(box):
    m = mask.polygon((300, 200), [(90, 30), (210, 30), (299, 200), (1, 200)])
    assert verdict(m, None, reference=box) == verdict(255 - m, None, reference=box) == "polarity-undecided"
    whole = mask.ellipse((300, 200), (12, 10, 288, 190))
    assert verdict(whole, None, reference=(9, 8, 291, 192)) == DECIDED
    assert verdict(255 - whole, None, reference=(9, 8, 291, 192)) == INVERTED


def test_nearly_everything_edited_beside_a_small_box_confirms_nothing():
    m = mask.rectangle((200, 200), (20, 20, 26, 26))
    box = (120, 120, 130, 130)
    assert "misplaced" in check.mask(m, reference=box).codes
    assert verdict(255 - m, None, reference=box) == "polarity-undecided"
    assert verdict(255 - m, None, reference=box, intent="object") == INVERTED
    assert verdict(255 - m, None, reference=box, intent="background") == DECIDED


def test_a_side_bar_of_one_colour_is_no_canvas():
    rng = np.random.default_rng(2)
    photo = np.full((430, 260, 3), (90, 175, 255), np.uint8)
    photo[328:] = texture(rng, 102, 260)
    canvas = np.concatenate([photo, texture(rng, 250, 260)])
    m = np.zeros(canvas.shape[:2], np.uint8)
    m[430:] = 255
    assert verdict(m, canvas, intent="outpaint") == "polarity-undecided"
    assert verdict(255 - m, canvas, intent="outpaint") == "polarity-undecided"
