"""Draw the picture at the top of the README: what happens to a photo here, on fal, and here again.

Run it with the folder to write into: ``python samples/overview.py out``. Needs no key: a rehearsal answers in fal's
place, with striped stand-ins.
"""

import sys
from pathlib import Path

import cyclopts
import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
from numpy.typing import NDArray
from skimage import data

from preproc import PreprocError, control, crop, mask, outpaint, preview, save_image
from remote import Fal

ENDPOINT = "fal-ai/flux-pro/v1/fill"
SPOON = [
    *((396, 74), (406, 66), (420, 68), (425, 80), (417, 112), (404, 150), (392, 196), (384, 224), (398, 240)),
    *((407, 262), (406, 288), (394, 312), (372, 327), (350, 326), (332, 314), (325, 294), (328, 268), (344, 248)),
    *((366, 236), (372, 216), (386, 176), (398, 120)),
]
GROUND, WORDS, FAINT, HERE, FAL, RED = "#14161a", "#f0f2f5", "#9aa1ad", "#4cc2ff", "#ffb84d", "#ff4d6d"
WIDTH, MARGIN, GAP, ARROW = 1600, 32, 14, 54
Picture = NDArray[np.uint8]
Tile = tuple[Picture, str]


class Figure:
    """A dark sheet on which rows of pictures are drawn from left to right."""

    def __init__(self, height: int) -> None:
        self.sheet = PIL.Image.new("RGB", (WIDTH, height), GROUND)
        self.draw = PIL.ImageDraw.Draw(self.sheet)

    def write(self, place: tuple[float, float], words: str, *, px: int, fill: str = WORDS) -> None:
        """Write words that start in the middle of the left at `place`."""
        self.draw.text(place, words, fill=fill, font=PIL.ImageFont.load_default(px), anchor="lm")

    def place(self, tile: Tile, left: int, top: int, height: int, *, frame: str | None = None) -> int:
        """Put a picture of this height with its caption there; return where it ends."""
        picture = PIL.Image.fromarray(tile[0]).convert("RGB")
        width = round(picture.width * height / picture.height)
        self.sheet.paste(picture.resize((width, height), PIL.Image.Resampling.LANCZOS), (left, top))
        if frame:
            self.draw.rectangle((left, top, left + width - 1, top + height - 1), outline=frame, width=4)
        self.write((left, top + height + 22), tile[1], px=23)
        return left + width

    def arrow(self, left: int, middle: int) -> int:
        """Draw an arrow there; return where it ends."""
        self.draw.line((left + 12, middle, left + ARROW - 14, middle), fill=FAINT, width=3)
        tip = left + ARROW - 10
        self.draw.polygon([(tip, middle), (tip - 12, middle - 8), (tip - 12, middle + 8)], fill=FAINT)
        return left + ARROW

    def zone(self, left: int, right: int, top: int, words: str, colour: str) -> None:
        """Say where what stands below happens."""
        self.draw.line((left, top + 14, right, top + 14), fill=colour, width=3)
        self.write((left, top - 4), words, px=23, fill=colour)


def edited(figure: Figure, fal: Fal, photo: Picture, top: int, height: int) -> None:
    """Show an edit: photo and mask, what is sent, what comes back, the result."""
    spoon = mask.polygon(photo, SPOON)
    edit = crop.around(photo, spoon, rule=fal.rule(ENDPOINT))
    answer = fal.run(ENDPOINT, edit=edit, prompt="an empty saucer")
    done = edit.finish(answer)
    kept = f"{done.receipt.preserved_ratio:.0%} kept, bit for bit" if done.receipt.is_preserved else "NOT EQUAL"
    y, middle = top + 34, top + 34 + height // 2
    end = figure.place((preview.overlay(photo, mask.feather(spoon, 16)), "photo and mask"), MARGIN, y, height)
    end = figure.place((edit.sent_image, "the crop is sent,"), figure.arrow(end, middle), y, height)
    end = figure.place((edit.sent_mask, "with its mask"), end + GAP, y, height)
    figure.zone(MARGIN, end, top, "on your machine", HERE)
    left = figure.arrow(end, middle)
    end = figure.place((answer.image.array(), "what comes back"), left, y, height)
    figure.zone(left, end, top, "on fal", FAL)
    left = figure.arrow(end, middle)
    end = figure.place((done.image, f"pasted back: {kept}"), left, y, height)
    figure.zone(left, end, top, "on your machine", HERE)


def made(figure: Figure, fal: Fal, photo: Picture, top: int, height: int) -> None:
    """Show what else is made: control maps, a wider canvas, a verdict."""
    y = top + 26
    figure.write((MARGIN, top), "control images", px=23, fill=FAINT)
    end = figure.place((control.canny(photo), "canny"), MARGIN, y, height)
    left = figure.place((control.make("soft_edge", photo).image, "soft edge"), end + GAP, y, height) + ARROW
    wide = outpaint.extend(data.rocket(), aspect="16:9", rule=fal.rule(ENDPOINT))
    launch = wide.finish(fal.run(ENDPOINT, edit=wide, prompt="a launch pad at dusk"))
    figure.write((left, top), "outpainting", px=23, fill=FAINT)
    end = figure.place((wide.sent_image, "the canvas that is sent"), left, y, height)
    end = figure.place((launch.image, "16:9, with stand-ins"), figure.arrow(end, y + height // 2), y, height)
    left = end + ARROW
    figure.write((left, top), "checks", px=23, fill=FAINT)
    wrong = preview.overlay(photo, mask.invert(mask.polygon(photo, SPOON)), color=(255, 77, 109))
    figure.place((wrong, "inverted mask: refused"), left, y, height, frame=RED)


def main(folder: Path) -> None:
    """Write ``overview.png`` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    fal, photo = Fal(backend="rehearsal"), data.coffee()
    figure = Figure(662)
    edited(figure, fal, photo, top=40, height=268)
    made(figure, fal, photo, top=414, height=171)
    save_image(np.asarray(figure.sheet), folder / "overview.png", overwrite=True)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
