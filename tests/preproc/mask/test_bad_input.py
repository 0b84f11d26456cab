"""Whatever is passed to whatever argument: a mask comes out, or an error of ours that says what was wrong."""

import inspect
import io
import struct
import warnings
import zlib

import numpy as np
import PIL.Image
import pytest

from preproc import check, mask
from preproc.errors import FileFormatError, InputError

DISC = mask.ellipse((40, 30), (5, 5, 30, 25))
IMAGE = np.random.default_rng(0).integers(0, 64, (30, 40, 3), dtype=np.uint8)
IMAGE[6:17, 6:17] = 255, 0, 0  # an object
POINTS = [(1, 1), (9, 1), (5, 9)]


class Tensor:
    """As torch's tensors on the CPU are."""

    def __array__(self, dtype=None, copy=None):
        return DISC


def png(size, rows=b""):
    """A picture that says it is of this size, with as many rows of pixels as are given."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


CUT_OFF = png((40, 30), bytes(41 * 30))[:-30]
HUGE = png((100_000, 100_000))


def closed(thing):
    thing.close()
    return thing


BROKEN = (
    *(PIL.Image.new(mode, size) for mode in ("L", "RGBA", "I") for size in ((0, 0), (0, 9))),
    *(PIL.Image.open(io.BytesIO(CUT_OFF)), closed(PIL.Image.new("L", (40, 30))), closed(io.BytesIO(CUT_OFF))),
    *(CUT_OFF, HUGE, io.TextIOWrapper(io.BytesIO(CUT_OFF))),
)
MASKS = (
    *BROKEN,
    *(DISC[::2, ::2], DISC[:, ::-1], np.asfortranarray(DISC), DISC.T, DISC > 0, DISC / 255, DISC.astype(int), Tensor()),
    *(np.full(shape, value, np.uint8) for shape in ((30, 40), (1, 1), (1, 9), (9, 1)) for value in (0, 128, 255)),
    *(np.zeros((0, 9), np.uint8), np.zeros((9, 0), np.uint8), np.zeros((2, 30, 40)), np.dstack([DISC] * 3), IMAGE),
    *(np.dstack([IMAGE, DISC]), np.full((5, 5), np.nan), np.full((5, 5), np.inf), np.zeros((5, 5), complex)),
    *((DISC > 0).astype(np.uint8), DISC.astype(np.uint16), np.array("x"), np.zeros((5, 5), object)),
    *(PIL.Image.fromarray(DISC), PIL.Image.fromarray(IMAGE), PIL.Image.new("RGBA", (5, 5)), "no file.png", b"abc"),
)
NUMBERS = (
    *(0, 0.5, -1, True, 1e-300, 1e9, 1e300, 10**400, float("nan"), float("inf"), -float("inf"), 3 + 1j),
    *(np.float32(3), np.array(3), np.array([3, 4])),
)
OTHERS = (None, "x", "", b"", [], {}, (), object(), "outer", "hard", "evenodd", "<svg/>")
PLACES = (
    *((1, 1, 9, 9), (0, 0, 0, 0), (9, 9, 1, 1), (-50, -50, 500, 500), (1e8, 1, 1e9, 2), (float("nan"), 0, 1, 1)),
    *((None, 1, 2, 3), (10, 8), (0, 5), (-1, 4), (10**9, 10**9), (float("nan"), 3), (3, 4, 5), np.zeros((3, 3))),
    *(POINTS, [(1, 1)], [(1, 2, 3)] * 3, [(float("nan"), 1)] * 3, [(1e9, 1)] * 4, [(1, 1), (9, 9), (9, 1), (1, 9)]),
    *([POINTS, [(1, 1)]], [None], [(None, 1)] * 3, [["a", "b"]] * 3, [(5, 5)] * 5),
)
GOOD = {
    "after": IMAGE,
    "box": (3, 3, 20, 20),
    "cell": 8,
    "color": (9, 9, 9),
    "depth": np.arange(1200.0).reshape(30, 40),
    "factor": 2,
    "far": 100.0,
    "ids": [1],
    "image": IMAGE,
    "labels": np.arange(12).reshape(3, 4),
    "min_area_px": 4,
    "near": 1.0,
    "other": DISC,
    "picture": np.dstack([IMAGE, DISC]),
    "points": POINTS,
    "px": 3,
    "rle": mask.to_rle(DISC),
    "seed": (5, 5),
    "segmentation": mask.to_coco(DISC),
    "size": (20, 16),
    "tool": "a1111",
    "width_px": 3,
}
NEEDED = {("grow", "px"), ("shrink", "px"), ("grabcut", "box")}
FUNCTIONS = [
    name for name in mask.__all__ if callable(getattr(mask, name)) and not inspect.isclass(getattr(mask, name))
]


def answered(function, *args, **kwargs):
    """Call; ours are the only errors, and no warning comes."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            result = function(*args, **kwargs)
        except InputError:
            return None
    if isinstance(result, np.ndarray):
        assert (result.dtype, result.ndim) == (np.uint8, 2)
        assert not any(isinstance(argument, np.ndarray) and np.shares_memory(result, argument) for argument in args)
    return result


