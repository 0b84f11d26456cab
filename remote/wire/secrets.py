"""What must appear nowhere, in all the forms in which it could."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote

__all__ = ["forms_of", "is_told", "without_told"]

_SHORTEST = 8


def forms_of(tokens: Iterable[str], /) -> tuple[str, ...]:
    """Return each token and its halves: as they are, quoted for a URL, and in base64 of both alphabets.

    Examples
    --------
    >>> forms_of(["1234567:secret+word"])[:4]
    ('1234567:secret+word', '1234567%3Asecret%2Bword', 'MTIzNDU2NzpzZWNyZXQrd29yZA', 'secret+word')
    """
    found: dict[str, None] = {}
    for token in tokens:
        for part in (token, *token.split(":")):
            if len(part) >= _SHORTEST:
                plain = base64.b64encode(part.encode()).decode().rstrip("=")
                found |= dict.fromkeys((part, quote(part, ""), plain, plain.translate(str.maketrans("+/", "-_"))))
    return tuple(found)


def is_told(text: str, secrets: Iterable[str], /) -> bool:
    """Tell whether a text repeats a secret, in whatever case; hosts are written small."""
    text = text.lower()
    return any(secret.lower() in text for secret in secrets)


def without_told(text: str, secrets: Iterable[str], /) -> str:
    """Return a text with each secret that it repeats, in whatever case, replaced.

    Examples
    --------
    >>> without_told("Key 1234567:SECRET+word", ["1234567:secret+word", "secret+word"])
    'Key ***'
    """
    for secret in secrets:
        text = re.sub(re.escape(secret), "***", text, flags=re.IGNORECASE)
    return text
