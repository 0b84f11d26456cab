"""Help whose lines break where the terminal ends, not where the docstring's lines do."""

from __future__ import annotations

from cyclopts.help import DefaultFormatter, HelpPanel, InlineText
from rich.console import Console, ConsoleOptions
from rich.text import Text

__all__ = ["Paragraphs"]


class Paragraphs(DefaultFormatter):
    """The usual boxes, with each description as one paragraph."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Print a box."""
        for entry in panel.entries:
            about = entry.description
            if isinstance(about, InlineText) and isinstance(about.primary_renderable, Text):
                about.primary_renderable = Text(" ".join(about.primary_renderable.plain.split()), end="")
        super().__call__(console, options, panel)
