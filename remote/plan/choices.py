"""What is chosen for the caller where they left it open, so that nothing is lost on the way."""

from __future__ import annotations

from typing import Any

from preproc.geometry import Size

from .. import catalog
from ..catalog.facts import Spec
from ..catalog.field import Role
from .checks import sent_size
from .inputs import Inputs
from .notes import Notes

__all__ = ["choose", "largest_file", "takes_size_of_picture"]

_FOLLOWS_PICTURE = frozenset({"image_to_image", "controlnet", "inpaint", "fill"})


def choose(notes: Notes, spec: Spec, payload: dict[str, Any], inputs: Inputs) -> None:
    """Ask for PNG, for a downloadable result and for the size of the picture, unless the caller chose otherwise."""
    _choose_format(notes, spec, payload)
    _name_examples(notes, spec, payload)
    if "sync_mode" in spec.fields and spec.fields["sync_mode"].default is True and "sync_mode" not in payload:
        payload["sync_mode"] = False
        notes.warn("sync_mode is set to False: the result would come inline and leave no trace in fal's history")
    size = sent_size(inputs, spec)
    if size is not None:
        _choose_size(notes, spec, payload, size)


def largest_file(spec: Spec | None, role: Role) -> int | None:
    """Return how many bytes a file may have; None where no limit is known.

    fal reads pictures up to a size; archives, weights and the like are read by other means and may be larger.
    """
    if role == "file":
        return None
    stated = spec.size.max_file_bytes if spec else None
    return min(stated or catalog.max_input_bytes(), catalog.max_input_bytes())


def takes_size_of_picture(spec: Spec) -> bool:
    """Tell whether `image_size` is set to the size of the picture where it is left out."""
    fact = spec.fields.get("image_size")
    if fact is None or fact.type != "size" or spec.group not in _FOLLOWS_PICTURE:
        return False
    return not spec.output_size.follows_input and fact.default != "auto"


def _name_examples(notes: Notes, spec: Spec, payload: dict[str, Any]) -> None:
    """Warn where the endpoint would put its own example in place of what was left out."""
    for name, fact in spec.fields.items():
        example = fact.type == "url" or (name == "prompt" and spec.group in {"segment", "background"})
        if example and fact.default and name not in payload:
            notes.warn(f"{name} is left out: the endpoint puts its own example there, {str(fact.default)[:60]!r}")


def _choose_format(notes: Notes, spec: Spec, payload: dict[str, Any]) -> None:
    name = spec.format_field
    if name is None or "png" not in spec.fields[name].enum:
        return
    chosen = payload.setdefault(name, "png")
    if chosen in {"jpeg", "jpg"}:
        notes.warn(f"{name} is {chosen}, which is lossy; png keeps every pixel")


def _choose_size(notes: Notes, spec: Spec, payload: dict[str, Any], size: Size) -> None:
    fact = spec.fields.get("image_size")
    if fact is None or fact.type != "size" or spec.group not in _FOLLOWS_PICTURE:
        return
    if spec.output_size.follows_input or (fact.default == "auto" and "image_size" not in payload):
        return
    chosen = payload.get("image_size")
    if chosen is None:
        if max(size) <= catalog.max_side():
            payload["image_size"] = {"width": size.width, "height": size.height}
            otherwise = f"{fact.default} otherwise" if fact.default else "not documented otherwise"
            notes.warn(f"image_size is set to that of the picture, {size} ({otherwise})")
        return
    wanted = Size(chosen["width"], chosen["height"]) if isinstance(chosen, dict) else None
    wanted = wanted or (Size(*catalog.presets()[chosen]) if chosen in catalog.presets() else None)
    if wanted is not None and wanted.width * size.height != wanted.height * size.width:
        notes.warn(
            f"image_size {wanted} has another shape than the picture, {size}: the result will be stretched or cut"
        )
