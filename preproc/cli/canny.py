"""``preproc canny``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from cyclopts import Parameter

import preproc

from ..choices import Profile
from .exits import UsageError
from .fixes import typed
from .many import MANY, WARNED, Done, Many, Task, each
from .outputs import SAVING, Saving, check_formats
from .ranges import Gradient, Within
from .talk import TALK, Talk
from .writing import put

__all__ = ["canny"]


def canny(
    *photos: str,
    low: Gradient | None = None,
    high: Gradient | None = None,
    profile: Profile | None = None,
    density: Annotated[float | None, Parameter(validator=Within(0, 1, open=True))] = None,
    sigma: Annotated[float | None, Parameter(validator=Within(0, 100))] = None,
    l2: bool = False,
    multi_scale: bool = False,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Draw the edges of pictures, white on black.

    With --low and --high, or a --profile, this is OpenCV's Canny, byte for byte. With neither, the thresholds are found
    from the picture's gradients.

    Parameters
    ----------
    photos
        Files, folders, patterns, or - for standard input.
    low
        Lower threshold of the hysteresis, 0 to 2040.
    high
        Upper threshold.
    profile
        Thresholds that a family of models was shown.
    density
        Share of edge pixels to aim at, between 0 and 1.
    sigma
        Standard deviation of the Gaussian before everything else, in pixels.
    l2
        Measure the gradient as the root of dx² + dy².
    multi_scale
        Average the maps of nine sizes; the result is gray.

    Examples
    --------
    preproc canny photo.jpg -o edges.png

    preproc canny photos/ -o edges/ --low 100 --high 200
    """
    from ..arrays import size_of_array
    from ..control.thresholding import density_warnings

    _check_thresholds(low, high, {"--profile": profile, "--density": density})
    sources = many.find(photos)
    targets = saving.targets(sources, tag="canny")
    check_formats(targets, exact=True)

    def work(task: Task) -> Done:
        photo = preproc.load_image(task.source.picture)
        edges = preproc.control.canny(
            photo,
            low=low,
            high=high,
            profile=profile,
            density=density,
            l2=l2,
            denoise_sigma_px=sigma,
            multi_scale=multi_scale,
        )
        put(edges, task.target, overwrite=saving.overwrite)
        share = float((edges > 0).mean())
        size = size_of_array(edges)
        warnings = () if multi_scale else density_warnings(share, size)
        words = "\n".join(
            [f"{task.target}: {size}, {share:.1%} edges", *(f"warning: {typed(each)}" for each in warnings)]
        )
        return Done({"size": size, "density": share, "warnings": warnings}, words, odd=WARNED if warnings else "")

    return each([Task(*pair) for pair in zip(sources, targets, strict=True)], work, saving=saving, many=many, talk=talk)


def _check_thresholds(low: float | None, high: float | None, others: Mapping[str, object]) -> None:
    given = [name for name, value in others.items() if value is not None]
    if low is not None or high is not None:
        given.insert(0, "--high" if low is None else "--low" if high is None else "--low and --high")
    if len(given) > 1:
        raise UsageError(
            f"{' and '.join(given)} each choose the thresholds", fix=f"leave all but one out, such as {given[-1]}"
        )
    if (low is None) != (high is None):
        one, other = ("--low", "--high") if high is None else ("--high", "--low")
        both = (low, min(2 * low, 2040)) if low is not None else ((high or 0) / 2, high)
        raise UsageError(
            f"{one} is given without {other}",
            fix=f"--low {both[0]:g} --high {both[1]:g}, or neither to have them chosen",
        )
    if low is not None and high is not None and low > high:
        raise UsageError(f"--low {low:g} is above --high {high:g}", fix=f"--low {high:g} --high {low:g}")
