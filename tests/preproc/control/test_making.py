import inspect
import json

import cv2
import numpy as np
import pytest
import skimage.data

from preproc import Size, SizeRule, control
from preproc.control.pose import draw_pose
from preproc.control.pose_json import Poses, read_pose, write_pose
from preproc.control.registry import read_options
from preproc.control.skeleton import as_person
from preproc.errors import FileFormatError, InputError

LOCAL = [name for name, of in control.TYPES.items() if of.is_local]
PERSON = [(30.0 + i, 20.0 + 2 * i) for i in range(18)]


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return skimage.data.coffee()


class TestRegistry:
    def test_names(self):
        assert set(control.TYPES) == {
            "blur",
            "canny",
            "depth",
            "gray",
            "lineart",
            "lines",
            "low_quality",
            "normal",
            "pose",
            "recolor",
            "scribble",
            "segmentation",
            "soft_edge",
            "tile",
        }

    @pytest.mark.parametrize("name", control.TYPES)
    def test_records(self, name):
        of = control.TYPES[name]
        assert of.name == name
        assert of.about
        assert of.polarity
        assert set(of.options) <= set(inspect.signature(of.function).parameters)
        assert of.is_local == (name not in {"depth", "normal", "pose", "segmentation"})

    @pytest.mark.parametrize("name", LOCAL)
    def test_maps_are_what_the_record_says(self, name, photo):
        of = control.TYPES[name]
        drawn = control.make(name, photo).image
        assert drawn.shape == (400, 600) if of.channels == 1 else (400, 600, 3)
        if of.kind in {"lines", "binary"}:
            assert np.unique(drawn).tolist() == [0, 255]

    @pytest.mark.parametrize("name", control.TYPES)
    def test_defaults_pass_their_own_check(self, name):
        of = control.TYPES[name]
        given = {option: value for option, value in of.options.items() if value is not inspect.Parameter.empty}
        given |= {option: "high" for option in of.options if option == "near"}
        assert json.loads(json.dumps(read_options(of, given))) == json.loads(json.dumps(given))

    def test_cannot_be_changed(self):
        with pytest.raises(TypeError):
            control.TYPES["mine"] = control.TYPES["gray"]


class TestOptions:
    @pytest.mark.parametrize(
        ("name", "options", "message", "fix"),
        [
            ("cany", {}, "unknown control type 'cany'", "did you mean 'canny'"),
            ("low-quality", {}, "unknown control type", "did you mean 'low_quality'"),
            ("mlsd", {}, "unknown control type", "one of blur, canny"),
            ("canny", {"hihg": 3}, "canny has no option 'hihg'", "did you mean 'high'"),
            ("gray", {"zz": 3}, "gray has no option 'zz'", "one of none"),
            ("canny", {"low": "1", "high": 2}, "Expected `float | null`, got `str`", None),
            ("canny", {"profile": "bfl"}, "Invalid enum value", "'controlnet_aux', 'fooocus', 'flux'"),
            ("low_quality", {"seed": 1.5}, "Expected `int`", None),
            ("depth", {}, "depth needs near", "options={'near'"),
        ],
    )
    def test_wrong_ones_are_named(self, name, options, message, fix):
        with pytest.raises(InputError) as caught:
            control.make(name, np.zeros((8, 8, 3), np.uint8)[..., 0], options=options)
        assert message in caught.value.message
        assert (fix or "") in (caught.value.fix or "")

    def test_are_the_functions_own(self, photo):
        made = control.make("canny", photo, options={"low": np.int64(20), "high": np.float64(90.5)})
        np.testing.assert_array_equal(made.image, cv2.Canny(photo, 20, 90.5))
        assert made.recipe.options == {"low": 20, "high": 90.5}
        assert type(made.recipe.options["high"]) is float

    def test_no_hosted_preprocessor_makes_class_numbers(self, photo):
        with pytest.raises(InputError) as caught:
            control.make("segmentation", photo)
        assert "preprocess" not in caught.value.fix
        assert "a segmentation model" in caught.value.fix

    @pytest.mark.parametrize("name", ["depth", "normal", "pose"])
    def test_photos_are_sent_to_a_hosted_preprocessor(self, name, photo):
        with pytest.raises(InputError, match=f'preprocess."{name}", photo'):
            control.make(name, photo, options={"near": "high"} if name in {"depth", "normal"} else None)


