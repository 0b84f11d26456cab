"""The command line: which commands there are, and what an error ends with.

Each command lives in a module of its own that is imported when it is called.
"""

from __future__ import annotations

import inspect
import io
import os
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App, CycloptsError, Group, Parameter

import preproc

from .. import __version__
from .exits import PIPE_CLOSED, complain, exit_code, give_up, meant
from .inputs import STDIO
from .mistakes import usage
from .settings import Settings
from .signals import loading

if TYPE_CHECKING:
    from .talk import Talk

__all__ = ["app", "main"]

_MAKE = Group("Make", sort_key=1)
_LOOK = Group("Look", sort_key=2)
_FAL = Group("Run on fal", sort_key=3)
_COMMANDS = (
    (_MAKE, "canny", "Draw the edges of pictures, white on black."),
    (_MAKE, "control", "Make control maps of any type, at the size that will be generated."),
    (_MAKE, "mask", "Draw masks, read them out of pictures, and change them."),
    (_MAKE, "crop", "Cut out what an endpoint has to see around a mask, and remember where it came from."),
    (_MAKE, "outpaint", "Put photos on larger canvases, ready to be painted."),
    (_MAKE, "batch", "Make the control maps of a whole folder, and carry on where it stopped."),
    (_MAKE, "finish", "Paste what an endpoint returned back into the photo, and prove that the rest is unchanged."),
    (_LOOK, "check", "Say what is wrong with masks and control maps."),
    (_LOOK, "sweep", "Compare the options of a type of control map: one sheet of maps, with how much each draws."),
    (_LOOK, "preview", "Make pictures for people: sheets, overlays, before and after, edits."),
    (_LOOK, "demo", "Show the whole way on two sample photos, without a key and without a network."),
    (_LOOK, "doctor", "Say whether this machine has everything, and where things lie."),
    (_FAL, "endpoints", "List the endpoints that are known, or say all that is known of one."),
    (_FAL, "plan", "Check a job as far as that is possible here, and tell its price. Nothing is sent."),
    (_FAL, "run", "Run a job on fal: plan it, upload each file once, submit once, wait, and save what comes back."),
    (_FAL, "jobs", "List the jobs that were submitted, look at one, or bring its result home."),
)
_PARTS = {
    "canny": "control",
    "control": "control",
    "batch": "control",
    "mask": "mask",
    "crop": "crop",
    "outpaint": "outpaint",
    "finish": "Edit",
    "check": "check",
    "sweep": "sweep",
    "preview": "preview",
    "demo": "preview",
    "plan": "Edit",
    "run": "Edit",
}
"""What of `preproc` a command works with."""
_EXAMPLES = """\
Examples:

    preproc canny photo.jpg -o edges.png
    preproc mask ellipse photo.jpg --box 320,230,412,332 -o mask.png
    preproc check mask mask.png --photo photo.jpg"""


class _App(App):
    """An app whose help has paragraphs, and examples as they are: a line that is broken cannot be pasted."""

    def help_print(self, tokens: str | Iterable[str] | None = None, *, console: Any = None) -> None:  # noqa: ARG002
        from rich.console import Console

        from .paragraphs import Paragraphs

        command = self.parse_commands(tokens)[1][-1]
        self.help_formatter = Paragraphs(command.default_command)
        examples, command.help_epilogue = command.help_epilogue, ""
        try:
            super().help_print(tokens, console=Console())  # as wide as the terminal is now
        finally:
            command.help_epilogue = examples
        if examples:
            print(f"\n{examples}")


def _shown_default(value: object) -> str | None:
    return None if value is None or value is False else str(value)


app = _App(
    name="preproc",
    help="Masks, control images and outpaint canvases for hosted diffusion endpoints.",
    help_format="plaintext",
    help_epilogue=_EXAMPLES,
    version=__version__,
    default_parameter=Parameter(negative="", show_default=_shown_default),
    config=(
        Settings("preproc.toml", search_parents=True),
        Settings("preproc.toml", search_parents=True, root_keys="defaults", allow_unknown=True),
    ),
    suppress_keyboard_interrupt=False,
)
for group, name, about in _COMMANDS:
    app.command(f"preproc.cli.{name}:{name}", name=name, help=about, group=group)
app.command(
    "preproc.cli.completion:install",
    name="--install-completion",
    help="Teach the shell to complete preproc's commands and options.",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; end the process with its exit code unless that is 0."""
    _open_streams()
    given = [STDIO if word == "-" else word for word in (sys.argv[1:] if arguments is None else arguments)]
    talk = None
    try:
        with _plain_warnings():
            with loading(process=arguments is None):
                _show_docstring(given)
                command, bound, _ = app.parse_args(given, exit_on_error=False, print_error=False)
                _load(command, given)
            talk = bound.arguments.get("talk")
            code = command(*bound.args, **bound.kwargs)
            sys.stdout.flush()
    except SystemExit as end:
        if not isinstance(end.__context__, BrokenPipeError):
            raise
        code = PIPE_CLOSED  # as rich ends where its reader has gone
    except BrokenPipeError:
        # whoever read our output has gone; nothing more can be said to them
        give_up(sys.stdout)
        code = PIPE_CLOSED
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a bug is raised again, once its JSON is out
        code = _failed(error, given, talk)
    if code:
        sys.exit(code)


def _failed(error: BaseException, given: Sequence[str], talk: Talk | None) -> int:
    """Say what went wrong, in JSON too where that was asked for; return the exit code. A bug is raised again."""
    wrong = usage(app, error, given) if isinstance(error, CycloptsError) else meant(error)
    code = exit_code(wrong)
    if code is not None:
        complain(wrong)
    try:
        if talk.json if talk else "--json" in given:
            from .talk import Talk, facts_of_error

            Talk(json=True).record({"error": facts_of_error(wrong)})
        sys.stdout.flush()
    except OSError:
        give_up(sys.stdout)
    if code is None:
        raise error
    return code


def _open_streams() -> None:
    """Have something to write to where a stream is closed, and write what it cannot encode in an escaped form."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _load(command: object, given: Sequence[str]) -> None:
    """Load what the command will work with, which its help does without, while nothing is begun yet."""
    names, apps, _ = app.parse_commands(given)
    if names and apps[-1].default_command is command and (part := _PARTS.get(names[0])):
        getattr(preproc, part)


def _show_docstring(given: Sequence[str]) -> None:
    """Let the called command's docstring be its help: description, and the examples below the options."""
    _, apps, _ = app.parse_commands(given)
    for command in apps[1:]:
        if command.help_epilogue is None and command.default_command is not None:
            text = inspect.getdoc(command.default_command) or ""
            description = re.split(r"\n\n(?:Parameters|Examples)\n-", text)[0]
            command.help = re.sub(r"(?<!\n)\n(?!\n)", " ", description)
            command.help_epilogue = _examples(text)


def _examples(docstring: str) -> str:
    lines = [line for line in docstring.partition("Examples\n--------\n")[2].splitlines() if line.strip()]
    return "\n".join(["Examples:\n", *(f"    {line}" for line in lines)]) if lines else ""


@contextmanager
def _plain_warnings() -> Iterator[None]:
    """Print warnings for people: one line, without the place in the code."""
    before = warnings.formatwarning
    warnings.formatwarning = lambda message, *_, **__: f"preproc: warning: {message}\n"
    try:
        yield
    finally:
        warnings.formatwarning = before
