"""Help whose lines break where the terminal ends, not where the docstring's lines do."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from cyclopts.help import DefaultFormatter, HelpPanel, InlineText
from rich.console import Console, ConsoleOptions
from rich.text import Text

__all__ = ["Paragraphs"]


class Paragraphs(DefaultFormatter):
    """The usual boxes, with each description as one paragraph.

    Parameters
    ----------
    command
        What the help is about, whose arguments the first line names; None for commands of commands.
    """

    def __init__(self, command: Callable[..., Any] | None) -> None:
        super().__init__()
        self._names = " ".join(_names(command)) if command else ""

    def render_usage(self, console: Console, options: ConsoleOptions, usage: Any) -> None:
        """Print the first line."""
        plain = usage.plain if isinstance(usage, Text) else str(usage)
        super().render_usage(console, options, Text(re.sub(r"\[ARGS(?:\.\.\.)?\]", self._names, plain)))

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Print a box."""
        for entry in panel.entries:
            about = entry.description
            if isinstance(about, InlineText) and isinstance(about.primary_renderable, Text):
                about.primary_renderable = Text(" ".join(about.primary_renderable.plain.split()), end="")
        super().__call__(console, options, panel)


def _names(command: Callable[..., Any]) -> list[str]:
    """Return what a command may be given after those arguments that it needs."""
    return [
        f"{each.name.upper()}..." if each.kind is each.VAR_POSITIONAL else f"[{each.name.upper()}]"
        for each in inspect.signature(command).parameters.values()
        if each.kind is each.VAR_POSITIONAL or (each.kind is each.POSITIONAL_ONLY and each.default is not each.empty)
    ]
