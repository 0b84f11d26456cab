"""Draw the picture at the top of the README: one photo on its way out and home.

Run it with the file to write: ``python samples/overview.py overview.png``. Needs no key: a rehearsal answers in fal's place.
"""

import sys

import numpy as np
from skimage import data

from preproc import control, crop, mask, preview, save_image
from remote import Fal

SPOON = [
    *((396, 74), (406, 66), (420, 68), (425, 80), (417, 112), (404, 150), (392, 196), (384, 224), (398, 240)),
    *((407, 262), (406, 288), (394, 312), (372, 327), (350, 326), (332, 314), (325, 294), (328, 268), (344, 248)),
    *((366, 236), (372, 216), (386, 176), (398, 120)),
]


def main(path: str) -> None:
    """Write the picture to `path`."""
    fal = Fal(backend="rehearsal")
    endpoint = "fal-ai/flux-pro/v1/fill"
    photo = data.coffee()
    spoon = mask.polygon(photo, SPOON)
    edit = crop.around(photo, spoon, context_ratio=1.9, rule=fal.rule(endpoint))
    result = fal.run(endpoint, edit=edit, prompt="an empty saucer")
    done = edit.finish(result)
    changed = (done.image != photo).any(axis=2).astype(np.uint8) * np.uint8(255)
    sheet = preview.contact_sheet(
        [
            ("a photo", photo),
            ("its canny map, for ControlNet", control.canny(photo)),
            ("a mask, exact to 1/255, feathered", preview.overlay(photo, mask.feather(spoon, 14))),
            ("the crop that is sent", edit.sent_image),
            ("its mask, whole latent cells", edit.sent_mask),
            ("the answer (rehearsed)", result.image.array()),
            ("pasted back", done.image),
            (f"changed pixels; {done.receipt.preserved_ratio:.0%} proved equal", changed),
        ],
        columns=4,
    )
    save_image(sheet, path, overwrite=True)


if __name__ == "__main__":
    main(sys.argv[1])