@pytest.mark.parametrize("name", FUNCTIONS)
def test_anything_for_every_argument(name):
    function = getattr(mask, name)
    parameters = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind != parameter.VAR_POSITIONAL
    ]
    good = {
        parameter.name: GOOD.get(parameter.name, DISC)
        for parameter in parameters
        if parameter.default is parameter.empty or (name, parameter.name) in NEEDED
    }

    def call(**given):
        if "ratio" in given:
            given["px"] = None
        values = good | given
        by_name = {
            parameter.name: values.pop(parameter.name)
            for parameter in parameters
            if parameter.kind == parameter.KEYWORD_ONLY and parameter.name in values
        }
        places = [parameter.name for parameter in parameters if parameter.kind != parameter.KEYWORD_ONLY]
        while places and places[-1] not in values:
            places.pop()
        defaults = {parameter.name: parameter.default for parameter in parameters}
        return answered(function, *(values.get(place, defaults[place]) for place in places), **by_name)

    assert call() is not None
    for number, parameter in enumerate(parameters):
        pictures = MASKS if number == 0 or parameter.name in {"other", "image", "after", "size"} else ()
        for value in (*pictures, *NUMBERS, *OTHERS, *PLACES):
            call(**{parameter.name: value})


@pytest.mark.parametrize("name", ["grow", "shrink", "feather", "smooth"])
def test_any_mask_at_any_distance(name):
    for picture in MASKS:
        for px in (0, 0.3, 3, 60, 1e5, 1e300):
            answered(getattr(mask, name), picture, px)


@pytest.mark.parametrize("curve", ["smooth", "linear", "gaussian"])
@pytest.mark.parametrize("position", ["outer", "inner", "centre"])
def test_any_mask_in_any_feather(curve, position):
    for picture in MASKS:
        for px in (0.1, 5, 900, 1e7):
            answered(mask.feather, picture, px, curve=curve, position=position)


@pytest.mark.parametrize("name", ["union", "intersect", "subtract"])
def test_anything_to_combine(name):
    for other in (*MASKS, *NUMBERS, *OTHERS):
        answered(getattr(mask, name), DISC, other)


@pytest.mark.parametrize("picture", BROKEN)
def test_broken_pictures_of_labels_and_as_points(picture):
    for function in (mask.polygon, mask.stroke):
        answered(
            lambda function: function((20, 20), picture, **({"width_px": 2} if function is mask.stroke else {})),
            function,
        )
    for read in (mask.from_labels, mask.flood, mask.from_color):
        answered(read, DISC, picture)
        answered(read, picture, (5, 5))


