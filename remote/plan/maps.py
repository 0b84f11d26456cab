"""Whether control maps are what the endpoint expects, and whether it would make a map of a map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from preproc import check

from .. import catalog
from ..catalog.facts import Spec
from . import paths
from .inputs import Input, Inputs
from .notes import Notes
from .photos import LOOK_LIKE_PHOTOS, middle_of

if TYPE_CHECKING:
    from preproc.check.control_maps import CheckedType

__all__ = ["check_maps"]

_MAKERS = {
    "canny": "control.canny(photo)",
    "soft_edge": "control.soft_edge(photo)",
    **{kind: f"fal.preprocess({kind!r}, photo).map" for kind in ("depth", "pose", "normal")},
}
_Wanted: TypeAlias = Literal["map", "photo", "either", "unknown"]


@dataclass(frozen=True, slots=True)
class _Place:
    """What belongs in one argument.

    ``either``: the switch still decides. ``unknown``: nobody says. `kind` is our word for the type, empty where none is
    said. `switch` and `off` are the argument that has the endpoint make the map, and the value that keeps it from it.
    """

    wanted: _Wanted
    kind: str = ""
    switch: str = ""
    off: Any = None

    @property
    def switch_off(self) -> str:
        return f"set {self.switch} to {self.off!r}"


def check_maps(notes: Notes, spec: Spec, payload: dict[str, Any], inputs: Inputs) -> None:
    """Refuse a photo where a map belongs and the reverse; switch map making off where a finished map is sent.

    Writes the switches into `payload`.
    """
    for read in inputs.found.values():
        if read.role != "control" or read.path.endswith("change_map_image_url"):
            continue
        place = _place(spec, payload, read.path)
        if place.wanted == "unknown":
            evidence = spec.control.evidence if spec.control else "nothing is documented"
            notes.warn(f"{read.path}: who makes the map is not known for {spec.id} ({evidence})")
        is_photo = _is_photo(read, place.kind)
        _set_switch(notes, payload, read, place, is_photo=is_photo)
        if place.wanted == "map" and is_photo:
            make = _MAKERS.get(place.kind, "one, see preproc.control")
            other = f"; or set {place.switch} to have the endpoint make it" if place.switch else ""
            message = (
                f"this is a photo, and {spec.id} takes a finished {place.kind or 'control'} map: send {make}{other}"
            )
            notes.problem(read.path, "a photo", message, "photo-for-map")
        elif place.wanted == "photo" and is_photo is False:
            undo = f"; {place.switch_off} to send it as it is" if place.switch else ""
            message = f"and {spec.id} would make a map of it: send the photo{undo}"
            if _is_surely_map(read):
                notes.problem(read.path, "a control map", f"this is a finished map, {message}", "map-for-photo")
            else:
                notes.warn(f"{read.path}: this looks like a finished map, {message}")
        elif place.kind and read.pixels is not None and _is_sent_as_map(place, is_photo=is_photo):
            kind = cast("CheckedType", place.kind)
            found = check.control(read.pixels, kind, size=_chosen_size(payload)).findings
            known = (one for one in found if not _is_known_better(one.code, read, kind))
            notes.report(read.path, check.Report(tuple(_in_place(one, spec, kind) for one in known)))


def _in_place(one: check.Finding, spec: Spec, kind: str) -> check.Finding:
    """Say of another map where one that looks like a photo belongs what this endpoint takes; it makes no maps."""
    if one.code != "map" or kind not in LOOK_LIKE_PHOTOS:
        return one
    message = one.message.replace("a photo is expected", f"{spec.id} takes a {kind} map, which looks like a photo")
    return replace(one, message=message, fix=f"control.{kind}(photo), or say what kind of map it is")


def _is_known_better(code: str, read: Input, kind: str) -> bool:
    """Tell whether a guess of what a picture shows is idle: a gray photo may be as smooth as a depth map."""
    return code == "map" and kind in LOOK_LIKE_PHOTOS and getattr(read.source, "recipe", None) is not None


def _is_sent_as_map(place: _Place, *, is_photo: bool | None) -> bool:
    return place.wanted == "map" or (place.wanted == "either" and is_photo is False)


def _is_photo(read: Input, kind: str) -> bool | None:
    """Tell a photo from a map; None where that cannot be told, or is the same for this type."""
    if read.pixels is None or kind in LOOK_LIKE_PHOTOS:
        return None
    if hasattr(read.source, "recipe"):  # a ControlMap says so itself
        return False
    seen = check.kind_of(middle_of(read.pixels))
    return None if seen in {"unknown", "blank"} else seen == "photo"


def _is_surely_map(read: Input) -> bool:
    """Tell whether a map is one beyond doubt; a gray photo may be nearly as smooth as depth, and is not refused."""
    if read.pixels is None or hasattr(read.source, "recipe"):
        return True
    return not check.control(middle_of(read.pixels), "photo").ok


def _set_switch(notes: Notes, payload: dict[str, Any], read: Input, place: _Place, *, is_photo: bool | None) -> None:
    if not place.switch or place.wanted not in {"either", "unknown"} or paths.get(payload, place.switch) is not None:
        return
    if is_photo is False:
        paths.put(payload, place.switch, place.off)
        notes.warn(f"{place.switch} is set to {place.off!r}: {read.path} is a finished map")
    elif is_photo is None:
        notes.warn(
            f"{place.switch} is left on: {read.path} is taken for a photo; {place.switch_off} for a finished map"
        )


def _place(spec: Spec, payload: Mapping[str, Any], path: str) -> _Place:
    home, _, name = path.rpartition(".")
    if home.startswith("control_loras"):
        made = paths.get(payload, f"{home}.preprocess") or "None"
        return _Place("map" if made == "None" else "photo", "", f"{home}.preprocess", "None")
    if home:
        return _Place("map", _our_word(spec, paths.get(payload, f"{home}.control_mode")))
    control = spec.control
    if control is None:
        return _Place("unknown")
    word = name.removesuffix("_image_url") if control.form == "per type" else next(iter(control.types.values()), "")
    kind = "" if control.form == "field" and len(control.types) > 1 else _our_word(spec, word)
    switch, off = next(((place.format(type=word), value) for place, value in control.off.items()), ("", None))
    wanted: _Wanted
    if control.maker != "switch":
        wanted = {"caller": "map", "endpoint": "photo"}.get(control.maker, "unknown")  # type: ignore[assignment]
    elif payload.get(switch) is None and spec.fields[switch].default != off:
        wanted = "either"
    else:
        wanted = "map" if payload.get(switch) in {None, off} else "photo"
    return _Place(wanted, kind, switch, off)


def _our_word(spec: Spec, word: Any) -> str:
    types = spec.control.types if spec.control else {}
    return next((ours for ours, theirs in types.items() if theirs == word), "")


def _chosen_size(payload: Mapping[str, Any]) -> tuple[int, int] | None:
    chosen = payload.get("image_size")
    if isinstance(chosen, Mapping):
        return chosen["width"], chosen["height"]
    return catalog.presets().get(chosen) if isinstance(chosen, str) else None
