"""Which machines are talked to at all."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..errors import RemoteError

__all__ = ["FAL_DOMAINS", "Hosts", "bare", "is_public", "origin"]

FAL_DOMAINS = ("fal.ai", "fal.media", "fal.run", "falrun.com")
"""fal's own domains; `falrun.com` is fal_client's spare for `fal.run`."""

_UNREADABLE = "a URL that cannot be read"
_DEFAULT_PORTS = {"https": 443, "http": 80}


def origin(url: str) -> str:
    """Return scheme, host and port of a URL; the empty string when it has none.

    Examples
    --------
    >>> origin("https://V3.fal.media/files/a.png?x=1")
    'https://v3.fal.media:443'
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        return ""
    if not host or scheme not in _DEFAULT_PORTS:
        return ""
    return f"{scheme}://{host.rstrip('.')}:{port or _DEFAULT_PORTS[scheme]}"


def bare(url: str, *, longest: int = 120) -> str:
    """Return a URL without user, query and fragment, its path short enough for a message.

    Examples
    --------
    >>> bare("https://key@v3.fal.media/files/a.png?token=secret#x")
    'https://v3.fal.media/files/a.png'
    >>> bare("data:image/png;base64,iVBORw0KGgo=")
    'data:image/png'
    >>> bare("picture.png")
    'a URL that cannot be read'
    """
    if url.startswith("data:"):
        return url[:64].partition(";")[0].partition(",")[0]
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return _UNREADABLE
    if not parts.scheme or not host or not url.isprintable():
        return _UNREADABLE
    path = parts.path if len(parts.path) <= longest else f"{parts.path[: longest - 3]}..."
    return f"{parts.scheme}://{host}{port}{path}"


@dataclass(frozen=True, slots=True)
class Hosts:
    """The machines that may be talked to.

    Parameters
    ----------
    domains
        Each stands for itself and everything below it, over https, at public addresses only.
    origins
        Exact scheme, host and port, such as ``"http://127.0.0.1:8080"``, trusted as they are.
    """

    domains: tuple[str, ...] = FAL_DOMAINS
    origins: tuple[str, ...] = ()

    @classmethod
    def read(cls, allowed: Iterable[str]) -> Hosts:
        """Sort entries with a scheme from plain domains.

        Raises
        ------
        RemoteError
            If an entry is neither.
        """
        domains, origins = [], []
        for entry in allowed:
            if "://" in entry:
                known = origin(entry)
                if not known:
                    raise RemoteError(f"{entry!r} is no origin", fix='write it as "https://host" or "http://host:port"')
                origins.append(known)
            elif entry and "/" not in entry:
                domains.append(entry.lower().strip("."))
            else:
                raise RemoteError(f"{entry!r} is no host", fix='write a domain such as "fal.media"')
        return cls(tuple(domains), tuple(origins))

    def named(self, url: str) -> bool:
        """Tell whether `url` is one of the exact origins."""
        return origin(url) in self.origins

    def allow(self, url: str) -> bool:
        """Tell whether `url` may be requested.

        Examples
        --------
        >>> hosts = Hosts(("fal.media",), ("http://127.0.0.1:80",))
        >>> [hosts.allow(u) for u in ("https://v3.fal.media/a", "http://v3.fal.media/a", "https://notfal.media/a")]
        [True, False, False]
        >>> hosts.allow("http://127.0.0.1/a")
        True
        """
        known = origin(url)
        if not known or known in self.origins:
            return bool(known)
        host = known.removeprefix("https://").rpartition(":")[0]
        return known.startswith("https://") and any(host == d or host.endswith(f".{d}") for d in self.domains)


def is_public(host: str) -> bool:
    """Tell whether every address of a host is reachable by anyone; names that cannot be resolved here count as public.

    A name that this machine cannot resolve may still be resolved by its proxy; without one, connecting fails anyway.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return True
    return all(ipaddress.ip_address(str(address[4][0]).partition("%")[0]).is_global for address in found)
