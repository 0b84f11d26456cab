"""Stand-ins say that they are stand-ins, legibly."""

import cv2
import numpy as np
import pytest

from preproc import crop, mask, outpaint
from preproc.preview.draw import pill_size
from remote import Fal
from remote.rehearsal.label import LABEL, labelled

SPOON = mask.union(
    mask.stroke((600, 800), [(480, 90), (300, 500)], width_px=70), mask.ellipse((600, 800), (180, 430, 420, 720))
)
FRAME = mask.invert(mask.rectangle((600, 800), (80, 80, 520, 600)))


@pytest.mark.parametrize("inside", [SPOON >= 128, FRAME >= 128, np.ones((800, 600), bool)])
def test_the_label_is_whole_and_stands_inside_what_was_filled(inside):
    plain = np.full((800, 600, 3), 90, np.uint8)
    drawn = (labelled(plain, inside) != plain).any(axis=2)
    assert drawn.any()
    assert not (drawn & ~inside).any()


def test_where_no_label_fits_nothing_is_drawn():
    plain = np.full((800, 600, 3), 90, np.uint8)
    line = np.zeros((800, 600), bool)
    line[:, 300:304] = True
    assert (labelled(plain, line) == plain).all()


def pills(picture):
    """Return the boxes of what is darker than stripes are, as a pill is."""
    dark = (picture.max(axis=2) < 150).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark)
    return [stats[number, :4].tolist() for number in range(1, count) if stats[number, 4] > 300]


@pytest.mark.parametrize("size", [(1024, 768), (640, 427), (300, 300), (120, 90)])
def test_a_whole_picture_is_labelled_upright(size):
    plain = np.full((*size[::-1], 3), 240, np.uint8)
    [(_, _, width, height)] = pills(labelled(plain))
    assert width > 3 * height
    assert abs(height - pill_size(LABEL, max(8, round(max(size) / 24))).height) <= 2


def test_a_narrow_strip_is_labelled_from_bottom_to_top():
    inside = np.zeros((432, 768), bool)
    inside[:, :70] = True
    plain = np.full((432, 768, 3), 240, np.uint8)
    [(left, _, width, height)] = pills(labelled(plain, inside))
    assert height > 3 * width
    assert left + width <= 70


def test_a_part_that_is_a_little_higher_than_wide_is_labelled_upright():
    inside = np.zeros((800, 1200), bool)
    inside[100:700, 300:600] = True
    plain = np.full((800, 1200, 3), 240, np.uint8)
    [(_, _, width, height)] = pills(labelled(plain, inside))
    assert width > 3 * height


def test_the_label_comes_home_whole():
    photo = np.full((400, 600, 3), 250, np.uint8)
    fal, endpoint = Fal(backend="rehearsal"), "fal-ai/flux-pro/v1/fill"
    part = mask.ellipse(photo, (200, 100, 420, 300))
    for edit in (
        crop.around(photo, part, feather_px=16, rule=fal.rule(endpoint)),
        outpaint.extend(photo, aspect="2:1", rule=fal.rule(endpoint)),
    ):
        answer = fal.run(endpoint, edit=edit, prompt="a barn")
        [(left, top, width, height)] = pills(answer.image.array())
        blend = cv2.resize(edit.blend[edit.crop.slices] if edit.kind == "crop" else edit.blend, edit.sent)
        assert (blend[top : top + height, left : left + width] == 255).all()
