"""Whether an endpoint is for what a task does: a job that answers with something else is refused before it is paid."""

from __future__ import annotations

from .. import catalog
from ..catalog.facts import Group
from ..errors import PlanError
from ..plan.resolve import resolve

__all__ = ["FITS", "check_purpose"]

_PAINTERS: frozenset[Group] = frozenset({"inpaint", "fill", "image_to_image", "controlnet", "ip_adapter"})
FITS: dict[str, frozenset[Group]] = {
    "transform": _PAINTERS | {"background"},
    "inpaint": _PAINTERS,
    "fill": _PAINTERS,
    "outpaint": _PAINTERS | {"outpaint"},
    "erase": frozenset({"erase", "inpaint", "fill"}),
    "upscale": frozenset({"upscale", "face"}),
    "remove_background": frozenset({"background"}),
    "restore_face": frozenset({"face", "upscale"}),
    "style": _PAINTERS,
    "segment": frozenset({"segment", "preprocess"}),
    "preprocess": frozenset({"preprocess"}),
}
"""The groups of endpoints that can do a task; what a user's own endpoint is for is only guessed, so it fits each."""


def check_purpose(task: str, endpoint: str, /) -> None:
    """Refuse an endpoint that is for something else.

    Raises
    ------
    PlanError
        Also for an id that `remote.plan.resolve.resolve` refuses.

    Examples
    --------
    >>> check_purpose("upscale", "fal-ai/birefnet")
    Traceback (most recent call last):
        ...
    remote.errors.PlanError: fal-ai/birefnet is for background, and upscale takes endpoints for face and upscale
    Fix: fal.run('fal-ai/birefnet', image=photo) uses it as it is
    """
    spec = resolve(endpoint).spec
    fitting = FITS.get(task)
    if spec is None or fitting is None or spec.group in fitting or catalog.is_own(spec.id):
        return
    *others, last = sorted(fitting)
    groups = f"{', '.join(others)} and {last}" if others else last
    raise PlanError(
        f"{spec.id} is for {spec.group}, and {task} takes endpoints for {groups}",
        endpoint=spec.id,
        fix=f"fal.run({spec.id!r}, image=photo) uses it as it is",
    )
