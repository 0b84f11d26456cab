"""Let array functions take every form a picture comes in.

A function written for arrays is decorated with what its first argument is. Callers may then pass a path, bytes, an
open file, a Pillow image, an array or a `Photo`; where the result is a picture too and a Pillow image came in, a
Pillow image goes out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast, overload

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from .files import ImageSource, Photo, load_image, load_mask

__all__ = ["PictureFunction", "takes_image", "takes_mask", "turns_image", "turns_mask", "turns_photo"]

P = ParamSpec("P")
R = TypeVar("R")


class PictureFunction(Protocol[P]):
    """A function from picture to picture that answers in the form it was given."""

    __name__: str
    __wrapped__: Callable[..., NDArray[np.uint8]]

    @overload
    def __call__(self, picture: PIL.Image.Image, /, *args: P.args, **kwargs: P.kwargs) -> PIL.Image.Image: ...
    @overload
    def __call__(self, picture: ImageSource, /, *args: P.args, **kwargs: P.kwargs) -> NDArray[np.uint8]: ...


class ReadingFunction(Protocol[P, R]):
    """A function that reads a picture in any form."""

    __name__: str
    __wrapped__: Callable[..., R]

    def __call__(self, picture: PIL.Image.Image | ImageSource, /, *args: P.args, **kwargs: P.kwargs) -> R: ...


def turns_image(function: Callable[Concatenate[NDArray[np.uint8], P], NDArray[np.uint8]]) -> PictureFunction[P]:
    """Decorate a function from image to picture: any form in, Pillow out for Pillow in."""
    return cast("PictureFunction[P]", _adapted(function, load_image, mirror=True))


def turns_mask(function: Callable[Concatenate[NDArray[np.uint8], P], NDArray[np.uint8]]) -> PictureFunction[P]:
    """Decorate a function from mask to mask: any form in, Pillow out for Pillow in."""
    return cast("PictureFunction[P]", _adapted(function, load_mask, mirror=True))


def turns_photo(function: Callable[Concatenate[Photo, P], NDArray[np.uint8]]) -> PictureFunction[P]:
    """Decorate a function from photo, with its alpha, to picture: any form in, Pillow out for Pillow in."""
    return cast("PictureFunction[P]", _adapted(function, Photo.open, mirror=True))


def takes_image(function: Callable[Concatenate[NDArray[np.uint8], P], R]) -> ReadingFunction[P, R]:
    """Decorate a function that reads an image and returns something of its own."""
    return cast("ReadingFunction[P, R]", _adapted(function, load_image, mirror=False))


def takes_mask(function: Callable[Concatenate[NDArray[np.uint8], P], R]) -> ReadingFunction[P, R]:
    """Decorate a function that reads a mask and returns something of its own."""
    return cast("ReadingFunction[P, R]", _adapted(function, load_mask, mirror=False))


def _adapted(function: Callable[..., Any], load: Callable[[Any], Any], *, mirror: bool) -> Any:
    @wraps(function)
    def adapted(picture: Any, /, *args: Any, **kwargs: Any) -> Any:
        result = function(load(picture), *args, **kwargs)
        if mirror and isinstance(picture, PIL.Image.Image):
            return PIL.Image.fromarray(result)
        return result

    return adapted
