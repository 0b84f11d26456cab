"""Draw every type of control image for two photos, on one sheet.

Run it with the folder to write into: ``python samples/control_gallery.py out``. Everything is made on this
machine; depth comes from a stereo camera, the pose and the classes were marked by hand.
"""

import sys
from pathlib import Path

import cyclopts
import numpy as np
from numpy.typing import NDArray
from skimage import data

from preproc import PreprocError, control, mask, preview, save_image

NOSE, NECK, EYES, EARS = (225, 122), (216, 236), ((202, 101), (247, 103)), ((178, 118), (271, 120))
RIGHT_ARM, LEFT_ARM, LEGS = ((92, 256), (46, 398), (146, 488)), ((326, 264), None, None), (None,) * 6
ASTRONAUT = (NOSE, NECK, *RIGHT_ARM, *LEFT_ARM, *LEGS, *EYES, *EARS)

FLAG, PERSON, AIRPLANE = 149, 12, 90  # numbers of ADE20K
CLASSES = [
    (FLAG, [(0, 0), (48, 0), (64, 92), (96, 206), (60, 250), (24, 360), (18, 450), (28, 512), (0, 512)]),
    (AIRPLANE, [(410, 0), (432, 12), (455, 60), (458, 262), (470, 280), (368, 280), (354, 224), (383, 190), (384, 60)]),
    (
        PERSON,
        [
            *((190, 30), (230, 15), (275, 28), (300, 70), (296, 105), (272, 134), (256, 176), (292, 205), (304, 236)),
            *((345, 268), (362, 350), (430, 352), (478, 392), (508, 512), (24, 512), (22, 440), (44, 290), (66, 244)),
            *((114, 214), (122, 180), (150, 150), (184, 148), (178, 128), (156, 98), (156, 62)),
        ],
    ),
]


def classes(photo: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the class of each pixel: wall where nothing else is."""
    numbers = np.zeros(photo.shape[:2], np.int64)
    for number, outline in CLASSES:
        numbers[mask.polygon(photo, outline) >= 128] = number
    return numbers


def main(folder: Path) -> None:
    """Write ``control-types.png`` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    local = [name for name, of in control.TYPES.items() if of.is_local]
    astronaut = data.astronaut()
    motorcycle, _, disparity = data.stereo_motorcycle()
    first = [("photo", astronaut)]
    first += [(name, control.make(name, astronaut).image) for name in local]
    first += [
        ("pose", control.make("pose", [ASTRONAUT], size=(512, 512)).image),
        ("segmentation", control.make("segmentation", classes(astronaut)).image),
    ]
    second = [(name, control.make(name, disparity, options={"near": "high"}).image) for name in ("depth", "normal")]
    again = [(name, control.make(name, motorcycle).image) for name in local]
    trained = ("canny, as flux was trained", control.canny(astronaut, profile="flux"))
    dense = ("canny, 12 % of the pixels", control.canny(motorcycle, density=0.12))
    tiles = [*first, trained, ("photo", motorcycle), *again, *second, dense]
    sheet = preview.contact_sheet(tiles, columns=7, tile_px=216)
    save_image(sheet, folder / "control-types.png", overwrite=True)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
