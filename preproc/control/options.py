"""Options against the types they are declared with, so that a wrong one is named and not met deep inside."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

import msgspec
import numpy as np

from ..errors import InputError

__all__ = ["checks_options", "choices_of", "read_option", "types_of"]

P = ParamSpec("P")
R = TypeVar("R")


def checks_options(function: Callable[P, R]) -> Callable[P, R]:
    """Check the keyword-only arguments of a function against their declared types."""
    known = [name for name, one in inspect.signature(function).parameters.items() if one.kind is one.KEYWORD_ONLY]
    hints: dict[str, Any] = {}

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if kwargs and not hints:
            hints.update(types_of(function, known))
        for name, value in kwargs.items():
            named = isinstance(value, str) and choices_of(hints.get(name))  # the function says more about a wrong word
            if name in hints and not named:
                kwargs[name] = read_option(function.__name__, name, value, hints[name])
        return function(*args, **kwargs)

    return checked


def read_option(of: str, name: str, value: Any, hint: Any) -> Any:
    """Return an option's value in its declared type."""
    try:
        return _converted(_plain(value), hint)
    except (msgspec.ValidationError, TypeError, OverflowError) as error:
        choices = ", ".join(map(repr, choices_of(hint)))
        words = f"{of}: {name}={value!r:.80}: {error}"
        raise InputError(words, fix=f"one of {choices}" if choices else None) from error


def _plain(value: Any) -> Any:
    """Bring arrays, NumPy's numbers and any collection into what JSON knows too."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Mapping):
        return {_plain(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Collection) and not isinstance(value, (str, bytes)):
        return [_plain(each) for each in value]
    return value


def _converted(value: Any, hint: Any) -> Any:
    """Check a value against a type; JSON has written the numbers that are keys of a mapping as text."""
    if isinstance(value, dict) and value and all(isinstance(key, str) for key in value):
        return msgspec.convert(value, hint, str_keys=True)
    return msgspec.convert(value, hint)


def types_of(function: Callable[..., Any], names: Collection[str]) -> dict[str, Any]:
    """Return the types of some parameters; those of others may be known to type checkers only."""
    original = inspect.unwrap(function)

    def part() -> None: ...

    part.__annotations__ = {name: original.__annotations__[name] for name in names}
    return get_type_hints(part, original.__globals__)


def choices_of(hint: Any) -> tuple[Any, ...]:
    """Return the values a type lists, if it does."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(choice for part in get_args(hint) for choice in choices_of(part))
