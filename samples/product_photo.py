"""Product photo: cut the product out, paint the surroundings anew, enlarge. Three jobs, planned as one.

``python samples/product_photo.py [FOLDER]`` rehearses (its cut-out is what differs in colour from the border) and writes
``product-photo.png``; ``--live`` asks fal and costs what the plans say.
"""

import sys
from pathlib import Path

import cyclopts
from skimage import data

from preproc import PreprocError, preview, save_image
from remote import Fal
from remote.workflows import product_photo


def main(folder: Path = Path(), *, live: bool = False) -> None:
    """Put a cup of coffee on a marble counter."""
    folder.mkdir(parents=True, exist_ok=True)
    fal = Fal() if live else Fal(backend="rehearsal")
    note = "" if live else " (a stand-in)"
    photo = data.coffee()
    work = product_photo(fal, photo, prompt="the cup on a marble counter, soft daylight", keep_product=True, seed=7)
    print(work.plan())  # all three steps with their prices; nothing was sent
    made = work.run()  # a step that is done is not paid again: after a failure, run it once more
    steps = [
        ("a photo", photo),
        (f"the product, found{note}", preview.overlay(photo, made["product"])),
        (f"new surroundings{note}", made["scene"]),
        (f"enlarged{note}", made["large"]),
    ]
    save_image(preview.contact_sheet(steps, columns=2, tile_px=400), folder / "product-photo.png", overwrite=True)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
