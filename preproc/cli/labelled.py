"""Words beside their labels, broken where a line is full."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

__all__ = ["WIDTH", "labelled"]

WIDTH = 100
"""Columns of a line."""
_LABEL = 13


def labelled(lines: Iterable[tuple[str, str]]) -> str:
    """Lay out labels and words in lines of 100 columns; no word is broken, so that names can be copied.

    Examples
    --------
    >>> print(labelled([("price", "0.05 USD per megapixel"), ("mask", "white " * 17)]))
      price         0.05 USD per megapixel
      mask          white white white white white white white white white white white white white white
                    white white white
    """
    indent = " " * (_LABEL + 3)
    return "\n".join(
        textwrap.fill(
            words,
            WIDTH,
            initial_indent=f"  {label:<{_LABEL}} ",
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for label, words in lines
    )
