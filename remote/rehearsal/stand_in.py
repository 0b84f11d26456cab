"""Stand-in pictures for rehearsals: what goes where can be judged, and nobody takes them for a result.

The masked part is filled with stripes, the rest is the picture that was sent, a shade lighter, as a model's decoder
never returns pixels exactly. The same job always gives the same picture.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL.PngImagePlugin import PngInfo

from preproc.arrays import Image, narrow, size_of_array
from preproc.control.normals import normal_from_depth
from preproc.control.pose import draw_pose
from preproc.files import load_image
from preproc.geometry import Size

from ..catalog.facts import Spec
from ..plan import paths
from ..plan.sizes import predict_size
from .label import LABEL, labelled
from .subject import disc, subject

__all__ = ["Picture", "answer_size", "encode", "paint"]

_DEFAULT = Size(1024, 768)
_SHADE = 3
_STRIPE_PX = 24
_PERSON = (
    *((0.5, 0.2), (0.5, 0.3), (0.42, 0.3), (0.38, 0.43), (0.36, 0.55), (0.58, 0.3), (0.62, 0.43), (0.64, 0.55)),
    *((0.45, 0.55), (0.44, 0.72), (0.44, 0.9), (0.55, 0.55), (0.56, 0.72), (0.56, 0.9)),
    *((0.48, 0.18), (0.52, 0.18), (0.46, 0.19), (0.54, 0.19)),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of an answer, not encoded yet: `(H, W, 3)`, `(H, W, 4)` with alpha, or `(H, W)`."""

    pixels: NDArray[np.uint8]

    @property
    def size(self) -> Size:
        """Width and height."""
        return size_of_array(self.pixels)


def answer_size(spec: Spec, payload: dict[str, Any], sent: Size | None) -> Size:
    """Return the size the endpoint would answer with, as far as that is known; else that of the picture it was sent."""
    return predict_size(spec, payload, sent=sent) or sent or _DEFAULT


def paint(
    spec: Spec,
    payload: dict[str, Any],
    read: Callable[[Any], bytes | None],
    *,
    field: str,
    seed: int,
    size: Size | None = None,
) -> Picture:
    """Make one picture of an answer.

    Parameters
    ----------
    spec, payload
        The endpoint and what it was sent.
    read
        Returns the bytes behind a URL, or None where it cannot.
    field
        The field of the answer.
    seed
        Other seeds give other stripes.
    size
        Another size than the endpoint would answer with.
    """
    scene, marked, shown = (_picture(spec, payload, read, what) for what in ("image", "mask", "control"))
    base = scene if scene is not None else shown
    size = size or answer_size(spec, payload, size_of_array(scene) if scene is not None else None)
    stripes = _stripes(size, seed)
    if "mask" in field or spec.group == "segment":
        return Picture(disc(size))
    if spec.group == "preprocess" and base is not None:
        return Picture(_map(spec.id, field, _fit(base, size)))
    if base is None:
        return Picture(labelled(stripes))
    lighter = _lighter(_fit(base, size))
    if (corner := _corner(spec, payload)) is not None:
        return Picture(labelled(*_spread(_lighter(base), stripes, corner)))
    if spec.group == "background" and field == "image":
        return Picture(np.dstack([labelled(lighter), subject(base, size)]))
    if marked is None and spec.group in {"image_to_image", "controlnet", "ip_adapter", "outpaint"}:
        return Picture(labelled(narrow(cv2.addWeighted(lighter, 0.7, stripes, 0.3, 0))))
    if marked is None:
        return Picture(labelled(lighter))
    inside = _fit(marked, size) >= 128
    lighter[inside] = stripes[inside]
    return Picture(labelled(lighter, inside))


