"""Read something out of a photo: masks and maps."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from numbers import Real
from typing import Any, Literal, TypeAlias, Unpack, cast

import numpy as np
import PIL.Image

from preproc import control as controls
from preproc import mask as masks
from preproc.arrays import Mask, size_of_array
from preproc.errors import InputError
from preproc.files import ImageSource, load_image, size_of
from preproc.geometry import Size

from ..core import Core
from ..errors import PlanError, RemoteError
from ..jobs.result import Result
from ..plan import Plan
from ..plan.resolve import Resolved, resolve
from ..running import Running
from .checked import task
from .verified import Evidence, MapResult, verified
from .words import in_words

__all__ = ["FROM_A_PHOTO", "Map", "ReadingTasks"]

Map: TypeAlias = Literal[
    "depth", "pose", "lineart", "soft_edge", "hed", "pidi", "teed", "scribble", "mlsd", "normal", "midas", "zoe"
]
"""Maps that fal makes."""
_MAKERS: dict[str, tuple[str, str]] = {
    "depth": ("fal-ai/image-preprocessors/depth-anything/v2", "image"),
    "pose": ("fal-ai/dwpose", "image"),
    "lineart": ("fal-ai/image-preprocessors/lineart", "image"),
    "soft_edge": ("fal-ai/image-preprocessors/hed", "image"),
    "hed": ("fal-ai/image-preprocessors/hed", "image"),
    "pidi": ("fal-ai/image-preprocessors/pidi", "image"),
    "teed": ("fal-ai/image-preprocessors/teed", "image"),
    "scribble": ("fal-ai/image-preprocessors/scribble", "image"),
    "mlsd": ("fal-ai/image-preprocessors/mlsd", "image"),
    "normal": ("fal-ai/image-preprocessors/midas", "normal_map"),
    "midas": ("fal-ai/image-preprocessors/midas", "depth_map"),
    "zoe": ("fal-ai/image-preprocessors/zoe", "image"),
}


FROM_A_PHOTO = frozenset(name for name, kind in controls.TYPES.items() if kind.source == "photo")
"""Maps that are made on this machine."""
_PLAIN: dict[str, str] = {"prompt": "text", "point_prompts": "points", "prompts": "points", "box_prompts": "box"}


class ReadingTasks(Core):
    """Tasks that look at a photo."""

    @task
    def segment(
        self,
        photo: PIL.Image.Image | ImageSource,
        /,
        *,
        text: str | None = None,
        points: Sequence[tuple[float, float] | tuple[float, float, bool]] | None = None,
        box: tuple[float, float, float, float] | None = None,
        endpoint: str = "fal-ai/sam-3/image",
        arguments: Mapping[str, Any] | None = None,
        **running: Unpack[Running],
    ) -> Mask:
        """Find something in a photo and return its mask.

        Parameters
        ----------
        photo
            In any form.
        text
            What to find, in a word or two.
        points
            `(x, y)` on it, or `(x, y, False)` beside it, in pixels.
        box
            `(left, top, right, bottom)` around it, in pixels.
        endpoint
            ``fal-ai/sam-3/image`` takes all three, ``fal-ai/sam2/image`` points and boxes, ``fal-ai/evf-sam`` and
            ``fal-ai/florence-2-large/referring-expression-segmentation`` text.
        arguments, **running
            As in `Fal.transform`.

        Returns
        -------
        ndarray of uint8, shape (H, W)
            Of the photo's size, whatever the endpoint's own; 255 where it is. Where text finds several things, all of
            them (``arguments={"return_multiple_masks": True}``).

        Raises
        ------
        PlanError
            If nothing says what to find, or the endpoint does not take it said so.
        RemoteError
            If nothing was found.
        """
        if text is None and not points and box is None:
            raise PlanError(
                "nothing says what to find", endpoint=endpoint, fix='text="the dog", points=[(x, y)] or box='
            )
        there = resolve(endpoint)
        picture = load_image(photo)
        words = _target(there, text, points, box, size_of_array(picture))
        fields = there.spec.fields if there.spec else {}
        if "apply_mask" in fields and "apply_mask" not in (arguments or {}):
            words["apply_mask"] = False
        result = self.run(self._plan(there, arguments, image=picture, **words), **running)
        several = points is None and box is None  # things of one name; for a point they are other readings of it
        found = _found(result, size_of_array(picture), several=several)
        if found is None:
            raise RemoteError(
                f"{there.endpoint} found nothing",
                fix="say it in other words",
                endpoint=there.endpoint,
                request_id=result.request_id,
            )
        return found

    @task
    def preprocess(
        self,
        kind: Map | str,
        photo: PIL.Image.Image | ImageSource,
        /,
        *,
        size: tuple[int, int] | None = None,
        near_point: tuple[float, float] | None = None,
        far_point: tuple[float, float] | None = None,
        sky: tuple[float, float, float, float] | None = None,
        reference: PIL.Image.Image | ImageSource | None = None,
        verify: bool = True,
        endpoint: str | None = None,
        arguments: Mapping[str, Any] | None = None,
        **running: Unpack[Running],
    ) -> MapResult:
        """Let fal make a control map, look at what came back, and bring it to size.

        Parameters
        ----------
        kind
            ``"depth"``, ``"pose"``, ``"lineart"``, ``"soft_edge"``, ``"scribble"``, ``"mlsd"``, ``"normal"`` and so on.
            Canny, tile, blur, gray and others are made on this machine by `preproc.control`, for nothing.
        photo
            In any form.
        size
            Width and height of the map, of the photo's shape; None: those of the photo. Preprocessors choose a size of
            their own.
        near_point, far_point, sky, reference
            For depth, what is known about the photo, as in `preproc.check.control`: proves a map that is upside down,
            which nothing else can.
        verify
            False returns a map that is of no use too; `report` says what is wrong with it.
        endpoint
            Another endpoint of the group ``preprocess``.
        arguments, **running
            As in `Fal.transform`.

        Returns
        -------
        MapResult
            Its `map` is the map at that size, `image` the file as it came, `report` what was found on it.

        Raises
        ------
        RemoteError
            If what came back is blank, a photo, a map of another kind, inverted, or of another shape than the photo.
        """
        given = {"near_point": near_point, "far_point": far_point, "sky": sky, "reference": reference}
        evidence = cast("Evidence", {name: value for name, value in given.items() if value is not None})
        if evidence and kind not in {"depth", "midas", "zoe"}:
            raise PlanError(f"{', '.join(evidence)} tell something about depth, not {kind}", fix="leave them out")
        wanted = size_of(photo) if size is None else size_of(size)
        plan = self._map_plan(kind, photo, endpoint, arguments)
        result = _only_map(kind, self.run(plan, **running))
        return verified(kind, result, size_of(photo), wanted, evidence, strict=verify)

    def _map_plan(
        self, kind: str, photo: Any, endpoint: str | None = None, arguments: Mapping[str, Any] | None = None
    ) -> Plan:
        if kind not in _MAKERS and endpoint is None:
            raise PlanError(f"no endpoint makes {kind!r} maps", fix=_who_makes(kind))
        there = resolve(endpoint or _MAKERS[kind][0])
        if there.spec is not None and not any(one.startswith("image") for one in there.spec.outputs.values()):
            raise PlanError(
                f"{there.endpoint} answers no map, only {', '.join(there.spec.outputs)}",
                endpoint=there.endpoint,
                fix=f"fal.run({there.endpoint!r}, image=photo) uses it as it is",
            )
        return self._plan(there, arguments, image=photo)


def _who_makes(kind: str) -> str:
    """Say how a map is made that fal does not make, or which one is probably meant."""
    if kind in FROM_A_PHOTO:
        return f"preproc.control.make({kind!r}, photo) makes it on this machine, for nothing"
    near = difflib.get_close_matches(str(kind), (*_MAKERS, *FROM_A_PHOTO), n=1)
    meant = near[0] if near else None
    if meant in FROM_A_PHOTO and meant not in _MAKERS:
        return f"perhaps {meant!r}: preproc.control.make({meant!r}, photo) makes it on this machine, for nothing"
    hint = f"perhaps {meant!r}; " if meant else ""
    return f"{hint}one of {', '.join(_MAKERS)}; other maps are made on this machine, by preproc.control"


def _only_map(kind: str, result: Result) -> Result:
    """Keep of a result the file that is the map."""
    field = _MAKERS.get(kind, ("", "image"))[1]
    return replace(result, files={field: result.files[field]}) if field in result.files else result


def _point(point: tuple[float, float] | tuple[float, float, bool], size: Size) -> dict[str, int]:
    """Write a point as the endpoints do: label 1 is on it."""
    if not _is_numbers(point, 2, 3) or not (0 <= point[0] < size.width and 0 <= point[1] < size.height):
        raise InputError(
            f"points are (x, y) or (x, y, False) inside the {size} photo, in pixels; got {point!r}",
            fix="points=[(120, 80)]",
        )
    x, y, *inside = point
    return {"x": int(x), "y": int(y), "label": int(all(inside))}


def _sides(box: tuple[float, float, float, float], size: Size) -> dict[str, int]:
    """Write a box as the endpoints do."""
    if not _is_numbers(box, 4) or not (0 <= box[0] < box[2] <= size.width and 0 <= box[1] < box[3] <= size.height):
        raise InputError(
            f"a box is (left, top, right, bottom) inside the {size} photo, in pixels; got {box!r}",
            fix="box=(100, 50, 300, 250)",
        )
    return {name: round(side) for name, side in zip(("x_min", "y_min", "x_max", "y_max"), box, strict=True)}


def _is_numbers(values: Any, *counts: int) -> bool:
    try:
        return len(values) in counts and all(isinstance(value, Real | np.bool_) for value in values)
    except TypeError:
        return False


def _target(
    there: Resolved,
    text: str | None,
    points: Sequence[tuple[float, float] | tuple[float, float, bool]] | None,
    box: tuple[float, float, float, float] | None,
    size: Size,
) -> dict[str, Any]:
    """Say what to find in the endpoint's words; what it does not take is refused."""
    fields = there.spec.fields if there.spec else {}
    words = in_words(there, text)
    if points is not None:
        words["prompts" if "prompts" in fields else "point_prompts"] = [_point(point, size) for point in points]
    if box is not None:
        words["box_prompts"] = [_sides(box, size)]
    missing = [name for name in words if there.spec is not None and name not in fields]
    answers = there.spec.outputs.keys() & {"image", "images", "masks", "results"} if there.spec else {"image"}
    if missing or not answers:
        what = (
            f"takes no {' and no '.join(_PLAIN[name] for name in missing)}"
            if missing
            else "answers no mask, only run lengths"
        )
        raise PlanError(
            f"{there.endpoint} {what}",
            endpoint=there.endpoint,
            fix="fal-ai/sam-3/image takes text, points and boxes",
        )
    if text is None and "prompt" in fields and fields["prompt"].default:
        words["prompt"] = ""  # left out, it would be the endpoint's example
    return words


def _found(result: Result, size: Size, *, several: bool) -> Mask | None:
    """Return what was found as one mask of the photo's size; None where nothing was."""
    polygons = result.raw.get("results")
    if isinstance(polygons, dict) and "polygons" in polygons:
        rings = [[(point["x"], point["y"]) for point in one["points"]] for one in polygons["polygons"]]
        drawn = [masks.polygon(size, ring) for ring in rings if len(ring) > 2]
    else:
        files = result.masks or result.images
        drawn = [_of_size(file.array()[:, :, 0], size) for file in (files if several else files[:1])]
    if not drawn:
        return None
    whole = np.maximum.reduce(drawn)
    return np.where(whole >= 128, np.uint8(255), np.uint8(0))


def _of_size(mask: Mask, size: Size) -> Mask:
    return mask if size_of_array(mask) == size else masks.resize(mask, size)
