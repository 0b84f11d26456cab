import io
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from preproc.control.depth import normalize_depth, relative_depth
from preproc.control.depth_files import load_depth
from preproc.errors import FileFormatError, InputError

MOTORCYCLE = Path(skimage.data.__file__).parent / "motorcycle_disp.npz"


class TestMotorcycle:
    def test_near_is_white_and_order_is_kept(self):
        disparity = np.load(MOTORCYCLE)["arr_0"]
        gray = normalize_depth(MOTORCYCLE, near="high")
        known = np.isfinite(disparity)
        low, high = np.percentile(disparity[known], (2, 98))
        order = np.argsort(disparity[known], kind="stable")
        assert (np.diff(gray[known][order].astype(int)) >= 0).all()
        assert (gray[known & (disparity >= high)] == 255).all()
        assert (gray[known & (disparity <= low)] == 0).all()
        inside = known & (disparity > low) & (disparity < high)
        ranks = [np.argsort(np.argsort(values)) for values in (disparity[inside], gray[inside])]
        assert np.corrcoef(*ranks)[0, 1] > 0.999
        assert len(np.unique(gray)) == 256

    def test_unknown_pixels(self):
        hole = ~np.isfinite(np.load(MOTORCYCLE)["arr_0"])
        assert (normalize_depth(MOTORCYCLE, near="high")[hole] == 0).all()
        assert (normalize_depth(MOTORCYCLE, near="high", unknown="near")[hole] == 255).all()
        filled = normalize_depth(MOTORCYCLE, near="high", unknown="nearest")
        assert 20 < filled[hole].mean() < 235


class TestExact:
    def test_linear(self):
        gray = normalize_depth(np.array([[10.0, 20.0, 30.0]]), near="high", percentiles=(0, 100))
        assert gray.tolist() == [[0, 128, 255]]
        gray = normalize_depth(np.array([[10.0, 20.0, 30.0]]), near="low", percentiles=(0, 100))
        assert gray.tolist() == [[255, 128, 0]]

    def test_inverse_is_the_reciprocal(self):
        gray = normalize_depth(np.array([[1.0, 2.0, 4.0]]), near="low", spacing="inverse", percentiles=(0, 100))
        assert gray.tolist() == [[255, 85, 0]]

    def test_percentiles_clip_strays(self):
        values = np.linspace(0, 1, 1000).reshape(20, 50)
        values[0, 0] = 1e6
        gray = normalize_depth(values, near="high")
        assert gray[0, 0] == 255
        assert np.count_nonzero(gray == 255) < 40
        assert abs(int(gray[10, 0]) - 128) < 3

    def test_a_plain_with_little_on_it(self):
        values = np.zeros((20, 20))
        values[3, 3] = 5
        assert normalize_depth(values, near="high")[3, 3] == 255

    def test_limits_are_the_same_for_every_frame(self):
        one = normalize_depth(np.array([[2.0, 4.0]]), near="high", limits=(0, 10))
        two = normalize_depth(np.array([[4.0, 12.0]]), near="high", limits=(0, 10))
        assert one.tolist() == [[51, 102]]
        assert two.tolist() == [[102, 255]]

    def test_blender_background_is_far(self):
        values = np.array([[1.0, 2.0, 3.0, 1e10, np.inf]], np.float32)
        gray = normalize_depth(values, near="low", percentiles=(0, 100))
        assert gray.tolist() == [[255, 128, 0, 0, 0]]
        assert normalize_depth(values, near="low", percentiles=(0, 100), unknown="near").tolist() == gray.tolist()

    def test_background_of_half_floats_is_far(self):
        values = np.array([[1.0, 2.0, 3.0, 65504.0]], np.float16)
        for each in (values, values.astype(np.float32)):
            assert normalize_depth(each, near="low", percentiles=(0, 100)).tolist() == [[255, 128, 0, 0]]
        millimetres = np.array([[1000, 65504]], np.uint16)  # a value like any other among whole numbers
        assert normalize_depth(millimetres, near="low", percentiles=(0, 100)).tolist() == [[255, 0]]
        assert normalize_depth(np.array([[0, 65504.0]]), near="high", percentiles=(0, 100)).tolist() == [[0, 255]]

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("limits", [None, (-1, 1)])
    def test_the_largest_numbers_do_not_overflow(self, dtype, limits):
        largest = float(np.finfo(dtype).max)
        values = np.array([[-largest, -largest / 2, 0, largest / 2, largest]], dtype)
        limits = limits and (limits[0] * largest, limits[1] * largest)
        expected = [[0, 64, 128, 191, 255]]
        assert normalize_depth(values, near="high", percentiles=(0, 100), limits=limits).tolist() == expected
        assert relative_depth(values, near="high", limits=limits).tolist() == [[0, 0.25, 0.5, 0.75, 1]]
        assert normalize_depth(values[:, ::4], near="high", percentiles=(25, 75)).tolist() == [[0, 255]]

    def test_infinite_disparity_and_nan_are_unknown(self):
        values = np.array([[1.0, 3.0, np.inf, np.nan, -np.inf]])
        options = {"near": "high", "percentiles": (0, 100)}
        assert normalize_depth(values, **options).tolist() == [[0, 255, 0, 0, 0]]
        assert normalize_depth(values, **options, unknown="near").tolist() == [[0, 255, 255, 255, 255]]
        assert normalize_depth(values, **options, unknown="nearest").tolist() == [[0, 255, 255, 255, 255]]

    def test_missing_readings_are_not_near(self):
        values = np.array([[0, 500, 1500]], np.uint16)
        assert normalize_depth(values, near="low", percentiles=(0, 100), missing=0).tolist() == [[0, 255, 0]]
        assert normalize_depth(values, near="low", percentiles=(0, 100)).tolist() == [[255, 170, 0]]

    def test_nearest_takes_the_nearest(self):
        values = np.full((5, 9), np.nan)
        values[2, 0], values[2, 8] = 1.0, 2.0
        gray = normalize_depth(values, near="high", percentiles=(0, 100), unknown="nearest")
        assert (gray[:, :4] == 0).all()
        assert (gray[:, 5:] == 255).all()

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.int64, np.float16, np.float32, np.float64])
    def test_any_number_type(self, dtype):
        values = np.array([[0, 50, 100]], dtype)
        assert normalize_depth(values, near="high", percentiles=(0, 100)).tolist() == [[0, 128, 255]]


