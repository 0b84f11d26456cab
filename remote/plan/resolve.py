"""From the id that was asked for to the endpoint that is there, with the arguments in its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from .. import catalog
from ..catalog.alias import Alias
from ..catalog.facts import Spec
from ..errors import PlanError, Problem
from . import paths

__all__ = ["Resolve", "Resolved", "Translated", "resolve"]

_ID = re.compile(r"(?:(?:workflows|comfy)/)?(?!(?:workflows|comfy)/)\w[\w.-]*(?:/\w[\w.-]*)+", re.ASCII)
_EXAMPLE = 'an id has the form "owner/name", such as "fal-ai/flux-pro/v1/fill"'
Resolve: TypeAlias = Literal["successor", "strict", "verbatim"]
"""What happens to an id that fal does not publish: planned on its successor, refused, or sent as it is written."""


@dataclass(frozen=True, slots=True)
class Translated:
    """Arguments in the endpoint's words, what was changed on the way, and what could not be."""

    arguments: dict[str, Any]
    warnings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an id stands for.

    Attributes
    ----------
    endpoint, asked
        The id to send to, and the one that was asked for.
    spec
        The endpoint's facts; None for an id outside the catalog that is sent as it is written.
    alias
        How the arguments of the id that was asked for are translated; None where they are not.
    warnings
        What the caller should know about the choice.
    """

    endpoint: str
    asked: str
    spec: Spec | None
    alias: Alias | None = None
    warnings: tuple[str, ...] = ()

    @property
    def image_field(self) -> str | None:
        """The argument that takes the picture, in the words of the id that was asked for."""
        if self.alias is not None and self.alias.image:
            return self.alias.image
        return self.spec.image_field if self.spec else "image_url"

    @property
    def mask_field(self) -> str | None:
        """The argument that takes the mask."""
        if self.spec is None:
            return "mask_url"
        return self.spec.mask.field if self.spec.mask else None

    def translate(self, arguments: Mapping[str, Any]) -> Translated:
        """Bring arguments into the endpoint's words; the ones given are not changed."""
        return _translate(self.alias, arguments) if self.alias else Translated(paths.copy(dict(arguments)))

    def join(self, words: Mapping[str, Any], further: Mapping[str, Any]) -> Translated:
        """Add arguments in the words of the id that was asked for to arguments in the endpoint's own.

        Raises
        ------
        PlanError
            If something is said twice.
        """
        alias = self.alias or Alias("real")
        warnings = [f"{name} is left out: {alias.drop[name]}" for name in (*words, *further) if name in alias.drop]
        joined = {name: paths.copy(value) for name, value in words.items() if name not in alias.drop}
        twice = [name for name in further if name in words or (name == alias.kind and alias.kind)]
        for name, value in further.items():
            if name in alias.drop or name in twice:
                continue
            place = self.place_of(name)
            if "{" in place or paths.get(joined, place) is not None:
                twice.append(name)
            elif value is not None:
                word = alias.values.get(name, {}).get(value, value) if isinstance(value, str) else value
                paths.put(joined, place, paths.copy(word))
                if place != name:
                    warnings.append(f"{name} is sent as {place}")
        if twice:
            raise PlanError(
                f"{', '.join(twice)} given twice, by name and in arguments",
                endpoint=self.endpoint,
                fix="leave it out of arguments: the task says it already",
            )
        return Translated(joined, tuple(warnings))

    def place_of(self, name: str) -> str:
        """Return where the endpoint takes an argument that may have the name it has at the id that was asked for."""
        return self.alias.rename.get(name, name) if self.alias else name

    def name_of(self, path: str) -> str | None:
        """Return what the id that was asked for calls the argument at `path`, where that is another name."""
        if self.alias is None:
            return None
        return next((name for name, target in self.alias.rename.items() if target == path), None)


