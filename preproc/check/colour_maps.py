"""Checks of maps whose colours mean something: poses, normals, segmentation."""

from __future__ import annotations

import cv2
import numpy as np

from ..arrays import Image, narrow, size_of_array
from ..control.segmentation import PaletteChoice, common_colours, match_colours, palette_of
from .colour_shares import is_turned, normal_error, palette_share, pose_share, some_pixels
from .kinds import Kind
from .picture_facts import Facts
from .pose_channels import is_swapped
from .remaking import palette_text, remade
from .report import Finding

__all__ = ["are_class_numbers", "normal_findings", "pose_findings", "segmentation_findings"]

_SWAP = "m[:, :, ::-1]  # it was written or read by OpenCV as BGR"


def pose_findings(pixels: Image, facts: Facts, kind: Kind) -> list[Finding]:
    """Check a picture of poses."""
    if kind == "inverted-pose":
        return [Finding("inverted", "error", "the negative of a pose", "255 - m", facts.inverse.black)]
    white = (pixels == 255).all(axis=2)
    if white.mean() > 0.5 and pose_share(np.where(white[..., None], np.uint8(0), pixels)) > 0.6:
        message = f"{white.mean():.0%} of it is white, and poses are drawn on black (transparency over white?)"
        fix = "np.where((m == 255).all(axis=2, keepdims=True), np.uint8(0), m)"
        return [Finding("background", "error", message, fix, float(white.mean()))]
    if kind == "pose":
        if is_swapped(pixels):
            return [Finding("channels-swapped", "error", "limbs and joints have red and blue swapped", _SWAP)]
        exact = pose_share(pixels, tolerance=2)
        if exact < 0.9:
            message = (
                f"{1 - exact:.0%} of what is drawn has colours that no joint or limb has, as JPEG and resizing leave"
            )
            again = remade("pose", size=size_of_array(pixels), note="and save it as PNG")
            return [Finding("fringed-colours", "warning", message, again, 1 - exact)]
        return []
    if kind == "edges" and facts.coloured < 0.0005 and _are_dots(pixels):
        return []  # white points on black: a face alone, as far as can be seen
    if kind == "inverted-edges" and facts.coloured < 0.0005 and _are_dots(narrow(~pixels)):
        return [Finding("inverted", "error", "the negative of a face's points", "255 - m", facts.inverse.black)]
    draw = remade("pose", size=size_of_array(pixels), note='or Fal().preprocess("pose", photo)')
    if kind == "photo":
        return [Finding("photo", "error", "a photo, and a pose is expected", draw, kind)]
    if kind != "unknown":
        return [Finding("other-map", "error", f"this looks like {kind}, not a pose", draw, kind)]
    message = f"its colours are not those of OpenPose on black ({facts.tones.black:.0%} of it is black)"
    return [Finding("not-a-pose", "error", message, draw, facts.tones.black)]


def _are_dots(pixels: Image) -> bool:
    """Tell whether what is white is as broad as the points of a face, and little of it."""
    lit = (pixels[:, :, 0] >= 128).astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    broad = cv2.countNonZero(cv2.morphologyEx(lit, cv2.MORPH_OPEN, disc))
    return bool(broad > 0.6 * cv2.countNonZero(lit) and cv2.countNonZero(lit) < 0.2 * lit.size)


def normal_findings(pixels: Image, facts: Facts, kind: Kind) -> list[Finding]:
    """Check a normal map."""
    readings = (
        ("", pixels, ""),
        ("channels-swapped", pixels[:, :, ::-1], "what faces the camera is red, not blue: red and blue are swapped"),
        ("inverted", narrow(~pixels), "all surfaces face away from the camera"),
    )
    valid = [
        (float(picture[..., 2].mean()), code, text)
        for code, picture, text in readings
        if _is_directions(picture, 0.03 if code else 0.08)
    ]
    if valid and kind != "photo" and facts.coloured > 0.002:  # light gray is a direction too, but no map of them
        # Scenes may be turned so that several readings are directions: what faces the camera most is right.
        _, code, text = max((front + (40 if not code else 0), code, text) for front, code, text in valid)
        return [Finding(code, "error", text, _SWAP if code == "channels-swapped" else "255 - m")] if code else []
    made = remade("normal", note='or Fal().preprocess("normal", photo)')
    if kind == "photo":
        return [Finding("photo", "error", "a photo, and a normal map is expected", made, kind)]
    if kind not in {"normal", "unknown"}:
        return [Finding("other-map", "error", f"this looks like {kind}, not a normal map", made, kind)]
    vectors = pixels.reshape(-1, 3).astype(np.float32) / 127.5 - 1
    facing = float((vectors[:, 2] > -0.1).mean())
    message = f"its colours are no directions: {facing:.0%} of the pixels face the camera (blue of 128 and more)"
    return [Finding("not-normals", "error", message, made, facing)]


