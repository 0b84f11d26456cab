"""What carries a job to fal and back; `backend` alone knows fal's own client."""

from __future__ import annotations

from .protocol import Backend, Downloaded, Status, StoredFile, Submitted

__all__ = ["Backend", "Downloaded", "Status", "StoredFile", "Submitted"]
