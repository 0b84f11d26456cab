import cv2
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.ops import polygonize, unary_union

from preproc import mask
from preproc.errors import InputError
from preproc.geometry import Size
from preproc.mask.coverage import Layer, cover


def star(points=7, outer=90.0, inner=35.0, centre=(100.3, 99.6), phase=0.1):
    angle = phase + np.arange(2 * points) * np.pi / points
    radius = np.where(np.arange(2 * points) % 2, inner, outer)
    return np.stack([centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)], axis=1)


def circle(radius, centre=(100.0, 100.0), count=400):
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)], axis=1)


def outline(count, roughness, seed=0):
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, count))
    radius = 80 * (1 + 0.1 * np.sin(5 * angle)) * (1 + roughness * rng.standard_normal(count))
    return np.stack([100 + radius * np.cos(angle), 100 + radius * np.sin(angle)], axis=1)


SLIVER = np.array([[5.2, 3.1], [190.7, 155.3], [189.4, 156.9], [4.0, 4.7]])


class TestAgainstExactArea:
    @pytest.mark.parametrize(
        "ring",
        [
            pytest.param(star(), id="star"),
            pytest.param(star()[::-1], id="star the other way round"),
            pytest.param(SLIVER, id="2-px sliver"),
            pytest.param(np.array([[3.5, 10.5], [120.5, 10.5], [120.5, 90.5], [3.5, 90.5]]), id="half-pixel rectangle"),
            pytest.param(outline(10_000, 0), id="10,000 vertices"),
            pytest.param(outline(10_000, 0.0002), id="10,000 vertices, rough"),
            pytest.param(outline(1000, 0.02), id="1000 vertices, jagged"),
        ],
    )
    def test_simple_rings(self, ring, check_exact):
        check_exact(mask.polygon((200, 200), ring), shapely.Polygon(ring))

    def test_a_hair_thinner_than_a_pixel(self, exact_area):
        hair = np.array([[2.2, 3.1], [60.7, 55.3], [60.1, 55.4]])
        truth = exact_area(shapely.Polygon(hair), 64, 64)
        assert np.abs(mask.polygon((64, 64), hair) / 255 - truth).max() <= 0.002

    @pytest.mark.parametrize("reverse", [False, True])
    def test_a_ring_with_a_hole(self, reverse, check_exact):
        outer, inner = circle(80), circle(41.3, (103.2, 98.1))
        hole = inner[::-1] if reverse else inner
        truth = shapely.Polygon(outer, [inner])
        check_exact(mask.polygon((200, 200), outer, holes=[hole]), truth)
        check_exact(mask.polygon((200, 200), [outer, hole], fill_rule="evenodd"), truth)

    def test_holes_that_overlap_and_stick_out(self, check_exact):
        outer, holes = star(), [circle(30, (80, 80)), circle(30, (110, 90)), circle(60, (190, 100))]
        truth = shapely.Polygon(outer).difference(unary_union([shapely.Polygon(hole) for hole in holes]))
        check_exact(mask.polygon((200, 200), outer, holes=holes), truth)

    @pytest.mark.parametrize("rule", ["nonzero", "evenodd"])
    @pytest.mark.parametrize("count", [5, 9, 25])
    def test_rings_that_cross_themselves(self, rule, count, check_exact):
        ring = np.random.default_rng(count).uniform(-20, 220, (count, 2))
        check_exact(mask.polygon((200, 200), ring, fill_rule=rule), filled([ring], rule))

    @pytest.mark.parametrize("rule", ["nonzero", "evenodd"])
    def test_rings_that_cross_each_other(self, rule, check_exact):
        rings = [star(), star(5, 70, 20, (130, 90)), circle(45, (60, 120))[::-1]]
        check_exact(mask.polygon((200, 200), rings, fill_rule=rule), filled(rings, rule))

    def test_one_pixel_with_many_edges(self, exact_area):
        ring = 5 + np.random.default_rng(3).normal(0, 0.4, (40, 2))
        truth = exact_area(filled([ring], "nonzero"), 10, 10)
        assert np.abs(mask.polygon((10, 10), ring) / 255 - truth).max() <= 0.02

    def test_cut_off_at_the_canvas(self, check_exact):
        ring = star(centre=(10, 190))
        check_exact(mask.polygon((120, 110), ring - (0, 90)), shapely.Polygon(ring - (0, 90)))


