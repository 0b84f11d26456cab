"""What is known of fal's endpoints, as data."""

from __future__ import annotations

from .alias import Alias
from .facts import Group, Spec
from .field import Field
from .lookup import (
    checked,
    endpoint,
    endpoints,
    find,
    guide,
    is_own,
    max_input_bytes,
    max_side,
    nearest,
    nested,
    presets,
    reload,
    rule,
    unknown,
    user_file,
)

__all__ = [
    "Alias",
    "Field",
    "Group",
    "Spec",
    "checked",
    "endpoint",
    "endpoints",
    "find",
    "guide",
    "is_own",
    "max_input_bytes",
    "max_side",
    "nearest",
    "nested",
    "presets",
    "reload",
    "rule",
    "unknown",
    "user_file",
]
