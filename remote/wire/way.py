"""The way out of this machine: certificates and a proxy, as its settings name them, and what is wrong with those.

httpx reads them when it makes a client. What it then raises names neither the setting nor a remedy, and some of it is
not of httpx's own, so each client is made within `way_out`.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.request import getproxies, proxy_bypass

import httpx

from ..errors import TransferError
from .hosts import origin
from .translate import line

Broken = TypeVar("Broken", bound=TransferError)

__all__ = ["lies_in_settings", "named_in_settings", "unreached", "way_out"]

_NOTHING_SENT = "nothing was sent"
_ANY = httpx.URL("https://fal.run")
_STATUS = re.compile(r"\s*(\d{3})\b")
_UNTRUSTED = re.compile(r"CERTIFICATE_VERIFY_FAILED\]?\s*(?:certificate verify failed:?)?\s*(.*?)\s*(?:\(_ssl.*)?$")
_OUT_OF_TIME = ("expired", "not yet valid")


@contextmanager
def way_out(broken: type[TransferError] = TransferError) -> Iterator[None]:
    """Say what is wrong with the settings that a client of httpx is made with in this block.

    Parameters
    ----------
    broken
        The class of the error.

    Raises
    ------
    TransferError
        If the certificates cannot be read, or the proxy cannot be used; with `by_settings`.
    """
    try:
        folders = os.environ.get("SSL_CERT_DIR", "").split(os.pathsep) if _certificates() == "SSL_CERT_DIR" else []
        if folders and not any(Path(folder).is_dir() for folder in folders):
            raise NotADirectoryError(0, "it is no folder")  # to OpenSSL that is a folder that trusts nobody
        yield
    except ssl.SSLError:
        raise _unread("it holds no certificate in PEM form", broken) from None
    except ImportError as error:
        name = _proxy_where(lambda url: url.lower().startswith("socks"))
        raise broken(
            f"{name or 'a setting'} names a SOCKS proxy, for which a package is missing here: {error.name or 'socksio'}",
            fix=f'pip install "httpx[socks]", or name an http:// proxy instead; {_NOTHING_SENT}',
            by_settings=True,
        ) from None
    except OSError as error:
        raise _unread(line(error.strerror or type(error).__name__), broken) from None
    except (ValueError, httpx.InvalidURL):
        name = _proxy_where(_is_unusable)
        if name is None and (name := _exceptions()) is None:
            raise
        if name.lower() == "no_proxy":
            raise broken(
                f"{name}={line(os.environ[name])} holds what is no name of a machine",
                fix=f"separate names by commas, without ports and brackets, or unset {name}; {_NOTHING_SENT}",
                by_settings=True,
            ) from None
        raise broken(
            f"{name} names no proxy that can be used",
            fix=f"write it as http://host:port, or unset it; {_NOTHING_SENT}",
            by_settings=True,
        ) from None


def unreached(
    error: Exception, broken: type[Broken], endpoint: str | None = None, request_id: str | None = None
) -> Broken:
    """Say that no answer came, and which setting is in the way where one is."""
    said, fix = named_in_settings(error) or (
        f"fal could not be reached ({type(error).__name__})",
        "check the connection and any proxy; nothing of this request is known to have arrived",
    )
    return broken(said, fix=fix, endpoint=endpoint, request_id=request_id, by_settings=lies_in_settings(error))


def named_in_settings(error: Exception) -> tuple[str, str] | None:
    """Say which setting stood in the way of a request, if one did, and how to mend that."""
    return _untrusted(error) or _of_proxy(error)


def lies_in_settings(error: object) -> bool:
    """Tell whether settings of this machine are in the way, so that waiting does not mend it.

    Examples
    --------
    >>> lies_in_settings(httpx.ProxyError("407 Proxy Authentication Required")), lies_in_settings(httpx.ReadTimeout(""))
    (True, False)
    """
    if isinstance(error, httpx.ProxyError):
        status = _STATUS.match(str(error))
        return bool(status and status[1].startswith("4"))
    return isinstance(error, httpx.UnsupportedProtocol) or (
        isinstance(error, httpx.ConnectError) and bool(_UNTRUSTED.search(str(error)))
    )


def _untrusted(error: Exception) -> tuple[str, str] | None:
    """Say why the other side's certificate was refused, if it was, and how to mend that."""
    found = _UNTRUSTED.search(str(error)) if isinstance(error, httpx.ConnectError) else None
    if found is None:
        return None
    said = f"what answers in fal's place has a certificate that is not trusted here: {found[1] or 'it is unknown'}"
    name = _certificates()
    if any(word in said for word in _OUT_OF_TIME):
        fix = "check this machine's clock, and any proxy that opens https"
    elif name:
        said = f"{said} among those of {name}={line(os.environ[name])}"
        fix = f"behind a proxy that opens https, {name} has to hold its certificate; without one, unset {name}"
    else:
        fix = "behind a proxy that opens https, name the file of its certificate: SSL_CERT_FILE=ca.pem"
    return said, f"{fix}; {_NOTHING_SENT}"