class TestFiles:
    ramp = np.arange(6000, 6000 + 24, dtype=np.uint16).reshape(4, 6)

    @pytest.mark.parametrize("ending", ["png", "tif", "npy", "npz"])
    def test_16_bits_are_kept(self, ending, tmp_path):
        path = tmp_path / f"depth.{ending}"
        if ending == "npy":
            np.save(path, self.ramp)
        elif ending == "npz":
            np.savez(path, depth=self.ramp)
        else:
            cv2.imwrite(str(path), self.ramp)
        for source in (path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes())):
            np.testing.assert_array_equal(load_depth(source), self.ramp)
        assert len(np.unique(normalize_depth(path, near="high", percentiles=(0, 100)))) == 24

    def test_16_bit_colour_png_is_not_squeezed(self, tmp_path):
        cv2.imwrite(str(tmp_path / "depth.png"), np.dstack([self.ramp] * 3))
        np.testing.assert_array_equal(load_depth(tmp_path / "depth.png"), self.ramp)

    def test_float_tiff_keeps_infinity(self, tmp_path):
        values = self.ramp.astype(np.float32) / 7
        values[0, 0] = np.inf
        cv2.imwrite(str(tmp_path / "depth.tif"), values)
        np.testing.assert_array_equal(load_depth(tmp_path / "depth.tif"), values)

    @pytest.mark.parametrize("mode", ["L", "I;16", "I", "F", "RGB", "RGBA", "P"])
    def test_pillow_modes(self, mode):
        gray = PIL.Image.fromarray(np.arange(24, dtype=np.uint8).reshape(4, 6))
        assert load_depth(gray.convert(mode)).tolist() == np.arange(24).reshape(4, 6).tolist()

    def test_orientation_is_applied(self, tmp_path):
        exif = PIL.Image.Exif()
        exif[0x0112] = 6
        PIL.Image.fromarray(np.zeros((4, 6), np.uint8)).save(tmp_path / "d.png", exif=exif)
        assert load_depth(tmp_path / "d.png").shape == (6, 4)

    def test_one_plane_of_a_stack(self):
        assert load_depth(np.zeros((1, 4, 6))).shape == load_depth(np.zeros((4, 6, 1))).shape == (4, 6)

    @pytest.mark.parametrize("stored", [False, True], ids=["picture", "file"])
    def test_inks_are_no_depth(self, stored):
        picture = PIL.Image.new("L", (8, 8), 90).convert("CMYK")
        data = io.BytesIO()
        picture.save(data, "TIFF")
        with pytest.raises(InputError, match="a CMYK picture"):
            load_depth(data.getvalue() if stored else picture)

    def test_colour_maps_are_refused(self):
        with pytest.raises(InputError, match="colour-mapped"):
            load_depth(np.random.default_rng(0).integers(0, 255, (4, 6, 3), np.uint8))

    def test_transparency_is_refused(self):
        with pytest.raises(InputError, match="transparency"):
            load_depth(np.zeros((4, 6, 4), np.uint8))

    @pytest.mark.parametrize("data", [b"", b"hello", b"\x93NUMPY\x01", b"PK\x03\x04xxxx"])
    def test_broken_files(self, data, tmp_path):
        (tmp_path / "depth.png").write_bytes(data)
        with pytest.raises(FileFormatError):
            load_depth(tmp_path / "depth.png")

    def test_truncated_png(self):
        data = cv2.imencode(".png", np.random.default_rng(0).integers(0, 9999, (50, 50), np.uint16))[1].tobytes()
        with pytest.raises(FileFormatError):
            load_depth(data[: len(data) // 2])

    def test_missing_file(self, tmp_path):
        with pytest.raises(FileFormatError, match="cannot read"):
            load_depth(tmp_path / "no.npy")

    def test_several_arrays_are_named(self, tmp_path):
        np.savez(tmp_path / "d.npz", depth=self.ramp, mask=self.ramp)
        with pytest.raises(FileFormatError, match="2 arrays in one file: depth, mask"):
            load_depth(tmp_path / "d.npz")

    def test_pickles_are_not_run(self, tmp_path):
        np.save(tmp_path / "d.npy", np.array([{"a": 1}], object), allow_pickle=True)
        with pytest.raises(FileFormatError, match="cannot be read"):
            load_depth(tmp_path / "d.npy")

    @pytest.mark.parametrize("source", [3, None, [[1, 2]], np.zeros((2, 2), complex), np.zeros(4), np.zeros((0, 3))])
    def test_other_forms(self, source):
        with pytest.raises(InputError):
            load_depth(source)


class TestErrors:
    values = np.arange(1.0, 13).reshape(3, 4)

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"near": "white"}, "near is 'high'"),
            ({"near": "high", "spacing": "inverse"}, "near='low'"),
            ({"near": "low", "spacing": "log"}, "spacing='log'"),
            ({"near": "low", "percentiles": (98, 2)}, "percentiles are"),
            ({"near": "low", "percentiles": (-1, 50)}, "percentiles are"),
            ({"near": "low", "limits": (3, 3)}, "limits are"),
            ({"near": "low", "limits": (0, np.inf)}, "limits are"),
            ({"near": "low", "unknown": "black"}, "unknown is"),
        ],
    )
    def test_options(self, options, words):
        with pytest.raises(InputError, match=words):
            normalize_depth(self.values, **options)

    def test_flat(self):
        with pytest.raises(InputError, match="all 12 known pixels have the depth 3"):
            normalize_depth(np.full((3, 4), 3.0), near="high")

    def test_nothing_known(self):
        with pytest.raises(InputError, match="none of 12 pixels"):
            normalize_depth(np.full((3, 4), np.nan), near="high")

    def test_inverse_needs_distances(self):
        with pytest.raises(InputError, match="above 0, got 0"):
            normalize_depth(np.arange(12).reshape(3, 4), near="low", spacing="inverse")
        missing = normalize_depth(np.arange(12).reshape(3, 4), near="low", spacing="inverse", missing=0)
        assert missing[0, :2].tolist() == [0, 255]


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(
        st.sampled_from([np.float32, np.float64]), (6, 7), elements=st.floats(-1e6, 1e6, width=32) | st.just(np.nan)
    ),
    st.sampled_from(["high", "low"]),
)
def test_nearer_is_never_darker(values, near):
    original = values.copy()
    values.setflags(write=False)
    try:
        gray = normalize_depth(values, near=near)
    except InputError:
        return
    known = ~np.isnan(values)
    order = np.argsort(values[known], kind="stable")
    steps = np.diff(gray[known][order].astype(int))
    assert (steps >= 0).all() if near == "high" else (steps <= 0).all()
    np.testing.assert_array_equal(values, original)