def filled(rings, rule):
    """Fill crossing rings by winding number, face by face."""
    faces = polygonize(unary_union([shapely.LinearRing(ring) for ring in rings]))
    inside = []
    for face in faces:
        x, y = face.representative_point().coords[0]
        number = 0
        for ring in rings:
            (x0, y0), (x1, y1) = ring.T, np.roll(ring, -1, axis=0).T
            down, up = (y0 <= y) & (y1 > y), (y1 <= y) & (y0 > y)
            with np.errstate(all="ignore"):
                left = x0 + (y - y0) * (x1 - x0) / (y1 - y0) < x
            number += np.sum(down & left) - np.sum(up & left)
        if number != 0 if rule == "nonzero" else number % 2:
            inside.append(face)
    return unary_union(inside)


class TestLayers:
    @given(st.integers(0, 10_000))
    @settings(max_examples=25, deadline=None)
    def test_random_layers_are_combined_exactly(self, exact_area, seed):
        rng = np.random.default_rng(seed)
        snap = rng.integers(1, 4)  # on a grid, corners and edges coincide

        def ring():
            points = rng.uniform(-3, 13, (rng.integers(3, 8), 2))
            return np.round(points * snap) / snap if snap < 3 else points

        layers = [
            Layer(
                [ring()], str(rng.choice(["nonzero", "evenodd"])), bool(rng.random() < 0.4), [ring()] * rng.integers(2)
            )
            for _ in range(3)
        ]
        truth = shapely.Polygon()
        for layer in layers:
            shape = filled(layer.rings, layer.fill_rule)
            for hole in layer.holes:
                shape = shape.difference(filled([hole], "nonzero"))
            truth = truth.difference(shape) if layer.subtract else truth.union(shape)
        assert np.abs(cover(Size(10, 10), layers) / 255 - exact_area(truth, 10, 10)).max() < 0.004

    def test_no_seam_between_shapes_that_share_an_edge(self):
        left = np.array([[3, 3], [30.3, 3], [35.7, 60], [3, 60]])
        right = np.array([[30.3, 3], [50, 3], [50, 60], [35.7, 60]])
        both = cover(Size(64, 64), [Layer([left]), Layer([right])])
        np.testing.assert_array_equal(both, mask.rectangle((64, 64), (3, 3, 50, 60)))

    def test_a_shape_taken_away_again_leaves_nothing(self):
        assert not cover(Size(200, 200), [Layer([star()]), Layer([star()], subtract=True)]).any()

    def test_nothing_to_fill(self):
        assert not cover(Size(5, 4), []).any()
        assert not cover(Size(5, 4), [Layer([]), Layer([np.empty((0, 2))]), Layer([np.array([[1.0, 1.0]])])]).any()


class TestInvariance:
    rings = st.lists(st.tuples(st.floats(-5, 25), st.floats(-5, 25)), min_size=3, max_size=9)

    @given(rings, st.integers(0, 8), st.sampled_from(["nonzero", "evenodd"]))
    @settings(max_examples=30, deadline=None)
    def test_start_direction_and_duplicates_do_not_matter(self, ring, start, rule):
        ring = np.array(ring)
        first = mask.polygon((20, 20), ring, fill_rule=rule)
        turned = np.roll(ring, start, axis=0)
        close = {"atol": 1, "rtol": 0}  # a tie may round the other way
        np.testing.assert_allclose(first.astype(int), mask.polygon((20, 20), turned, fill_rule=rule), **close)
        np.testing.assert_allclose(first.astype(int), mask.polygon((20, 20), ring[::-1], fill_rule=rule), **close)
        doubled = np.repeat(ring, 2, axis=0)
        np.testing.assert_allclose(first.astype(int), mask.polygon((20, 20), doubled, fill_rule=rule), **close)

    @given(rings, st.integers(-4, 4), st.integers(-4, 4))
    @settings(max_examples=25, deadline=None)
    def test_whole_pixel_moves_move_the_pixels(self, ring, right, down):
        ring = np.array(ring)
        large = mask.polygon((44, 44), ring + 12)
        moved = mask.polygon((44, 44), ring + 12 + np.array([right, down]))
        assert np.abs(np.roll(large, (down, right), (0, 1)).astype(int) - moved).max() <= 1

    @given(rings)
    @settings(max_examples=25, deadline=None)
    def test_mirrors_and_transposes(self, ring):
        ring = np.array(ring)
        first = mask.polygon((20, 20), ring).astype(int)
        assert np.abs(first[:, ::-1] - mask.polygon((20, 20), ring * (-1, 1) + (20, 0))).max() <= 1
        assert np.abs(first[::-1] - mask.polygon((20, 20), ring * (1, -1) + (0, 20))).max() <= 1
        assert np.abs(first.T - mask.polygon((20, 20), ring[:, ::-1])).max() <= 1

    def test_a_larger_scale_averages_to_the_smaller(self):
        small = mask.polygon((200, 200), star())
        large = mask.polygon((800, 800), star() * 4).reshape(200, 4, 200, 4).mean(axis=(1, 3))
        assert np.abs(small - large).max() <= 1

    def test_the_canvas_only_crops(self):
        whole = mask.polygon((200, 200), star())
        part = mask.polygon((70, 90), star() - (60, 50))
        assert np.abs(whole[50:140, 60:130].astype(int) - part).max() <= 1

    def test_threads_change_nothing(self):
        threads = cv2.getNumThreads()
        first = mask.polygon((200, 200), outline(500, 0.05))
        try:
            cv2.setNumThreads(1)
            np.testing.assert_array_equal(first, mask.polygon((200, 200), outline(500, 0.05)))
        finally:
            cv2.setNumThreads(threads)


