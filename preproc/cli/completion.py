"""Completion in the shell."""

from __future__ import annotations

from cyclopts.completion.install import create_install_completion_command

from .app import app

__all__ = ["install"]

install = create_install_completion_command(app.install_completion, add_to_startup=True)
