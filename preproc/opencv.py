"""OpenCV, or a clear word about what this machine lacks for it.

Whatever imports ``cv2`` first imports it from here, so that the first failure is the one that explains itself.
"""

from __future__ import annotations

from .errors import MissingLibraryError

__all__ = ["cv2"]

try:
    import cv2
except ModuleNotFoundError as error:
    raise MissingLibraryError(
        f"OpenCV is not installed: {error}", fix="pip install opencv-python, or opencv-python-headless on a server"
    ) from error
except ImportError as error:
    raise MissingLibraryError(
        f"OpenCV cannot be loaded: {error}",
        fix="apt-get install libxcb1 libgl1 libglib2.0-0, or, without root: pip uninstall -y opencv-python && "
        "pip install opencv-python-headless",
    ) from error
