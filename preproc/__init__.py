"""Masks, control images and outpaint canvases for hosted diffusion endpoints.

Everything here runs on this machine and touches no network. The parts load when they are first used, so
``import preproc`` costs next to nothing.

Pictures and masks are passed as paths, bytes, open files, Pillow images, arrays or `Photo`. Functions of `mask` and
`control` that turn one into another answer with a Pillow image where they are given one, and with an array else.

Examples
--------
>>> import preproc
>>> from preproc import mask
>>> m = mask.rectangle((8, 4), (2, 1, 6, 3))
>>> m.sum() // 255
np.uint64(8)
"""

from __future__ import annotations

TYPE_CHECKING = False  # nothing is imported before it is used, so that a command can be interrupted from the start
if TYPE_CHECKING:
    from typing import Any

    from . import check, control, crop, mask, outpaint, preview, sweep
    from .edit import Edit, Finished
    from .errors import FileFormatError, InputError, MaskError, PlacementError, PreprocError, ShapeError
    from .files import Photo, load_image, load_mask, save_image
    from .geometry import Box, Size, SizeRule

__version__ = "0.1.0"
__all__ = [
    "Box",
    "Edit",
    "FileFormatError",
    "Finished",
    "InputError",
    "MaskError",
    "Photo",
    "PlacementError",
    "PreprocError",
    "ShapeError",
    "Size",
    "SizeRule",
    "check",
    "control",
    "crop",
    "load_image",
    "load_mask",
    "mask",
    "outpaint",
    "preview",
    "save_image",
    "sweep",
]

_HOME = {
    "Box": "geometry",
    "Edit": "edit",
    "FileFormatError": "errors",
    "Finished": "edit",
    "InputError": "errors",
    "MaskError": "errors",
    "Photo": "files",
    "PlacementError": "errors",
    "PreprocError": "errors",
    "ShapeError": "errors",
    "Size": "geometry",
    "SizeRule": "geometry",
    "load_image": "files",
    "load_mask": "files",
    "save_image": "files",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    if name in __all__:
        import_module(".opencv", __name__)
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
