"""What a forked child must not share with its parent: open connections, and locks that nobody there will release."""

from __future__ import annotations

import os
import weakref
from typing import Any, Protocol

__all__ = ["keep_unclosed", "renewed_in_children"]


class _Forked(Protocol):
    def after_fork(self) -> None:
        """Let go of what belongs to the parent, without closing it."""


_RENEWED: weakref.WeakSet[_Forked] = weakref.WeakSet()
_UNCLOSED: list[Any] = []


def renewed_in_children(thing: _Forked, /) -> None:
    """Call `after_fork` of a thing in each child that this process forks, as multiprocessing does on Linux."""
    _RENEWED.add(thing)


def keep_unclosed(thing: Any, /) -> None:
    """Keep what is the parent's until this process ends: to close it here would reach into the parent's."""
    _UNCLOSED.append(thing)


def _renew() -> None:
    for thing in list(_RENEWED):
        thing.after_fork()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew)
