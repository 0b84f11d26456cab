"""Draw the three masks of an edit: outlined on the photo, and as values along a line across their edges.

Run it with the folder to write into: ``python samples/three_masks.py out``. Nothing leaves this machine.
"""

import sys
from pathlib import Path

import cv2
import cyclopts
import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
from numpy.typing import NDArray
from skimage import data

from preproc import Edit, PreprocError, SizeRule, crop, mask, preview, save_image
from preproc.preview.overlaying import draw_edge

GROUND, PANEL, WORDS, FAINT = "#14161a", "#20232a", "#f0f2f5", "#9aa1ad"
COLOURS = {"mask": (255, 0, 80), "blend": (0, 190, 255), "sent": (255, 196, 0)}
ABOUT = {
    "mask": ("mask", "what you want changed"),
    "blend": ("blend", "what comes back: the mask, and a feather of 16 px outside it"),
    "sent": ("sent", "what is uploaded: the blend, a margin of 8 px, then whole cells of 8 px"),
}
ROW, FIRST, LAST, ZOOM = 286, 386, 456, 15  # the line across the right edge of the spoon, in pixels of the photo
LEFT, TOP, BAND, CAPTION = 428, 208, 84, 46
Picture = NDArray[np.uint8]


def planes(edit: Edit) -> dict[str, Picture]:
    """Return the three masks at the size of the photo."""
    sent = np.zeros_like(edit.mask)
    small = cv2.resize(edit.sent_mask, edit.crop.size, interpolation=cv2.INTER_NEAREST)
    sent[edit.crop.slices] = small
    return {"mask": edit.mask, "blend": edit.blend, "sent": sent}


def outlined(photo: Picture, three: dict[str, Picture], part: tuple[slice, slice], zoom: int) -> Picture:
    """Enlarge a part of the photo, and draw the three masks' edges on it."""
    size = photo[part].shape[1] * zoom, photo[part].shape[0] * zoom
    result = cv2.resize(photo[part], size, interpolation=cv2.INTER_CUBIC)
    how = cv2.INTER_LINEAR if zoom < 8 else cv2.INTER_NEAREST  # from near, pixels are squares
    shown = {name: cv2.resize(plane[part], size, interpolation=how) for name, plane in three.items()}
    result = preview.overlay(result, shown["mask"], color=COLOURS["mask"], outline_px=0, isolines=False)
    for name, level in (("sent", 128), ("blend", 1), ("mask", 128)):
        draw_edge(result, shown[name] >= level, color=COLOURS[name], width_px=4, rim=0)
    return result


def band(draw: PIL.ImageDraw.ImageDraw, name: str, values: Picture, top: int) -> None:
    """Draw the values of a mask along the line, as a filled curve with its words."""
    right, bottom = LEFT + len(values) * ZOOM, top + BAND
    draw.rectangle((LEFT, top, right - 1, bottom), fill=PANEL)
    heights = bottom - values.astype(float) / 255 * (BAND - 8)
    steps = [(LEFT + column * ZOOM, y) for at, y in enumerate(heights) for column in (at, at + 1)]
    dark = tuple(channel // 2 for channel in COLOURS[name])
    draw.polygon([(LEFT, bottom), *steps, (right, bottom)], fill=dark)
    draw.line(steps, fill=COLOURS[name], width=4)
    title, about = ABOUT[name]
    draw.text((LEFT, top - 8), title, fill=COLOURS[name], font=PIL.ImageFont.load_default(26), anchor="ls")
    draw.text((LEFT + 84, top - 8), about, fill=WORDS, font=PIL.ImageFont.load_default(22), anchor="ls")
    for value, y in ((255, top + 8), (0, bottom)):
        draw.text((LEFT - 10, y), str(value), fill=FAINT, font=PIL.ImageFont.load_default(16), anchor="rm")


def main(folder: Path) -> None:
    """Write ``three-masks.png`` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    photo = data.coffee()
    handle = mask.stroke(photo, [(408, 78), (406, 104), (392, 160), (370, 236)], width_px=30)
    spoon = mask.union(handle, mask.ellipse(photo, (322, 236, 410, 332)))
    edit = crop.around(photo, spoon, feather_px=16, margin_px=8, rule=SizeRule(cell=8))
    three = planes(edit)
    sheet = PIL.Image.new("RGB", (LEFT + (LAST - FIRST) * ZOOM + 32, TOP + 3 * (BAND + CAPTION) + 32), GROUND)
    draw = PIL.ImageDraw.Draw(sheet)
    whole = PIL.Image.fromarray(outlined(photo, three, (slice(20, 372), slice(266, 478)), 3))
    corners = [(x - 266) * 3 for x in (FIRST, LAST)], [(y - 20) * 3 for y in (ROW - 4, ROW + 5)]
    PIL.ImageDraw.Draw(whole).rectangle((*zip(*corners, strict=True),), outline=WORDS, width=3)
    sheet.paste(whole.resize((341, 566), PIL.Image.Resampling.LANCZOS), (32, 32))
    draw.text((LEFT, 184), "the white frame, enlarged", fill=FAINT, font=PIL.ImageFont.load_default(18), anchor="lm")
    near = outlined(photo, three, (slice(ROW - 4, ROW + 5), slice(FIRST, LAST)), ZOOM)
    sheet.paste(PIL.Image.fromarray(near), (LEFT, 32))
    for number, (name, plane) in enumerate(three.items()):
        band(draw, name, plane[ROW, FIRST:LAST], TOP + CAPTION + number * (BAND + CAPTION))
    save_image(np.asarray(sheet), folder / "three-masks.png", overwrite=True)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
