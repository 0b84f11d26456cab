import cv2
import numpy as np
import pytest
import skimage.data

from preproc import mask
from preproc.errors import InputError, ShapeError
from preproc.mask import mixture

SIZE = (240, 180)
BOX = (60, 25, 180, 155)


def scene(noise: float, size=SIZE) -> tuple[np.ndarray, np.ndarray]:
    """Render a blob before a background, both of one colour with noise, and return it with its true coverage."""
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    radius = (48 + 9 * np.cos(5 * angle)) * size[0] / SIZE[0]
    centre = size[0] / 2, size[1] / 2
    truth = mask.polygon(
        size, np.stack([centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)], axis=1)
    )
    share = truth[:, :, np.newaxis] / 255
    picture = share * (200, 80, 60) + (1 - share) * (60, 90, 160)
    picture += np.random.default_rng(0).normal(0, noise, picture.shape)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8), truth


@pytest.mark.parametrize(("noise", "most"), [(0, 0.005), (6, 0.05), (20, 0.12)])
def test_the_edge_is_anti_aliased(noise, most):
    picture, truth = scene(noise)
    error = np.abs(mask.grabcut(picture, BOX) / 255 - truth / 255)
    boundary = (truth > 0) & (truth < 255)
    hard = np.abs((truth >= 128) - truth / 255)[boundary].mean()
    assert error[boundary].mean() < most < hard
    assert error[~boundary].mean() < 0.002


def test_large_pictures_are_cut_at_their_own_size():
    picture, truth = scene(4, (960, 720))
    error = np.abs(mask.grabcut(picture, [4 * side for side in BOX]) / 255 - truth / 255)
    assert error[(truth > 0) & (truth < 255)].mean() < 0.06
    assert error.mean() < 0.001


def test_scribbles_alone():
    picture, truth = scene(6)
    foreground, background = mask.rectangle(SIZE, (110, 85, 130, 95)), mask.rectangle(SIZE, (0, 0, 240, 8))
    assert (
        np.abs(mask.grabcut(picture, foreground=foreground, background=background) / 255 - truth / 255).mean() < 0.002
    )


def test_scribbles_overrule_the_box():
    picture, _ = scene(6)
    corner = mask.rectangle(SIZE, (62, 28, 70, 36))
    inner = mask.rectangle(SIZE, (100, 70, 120, 90))
    cut = mask.grabcut(picture, BOX, foreground=corner, background=inner)
    assert cut[29:35, 63:69].min() == 255
    assert cut[72:88, 102:118].max() == 0


def test_the_object_may_leave_the_picture():
    picture, truth = scene(0)
    part = picture[90:], truth[90:]
    cut = mask.grabcut(part[0], (60, 0, 180, 80))
    assert np.abs(cut[0].astype(int) - part[1][0]).max() < 60
    assert (cut[0] == 255).sum() > 80


def test_the_same_answer_whatever_the_threads_and_seeds():
    picture = skimage.data.astronaut()[::2, ::2]
    first = mask.grabcut(picture, (40, 2, 180, 250), iterations=2)
    threads = cv2.getNumThreads()
    try:
        for count, seed in ((1, 1), (2, 99)):
            cv2.setNumThreads(count)
            cv2.setRNGSeed(seed)
            np.testing.assert_array_equal(mask.grabcut(picture, (40, 2, 180, 250), iterations=2), first)
        cv2.setRNGSeed(5)
        before = cv2.randu(np.empty((1, 8), np.uint8), 0, 255).tolist()
        cv2.setRNGSeed(5)
        mask.grabcut(picture, (40, 2, 180, 250), iterations=1)
        assert cv2.randu(np.empty((1, 8), np.uint8), 0, 255).tolist() == before
    finally:
        cv2.setNumThreads(threads)


def test_one_colour_only():
    flat = np.full((40, 50, 3), 90, np.uint8)
    with pytest.raises(InputError, match=r"nothing in the box \(10, 10, 30, 30\) stands out .* the cut is empty"):
        mask.grabcut(flat, (10, 10, 30, 30))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "without a box, nothing says what is the object"),
        ({"foreground": np.full((180, 240), 255, np.uint8)}, "without a box, nothing says what is the background"),
        ({"box": (0, 0, 240, 180)}, "the box covers the whole picture of 240x180"),
        ({"box": (-5, -5, 500, 500)}, "the box covers the whole picture"),
        ({"box": (300, 5, 400, 50)}, r"\(300, 5, 400, 50\) covers no pixel of the picture of 240x180"),
        ({"box": (20, 5, 20, 50)}, "covers no pixel"),
        ({"box": (50, 5, 20, 50)}, "runs backwards"),
        ({"box": (5, 5, float("nan"), 50)}, "nan"),
        ({"box": BOX, "iterations": 0}, "iterations is a whole number of at least 1, got 0"),
    ],
)
def test_refused(options, words):
    with pytest.raises(InputError, match=words):
        mask.grabcut(np.zeros((180, 240, 3), np.uint8), **options)


def test_scribbles_of_another_size():
    with pytest.raises(ShapeError, match="image is 240x180 and foreground is 240x179"):
        mask.grabcut(np.zeros((180, 240, 3), np.uint8), BOX, foreground=np.zeros((179, 240), np.uint8))


