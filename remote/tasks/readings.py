"""Read something out of a photo: masks and maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeAlias, Unpack, cast

import numpy as np
import PIL.Image

from preproc.arrays import Mask, same_size
from preproc.files import ImageSource, load_image, size_of

from ..core import Core, Running
from ..errors import PlanError, RemoteError
from ..jobs.result import Result
from ..plan import Plan
from ..plan.resolve import resolve
from .checked import task
from .verified import Evidence, MapResult, verified

__all__ = ["Map", "ReadingTasks"]

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
            ``fal-ai/sam-3/image`` takes all three, ``fal-ai/sam2/image`` points and boxes, ``fal-ai/evf-sam`` text.
        arguments, **running
            As in `Fal.transform`.

        Returns
        -------
        ndarray of uint8, shape (H, W)
            Of the photo's size; 255 where it is.

        Raises
        ------
        PlanError
            If nothing says what to find.
        RemoteError
            If nothing was found.
        """
        if text is None and not points and box is None:
            raise PlanError(
                "nothing says what to find", endpoint=endpoint, fix='text="the dog", points=[(x, y)] or box='
            )
        there = resolve(endpoint)
        fields = there.spec.fields if there.spec else {}
        picture = load_image(photo)
        words: dict[str, Any] = {"prompt": text}
        if points:
            words["point_prompts" if "point_prompts" in fields else "prompts"] = [_point(point) for point in points]
        if box is not None:
            sides = zip(("x_min", "y_min", "x_max", "y_max"), box, strict=True)
            words["box_prompts"] = [{name: round(side) for name, side in sides}]
        if "apply_mask" in fields and "apply_mask" not in (arguments or {}):
            words["apply_mask"] = False
        result = self.run(self._plan(there, arguments, image=picture, **words), **running)
        files = result.masks or result.images
        if not files:
            raise RemoteError(
                f"{endpoint} found nothing",
                fix="say it in other words",
                endpoint=endpoint,
                request_id=result.request_id,
            )
        found = files[0].array()[:, :, 0]
        same_size(picture, found)
        return np.where(found >= 128, np.uint8(255), np.uint8(0))

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
            raise PlanError(
                f"no endpoint makes {kind!r} maps",
                fix=f"one of {', '.join(_MAKERS)}, or preproc.control.make({kind!r}, photo)",
            )
        maker = endpoint or _MAKERS[kind][0]
        return self._plan(resolve(maker), arguments, image=photo)


def _only_map(kind: str, result: Result) -> Result:
    """Keep of a result the file that is the map."""
    field = _MAKERS.get(kind, ("", "image"))[1]
    return replace(result, files={field: result.files[field]}) if field in result.files else result


def _point(point: tuple[float, float] | tuple[float, float, bool]) -> dict[str, int]:
    """Write a point as the endpoints do: label 1 is on it."""
    x, y, *inside = point
    return {"x": round(x), "y": round(y), "label": int(all(inside))}
