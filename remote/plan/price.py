"""What a job is expected to cost, from published rates; unknown is said, and never taken for free.

Where sources leave it open how megapixels are counted, the higher reading is taken: a megapixel is 1,000,000 pixels
(not 1024 x 1024), and a started megapixel counts as a whole one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from preproc.geometry import Size

from ..catalog import presets
from ..catalog.facts import PriceFact, Spec

__all__ = ["COUNTS", "Price", "predict_price", "seen_when"]

_SIZE = re.compile(r"\d+x\d+")
COUNTS = ("num_images", "num_results", "num_samples", "num_images_per_size")
"""Arguments that say how many pictures are made."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a job is expected to cost.

    Attributes
    ----------
    amount
        In `currency`; None means unknown, never free.
    currency
        ISO 4217 code.
    unit
        What is billed, such as ``"megapixel"`` or ``"image"``; None where unknown.
    note
        How the amount came about, or why it is unknown.
    """

    amount: float | None
    currency: str = "USD"
    unit: str | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"amount": self.amount, "currency": self.currency, "unit": self.unit, "note": self.note}

    def __str__(self) -> str:
        amount = "unknown" if self.amount is None else f"{self.amount:.4g} {self.currency}"
        return f"{amount} ({self.note})" if self.note else amount


def predict_price(
    spec: Spec, payload: Mapping[str, Any], *, inputs: Sequence[Size | None] = (), output: Size | None = None
) -> Price:
    """Predict what a job costs.

    Parameters
    ----------
    spec, payload
        The endpoint and its arguments; the published defaults stand for what is left out.
    inputs
        Sizes of the pictures sent, masks left out; None for one that is not known, such as one behind a URL.
    output
        Size of each picture of the result; None where it cannot be told.

    Examples
    --------
    >>> from remote.catalog import endpoint
    >>> print(predict_price(endpoint("fal-ai/flux-pro/v1/fill"), {"num_images": 2}, output=Size(1200, 800)))
    0.1 USD (2 x 1 megapixel at 0.05, seen 2026-10)
    >>> print(predict_price(endpoint("fal-ai/esrgan"), {}))
    unknown (0.00111 USD per compute second, which cannot be told beforehand, seen 2026-09)
    """
    fact = spec.price
    if fact is None:
        return Price(None, note="no rate is published")
    seen = f", {seen_when(spec)}"
    if fact.amount is None or fact.unit is None:
        return Price(None, note=fact.note or "no rate is published")
    if fact.unit == "compute-second":
        note = f"{fact.amount:g} USD per compute second, which cannot be told beforehand{seen}"
        return Price(None, unit=fact.unit, note=note)
    chosen = {name: payload.get(name, field.default) for name, field in spec.fields.items()}
    found = _rate(fact, chosen)
    if found is None:
        size = ", ".join(f"{name} {_word(chosen.get(name))}" for name in fact.by)
        return Price(None, unit=fact.unit, note=f"no rate is published for {size}{seen}")
    rate, how = found
    count = _count(chosen)
    each = f"{count} x " if count > 1 else ""
    match fact.unit:
        case "request":
            amount, note = rate, f"{rate:g} per request"
        case "image":
            amount, note = rate * count, f"{each}{rate:g} per image{how}"
        case "megapixel":
            if output is None:
                note = f"{rate:g} USD per megapixel, and the size of the result cannot be told{seen}"
                return Price(None, unit=fact.unit, note=note)
            sent = [size for size in inputs if size is not None]
            if fact.input is not None and len(sent) < len(inputs):
                note = (
                    f"{rate:g} USD per megapixel, sent ones are billed too, and the size of a URL cannot be told{seen}"
                )
                return Price(None, unit=fact.unit, note=note)
            amount, note = _megapixels(fact, rate, sent, output)
            amount, note = amount * count, f"{each}{note}{how}"
    if fact.request_fee:
        amount, note = amount + fact.request_fee, f"{note} and {fact.request_fee:g} per request"
    for name, fee in fact.fees.items():
        if chosen.get(name):
            amount, note = amount + fee, f"{note} and {fee:g} for {name}"
    if fact.plus:
        note = f"{note}; {fact.plus}"
    return Price(round(amount, 6), unit=fact.unit, note=f"{note}{seen}")


def seen_when(spec: Spec, /) -> str:
    """Say when the rate was seen; of some only the day is known by which they had been gathered.

    Examples
    --------
    >>> from remote.catalog import endpoint
    >>> seen_when(endpoint("fal-ai/esrgan")), seen_when(endpoint("fal-ai/sam-3/image"))
    ('seen 2026-09', 'seen in or before 2026-11, its source has no date')
    """
    if spec.price is not None and spec.price.seen:
        return f"seen {spec.price.seen}"
    return f"seen in or before {spec.checked}, its source has no date"


def _count(chosen: Mapping[str, Any]) -> int:
    count = next((int(chosen[name]) for name in COUNTS if chosen.get(name)), 1)
    targets = chosen.get("target_sizes")
    return count * len(targets) if isinstance(targets, list) else count


def _rate(fact: PriceFact, chosen: Mapping[str, Any]) -> tuple[float, str] | None:
    # where an option is left to the endpoint, the highest of the rates that fit
    assert fact.amount is not None
    wanted = [_word(chosen.get(name)) for name in fact.by]
    for loose in (False, True):
        fits = {
            key: rate
            for key, rate in fact.amounts.items()
            if all(
                word in {None, part} or (loose and part == "other")
                for word, part in zip(wanted, key.split(), strict=True)
            )
        }
        if fits:
            dearest = max(fits, key=lambda key: fits[key])
            return fits[dearest], f" with {' and '.join(fact.by)} {dearest}"
    if any(_SIZE.fullmatch(word) for word in wanted if word):
        return None  # the amount is that of a size, and not of this one
    return fact.amount, ""


def _word(value: Any) -> str | None:
    if isinstance(value, str) and value in presets():
        value = dict(zip(("width", "height"), presets()[value], strict=True))
    if isinstance(value, Mapping):
        return f"{value.get('width')}x{value.get('height')}"
    return None if value is None or value == "auto" else str(value)


def _megapixels(fact: PriceFact, rate: float, inputs: Sequence[Size], output: Size) -> tuple[float, str]:
    made = math.ceil(output.pixels / 1_000_000)
    if fact.extra is None:
        note = f"{made} megapixel{'s' if made > 1 else ''} at {rate:g}"
        if not fact.rounded_up:
            note = f"{note}, or {output.pixels / 1_000_000 * rate:.3g} if they are not rounded up"
        return made * rate, note
    sent = sum(math.ceil(size.pixels / 1_000_000) for size in inputs)
    amount, note = rate + (made - 1) * fact.extra, f"{rate:g} and {made - 1} more megapixels at {fact.extra:g}"
    if fact.input is not None:
        billed = max(sent, fact.input_at_least)
        amount, note = amount + billed * fact.input, f"{note}, {billed} sent at {fact.input:g}"
    return amount, note
