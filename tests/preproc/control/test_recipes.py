"""Every recipe of every type, with every option, goes through JSON and makes the same map again."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
import skimage.data
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preproc import Size, control
from preproc.control import PROFILES
from preproc.control.pose_json import Poses, write_pose
from preproc.control.skeleton import as_person
from preproc.errors import FileFormatError, InputError

PHOTO = skimage.data.coffee()[100:200:2, 100:260:2].copy()
DEPTH = np.add.outer(np.arange(1.0, 31), np.arange(40) ** 1.3)
DEPTH[3, 4], DEPTH[5, 6], DEPTH[7, 8] = np.nan, np.inf, 7
PEOPLE = [[(30.0 + i, 20.0 + 2 * i, 0.5 + i / 50) for i in range(18)]]
LABELS = np.arange(24).reshape(4, 6) % 7
SOURCES = {
    "photo": PHOTO,
    "depth": DEPTH,
    "people": Poses(tuple(map(as_person, PEOPLE)), Size(64, 64)),
    "labels": LABELS,
}

sigmas = st.one_of(st.none(), st.floats(0.5, 6))
ratios = st.floats(1, 8)
pairs = st.tuples(st.floats(0, 40), st.floats(41, 90))
colours = st.tuples(*[st.integers(0, 255)] * 3)
palettes = st.one_of(
    st.sampled_from(["ade20k", "coco", "coco-contiguous"]),
    st.fixed_dictionaries(dict.fromkeys(range(7), colours)),
    st.fixed_dictionaries({np.int64(number): colours.map(np.array) for number in range(7)}),
)
OPTIONS: Mapping[str, Mapping[str, st.SearchStrategy]] = {
    "blur": {"sigma_px": sigmas},
    "canny": {"l2": st.booleans(), "denoise_sigma_px": sigmas, "multi_scale": st.booleans()},
    "depth": {
        "near": st.sampled_from(["low", "high"]),
        "percentiles": pairs,
        "limits": st.one_of(st.none(), pairs, pairs.map(np.array)),
        "missing": st.sampled_from([None, 7, 7.0, math.inf, -math.inf, math.nan]),
        "unknown": st.sampled_from(["far", "near", "nearest"]),
    },
    "gray": {},
    "lineart": {"sigma_px": sigmas, "least_levels": st.floats(0, 20), "inverted": st.booleans()},
    "lines": {"least_length_px": st.one_of(st.none(), st.integers(0, 30), st.just(math.inf))},
    "low_quality": {
        "seed": st.integers(0, 2**62),
        "blur_sigma_px": st.one_of(st.none(), st.floats(0, 9)),
        "reduction_ratio": st.one_of(st.none(), ratios),
        "noise_levels": st.one_of(st.none(), st.floats(0, 30).map(np.float32)),
        "jpeg_quality": st.one_of(st.none(), st.integers(1, 100)),
    },
    "normal": {
        "near": st.sampled_from(["low", "high"]),
        "relief_ratio": st.floats(0.01, 5),
        "smooth_px": st.one_of(st.none(), st.floats(0, 4)),
        "percentiles": pairs,
        "limits": st.one_of(st.none(), pairs),
        "missing": st.sampled_from([None, 7.0, math.inf]),
    },
    "pose": {
        "normalized": st.just(False),
        "thickness": st.one_of(st.sampled_from(["openpose", "xinsir", "scaled"]), st.floats(0.3, 4)),
        "min_confidence": st.floats(0, 1),
    },
    "recolor": {"luminance": st.sampled_from(["lab", "hsv"]), "gamma": st.floats(0.2, 5)},
    "scribble": {"sigma_px": sigmas, "least_levels": st.floats(0, 20)},
    "segmentation": {
        "palette": palettes,
        "ignore": st.one_of(st.just(()), st.sets(st.integers(0, 300)), st.just(range(7)), st.just(np.array([0, 255]))),
    },
    "soft_edge": {"sigma_px": sigmas, "safe": st.booleans()},
    "tile": {"reduction_ratio": ratios},
}
THRESHOLDS = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"low": st.integers(0, 90), "high": st.floats(91, 300)}),
    st.fixed_dictionaries({"profile": st.sampled_from(sorted(PROFILES))}),
    st.fixed_dictionaries({"density": st.floats(0.01, 0.2)}),
)


def chosen(name):
    needed = {option: OPTIONS[name][option] for option in ("near",) if option in OPTIONS[name]}
    others = {option: values for option, values in OPTIONS[name].items() if option not in needed}
    found = st.fixed_dictionaries(needed, optional=others)
    return st.tuples(found, THRESHOLDS).map(lambda both: both[0] | both[1]) if name == "canny" else found


def test_every_option_is_tried():
    for name, of in control.TYPES.items():
        others = {"spacing"} if name == "depth" else set()
        if name == "canny":
            others = {"low", "high", "profile", "density", "compat", "resolution"}
        assert set(OPTIONS[name]) | others == set(of.options)


@pytest.mark.parametrize("name", control.TYPES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_saved_recipes_rebuild(name, data, tmp_path_factory):
    options = data.draw(chosen(name))
    source = SOURCES[control.TYPES[name].source]
    how = data.draw(
        st.sampled_from([{}, {"size": (48, 32)}, {"size": (32, 48), "fit": "pad"}, {"size": (9, 9), "fit": "stretch"}])
    )
    try:
        made = control.make(name, source, options=options, **how)
    except InputError:
        return  # options that contradict the values
    path = made.save(tmp_path_factory.mktemp("maps") / "map.png")
    assert str(control.read_recipe(path)) == str(made.recipe)  # as text, because NaN is unlike itself
    again = control.rebuild(path, source)
    np.testing.assert_array_equal(again.image, made.image)
    assert str(again.recipe) == str(made.recipe)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("canny", {"compat": "controlnet_aux", "resolution": 64, "low": 30, "high": 90}),
        ("depth", {"near": "low", "spacing": "inverse", "missing": 7}),
        ("segmentation", {"palette": {number: (number, 2, 3) for number in range(7)}}),
    ],
)
def test_rarer_options(name, options, tmp_path):
    source = np.abs(np.nan_to_num(DEPTH, posinf=50)) + 1 if name == "depth" else SOURCES[control.TYPES[name].source]
    made = control.make(name, source, options=options)
    again = control.rebuild(made.save(tmp_path / "map.png"), source)
    np.testing.assert_array_equal(again.image, made.image)
    assert again.recipe == made.recipe


def test_options_that_are_no_longer_known(tmp_path):
    path = control.make("tile", PHOTO).save(tmp_path / "map.png")
    sidecar = tmp_path / "map.control.json"
    sidecar.write_text(sidecar.read_text().replace("reduction_ratio", "reduction"))
    with pytest.raises(FileFormatError, match="no option 'reduction'"):
        control.read_recipe(path)


class TestShares:
    """People in shares of the picture."""

    shares = ([(0.3 + i / 40, 0.2 + i / 30, 0.9) for i in range(18)],)

    def test_lists(self):
        made = control.make("pose", self.shares, size=(96, 64), options={"normalized": True})
        np.testing.assert_array_equal(made.image, control.draw_pose(self.shares, (96, 64), normalized=True))
        np.testing.assert_array_equal(control.rebuild(made.recipe, self.shares).image, made.image)

    @pytest.mark.parametrize("named", [True, False])
    def test_files(self, named, tmp_path):
        people = [[(x * 96, y * 64, c) for x, y, c in person] for person in self.shares]
        text = write_pose(people, size=(96, 64), normalized=True)
        if not named:
            text = text.replace("canvas_", "other_")
        (tmp_path / "people.json").write_text(text)
        how = {} if named else {"size": (96, 64)}
        made = control.make("pose", tmp_path / "people.json", options={"normalized": True}, **how)
        np.testing.assert_array_equal(made.image, control.draw_pose(people, (96, 64)))
        again = control.rebuild(made.save(tmp_path / "map.png"), tmp_path / "people.json")
        np.testing.assert_array_equal(again.image, made.image)

    def test_people_that_are_in_pixels_already(self):
        with pytest.raises(InputError, match="in pixels"):
            control.make("pose", SOURCES["people"], options={"normalized": True})
