"""Words that Pillow's own typeface can write: it knows ASCII and little more, and draws boxes for the rest."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import PIL.ImageFont

__all__ = ["font", "readable"]

_MISSING = "\U0010fffd"  # of the private use area: no typeface has it


@lru_cache(maxsize=16)
def font(px: int) -> PIL.ImageFont.FreeTypeFont | PIL.ImageFont.ImageFont:
    """Return Pillow's own typeface at this size."""
    return PIL.ImageFont.load_default(px)


def readable(words: str) -> str:
    r"""Spell words with the letters there are; breaks become spaces.

    Examples
    --------
    >>> readable("Café №5.jpg"), readable("Москва.jpg"), readable("写真.jpg")
    ('Cafe No5.jpg', 'Moskva.jpg', 'XieZhen.jpg')
    """
    return "".join(map(_spelled, words if words.isprintable() else " ".join(words.split())))


@lru_cache(maxsize=4096)
def _spelled(sign: str) -> str:
    from anyascii import anyascii

    if _is_drawn(sign):
        return sign
    spelled = "x" if sign == "×" else anyascii(sign)
    if unicodedata.combining(sign) or (spelled and spelled.isprintable()):
        return spelled
    return sign.encode("unicode_escape", "surrogatepass").decode()


def _is_drawn(sign: str) -> bool:
    if sign == " " or not sign.isprintable():
        return sign == " "
    if sign.isascii():
        return True
    try:
        of_sign, missing = font(16).getmask(sign), font(16).getmask(_MISSING)
    except UnicodeError:  # of the bitmaps that stand in where Pillow was built without FreeType
        return False
    return of_sign.size != missing.size or bytes(of_sign) != bytes(missing)