@pytest.mark.parametrize("scale", [1e-44, 1e-38, 1e6])
@pytest.mark.parametrize("spacing", ["linear", "inverse"])
def test_the_unit_does_not_matter(scale, spacing):
    distance = np.array([[1, 2, 4, 8]], np.float64)
    wanted = normalize_depth(distance, near="low", spacing=spacing, limits=(1, 8))
    limits = (float(np.float32(scale)), float(np.float32(8 * scale)))
    found = normalize_depth((distance * scale).astype(np.float32), near="low", spacing=spacing, limits=limits)
    np.testing.assert_allclose(found.astype(int), wanted.astype(int), atol=1 if scale > 1e-40 else 12)


class TestRelative:
    @pytest.mark.parametrize("near", ["high", "low"])
    def test_the_order_is_exact(self, near):
        disparity = np.load(MOTORCYCLE)["arr_0"]
        known = np.isfinite(disparity)
        nearness = relative_depth(np.where(known, disparity, np.nan), near=near)
        values = disparity[known] if near == "high" else -disparity[known]
        assert np.array_equal(
            np.unique(values, return_inverse=True)[1], np.unique(nearness[known], return_inverse=True)[1]
        )
        assert np.isnan(nearness[~known]).all()
        assert (np.nanmin(nearness), np.nanmax(nearness)) == (0, 1)

    def test_it_is_what_eight_bits_are_rounded_from(self):
        nearness = relative_depth(MOTORCYCLE, near="high", percentiles=(2, 98))
        gray = normalize_depth(MOTORCYCLE, near="high")
        known = np.isfinite(nearness)
        assert np.abs(255 * nearness[known] - gray[known]).max() <= 0.5001


def test_what_is_masked_out_is_not_known():
    values = np.array([[1.0, 2.0, 99.0], [3.0, 4.0, 99.0]])
    hidden = np.ma.masked_equal(values, 99.0)
    known = np.where(values == 99, np.nan, values)
    np.testing.assert_array_equal(normalize_depth(hidden, near="high"), normalize_depth(known, near="high"))
