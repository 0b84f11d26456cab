"""From arguments to a plan: what will be sent, what it will cost, and all that is wrong with it. No network.

A `Plan` is complete and inert: the payload with placeholders where uploaded files' URLs will stand, the bytes of those
files, the predicted price and size, and the warnings. Submitting it is another step.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..catalog.field import Field
from ..catalog.published import role_of
from ..errors import PlanError
from . import checks, choices, maps, paths, photos
from .arguments import read_arguments
from .encode import PLACEHOLDER, Role, Upload
from .identity import defaults_of
from .inputs import Inputs, read_inputs, upload
from .notes import Notes
from .price import Price, predict_price
from .reading import FileValue
from .record import Plan
from .resolve import Resolve, Resolved
from .resolve import resolve as find_endpoint
from .sizes import predict_size
from .values import half_letter

if TYPE_CHECKING:
    from preproc.edit import Edit

__all__ = ["PLACEHOLDER", "Plan", "Price", "Resolve", "Role", "Upload", "make_plan"]


def make_plan(
    endpoint: str,
    /,
    *,
    resolve: Resolve = "successor",
    edit: Edit | None = None,
    image: Any = None,
    mask: Any = None,
    reference: Any = None,
    arguments: Mapping[str, Any],
) -> Plan:
    """Make a plan: check everything that can be checked here, and gather what will be sent.

    Nothing is uploaded or asked for; the same arguments give the same plan.

    Parameters
    ----------
    endpoint
        The endpoint's id, or one that is known from guides.
    resolve
        What happens to an id that fal does not publish; see `remote.plan.resolve.resolve`.
    edit
        From `preproc.crop.around` or `preproc.outpaint.extend`: fills the endpoint's picture and mask.
    image, mask
        Fill the endpoint's own picture and mask arguments, whatever they are called there.
    reference
        Where the mask is meant to be, as a box or a mask; see `preproc.check.mask`.
    arguments
        The endpoint's arguments by name. Each that takes a file takes a URL, a data URI, a path, bytes, a Pillow
        image, an array, a `preproc.files.Photo`, a control map, or a file of an earlier result.

    Raises
    ------
    PlanError
        With everything that is wrong, each with its argument, value and allowed range.

    Examples
    --------
    >>> import numpy as np
    >>> plan = make_plan("fal-ai/flux-pro/v1/fill", arguments={
    ...     "prompt": "a barn", "image_url": "https://a.b/photo.png", "mask_url": "https://a.b/mask.png"})
    >>> plan.payload["output_format"], plan.uploads
    ('png', ())
    >>> make_plan("fal-ai/esrgan", image=np.zeros((64, 64, 3), np.uint8), arguments={"scale": 9})
    Traceback (most recent call last):
        ...
    remote.errors.PlanError: fal-ai/esrgan: scale: 9 is above 8 (allowed: 1 to 8)
    """
    there = find_endpoint(endpoint, resolve)
    notes = Notes(warnings=list(there.warnings))
    translated = there.translate(_gather(notes, there, arguments, edit=edit, image=image, mask=mask))
    notes.warnings.extend(translated.warnings)
    notes.problems.extend(translated.problems)
    if there.spec is None:
        return _unchecked(there, notes, translated.arguments, edit)
    spec = there.spec
    read = read_arguments(spec, translated.arguments)
    if not translated.problems:
        notes.problems.extend(read.problems)
    notes.warnings.extend(read.warnings)
    inputs = read_inputs(read.files)
    notes.problems.extend(inputs.problems)
    payload = read.payload

    if edit is not None:
        checks.check_edit(notes, spec, edit)
    checks.check_transparency(notes, inputs)
    checks.check_mask(notes, spec, inputs, edit=edit, reference=reference)
    maps.check_maps(notes, spec, payload, inputs)
    if edit is None:
        photos.check_photos(notes, inputs)
    choices.choose(notes, spec, payload, inputs)
    if edit is None:
        checks.check_sizes(notes, spec, payload, inputs)
    _refuse(there, notes, arguments)

    uploads = _place(there, payload, inputs, notes)
    _refuse(there, notes, arguments)
    sent = checks.sent_size(inputs, spec)
    output = predict_size(spec, payload, sent=sent)
    sizes = [read.size for read in inputs.found.values() if read.role not in {"mask", "file"}]
    return Plan(
        endpoint=there.endpoint,
        asked=there.asked,
        payload=payload,
        uploads=uploads,
        warnings=tuple(notes.warnings),
        findings=tuple(notes.findings),
        price=predict_price(spec, payload, inputs=sizes, output=output),
        output_size=output,
        expects=tuple(spec.outputs),
        defaults=defaults_of(spec.fields, payload),
        edit=edit,
        sends_black=_is_black(inputs),
    )


def _gather(
    notes: Notes, there: Resolved, arguments: Mapping[str, Any], *, edit: Edit | None, image: Any, mask: Any
) -> dict[str, Any]:
    given: dict[str, Any] = paths.copy(dict(arguments))
    if edit is not None:
        for name, value in (("image", image), ("mask", mask)):
            if value is not None:
                notes.problem(name, None, f"edit brings its own {name}: pass one of the two", "conflict")
        image, mask = edit.sent_image, edit.sent_mask
        if there.mask_field is None:
            notes.warn(f"{there.endpoint} takes no mask: it repaints the whole picture, and finish keeps the rest")
            mask = None
    for name, value, field in (("image", image, there.image_field), ("mask", mask, there.mask_field)):
        if value is None:
            continue
        if field is None:
            notes.problem(
                name, None, f"{there.endpoint} has no {name} of its own; pass it by the argument's name", "no_field"
            )
        elif paths.get(given, field) is not None:
            notes.problem(field, None, f"it is given twice, as {name} and as {field}", "conflict")
        else:
            paths.put(given, field, value)
    return given


def _refuse(there: Resolved, notes: Notes, given: Mapping[str, Any]) -> None:
    if not notes.problems:
        return
    problems = []
    for problem in notes.problems:
        name = there.name_of(problem.field)
        if name is not None and problem.code != "conflict" and (name in given or there.asked != there.endpoint):
            said = f"{problem.message}; {there.asked} calls it {name}"
            problems.append(dataclasses.replace(problem, message=said))
        else:
            problems.append(problem)
    fix = None
    if len(problems) == 1:
        [only], fix = problems, problems[0].fix
        message = f"{there.endpoint}: {dataclasses.replace(only, fix=None)}"
    else:
        message = f"{there.endpoint}: {len(problems)} problems\n" + "\n".join(f"- {problem}" for problem in problems)
    raise PlanError(message, endpoint=there.endpoint, problems=problems, fix=fix)


def _place(there: Resolved, payload: dict[str, Any], inputs: Inputs, notes: Notes) -> tuple[Upload, ...]:
    """Write URLs and placeholders into the payload; return each content that has to be uploaded once."""
    uploads: dict[str, Upload] = {}
    for read in inputs.found.values():
        if read.url is not None:
            paths.put(payload, read.path, read.url)
            continue
        made = upload(read)
        limit = choices.largest_file(there.spec, read.role)
        if limit is not None and made.byte_count > limit:
            message = (
                f"{made.size} are {made.byte_count:,} bytes as PNG, over the {limit:,} that {there.endpoint} reads: "
                "send a crop (preproc.crop.around) or a smaller picture"
            )
            notes.problem(read.path, made.byte_count, message, "file_too_large")
        uploads.setdefault(made.sha256, made)
        paths.put(payload, read.path, made.placeholder)
    return tuple(uploads.values())


def _unchecked(there: Resolved, notes: Notes, arguments: dict[str, Any], edit: Edit | None) -> Plan:
    """Plan for an endpoint nobody here knows: files are found by their form, the rest goes as it is."""
    values = list(_files(arguments, ""))
    inputs = read_inputs(values)
    notes.problems.extend(inputs.problems)
    checks.check_transparency(notes, inputs)
    _refuse(there, notes, arguments)
    uploads = _place(there, arguments, inputs, notes)
    try:
        text = json.dumps(arguments, allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        notes.problem("arguments", None, f"they are no JSON: {error}", "json_type")
    else:
        if half := half_letter(text):
            notes.problem("arguments", None, f"written as JSON, {half}", "string_unicode")
    _refuse(there, notes, arguments)
    price = Price(None, note="the endpoint is not in the catalog")
    return Plan(
        there.endpoint,
        there.asked,
        arguments,
        uploads,
        tuple(notes.warnings),
        price=price,
        edit=edit,
        sends_black=_is_black(inputs),
    )


def _is_black(inputs: Inputs) -> bool:
    return any(read.role == "image" and read.is_black for read in inputs.found.values())


def _files(value: Any, path: str) -> Iterator[FileValue]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _files(item, paths.join(path, str(name)))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _files(item, paths.join(path, number))
    elif value is not None and not isinstance(value, (bool, int, float)):
        name = path.rstrip("0123456789.").rpartition(".")[2]
        if not isinstance(value, str) or name.endswith(("_url", "_urls")):
            yield FileValue(path, Field("url", role=role_of(name)), value)
