"""Canny to ControlNet: find the edges of a photo, check the map, paint a new picture along it.

``python samples/controlnet_canny.py [FOLDER]`` rehearses and writes ``controlnet-canny.png``; ``--live`` asks fal and costs
what the plan says.
"""

import sys
from pathlib import Path

import cyclopts
from skimage import data

from preproc import PreprocError, check, control, preview, save_image
from remote import Fal


def main(folder: Path = Path(), *, live: bool = False) -> None:
    """Draw the map, run it, lay the steps side by side."""
    folder.mkdir(parents=True, exist_ok=True)
    fal = Fal() if live else Fal(backend="rehearsal")
    note = "" if live else " (a stand-in)"
    photo = data.rocket()
    found = control.thresholds(photo)
    print(f"thresholds found: {found.low:.0f} and {found.high:.0f}")  # low=100, high=200 would be cv2.Canny's

    # drawn at the size that will be generated, not enlarged afterwards
    edges = control.make("canny", photo, rule=fal.rule("fal-ai/flux-general"), fit="stretch").image
    check.control(edges, "canny", image=photo).raise_if_bad()
    result = fal.controlnet(
        photo, control="canny", control_image=edges, scale="balanced", prompt="a rocket, woodcut in three colours"
    )
    steps = [("a photo", photo), ("its canny map", edges), (f"painted along the map{note}", result.image.array())]
    save_image(preview.contact_sheet(steps, columns=3), folder / "controlnet-canny.png", overwrite=True)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
