"""The facts of an edit: what is sent, where it came from, where it goes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..arrays import Image, Mask, size_of_array
from ..files import Photo
from ..geometry import Box, Size, SizeRule
from .invariants import check_facts

__all__ = ["EditFacts", "hash_of_rgb"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EditFacts:
    """What `preproc.Edit` holds; its docstring says what each field is."""

    kind: Literal["crop", "outpaint"]
    original: Image
    photo: Photo | None
    origin: tuple[int, int]
    mask: Mask
    blend: Mask
    crop: Box
    sent_image: Image
    sent_mask: Mask
    rule: SizeRule
    original_path: str | None = None

    def __post_init__(self) -> None:
        """Check the invariants: whoever holds an edit may rely on them."""
        check_facts(self)

    def __repr__(self) -> str:
        """Say what is sent from where, without the pixels."""
        added = f", padding={self.padding}" if any(self.padding) else ""
        return (
            f"Edit(kind={self.kind!r}, canvas={self.canvas}, origin={self.origin}, crop={tuple(self.crop)}, "
            f"sent={self.sent}, scale={self.scale:.3g}{added}, original_path={self.original_path!r})"
        )

    @property
    def canvas(self) -> Size:
        """Size of the finished picture."""
        return size_of_array(self.mask)

    @property
    def sent(self) -> Size:
        """Size of what is uploaded."""
        return size_of_array(self.sent_image)

    @property
    def scale(self) -> float:
        """Sent pixels per canvas pixel, the same for both axes."""
        return self.sent.width / self.crop.size.width

    @property
    def padding(self) -> tuple[int, int, int, int]:
        """Pixels added beyond the canvas, `(left, top, right, bottom)`; thrown away again by `finish`."""
        width, height = self.canvas
        return (
            max(0, -self.crop.left),
            max(0, -self.crop.top),
            max(0, self.crop.right - width),
            max(0, self.crop.bottom - height),
        )

    @property
    def original_sha256(self) -> str:
        """Hash of the photo's pixels with their size; of all planes and bits where there is a `Photo`."""
        if self.photo is not None:
            return self.photo.sha256
        return hash_of_rgb(self.original)


def hash_of_rgb(pixels: Image) -> str:
    """Hash pixels that came without the rest of a file, with their size."""
    digest = hashlib.sha256(f"{size_of_array(pixels)} RGB ".encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
