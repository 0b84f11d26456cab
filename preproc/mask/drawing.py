"""A mask as vectors: kept, exchanged, and drawn anew at every size."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np
import PIL.Image
from msgspec.structs import force_setattr, replace

from ..arrays import Mask
from ..errors import InputError
from ..files import ImageSource
from ..files.load import canvas_of
from ..geometry import Size
from .arguments import as_text
from .coverage import Layer, cover
from .outline import TOLERANCE_PX
from .vectors import Shape

__all__ = ["Drawing"]


class Drawing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shapes in order, each added to the mask or taken from what is drawn before it.

    A drawing is a value: it compares, hashes, and every change gives a new one. Rendering is exact, also where shapes
    meet inside a pixel: two that share an edge leave no seam, and a shape taken away again leaves no trace.

    Parameters
    ----------
    size
        Size of the canvas that the coordinates mean, ``(width, height)``, or any picture of that size.
    shapes
        `Rectangle`, `Ellipse`, `Polygon`, `Stroke` and `Path` records.

    Examples
    --------
    >>> from preproc.mask import Drawing, Rectangle
    >>> ring = Drawing((6, 6)).add(Rectangle((1, 1, 5, 5))).subtract(Rectangle((2, 2, 4, 4)))
    >>> ring.render()[2].tolist()
    [0, 255, 0, 0, 255, 0]
    >>> ring.render((3, 3)).tolist()
    [[64, 128, 64], [128, 0, 128], [64, 128, 64]]
    >>> Drawing.from_json(ring.to_json()) == ring
    True
    """

    size: tuple[int, int]
    shapes: tuple[Shape, ...] = ()

    def __post_init__(self) -> None:
        force_setattr(self, "size", tuple(canvas_of(self.size)))
        if not isinstance(self.shapes, Iterable) or getattr(self.shapes, "ndim", 1) == 0:
            raise InputError(f"a drawing holds a sequence of shapes, got {type(self.shapes).__name__}")
        force_setattr(self, "shapes", tuple(self.shapes))
        for shape in self.shapes:
            if not isinstance(shape, Shape):
                raise InputError(
                    f"a drawing holds shapes, got {type(shape).__name__}",
                    fix="mask.Rectangle, mask.Ellipse, mask.Polygon, mask.Stroke or mask.Path",
                )

    def add(self, *shapes: Shape) -> Drawing:
        """Return a drawing with more shapes added on top.

        Raises
        ------
        InputError
            For what is no shape.
        """
        return self._with(shapes, subtract=False)

    def subtract(self, *shapes: Shape) -> Drawing:
        """Return a drawing with shapes taken out of what is there; what is added later is not touched.

        Raises
        ------
        InputError
            For what is no shape.
        """
        return self._with(shapes, subtract=True)

    def _with(self, shapes: Iterable[Any], *, subtract: bool) -> Drawing:
        more = [replace(shape, subtract=subtract) if isinstance(shape, Shape) else shape for shape in shapes]
        return Drawing(self.size, (*self.shapes, *more))

    def render(self, size: PIL.Image.Image | ImageSource | tuple[int, int] | None = None, /) -> Mask:
        """Draw the mask.

        Parameters
        ----------
        size
            ``(width, height)``, or a picture whose size is meant; the drawing's own by default. All coordinates, widths
            and radii scale with it; another aspect ratio stretches the drawing.

        Returns
        -------
        ndarray of uint8, shape (H, W)
            255 times the share of the pixel that is covered, rounded. Curves lie within 1/1024 px of the true ones.

        Examples
        --------
        >>> from preproc.mask import Drawing, Rectangle
        >>> Drawing((2, 1)).add(Rectangle((0, 0, 1, 1))).render((4, 2)).tolist()
        [[255, 255, 0, 0], [255, 255, 0, 0]]
        """
        canvas = Size(*self.size) if size is None else canvas_of(size)
        scale = np.array([canvas.width / self.size[0], canvas.height / self.size[1]])
        layers: list[Layer] = []
        joins = False  # may the next shape be filled together with the last layer
        for shape in self.shapes:
            layer = shape.layer(TOLERANCE_PX / float(scale.max()))
            rings, holes = ([ring * scale for ring in part] for part in (layer.rings, layer.holes))
            if joins and shape.overlapping and layers[-1].subtract == shape.subtract:
                layers[-1] = layers[-1]._replace(rings=[*layers[-1].rings, *rings])
            else:
                layers.append(layer._replace(rings=rings, holes=holes))
            joins = shape.overlapping
        return cover(canvas, layers)

    def to_json(self) -> str:
        """Write it as JSON, one object; numbers come back exactly.

        Examples
        --------
        >>> from preproc.mask import Drawing, Rectangle
        >>> Drawing((2, 1)).add(Rectangle((0, 0, 1, 1))).to_json()
        '{"size":[2,1],"shapes":[{"type":"rectangle","box":[0.0,0.0,1.0,1.0]}]}'
        """
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes, /) -> Drawing:
        """Read what `to_json` wrote.

        Parameters
        ----------
        text
            The JSON itself, not a path.

        Raises
        ------
        InputError
            With the place in the JSON that is wrong.
        """
        as_text(text, "JSON")
        try:
            return _read(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            cause = error.__cause__
            if isinstance(cause, InputError):
                _, found, place = str(error).rpartition(" - at ")
                where = f" at {place}" if found else ""
                raise InputError(f"this JSON is no drawing{where}: {cause.message}", fix=cause.fix) from error
            raise InputError(f"this JSON is no drawing: {error}", fix="write it with Drawing.to_json()") from error

    def to_svg(self) -> str:
        """Write it as the text of an SVG picture, white on black; numbers come back exactly."""
        from .svg_write import write_svg

        return write_svg(Size(*self.size), self.shapes)

    @classmethod
    def from_svg(cls, source: str | bytes | os.PathLike[str], /) -> Drawing:
        """Read the shapes of an SVG document.

        Read is what has an outline: shapes in groups, symbols and clones, filled or stroked with any caps and joins,
        cut by frames and other convex clipping paths. Colours do not count: what is painted is white, unless it is
        wholly transparent. Only where a first rectangle, black or white, covers the canvas, and black and other colours
        are painted, is the document a mask as a picture: black takes away.

        Parameters
        ----------
        source
            The document itself, or the path of a file.

        Raises
        ------
        InputError
            For XML that is broken, and for what would change the picture and has no outline here: text, images,
            filters, dashes, markers, soft masks. The message names it, and what to do in the editor.
        FileFormatError
            If the file cannot be read.

        Examples
        --------
        >>> from preproc.mask import Drawing
        >>> Drawing.from_svg('<svg width="3" height="1"><rect x="1" width="2" height="1" fill="red"/></svg>').render().tolist()
        [[0, 255, 255]]
        """
        from .svg_read import read_svg

        size, shapes = read_svg(source)
        return cls(size, tuple(shapes))


# made at import, by one thread: msgspec may crash where several have it learn a type at once
_read = msgspec.json.Decoder(Drawing).decode