class TestLiterals:
    def test_a_diagonal(self):
        assert mask.polygon((3, 3), [(0, 0), (3, 3), (0, 3)]).tolist() == [[128, 0, 0], [255, 128, 0], [255, 255, 128]]

    def test_a_bow_tie_meets_inside_a_pixel(self):
        tie = [(0, 0), (3, 3), (3, 0), (0, 3)]
        assert mask.polygon((3, 3), tie).tolist() == [[128, 0, 128], [255, 128, 255], [128, 0, 128]]

    def test_twice_around_counts_once_or_not_at_all(self):
        square = [(1, 1), (3, 1), (3, 2.5), (1, 2.5)]
        assert mask.polygon((4, 3), square * 2).tolist() == [[0, 0, 0, 0], [0, 255, 255, 0], [0, 128, 128, 0]]
        assert not mask.polygon((4, 3), square * 2, fill_rule="evenodd").any()

    def test_two_halves_of_a_pixel(self):
        left, right = [(0, 0), (0.5, 0), (0.5, 1), (0, 1)], [(0.5, 0), (1, 0), (1, 1), (0.5, 1)]
        assert mask.polygon((1, 1), [left, right]).tolist() == [[255]]
        assert mask.polygon((1, 1), [left, left]).tolist() == [[128]]
        assert mask.polygon((1, 1), [left, left], fill_rule="evenodd").tolist() == [[0]]

    def test_far_outside(self):
        assert not mask.polygon((9, 9), [(-50, -50), (-10, -50), (-10, 50)]).any()
        assert mask.polygon((9, 9), [(-1e6, -1e6), (1e6, -1e6), (1e6, 1e6), (-1e6, 1e6)]).min() == 255

    def test_no_area(self):
        assert not mask.polygon((9, 9), [(1, 1), (8, 8), (1, 1)]).any()
        assert not mask.polygon((9, 9), [(2, 2)] * 3).any()


@pytest.mark.parametrize("fill_rule", ["nonzero", "evenodd"])
def test_overlapping_holes_add_up_whatever_their_direction(fill_rule):
    outer = [(10, 10), (90, 10), (90, 90), (10, 90)]
    one, other = [(30.5, 30), (60, 30), (60, 60), (30.5, 60)], [(50, 50), (50, 80.25), (80, 80.25), (80, 50)]
    truth = shapely.Polygon(outer) - shapely.Polygon(one) - shapely.Polygon(other)
    for holes in ([one, other], [one, other[::-1]], [one[::-1], other]):
        drawn = mask.polygon((100, 100), outer, holes=holes, fill_rule=fill_rule)
        assert drawn[55, 55] == 0
        assert abs(drawn.sum() / 255 - truth.area) < 0.2


@pytest.mark.parametrize(
    "make",
    [
        lambda: mask.rectangle((10**6, 10**6), (0, 0, 5, 5)),
        lambda: mask.from_rle({"size": [10**9, 10**9], "counts": [10**18]}),
        lambda: mask.Path(None),
    ],
    ids=["canvas", "rle", "path"],
)
def test_what_no_memory_could_hold_or_nobody_drew_is_refused(make):
    with pytest.raises(InputError):
        make()
