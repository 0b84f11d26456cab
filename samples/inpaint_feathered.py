"""Feathered mask to inpaint: cut out the region, see the plan, run it once, paste it back, read the proof.

``python samples/inpaint_feathered.py [FOLDER]`` rehearses and writes ``inpaint-feathered.png``; ``--live`` asks fal and
costs what the plan says.
"""

import sys
from pathlib import Path

import cyclopts
from skimage import data

from preproc import PreprocError, crop, mask, preview, save_image
from remote import Fal


def main(folder: Path = Path(), *, live: bool = False) -> None:
    """Take the spoon off the saucer."""
    folder.mkdir(parents=True, exist_ok=True)
    fal = Fal() if live else Fal(backend="rehearsal")
    endpoint = "fal-ai/flux-pro/v1/fill"
    photo = data.coffee()
    handle = mask.stroke(photo, [(408, 78), (406, 104), (392, 160), (370, 236)], width_px=30)
    spoon = mask.union(handle, mask.ellipse(photo, (322, 236, 410, 332)))

    edit = crop.around(photo, spoon, feather_px=16, rule=fal.rule(endpoint))

    box = (310, 50, 440, 345)  # where the mask is meant to be: an inverted one would be refused
    plan = fal.plan(endpoint, edit=edit, reference=box, prompt="an empty saucer beside a cup of espresso")
    print(plan)  # nothing was sent so far
    done = edit.finish(fal.submit(plan).wait())
    print(done.receipt)
    both = preview.before_after(photo, done.image)
    save_image(both, folder / "inpaint-feathered.png", overwrite=True)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
