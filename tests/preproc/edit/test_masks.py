"""The three masks: blend is never below mask, sent covers blend, and no cell is missed."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc import crop, outpaint
from preproc.edit.cells import cells_of
from preproc.edit.grid import sample_on_grid
from preproc.edit.masks import sent_mask
from preproc.errors import InputError, MaskError
from preproc.geometry import Box, Size, SizeRule

RULES = [
    SizeRule(cell=8),
    SizeRule(cell=16),
    SizeRule(cell=8, multiple_of=64, best_pixels=512 * 512),
    SizeRule(cell=16, max_pixels=300_000),
    SizeRule(cell=16, min_side=256, best_pixels=1024 * 1024, max_pixels=1_500_000),
]


def check_contract(edit):
    assert (edit.blend >= edit.mask).all()
    assert (edit.blend[edit.mask == 255] == 255).all()
    # every photo pixel that the result is pasted on lies, in sent pixels, under white only
    crop_of_blend = np.zeros((edit.crop.size.height, edit.crop.size.width), np.uint8)
    inside = edit.crop.intersect(edit.canvas.box)
    crop_of_blend[inside.shift(-edit.crop.left, -edit.crop.top).slices] = edit.blend[inside.slices]
    rows, columns = np.nonzero(crop_of_blend)
    scale_y = edit.sent.height / edit.crop.size.height
    scale_x = edit.sent.width / edit.crop.size.width
    for at_y, at_x in ((0.001, 0.001), (0.999, 0.999), (0.5, 0.5), (0.001, 0.999)):
        y = np.minimum(((rows + at_y) * scale_y).astype(int), edit.sent.height - 1)
        x = np.minimum(((columns + at_x) * scale_x).astype(int), edit.sent.width - 1)
        assert (edit.sent_mask[y, x] >= 128).all()
    assert edit.crop.contains(Box(*_bounds(edit.blend)))
    cell = edit.rule.cell
    assert edit.sent.width % cell == 0
    assert edit.sent.height % cell == 0
    assert edit.grid(cell).lost_px == 0
    assert set(np.unique(edit.sent_mask)) <= {0, 255}
    blocks = edit.sent_mask.reshape(edit.sent.height // cell, cell, edit.sent.width // cell, cell)
    assert (blocks.max(axis=(1, 3)) == blocks.min(axis=(1, 3))).all()


def _bounds(mask):
    x, y, width, height = cv2.boundingRect(mask)
    return x, y, x + width, y + height


def shape(kind, size, rng):
    width, height = size
    m = np.zeros((height, width), np.uint8)
    centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
    if kind == "line":
        other = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        cv2.line(m, centre, other, 255, int(rng.integers(1, 11)))
    elif kind == "disc":
        cv2.circle(m, centre, int(rng.integers(1, 61)), 255, -1)
    elif kind == "border":
        m[:, : int(rng.integers(1, 30))] = 255
    elif kind == "soft":
        cv2.circle(m, centre, 30, 255, -1)
        m = np.maximum(cv2.GaussianBlur(m, (0, 0), 6), m)
    else:
        cv2.circle(m, centre, 12, 255, -1)
        crumbs = rng.random((height, width)) > 0.999
        m[crumbs] = rng.integers(1, 9, int(crumbs.sum()))
    return m


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["line", "disc", "border", "soft", "crumbs"]),
    rule=st.sampled_from(RULES),
    feather_px=st.sampled_from([None, 0, 5.5, 16]),
    margin_px=st.sampled_from([0, 8, 2.5]),
    seed=st.integers(0, 10**6),
)
def test_the_contract_of_the_three_masks(kind, rule, feather_px, margin_px, seed):
    rng = np.random.default_rng(seed)
    size = (int(rng.integers(70, 500)), int(rng.integers(70, 400)))
    photo = rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    m = shape(kind, size, rng)
    before = m.copy()
    edit = crop.around(photo, m, rule=rule, feather_px=feather_px, margin_px=margin_px)
    check_contract(edit)
    np.testing.assert_array_equal(m, before)
    np.testing.assert_array_equal(edit.mask, m)


@settings(max_examples=25, deadline=None)
@given(
    sides=st.tuples(*[st.integers(0, 90)] * 4).filter(any),
    rule=st.sampled_from(RULES),
    overlap=st.sampled_from([0, 8, 32, 500]),
)
def test_the_contract_holds_for_outpainting(sides, rule, overlap):
    photo = np.full((120, 150, 3), 77, np.uint8)
    left, top, right, bottom = sides
    edit = outpaint.extend(photo, left=left, top=top, right=right, bottom=bottom, overlap=overlap, rule=rule)
    check_contract(edit)


def test_a_cell_is_sent_when_it_touches_a_pixel_however_little():
    blend = np.zeros((30, 30), np.uint8)
    blend[10, 10] = 1
    sent = sent_mask(blend, crop=Box(0, 0, 30, 30), sent=Size(32, 32), margin_px=0, cell=8)
    # pixel 10 covers 10.67 to 11.73 of 32: cell 1 only
    expected = np.zeros((32, 32), np.uint8)
    expected[8:16, 8:16] = 255
    np.testing.assert_array_equal(sent, expected)


def test_a_pixel_that_straddles_two_cells_marks_both():
    blend = np.zeros((3, 3), np.uint8)
    blend[1, 1] = 255  # covers 5.33 to 10.67 of 16
    sent = sent_mask(blend, crop=Box(0, 0, 3, 3), sent=Size(16, 16), margin_px=0, cell=8)
    assert (sent == 255).all()


def test_the_margin_is_euclidean():
    blend = np.zeros((100, 100), np.uint8)
    blend[50, 50] = 255
    sent = sent_mask(blend, crop=Box(0, 0, 100, 100), sent=Size(100, 100), margin_px=10, cell=1)
    y, x = np.mgrid[:100, :100]
    np.testing.assert_array_equal(sent > 0, (x - 50) ** 2 + (y - 50) ** 2 <= 100)


def test_sent_feather_lies_outside_the_snapped_area():
    photo, m = np.zeros((200, 200, 3), np.uint8), np.zeros((200, 200), np.uint8)
    m[90:110, 90:110] = 255
    hard = crop.around(photo, m, feather_px=0, context_px=60)
    soft = crop.around(photo, m, feather_px=0, context_px=60, sent_feather_px=12)
    assert (soft.sent_mask[hard.sent_mask == 255] == 255).all()
    assert ((soft.sent_mask > 0) & (soft.sent_mask < 255)).any()


def test_grid_report_counts_what_a_hard_mask_loses():
    m = np.zeros((64, 64), np.uint8)
    m[:, 1:5] = 255
    report = sample_on_grid(m, m, crop=Box(0, 0, 64, 64), cell=8)
    assert (report.lost_px, report.lost_ratio) == (256, 1.0)  # columns 0, 8, … are sampled: the line falls between
    m[:, 0] = 255
    report = sample_on_grid(m, m, crop=Box(0, 0, 64, 64), cell=8)
    assert (report.lost_px, report.spilled_px) == (0, 3 * 64)


def test_a_soft_mask_keeps_its_ramp_and_a_hard_one_is_feathered():
    photo, m = np.zeros((200, 200, 3), np.uint8), np.zeros((200, 200), np.uint8)
    m[80:120, 80:120] = 255
    assert (crop.around(photo, m).blend > 0).sum() > (m > 0).sum()
    soft = cv2.GaussianBlur(m, (0, 0), 5)
    np.testing.assert_array_equal(crop.around(photo, soft).blend, soft)
    np.testing.assert_array_equal(crop.around(photo, m, feather_px=0).blend, m)


def test_an_empty_mask_is_refused_by_name():
    with pytest.raises(MaskError, match="empty") as caught:
        crop.around(np.zeros((50, 50, 3), np.uint8), np.zeros((50, 50), np.uint8))
    assert caught.value.code == "empty"
    assert "mask.invert" in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {"margin_px": -1},
        {"sent_feather_px": -3},
        {"context_ratio": 0.5},
        {"context_px": -1},
        *[{name: float("nan")} for name in ("margin_px", "context_ratio", "context_px")],
    ],
)
def test_options_out_of_range_are_refused(options):
    m = np.zeros((50, 50), np.uint8)
    m[20:30, 20:30] = 255
    with pytest.raises(InputError, match="at least"):
        crop.around(np.zeros((50, 50, 3), np.uint8), m, **options)


@pytest.mark.parametrize("px", [0.5, 8, 37.5, 5000])
def test_growing_by_strips_is_growing_at_once(px):
    from preproc.edit.masks import _grown
    from preproc.mask.distance import exact_distance

    support = (np.random.default_rng(0).random((900, 120)) > 0.9995).astype(np.uint8)
    wanted = exact_distance((support == 0).astype(np.uint8)) <= px
    np.testing.assert_array_equal(_grown(support, px), wanted)


@pytest.mark.parametrize("px", [0.5, 8, 2.5, 40, 300, 1e6])
def test_the_margin_is_exact_wherever_distances_are_left_out(px):
    rng = np.random.default_rng(0)
    for number in range(12):
        height, width = rng.integers(1, 700, 2)
        support = np.zeros((height, width), np.uint8)
        for _ in range(3):
            x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
            cv2.rectangle(support, (x, y), (x + 30 * number, y + 4), 1, -1)
        plain = cv2.distanceTransform(1 - support, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        size = Size(int(width), int(height))
        grown = sent_mask(support, crop=size.box, sent=size, margin_px=px, cell=1)
        np.testing.assert_array_equal(grown == 255, np.rint(plain.astype(np.float64) ** 2) <= px * px)


def test_a_cell_counts_when_any_pixel_overlaps_it():
    rng = np.random.default_rng(0)
    for _ in range(20):
        height, width, rows, columns = rng.integers(1, 60, 4).tolist()
        support = (rng.random((height, width)) < 0.02).astype(np.uint8)
        wanted = np.zeros((rows, columns), np.uint8)
        for y, x in zip(*np.nonzero(support), strict=True):
            down = slice(y * rows // height, -(-(y + 1) * rows // height))
            wanted[down, x * columns // width : -(-(x + 1) * columns // width)] = 1
        np.testing.assert_array_equal(cells_of(support, Size(8 * columns, 8 * rows), 8), wanted)