def _is_directions(picture: Image, tolerance: float) -> bool:
    """Tell whether the colours are directions; a plain colour must be one exactly, for many skies nearly are.

    Swapped and inverted maps out of JPEG are within 0.03, and orange photos, read so, within 0.06.
    """
    error = normal_error(picture)
    return error < 0.02 or (error < tolerance and is_turned(picture))


def segmentation_findings(pixels: Image, facts: Facts, kind: Kind, palette: PaletteChoice) -> list[Finding]:
    """Check a segmentation map against its palette."""
    chosen = palette_of(palette)
    sample = some_pixels(pixels.reshape(-1, 3), most=200_000)[None]
    _, strange = match_colours(sample, chosen)
    known = 1 - float(strange.mean())
    if kind in {"pose", "inverted-pose"}:  # its colours are in the palettes too
        return [Finding("other-map", "error", "this looks like a pose", remade("segmentation", palette=palette), kind)]
    if known > 0.999:
        return []
    named, again = palette if isinstance(palette, str) else "the palette", remade("segmentation", palette=palette)
    _, swapped = match_colours(sample[:, :, ::-1], chosen)
    if swapped.mean() < 0.01 < strange.mean():
        return [Finding("channels-swapped", "error", f"the colours of {named} with red and blue swapped", _SWAP, known)]
    for other in ("ade20k", "coco"):
        if known < 0.9 and match_colours(sample, palette_of(other))[1].mean() < 0.01:
            fix = remade("segmentation", palette=palette, note=f'or check with palette="{other}"')
            return [Finding("palette", "error", f"these are the colours of {other}, not of {named}", fix, known)]
    levels = int(np.count_nonzero(np.bincount(pixels[:, :, 0].ravel(), minlength=256)))
    numbers = kind in {"unknown", "depth"} or (
        kind in {"blank", "edges", "inverted-edges"} and are_class_numbers(pixels)
    )
    used = np.setdiff1d(pixels[:, :, 0], [255])  # 255 is no class in many label maps
    if facts.coloured == 0 and facts.flat > 0.8 and numbers and np.isin(used, chosen.labels).all():
        message = f"it is gray with {levels} levels: class numbers where colours are expected"
        fix = f"control.segmentation_map(np.atleast_3d(m)[..., 0], palette={palette_text(palette)})"
        return [Finding("palette", "error", message, fix, known)]
    if kind == "photo":
        fix = remade("segmentation", palette=palette, note="class numbers come from a segmentation model")
        return [Finding("photo", "error", "a photo, and a segmentation map is expected", fix, kind)]
    if kind in {"edges", "inverted-edges", "normal", "depth"}:
        return [Finding("other-map", "error", f"this looks like {kind}, not segmentation", again, kind)]
    areas = narrow(cv2.medianBlur(np.ascontiguousarray(pixels), 5))
    if facts.coloured > 0.02 and palette_share(areas, palette, tolerance=6) > 0.4:
        message = f"{1 - known:.1%} of the pixels have colours between the classes, as JPEG and resizing leave them"
        options = f"palette={palette_text(palette)}"
        fix = f"control.segmentation_map(control.read_segmentation(m, {options}, tolerance=20, unknown=-1), {options})"
        return [Finding("fringed-colours", "warning", message, fix, 1 - known)]
    message = f"{1 - known:.0%} of the pixels have colours that {named} does not know: "
    colours = ", ".join(common_colours(sample[strange]))
    return [Finding("palette", "error", message + colours, again, known)]


def are_class_numbers(pixels: Image) -> bool:
    """Tell whether these may be some small numbers instead of colours: all gray, two of them on more than a few pixels."""
    red = pixels[:, :, 0]
    if not (np.array_equal(red, pixels[:, :, 1]) and np.array_equal(red, pixels[:, :, 2])):
        return False
    counts = np.bincount(red.ravel(), minlength=256)
    highest_class = 200  # of the palettes known here, COCO's
    return bool(
        np.count_nonzero(counts) >= 2 and red.max() <= highest_class and np.partition(counts, -2)[-2] > red.size / 2000
    )
