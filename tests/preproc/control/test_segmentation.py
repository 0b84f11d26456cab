import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc.control.segmentation import palette_of, read_segmentation, segmentation_map
from preproc.errors import InputError


class TestPalettes:
    @pytest.mark.parametrize(
        ("name", "count", "label", "title", "colour"),
        [
            ("ade20k", 150, 0, "wall", [120, 120, 120]),
            ("ade20k", 150, 12, "person", [150, 5, 61]),
            ("ade20k", 150, 149, "flag", [92, 0, 255]),
            ("coco", 133, 1, "person", [220, 20, 60]),
            ("coco", 133, 18, "dog", [0, 226, 252]),
            ("coco-contiguous", 133, 0, "person", [220, 20, 60]),
        ],
    )
    def test_known_entries(self, name, count, label, title, colour):
        table = palette_of(name)
        assert len(table.labels) == len(table.colours) == len(table.names) == count
        place = table.labels.tolist().index(label)
        assert table.names[place] == title
        assert table.colours[place].tolist() == colour

    def test_labels_rise(self):
        for name in ("ade20k", "coco", "coco-contiguous"):
            assert (np.diff(palette_of(name).labels) > 0).all()
        assert palette_of("coco-contiguous").labels.tolist() == list(range(133))

    def test_only_road_and_skyscraper_share_a_colour(self):
        ade = palette_of("ade20k")
        colours, counts = np.unique(ade.colours, axis=0, return_counts=True)
        assert colours[counts > 1].tolist() == [[140, 140, 140]]
        assert len(np.unique(palette_of("coco").colours, axis=0)) == 133

    def test_are_not_writable(self):
        with pytest.raises(ValueError, match="read-only"):
            palette_of("coco").colours[0] = 0

    @pytest.mark.parametrize("choice", ["ade", {}, {"a": (1, 2, 3)}, {1: (1, 2)}, {1: (1, 2, 300)}, 7])
    def test_errors(self, choice):
        with pytest.raises(InputError, match="palette"):
            palette_of(choice)


class TestMap:
    def test_exact(self):
        coloured = segmentation_map(np.array([[0, 2], [149, 4]], np.uint8))
        assert coloured.dtype == np.uint8
        assert coloured.tolist() == [[[120, 120, 120], [6, 230, 230]], [[92, 0, 255], [4, 200, 3]]]

    @pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.int64, np.uint64])
    def test_any_whole_numbers(self, dtype):
        assert segmentation_map(np.full((2, 3), 2, dtype)).tolist() == [[[6, 230, 230]] * 3] * 2

    def test_annotation_files_number_from_one(self):
        annotation = np.array([[0, 1, 150]], np.uint8)
        assert segmentation_map(annotation - 1).tolist() == [[[0, 0, 0], [120, 120, 120], [92, 0, 255]]]

    def test_own_palette(self):
        assert segmentation_map(np.array([[7, -3]]), palette={7: (1, 2, 3), -3: (9, 8, 7)}).tolist() == [
            [[1, 2, 3], [9, 8, 7]]
        ]

    def test_a_palette_wins_over_ignore(self):
        assert segmentation_map(np.array([[255]]), palette={255: (1, 2, 3)}).tolist() == [[[1, 2, 3]]]

    def test_unknown_numbers_are_named(self):
        with pytest.raises(InputError, match=r"2 class numbers are not in the palette: 12, 500; it knows 133"):
            segmentation_map(np.array([[1, 12], [500, 1]]), palette="coco")

    @pytest.mark.parametrize("labels", [np.zeros((2, 2)), np.zeros((2, 2, 3), int), np.zeros((0, 2), int)])
    def test_form(self, labels):
        with pytest.raises(InputError, match="whole numbers"):
            segmentation_map(labels)

    def test_input_is_left_alone(self):
        labels = np.arange(150).reshape(10, 15)[::2, ::-1]
        labels.setflags(write=False)
        assert segmentation_map(labels).shape == (5, 15, 3)


class TestRead:
    def test_any_form_of_picture(self, tmp_path):
        coloured = segmentation_map(np.array([[5, 9]]))
        PIL.Image.fromarray(coloured).save(tmp_path / "seg.png")
        assert read_segmentation(tmp_path / "seg.png").tolist() == [[5, 9]]
        assert read_segmentation(PIL.Image.fromarray(coloured)).tolist() == [[5, 9]]

    def test_shared_colours_give_the_lowest_number(self):
        assert read_segmentation(segmentation_map(np.array([[48]]))).tolist() == [[6]]

    def test_unknown_colours_are_named_most_frequent_first(self):
        picture = segmentation_map(np.full((4, 4), 3))
        picture[0], picture[1, 0] = (1, 2, 3), (255, 254, 253)
        with pytest.raises(InputError, match=r"31\.2% .*: #010203, #fffefd\n"):
            read_segmentation(picture)
        assert read_segmentation(picture, unknown=-9)[0].tolist() == [-9] * 4

    def test_nearest_within_tolerance(self):
        picture = np.array([[[122, 119, 121], [126, 120, 120], [3, 0, 2]]], np.uint8)
        assert read_segmentation(picture, tolerance=2, unknown=-9).tolist() == [[0, -9, -9]]
        assert read_segmentation(picture, tolerance=6).tolist() == [[0, 0, -1]]

    def test_jpeg_keeps_the_inside_of_areas(self):
        labels = np.repeat(np.repeat(np.arange(12).reshape(3, 4), 32, 0), 32, 1)
        data = cv2.imencode(".jpg", segmentation_map(labels)[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
        back = read_segmentation(data.tobytes(), tolerance=20, unknown=-9)
        assert (back == labels).mean() > 0.9

    @pytest.mark.parametrize("tolerance", [-1, 256])
    def test_tolerance_range(self, tolerance):
        with pytest.raises(InputError, match="0 to 255 levels"):
            read_segmentation(np.zeros((2, 2, 3), np.uint8), tolerance=tolerance)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["ade20k", "coco", "coco-contiguous"]), st.integers(0, 2**32 - 1))
def test_there_and_back(name, seed):
    table = palette_of(name)
    labels = np.random.default_rng(seed).choice(np.append(table.labels, -1), (9, 7))
    back = read_segmentation(segmentation_map(labels, palette=name), palette=name)
    np.testing.assert_array_equal(back, np.where((labels == 48) & (name == "ade20k"), 6, labels))
