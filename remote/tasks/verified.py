"""Look at a map that an endpoint made, before anything is built on it: size, content, kind, polarity."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeAlias, cast

from preproc import check
from preproc.arrays import Image, size_of_array
from preproc.check import Finding, Report
from preproc.control.registry import TYPES
from preproc.control.resizing import resized
from preproc.geometry import Size

from ..errors import RemoteError
from ..jobs.result import Result

__all__ = ["Evidence", "MapResult", "verified"]

Evidence: TypeAlias = dict[Literal["near_point", "far_point", "sky", "reference"], Any]

_CHECKED_AS = {
    "depth": "depth", "midas": "depth", "zoe": "depth", "pose": "pose", "normal": "normal", "lineart": "lineart",
    "soft_edge": "soft_edge", "hed": "soft_edge", "pidi": "soft_edge", "teed": "soft_edge", "scribble": "scribble",
    "mlsd": "lines",
}  # fmt: skip
_ALIKE = {**dict.fromkeys(("depth", "midas", "zoe"), ("depth", "midas", "zoe")),
          **dict.fromkeys(("soft_edge", "hed", "pidi", "teed"), ("hed", "pidi", "teed"))}  # fmt: skip
"""Maps of the same use, each from another maker."""
_USELESS = frozenset({"blank", "photo", "other-map", "inverted", "depth-inverted"})
_ROUNDING_PX = 32  # sides in multiples of 64


@dataclass(frozen=True, slots=True)
class MapResult(Result):
    """The answer of a hosted preprocessor, looked at.

    Attributes
    ----------
    map
        The map at the size that was asked for, uint8 `(H, W, 3)`; `image` is the file as it came.
    report
        What `preproc.check.control` found on the file as it came; None for kinds that cannot be checked.
    """

    map: Image = field(repr=False, kw_only=True)
    report: Report | None = field(default=None, kw_only=True)


def verified(
    kind: str, result: Result, photo: Size, size: Size, evidence: Evidence, *, strict: bool = True
) -> MapResult:
    """Check a map of a photo of the size `photo`, and bring it to `size`.

    Parameters
    ----------
    kind
        What was asked for.
    result
        The answer.
    photo
        The size of what was sent.
    size
        The size that is wanted.
    evidence
        What is known about depth, in pixels of the photo.
    strict
        Raise where the map is of no use; else the report says so.

    Raises
    ------
    RemoteError
        If the map is blank, a photo, of another kind, upside down, or of another shape than the photo.
    """
    made = result.image.array()
    came = size_of_array(made)
    type_ = _CHECKED_AS.get(kind)
    findings: list[Finding] = []
    if abs(came.width * photo.height - came.height * photo.width) > _ROUNDING_PX * max(*came, *photo):
        words = f"the map is {came}, and the photo {photo}: it shows another part, or is stretched"
        findings.append(Finding("aspect", "error", words, "ask another endpoint", came))
    if type_ is not None:
        looked_at = resized(made, photo, kind=_kind(type_)) if evidence else made
        findings += check.control(looked_at, cast("Any", type_), **evidence).findings
    bad = next((each for each in findings if each.code in _USELESS or each.code == "aspect"), None)
    if strict and bad is not None:
        raise RemoteError(
            f"{result.endpoint} made a {kind} map that is of no use: {bad.message} [{bad.code}]",
            fix=f"{_instead(kind, bad.fix)}; verify=False returns it as it is",
            endpoint=result.endpoint,
            request_id=result.request_id,
        )
    own = {each.name: getattr(result, each.name) for each in fields(Result)}
    report = None if type_ is None else Report(findings)
    return MapResult(**own, map=resized(made, size, kind=_kind(type_)), report=report)


def _instead(kind: str, fix: str | None) -> str:
    """Say what may do better; for a map from elsewhere that would be the very job that made this one."""
    if fix and "preprocess(" not in fix:
        return fix
    others = [f'Fal().preprocess("{name}", photo)' for name in _ALIKE.get(kind, ()) if name != kind]
    if kind == "soft_edge":
        others = others[1:]  # it is hed
    return " or ".join(others) or "ask another endpoint of the group preprocess"


def _kind(type_: str | None) -> Literal["palette", "smooth"]:
    """Poses keep their exact colours; hosted lines are not exact enough to be thinned."""
    return "palette" if type_ is not None and TYPES[type_].kind == "palette" else "smooth"
