import pytest
from skimage import data


@pytest.fixture(scope="module")
def photo():
    return data.chelsea()[:120, 100:260].copy()
