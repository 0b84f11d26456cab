"""What the new part of an outpaint canvas looks like."""

import colorsys

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from preproc import outpaint
from preproc.geometry import Box, Size, SizeRule
from preproc.outpaint.fill import cover, fill_canvas


def filled(picture, sides, fill, seed=0):
    left, top, right, bottom = sides
    height, width = picture.shape[:2]
    canvas = Size(width + left + right, height + top + bottom)
    return fill_canvas(np.ascontiguousarray(picture), canvas, (left, top), fill=fill, color=(0, 0, 0), seed=seed)


@pytest.fixture(scope="module")
def coffee():
    return data.coffee()[:201, 100:403].copy()


class TestBlur:
    @pytest.mark.parametrize("period_px", [32, 128])
    def test_stripes_fade_evenly_without_a_front(self, period_px):
        photo = np.zeros((512, 512, 3), np.uint8)
        photo[np.arange(512) // (period_px // 2) % 2 == 0] = 255
        fade = filled(photo, (600, 0, 0, 0), "blur")[128:384, :600, 0][:, ::-1].std(axis=0)
        gone = int(np.argmax(fade < 6))
        assert gone == pytest.approx(1.3 * period_px, rel=0.15)
        assert (np.diff(fade[:gone]) <= 0.5).all()
        # a Gaussian of a sigma of a third of the distance takes at most so much of the contrast per period
        assert (-np.diff(fade[:gone])).max() * period_px < 2 * fade[0]

    def test_a_corner_shows_both_sides_and_not_one_pixel(self):
        photo = np.full((300, 400, 3), 250, np.uint8)
        photo[-1, -1] = 0
        corner = filled(photo, (0, 0, 150, 120), "blur")[300:, 400:]
        assert (corner < 100).mean() < 0.01
        photo[:, 0] = (200, 0, 0)
        photo[0, 1:] = (0, 200, 0)
        corner = filled(photo, (150, 150, 0, 0), "blur")[:150, :150].astype(int)
        np.testing.assert_allclose(corner[60, 60, :2], (100, 100), atol=12)
        assert corner[140, 20, 0] > 130
        assert corner[140, 20, 1] < 70
        assert corner[20, 140, 1] > 130
        assert corner[20, 140, 0] < 70

    def test_it_joins_the_photo_without_a_step_even_where_that_is_noise(self):
        photo = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)
        canvas = filled(photo, (70, 80, 90, 100), "blur")
        np.testing.assert_array_equal(canvas[79, 70:190], canvas[80, 70:190])
        np.testing.assert_array_equal(canvas[170, 70:190], canvas[169, 70:190])
        np.testing.assert_array_equal(canvas[80:170, 69], canvas[80:170, 70])
        np.testing.assert_array_equal(canvas[80:170, 190], canvas[80:170, 189])

    @pytest.mark.parametrize("kind", ["photo", "noise"])
    def test_turned_and_mirrored_photos_give_turned_and_mirrored_canvases(self, coffee, kind):
        noise = np.random.default_rng(0).integers(0, 256, (203, 301, 3), dtype=np.uint8)
        photo = coffee if kind == "photo" else noise
        left, top, right, bottom = 203, 107, 150, 121
        straight = filled(photo, (left, top, right, bottom), "blur").astype(int)
        others = (
            filled(photo[:, ::-1], (right, top, left, bottom), "blur")[:, ::-1],
            filled(photo[::-1], (left, bottom, right, top), "blur")[::-1],
            np.rot90(filled(np.rot90(photo), (top, right, bottom, left), "blur"), -1),
        )
        for other in others:
            np.testing.assert_array_equal(straight, other)

    def test_neighbours_differ_little_once_it_is_smooth(self, coffee):
        far = filled(coffee, (300, 300, 300, 300), "blur").astype(int)[:230]
        for axis in (0, 1):
            assert np.abs(np.diff(far, axis=axis)).max() <= 3

    def test_the_longest_canvas(self):
        photo = np.zeros((3, 32_767, 3), np.uint8)
        photo[:, 16_000:] = 200
        canvas = filled(photo, (0, 20, 0, 0), "blur")
        np.testing.assert_array_equal(canvas[19], photo[0])
        assert 90 < canvas[0, 16_000, 0] < 110
        assert (canvas[:, 30_000] == 200).all()


