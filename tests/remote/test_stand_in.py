"""Stand-ins say that they are stand-ins, legibly."""

import numpy as np
import pytest

from preproc import mask
from remote.rehearsal.stand_in import _labelled

SPOON = mask.union(
    mask.stroke((600, 800), [(480, 90), (300, 500)], width_px=70), mask.ellipse((600, 800), (180, 430, 420, 720))
)
FRAME = mask.invert(mask.rectangle((600, 800), (80, 80, 520, 600)))


@pytest.mark.parametrize("inside", [SPOON >= 128, FRAME >= 128, np.ones((800, 600), bool)])
def test_the_label_is_whole_and_stands_inside_what_was_filled(inside):
    plain = np.full((800, 600, 3), 90, np.uint8)
    drawn = (_labelled(plain, inside) != plain).any(axis=2)
    assert drawn.any()
    assert not (drawn & ~inside).any()


def test_where_no_label_fits_nothing_is_drawn():
    plain = np.full((800, 600, 3), 90, np.uint8)
    line = np.zeros((800, 600), bool)
    line[:, 300:304] = True
    assert (_labelled(plain, line) == plain).all()
