"""Draw what every function of `preproc.mask` makes, on one sheet: a row for each kind.

Run it with the folder to write into: ``python samples/mask_gallery.py out``. Small masks, enlarged without smoothing, so
that every pixel's value shows; photos come from scikit-image.
"""

import json
import sys
from pathlib import Path

import cv2
import cyclopts
import numpy as np
from numpy.typing import NDArray
from skimage import data

from preproc import PreprocError, mask, preview, save_image

SIZE = (96, 96)
Picture = NDArray[np.uint8]
Tile = tuple[str, Picture]
WAVE = [(x, 48 + 30 * np.sin(x / 9)) for x in range(8, 90, 2)]

SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="96" height="96">
<path d="M12 21C5 15 2 12 2 8a5 5 0 0110-1 5 5 0 0110 1c0 4-3 7-10 13z"/>
<circle cx="12" cy="10" r="3" data-mask="subtract"/></svg>"""


def star(points: int = 5, outer: float = 44, inner: float = 18, centre: tuple[float, float] = (48, 50)) -> Picture:
    """Return the corners of a star."""
    angle = np.arange(2 * points) * np.pi / points - np.pi / 2
    radius = np.where(np.arange(2 * points) % 2, inner, outer)
    return np.stack([centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)], axis=1)


def shapes() -> list[Tile]:
    """Return drawn shapes."""
    crossing = star(7, 44, 0)[::2][[0, 3, 6, 2, 5, 1, 4]]  # three times around, across itself
    return [
        ("rectangle", mask.rectangle(SIZE, (10.5, 20.25, 85.5, 76.75))),
        ("rectangle, radius_px=20", mask.rectangle(SIZE, (10, 20, 86, 76), radius_px=20)),
        ("ellipse", mask.ellipse(SIZE, (6, 20, 90, 76))),
        ("polygon", mask.polygon(SIZE, [(8, 30), (40, 6), (62, 34), (90, 28), (70, 88), (48, 60), (20, 84)])),
        ("polygon, holes", mask.polygon(SIZE, star(), holes=[star(5, 20, 8)])),
        ("polygon, nonzero", mask.polygon(SIZE, crossing)),
        ("polygon, evenodd", mask.polygon(SIZE, crossing, fill_rule="evenodd")),
        ("stroke", mask.stroke(SIZE, WAVE, width_px=9)),
    ]


def forms() -> list[Tile]:
    """Return drawings, and what goes out to other formats and comes back."""
    gear = mask.Drawing(SIZE).add(mask.Ellipse((16, 16, 80, 80)), mask.Stroke([(8, 48), (88, 48)], 14))
    gear = gear.add(mask.Stroke([(48, 8), (48, 88)], 14)).subtract(mask.Ellipse((36, 36, 60, 60)))
    heart = mask.Drawing.from_svg(SVG)
    soft = mask.feather(mask.polygon(SIZE, star()), 6, position="centre")
    return [
        ("stroke, closed", mask.stroke(SIZE, star(), width_px=5, closed=True)),
        ("Drawing", gear.render()),
        ("Drawing at 24 x 24", gear.render((24, 24))),
        ("Drawing.from_svg", heart.render()),
        ("Drawing.from_json", mask.Drawing.from_json(heart.subtract(mask.Stroke(WAVE, 3)).to_json()).render()),
        ("trace of a soft mask", mask.trace(soft, tolerance_px=0.5).render()),
        ("to_rle, from_rle", mask.from_rle(json.loads(json.dumps(mask.to_rle(soft))))),
        ("to_coco, from_coco", mask.from_coco(mask.to_coco(mask.polygon(SIZE, star(), holes=[star(5, 20, 8)])), SIZE)),
    ]


def reading() -> list[Tile]:
    """Return what is read out of pictures; of photos the mask lies over them."""
    coffee = data.coffee()[:, 60:460]
    later = coffee.copy()
    later[230:330, 40:150] = later[60:160, 40:150]
    labels = np.kron(np.arange(9).reshape(3, 3), np.ones((32, 32), int))
    depth = np.hypot(*np.mgrid[-48:48, -48:48])
    soft = mask.feather(mask.polygon(SIZE, star()), 6, position="centre")
    return [
        ("from_alpha", mask.from_alpha(np.dstack([np.zeros((96, 96, 3), np.uint8), soft]))),
        ("from_labels", mask.from_labels(labels, [1, 3, 5, 7])),
        ("from_depth, soft=8", mask.from_depth(depth, near=16, far=28, soft=8)),
        ("photo", coffee),
        ("from_luminance", shown(coffee, mask.from_luminance(coffee, low=150, soft=60))),
        ("from_color", shown(coffee, mask.from_color(coffee, (160, 50, 15), tolerance=18, soft=12))),
        ("flood", shown(coffee, mask.flood(coffee, (185, 105), tolerance=24))),
        ("from_difference", shown(coffee, mask.from_difference(coffee, later))),
    ]


def moving() -> list[Tile]:
    """Return what finds an edge in a photo, and what moves one."""
    coffee, portrait = data.coffee()[:, 60:460], data.astronaut()[:300, 80:380]
    rough = mask.trace(mask.grabcut(portrait, (15, 5, 290, 300)), tolerance_px=6).render()
    shape = mask.polygon(SIZE, star(5, 34, 14))
    return [
        ("grabcut from a box", shown(coffee, mask.grabcut(coffee, (15, 0, 398, 380)))),
        ("a rough mask", shown(portrait, rough)),
        ("refine, radius_px=6", mask.refine(rough, portrait, radius_px=6)),
        ("a star", shape),
        ("grow 6", mask.grow(shape, 6)),
        ("shrink 3", mask.shrink(shape, 3)),
        ("hull", mask.hull(shape)),
        ("binarize", mask.binarize(shape)),
    ]


def softening() -> list[Tile]:
    """Return a star's soft edges."""
    shape = mask.polygon(SIZE, star(5, 34, 14))
    return [
        ("feather 16", mask.feather(shape, 16)),
        ("feather 16, linear", mask.feather(shape, 16, curve="linear")),
        ("feather 16, gaussian", mask.feather(shape, 16, curve="gaussian")),
        ("feather 16, centre", mask.feather(shape, 16, position="centre")),
        ("feather 16, inner", mask.feather(shape, 16, position="inner")),
        ("from_settings, A1111 blur 4", mask.from_settings("a1111", mask_blur=4).apply(shape)),
        ("contrast 4 of a feather", mask.contrast(mask.feather(shape, 16), 4)),
        ("smooth 5", mask.smooth(shape, 5)),
    ]


