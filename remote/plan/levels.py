"""Words for numbers: how far a picture is changed, and how strictly a control map is followed.

Strength, the share of the picture that is painted anew. Names may be written with ``_``, ``-`` or blanks, in any case:

=================== ======= ========== =========================================
level               sends   stands for effect
=================== ======= ========== =========================================
``no-change``       0.01    0.0        none to speak of: endpoints refuse 0.0
``subtle``          0.35    0.2-0.5    small changes
``moderate``        0.6     0.5-0.7    clear changes, the composition stays
``strong``          0.8     0.7-0.9    the picture is a starting point
``full``            0.95    0.9-1.0    regenerated
=================== ======= ========== =========================================

The same by task:

======================= ======= ==========
level                   sends   stands for
======================= ======= ==========
``colour-correction``   0.25    0.2-0.3
``style-hint``          0.4     0.3-0.5
``style-transfer``      0.6     0.5-0.7
``reimagining``         0.8     0.7-0.9
``full-regeneration``   0.95    0.9-1.0
======================= ======= ==========

In short:

========== ====================================
strength   effect
========== ====================================
0.0-0.3    the photo is kept
0.5-0.7    it is changed clearly
0.8-1.0    another picture is made
========== ====================================

Guides give the word style hint to 0.2-0.3 as well as to 0.2-0.5 and 0.3-0.5; here it is the last of these, and 0.2-0.3 is
``colour-correction``.

Conditioning scale, how strictly a control map is followed:

=============== ======= ========== =========================================
level           sends   stands for effect
=============== ======= ========== =========================================
``strict``      0.95    0.9-1.0    the map is kept
``balanced``    0.75    0.7-0.8    kept, with room for the prompt
``loose``       0.5     0.4-0.6    a hint
=============== ======= ========== =========================================

``strict structure`` and ``loose guidance`` are taken for ``strict`` and ``loose``.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

__all__ = ["SCALES", "STRENGTHS", "Level", "ScaleName", "StrengthName", "level_named", "levels_of"]

StrengthName: TypeAlias = Literal[
    "no-change",
    "subtle",
    "moderate",
    "strong",
    "full",
    "colour-correction",
    "color-correction",
    "style-hint",
    "style-transfer",
    "reimagining",
    "full-regeneration",
]
"""Named strengths."""
ScaleName: TypeAlias = Literal["strict", "balanced", "loose"]
"""Named conditioning scales."""


@dataclass(frozen=True, slots=True)
class Level:
    """A named number.

    Attributes
    ----------
    value
        What is sent: the middle of the range; of ``no-change`` the least that endpoints take.
    low, high
        The range the word stands for.
    effect
        What it does, in a few words.
    """

    value: float
    low: float
    high: float
    effect: str


STRENGTHS: MappingProxyType[str, Level] = MappingProxyType(
    {
        "no-change": Level(0.01, 0.0, 0.01, "none to speak of; endpoints refuse 0.0"),
        "subtle": Level(0.35, 0.2, 0.5, "small changes"),
        "moderate": Level(0.6, 0.5, 0.7, "clear changes, the composition stays"),
        "strong": Level(0.8, 0.7, 0.9, "the picture is a starting point"),
        "full": Level(0.95, 0.9, 1.0, "regenerated"),
        "colour-correction": Level(0.25, 0.2, 0.3, "colours and light"),
        "color-correction": Level(0.25, 0.2, 0.3, "colours and light"),
        "style-hint": Level(0.4, 0.3, 0.5, "a touch of a style"),
        "style-transfer": Level(0.6, 0.5, 0.7, "another style, the same content"),
        "reimagining": Level(0.8, 0.7, 0.9, "the same idea, another picture"),
        "full-regeneration": Level(0.95, 0.9, 1.0, "regenerated"),
    }
)
"""The named strengths with the number each sends."""

SCALES: MappingProxyType[str, Level] = MappingProxyType(
    {
        "strict": Level(0.95, 0.9, 1.0, "the map is kept"),
        "balanced": Level(0.75, 0.7, 0.8, "kept, with room for the prompt"),
        "loose": Level(0.5, 0.4, 0.6, "a hint"),
    }
)
"""The named conditioning scales with the number each sends."""

_LONG_NAMES = MappingProxyType({"strict-structure": "strict", "loose-guidance": "loose"})

_SCALE_FIELDS = frozenset(
    {
        "conditioning_scale",
        "controlnet_conditioning_scale",
        "control_scale",
        "control_lora_strength",
    }
)


def level_named(argument: str, name: str, /) -> Level | None:
    """Return an argument's level by its name, however that is spelt; None where there is none.

    Examples
    --------
    >>> level_named("strength", "Style_Transfer").value
    0.6
    """
    levels = levels_of(argument)
    plain = name.strip().lower().replace("_", "-").replace(" ", "-")
    return levels.get(_LONG_NAMES.get(plain, plain) if levels is SCALES else plain)


def levels_of(argument: str, /) -> MappingProxyType[str, Level]:
    """Return the names an argument takes besides numbers; empty for most.

    Examples
    --------
    >>> levels_of("strength")["style-transfer"].value, levels_of("control_scale")["strict"].value
    (0.6, 0.95)
    >>> len(levels_of("seed"))
    0
    """
    if argument == "strength":
        return STRENGTHS
    return SCALES if argument in _SCALE_FIELDS else MappingProxyType({})