class TestNoise:
    @pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea"])
    def test_each_colour_as_often_as_in_the_photo(self, name):
        photo = getattr(data, name)()[::2, ::2]
        texture = fill_canvas(photo, Size(500, 400), (0, 0), fill="noise", color=(0, 0, 0), seed=1)
        height, width = photo.shape[:2]
        new = np.concatenate([texture[height:].reshape(-1, 3), texture[:, width:].reshape(-1, 3)])
        own = {tuple(colour) for colour in photo.reshape(-1, 3).tolist()}
        assert {tuple(colour) for colour in new.tolist()} <= own
        assert np.abs(np.sort(new[:, 1])[:: len(new) // 50][:50].mean() - photo[:, :, 1].mean()) < 12

    def test_no_hue_that_the_photo_does_not_have(self):
        photo = data.astronaut()
        texture = filled(photo, (300, 0, 0, 0), "noise")[:, :300]
        assert cyan(texture) <= cyan(photo) < 0.001

    @pytest.mark.parametrize("name", ["astronaut", "coffee"])
    def test_no_weave(self, name):
        texture = filled(getattr(data, name)()[:400, :500], (0, 400, 0, 0), "noise")[:400].mean(axis=2)
        power = np.abs(np.fft.fft2((texture - texture.mean()) * np.outer(np.hanning(400), np.hanning(500)))) ** 2
        cross = power[20:200, 0].mean() + power[0, 20:250].mean()
        beside = power[20:200, 12:20].mean() + power[12:20, 20:250].mean()
        assert cross < 6 * beside

    @pytest.mark.parametrize("channels", [1, 3])
    def test_a_smooth_photo_has_no_contours(self, channels):
        noise = np.random.default_rng(0).normal(0, 1, (200, 300, channels)).astype(np.float32)
        smooth = cv2.GaussianBlur(noise, (0, 0), 30).reshape(200, 300, channels)
        photo = np.rint(130 + np.broadcast_to(smooth * (12 / smooth.std()), (200, 300, 3))).astype(np.uint8)
        texture = filled(photo, (300, 0, 0, 0), "noise")[:, :300].astype(np.float32)

        def fine(picture):
            return np.abs(picture - cv2.GaussianBlur(picture, (0, 0), 5))[20:-20, 20:-20].mean()

        assert fine(texture) < fine(photo.astype(np.float32)) + 0.5
        assert np.abs(texture.std((0, 1)) - photo.std((0, 1))).max() < 3

    def test_a_flat_photo_stays_flat(self):
        assert (filled(np.full((30, 40, 3), (40, 120, 200), np.uint8), (9, 9, 9, 9), "noise") == (40, 120, 200)).all()

    def test_a_large_photo_keeps_its_grain_and_its_spread(self):
        rng = np.random.default_rng(0)
        smooth = np.kron(rng.integers(60, 200, (10, 10, 3)), np.ones((90, 90, 1)))
        photo = np.clip(smooth + rng.normal(0, 12, (900, 900, 1)), 0, 255).astype(np.uint8)
        texture = filled(photo, (400, 0, 0, 0), "noise")[:, :400]

        def grain(picture):
            return np.abs(np.diff(picture.astype(int), axis=1)).mean()

        assert grain(texture) == pytest.approx(grain(photo), rel=0.35)
        np.testing.assert_allclose(texture.std((0, 1)), photo.std((0, 1)), rtol=0.25)


def cyan(picture):
    """Share of pixels of a blue-green hue that can be seen."""
    colours, counts = np.unique(picture.reshape(-1, 3) // 8, axis=0, return_counts=True)
    seen = [colorsys.rgb_to_hsv(*(colour / 31)) for colour in colours]
    there = [0.45 < hue < 0.58 and strength > 0.3 and value > 0.25 for hue, strength, value in seen]
    return counts[there].sum() / counts.sum()


class TestTelea:
    @pytest.mark.parametrize("colour", [(40, 120, 200), (250, 250, 250), (0, 0, 0), (255, 255, 255)])
    @pytest.mark.parametrize("sides", [(300, 200, 150, 120), (300, 0, 0, 0), (1100, 0, 0, 0)])
    def test_flat_stays_flat(self, colour, sides):
        assert (filled(np.full((150, 200, 3), colour, np.uint8), sides, "telea") == colour).all()

    def test_it_stays_within_the_range_of_the_border(self):
        photo = data.coffee()[:200, :300].copy()
        photo[:, :4], photo[:4], photo[-4:] = (90, 60, 30), (90, 60, 30), (100, 70, 40)
        new = filled(photo, (400, 100, 0, 100), "telea")[:, :390]
        assert (new.min((0, 1)) >= (90, 60, 30)).all()
        assert (new.max((0, 1)) <= (100, 70, 40)).all()

    def test_a_black_corner_stays_black(self):
        photo = np.full((200, 300, 3), 180, np.uint8)
        photo[:100, :100] = 8
        assert filled(photo, (200, 200, 0, 0), "telea")[:200, :200].max() <= 12

    def test_it_joins_the_photo_without_a_step(self, coffee):
        canvas = filled(coffee, (200, 0, 0, 0), "telea").astype(int)
        assert np.abs(canvas[:, 199] - canvas[:, 200]).max() <= 1


@pytest.mark.parametrize("fill", ["blur", "replicate", "reflect", "telea"])
@pytest.mark.parametrize("size", [(64, 48), (33, 40), (1, 9), (150, 97)])
@pytest.mark.parametrize("sides", [(80, 80, 80, 80), (301, 77, 5, 203), (0, 0, 130, 0)])
def test_a_turned_or_mirrored_photo_gets_the_turned_or_mirrored_fill(fill, size, sides):
    _check_all_ways(np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8), sides, fill)


def test_reduced_inpainting_is_the_same_in_all_ways(coffee):
    _check_all_ways(coffee[:201, :350].copy(), (901, 0, 33, 100), "telea", some=slice(1, 2))


def _check_all_ways(photo, sides, fill, some=slice(4)):
    wanted = filled(photo, sides, fill)
    for turns in range(4)[some]:
        left, top, right, bottom = np.roll(sides, -turns).tolist()
        turned = np.ascontiguousarray(np.rot90(photo, turns))
        np.testing.assert_array_equal(filled(turned, (left, top, right, bottom), fill), np.rot90(wanted, turns))
        mirrored = np.ascontiguousarray(turned[:, ::-1])
        there = filled(mirrored, (right, top, left, bottom), fill)
        np.testing.assert_array_equal(there, np.rot90(wanted, turns)[:, ::-1])


class TestTransparent:
    @pytest.mark.parametrize("scale", ["up", "down", "odd"])
    def test_scaled_photos_have_neither_fringe_nor_holes(self, scale):
        photo = np.full((200, 300, 3), (250, 240, 230), np.uint8)
        rules = {
            "up": SizeRule(best_pixels=2**20),
            "down": SizeRule(max_pixels=2**15),
            "odd": SizeRule(max_side=312, cell=8),
        }
        edit = outpaint.extend(photo, left=100, top=52, fill="transparent", rule=rules[scale])
        assert edit.scale != 1
        alpha, colours = edit.sent_image[:, :, 3], edit.sent_image[:, :, :3]
        assert (colours == (250, 240, 230)).all()
        x = (np.arange(edit.sent.width + 1) / edit.scale + edit.crop.left - 100).clip(0, 300)
        y = (np.arange(edit.sent.height + 1) / edit.scale + edit.crop.top - 52).clip(0, 200)
        covered = np.outer(np.diff(y), np.diff(x)) * edit.scale**2
        assert (alpha[covered > 1 - 1e-9] == 255).all()
        assert (alpha[covered < 1e-9] == 0).all()
        np.testing.assert_allclose(alpha, 255 * covered, atol=0.51)

    def test_cover(self):
        np.testing.assert_array_equal(
            cover(Box(2, 1, 6, 3), Box(0, 0, 8, 4), Size(8, 4))[:, 1:4],
            [[0, 0, 0], [0, 255, 255], [0, 255, 255], [0, 0, 0]],
        )


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    sides=st.tuples(*[st.integers(0, 150)] * 4),
    fill=st.sampled_from(["blur", "noise", "telea", "transparent"]),
)
def test_any_size_is_filled_with_what_the_photo_has(size, sides, fill):
    photo = np.random.default_rng(0).integers(40, 200, (size[1], size[0], 3), dtype=np.uint8)
    canvas = filled(photo, sides, fill)
    left, top = sides[:2]
    np.testing.assert_array_equal(canvas[top : top + size[1], left : left + size[0]], photo)
    assert canvas.min() >= photo.min()
    assert canvas.max() <= photo.max()
