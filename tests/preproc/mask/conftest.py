"""Truth for coverage: the area of every pixel's intersection with a geometry, from shapely."""

import numpy as np
import pytest
import shapely


@pytest.fixture(scope="session")
def exact_area():
    def area(geometry, width, height):
        shares = np.zeros((height, width))
        columns = np.arange(width)
        for row in range(height):
            strip = shapely.intersection(geometry, shapely.box(0, row, width, row + 1))
            if not strip.is_empty:
                pixels = shapely.box(columns, row, columns + 1, row + 1)
                shares[row] = shapely.area(shapely.intersection(pixels, strip))
        return shares

    return area


@pytest.fixture(scope="session")
def check_exact(exact_area):
    """Hold a mask to the accuracy that is promised: at boundary pixels, and for the whole area."""

    def check(mask, geometry, *, mean=0.005, bias=0.0005):
        truth = exact_area(geometry, mask.shape[1], mask.shape[0])
        error = mask / 255 - truth
        boundary = (truth > 1e-9) & (truth < 1 - 1e-9)
        assert np.abs(error[~boundary]).max() < 1e-6
        assert np.abs(error[boundary]).mean() <= mean
        assert (
            np.abs(error).max() <= 0.003
        )  # rounding to 255 levels makes 0.002; the rest is how finely curves are flattened
        assert abs(error.sum()) <= bias * truth.sum()

    return check
