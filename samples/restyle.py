"""Style with structure: the shapes of one photo, the look of another.

``python samples/restyle.py [FOLDER]`` rehearses and writes ``restyle.png``; ``--live`` asks fal and costs what the plans say.
"""

import sys
from pathlib import Path

import cyclopts
from skimage import data

from preproc import PreprocError, preview, save_image
from remote import Fal
from remote.workflows import restyle


def main(folder: Path = Path(), *, live: bool = False) -> None:
    """Give a cat the look of a deep sky."""
    folder.mkdir(parents=True, exist_ok=True)
    fal = Fal() if live else Fal(backend="rehearsal")
    note = "" if live else " (a stand-in)"
    photo, style = data.chelsea(), data.hubble_deep_field()[:512, :768]
    work = restyle(fal, photo, style, prompt="a cat made of stars", control="depth", scale="strict", strength=0.6)
    print(work.plan())
    made = work.run()
    steps = [
        ("structure", photo),
        ("style", style),
        (f"depth, by fal{note}", made["structure"]),
        (f"both{note}", made["styled"]),
    ]
    save_image(preview.contact_sheet(steps, columns=4, tile_px=256), folder / "restyle.png", overwrite=True)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
