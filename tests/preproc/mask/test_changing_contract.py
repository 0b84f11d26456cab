"""What every function that changes a mask has in common."""

from __future__ import annotations

import cv2
import numpy as np
import PIL.Image
import pytest

from preproc import mask
from preproc.errors import FileFormatError, InputError

IMAGE = np.random.default_rng(7).integers(0, 256, (60, 80, 3), dtype=np.uint8)

CHANGES = {
    "grow": lambda m: mask.grow(m, 3.5),
    "shrink": lambda m: mask.shrink(m, 2.5),
    "feather": lambda m: mask.feather(m, 9),
    "feather inner": lambda m: mask.feather(m, 9, position="inner"),
    "feather centre": lambda m: mask.feather(m, 9, position="centre", curve="linear"),
    "feather gaussian": lambda m: mask.feather(m, 120, curve="gaussian"),
    "smooth": lambda m: mask.smooth(m, 6),
    "fill_holes": mask.fill_holes,
    "drop_islands": lambda m: mask.drop_islands(m, min_area_px=20),
    "hull": mask.hull,
    "invert": mask.invert,
    "binarize": mask.binarize,
    "contrast": lambda m: mask.contrast(m, 3),
    "clean": mask.clean,
    "refine": lambda m: mask.refine(m, IMAGE, radius_px=4),
    "resize soft": lambda m: mask.resize(m, (97, 31)),
    "resize hard": lambda m: mask.resize(m, (121, 93), kind="hard"),
    "resize cover": lambda m: mask.resize(m, (33, 44), kind="cover"),
    "snap": lambda m: mask.snap(m, 8),
    "union": lambda m: mask.union(m, IMAGE[..., 0]),
    "intersect": lambda m: mask.intersect(m, IMAGE[..., 0]),
    "subtract": lambda m: mask.subtract(m, IMAGE[..., 0]),
    "difference": lambda m: mask.difference(m, IMAGE[..., 0]),
    "settings": lambda m: mask.from_settings("comfyui", expand=4, blur_radius=2).apply(m),
}


def masks():
    drawn = mask.subtract(mask.ellipse((80, 60), (12, 8, 70, 55)), mask.ellipse((80, 60), (30, 25, 42, 36)))
    drawn = mask.union(drawn, mask.rectangle((80, 60), (72, 2, 76, 5)))
    return {
        "anti-aliased": drawn,
        "hard": mask.binarize(drawn),
        "soft": mask.feather(drawn, 12),
        "noise": IMAGE[..., 1],
    }


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
class TestEveryChange:
    def test_the_input_is_left_alone_in_any_layout(self, change):
        for m in masks().values():
            expected = change(m)
            wide = np.repeat(m, 2, axis=1)
            for layout in (m[::-1].copy()[::-1], wide[:, ::2], np.asfortranarray(m)):
                layout.setflags(write=False)
                assert np.array_equal(change(layout), expected)
                assert np.array_equal(layout, m)
            assert expected.dtype == np.uint8
            assert expected.flags.writeable
            assert not np.shares_memory(expected, m)

    def test_any_number_of_threads(self, change):
        before = cv2.getNumThreads()
        try:
            results = []
            for threads in (1, 2, 4):
                cv2.setNumThreads(threads)
                results.append([change(m) for m in masks().values()])
        finally:
            cv2.setNumThreads(before)
        for other in results[1:]:
            assert all(np.array_equal(a, b) for a, b in zip(results[0], other, strict=True))

    def test_pillow_in_pillow_out(self, change):
        m = masks()["anti-aliased"]
        answer = change(PIL.Image.fromarray(m))
        assert isinstance(answer, PIL.Image.Image)
        assert answer.mode == "L"
        assert np.array_equal(answer, change(m))

    def test_files_and_other_forms(self, change, tmp_path):
        m = masks()["hard"]
        cv2.imwrite(str(tmp_path / "m.png"), m)
        expected = change(m)
        for form in (tmp_path / "m.png", (tmp_path / "m.png").read_bytes(), m > 127, m / 255, m[..., np.newaxis]):
            assert np.array_equal(change(form), expected)

    def test_empty_and_full(self, change):
        for level in (0, 255):
            answer = change(np.full((60, 80), level, np.uint8))
            assert answer.dtype == np.uint8
            assert answer.ndim == 2

    def test_what_is_no_mask(self, change):
        for wrong in (np.full((60, 80), np.nan), np.zeros((0, 3), np.uint8), np.zeros((2, 60, 80, 3), np.uint8), None):
            with pytest.raises(InputError):
                change(wrong)
        with pytest.raises(FileFormatError):
            change("nowhere.png")


SMALL = {
    name: change
    for name, change in CHANGES.items()
    if name not in {"refine", "union", "intersect", "subtract", "difference"}
}


@pytest.mark.parametrize("change", SMALL.values(), ids=SMALL)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (7, 1), (2, 2)], ids=str)
def test_tiny_canvases(change, shape):
    for m in (
        np.zeros(shape, np.uint8),
        np.full(shape, 255, np.uint8),
        np.full(shape, 99, np.uint8),
        np.eye(*shape) > 0,
    ):
        assert change(m).dtype == np.uint8


M = mask.ellipse((60, 40), (10, 10, 24, 24))
PICTURE = np.zeros((40, 60, 3), np.uint8)


@pytest.mark.parametrize("m", [M, mask.feather(M, 8)], ids=["hard", "soft"])
def test_distances_beyond_the_canvas(m):
    assert (mask.grow(m, 1e9) == 255).all()
    assert (mask.grow(m, ratio=1e9) == 255).all()
    assert (mask.shrink(m, 1e9) == 0).all()
    assert mask.feather(m, 1e9).min() >= 250
    flat = mask.feather(m, 1e9, curve="gaussian", position="centre")
    assert abs(flat - m.mean()).max() <= 0.5
    assert mask.smooth(m, 1e9).shape == m.shape
    assert mask.refine(m, PICTURE, radius_px=1e6).shape == m.shape
    assert (mask.snap(m, 10**9) == 255).all()


@pytest.mark.parametrize("bad", [None, "3", float("nan"), [2]], ids=str)
@pytest.mark.parametrize(
    "change",
    [
        mask.grow,
        mask.shrink,
        mask.feather,
        mask.smooth,
        mask.snap,
        mask.contrast,
        mask.binarize,
        lambda m, bad: mask.clean(m, noise=bad),
        lambda m, bad: mask.drop_islands(m, min_area_px=bad),
        lambda m, bad: mask.refine(m, PICTURE, radius_px=bad),
    ],
    ids=["grow", "shrink", "feather", "smooth", "snap", "contrast", "binarize", "clean", "drop_islands", "refine"],
)
def test_what_is_no_number_is_refused(change, bad):
    with pytest.raises(InputError):
        change(M, bad)


def test_no_size_beyond_memory():
    with pytest.raises(InputError, match="1000000x1000000"):
        mask.resize(M, (10**6, 10**6))


def test_distances_that_tie_do_not_depend_on_threads():
    triangle = mask.polygon((800, 800), [(721, 630), (67, 382), (461, 664)])
    oval = mask.ellipse((800, 600), (150.3, 100.2, 650.7, 480.9))
    before = cv2.getNumThreads()
    try:
        results = []
        for threads in (1, 2, 4):
            cv2.setNumThreads(threads)
            results.append([mask.grow(triangle, 8), mask.shrink(triangle, 8), mask.feather(oval, 32)])
    finally:
        cv2.setNumThreads(before)
    for other in results[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(results[0], other, strict=True))
