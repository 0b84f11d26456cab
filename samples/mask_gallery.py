"""Draw what every function of `preproc.mask` makes, on one sheet.

Run it with the folder to write into: ``python samples/mask_gallery.py out``. Small masks, enlarged without smoothing, so
that every pixel's value shows; photos come from scikit-image.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from preproc import mask, preview, save_image

SIZE = (96, 96)
Picture = NDArray[np.uint8]

SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="96" height="96">
<path d="M12 21C5 15 2 12 2 8a5 5 0 0110-1 5 5 0 0110 1c0 4-3 7-10 13z"/>
<circle cx="12" cy="10" r="3" data-mask="subtract"/></svg>"""


def star(points: int = 5, outer: float = 44, inner: float = 18, centre: tuple[float, float] = (48, 50)) -> Picture:
    """Return the corners of a star."""
    angle = np.arange(2 * points) * np.pi / points - np.pi / 2
    radius = np.where(np.arange(2 * points) % 2, inner, outer)
    return np.stack([centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)], axis=1)


def making() -> list[tuple[str, Picture]]:
    """Return shapes, drawings and what comes out of other forms."""
    pentagram = star(5, 44, 0)[::2][[0, 2, 4, 1, 3]]
    wave = [(x, 48 + 30 * np.sin(x / 9)) for x in range(8, 90, 2)]
    gear = mask.Drawing(SIZE).add(mask.Ellipse((16, 16, 80, 80)), mask.Stroke([(8, 48), (88, 48)], 14))
    gear = gear.add(mask.Stroke([(48, 8), (48, 88)], 14)).subtract(mask.Ellipse((36, 36, 60, 60)))
    heart = mask.Drawing.from_svg(SVG)
    soft = mask.feather(mask.polygon(SIZE, star()), 6, position="centre")
    labels = np.kron(np.arange(9).reshape(3, 3), np.ones((32, 32), int))
    depth = np.hypot(*np.mgrid[-48:48, -48:48])
    return [
        ("rectangle", mask.rectangle(SIZE, (10.5, 20.25, 85.5, 76.75))),
        ("rectangle radius_px=20", mask.rectangle(SIZE, (10, 20, 86, 76), radius_px=20)),
        ("ellipse", mask.ellipse(SIZE, (6, 20, 90, 76))),
        ("polygon", mask.polygon(SIZE, star())),
        ("polygon holes", mask.polygon(SIZE, star(), holes=[star(5, 20, 8)])),
        ("polygon nonzero", mask.polygon(SIZE, pentagram)),
        ("polygon evenodd", mask.polygon(SIZE, pentagram, fill_rule="evenodd")),
        ("stroke", mask.stroke(SIZE, wave, width_px=9)),
        ("stroke closed", mask.stroke(SIZE, star(), width_px=5, closed=True)),
        ("Drawing", gear.render()),
        ("Drawing.render((24, 24))", gear.render((24, 24))),
        ("Drawing.from_svg", heart.render()),
        ("Drawing.from_json", mask.Drawing.from_json(heart.subtract(mask.Stroke(wave, 3)).to_json()).render()),
        ("trace", mask.trace(soft, tolerance_px=0.5).render()),
        ("to_rle, from_rle", mask.from_rle(json.loads(json.dumps(mask.to_rle(soft))))),
        ("to_coco, from_coco", mask.from_coco(mask.to_coco(mask.polygon(SIZE, star(), holes=[star(5, 20, 8)])), SIZE)),
        ("from_alpha", mask.from_alpha(np.dstack([np.zeros((96, 96, 3), np.uint8), soft]))),
        ("from_labels", mask.from_labels(labels, [1, 3, 5, 7])),
        ("from_depth soft=8", mask.from_depth(depth, near=16, far=28, soft=8)),
    ]