class TestSize:
    @pytest.mark.parametrize("name", LOCAL)
    @pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
    def test_every_type_has_the_size_asked(self, name, fit, photo):
        made = control.make(name, photo, size=(320, 288), fit=fit)
        assert made.image.shape[:2] == (288, 320)
        assert made.recipe.map_size == (320, 288)
        np.testing.assert_array_equal(control.rebuild(made.recipe, photo).image, made.image)

    def test_the_map_is_made_at_that_size_not_resized(self, photo):
        small = control.fit(photo, (288, 288))
        made = control.make("canny", photo, size=(288, 288))
        np.testing.assert_array_equal(made.image, control.canny(small))
        assert made.recipe.settled["denoise_sigma_px"] == 2 * 288 / 512

    def test_rule_chooses(self, photo):
        rule = SizeRule(multiple_of=32, best_pixels=250_000)
        made = control.make("gray", photo, rule=rule)
        assert made.recipe.size == control.generation_size(photo, rule)

    def test_rule_forbids(self, photo):
        with pytest.raises(InputError, match="width 500 is not a multiple of 16"):
            control.make("gray", photo, size=(500, 512), rule=SizeRule())

    def test_padded_lines_lie_on_black(self, photo):
        made = control.make("scribble", photo, size=(600, 600), fit="pad").image
        assert not made[:100].any()
        assert not made[500:].any()
        np.testing.assert_array_equal(made[100:500], control.scribble(photo))
        paper = control.make("lineart", photo, size=(600, 600), fit="pad", options={"inverted": True}).image
        assert (paper[:100] == 255).all()

    def test_padded_pictures_repeat_their_border(self, photo):
        made = control.make("gray", photo, size=(600, 600), fit="pad").image
        assert (made[:100] == control.gray(photo)[0]).all()

    def test_compat_has_its_own_size(self, photo):
        made = control.make("canny", photo, options={"compat": "controlnet_aux"})
        assert made.recipe.map_size == (768, 512)
        assert made.recipe.settled | {"low": 100, "high": 200, "resolution": 512} == made.recipe.settled
        with pytest.raises(InputError, match="make a map of 64x64, not 128x128"):
            control.make("canny", photo, size=(128, 128), options={"compat": "controlnet_aux", "resolution": 64})

    def test_finished_values_are_placed(self):
        depth = np.tile(np.arange(200.0), (100, 1))
        made = control.make("depth", depth, size=(100, 100), options={"near": "high", "percentiles": (0, 100)})
        assert made.image.shape == (100, 100)
        assert made.image[50, 0] == pytest.approx(64, abs=2)
        padded = control.make("normal", depth, size=(100, 100), fit="pad", options={"near": "high"})
        assert padded.image[0, 0].tolist() == [128, 128, 255]

    def test_labels_keep_their_colours(self):
        labels = np.repeat(np.arange(4), 25)[np.newaxis].repeat(50, axis=0)
        own = control.make("segmentation", labels).image
        made = control.make("segmentation", labels, size=(64, 64)).image
        assert {tuple(each) for each in made.reshape(-1, 3)} <= {tuple(each) for each in own.reshape(-1, 3)}


class TestPose:
    def test_plain_people_are_drawn_at_the_size(self):
        made = control.make("pose", [PERSON], size=(128, 96))
        np.testing.assert_array_equal(made.image, draw_pose([PERSON], (128, 96)))

    def test_without_any_size(self):
        with pytest.raises(InputError, match="without the size"):
            control.make("pose", [PERSON])
        with pytest.raises(InputError, match="without the size"):
            control.make("pose", [PERSON], rule=SizeRule())

    def test_people_of_a_known_picture_move_with_it(self):
        poses = Poses((as_person(PERSON),), Size(100, 100))
        np.testing.assert_array_equal(control.make("pose", poses).image, draw_pose([PERSON], (100, 100)))
        moved = [(2 * x + 50, 2 * y) for x, y in PERSON]
        padded = control.make("pose", poses, size=(300, 200), fit="pad").image
        np.testing.assert_array_equal(padded, draw_pose([moved], (300, 200)))
        cropped = [(2 * x, 2 * y - 50) for x, y in PERSON]
        made = control.make("pose", poses, size=(200, 100)).image
        np.testing.assert_array_equal(made, draw_pose([cropped], (200, 100)))

    def test_files(self, tmp_path):
        path = tmp_path / "people.json"
        write_pose([PERSON], path, size=(100, 100))
        made = control.make("pose", path)
        np.testing.assert_array_equal(made.image, draw_pose(read_pose(path).people, (100, 100)))
        assert control.rebuild(made.recipe, path).recipe == made.recipe
        with pytest.raises(FileFormatError, match="cannot read") as caught:
            control.make("pose", tmp_path / "none.json")
        assert caught.value.path == str(tmp_path / "none.json")


