"""Whether the pictures are what the endpoint expects: sizes, polarity, maps and photos, the user's own mask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from preproc import check
from preproc.check.kinds import kind_of
from preproc.geometry import Size, SizeRule

from . import catalog, paths
from .facts import Spec
from .inputs import Input, Inputs
from .notes import Notes

if TYPE_CHECKING:
    from preproc.edit import Edit

__all__ = ["check_control", "check_edit", "check_mask", "check_sizes", "sent_size"]

_ENOUGH = 1024  # pixels of each side, from the middle, that tell a photo from a map
_LOOKS_LIKE_A_PHOTO = frozenset({"tile", "blur", "gray", "low_quality"})


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
    if spec.mask.white_is_edit is False:
        notes.warn(f"{spec.mask.field}: {spec.id} edits black, so the mask is sent inverted ({spec.mask.evidence})")
        inputs.found[mask.path] = replace(mask, pixels=255 - mask.pixels)
    if image is not None and image.size is not None and image.size != mask.size:
        turned = mask.size == (image.size.height, image.size.width)
        why = " (one of the two is turned by 90 degrees)" if turned else ""
        fix = f"mask.resize(mask, ({image.size.width}, {image.size.height})), or make the mask from this image"
        message = f"the mask is {mask.size} and the image {image.size}{why}: they have to be of one size; {fix}"
        notes.problem(spec.mask.field, str(mask.size), message, "size-mismatch")
        return
    picture = None if image is None else image.pixels
    if edit is not None and reference is not None:
        notes.report(spec.mask.field, check.mask(edit.mask, reference=reference))
        reference = None
    notes.report(spec.mask.field, check.mask(mask.pixels, picture, reference=reference))


def check_edit(notes: Notes, spec: Spec, edit: Edit) -> None:
    """Refuse an edit that was cut for another endpoint's rule."""
    rule = spec.rule
    wrong = rule.problems(edit.sent)
    if edit.rule.cell % rule.cell:
        wrong.append(f"its mask lies on a grid of {edit.rule.cell} px, and the endpoint's cell is {rule.cell} px")
    if wrong:
        fix = f"cut it again with rule=fal.rule({spec.id!r})"
        notes.problem("edit", str(edit.sent), f"it was cut for another rule: {'; '.join(wrong)}; {fix}", "rule")
    if edit.sent_image.ndim == 3 and edit.sent_image.shape[2] == 4:
        notes.warn("the canvas is transparent, and transparency is not sent: the colours under it are")


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


def check_control(notes: Notes, spec: Spec, payload: dict[str, Any], inputs: Inputs) -> None:
    """Refuse a photo where a map belongs and the reverse; switch map making off where a finished map is sent.

    Writes the switches into `payload`.
    """
    for read in inputs.found.values():
        if read.role != "control" or read.path.endswith("change_map_image_url"):
            continue
        wanted, switch, kind = _wanted(spec, payload, read.path)
        is_photo = None if read.pixels is None else _is_photo(read)
        if kind in _LOOKS_LIKE_A_PHOTO:
            continue
        if wanted == "switch":
            assert switch is not None
            _set_switch(notes, payload, read, switch, is_photo=is_photo)
        elif wanted == "unknown":
            evidence = spec.control.evidence if spec.control else ""
            notes.warn(f"{read.path}: who makes the map is not known for {spec.id} ({evidence})")
            if switch and is_photo is False and paths.get(payload, switch[0]) is None:
                paths.put(payload, *switch)
        elif wanted == "map" and is_photo:
            make = f"control.{kind}(photo)" if kind == "canny" else "a finished map, see preproc.control"
            other = f", or set {switch[0]} to have the endpoint make one" if switch else ""
            message = f"this is a photo, and {spec.id} takes a finished {kind or 'control'} map: send {make}{other}"
            notes.problem(read.path, "a photo", message, "photo-for-map")
        elif wanted == "photo" and is_photo is False:
            undo = f"; set {switch[0]} to {switch[1]!r} to send it as it is" if switch else ""
            message = f"this is a finished map, and {spec.id} would make a map of it: send the photo{undo}"
            notes.problem(read.path, "a control map", message, "map-for-photo")


def _is_photo(read: Input) -> bool | None:
    if hasattr(read.source, "recipe"):  # a ControlMap says so itself
        return False
    assert read.pixels is not None
    height, width = read.pixels.shape[:2]
    top, left = max(0, height - _ENOUGH) // 2, max(0, width - _ENOUGH) // 2
    kind = kind_of(read.pixels[top : top + _ENOUGH, left : left + _ENOUGH])
    return None if kind in {"unknown", "blank"} else kind == "photo"


def _set_switch(
    notes: Notes, payload: dict[str, Any], read: Input, switch: tuple[str, Any], *, is_photo: bool | None
) -> None:
    name, off = switch
    if is_photo is False:
        paths.put(payload, name, off)
        notes.warn(f"{name} is set to {off!r}: {read.path} is a finished map")
    elif is_photo is None:
        notes.warn(f"{name} is left on: {read.path} is taken for a photo; set it to {off!r} for a finished map")


def _wanted(spec: Spec, payload: Mapping[str, Any], path: str) -> tuple[str, tuple[str, Any] | None, str]:
    """Say what belongs at `path` (map, photo, switch, unknown), what switches map making off, and the type."""
    home, _, name = path.rpartition(".")
    if home.startswith("control_loras"):
        made = paths.get(payload, f"{home}.preprocess")
        switch = (f"{home}.preprocess", "None")
        return ("map" if made in {None, "None"} else "photo"), switch, "" if made in {None, "None"} else made
    if home:
        return "map", None, _our_word(spec, paths.get(payload, f"{home}.control_mode"))
    control = spec.control
    if control is None:
        return "unknown", None, ""
    word = name.removesuffix("_image_url") if control.form == "per type" else next(iter(control.types.values()), "")
    kind = _our_word(spec, word)
    if len(control.types) > 1 and control.form == "field":
        kind = ""
    off = [(place.format(type=word), value) for place, value in control.off.items()]
    if not off or control.maker == "undocumented":
        return {"caller": "map", "endpoint": "photo"}.get(control.maker, "unknown"), off[0] if off else None, kind
    place, value = off[0]
    given = payload.get(place)
    if given is None and spec.fields[place].default != value:
        return "switch", off[0], kind
    return ("map" if given in {None, value} else "photo"), off[0], kind


def _our_word(spec: Spec, word: Any) -> str:
    types = spec.control.types if spec.control else {}
    return next((ours for ours, theirs in types.items() if theirs == word), "")


def sent_size(inputs: Inputs, spec: Spec) -> Size | None:
    """Return the size of the picture the result follows: the one worked on, else the first control map."""
    image = inputs.at(spec.image_field)
    if image is not None:
        return image.size
    return next((read.size for read in inputs.found.values() if read.role == "control" and read.size), None)
