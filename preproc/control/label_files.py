"""Class numbers from the files that segmentation models write."""

from __future__ import annotations

import os
from io import BytesIO
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..errors import FileFormatError, InputError
from ..files import MAX_PIXELS
from ..files.decode import stored, stored_pillow

__all__ = ["load_labels"]


def load_labels(source: Any, /) -> NDArray[np.integer[Any]]:
    """Read a map of class numbers.

    Parameters
    ----------
    source
        Whole numbers `(H, W)`, or a gray or palette picture of 8 or 16 bits, or an NPY file: as an array, a Pillow image,
        a path, bytes or an open file. Of a palette picture, its indices are the numbers.

    Returns
    -------
    ndarray of integers, shape (H, W)
        As they are stored.

    Raises
    ------
    InputError
        If these are no whole numbers in two dimensions.
    FileFormatError
        If a file cannot be read.

    Examples
    --------
    >>> import PIL.Image
    >>> load_labels(PIL.Image.fromarray(np.array([[0, 2]], np.uint8))).tolist()
    [[0, 2]]
    """
    labels = np.asarray(_stored(source))
    if labels.ndim == 3:
        raise InputError(
            f"class numbers have shape (H, W), got {labels.shape}: a picture with colours",
            fix="control.read_segmentation reads class numbers from a palette's colours",
        )
    if labels.ndim != 2 or not labels.size or not np.issubdtype(labels.dtype, np.integer):
        raise InputError(f"class numbers are whole numbers of shape (H, W), got {labels.dtype} of shape {labels.shape}")
    return labels.astype(labels.dtype.newbyteorder("="), copy=False)  # a file's byte order is no part of its classes


def _stored(source: Any) -> Any:
    """Return what a file holds, which loading it as a photo would turn into colours; anything else as it is."""
    if isinstance(source, PIL.Image.Image):
        return stored_pillow(source, max_pixels=MAX_PIXELS)
    path = os.fspath(source) if isinstance(source, (str, os.PathLike)) else None
    try:
        if path is not None:
            with open(path, "rb") as file:  # noqa: PTH123 - paths come as text or bytes
                data = file.read()
        elif isinstance(source, bytes):
            data = source
        elif hasattr(source, "read"):
            data = source.read()
        else:
            return source
        if data.startswith(b"\x93NUMPY"):
            return np.load(BytesIO(data), allow_pickle=False)
        return stored(BytesIO(data), path=path, max_pixels=MAX_PIXELS)
    except (OSError, ValueError, SyntaxError) as error:
        why = (
            error.strerror if isinstance(error, OSError) else None
        ) or "it is no PNG, TIFF or NPY file of class numbers"
        raise FileFormatError(f"cannot read {path or 'these bytes'}: {why}", path=path and str(path)) from error
