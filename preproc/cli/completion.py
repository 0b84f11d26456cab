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
_IN_BASH = '[[ " $all_commands " =~ " $word " '
_IN_FISH = 'string match -q -- "* $word *" " $all_commands "\n'
"""Where the scripts take a word for a command; of ``control canny``, the second is none."""


def _install(**options: Any) -> Path:
    """Install the script; see that files are completed, that maps are no commands, and that zsh reads it."""
    path = app.install_completion(**options)
    script = path.read_text(encoding="utf-8")
    for without, with_files in _FILES:
        script = re.sub(without, with_files, script)
    parents = [name for name in app if app[name].default_command is None and not name.startswith("-")]
    alone = " || ".join(f'"${{cmd_path[*]}}" == {name}' for name in ('""', *parents))
    script = script.replace(_IN_BASH, f"{_IN_BASH}&& ( {alone} ) ")
    script = script.replace(_IN_FISH, f"{_IN_FISH.rstrip()}; and contains -- \"$subcommands\" '' {' '.join(parents)}\n")
    path.write_text(script, encoding="utf-8")
    startup = Path.home() / ".zshrc"
    if path.name.startswith("_") and startup.exists():
        _, ours, rest = startup.read_text(encoding="utf-8").partition(f"fpath=({path.parent} $fpath)")
        if ours and "compinit" not in rest:
            with startup.open("a", encoding="utf-8") as file:
                file.write(f"{_COMPINIT}\n")
    return path


install = create_install_completion_command(_install, add_to_startup=True)
