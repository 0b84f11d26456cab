"""The one record in the middle: what is sent, where it came from, and how it comes back."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import PIL.Image

from .. import files
from ..errors import InputError, PreprocError
from ..files import ImageSource
from ..files.write import as_path
from . import sidecar
from .arrive import Generated
from .facts import EditFacts
from .finish import Repair, finish_one
from .grid import GridReport, sample_on_grid
from .receipt import Finished

__all__ = ["Edit"]

_NAME = "such as job.edit.json"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Edit(EditFacts):
    """An edit of one photo, before and after the endpoint.

    Made by `preproc.crop.around` and `preproc.outpaint.extend`. The canvas is the finished picture: the photo itself
    for a crop, the larger picture for an outpaint.

    Parameters
    ----------
    kind
        ``"crop"`` or ``"outpaint"``.
    original
        The photo, uint8 RGB; the very array that was given, not a copy: leave it as it is until the edit is finished.
    photo
        The photo with depth, alpha, profile and EXIF, where one was given.
    origin
        Where the photo's top left pixel lies in the canvas, `(left, top)`.
    mask
        What the user wants changed, uint8, in canvas pixels.
    blend
        What pastes back, uint8, in canvas pixels; at least `mask` everywhere, and 0 wherever nothing may change.
    crop
        The box of the canvas that is sent; reaches outside it where the picture was padded.
    sent_image
        What is uploaded, uint8 RGB (RGBA for a transparent canvas).
    sent_mask
        What is uploaded with it, uint8; white covers all of the blend, in whole latent cells.
    rule
        The size rule it was made for.
    original_path
        The photo's file, where it came from one.
    """

    def grid(self, cell: int) -> GridReport:
        """Predict what an endpoint edits that samples the sent mask once per cell.

        Parameters
        ----------
        cell
            8 or 16, in sent pixels; or the rule's own.

        Raises
        ------
        InputError
            For another cell.
        """
        if cell not in (8, 16, self.rule.cell):  # a tuple, for what cannot be hashed
            own = "" if self.rule.cell in {8, 16} else f", or the rule's {self.rule.cell}"
            raise InputError(f"a cell is 8 or 16 px{own}, got {cell!r}", fix="choose one of them")
        return sample_on_grid(self.mask, self.sent_mask, crop=self.crop, cell=cell)

    @overload
    def finish(
        self, generated: list[Generated] | tuple[Generated, ...], /, *, repair: Repair = "auto", align: bool = False
    ) -> list[Finished]: ...
    @overload
    def finish(self, generated: Generated, /, *, repair: Repair = "auto", align: bool = False) -> Finished: ...
    def finish(
        self,
        generated: Generated | list[Generated] | tuple[Generated, ...],
        /,
        *,
        repair: Repair = "auto",
        align: bool = False,
    ) -> Finished | list[Finished]:
        """Paste what the endpoint returned back into the photo.

        Parameters
        ----------
        generated
            A path, bytes, Pillow image, array or one image of a result of `remote`, or the result itself when it
            holds one image; a list of them gives a list. Any size of the sent aspect, any mode.
        repair
            ``"none"`` pastes plainly; ``"color"`` first fits gain and offset on the kept pixels; ``"seam"`` also
            continues what difference is left at the rim into the edit; ``"auto"`` does so where kept pixels differ by
            0.4 levels or more over 16 px and farther, as fine grain and mild compression do not. No choice ever
            touches a pixel with blend 0.
        align
            Undo a drift of the picture of more than half a pixel.

        Returns
        -------
        Finished or list of Finished
            `image` (and `photo`) with the receipt.

        Raises
        ------
        PlacementError
            If the result has another aspect ratio, or nothing is shared that a repair could be fitted on.
        InputError
            If the result is black all over and what was sent is not, as a safety filter returns it, or if it holds
            several images. In a list the error says which result it was.
        """
        if isinstance(generated, (list, tuple)):
            if not generated:
                raise InputError(
                    "there is no result to finish: the list is empty", fix="pass result.images of a finished job"
                )
            finished = []
            for number, one in enumerate(generated, 1):
                try:
                    finished.append(finish_one(self, one, repair=repair, align=align))
                except PreprocError as error:
                    error.message = f"result {number} of {len(generated)}: {error.message}"
                    raise
            return finished
        return finish_one(self, generated, repair=repair, align=align)

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the record as JSON with its pictures beside it, so that another process can finish the job.

        Parameters
        ----------
        path
            Such as ``job.edit.json``; ``job.mask.png``, ``job.blend.png``, ``job.sent.png`` and ``job.sent-mask.png``
            are written beside it.
        overwrite
            Whether existing files may be replaced.
        """
        return sidecar.save(self, as_path(path, fix=_NAME), overwrite=overwrite)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, original: PIL.Image.Image | ImageSource | None = None) -> Edit:
        """Read a record written by `save`.

        Parameters
        ----------
        path
            The JSON file.
        original
            The photo; None reads the path that the record names.

        Raises
        ------
        PlacementError
            If the photo, or a picture beside the record, is not the one it was made with (by SHA-256).
        """
        path = as_path(path, fix=_NAME)
        fields: dict[str, Any] = sidecar.load(path, original)
        edit = cls(**fields["edit"])
        sidecar.check_original(edit, fields["original_sha256"], path)
        return edit

    def _repr_png_(self) -> bytes:
        import preproc  # the front door, behind which the previews lie

        return files.encode_png(preproc.preview.of_edit(self))
