"""The commands. Nothing else in `preproc` prints, exits, reads the environment or reaches `remote`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; end the process with its exit code unless that is 0.

    Loading what all commands need takes longer than many of them: an interrupt during that is one like any other.
    """
    try:
        from .app import main as run
    except KeyboardInterrupt:
        print("preproc: interrupted", file=sys.stderr)
        sys.exit(130)
    run(arguments)
