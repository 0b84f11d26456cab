"""Product photo: cut the product out here, have its surroundings painted anew and the whole enlarged, planned as one.

``python samples/product_photo.py [FOLDER]`` rehearses and writes ``product-photo.png``; ``--live`` asks fal and is paid.
"""

import sys
from pathlib import Path

import cyclopts
from skimage import data

from preproc import PreprocError, mask, preview, save_image
from remote import Fal
from remote.workflows import product_photo


def main(folder: Path = Path(), *, live: bool = False) -> None:
    """Put a cup of coffee on a marble counter."""
    folder.mkdir(parents=True, exist_ok=True)
    fal = Fal() if live else Fal(backend="rehearsal")
    photo, note = data.coffee(), "" if live else " (a stand-in)"
    spoon = mask.ellipse(photo, (335, 245, 405, 325))  # its colours are the table's, so say that it belongs to the cup
    cup = mask.grabcut(photo, (70, 5, 545, 395), foreground=spoon)
    cup = mask.smooth(mask.fill_holes(cup), 2)
    prompt = "a cup of coffee on a marble counter, soft daylight"
    work = product_photo(fal, photo, prompt=prompt, product=cup, keep_product=True)  # without product= fal cuts it out
    print(work.plan())  # both steps with their prices; nothing was sent
    made = work.run()  # a step that is done is not paid again: after a failure, run it once more
    steps = [
        ("a photo", photo),
        ("the product, cut out here", preview.overlay(photo, cup)),
        (f"new surroundings{note}", made["scene"]),
        (f"enlarged{note}", made["large"]),
    ]
    save_image(preview.contact_sheet(steps, columns=2), folder / "product-photo.png", overwrite=True)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
