"""Which thresholds? Canny's edges of one photo under several, on one sheet, with the share of the pixels they draw.

``python samples/compare_thresholds.py [FOLDER]`` writes ``compare-thresholds.png``; a command does the same:
``preproc sweep canny cup.jpg --vary low=50,100 --vary high=150,300,600``.
"""

import sys
from pathlib import Path

import cyclopts
from skimage import data

from preproc import PreprocError, control, save_image, sweep


def main(folder: Path = Path()) -> None:
    """Compare low and high thresholds, and say what the photo's own would be."""
    folder.mkdir(parents=True, exist_ok=True)
    photo = data.coffee()
    found = sweep.over("canny", photo, grid={"low": [50, 100], "high": [150, 300, 600]}, tile_px=360)
    save_image(found.sheet, folder / "compare-thresholds.png", overwrite=True)
    for row in found.rows:  # control.rebuild(row.recipe, photo) makes the map of a row again, byte for byte
        print(f"low {row.options['low']}, high {row.options['high']}: {row.density:.1%} of the pixels are edges")
    chosen = control.thresholds(photo)  # what canny takes by itself, after a blur that suits the photo's size
    print(f"found in the photo: low {chosen.low:.0f}, high {chosen.high:.0f}: {chosen.density:.1%}")


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
