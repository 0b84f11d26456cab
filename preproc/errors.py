"""What can go wrong on this machine.

::

    PreprocError
    ├─ InputError          (also ValueError)  a bad argument, dtype, range or form
    │  ├─ ShapeError       .actual .expected  two sizes that must agree and do not
    │  ├─ MaskError        .code .report      a mask that must not be sent as it is
    │  └─ FileFormatError  .path              a file that cannot be read, and why
    ├─ PlacementError      (also ValueError)  an edit record that does not fit these pixels
    └─ MissingLibraryError (also ImportError) OpenCV cannot be loaded on this machine
    FramesWarning          (a UserWarning)    a file of several pictures, of which the first is read
    ProfileWarning         (a UserWarning)    a colour profile that cannot be used; the picture is taken as sRGB
    ScaleWarning           (a UserWarning)    a picture that an endpoint does not take at its own scale

Every error says what was wrong, with both numbers, and in `fix` how to mend it. All of them are
hashable and survive pickling, so they cross process pools whole.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "FileFormatError",
    "FramesWarning",
    "InputError",
    "MaskError",
    "MissingLibraryError",
    "PlacementError",
    "PreprocError",
    "ProfileWarning",
    "ScaleWarning",
    "ShapeError",
]


def _restore(cls: type[PreprocError], args: tuple[Any, ...], state: dict[str, Any]) -> PreprocError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error


class PreprocError(Exception):
    """Base of everything this toolkit raises on purpose.

    Parameters
    ----------
    message
        What was wrong, with the numbers.
    fix
        How to mend it, in one line; shown after the message.
    """

    def __init__(self, message: str, *, fix: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message}\nFix: {self.fix}" if self.fix else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__.copy())


class InputError(PreprocError, ValueError):
    """An argument has the wrong type, range or form."""


class ShapeError(InputError):
    """Two sizes that must agree do not.

    Parameters
    ----------
    message, fix
        As in `PreprocError`.
    actual, expected
        The two sizes, as `(width, height)` or array shapes.
    """

    def __init__(
        self, message: str, *, actual: tuple[int, ...], expected: tuple[int, ...], fix: str | None = None
    ) -> None:
        super().__init__(message, fix=fix)
        self.actual = tuple(actual)
        self.expected = tuple(expected)


class MaskError(InputError):
    """A mask that would edit the wrong pixels, or none.

    Parameters
    ----------
    message, fix
        As in `PreprocError`.
    code
        The finding's code, such as ``"empty"`` or ``"inverted"``.
    report
        The whole `preproc.check.Report`, where one was made.
    """

    def __init__(self, message: str, *, code: str, report: object | None = None, fix: str | None = None) -> None:
        super().__init__(message, fix=fix)
        self.code = code
        self.report = report


class FileFormatError(InputError):
    """A file is not an image that can be read right.

    Parameters
    ----------
    message, fix
        As in `PreprocError`.
    path
        The file, or None for bytes.
    """

    def __init__(self, message: str, *, path: str | None = None, fix: str | None = None) -> None:
        super().__init__(message, fix=fix)
        self.path = path


class PlacementError(PreprocError, ValueError):
    """An edit record does not belong to these pixels."""


class MissingLibraryError(PreprocError, ImportError):
    """OpenCV cannot be loaded: it, or a system library that it needs, is not on this machine."""


class FramesWarning(UserWarning):
    """A file holds several pictures, frames or pages, of which the first is read."""


class ProfileWarning(UserWarning):
    """A picture's colour profile cannot be used: it is broken, or made for another kind of picture."""


class ScaleWarning(UserWarning):
    """A picture is sent at another scale or aspect than was meant, or far larger, as the endpoint takes no other."""