def combining() -> list[Tile]:
    """Return two masks in one, and masks on grids."""
    shape, disc = mask.polygon(SIZE, star(5, 34, 14)), mask.ellipse(SIZE, (40, 30, 90, 80))
    return [
        ("a disc", disc),
        ("union", mask.union(shape, disc)),
        ("intersect", mask.intersect(shape, disc)),
        ("subtract", mask.subtract(shape, disc)),
        ("difference", mask.difference(shape, disc)),
        ("invert", mask.invert(shape)),
        ("snap 16", mask.snap(shape, 16)),
        ("resize to 24, cover", mask.resize(shape, (24, 24), kind="cover")),
    ]


def tidying() -> list[Tile]:
    """Return what sizes and noise do, and what mends it."""
    shape = mask.polygon(SIZE, star(5, 40, 17))
    small = mask.resize(shape, (24, 24))
    rng = np.random.default_rng(4)
    places = np.stack(np.meshgrid(*[np.arange(6, 92, 12)] * 2), axis=-1).reshape(-1, 2) + rng.uniform(-2, 2, (64, 2))
    edge = mask.difference(mask.grow(shape, 4), mask.shrink(shape, 4))
    specks = [mask.Stroke([(x, y)], 4) for x, y in places if not edge[int(y), int(x)]]
    ragged = mask.difference(shape, mask.Drawing(SIZE, specks).render())
    jpeg = cv2.imdecode(cv2.imencode(".jpg", shape, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_GRAYSCALE)
    return [
        ("resize to 24", small),
        ("resize back, soft", mask.resize(small, SIZE, kind="soft")),
        ("resize back, hard", mask.resize(small, SIZE, kind="hard")),
        ("holes and islands", ragged),
        ("fill_holes", mask.fill_holes(ragged, max_area_px=60)),
        ("drop_islands", mask.drop_islands(ragged, min_area_px=60)),
        ("a JPEG, values times 8", np.clip(jpeg.astype(int) * 8, 0, 255).astype(np.uint8)),
        ("clean, values times 8", np.clip(mask.clean(jpeg).astype(int) * 8, 0, 255).astype(np.uint8)),
    ]


def shown(photo: Picture, found: Picture) -> Picture:
    """Lay a mask over its photo."""
    return preview.overlay(photo, found)


def main(folder: Path) -> None:
    """Write ``mask-gallery.png`` into `folder`."""
    rows = (shapes, forms, reading, moving, softening, combining, tidying)
    tiles = [(name, enlarged(picture)) for row in rows for name, picture in row()]
    folder.mkdir(parents=True, exist_ok=True)
    save_image(preview.contact_sheet(tiles, columns=8, tile_px=192), folder / "mask-gallery.png", overwrite=True)


def enlarged(picture: Picture) -> Picture:
    """Repeat the pixels of small pictures."""
    factor = max(1, 192 // max(picture.shape[:2]))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
