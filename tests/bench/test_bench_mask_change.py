"""Growing, feathering and checking at 12 megapixels with an object of 10 %, as ratios to what they are made of."""

import cv2
import numpy as np
import pytest

from preproc import check, mask


@pytest.fixture(scope="module")
def m():
    """One wavy object, 11 % of the canvas in a box of 18 %."""
    angle = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    radius = 600 * (1 + 0.18 * np.sin(3 * angle + 0.4) + 0.1 * np.sin(7 * angle + 1))
    points = np.stack([2000 + 1.25 * radius * np.cos(angle), 1500 + 0.9 * radius * np.sin(angle)], axis=1)
    return mask.polygon((4000, 3000), points)


def distance_transform(m, px):
    """One precise distance transform of the region that `px` around the object takes."""
    box = mask.bounds(m, threshold=1).grow(px)
    outside = np.ascontiguousarray((m[box.slices] < 128).astype(np.uint8))
    return lambda: cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


@pytest.mark.parametrize("px", [4, 32, 200])
@pytest.mark.parametrize("change", [mask.grow, mask.feather], ids=["grow", "feather"])
def test_the_price_in_distance_transforms(benchmark, paired_ratio, m, change, px):
    benchmark.extra_info["ratio"] = found = paired_ratio(lambda: change(m, px), distance_transform(m, px), rounds=15)
    benchmark.pedantic(change, (m, px), rounds=3)
    if px == 32:
        assert found <= 1.3


def test_growing_and_feathering_cost_little_more_than_a_distance_transform_each(benchmark, paired_ratio, m):
    def change():
        mask.grow(m, 32)
        mask.feather(m, 32)

    def transform_twice():
        transform()
        transform()

    transform = distance_transform(m, 32)
    benchmark.extra_info["ratio"] = found = paired_ratio(change, transform_twice, rounds=15)
    benchmark.pedantic(change, rounds=3)
    assert found <= 1.3


def test_long_and_many_lobed_outlines_cost_little_more_too(benchmark, paired_ratio):
    """Their outlines are long for a region so small, and every pixel along them is measured."""
    angle = np.linspace(0, 2 * np.pi, 4000, endpoint=False)
    radius = 600 * (1 + 0.2 * np.sin(23 * angle + 0.3) + 0.05 * np.sin(41 * angle + 1))
    lobes = np.stack([2000 + radius * np.cos(angle), 1500 + radius * np.sin(angle)], axis=1)
    turn = np.arange(18) * np.pi / 9 + 0.1
    spike = np.where(np.arange(18) % 2, 340, 800)
    star = np.stack([2000 + spike * np.cos(turn), 1500 + spike * np.sin(turn)], axis=1)
    tooth = np.where(np.sin(9 * angle) > 0, 800, 340)
    cog = np.stack([2000 + tooth * np.cos(angle), 1500 + tooth * np.sin(angle)], axis=1)
    size = (4000, 3000)
    shapes = {
        "ellipse": mask.ellipse(size, (1000, 1020, 3000, 1780)),
        "ring": mask.subtract(mask.ellipse(size, (800, 300, 3200, 2700)), mask.ellipse(size, (965, 465, 3035, 2535))),
        "long": mask.rectangle(size, (100.3, 1342.2, 3900.3, 1658.2)),
        "high": mask.rectangle(size, (1790.3, 75.2, 2210.3, 2925.2)),
        "lobes": mask.polygon(size, lobes),
        "star": mask.polygon(size, star),
        "cog": mask.polygon(size, cog),
    }
    found = {}
    for name, shape in shapes.items():
        transform = distance_transform(shape, 32)

        def change(shape=shape):
            mask.grow(shape, 32)
            mask.feather(shape, 32)

        found[name] = paired_ratio(change, lambda transform=transform: (transform(), transform()), rounds=9)
    benchmark.extra_info["ratios"] = found
    benchmark.pedantic(change, rounds=3)
    assert max(found.values()) <= 1.3


