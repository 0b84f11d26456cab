"""The commands. Nothing else in `preproc` prints, exits, reads the environment or reaches `remote`."""

from .app import main

__all__ = ["main"]
