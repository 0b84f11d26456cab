"""What a finished edit can prove about itself."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import msgspec
import PIL.Image

from ..arrays import Image, narrow, size_of_array
from ..errors import InputError
from ..files import Photo, encode_png, save_image
from ..geometry import Box, Size
from ..notebook import LARGEST_PX, figure_of, lines_of, table_of
from .color import ColorFit
from .drift import Drift

__all__ = ["Finished", "Receipt"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Facts about one finished edit.

    Parameters
    ----------
    preserved_sha256_before, preserved_sha256_after
        Hash of all pixels with blend 0, in the original and in the result (`preproc.composite.preserved_sha256`).
    preserved_ratio
        Share of the result's pixels that had to stay, 0 to 1.
    changed_ratio
        Share of the result's pixels that differ from the original (all new ones count).
    seam_before, seam_after
        Jump across the mask's edge, in levels, as pasted plainly and as returned.
    repair
        What was done: ``"none"``, ``"color"`` or ``"seam"``.
    color
        Gain and offset found between result and photo on kept pixels; None where nothing could be fitted.
    drift
        How far the kept pixels moved; None where it cannot be measured.
    drift_missing
        Why the drift cannot be measured; None where it is.
    canvas, crop, sent, returned
        Size of the finished picture, the box that was sent, the size it was sent at and the size that came back.
    request_id
        The job's id at fal, where the result carries one.
    notes
        Everything worth knowing, in words.
    """

    preserved_sha256_before: str
    preserved_sha256_after: str
    preserved_ratio: float
    changed_ratio: float
    seam_before: float
    seam_after: float
    repair: Literal["none", "color", "seam"]
    color: ColorFit | None
    drift: Drift | None
    drift_missing: str | None
    canvas: Size
    crop: Box
    sent: Size
    returned: Size
    request_id: str | None
    notes: tuple[str, ...]

    @property
    def is_preserved(self) -> bool:
        """Every pixel outside the blend is bit for bit the original's."""
        return self.preserved_sha256_before == self.preserved_sha256_after

    def to_json(self) -> str:
        """Return the receipt as one JSON object: all fields, and `is_preserved`."""
        facts = {"is_preserved": self.is_preserved, **msgspec.to_builtins(self)}
        return msgspec.json.format(msgspec.json.encode(facts), indent=2).decode()

    def _repr_html_(self) -> str:
        return table_of(_words_of(self))

    def __str__(self) -> str:
        return lines_of(_words_of(self))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Finished:
    """A finished picture and its receipt.

    Parameters
    ----------
    image
        uint8 RGB, sRGB.
    receipt
        The proof.
    photo
        The finished photo with the original's depth, alpha, profile and EXIF, where the edit was made from a `Photo`.
    """

    image: Image
    receipt: Receipt
    photo: Photo | None = None

    def __repr__(self) -> str:
        """Say how large the picture is and what the receipt says, without the pixels."""
        return f"Finished({size_of_array(self.image)}, {self.receipt!r})"

    @property
    def pil(self) -> PIL.Image.Image:
        """The picture as a Pillow image."""
        return PIL.Image.fromarray(self.image)

    def _repr_png_(self) -> bytes:
        import preproc  # the front door, behind which the previews lie

        shown = preproc.preview.checkerboard(self.image if self.photo is None else self.photo)
        shrink = max(shown.shape) / LARGEST_PX
        if shrink > 1:
            size = tuple(max(1, round(side / shrink)) for side in shown.shape[1::-1])
            shown = narrow(cv2.resize(shown, size, interpolation=cv2.INTER_AREA))
        return encode_png(shown)

    def _repr_html_(self) -> str:
        return figure_of(self._repr_png_(), _words_of(self.receipt))

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the picture in a form that keeps every preserved bit.

        Parameters
        ----------
        path
            The suffix gives the format: ``.png``, ``.webp`` or ``.tif``.
        overwrite
            Whether an existing file may be replaced.

        Raises
        ------
        InputError
            For JPEG, which would change every pixel, and if the file exists.
        """
        if Path(path).suffix.lower() in {".jpg", ".jpeg"}:
            raise InputError(
                f"{path}: JPEG would change the pixels that were just proved equal",
                fix="save as .png, or save_image(done.image, path) if that does not matter",
            )
        return save_image(self.image if self.photo is None else self.photo, path, overwrite=overwrite)


def _words_of(receipt: Receipt) -> str:
    proof = "equal" if receipt.is_preserved else "NOT EQUAL"
    lines = [
        f"preserved  {receipt.preserved_ratio:.1%} of {receipt.canvas}, {proof} (sha256 {receipt.preserved_sha256_after[:12]})",
        f"changed    {receipt.changed_ratio:.1%} of the pixels",
        f"seam       {receipt.seam_before:.2f} -> {receipt.seam_after:.2f} levels (repair: {receipt.repair})",
        f"sizes      crop {receipt.crop.size} at ({receipt.crop.left}, {receipt.crop.top}), sent {receipt.sent}, returned {receipt.returned}",
    ]
    if receipt.color:
        gain = ", ".join(f"{value:.3f}" for value in receipt.color.gain)
        offset = ", ".join(f"{value:+.1f}" for value in receipt.color.offset)
        lines.append(f"colour     gain {gain}; offset {offset}")
    drift = f"not measured: {receipt.drift_missing}" if receipt.drift is None else f"{receipt.drift.px:.2f} px"
    lines.append(f"drift      {drift}")
    if receipt.request_id:
        lines.append(f"request    {receipt.request_id}")
    return "\n".join([*lines, *(f"note       {note}" for note in receipt.notes)])
