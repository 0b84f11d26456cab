"""What is charged, in words: the terms that `remote.plan.price` reckons with."""

from __future__ import annotations

import re

from ..catalog.facts import PriceFact, Spec
from ..plan.price import COUNTS, seen_when
from .lines import Line, listed

__all__ = ["explain_price", "rate"]

_SIZE = re.compile(r"\d+x\d+")
_UNKNOWN = "unknown, which is not the same as free"
_LIMIT = "under a spending limit the most it can cost has to be stated"


def explain_price(spec: Spec, /) -> list[Line]:
    """Say what is charged for what, what comes on top, where that is from and when it was seen."""
    price = spec.price
    if price is None:
        return [Line("price", f"{_UNKNOWN}: no rate is published; {_LIMIT}")]
    if price.amount is None or price.unit is None:
        why = price.note or "no rate is published"
        unknown = "unknown" if "not the same as free" in why else _UNKNOWN
        return [Line("price", f"{unknown}: {why}; {_LIMIT}"), *_sources(spec, price)]
    note = f" ({price.note})" if price.note else ""
    terms = [_terms(spec, price), *_on_top(price)]
    lines = [Line("price", "; ".join(terms) + note)]
    if price.amounts:
        lines.append(Line("price by", _options(price)))
    return [*lines, *_sources(spec, price)]


def rate(spec: Spec, /) -> str:
    """Say the plain rate; empty where none is known."""
    price = spec.price
    return (
        ""
        if price is None or price.amount is None or price.unit is None
        else f"{price.amount:g} USD per {price.unit.replace('-', ' ')}"
    )


def _terms(spec: Spec, price: PriceFact) -> str:
    usual = " at the default options" if price.by else ""
    match price.unit:
        case "compute-second":
            return f"{rate(spec)}, and how many it takes cannot be told beforehand: {_UNKNOWN}; {_LIMIT}"
        case "megapixel":
            return "; ".join([f"{_megapixels(spec, price)}{usual}{_times(spec)}", *_rounding(spec, price)])
        case "image":
            return f"{rate(spec)} of the result{usual}{_times(spec)}"
        case _:
            return f"{rate(spec)}{usual}, whatever its size"


def _megapixels(spec: Spec, price: PriceFact) -> str:
    words = [f"{rate(spec)} of the result"]
    if price.extra is not None:
        words = [f"{price.amount:g} USD for the first megapixel of the result", f"{price.extra:g} for each further one"]
    if price.input is not None:
        least = f" (at least {price.input_at_least} are counted)" if price.input_at_least else ""
        words.append(f"{price.input:g} for each megapixel sent{least}")
    return listed(words)


def _rounding(spec: Spec, price: PriceFact) -> list[str]:
    words = ["a started megapixel counts as a whole one (rounded up)"]
    if not price.rounded_up:
        words = ["whether started megapixels are rounded up is not published: a plan reckons that they are"]
    if spec.output_size.size == "unknown":
        words.append("the size of the result cannot be told beforehand, so a plan's price is unknown")
    return words


def _times(spec: Spec) -> str:
    counts = [name for name in COUNTS if name in spec.fields]
    each = ", for each of target_sizes" if "target_sizes" in spec.fields else ""
    return (f", times {listed(counts, last='or')}" if counts else "") + each


def _options(price: PriceFact) -> str:
    names = listed(list(price.by))
    said = ", ".join(f"{key.replace(' other', ' and any other')} {amount:g}" for key, amount in price.amounts.items())
    sized = any(_SIZE.fullmatch(part) for key in price.amounts for part in key.split())
    others = "another size is of unknown price" if sized else f"anything else {price.amount:g}"
    return f"{names}: {said}; {others}; what is left to the endpoint counts as the dearest that fits"


def _on_top(price: PriceFact) -> list[str]:
    words = [f"{price.request_fee:g} more per request"] if price.request_fee else []
    words += [f"{fee:g} more with {name}" for name, fee in price.fees.items()]
    return [*words, *([price.plus] if price.plus else [])]


def _sources(spec: Spec, price: PriceFact) -> list[Line]:
    seen = seen_when(spec) if price.amount is not None else ""
    said = "; ".join(filter(None, [seen, price.source]))
    lines = [Line("price seen", said.removeprefix("seen "))] if said else []
    return [*lines, Line("price else", f"another source says {price.other}")] if price.other else lines
