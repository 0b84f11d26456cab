"""Completion in the shell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyclopts.completion.install import create_install_completion_command

from .app import app

__all__ = ["install"]


def _install(**options: Any) -> Path:
    """Install the script; in bash, file names are completed where it knows nothing better."""
    path = app.install_completion(**options)
    script = path.read_text(encoding="utf-8")
    path.write_text(script.replace("\ncomplete -F _preproc ", "\ncomplete -o default -F _preproc "), encoding="utf-8")
    return path


install = create_install_completion_command(_install, add_to_startup=True)