def selecting() -> list[tuple[str, Picture]]:
    """Return what is read out of photos."""
    coffee, cat = data.coffee()[:, 60:460], data.chelsea()[:, 60:360]
    later = coffee.copy()
    later[230:300, 40:120] = later[60:130, 40:120]
    return [
        ("photo", coffee),
        ("from_luminance soft=60", mask.from_luminance(coffee, low=150, soft=60)),
        ("from_color soft=15", mask.from_color(coffee, (120, 60, 20), tolerance=15, soft=15)),
        ("flood", mask.flood(coffee, (185, 105), tolerance=24)),
        ("from_difference", mask.from_difference(coffee, later)),
        ("grabcut", mask.grabcut(coffee, (30, 60, 385, 370))),
        ("refine", mask.refine(mask.ellipse(cat, (40, 60, 260, 290)), cat, radius_px=20)),
    ]


def changing() -> list[tuple[str, Picture]]:
    """Return what becomes of a star, and of a ragged mask."""
    shape = mask.polygon(SIZE, star(5, 34, 14))
    other = mask.ellipse(SIZE, (40, 30, 90, 80))
    rng = np.random.default_rng(4)
    noise = cv2.GaussianBlur(rng.normal(size=(96, 96)), (0, 0), 3).astype(np.float32)
    ragged = mask.drop_islands(((noise > 0.02) * np.uint8(255)).astype(np.uint8), min_area_px=2)
    jpeg = cv2.imdecode(cv2.imencode(".jpg", shape, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_GRAYSCALE)
    small = mask.resize(shape, (24, 24))
    a1111 = mask.from_settings("a1111", mask_blur=4)
    return [
        ("star", shape),
        ("grow 6", mask.grow(shape, 6)),
        ("grow ratio=0.1", mask.grow(shape, ratio=0.1)),
        ("shrink 4", mask.shrink(shape, 4)),
        ("feather 16", mask.feather(shape, 16)),
        ("feather 16 centre", mask.feather(shape, 16, position="centre")),
        ("feather 16 inner", mask.feather(shape, 16, position="inner")),
        ("feather 16 linear", mask.feather(shape, 16, curve="linear")),
        ("feather 16 gaussian", mask.feather(shape, 16, curve="gaussian")),
        ("from_settings a1111 4", a1111.apply(shape)),
        ("smooth 5", mask.smooth(shape, 5)),
        ("hull", mask.hull(shape)),
        ("invert", mask.invert(shape)),
        ("binarize", mask.binarize(shape)),
        ("contrast 4 of a feather", mask.contrast(mask.feather(shape, 16), 4)),
        ("union", mask.union(shape, other)),
        ("intersect", mask.intersect(shape, other)),
        ("subtract", mask.subtract(shape, other)),
        ("difference", mask.difference(shape, other)),
        ("resize to 24", small),
        ("resize back soft", mask.resize(small, SIZE)),
        ("resize back hard", mask.resize(small, SIZE, kind="hard")),
        ("resize cover to 24", mask.resize(shape, (24, 24), kind="cover")),
        ("snap 16", mask.snap(shape, 16)),
        ("ragged", ragged),
        ("fill_holes", mask.fill_holes(ragged, max_area_px=60)),
        ("drop_islands", mask.drop_islands(ragged, min_area_px=60)),
        ("a JPEG, values times 8", np.clip(jpeg.astype(int) * 8, 0, 255).astype(np.uint8)),
        ("clean, values times 8", np.clip(mask.clean(jpeg).astype(int) * 8, 0, 255).astype(np.uint8)),
    ]


def main(folder: str) -> None:
    """Write ``mask_gallery.png`` into `folder`."""
    tiles = [(name, enlarged(picture)) for name, picture in (*making(), *selecting(), *changing())]
    Path(folder).mkdir(parents=True, exist_ok=True)
    save_image(preview.contact_sheet(tiles, columns=11, tile_px=192), Path(folder) / "mask_gallery.png", overwrite=True)


def enlarged(picture: Picture) -> Picture:
    """Repeat the pixels of small pictures."""
    factor = max(1, 192 // max(picture.shape[:2]))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


if __name__ == "__main__":
    main(sys.argv[1])