@pytest.mark.parametrize("side", [3, 5, 11, 16])
@pytest.mark.parametrize("margin", [2, 8, 16])
def test_a_small_clear_object_in_noise_of_every_colour(side, margin):
    picture = np.random.default_rng(side).integers(0, 256, (120, 160, 3), dtype=np.uint8)
    picture[50 : 50 + side, 70 : 70 + side] = 255, 0, 0
    truth = mask.rectangle(picture, (70, 50, 70 + side, 50 + side))
    cut = mask.grabcut(picture, (70 - margin, 50 - margin, 70 + side + margin, 50 + side + margin))
    assert np.count_nonzero((cut > 127) != (truth > 127)) <= 0.05 * side**2


def test_noise_alone_has_no_object():
    for seed in range(4):
        picture = np.random.default_rng(seed).integers(0, 256, (120, 160, 3), dtype=np.uint8)
        with pytest.raises(InputError, match="the cut is empty"):
            mask.grabcut(picture, (50, 40, 90, 80))


def test_of_two_beginnings_the_cheaper_cut_is_kept():
    ground, thing = (
        cv2.resize(picture, (160, 120), interpolation=cv2.INTER_AREA)
        for picture in (skimage.data.astronaut(), skimage.data.coffee())
    )
    truth = mask.ellipse((160, 120), (42, 27, 98, 83))
    share = truth[:, :, np.newaxis] / 255
    cut = mask.grabcut(np.rint(share * thing + (1 - share) * ground).astype(np.uint8), (34, 19, 106, 91))
    assert np.count_nonzero((cut > 127) & (truth > 127)) > 0.85 * np.count_nonzero((cut > 127) | (truth > 127))


def test_what_a_cut_costs():
    labels = np.array([[0, 2, 3], [0, 3, 3]], np.uint8)
    picture = np.zeros((2, 3, 3), np.uint8)
    picture[..., 0] = [[0, 0, 9], [0, 9, 9]]
    models = [mixture.split(np.array([[level, 0, 0]], np.uint8)) for level in (0, 9)]
    # Densities are 1 / sqrt(0.01 ** 3) at their means; 5 of 11 pairs of neighbours differ, by 81, and all are cut.
    edge = 50 * np.exp(-81 / (2 * 81 * 5 / 11)) * (3 + 2 / 2**0.5)
    np.testing.assert_allclose(mixture.cost(picture, labels, *models), 4 * np.log(0.001) + edge, rtol=1e-5)


@pytest.mark.parametrize("what", ["object", "background"])
def test_marks_that_leave_nothing_over_are_named(what):
    picture = np.random.default_rng(1).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    everything = np.full((60, 80), 255, np.uint8)
    marks = {"background": everything} if what == "object" else {"foreground": everything}
    with pytest.raises(InputError, match=f"no pixel is left that may be {what}"):
        mask.grabcut(picture, (20, 10, 60, 50), **marks)


def test_marked_pixels_are_what_they_are_marked_as():
    picture = np.random.default_rng(2).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    foreground, background = np.zeros((2, 60, 80), np.uint8)
    foreground[::9, ::11] = background[4::9, 5::11] = 255
    cut = mask.grabcut(picture, (10, 8, 70, 52), foreground=foreground, background=background)
    assert (cut[foreground == 255] == 255).all()
    assert (cut[background == 255] == 0).all()


def test_without_a_box_colours_that_nobody_marked_are_background():
    picture, truth = scene(6)
    picture[130:, :70] = 20, 20, 20
    picture[:40, 190:] = 230, 220, 200
    foreground, background = mask.rectangle(SIZE, (95, 85, 145, 95)), mask.rectangle(SIZE, (0, 60, 60, 66))
    cut = mask.grabcut(picture, foreground=foreground, background=background)
    assert np.count_nonzero((cut > 127) != (truth > 127)) < 0.02 * np.count_nonzero(truth > 127)


def test_scribbles_say_which_part_of_the_box_is_the_object():
    picture, truth = scene(6)
    picture[30:150, 66:174][truth[30:150, 66:174] < 128] = 60, 140, 60  # fills the box and is seen nowhere else
    foreground, background = mask.rectangle(SIZE, (95, 85, 145, 95)), mask.rectangle(SIZE, (68, 32, 76, 148))
    cut = mask.grabcut(picture, BOX, foreground=foreground, background=background)
    assert np.count_nonzero((cut > 127) != (truth > 127)) < 0.02 * np.count_nonzero(truth > 127)


def test_very_small_parts_are_dropped_unless_they_are_marked():
    picture, truth = scene(6)
    picture[30:33, 62:65] = picture[140:143, 170:173] = 200, 80, 60
    mark = mask.rectangle(SIZE, (62, 30, 65, 33))
    assert not mask.grabcut(picture, BOX)[(truth == 0) & (np.indices(truth.shape)[1] < 66)].any()
    marked = mask.grabcut(picture, BOX, foreground=np.maximum(mark, mask.rectangle(SIZE, (110, 85, 130, 95))))
    assert marked[30:33, 62:65].min() == 255
    assert not marked[138:146, 168:176].any()
