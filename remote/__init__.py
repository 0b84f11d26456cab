"""fal: every job planned before it is paid, paid once, and found again.

The parts load when they are first used.

Examples
--------
>>> from remote import Fal
>>> fal = Fal(backend="rehearsal")
>>> plan = fal.plan("fal-ai/flux/dev/image-to-image", prompt="a barn", image_url="https://example.org/a.png", strength=0.6)
>>> plan.endpoint, plan.payload["strength"]
('fal-ai/flux/dev/image-to-image', 0.6)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import errors, workflows
    from .aio import AsyncFal
    from .errors import PlanError, RemoteError
    from .fal import Fal
    from .jobs import Job
    from .jobs.files import RemoteFile
    from .jobs.result import Result
    from .many import Outcome
    from .plan import Plan
    from .rehearsal import Rehearsal
    from .wire.backend import FalBackend

__all__ = [
    "AsyncFal",
    "Fal",
    "FalBackend",
    "Job",
    "Outcome",
    "Plan",
    "PlanError",
    "Rehearsal",
    "RemoteError",
    "RemoteFile",
    "Result",
    "errors",
    "workflows",
]

_HOME = {
    "AsyncFal": "aio",
    "Fal": "fal",
    "FalBackend": "wire.backend",
    "Job": "jobs",
    "Outcome": "many",
    "Plan": "plan",
    "PlanError": "errors",
    "Rehearsal": "rehearsal",
    "RemoteError": "errors",
    "RemoteFile": "jobs.files",
    "Result": "jobs.result",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    if name in __all__:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