class TestRecipe:
    @pytest.mark.parametrize("name", LOCAL)
    def test_saved_rebuilds_to_the_byte(self, name, photo, tmp_path):
        made = control.make(name, photo, size=(192, 128))
        path = made.save(tmp_path / "map.png")
        assert sorted(each.name for each in tmp_path.iterdir()) == ["map.control.json", "map.png"]
        recipe = control.read_recipe(path)
        assert recipe == made.recipe
        again = control.rebuild(path, photo)
        np.testing.assert_array_equal(again.image, made.image)
        assert again.recipe == made.recipe

    def test_tells_what_was_chosen(self, photo):
        made = control.make("canny", photo)
        chosen = control.thresholds(photo)
        assert made.recipe.options == {}
        assert made.recipe.settled["low"] == chosen.low
        assert made.recipe.settled["high"] == chosen.high
        assert made.recipe.settled["denoise_sigma_px"] == chosen.sigma_px
        assert made.recipe.density == chosen.density
        assert made.recipe.versions["opencv"] == cv2.__version__
        spoilt = control.make("low_quality", photo, options={"seed": 4, "jpeg_quality": 50})
        drawn = control.degradation(4, short_side=400)
        assert spoilt.recipe.settled["blur_sigma_px"] == drawn.blur_sigma_px
        assert spoilt.recipe.settled["jpeg_quality"] == 50
        assert spoilt.recipe.density is None

    @pytest.mark.parametrize("options", [{"density": 0.05}, {"profile": "flux"}, {"multi_scale": True}, {"l2": True}])
    def test_all_ways_to_choose_thresholds(self, options, photo):
        made = control.make("canny", photo, options=options)
        np.testing.assert_array_equal(made.image, control.canny(photo, **options))
        np.testing.assert_array_equal(control.rebuild(made.recipe, photo).image, made.image)

    def test_refuses_another_photo(self, photo):
        recipe = control.make("gray", photo).recipe
        other = photo.copy()
        other[0, 0, 0] ^= 1
        with pytest.raises(InputError, match="for another source"):
            control.rebuild(recipe, other)

    def test_refuses_what_other_versions_make(self, photo):
        recipe = control.make("gray", photo).recipe
        old = type(recipe)(
            **{name: getattr(recipe, name) for name in recipe.__slots__}
            | {"map_sha256": "0" * 64, "versions": recipe.versions | {"opencv": "4.0.0"}}
        )
        with pytest.raises(InputError, match="'opencv': '4.0.0 then'"):
            control.rebuild(old, photo)

    def test_is_never_written_over(self, photo, tmp_path):
        made = control.make("gray", photo)
        (tmp_path / "map.control.json").write_text("mine")
        with pytest.raises(InputError, match="exists already"):
            made.save(tmp_path / "map.png")
        assert not (tmp_path / "map.png").exists()
        made.save(tmp_path / "map.png", overwrite=True)
        assert json.loads((tmp_path / "map.control.json").read_text())["type"] == "gray"
        (tmp_path / "map.control.json").unlink()
        with pytest.raises(InputError, match="exists"):
            made.save(tmp_path / "map.png")

    def test_png_only(self, photo, tmp_path):
        with pytest.raises(InputError, match="as PNG"):
            control.make("gray", photo).save(tmp_path / "map.jpg")

    @pytest.mark.parametrize("text", ["", "{}", '{"type": "gray"}', "[1]"])
    def test_files_that_are_none(self, text, tmp_path):
        (tmp_path / "map.control.json").write_text(text)
        with pytest.raises(FileFormatError, match="no control recipe|not a control recipe"):
            control.read_recipe(tmp_path / "map.png")
        with pytest.raises(FileFormatError, match="cannot read"):
            control.read_recipe(tmp_path / "none.control.json")

    def test_of_a_later_version(self, photo, tmp_path):
        path = control.make("gray", photo).save(tmp_path / "map.png")
        sidecar = tmp_path / "map.control.json"
        sidecar.write_text(sidecar.read_text().replace('"version": 1', '"version": 2'))
        with pytest.raises(FileFormatError, match="version 2"):
            control.read_recipe(path)


class TestArraysOfOtherKinds:
    def test_byte_order_is_no_part_of_a_source(self):
        depth = np.random.default_rng(0).random((60, 80)).astype(np.float32)
        for name in ("depth", "normal"):
            one, two = (control.make(name, each, options={"near": "high"}) for each in (depth, depth.astype(">f4")))
            assert one.recipe == two.recipe
        labels = np.arange(4800).reshape(60, 80) // 40
        one, two = (control.make("segmentation", labels.astype(order)) for order in ("<i4", ">i4"))
        assert one.recipe == two.recipe

    def test_people_may_be_an_array(self):
        people = np.random.default_rng(1).random((2, 18, 3)) * [300, 200, 1]
        made = control.make("pose", people, size=(300, 200))
        assert made.recipe == control.make("pose", people.tolist(), size=(300, 200)).recipe
        with pytest.raises(InputError, match="got ndarray"):
            control.make("pose", np.array(3), size=(300, 200))
        with pytest.raises(InputError, match="got ndarray"):
            draw_pose(np.array(3), (300, 200))
