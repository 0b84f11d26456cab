"""The calls that make a control map again, for the fixes of what is found."""

from __future__ import annotations

from ..control.segmentation import PaletteChoice
from ..geometry import Size

__all__ = ["remade"]


def remade(of: str, *, size: Size | None = None, palette: PaletteChoice = "ade20k", note: str = "") -> str:
    """Return the call that makes a map of a type from what it is made from, at a size or at its own.

    In it stand `photo`, `depth` for depth values, `people` for joints and `labels` for class numbers; a note follows
    as a comment.
    """
    options = {
        "depth": '{"near": "high"}',
        "normal": '{"near": "high"}',
        "segmentation": f'{{"palette": {palette_text(palette)}}}' if palette != "ade20k" else "",
    }.get(of, "")
    source = {"depth": "depth", "normal": "depth", "pose": "people", "segmentation": "labels"}.get(of, "photo")
    sized = "" if size is None else f", size=({size.width}, {size.height})"
    given = f", options={options}" if options else ""
    call = f'control.make("{of}", {source}{sized}{given}).image'
    if of == "photo":
        call = "photo" if size is None else f"control.fit(photo, ({size.width}, {size.height}))"
    elif source == "photo" and size is None:
        call = f"control.{of}(photo)"
    notes = [each for each in ('"low" if these are distances' if source == "depth" else "", note) if each]
    return f"{call}  # {'; '.join(notes)}" if notes else call


def palette_text(palette: PaletteChoice) -> str:
    """Return a palette as it is written in a call."""
    return f'"{palette}"' if isinstance(palette, str) else "palette"
