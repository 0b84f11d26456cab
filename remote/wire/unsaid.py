"""Keep the key out of what httpx and its parts log: at DEBUG they write down every header that comes, also one that repeats it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator

from .secrets import without_told

__all__ = ["keep_unsaid"]

_PACKAGES = frozenset({"httpx", "httpcore", "fal_client", "h11", "h2", "hpack"})
_LOGGERS = ("connection", "http11", "http2", "proxy", "socks")


class _Unsaid(logging.Filter):
    """Lets every record through, with secrets replaced."""

    def __init__(self, secrets: Callable[[], Iterable[str]]) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        secrets = tuple(self._secrets())
        try:
            said = record.getMessage()
        except Exception:  # noqa: BLE001 - a record that cannot be read is its logger's matter
            return True
        if (unsaid := without_told(said, secrets)) != said:
            record.msg, record.args = unsaid, ()
        if record.exc_info:
            record.exc_text = without_told(logging.Formatter().formatException(record.exc_info), secrets)
            record.exc_info = None
        return True


def keep_unsaid(secrets: Callable[[], Iterable[str]]) -> Callable[[], None]:
    """Replace secrets in what the loggers of httpx, httpcore and fal_client say, until what is returned is called.

    A logger's filter is the one place between them and the handlers of a program; nothing else of the loggers changes.

    Parameters
    ----------
    secrets
        Returns what must not be said; called for each record.

    Examples
    --------
    >>> stop = keep_unsaid(lambda: ["5ecretsecret"])
    >>> stop()
    """
    unsaid = _Unsaid(secrets)
    loggers = [logging.getLogger(name) for name in _names()]
    for logger in loggers:
        logger.addFilter(unsaid)

    def stop() -> None:
        for logger in loggers:
            logger.removeFilter(unsaid)

    return stop


def _names() -> Iterator[str]:
    """Yield the names of their loggers; a filter on one does not see what those below it say."""
    known = {"httpx", "fal_client", "fal_client.client", *(f"httpcore.{part}" for part in _LOGGERS)}
    yield from known.union(name for name in list(logging.root.manager.loggerDict) if name.split(".")[0] in _PACKAGES)