def resolve(endpoint_id: str, /, mode: Resolve = "successor") -> Resolved:
    """Find the endpoint for an id.

    Parameters
    ----------
    endpoint_id
        An id of the catalog, or one that people know from guides.
    mode
        ``"successor"``: an id that fal does not publish is planned on the nearest endpoint that it does, with a
        warning. ``"strict"``: it is refused, and so are argument names that are not the endpoint's own.
        ``"verbatim"``: any id is sent as it is written; outside the catalog nothing is checked.

    Raises
    ------
    PlanError
        For an id nobody knows (with the nearest ones), one that fal no longer publishes (with its successor), and in
        ``"strict"`` mode for one that fal never published.

    Examples
    --------
    >>> there = resolve("fal-ai/flux-controlnet-union")
    >>> there.endpoint
    'fal-ai/flux-general'
    >>> there.translate({"control_type": "low_quality"}).arguments["controlnet_unions"][0]["controls"]
    [{'control_mode': 'low-quality'}]
    """
    if mode not in get_args(Resolve):
        modes = ", ".join(map(repr, get_args(Resolve)))
        raise PlanError(f"resolve={mode!r} is not one of {modes}", endpoint=endpoint_id)
    if not isinstance(endpoint_id, str):
        raise PlanError(f"an endpoint is named by its id, got a {type(endpoint_id).__name__}", fix=_EXAMPLE)
    if mode == "verbatim" and not _ID.fullmatch(endpoint_id):
        raise PlanError(f"{endpoint_id!r} is no id of an endpoint", endpoint=endpoint_id, fix=_EXAMPLE)
    spec, alias = catalog.find(endpoint_id), catalog.guide().get(endpoint_id)
    if mode == "verbatim":
        return Resolved(endpoint_id, endpoint_id, spec, warnings=_verbatim(endpoint_id, spec))
    if spec is not None and spec.live:
        return Resolved(
            endpoint_id, endpoint_id, spec, alias if mode == "successor" and alias and alias.rename else None
        )
    if spec is not None:
        raise _gone(spec)
    if alias is None or alias.successor is None:
        raise catalog.unknown(endpoint_id)
    if mode == "strict":
        raise PlanError(
            f"fal publishes no endpoint {endpoint_id!r} (checked {catalog.checked()})",
            endpoint=endpoint_id,
            fix=f'ask for {alias.successor}, or leave resolve at "successor"',
        )
    others = f" Other choices: {', '.join(alias.alternatives)}." if alias.alternatives else ""
    note = f" ({alias.note})" if alias.note else ""
    how = "is published today as" if alias.verdict == "renamed" else "is not published by fal: planned instead on"
    warning = f"{endpoint_id} {how} {alias.successor}{note}, with the arguments translated.{others}"
    return Resolved(alias.successor, endpoint_id, catalog.endpoint(alias.successor), alias, (warning,))


def _verbatim(endpoint_id: str, spec: Spec | None) -> tuple[str, ...]:
    if spec is None:
        return (f"{endpoint_id} is sent as it is written: it is not in the catalog, so its arguments were not checked",)
    return () if spec.live else (f"{_since(spec)}: it is sent as it is written and will most likely be refused",)


def _since(spec: Spec) -> str:
    return f"fal no longer publishes {spec.id} (last seen {spec.last_seen}, gone by {catalog.checked()})"


def _gone(spec: Spec) -> PlanError:
    message = _since(spec) + (f"; {spec.gone_note}" if spec.gone_note else "")
    fix = f"use {spec.successor}" if spec.successor else "make it on this machine"
    problem = Problem("endpoint", spec.id, message, "gone")
    return PlanError(message, endpoint=spec.id, fix=fix, problems=(problem,))


def _translate(alias: Alias, arguments: Mapping[str, Any]) -> Translated:
    given = dict(arguments)
    warnings: list[str] = []
    kind = ""
    if alias.kind:
        default = next(iter(alias.kinds))
        asked = given.pop(alias.kind, None)
        if asked is None:
            warnings.append(f"{alias.kind} was not given: {default} is taken")
        elif asked not in alias.kinds:
            wrong = Problem(alias.kind, asked, f"{asked!r} is not one of {', '.join(alias.kinds)}", "literal_error")
            return Translated({}, (), (wrong,))
        kind = alias.kinds[asked or default]
    translated: dict[str, Any] = {}
    for name, value in given.items():
        if name in alias.drop:
            warnings.append(f"{name} is left out: {alias.drop[name]}")
        elif name not in alias.rename:
            translated[name] = paths.copy(value)
    problems: list[Problem] = []
    named: dict[str, str] = {}
    for name, path in alias.rename.items():
        if given.get(name) is not None:
            value, place = given[name], path.format(kind=kind)
            words = alias.values.get(name, {})
            value = words.get(value, value) if isinstance(value, str) else value
            there = paths.get(translated, place)
            if there is not None and not _is_same(there, value):
                message = f"it is given twice, as {named.get(place, place)} and as {name}, with different values"
                problems.append(Problem(place, value, message, "conflict"))
                continue
            named[place] = name
            paths.put(translated, place, value)
            warnings.append(f"{name} is sent as {place}")
    for path, value in alias.set.items():
        if paths.get(translated, path) is None:
            paths.put(translated, path, value)
            warnings.append(f"{path} is set to {value!r}")
    for path, value in alias.default.items():
        if paths.get(translated, path) is None:
            paths.put(translated, path, value)
            warnings.append(f"{path} was not given: {value!r} is taken")
    return Translated(translated, tuple(warnings), tuple(problems))


def _is_same(one: Any, other: Any) -> bool:
    """Tell whether two values of one argument are the same; pictures are, where they are the same object."""
    if one is other:
        return True
    plain = (str, int, float, bytes)
    return isinstance(one, plain) and isinstance(other, plain) and one == other
