"""The size to generate at: that of the photo, as far as the endpoint's rule and price allow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc.geometry import SizeRule
from remote import catalog
from remote.tasks.sizing import generation


@pytest.mark.parametrize(
    ("size", "endpoint", "sent"),
    [
        ((1000, 1000), "fal-ai/flux/dev/image-to-image", (992, 992)),
        ((768, 512), "fal-ai/flux/dev/image-to-image", (768, 512)),
        ((768, 512), "fal-ai/flux-general", (768, 512)),
        ((4000, 3000), "fal-ai/flux-general", (1152, 864)),
    ],
)
def test_the_size_to_generate_at(size, endpoint, sent):
    picture, chosen = generation(np.zeros((*size[::-1], 3), np.uint8), catalog.rule(endpoint), None)
    assert chosen == sent
    assert picture.shape == (*sent[::-1], 3)


@given(st.tuples(st.integers(64, 3000), st.integers(64, 3000)), st.sampled_from([16, 32]))
@settings(max_examples=60, deadline=None)
def test_a_photo_is_neither_enlarged_nor_billed_twice(size, cell):
    rule = SizeRule(cell=cell, best_pixels=1_000_000, billed_pixels=1_000_000)
    _, chosen = generation(np.zeros((*size[::-1], 3), np.uint8), rule, None)
    assert not rule.problems(chosen)
    assert chosen.pixels <= min(size[0] * size[1], 1_000_000)


def test_only_the_endpoints_least_size_enlarges():
    _, chosen = generation(np.zeros((200, 300, 3), np.uint8), SizeRule(min_side=512), None)
    assert chosen == (768, 512)


@pytest.mark.parametrize(
    "rule",
    [
        SizeRule(min_pixels=600_000),
        SizeRule(min_side=512),
        SizeRule(min_pixels=2_000_000, best_pixels=3_000_000),
        SizeRule(max_pixels=500_000),
        SizeRule(max_side=128),
    ],
)
def test_a_size_is_found_under_any_rule(rule: SizeRule):
    for width, height in ((40, 30), (256, 192), (1500, 900)):
        sent, size = generation(np.zeros((height, width, 3), np.uint8), rule, None)
        assert not rule.problems(size)
        assert sent.shape == (size.height, size.width, 3)
