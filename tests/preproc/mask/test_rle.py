import json

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco

from preproc import mask
from preproc.errors import InputError, ShapeError

# pycocotools' own arrays predate NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

hard = hnp.arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12))).map(lambda m: m.astype(np.uint8) * 255)


def stretched(draw):
    """Runs long enough for counts of several characters."""
    pattern, down, right = draw
    return np.repeat(np.repeat(pattern, down, axis=0), right, axis=1)


long_runs = st.tuples(hard, st.integers(1, 60), st.integers(1, 60)).map(stretched)


class TestAgainstPycocotools:
    @given(hard | long_runs)
    @settings(max_examples=120, deadline=None)
    def test_bit_for_bit(self, picture):
        theirs = coco.encode(np.asfortranarray(picture // 255))
        ours = mask.to_rle(picture)
        assert ours["counts"].encode() == theirs["counts"]
        assert ours["size"] == theirs["size"]
        np.testing.assert_array_equal(coco.decode(ours) * 255, picture)
        np.testing.assert_array_equal(mask.from_rle(theirs), picture)

    @given(hard | long_runs)
    @settings(max_examples=60, deadline=None)
    def test_uncompressed(self, picture):
        ours = mask.to_rle(picture, compressed=False)
        height, width = picture.shape
        assert coco.frPyObjects(ours, height, width)["counts"] == mask.to_rle(picture)["counts"].encode()
        np.testing.assert_array_equal(mask.from_rle(ours), picture)

    def test_counts_of_millions(self):
        picture = np.zeros((3000, 4000), np.uint8)
        picture[:, 1500:3900] = 255
        theirs = coco.encode(np.asfortranarray(picture // 255))
        assert mask.to_rle(picture)["counts"].encode() == theirs["counts"]
        np.testing.assert_array_equal(mask.from_rle(theirs), picture)


def test_literals():
    picture = np.array([[0, 255], [255, 255]], np.uint8)
    assert mask.to_rle(picture) == {"size": [2, 2], "counts": "13"}
    assert mask.to_rle(255 - picture, compressed=False) == {"size": [2, 2], "counts": [0, 1, 3]}
    assert mask.to_rle(np.zeros((2, 3), np.uint8), compressed=False) == {"size": [2, 3], "counts": [6]}


def test_soft_masks_are_cut_at_one_half():
    assert mask.to_rle(np.array([[0, 127, 128, 255]], np.uint8), compressed=False)["counts"] == [2, 2]


def test_every_form_of_a_mask():
    picture = mask.ellipse((20, 10), (2, 2, 15, 9))
    expected = mask.to_rle(picture)
    for form in (
        picture > 127,
        PIL.Image.fromarray(picture),
        np.ascontiguousarray(picture.T).T,
        picture[:, :, np.newaxis],
    ):
        rle = mask.to_rle(form)
        assert rle["size"] == expected["size"]
    assert mask.to_rle(picture >= 128) == expected
    assert json.loads(json.dumps(mask.to_rle(picture))) == expected


def test_counts_alone():
    expected = [[0, 255], [255, 255]]
    for counts in ("13", b"13", [1, 3], np.array([1, 3]), (1, 3)):
        assert mask.from_rle(counts, (2, 2)).tolist() == expected
    assert mask.from_rle([1, 3], np.zeros((2, 2, 3), np.uint8)).tolist() == expected


@pytest.mark.parametrize(
    ("rle", "words"),
    [
        ({"size": [2, 2]}, r"keys \['size'\]"),
        ({"size": [2], "counts": "13"}, "size and counts"),
        ({"size": 2, "counts": "13"}, "size and counts"),
        ({"size": [2, 0], "counts": "13"}, "at least 1"),
        ({"size": [2, 2], "counts": "ሴ"}, "character 0 is"),
        ({"size": [2, 2], "counts": "1 3"}, "character 1 is ' '"),
        ({"size": [2, 2], "counts": "P"}, "cut off"),
        ({"size": [2, 2], "counts": "o" * 14 + "0"}, "more than 12 characters"),
        ({"size": [2, 2], "counts": [1, 2]}, "add up to 3 pixels, 2x2 has 4"),
        ({"size": [2, 2], "counts": []}, "add up to 0 pixels"),
        ({"size": [2, 2], "counts": ""}, "add up to 0 pixels"),
        ({"size": [2, 2], "counts": [1, -1, 4]}, "a negative run, -1"),
        ({"size": [2, 2], "counts": [1.0, 3.0]}, "whole numbers"),
        ({"size": [2, 2], "counts": None}, "whole numbers"),
        ([1, 3], "without a size"),
    ],
)
def test_damaged(rle, words):
    with pytest.raises(InputError, match=words):
        mask.from_rle(rle)


def test_sizes_must_agree():
    with pytest.raises(ShapeError, match="this RLE is 3x2, not 2x3") as caught:
        mask.from_rle({"size": [2, 3], "counts": [6]}, (2, 3))
    assert caught.value.fix == "RLE sizes are [height, width]"
    assert mask.from_rle({"size": [2, 3], "counts": [6]}, (3, 2)).shape == (2, 3)


@pytest.mark.parametrize("polygons", [[[1, 2, 3, 4, 5, 6], [1, 2, 3, 4]], [[1, 2, 3, 4, 5, 6]], [np.arange(6)]])
def test_polygons_are_sent_to_where_they_are_read(polygons):
    with pytest.raises(InputError, match="several lists") as caught:
        mask.from_rle(polygons, (20, 20))
    assert "mask.from_coco" in caught.value.fix


@pytest.mark.parametrize("size", [[2, 3], np.array([2, 3])])
def test_a_list_is_no_size_of_coco(size):
    for read in (lambda: mask.from_rle([2, 4], size), lambda: mask.from_coco([[0, 0, 2, 0, 2, 2]], size)):
        with pytest.raises(InputError, match="height, width"):
            read()
