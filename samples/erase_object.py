"""Remove an object: a box around it is enough for the mask.

``python samples/erase_object.py [FOLDER]`` rehearses and writes ``erase-object.png``; ``--live`` asks fal and costs what the
plan says.
"""

import sys
from pathlib import Path

import cyclopts
from skimage import data

from preproc import PreprocError, mask, preview, save_image
from remote import Fal


def main(folder: Path = Path(), *, live: bool = False) -> None:
    """Take a cup with its saucer and spoon off a table."""
    folder.mkdir(parents=True, exist_ok=True)
    fal = Fal() if live else Fal(backend="rehearsal")
    note = "" if live else " (a stand-in)"
    photo = data.coffee()
    cup = mask.grabcut(photo, (70, 10, 490, 390))
    cup = mask.fill_holes(mask.drop_islands(cup, min_area_px=200))

    done = fal.erase(photo, cup, grow_px=10)
    print(done.receipt)
    steps = [
        ("a photo", photo),
        ("grabcut from a box, holes filled", preview.overlay(photo, cup)),
        (f"erased{note}, the rest bit for bit", done.image),
    ]
    save_image(preview.contact_sheet(steps, columns=3), folder / "erase-object.png", overwrite=True)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
