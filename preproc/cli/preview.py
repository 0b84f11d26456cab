"""``preproc preview``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from cyclopts import Parameter

import preproc

from ..choices import LARGEST_TILE, SMALLEST_TILE, Background
from ..errors import PreprocError
from ..geometry import Size
from .edits import load_edit
from .exits import BAD_INPUT, PARTLY_FAILED, UsageError, complain
from .inputs import Source
from .many import MANY, Many
from .outputs import SAVING, STDOUT, Saving, beside, check_formats, folders, free, names_folder
from .pairs import Pair, pair, warn_of_unpaired
from .products import MASKS, PRODUCTS
from .ranges import Count, Share
from .talk import TALK, Talk, facts_of_error
from .values import read_color
from .writing import put

if TYPE_CHECKING:
    from ..arrays import Image
    from ..preview.draw import Color

__all__ = ["preview"]

Show: TypeAlias = "Callable[[Source, int], Image]"
"""From a picture and the side of its tile to what is shown."""


def preview(
    *pictures: str,
    mask: Annotated[list[str] | None, Parameter(name=["--mask", "-m"])] = None,
    after: Path | None = None,
    slider: Share | None = None,
    color: str = "#ff0050",
    opacity: Share = 0.5,
    columns: Count | None = None,
    tile_px: int | None = None,
    background: Background = "dark",
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Make pictures for people: sheets, overlays, before and after, edits.

    One-pixel lines of control maps stay visible however far they are shrunk; transparency is shown on squares.

    Parameters
    ----------
    pictures
        Photos, masks, control maps and NAME.edit.json records: files, folders, patterns, or -.
    mask
        Show this mask over the photo, or of a folder of masks the one that is named like it.
    after
        Show the picture beside this later state of it.
    slider
        With --after: one over the other, parted at this place, 0 to 1.
    color
        Colour of the mask.
    opacity
        How much of the photo the mask covers, 0 to 1.
    columns
        How many pictures stand side by side on a sheet.
    tile_px
        Side of each picture on a sheet: 320, or 640 for one alone, if left out.
    background
        Ground of the sheet.

    Examples
    --------
    preproc preview photo.jpg -m mask.png -o overlay.png

    preproc canny photo.jpg -o - | preproc preview - -o sheet.png
    """
    if tile_px is not None and not SMALLEST_TILE <= tile_px <= LARGEST_TILE:
        raise UsageError(f"--tile-px {tile_px} is no side of a tile", fix=f"{SMALLEST_TILE} to {LARGEST_TILE}")
    found = many.find(pictures, made=PRODUCTS if mask or after else {"preview"})
    masks = many.find(mask, made=MASKS) if mask else []
    pairs = pair(found, masks) if mask else []
    if mask:
        found = [one.photo for one in pairs]
        warn_of_unpaired(pairs, masks)
    target = _target(found, saving)
    talk.check(saving, [target])
    check_formats([target])
    _check_inputs([*(found if len(found) == 1 else ()), *([Source(after)] if after else ())])
    with folders([target], saving):
        free(target, overwrite=saving.overwrite)
    if mask and after:
        raise UsageError("--mask and --after show the picture in two ways", fix="give one of them")
    if slider is not None and not after:
        raise UsageError("--slider parts two pictures", fix="--after done.png")
    if mask:
        show = _overlaid(pairs, color=read_color(color), opacity=opacity)
    else:
        show = _plain if after is None else _compared(after, slider)
    errors: list[dict[str, Any]] = []
    if len(found) == 1 and (mask or after or _is_edit(found[0])):
        sheet, shown = show(found[0], 440 if tile_px is None else tile_px), 1
    else:
        side = tile_px if tile_px is not None else 640 if len(found) == 1 else 320
        tiles, errors = _tiles(found, show, side, many)
        if not tiles:
            talk.record({"output": None, "pictures": 0, "failed": len(errors), "errors": errors})
            return BAD_INPUT
        sheet = preproc.preview.contact_sheet(tiles, columns=columns, tile_px=side, background=background)
        shown = len(tiles)
    with folders([target], saving):
        put(sheet, target, overwrite=saving.overwrite)
    size, failed = Size(*sheet.shape[1::-1]), len(found) - shown
    output = None if target == STDOUT else str(target)
    talk.record({"output": output, "size": size, "pictures": shown, "failed": failed, "errors": errors})
    if output:
        words = f"{shown} picture{'s' if shown > 1 else ''}" + (f", {failed} failed" if failed else "")
        talk.say(f"{output}: {size}, {words}")
    return PARTLY_FAILED if failed else 0


def _target(found: Sequence[Source], saving: Saving) -> Path:
    if len(found) > 1 and saving.output and names_folder(saving.output):
        return saving.target("preview", Path("preview.png"))
    if saving.output is not None or found[0].path is None:
        [target] = saving.targets(found[:1], tag="preview")
        return target
    if len(found) > 1:
        return found[0].path.with_name("preview.png")
    if _is_edit(found[0]):
        return found[0].path.with_name(found[0].path.name.removesuffix(".edit.json") + ".preview.png")
    return beside(found[0], ".preview.png")


def _check_inputs(sources: Sequence[Source]) -> None:
    """Say that an input is not there before anything is said of the output."""
    for one in sources:
        if one.path is not None and not one.path.exists():
            load_edit(one.path) if _is_edit(one) else preproc.load_image(one.path)


def _plain(one: Source, tile_px: int) -> Image:
    if _is_edit(one) and one.path is not None:
        return preproc.preview.of_edit(load_edit(one.path), tile_px=tile_px)
    from ..preview.draw import flatten

    return flatten(preproc.Photo.open(one.picture), cell_px=16)


def _overlaid(pairs: Sequence[Pair], *, color: Color, opacity: float) -> Show:
    known = {one.photo: one for one in pairs}

    def show(one: Source, _: int) -> Image:
        photo, pair = preproc.load_image(one.picture), known[one]
        if pair.other is None:
            raise pair.missing or AssertionError
        return preproc.preview.overlay(photo, pair.other.picture, color=color, opacity=opacity)

    return show


def _compared(after: Path, slider: float | None) -> Show:
    def show(one: Source, _: int) -> Image:
        before = preproc.Photo.open(one.picture)
        if slider is None:
            return preproc.preview.before_after(before, after)
        return preproc.preview.before_after(before, after, split="slider", position=slider)

    return show


def _tiles(
    found: Sequence[Source], show: Show, tile_px: int, many: Many
) -> tuple[list[tuple[str, Image]], list[dict[str, Any]]]:
    """Make all tiles; those that cannot be made are named, returned as facts, and left out."""
    from ..preview.draw import fit

    def tile(one: Source) -> Image | PreprocError:
        try:
            return fit(show(one, tile_px), width=tile_px, height=tile_px)
        except PreprocError as error:
            return error

    tiles, errors = [], []
    with ThreadPoolExecutor(many.jobs) as pool:
        for one, made in zip(found, pool.map(tile, found), strict=True):
            if isinstance(made, PreprocError):
                complain(made, source=one.name)
                errors.append({"source": one.name, "error": facts_of_error(made)})
            else:
                tiles.append((one.path.name if one.path else "standard input", made))
    return tiles, errors


def _is_edit(source: Source) -> bool:
    return source.path is not None and source.path.name.endswith(".edit.json")
