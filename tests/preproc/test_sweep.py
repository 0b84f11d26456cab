import numpy as np
import pytest
import skimage.data

from preproc import control, sweep
from preproc.errors import InputError


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return skimage.data.coffee()[100:300, 150:400]


def test_all_combinations_with_their_densities(photo):
    found = sweep.over("canny", photo, grid={"low": [50, 150], "high": [100, 200, 400]})
    assert [row.options for row in found.rows] == [
        {"low": low, "high": high} for low in (50, 150) for high in (100, 200, 400) if low <= high
    ]
    for row in found.rows:
        edges = control.canny(photo, **row.options)
        assert row.density == np.count_nonzero(edges) / edges.size
        np.testing.assert_array_equal(control.rebuild(row.recipe, photo).image, edges)
    assert [options for options, _ in found.refused] == [{"low": 150, "high": 100}]
    assert "0 <= low <= high" in found.refused[0][1]


def test_a_row_holds_the_values_of_the_last_option_and_what_is_refused_leaves_its_place_empty(photo):
    tile_px = 64
    found = sweep.over("canny", photo, grid={"low": [50, 150], "high": [100, 200, 400]}, tile_px=tile_px)
    one = sweep.over("canny", photo, grid={"low": [50], "high": [100, 200, 400]}, tile_px=tile_px)
    assert found.sheet.shape[1] == one.sheet.shape[1]  # three side by side
    gap, margin = 6, 10
    below = found.sheet[one.sheet.shape[0] - margin + gap :]
    lit = [(below[:40, margin + column * (tile_px + gap) :][:, :tile_px] == 255).any() for column in range(3)]
    assert lit == [False, True, True]


def test_a_list_of_combinations_leaves_no_gaps(photo):
    found = sweep.over("canny", photo, grid=[{"low": 150, "high": 100}, {"profile": "flux"}], tile_px=64)
    alone = sweep.over("canny", photo, grid=[{"profile": "flux"}], tile_px=64)
    np.testing.assert_array_equal(found.sheet, alone.sheet)


def test_sheet_shows_every_tile(photo):
    few, more = (sweep.over("tile", photo, grid={"reduction_ratio": list(range(1, n))}, tile_px=64) for n in (3, 7))
    assert few.sheet.dtype == np.uint8
    assert few.sheet.shape[2] == 3
    assert more.sheet.size > 2 * few.sheet.size
    assert len(more.rows) == 6


@pytest.mark.parametrize("name", [name for name, of in control.TYPES.items() if of.is_local and name != "gray"])
def test_usual_grids(name, photo):
    found = sweep.over(name, photo, size=(96, 96), tile_px=64)
    assert len(found.rows) >= 4
    assert not found.refused
    hashes = {row.recipe.map_sha256 for row in found.rows}
    assert len(hashes) > 1
    densities = [row.density for row in found.rows]
    assert all(density is not None for density in densities) == control.TYPES[name].draws_lines


def test_combinations_and_shared_options(photo):
    found = sweep.over("canny", photo, grid=[{"profile": "flux"}, {"density": 0.1}], options={"l2": True})
    assert [row.recipe.settled["l2"] for row in found.rows] == [True, True]
    assert found.rows[1].density == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize(
    ("name", "grid", "words"),
    [
        ("canny", {"low": []}, "grid is empty"),
        ("canny", [], "grid is empty"),
        ("canny", {"lo": [3]}, "no option 'lo'"),
        ("canny", {"low": [200], "high": [100]}, "0 <= low <= high"),
        ("gray", None, "no usual grid"),
        ("cany", None, "unknown control type"),
    ],
)
def test_refusals(name, grid, words, photo):
    with pytest.raises(InputError, match=words):
        sweep.over(name, photo, grid=grid)