@pytest.mark.parametrize("picture", [BROKEN[6], CUT_OFF, closed(io.BytesIO(b"x")), BROKEN[7]])
def test_checks_say_that_a_picture_cannot_be_read(picture):
    with pytest.raises(FileFormatError):
        check.mask(picture)
    with pytest.raises(FileFormatError):
        check.mask(DISC, reference=picture)


@pytest.mark.parametrize("size", [(0, 0), (0, 9)])
def test_an_image_without_pixels_fits_no_mask(size):
    with pytest.raises(FileFormatError, match="has no pixels"):
        check.mask(DISC, PIL.Image.new("RGB", size))


@pytest.mark.parametrize("picture", [HUGE, io.BytesIO(HUGE), PIL.Image.new("L", (0, 0))])
def test_sizes_that_no_mask_has(picture):
    for make in (
        lambda: mask.resize(DISC, picture),
        lambda: mask.rectangle(picture, (0, 0, 5, 5)),
        lambda: mask.Drawing((9, 9)).render(picture),
        lambda: mask.from_coco(mask.to_coco(DISC), picture),
    ):
        with pytest.raises(InputError, match=r"more than 300,000,000|has no pixels"):
            make()


def test_anything_to_check():
    for value in (*MASKS, *NUMBERS, *OTHERS, *PLACES):
        answered(check.mask, value)
        answered(check.mask, DISC, value)
        for argument in ("intent", "edge", "cell", "reference"):
            answered(check.mask, DISC, **{argument: value})


@pytest.mark.parametrize("make", [mask.Rectangle, mask.Ellipse, mask.Polygon, mask.Stroke, mask.Path, mask.Drawing])
def test_any_record(make):
    good = {
        mask.Rectangle: [(1, 1, 9, 9), 2],
        mask.Ellipse: [(1, 1, 9, 9)],
        mask.Polygon: [POINTS, [], "nonzero"],
        mask.Stroke: [POINTS, 3, False],
        mask.Path: [[POINTS], "nonzero"],
        mask.Drawing: [(20, 20), ()],
    }[make]

    def drawn(*arguments):
        record = make(*arguments)
        return (record if make is mask.Drawing else mask.Drawing((20, 20)).add(record)).render()

    assert answered(drawn, *good) is not None
    for place in range(len(good)):
        for value in (*NUMBERS, *OTHERS, *PLACES):
            answered(drawn, *good[:place], value, *good[place + 1 :])


@pytest.mark.parametrize("flag", ["no", 2, None, 0.5, "False"])
def test_whether_a_shape_is_taken_away_is_true_or_false(flag):
    for make in (
        lambda: mask.Rectangle((0, 0, 9, 9), subtract=flag),
        lambda: mask.Ellipse((0, 0, 9, 9), subtract=flag),
        lambda: mask.Polygon(POINTS, subtract=flag),
        lambda: mask.Stroke(POINTS, 2, subtract=flag),
        lambda: mask.Path([POINTS], subtract=flag),
    ):
        with pytest.raises(InputError, match="subtract is True or False"):
            make()


@pytest.mark.parametrize("flag", [1, np.True_])
def test_a_shape_that_is_taken_away_comes_back_from_json(flag):
    drawing = mask.Drawing((20, 20), [mask.Ellipse((0, 0, 9, 9), subtract=flag)])
    assert mask.Drawing.from_json(drawing.to_json()) == drawing


def test_anything_to_read_and_to_set():
    settings = list(inspect.signature(mask.from_settings).parameters)[1:]
    for value in (*NUMBERS, *OTHERS):
        answered(mask.Drawing.from_json, value)
        answered(mask.Drawing.from_svg, value)
        answered(mask.Drawing((20, 20)).add, value)
        for name in ("grow_px", "feather_px", "position", "curve"):
            answered(lambda name, value: mask.Softening(**{"feather_px": 2, name: value}).apply(DISC), name, value)
        for tool in ("a1111", "comfyui", "diffusers", "crop-and-stitch"):
            for name in settings:
                answered(
                    lambda tool, name, value: mask.from_settings(tool, **{name: value}).apply(DISC), tool, name, value
                )
