"""Of two faults each is mended by its own call, run on the mask as it came."""

import numpy as np
import pytest

import preproc
from preproc import check, mask


def in_alpha(m):
    return np.dstack([np.zeros((*m.shape, 3), np.uint8), m])


def zero_one(m):
    return (m > 127).astype(np.uint8)


@pytest.mark.parametrize("form", [in_alpha, zero_one])
@pytest.mark.parametrize("fault", ["size-mismatch", "transposed"])
def test_a_wrong_size_of_an_unreadable_mask(form, fault):
    size = (100, 75) if fault == "size-mismatch" else (150, 200)
    m = form(mask.ellipse(size, (30, 20, 70, 60)))
    image = np.zeros((150, 200, 3), np.uint8)
    fix = {found.code: found.fix for found in check.mask(m, image).findings}[fault]
    mended = eval(fix, {"m": m, "mask": mask, "np": np, "preproc": preproc})
    assert not {fault, "zero-one", "alpha-only"} & {found.code for found in check.mask(mended, image).findings}


def test_an_inverted_mask_of_zeros_and_ones():
    m = zero_one(255 - mask.ellipse((100, 75), (30, 20, 70, 60)))
    fix = {found.code: found.fix for found in check.mask(m, reference=(30, 20, 70, 60)).findings}["inverted"]
    mended = eval(fix, {"m": m, "mask": mask, "np": np, "preproc": preproc})
    assert mended[40, 50] == 255
    assert mended[0, 0] == 0
