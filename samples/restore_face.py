"""Face restoration: enlarge a small, spoilt portrait, then restore its faces.

``python samples/restore_face.py [FOLDER]`` rehearses and writes ``restore-face.png``; ``--live`` asks fal and costs what
the plans say.
"""

import sys
from pathlib import Path

import cyclopts
from skimage import data

from preproc import PreprocError, control, preview, save_image
from remote import Fal
from remote.workflows import restore_portrait


def main(folder: Path = Path(), *, live: bool = False) -> None:
    """Spoil a portrait the way time does, and have it restored."""
    folder.mkdir(parents=True, exist_ok=True)
    fal = Fal() if live else Fal(backend="rehearsal")
    note = "" if live else " (a stand-in)"
    portrait = data.astronaut()[:256, 96:352]
    old = control.low_quality(portrait, seed=3)
    work = restore_portrait(fal, old, fidelity=0.7, factor=4)
    print(work.plan())
    made = work.run()
    steps = [
        ("the portrait", portrait),
        ("spoilt", old),
        (f"enlarged{note}", made["large"]),
        (f"faces restored{note}", made["face"]),
    ]
    save_image(preview.contact_sheet(steps, columns=4, tile_px=240), folder / "restore-face.png", overwrite=True)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
