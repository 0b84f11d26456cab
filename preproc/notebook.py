"""How reports, plans, receipts and results look: in a terminal, and in a notebook as a table, in light and in dark."""

from __future__ import annotations

import base64
import html
import re
import textwrap

__all__ = ["LARGEST_PX", "figure_of", "lines_of", "table_of"]

LARGEST_PX = 1024
"""The longer side of what is shown: a notebook keeps every picture that it shows, and few screens show more."""

WIDTH = 80
_COLOURS = {"error": "#e5484d", "warning": "#d97706", "NOT EQUAL": "#e5484d"}
_LABEL = "padding:2px 16px 2px 0;text-align:left;vertical-align:top;white-space:nowrap;opacity:.75"
_WORDS = "padding:2px 0;text-align:left;white-space:pre-wrap;overflow-wrap:anywhere"


def table_of(words: str) -> str:
    """Turn lines such as ``price     0.05 USD`` into a table of HTML.

    Parameters
    ----------
    words
        Each line has its label before a colon or two spaces; an indented line belongs to the one before. Errors and
        warnings are coloured, all else keeps the page's colours.

    Returns
    -------
    str
        With everything in it escaped.

    Examples
    --------
    >>> "&lt;b&gt;" in table_of("prompt  <b>")
    True
    """
    rows = []
    words = words.encode("utf-8", "replace").decode()  # half a character, as broken file names hold, is none on a page
    for line in re.split(r"\n(?!\s)", words):
        label, gap, rest = re.match(r"(?s)(.*?)(  +|: |$)(.*)", line).groups()  # type: ignore[union-attr]
        label, rest = (label, rest) if gap else ("", line)
        said = {label, rest.partition(":")[0], "NOT EQUAL" if "NOT EQUAL" in rest else ""}
        colour = next((f";color:{colour};opacity:1" for word, colour in _COLOURS.items() if word in said), "")
        rest = re.sub(r"\n\s+", "\n", rest)
        rows.append(
            f'<tr style="background:none"><td style="{_LABEL}{colour}">{html.escape(label)}</td>'
            f'<td style="{_WORDS}">{html.escape(rest)}</td></tr>'
        )
    style = "border-collapse:collapse;color:inherit;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px"
    return f'<table style="{style}">{"".join(rows)}</table>'


def lines_of(words: str) -> str:
    """Break such words between words where a terminal of 80 columns would break them anywhere.

    What follows is indented as far as the words after the label. A fix keeps its line: it is there to be pasted.

    Examples
    --------
    >>> print(lines_of("price  " + "unknown " * 12))
    price  unknown unknown unknown unknown unknown unknown unknown unknown unknown
           unknown unknown unknown
    """
    return "\n".join(part for line in words.split("\n") for part in _broken(line))


def _broken(line: str) -> list[str]:
    if len(line) <= WIDTH or line.lstrip().startswith("fix: "):
        return [line]
    found = re.match(r"\S+( \S+)?  +", line)
    label = found[0] if found and len(found[0]) < WIDTH // 2 else ""
    indent = " " * (len(label) or 4)
    words = textwrap.wrap(
        line.removeprefix(label),
        WIDTH,
        initial_indent=" " * len(label),
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )
    return [label + words[0][len(label) :], *words[1:]]


def figure_of(png: bytes, words: str) -> str:
    """Show a picture above such a table.

    Examples
    --------
    >>> "<img" in figure_of(b"", "seam  0.1")
    True
    """
    picture = base64.b64encode(png).decode()
    return f'<img alt="" style="max-width:100%" src="data:image/png;base64,{picture}">{table_of(words)}'
