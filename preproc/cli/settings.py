"""``preproc.toml``: defaults for options, here or in a folder above; what it misspells is named."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cyclopts import App, CycloptsError, Token
from cyclopts.argument import Argument, ArgumentCollection
from cyclopts.config import Toml

from .exits import STDIO

__all__ = ["Settings", "check_options", "read_file"]

_RIVALS: Mapping[str, Sequence[Sequence[set[str]]]] = {
    "": [[{"quiet"}, {"verbose"}]],
    "canny": [[{"low", "high"}, {"profile"}, {"density"}]],
    "crop": [[{"context_ratio"}, {"context_px"}]],
    "outpaint": [
        [
            {"left", "top", "right", "bottom", "left_ratio", "top_ratio", "right_ratio", "bottom_ratio"},
            {"aspect"},
            {"size"},
            {"zoom_out"},
        ],
        *([{side}, {f"{side}_ratio"}] for side in ("left", "top", "right", "bottom")),
    ],
    "preview": [[{"mask"}, {"after", "slider"}]],
    **{f"mask {change}": [[{"px"}, {"ratio"}]] for change in ("grow", "shrink", "feather")},
    "mask resize": [[{"size"}, {"photo"}]],
    **{f"mask {shape}": [[{"size"}, {"photos"}]] for shape in ("rectangle", "ellipse", "polygon", "stroke", "drawing")},
}
"""Options of which one of a set excludes those of the others."""

_SHARED = {"output", "overwrite", "recursive", "jobs", "json", "quiet", "verbose"}


_KINDS = {"float": "a number", "int": "a whole number", "bool": "true or false", "str": "text"}


class Settings(Toml):
    """Settings of an app: a table for each command, and ``[defaults]`` for options of any of them.

    What is said on the command line also sets aside the defaults that it excludes: ``--density`` those of low and high.
    """

    def __call__(self, app: App, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
        """Give the options that are not said yet their defaults."""
        said = {_name(argument) for argument in arguments if argument.tokens}
        try:
            # of [defaults] all are options, also those that are called like a command, as jobs
            super().__call__(app, () if self.root_keys else commands, arguments)
        except CycloptsError:
            if commands != ("doctor",):  # which says itself what is wrong with the file
                raise
            return
        rivals = [sets for name in ("", " ".join(commands)) for sets in _RIVALS.get(name, ())]
        beaten = {
            option
            for sets in rivals
            if any(one & said for one in sets)
            for one in sets
            if not one & said
            for option in one
        }
        if any(
            token.value == STDIO for argument in arguments if _name(argument) == "output" for token in argument.tokens
        ):
            beaten.add("json")
        for argument in arguments:
            if _name(argument) in beaten - said:
                argument.tokens.clear()

    def _load_config(self, path: Path) -> dict[str, Any]:
        self.source = str(path)
        return read_file(path)


def read_file(path: Path) -> dict[str, Any]:
    """Read a settings file.

    Raises
    ------
    CycloptsError
        If it cannot be read, or names commands or options that there are not.
    """
    import tomllib

    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CycloptsError(msg=f"{path} is no TOML: {error}") from error
    except OSError as error:
        raise CycloptsError(msg=f"{path} cannot be read: {error.strerror}") from error
    from .app import app

    _check_tables(path, app, found, ("defaults",))
    defaults = found.get("defaults", {})
    strange = set(defaults) - _SHARED if isinstance(defaults, dict) else set()
    if strange:
        known = {name.lstrip("-").replace("-", "_") for name in _options(app)}
        for name in sorted(strange):
            if name.replace("-", "_") not in known:
                raise CycloptsError(msg=_unknown(f"{path}: [defaults] {name} is no option of any command", name, known))
    return found


def check_options(path: Path, found: Mapping[str, Any]) -> None:
    """Refuse options that a command does not have, and values that its options do not take; this imports commands.

    Raises
    ------
    CycloptsError
    """
    from .app import app

    for name, table in found.items():
        if not isinstance(table, dict):
            raise CycloptsError(msg=f"{path}: {name} = {table!r} is no table: [{name}], and its options below")
        if name != "defaults":
            _check_options(path, app[name], table, name)
        else:
            _check_defaults(path, app, table)


def _check_defaults(path: Path, app: App, table: Mapping[str, Any]) -> None:
    """Refuse values that no command takes which has that option."""
    commands = [*_commands(app)]
    for name, value in table.items():
        wrong = [_wrong(argument, value) for command in commands for argument in _named(command, name)]
        if wrong and all(wrong):
            raise CycloptsError(msg=f"{path}: [defaults] {name} = {_shown(value)}: {wrong[0]}")


def _commands(app: App) -> Iterator[App]:
    for name in app:
        if not name.startswith("-"):
            yield from _commands(app[name])
            if app[name].default_command is not None:
                yield app[name]


def _named(command: App, name: str) -> list[Argument]:
    return [
        argument
        for argument in command.assemble_argument_collection()
        if any(one.lstrip("-").replace("-", "_") == name.replace("-", "_") for one in argument.names)
    ]


def _wrong(argument: Argument, value: object) -> str | None:
    """Say what is wrong with a value for an option; None if nothing is."""
    values = value if isinstance(value, list) else [value]
    if isinstance(value, dict) or (isinstance(value, list) and argument.token_count()[1] is False):
        return "one value is wanted"
    argument.tokens.clear()
    argument.tokens += [
        Token(keyword=argument.name, value=_text(one), source="", index=at) for at, one in enumerate(values)
    ]
    try:
        argument.convert_and_validate()
    except CycloptsError as error:
        words = str(error).strip().partition("\n")[2] or str(error).strip()
        if kind := re.search(r"unable to convert .* into (\w+)", words):
            return f"{_KINDS.get(kind[1], kind[1])} is wanted"
        return re.sub(r"^Invalid value (?:\S+ )?for \S+(?: from| provided by)?\s*[.:]?\s*", "", words) or words
    finally:
        argument.tokens.clear()
    return None


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(value: object) -> str:
    return _text(value) if isinstance(value, bool) else repr(value)


def _check_options(path: Path, command: App, table: Mapping[str, Any], title: str) -> None:
    known = {name.lstrip("-").replace("-", "_") for name in _own_options(command)}
    for name, value in table.items():
        if isinstance(value, dict) and name in command:
            _check_options(path, command[name], value, f"{title}.{name}")
        elif name.replace("-", "_") not in known:
            raise CycloptsError(msg=_unknown(f"{path}: [{title}] {name} is no option of this command", name, known))
        else:
            for argument in _named(command, name):
                if wrong := _wrong(argument, value):
                    raise CycloptsError(msg=f"{path}: [{title}] {name} = {_shown(value)}: {wrong}")


def _name(argument: Argument) -> str:
    return argument.name.lstrip("-").lower().replace("-", "_")


def _check_tables(path: Path, app: App, found: dict[str, Any], others: Iterable[str]) -> None:
    """Refuse tables that belong to no command."""
    known = {name for name in app if not name.startswith("-")} | set(others)
    for name, table in found.items():
        if name not in known and not isinstance(table, dict) and others:
            raise CycloptsError(msg=f"{path}: {name} stands in no table: below [defaults], or [canny] for one command")
        if name not in known:
            raise CycloptsError(msg=_unknown(f"{path}: there is no command {name!r}", name, known))
        if name in {"mask", "check"} and isinstance(table, dict):
            _check_tables(path, app[name], table, ())


def _unknown(words: str, name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), 1)
    return f"{words}. Did you mean {near[0]}?" if near else words


def _options(app: App) -> Iterator[str]:
    """Name the options of all commands; this imports them."""
    for name in app:
        if not name.startswith("-"):
            command = app[name]
            yield from _options(command)
            yield from _own_options(command)


def _own_options(command: App) -> Iterator[str]:
    if command.default_command is not None:
        for argument in command.assemble_argument_collection():
            yield from argument.names