def _of_proxy(error: Exception) -> tuple[str, str] | None:
    """Say that there was no way over the proxy, if there is one, and which setting names it."""
    name, where = _proxy_for(error)
    if (
        name is not None
        and name.lower() == "no_proxy"
        and isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
    ):
        return (
            f"fal could not be reached ({type(error).__name__}), and not over the proxy, since {name} takes{where} out of it",
            f"check {name} and the connection; nothing of this request is known to have arrived",
        )
    if isinstance(error, httpx.ProxyError):
        status = _STATUS.match(str(error))
        said = f"answers {status[1]}" if status else "does not work"
        return (
            f"the proxy between this machine and fal {said} (ProxyError){where and ':'}{where}",
            f"check {name or 'HTTPS_PROXY'}, and the name and password in it; nothing of this request has reached fal",
        )
    if name is None or not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
        return None
    return (
        f"fal could not be reached over the proxy{where} that {name} names ({type(error).__name__})",
        f"check {name} and the connection, or unset {name}; nothing of this request is known to have arrived",
    )


def _certificates() -> str | None:
    """Return the variable that names the certificates, in httpx's order; None where it brings its own."""
    return next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), None)


def _unread(why: str, broken: type[TransferError]) -> TransferError:
    name = _certificates()
    if name is None:
        said, fix = "certifi brings", "pip install --force-reinstall certifi"
    else:
        form = "PEM file" if name == "SSL_CERT_FILE" else "folder of certificates"
        said, fix = f"{name}={line(os.environ[name])} names", f"set {name} to a {form} that is there, or unset it"
    return broken(
        f"the certificates that {said} cannot be read: {why}", fix=f"{fix}; {_NOTHING_SENT}", by_settings=True
    )


class _Proxy(NamedTuple):
    """A proxy, and the setting that names it, for a scheme of URLs or for all."""

    name: str
    scheme: str
    url: str


def _proxies() -> Iterator[_Proxy]:
    """Yield the proxies of this machine's settings, those for https first."""
    known = getproxies()
    for scheme in ("https", "all", "http"):
        if url := known.get(scheme):
            spelt = (f"{scheme}_proxy", f"{scheme}_proxy".upper())
            name = next((name for name in spelt if os.environ.get(name)), f"this system's proxy for {scheme}")
            yield _Proxy(name, scheme, url if "://" in url else f"http://{url}")


def _exceptions() -> str | None:
    """Return the variable that names machines to be reached without the proxy."""
    return next((name for name in ("no_proxy", "NO_PROXY") if os.environ.get(name)), None)


def _proxy_where(is_it: Callable[[str], bool]) -> str | None:
    return next((proxy.name for proxy in _proxies() if is_it(proxy.url)), None)


def _is_unusable(url: str) -> bool:
    try:
        httpx.Proxy(url)
    except (ValueError, httpx.InvalidURL):
        return True
    return False


def _proxy_for(error: Exception) -> tuple[str | None, str]:
    """Return the setting of the proxy that a request went over, and where that is, without its password.

    Where there is one that the request did not go over, that is NO_PROXY, and the machine it names.
    """
    try:
        url = error.request.url if isinstance(error, httpx.RequestError) else _ANY
    except RuntimeError:  # it was raised without a request
        url = _ANY
    bypassed = bool(proxy_bypass(url.host))
    for name, scheme, proxy in _proxies():
        if scheme in {url.scheme, "all"}:
            if bypassed:
                return _exceptions(), f" {url.host}"
            return name, f" {line(origin(proxy).partition('://')[2])}".rstrip()
    return None, ""
