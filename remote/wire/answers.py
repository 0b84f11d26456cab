"""From what httpx has, an answer or an error, to our errors."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import httpx

from ..errors import EndpointError, TransferError
from .translate import endpoint_error

__all__ = ["answered", "certificates_read", "is_untrusted", "unreached"]

_STATUS = re.compile(r"\s*\d{3}\b")


def unreached(
    error: Exception, broken: type[TransferError], endpoint: str | None, request_id: str | None
) -> TransferError:
    """Say that no answer came."""
    if isinstance(error, httpx.ProxyError):
        status = _STATUS.match(str(error))
        said = f"answers {status[0].strip()}" if status else "does not work"
        return broken(
            f"the proxy between this machine and fal {said} (ProxyError)",
            fix="check HTTPS_PROXY, and the name and password in it; nothing of this request has reached fal",
            endpoint=endpoint,
            request_id=request_id,
        )
    if is_untrusted(error):
        return broken(
            "what answers in fal's place has a certificate that is not trusted here",
            fix="behind a proxy that opens https, name the file of its certificate: SSL_CERT_FILE=ca.pem; nothing was sent",
            endpoint=endpoint,
            request_id=request_id,
        )
    return broken(
        f"fal could not be reached ({type(error).__name__})",
        fix="check the connection and any proxy; nothing of this request is known to have arrived",
        endpoint=endpoint,
        request_id=request_id,
    )


def is_untrusted(error: Exception) -> bool:
    """Tell whether the other side was refused for its certificate, which waiting does not mend."""
    return isinstance(error, httpx.ConnectError) and "CERTIFICATE_VERIFY_FAILED" in str(error)


@contextmanager
def certificates_read(broken: type[TransferError] = TransferError) -> Iterator[None]:
    """Say of certificates that cannot be read which setting named them; nothing can be sent then."""
    try:
        yield
    except (ssl.SSLError, OSError) as error:
        said = error.strerror or type(error).__name__
        raise broken(
            f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read: {said}",
            fix="set it to a PEM file that is there, or unset it; nothing was sent",
        ) from None


def answered(
    response: httpx.Response,
    endpoint: str | None,
    request_id: str | None,
    secrets: Iterable[str],
    error_type: str | None = None,
) -> EndpointError:
    """Say what an answer other than 2xx means; `endpoint` is None where it is the file server's."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = response.text
    return endpoint_error(
        response.status_code,
        body,
        endpoint=endpoint,
        request_id=request_id or response.headers.get("x-fal-request-id"),
        error_type=error_type,
        secrets=secrets,
    )
