"""An edit: what is sent, where it came from, and how it comes home."""

from .drift import Drift
from .grid import GridReport
from .receipt import Finished, Receipt
from .record import Edit
from .repair import ColorFit

__all__ = ["ColorFit", "Drift", "Edit", "Finished", "GridReport", "Receipt"]
