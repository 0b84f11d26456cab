"""A module never hides the public function that its package gives by the same name.

`import package.module` makes the module an attribute of its package. Python does that before the package has taken its
functions from it, so nobody notices; pytest's importlib mode and others that import a module anew do it afterwards.
"""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest

import preproc
import remote
from preproc import mask

PACKAGES = [
    "preproc",
    "remote",
    *(
        module.name
        for top in (preproc, remote)
        for module in pkgutil.walk_packages(top.__path__, f"{top.__name__}.")
        if module.ispkg
    ),
]
PHOTO = np.random.default_rng(0).integers(0, 90, (20, 30, 3), dtype=np.uint8)
M = np.zeros((20, 30), np.uint8)
PHOTO[5:12, 6:20, 0] = M[5:12, 6:20] = 255

CALLS = [
    lambda: mask.binarize(M),
    lambda: mask.bounds(M),
    lambda: mask.clean(M),
    lambda: mask.contrast(M, 0.5),
    lambda: mask.coverage_ratio(M),
    lambda: mask.difference(M, M),
    lambda: mask.drop_islands(M, min_area_px=3),
    lambda: mask.ellipse((30, 20), (5, 5, 20, 15)),
    lambda: mask.feather(M, 3),
    lambda: mask.fill_holes(M),
    lambda: mask.flood(PHOTO, (3, 3)),
    lambda: mask.from_alpha(np.dstack([PHOTO, M])),
    lambda: mask.from_coco([[1, 1, 20, 1, 9, 15]], (30, 20)),
    lambda: mask.from_color(PHOTO, "red"),
    lambda: mask.from_depth(np.ones((20, 30)), near=0, far=2),
    lambda: mask.from_difference(PHOTO, PHOTO),
    lambda: mask.from_labels(M, 255),
    lambda: mask.from_luminance(PHOTO),
    lambda: mask.from_rle(mask.to_rle(M)),
    lambda: mask.from_settings("a1111", mask_blur=4),
    lambda: mask.grabcut(PHOTO, (4, 3, 22, 14)),
    lambda: mask.grow(M, 2),
    lambda: mask.hull(M),
    lambda: mask.intersect(M, M),
    lambda: mask.invert(M),
    lambda: mask.polygon((30, 20), [(1, 1), (20, 3), (9, 18)]),
    lambda: mask.rectangle((30, 20), (5, 5, 20, 15)),
    lambda: mask.refine(M, PHOTO),
    lambda: mask.resize(M, (60, 40)),
    lambda: mask.shrink(M, 2),
    lambda: mask.smooth(M, 2),
    lambda: mask.snap(M, 8),
    lambda: mask.stroke((30, 20), [(1, 1), (20, 3)], width_px=3),
    lambda: mask.subtract(M, M),
    lambda: mask.to_coco(M),
    lambda: mask.to_rle(M),
    lambda: mask.trace(M),
    lambda: mask.union(M, M),
]


@pytest.mark.parametrize("name", PACKAGES)
def test_no_module_is_called_as_something_public_in_its_package(name):
    package = importlib.import_module(name)
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    public = {each for each in getattr(package, "__all__", ()) if not inspect.ismodule(getattr(package, each))}
    assert not modules & public


def test_every_public_function_of_masks_is_called_by_its_name_beside_all_modules(monkeypatch):
    functions = [name for name in mask.__all__ if inspect.isfunction(getattr(mask, name))]
    assert [call.__code__.co_names[1] for call in CALLS] == functions
    for module in pkgutil.iter_modules(mask.__path__):
        monkeypatch.setattr(mask, module.name, importlib.import_module(f"preproc.mask.{module.name}"))
    for call in CALLS:
        call()
