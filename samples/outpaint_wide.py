"""Outpaint to 16:9: a wider canvas, filled so that the model finds no hard edge, the photo kept bit for bit.

``python samples/outpaint_wide.py [FOLDER]`` rehearses and writes ``outpaint-wide.png``; ``--live`` asks fal and costs what
the plan says.
"""

import sys
from pathlib import Path

import cyclopts
from skimage import data

from preproc import PreprocError, outpaint, preview, save_image
from remote import Fal


def main(folder: Path = Path(), *, live: bool = False) -> None:
    """Show more of the launch pad."""
    folder.mkdir(parents=True, exist_ok=True)
    fal = Fal() if live else Fal(backend="rehearsal")
    endpoint = "fal-ai/flux-pro/v1/fill"
    note = "" if live else " (stand-ins)"
    photo = data.rocket()
    edit = outpaint.extend(photo, aspect="16:9", overlap=24, rule=fal.rule(endpoint))
    plan = fal.plan(endpoint, edit=edit, prompt="a launch pad at dusk, steel towers, floodlights")
    print(plan)
    done = edit.finish(fal.submit(plan).wait())
    print(done.receipt)
    steps = [
        ("a photo", photo),
        (f"on the canvas that is sent, {edit.sent}", edit.sent_image),
        ("white: new sides, and rows that fill cells", edit.sent_mask),
        (f"the result, {edit.canvas}{note}", done.image),
    ]
    save_image(preview.contact_sheet(steps, columns=2, tile_px=480), folder / "outpaint-wide.png", overwrite=True)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
