"""Places inside arguments, written as paths: ``"controlnet_unions.0.controls.0.control_mode"``."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

__all__ = ["copy", "get", "join", "put"]


def join(path: str, step: str | int) -> str:
    """Return the path one step further down."""
    return f"{path}.{step}" if path else str(step)


def copy(value: Any) -> Any:
    """Copy dictionaries and lists all the way down, and nothing else."""
    if isinstance(value, dict):
        return {name: copy(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):  # a Size stays one
        return [copy(item) for item in value]
    return value


def get(tree: Any, path: str) -> Any:
    """Return what stands at `path`, or None where nothing does.

    Examples
    --------
    >>> get({"loras": [{"path": "a"}]}, "loras.0.path"), get({}, "loras.0.path")
    ('a', None)
    """
    for step in path.split("."):
        if isinstance(tree, dict) and step in tree:
            tree = tree[step]
        elif isinstance(tree, list) and step.isdecimal() and int(step) < len(tree):
            tree = tree[int(step)]
        else:
            return None
    return tree


def put(tree: dict[str, Any], path: str, value: Any) -> None:
    """Write `value` at `path`, making the dictionaries and lists on the way.

    Nothing is written where something else stands in the way; the check of the arguments names it.

    Examples
    --------
    >>> tree = {}
    >>> put(tree, "loras.0.path", "a"); tree
    {'loras': [{'path': 'a'}]}
    >>> put(tree, "loras.0.path.x", "b"); put(tree, "loras.path", "b"); put(tree, "loras.2.path", "b"); tree
    {'loras': [{'path': 'a'}]}
    """
    steps = path.split(".")
    last = steps[-1]
    here: Any = tree
    for step, following in pairwise(steps):
        here = _enter(here, step, [] if following.isdecimal() else {})
    if isinstance(here, list) and last.isdecimal() and int(last) <= len(here):
        here[int(last) : int(last) + 1] = [value]
    elif isinstance(here, dict):
        here[last] = value


def _enter(here: Any, step: str, fresh: list[Any] | dict[str, Any]) -> Any:
    if isinstance(here, list):
        if not step.isdecimal() or int(step) > len(here):
            return None
        if int(step) == len(here):
            here.append(fresh)
        return here[int(step)]
    return here.setdefault(step, fresh) if isinstance(here, dict) else None
