"""Whether the pictures are what the endpoint expects: the mask, its polarity, sizes, the edit they were cut for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from preproc import check
from preproc.arrays import Image, Mask
from preproc.geometry import Size, SizeRule

from .. import catalog
from ..catalog.facts import Spec
from . import paths
from .inputs import Input, Inputs
from .notes import Notes
from .photos import is_edge_map, type_of_map
from .sizes import predict_size

if TYPE_CHECKING:
    from preproc.edit import Edit

__all__ = ["check_edit", "check_mask", "check_sizes", "check_transparency", "sent_size"]


def check_mask(notes: Notes, spec: Spec, inputs: Inputs, *, edit: Edit | None, reference: Any) -> None:
    """Compare the mask with the picture, with the endpoint's polarity and with where the edit is meant to be."""
    if spec.mask is None:
        return
    mask, image = inputs.at(spec.mask.field), inputs.at(spec.image_field)
    if mask is None:
        return
    if spec.mask.white_is_edit is None:
        notes.warn(
            f"{spec.mask.field}: whether white or black is edited is not documented for {spec.id} "
            f"({spec.mask.evidence}); white is sent as edit"
        )
    elif spec.mask.risk:
        notes.warn(
            f"{spec.mask.field}: white is sent as edit, which is not certain for {spec.id} ({spec.mask.evidence})"
        )
    if mask.pixels is None:
        if spec.mask.white_is_edit is False:
            message = f"{spec.id} edits black, and a mask behind a URL cannot be inverted here: pass the mask itself"
            notes.problem(spec.mask.field, mask.url, message, "polarity")
        return
    if edit is None and (kind := type_of_map(mask)):
        message = f"this is a {kind} map, not a mask: pass what shall be changed, in white; see preproc.mask"
        notes.problem(spec.mask.field, "a control map", message, "map-for-mask")
        return
    if edit is None and is_edge_map(mask.pixels):
        notes.warn(
            f"{spec.mask.field}: this looks like an edge map, thin lines all over it, and white is what is changed; see "
            "preproc.mask for masks of whole regions"
        )
    if spec.mask.white_is_edit is False:
        notes.warn(f"{spec.mask.field}: {spec.id} edits black, so the mask is sent inverted ({spec.mask.evidence})")
        inputs.found[mask.path] = replace(mask, pixels=255 - mask.pixels)
    if image is not None and image.size is not None and image.size != mask.size:
        turned = mask.size == (image.size.height, image.size.width)
        why = " (one of the two is turned by 90 degrees)" if turned else ""
        fix = f"mask.resize(mask, ({image.size.width}, {image.size.height})), or make the mask from this image"
        message = f"the mask is {mask.size} and the image {image.size}{why}: they have to be of one size"
        notes.problem(spec.mask.field, str(mask.size), message, "size-mismatch", fix=fix)
        return
    picture = None if image is None else image.pixels
    if edit is None and picture is not None and all(np.array_equal(picture[..., n], mask.pixels) for n in range(3)):
        notes.problem(spec.mask.field, None, "image and mask are the same picture: pass the photo as image", "same")
        return
    notes.report(spec.mask.field, _mask_report(spec, mask.pixels, picture, edit=edit, reference=reference))


def _mask_report(spec: Spec, mask: Mask, picture: Image | None, *, edit: Edit | None, reference: Any) -> check.Report:
    cell = spec.size.cell
    if edit is None:
        return check.mask(mask, picture, reference=reference, cell=cell)
    if edit.kind == "outpaint" and reference is None:
        return check.mask(mask, picture, intent="outpaint", cell=cell)
    # what is sent for a crop may well be white all over; the user's own mask may not
    return check.mask(edit.mask, reference=reference)


def check_edit(notes: Notes, spec: Spec, edit: Edit) -> None:
    """Refuse an edit that was cut for another endpoint's rule."""
    rule = spec.rule
    wrong = rule.problems(edit.sent)
    if edit.rule.cell % rule.cell:
        wrong.append(f"its mask lies on a grid of {edit.rule.cell} px, and the endpoint's cell is {rule.cell} px")
    if wrong:
        fix = f"cut it again with rule=fal.rule({spec.id!r})"
        notes.problem("edit", str(edit.sent), f"it was cut for another rule: {'; '.join(wrong)}; {fix}", "rule")


def check_transparency(notes: Notes, inputs: Inputs) -> None:
    """Say where a picture loses its transparency on the way."""
    for read in inputs.found.values():
        if read.is_clear:
            notes.warn(
                f"{read.path}: it is transparent in places, and transparency is not sent: the colours under it are; lay it "
                "on a colour of your choice first"
            )


def check_sizes(notes: Notes, spec: Spec, payload: Mapping[str, Any], inputs: Inputs) -> None:
    """Refuse sizes the endpoint does not take or make, and say where it will round."""
    rule = spec.rule
    place, size = _size_that_counts(spec, payload, inputs)
    if size is not None:
        hard = SizeRule(1, 1, rule.min_side, rule.max_side, rule.min_pixels, rule.max_pixels, rule.max_aspect)
        for problem in hard.problems(size):
            notes.problem(place, str(size), f"{size}: {problem}", "image-size")
        if rule.multiple_of > 1 and any(side % rule.multiple_of for side in size):
            notes.warn(
                f"{place}: {size} is not in multiples of {rule.multiple_of}; {spec.id} rounds, so the result has "
                "another size (crop.around with rule=fal.rule(...) avoids that)"
            )
    made, most = predict_size(spec, payload, sent=sent_size(inputs, spec)), spec.output_size.max_pixels
    if made is not None and most is not None and made.pixels > most:
        message = f"the result would be {made}, {made.pixels:,} pixels; {spec.id} makes {most:,} at most"
        notes.problem(spec.output_size.field or place, str(made), message, "output-size")
    for read in inputs.found.values():
        if read.role == "mask" and read.path != (spec.mask.field if spec.mask else None):
            _mask_beside_map(notes, inputs, read)


def _size_that_counts(spec: Spec, payload: Mapping[str, Any], inputs: Inputs) -> tuple[str, Size | None]:
    # where the size of the result can be chosen, the limits are those of the result, else of the picture
    if spec.output_size.size == "image_size":
        chosen = payload.get("image_size")
        if isinstance(chosen, Mapping):
            return "image_size", Size(chosen["width"], chosen["height"])
        if chosen in catalog.presets() or not spec.output_size.follows_input:
            return "image_size", None
    image = inputs.at(spec.image_field)
    return (image.path, image.size) if image else ("", None)


def _mask_beside_map(notes: Notes, inputs: Inputs, mask: Input) -> None:
    # a mask inside a nested object belongs to the picture beside it
    home = mask.path.rpartition(".")[0]
    for name in ("control_image_url", "image_url", "ip_adapter_image_url"):
        beside = inputs.at(paths.join(home, name)) if home else None
        if beside is not None and beside.size is not None and mask.size is not None and beside.size != mask.size:
            message = f"the mask is {mask.size} and {name} is {beside.size}: they have to be of one size"
            notes.problem(mask.path, str(mask.size), message, "size-mismatch")


def sent_size(inputs: Inputs, spec: Spec) -> Size | None:
    """Return the size of the picture the result follows: the one worked on, else the first control map."""
    image = inputs.at(spec.image_field)
    if image is not None:
        return image.size
    return next((read.size for read in inputs.found.values() if read.role == "control" and read.size), None)