def test_twenty_times_faster_than_a_blur_of_the_whole_canvas(benchmark, paired_ratio, m):
    def soften():
        return mask.feather(mask.grow(m, 32), 32)

    found = paired_ratio(lambda: cv2.GaussianBlur(m, (0, 0), 64), soften, rounds=7)
    benchmark.extra_info["times faster"] = found
    benchmark.pedantic(soften, rounds=3)
    assert found >= 20


def test_soft_masks_grow_too(benchmark, m):
    benchmark(mask.grow, mask.feather(m, 24), 32)


@pytest.mark.parametrize(("sigma", "least"), [(16, 12), (64, 8), (256, 3)])
def test_a_wide_gaussian_against_one_of_sigma_64_on_the_whole_canvas(benchmark, paired_ratio, m, sigma, least):
    def feather():
        return mask.feather(m, 6 * sigma, curve="gaussian")

    found = paired_ratio(lambda: cv2.GaussianBlur(m, (0, 0), 64), feather, rounds=7)
    benchmark.extra_info["times faster"] = found
    benchmark.pedantic(feather, rounds=3)
    assert found >= least


@pytest.mark.parametrize(
    "name", ["shrink", "smooth", "fill_holes", "drop_islands", "hull", "clean", "snap", "resize", "refine"]
)
def test_the_others(benchmark, m, name):
    image = np.random.default_rng(0).integers(0, 256, (3000, 4000, 3), dtype=np.uint8)
    calls = {
        "shrink": lambda: mask.shrink(m, 32),
        "smooth": lambda: mask.smooth(m, 32),
        "fill_holes": lambda: mask.fill_holes(m),
        "drop_islands": lambda: mask.drop_islands(m, min_area_px=100),
        "hull": lambda: mask.hull(m),
        "clean": lambda: mask.clean(m),
        "snap": lambda: mask.snap(m, 16),
        "resize": lambda: mask.resize(m, (1024, 768)),
        "refine": lambda: mask.refine(m, image),
    }
    benchmark.pedantic(calls[name], rounds=3)


def test_a_check_of_everything(benchmark, m):
    image = np.random.default_rng(0).integers(0, 256, (3000, 4000, 3), dtype=np.uint8)
    benchmark.pedantic(check.mask, (m, image), {"intent": "outpaint", "reference": m}, rounds=3)


@pytest.mark.parametrize("curve", ["smooth", "linear", "gaussian"])
@pytest.mark.parametrize("position", ["outer", "inner", "centre"])
def test_the_time_does_not_depend_on_the_width(benchmark, paired_ratio, curve, position):
    """Against a narrow ramp, with its region as large as that of the widest: spots in the corners see to that.

    No Gaussian costs much more than a narrow one. Ramps by distance cost about 1.1 times as much up to 64 px, 1.2 at 128 px
    and 1.5 at 512 px, where more than half of the region lies on the ramp: a narrow one leaves that out.
    """
    angle = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    radius = 640 * (1 + 0.18 * np.sin(3 * angle + 0.4) + 0.1 * np.sin(7 * angle + 1))
    m = mask.polygon(
        (2000, 2000), np.stack([1000 + 1.25 * radius * np.cos(angle), 1000 + radius * np.sin(angle)], axis=1)
    )
    for x in (40, 1960):
        for y in (40, 1960):
            m |= mask.ellipse(m, (x - 30, y - 30, x + 30, y + 30))

    def soften(px):
        return mask.feather(m, px, curve=curve, position=position)

    widths = (4, 8, 24, 32, 48, 64, 128, 256, 512)
    found = {px: paired_ratio(lambda px=px: soften(px), lambda: soften(16), rounds=5) for px in widths}
    benchmark.extra_info["ratios"] = found
    benchmark.pedantic(soften, (512,), rounds=3)
    if curve == "gaussian":
        assert max(found.values()) <= 1.3
    else:
        assert max(ratio for px, ratio in found.items() if px <= 128) <= 1.35
        assert max(found.values()) <= 1.5
