"""The command line: which commands there are, and what an error ends with.

Each command lives in a module of its own that is imported when it is called.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from .. import __version__
from .exits import USAGE, exit_code, say

__all__ = ["app", "main"]

app = App(
    name="preproc",
    help="Masks, control images and outpaint canvases for hosted diffusion endpoints.",
    version=__version__,
)
app.command("preproc.cli.demo:demo", name="demo", help="Show the whole way on two sample photos.")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    try:
        app(arguments, exit_on_error=False, print_error=True)
    except CycloptsError:
        sys.exit(USAGE)
    except (Exception, KeyboardInterrupt) as error:
        code = exit_code(error)
        if code is None:
            raise
        say(error)
        sys.exit(code)
