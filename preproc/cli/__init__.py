"""The commands. Nothing else in `preproc` prints, exits, reads the environment or reaches `remote`."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing takes time to load, in which an interrupt would still print a traceback
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; end the process with its exit code unless that is 0.

    Loading what all commands need takes longer than many of them: an interrupt during that is one like any other.
    """
    try:
        from .signals import ending, listening, loading

        with loading(process=arguments is None):
            from .app import main as run
        with listening(process=arguments is None), ending(process=arguments is None):
            run(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("preproc: interrupted\n")
        sys.exit(130)
