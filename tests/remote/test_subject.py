"""What a rehearsal cuts out."""

import numpy as np
import pytest
from skimage import data

from preproc import mask
from preproc.geometry import Size
from remote.rehearsal.subject import disc, subject


def test_what_stands_out_of_the_border_is_cut_out():
    photo = data.coffee()
    found = subject(photo, Size(600, 400))
    saucer = mask.ellipse(photo, (75, 70, 480, 390))
    assert (found[saucer == 255] > 127).mean() > 0.97
    assert found[:, :40].max() == found[:, 520:].max() == 0
    assert np.array_equal(found, subject(photo, Size(600, 400)))


@pytest.mark.parametrize(
    "picture", [np.zeros((64, 96, 3), np.uint8), np.full((8, 8, 3), 9, np.uint8)], ids=["plain", "tiny"]
)
def test_where_nothing_does_it_is_an_ellipse(picture):
    assert np.array_equal(subject(picture, Size(96, 64)), disc(Size(96, 64)))
