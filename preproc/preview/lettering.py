"""Words that Pillow's own typeface can write: it knows ASCII and little more, and draws boxes for the rest."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import PIL.ImageFont

__all__ = ["font", "readable"]

_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяєіґ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "zh",
            "z",
            "i",
            "j",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "'",
            "y",
            "'",
            "e",
            "yu",
            "ya",
            "ye",
            "i",
            "g",
        ],
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        [
            "a",
            "b",
            "g",
            "d",
            "e",
            "z",
            "i",
            "th",
            "i",
            "k",
            "l",
            "m",
            "n",
            "x",
            "o",
            "p",
            "r",
            "s",
            "s",
            "t",
            "y",
            "f",
            "ch",
            "ps",
            "o",
        ],
        strict=True,
    )
)
_LATIN = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
_SIGNS = {"–": "-", "—": "-", "−": "-", "×": "x", "•": "·", "„": '"', "€": "EUR", "≤": "<=", "≥": ">=", "→": "->"}
_KNOWN: Mapping[str, str] = {**_CYRILLIC, **_GREEK, **_LATIN, **_SIGNS}
_MISSING = "\U0010fffd"  # of the private use area: no typeface has it


@lru_cache(maxsize=16)
def font(px: int) -> PIL.ImageFont.FreeTypeFont | PIL.ImageFont.ImageFont:
    """Return Pillow's own typeface at this size."""
    return PIL.ImageFont.load_default(px)


def readable(words: str) -> str:
    r"""Spell words with the letters there are.

    Accents are left out, Cyrillic and Greek are transliterated, anything else is escaped as Python does it.

    Examples
    --------
    >>> readable("Café №5.jpg"), readable("Москва.jpg"), readable("写真.jpg")
    ('Cafe No5.jpg', 'Moskva.jpg', '\\u5199\\u771f.jpg')
    """
    return "".join(_spelled(letter) for letter in unicodedata.normalize("NFC", words))


@lru_cache(maxsize=4096)
def _spelled(letter: str) -> str:
    if _is_drawn(letter):
        return letter
    plain = unicodedata.normalize("NFKD", letter)
    spelled = "".join(_plain(part) for part in plain if not unicodedata.combining(part))
    return spelled or letter.encode("unicode_escape").decode()


def _plain(letter: str) -> str:
    if _is_drawn(letter):
        return letter
    known = _KNOWN.get(letter.lower())
    if known is None:
        return letter.encode("unicode_escape", "surrogatepass").decode()
    return known if letter == letter.lower() else known.capitalize()


def _is_drawn(letter: str) -> bool:
    if letter == " " or not letter.isprintable():
        return letter == " "
    if letter.isascii():
        return True
    try:
        of_letter, missing = font(16).getmask(letter), font(16).getmask(_MISSING)
    except UnicodeError:  # of the bitmaps that stand in where Pillow was built without FreeType
        return False
    return of_letter.size != missing.size or bytes(of_letter) != bytes(missing)