def encode(picture: Picture, form: Literal["png", "jpeg", "webp"], *, about: dict[str, Any]) -> bytes:
    """Encode a picture; what it is stands in its metadata."""
    note = json.dumps({"made by": f"fal-preproc {LABEL}", **about}, sort_keys=True)
    file, image = io.BytesIO(), PIL.Image.fromarray(picture.pixels)
    if form == "png":
        info = PngInfo()
        info.add_text("Comment", note)
        image.save(file, "PNG", pnginfo=info, compress_level=1)
        return file.getvalue()
    exif = PIL.Image.Exif()
    exif[0x010E] = note
    image.convert("RGB").save(file, form.upper(), quality=95, exif=exif)
    return file.getvalue()


def _picture(
    spec: Spec, payload: dict[str, Any], read: Callable[[Any], bytes | None], what: Literal["image", "mask", "control"]
) -> NDArray[np.uint8] | None:
    """Find and decode the picture that plays a part."""
    places = {
        "image": [spec.image_field or ""],
        "mask": [spec.mask.field if spec.mask else ""],
        "control": [place for place, value in _strings(payload) if "control" in place or place.endswith("_image_url")],
    }[what]
    for place in places:
        value = paths.get(payload, place)
        data = read(value[0] if isinstance(value, list) and value else value)
        if data is not None:
            picture = load_image(data)
            return narrow(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)) if what == "mask" else picture
    return None


def _strings(tree: Any, path: str = "") -> list[tuple[str, str]]:
    """List the strings of a payload with their places."""
    if isinstance(tree, str):
        return [(path, tree)]
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [found for step, item in items for found in _strings(item, paths.join(path, step))]


def _fit(picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    if size_of_array(picture) == size:
        return picture.copy()
    return narrow(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR))


def _lighter(picture: Image) -> Image:
    return narrow(np.minimum(picture, 255 - _SHADE) + np.uint8(_SHADE))


def _corner(spec: Spec, payload: dict[str, Any]) -> tuple[int, int] | None:
    """Return where the picture lies on a larger canvas, for endpoints that are told; else None."""
    if "original_image_location" in payload:
        left, top = payload["original_image_location"]
        return left, top
    if spec.output_size.size == "expanded":
        return int(payload.get("expand_left", 0)), int(payload.get("expand_top", 0))
    return None


def _spread(picture: Image, canvas: Image, corner: tuple[int, int]) -> tuple[Image, NDArray[np.bool_]]:
    """Lay a picture on a canvas; return the canvas and what is new on it."""
    fresh = np.ones(canvas.shape[:2], np.bool_)
    (height, width), (left, top) = picture.shape[:2], corner
    canvas = canvas.copy()
    place = canvas[top : top + height, left : left + width]
    place[...] = picture[: place.shape[0], : place.shape[1]]
    fresh[top : top + height, left : left + width] = False
    return canvas, fresh


def _stripes(size: Size, seed: int) -> Image:
    """Diagonal stripes in two tones of one hue."""
    rows, columns = np.ogrid[: size.height, : size.width]
    light = ((rows + columns) // _STRIPE_PX % 2).astype(bool)
    tones = np.array([[[seed * 37 % 180, 110, 150], [seed * 37 % 180, 70, 215]]], np.uint8)
    dark_tone, light_tone = narrow(cv2.cvtColor(tones, cv2.COLOR_HSV2RGB))[0]
    return narrow(np.where(light[..., None], light_tone, dark_tone))


def _map(maker: str, field: str, picture: Image) -> NDArray[np.uint8]:
    """Draw a map of the right kind: a ramp with a bulge for depth, one person for a pose, else edges."""
    size = size_of_array(picture)
    if "pose" in maker:
        return draw_pose([_PERSON], size, normalized=True)
    if not any(word in maker for word in ("depth", "midas", "zoe")):
        edges = narrow(cv2.Canny(picture, 100, 200))
        return labelled(narrow(cv2.cvtColor(edges, cv2.COLOR_GRAY2RGB)))
    ramp = np.linspace(30, 190, size.height, dtype=np.float32)[:, None] + np.zeros(size.width, np.float32)
    depth = np.where(disc(size) > 0, ramp + 50, ramp).astype(np.uint8)
    if field == "normal_map":
        return normal_from_depth(depth, near="high")
    return narrow(cv2.cvtColor(depth, cv2.COLOR_GRAY2RGB))
