"""What an extension adds on each side, for endpoints that take these numbers instead of a mask."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import PIL.Image

from ..files import ImageSource, size_of
from ..geometry import Size
from .extending import Anchor, margins

__all__ = ["Sides", "sides"]


class Sides(NamedTuple):
    """Pixels to add on each side, and the same in the words of endpoints that outpaint without a mask.

    Examples
    --------
    >>> added = Sides(100, 0, 50, 20)
    >>> added.origin, added.canvas((640, 480))
    ((100, 0), Size(width=790, height=500))
    >>> added.as_expansion()
    {'expand_left': 100, 'expand_top': 0, 'expand_right': 50, 'expand_bottom': 20}
    """

    left: int
    top: int
    right: int
    bottom: int

    @property
    def origin(self) -> tuple[int, int]:
        """Left and top of the photo on the canvas."""
        return self.left, self.top

    def canvas(self, photo: tuple[int, int]) -> Size:
        """Return the size of the canvas for a photo of this `(width, height)`."""
        return Size(photo[0] + self.left + self.right, photo[1] + self.top + self.bottom)

    def as_expansion(self) -> dict[str, int]:
        """Return the arguments of endpoints that take the pixels to add on each side."""
        return {f"expand_{side}": added for side, added in zip(self._fields, self, strict=True)}

    def as_placement(self, photo: tuple[int, int]) -> dict[str, list[int]]:
        """Return the arguments of endpoints that take the canvas and where a photo of this size lies on it."""
        return {
            "canvas_size": list(self.canvas(photo)),
            "original_image_size": list(photo),
            "original_image_location": list(self.origin),
        }


def sides(
    image: PIL.Image.Image | ImageSource | tuple[int, int],
    /,
    *,
    left: int = 0,
    top: int = 0,
    right: int = 0,
    bottom: int = 0,
    left_ratio: float = 0,
    top_ratio: float = 0,
    right_ratio: float = 0,
    bottom_ratio: float = 0,
    aspect: str | tuple[int, int] | Fraction | None = None,
    size: tuple[int, int] | None = None,
    zoom_out: float | None = None,
    anchor: Anchor = "center",
) -> Sides:
    """Work out what an extension adds on each side; for endpoints that take these numbers instead of a mask.

    Parameters
    ----------
    image
        The photo in any form, or its `(width, height)`.
    left, top, right, bottom, left_ratio, top_ratio, right_ratio, bottom_ratio, aspect, size, zoom_out, anchor
        As in `preproc.outpaint.extend`.

    Examples
    --------
    >>> sides((1000, 1000), aspect="16:9")
    Sides(left=389, top=0, right=389, bottom=0)
    """
    return Sides(
        *margins(
            size_of(image),
            px=(left, top, right, bottom),
            ratio=(left_ratio, top_ratio, right_ratio, bottom_ratio),
            aspect=aspect,
            size=size,
            zoom_out=zoom_out,
            anchor=anchor,
        )
    )
