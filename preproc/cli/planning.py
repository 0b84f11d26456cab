"""From the words of a command line to a plan; nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .edits import load_edit
from .exits import UsageError
from .fixes import advice
from .inputs import find, single
from .products import MASKS
from .values import read_reference, read_settings, read_size, read_value

if TYPE_CHECKING:
    from remote import Fal, Plan
    from remote.plan import Resolve

    from ..edit import Edit

__all__ = ["plan_from", "shown"]

_FIX = "  fix: "


def plan_from(
    fal: Fal,
    endpoint: str,
    words: Sequence[str],
    *,
    image: str | None,
    mask: str | None,
    edit: Path | None,
    original: Path | None = None,
    reference: str | None,
    resolve: Resolve,
) -> Plan:
    """Plan a job as it was asked for on the command line.

    Parameters
    ----------
    fal
        What plans it.
    endpoint, words
        The endpoint's id and ``name=value`` arguments; ``loras.0.path=…`` reaches inside.
    image, mask, edit, original
        What is sent: pictures as they are, or an edit's record, whose photo may lie elsewhere now.
    reference, resolve
        As in `remote.Fal.plan`; the reference as a box or a file.

    Raises
    ------
    UsageError
        If the words are no arguments.
    """
    loaded = None if edit is None else _loaded(edit, original, image, mask)
    from remote.errors import PlanError

    arguments = _arguments(endpoint, words, resolve)
    try:
        return fal.plan(
            endpoint,
            edit=loaded,
            image=None if image is None else single(find([image]), "image").picture,
            mask=None if mask is None else single(find([mask], made=MASKS), "mask").picture,
            reference=read_reference(reference),
            resolve=resolve,
            **arguments,
        )
    except PlanError as error:
        lacking = [problem.field for problem in error.problems if problem.code == "missing"]
        error.fix = error.fix or (_given(endpoint, lacking, resolve) if lacking else None)
        raise


def _given(endpoint: str, lacking: Sequence[str], resolve: Resolve) -> str:
    """Say how arguments that are lacking are typed."""
    from remote.plan.resolve import resolve as find_endpoint

    spec = find_endpoint(endpoint, resolve).spec
    mask = spec.mask.field if spec and spec.mask else None
    files = {spec.image_field if spec else None: "--image FILE", mask: "--mask FILE"}
    words = " ".join(files.get(name) or f"{name}=VALUE" for name in lacking)
    return f"{words}, or --edit NAME.edit.json for the pictures" if mask in lacking else words


def shown(plan: Plan) -> str:
    """Return a plan's words, what mends its findings as it is typed."""
    return "\n".join(
        f"{_FIX}{advice(line.removeprefix(_FIX))}" if line.startswith(_FIX) else line for line in str(plan).splitlines()
    )


def _loaded(edit: Path, original: Path | None, image: str | None, mask: str | None) -> Edit:
    if image is not None or mask is not None:
        raise UsageError("an edit brings its own image and mask", fix="leave --image and --mask out")
    return load_edit(edit, original)


def _arguments(endpoint: str, words: Sequence[str], resolve: Resolve) -> dict[str, Any]:
    """Read arguments; those that are text for the endpoint stay text, whatever they look like."""
    from remote.plan import paths
    from remote.plan.resolve import resolve as find_endpoint

    spec = find_endpoint(endpoint, resolve).spec
    fields = spec.fields if spec else {}
    arguments: dict[str, Any] = {}
    for name, text in read_settings(words, example="prompt='a red door'").items():
        kind = fields[name].type if name in fields and not fields[name].many else None
        if kind in {"string", "url"}:
            value: Any = text
        elif kind == "size" and re.fullmatch(r"\d+[x×]\d+", text):
            value = tuple(read_size(text))
        else:
            value = read_value(text)
        if "." in name:
            paths.put(arguments, name, value)
        else:
            arguments[name] = value
    for name in ("edit", "image", "mask", "reference", "resolve"):
        if name in arguments:
            raise UsageError(f"{name} is no argument of an endpoint", fix=f"--{name} {words_of(arguments[name])}")
    return arguments


def words_of(value: Any) -> str:
    """Return a value as people type it."""
    return str(value) if isinstance(value, (str, int, float)) else "FILE"
