"""What runs in the place of an id that people know from guides, and what its arguments become."""

from __future__ import annotations

from ..catalog.alias import Alias
from .lines import Line, listed, value_named

__all__ = ["explain_successor"]


def explain_successor(alias: Alias, /) -> list[Line]:
    """Say what each argument of the id becomes, which are set, and which have no counterpart.

    Examples
    --------
    >>> from remote import catalog
    >>> for line in explain_successor(catalog.guide()["fal-ai/gfpgan"]):
    ...     print(f"{line.label}: {line.words}")
    becomes: scale: upscale_factor
    left out: version: CodeFormer has no GFPGAN versions
    """
    lines = [Line("becomes", f"image: what {alias.image} becomes")] if alias.image else []
    lines += [
        Line("becomes", f"{name}: {_place(alias, path)}{_words(alias, name)}") for name, path in alias.rename.items()
    ]
    lines += [Line("is set", f"{path}={value_named(value)}") for path, value in alias.set.items()]
    lines += [Line("is set", f"{path}={value_named(value)} unless given") for path, value in alias.default.items()]
    return [*lines, *(Line("left out", f"{name}: {reason}") for name, reason in alias.drop.items())]


def _place(alias: Alias, path: str) -> str:
    if "{kind}" not in path:
        return path
    default = next(iter(alias.kinds))
    places = [f"{path.format(kind=there)} where {alias.kind} is {ours}" for ours, there in alias.kinds.items()]
    return f"{', '.join(places)}; {default} where it is left out"


def _words(alias: Alias, name: str) -> str:
    words = alias.values.get(name, {})
    return f", with {listed([f'{ours} as {theirs}' for ours, theirs in words.items()])}" if words else ""
