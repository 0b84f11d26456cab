"""An extension in several steps, each of which starts from the photo's own pixels."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image

from ..arrays import Image, size_of_array
from ..edit import Edit, Finished
from ..edit.source import open_original
from ..errors import InputError, PlacementError
from ..files import ImageSource, Photo
from ..geometry import Box, Size, SizeRule
from .added_sides import Sides
from .extending import Opened, canvas_edit
from .fill import Fill

__all__ = ["Steps"]

_NONE = Sides(0, 0, 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """An extension in several steps, made by `steps`; each is an `Edit` of the picture that the one before finished.

    What is still the photo's is put into every step from the photo itself, so nothing drifts, even where what lies
    between was stored with loss.

    Parameters
    ----------
    opened
        The photo.
    sides
        What each step adds.
    overlap
        Width in pixels over which new parts fade into the photo.
    context_px
        How much each step shows beside its new part; None: the whole picture so far.
    notes
        What could not be sent at its own scale, in words; empty where everything is.
    fill, color, margin_px, sent_feather_px, rule, seed
        As in `preproc.outpaint.extend`.

    Examples
    --------
    >>> from preproc.outpaint import steps
    >>> plan = steps(np.zeros((100, 100, 3), np.uint8), left=150, max_step_px=64)
    >>> len(plan), [plan.canvas(number).width for number in range(4)]
    (3, [100, 150, 200, 250])
    >>> done = plan.run(lambda edit: edit.finish(np.full_like(edit.sent_image, 90), repair="none"))
    >>> done.image.shape, len(set(plan.sha256(done)))
    ((100, 250, 3), 1)
    """

    opened: Opened
    sides: tuple[Sides, ...]
    overlap: float
    context_px: tuple[float | None, ...]
    notes: tuple[str, ...]
    fill: Fill
    color: tuple[int, int, int]
    margin_px: float
    sent_feather_px: float
    rule: SizeRule
    seed: int

    def __len__(self) -> int:
        return len(self.sides)

    def total(self, number: int | None = None) -> Sides:
        """Return what the first `number` steps add together; all of them where it is left out."""
        return Sides(*(sum(added) for added in zip(*self.sides[:number], strict=True))) if number != 0 else _NONE

    def canvas(self, number: int) -> Size:
        """Return the size of the picture after `number` steps."""
        photo, added = size_of_array(self.opened.rgb), self.total(number)
        return Size(photo.width + added.left + added.right, photo.height + added.top + added.bottom)

    def edit(self, number: int, done: Finished | PIL.Image.Image | ImageSource | None = None) -> Edit:
        """Plan one step.

        Parameters
        ----------
        number
            From 0.
        done
            What the step before finished, in any form; for the first one nothing.

        Raises
        ------
        PlacementError
            If `done` has another size than the step before leaves.
        InputError
            If there is no such step, or `done` is missing.
        """
        if not 0 <= number < len(self):
            raise InputError(f"there is no step {number}: these are {len(self)}, from 0 to {len(self) - 1}")
        if number == 0:
            return self._planned(0, self.opened)
        if done is None:
            raise InputError(
                f"step {number} continues what step {number - 1} finished, and that is missing",
                fix=f"plan.edit({number}, plan.edit({number - 1}, ...).finish(generated))",
            )
        if isinstance(done, Finished):
            done = done.image if done.photo is None else done.photo
        rgb, photo, _ = open_original(done)
        if size_of_array(rgb) != self.canvas(number):
            raise PlacementError(
                f"step {number - 1} leaves a picture of {self.canvas(number)}, this one is {size_of_array(rgb)}",
                fix="pass what the step before finished, unchanged in size",
            )
        return self._planned(number, self._with_the_photo(number, rgb, photo))

    def forecast(self, number: int) -> Edit:
        """Plan a step before the ones that it continues are painted, gray in their place: for its sizes and price."""
        if number == 0:
            return self.edit(0)
        size = self.canvas(number)
        return self.edit(number, np.full((size.height, size.width, 3), 128, np.uint8))

    def run(self, paint: Callable[[Edit], Finished]) -> Finished:
        """Do all steps, one after the other.

        Parameters
        ----------
        paint
            Sends an edit and finishes it.

        Returns
        -------
        Finished
            The last step's: its picture holds all of them.
        """
        done = paint(self.edit(0))
        for number in range(1, len(self)):
            done = paint(self.edit(number, done))
        return done

    def sha256(self, done: Finished) -> tuple[str, str]:
        """Hash the photo's own part before and after: what lies further in than the overlap of the sides that grew.

        Raises
        ------
        PlacementError
            If `done` is not the size of the last step's picture.
        """
        if size_of_array(done.image) != self.canvas(len(self)):
            raise PlacementError(
                f"all steps end in {self.canvas(len(self))}, this picture is {size_of_array(done.image)}",
                fix="pass what the last step finished",
            )
        own, there = self._own(len(self))
        before = self.opened.rgb if self.opened.photo is None else self.opened.photo.pixels
        after = done.image if done.photo is None else done.photo.pixels
        one, two = (
            hashlib.sha256(np.ascontiguousarray(pixels[box.slices]).data).hexdigest()
            for pixels, box in ((before, own), (after, there))
        )
        return one, two

    def _own(self, number: int) -> tuple[Box, Box]:
        """Return what of the photo no step up to `number` may change: in the photo, and in the picture."""
        (width, height), added = size_of_array(self.opened.rgb), self.total(number)
        left, top, right, bottom = (math.ceil(self.overlap) if grows else 0 for grows in added)
        own = Box(left, top, width - right, height - bottom).intersect(Box(0, 0, width, height))
        return own, own.shift(added.left, added.top)

    def _with_the_photo(self, number: int, rgb: Image, photo: Photo | None) -> Opened:
        own, there = self._own(number)
        mine = self.opened.photo
        if mine is None:
            picture = rgb.copy()
            picture[there.slices] = self.opened.rgb[own.slices]
            return Opened(picture, None, None)
        same_form = photo is not None and photo.depth == mine.depth and photo.pixels.shape[2] == mine.pixels.shape[2]
        pixels: Any = np.array(photo.pixels if photo is not None and same_form else mine.from_srgb(rgb))
        pixels[there.slices] = mine.pixels[own.slices]
        alpha: Any = None
        if mine.alpha is not None:  # what is new is opaque
            alpha = np.full(pixels.shape[:2], np.iinfo(pixels.dtype).max, pixels.dtype)
            added = self.total(number)
            alpha[mine.size.box.shift(added.left, added.top).slices] = mine.alpha
        joined = mine.with_pixels(pixels, alpha=alpha)
        return Opened(joined.rgb, joined, None)

    def _planned(self, number: int, opened: Opened) -> Edit:
        added = self.sides[number]
        before = [earlier[side] for side in range(4) if added[side] for earlier in self.sides[:number] if earlier[side]]
        return canvas_edit(
            opened,
            added,
            fill=self.fill,
            color=self.color,
            # what an earlier step painted is faded into, and the photo behind it is not reached again
            overlap=min([self.overlap, *before]),
            context_px=self.context_px[number],
            margin_px=self.margin_px,
            sent_feather_px=self.sent_feather_px,
            rule=self.rule,
            seed=self.seed + number,
        )
