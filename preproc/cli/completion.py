"""Completion in the shell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cyclopts.completion.install import create_install_completion_command

from .app import app

__all__ = ["install"]

_COMPINIT = "autoload -Uz compinit && compinit"
_FILES = (
    (r"\ncomplete -F _preproc ", r"\ncomplete -o default -F _preproc "),  # bash
    (r"(?m)^( +'(?:\*:(?!:|name=)|1:A mask)(?:(?!:_files)[^'])*)'", r"\1:_files'"),  # zsh, of arguments
    (r"(?m)^( +'\*(?:--output|-o|--mask|-m|--image|--reference)\[[^']*\]:[\w-]+)'", r"\1:_files'"),  # zsh, of options
)
"""What has file names completed where the script knows nothing better; fish does so by itself."""


def _install(**options: Any) -> Path:
    """Install the script; see that files are completed, and that zsh reads it."""
    path = app.install_completion(**options)
    script = path.read_text(encoding="utf-8")
    for without, with_files in _FILES:
        script = re.sub(without, with_files, script)
    path.write_text(script, encoding="utf-8")
    startup = Path.home() / ".zshrc"
    if path.name.startswith("_") and startup.exists():
        _, ours, rest = startup.read_text(encoding="utf-8").partition(f"fpath=({path.parent} $fpath)")
        if ours and "compinit" not in rest:
            with startup.open("a", encoding="utf-8") as file:
                file.write(f"{_COMPINIT}\n")
    return path


install = create_install_completion_command(_install, add_to_startup=True)
