"""The records of the catalog: what can be known of an endpoint, and in which form it is written down."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from preproc.geometry import SizeRule

from .field import Fact, Field

__all__ = [
    "GROUPS",
    "Control",
    "Group",
    "MaskFact",
    "OutputSize",
    "PriceFact",
    "SizeFact",
    "Spec",
]

Group: TypeAlias = Literal[
    "image_to_image",
    "controlnet",
    "inpaint",
    "fill",
    "outpaint",
    "erase",
    "upscale",
    "background",
    "face",
    "ip_adapter",
    "preprocess",
    "segment",
]
"""What an endpoint is for."""
GROUPS: tuple[Group, ...] = Group.__args__  # type: ignore[attr-defined]  # a Literal's members, in order


class MaskFact(Fact, frozen=True):
    """Which field takes the mask, and what its white means.

    Attributes
    ----------
    field
        The argument's name.
    white_is_edit
        True: white is changed. False: black is. None: not documented.
    evidence
        Why that is believed.
    must_equal_image_size
        The endpoint says that it refuses other sizes.
    risk
        The evidence contradicts itself: worth a cheap trial first.
    """

    field: str
    white_is_edit: bool | None
    evidence: str
    must_equal_image_size: bool = False
    risk: bool = False


class Control(Fact, frozen=True):
    """Where a control map goes, and who makes it.

    Attributes
    ----------
    maker
        ``"caller"``: a finished map is wanted. ``"endpoint"``: a photo is, the map is made there. ``"switch"``: an
        argument decides. ``"undocumented"``: nobody says.
    types
        From our name of a control type to the endpoint's word for it; empty where the weights decide.
    image, mode, scale, start, end
        Paths of the arguments, such as ``"controlnet_unions.0.controls.0.control_mode"``; ``{type}`` stands for the
        endpoint's word.
    set
        Arguments that are needed besides, with the values used here.
    off
        Arguments, with their values, that keep the endpoint from making a map of a finished one.
    needs
        An argument the caller has to give, such as the path of weights.
    evidence
        Why that is believed.
    """

    form: Literal["union", "per type", "field", "weights"]
    maker: Literal["caller", "endpoint", "switch", "undocumented"]
    types: dict[str, str]
    image: str
    evidence: str
    mode: str | None = None
    scale: str | None = None
    start: str | None = None
    end: str | None = None
    set: dict[str, Any] = msgspec.field(default_factory=dict)
    off: dict[str, Any] = msgspec.field(default_factory=dict)
    needs: str | None = None


class SizeFact(Fact, frozen=True):
    """Limits of the pictures that are sent; see `preproc.geometry.SizeRule`."""

    cell: int
    multiple_of: int = 1
    min_side: int = 1
    max_side: int | None = None
    min_pixels: int = 1
    max_pixels: int | None = None
    max_aspect: float | None = None
    best_pixels: int | None = None
    max_file_bytes: int | None = None
    source: str = ""


class OutputSize(Fact, frozen=True):
    """How the size of the result follows from the arguments.

    Attributes
    ----------
    size
        ``"input"``: that of the picture sent. ``"image_size"``: that argument. ``"scaled"``: the picture's times
        `field`. ``"expanded"``: the picture's plus the ``expand_*`` arguments. ``"field"``: `field` is it.
    multiple_of
        Sides are rounded up to multiples of it.
    least_side
        A picture whose shorter side is less is enlarged to it before anything else.
    only_if
        It can be told only while these arguments have these values.
    follows_input
        The result has the picture's size where ``image_size`` is left out.
    max_pixels
        The most the result may have; None where nothing is stated.
    """

    size: Literal["input", "image_size", "scaled", "expanded", "field", "width and height", "unknown"]
    field: str = ""
    multiple_of: int = 1
    least_side: int = 1
    only_if: dict[str, Any] = msgspec.field(default_factory=dict)
    follows_input: bool = False
    max_pixels: int | None = None


class PriceFact(Fact, frozen=True):
    """What fal has been seen to charge, in US dollars.

    Attributes
    ----------
    amount
        Per `unit`, at the default options; None where no rate is published, which is not the same as free.
    rounded_up
        The page says that megapixels are rounded up.
    extra, input, input_at_least
        Rate of further output megapixels, of input megapixels, and how many of those are billed at least.
    by, amounts
        Arguments that change the amount, and the amounts for their values, joined by blanks.
    request_fee, fees, plus
        On top: per request, per switched-on argument, and in words.
    other
        What another source says.
    """

    amount: float | None = None
    unit: Literal["image", "megapixel", "request", "compute-second"] | None = None
    rounded_up: bool = False
    extra: float | None = None
    input: float | None = None
    input_at_least: int = 0
    by: tuple[str, ...] = ()
    amounts: dict[str, float] = msgspec.field(default_factory=dict)
    request_fee: float = 0.0
    fees: dict[str, float] = msgspec.field(default_factory=dict)
    plus: str = ""
    source: str = ""
    seen: str | None = None
    other: str = ""
    note: str = ""


class Spec(Fact, frozen=True, kw_only=True):
    """All that is known of one endpoint.

    Attributes
    ----------
    id, group, checked
        Its id, what it is for, and when these facts were last compared with what fal publishes.
    fields
        Its arguments by name, the required ones first.
    outputs
        Fields of its result, such as ``{"images": "image[]", "seed": "number"}``; ``?`` marks those that may be missing.
    live, gone_since, successor, gone_note
        Whether fal publishes it; if not, since when, and what comes nearest.
    image_field
        Path of the argument that takes the picture to work on; None where there is none.
    mask, control, size, output_size, price
        See `MaskFact`, `Control`, `SizeFact`, `OutputSize`, `PriceFact`; None where there is nothing to say.
    format_field, safety_field
        Arguments that choose the file format of the result and the safety check; None where there are none.
    first_seen, last_seen, schema_from, ranges_from
        Dates: when it was first and last seen published, and how old its fields and ranges are.
    notes
        What is worth knowing besides.
    """

    id: str = ""
    group: Group
    live: bool = True
    gone_since: str | None = None
    successor: str | None = None
    gone_note: str = ""
    first_seen: str
    last_seen: str
    schema_from: str
    ranges_from: str | None = None
    checked: str = ""
    image_field: str | None = None
    mask: MaskFact | None = None
    control: Control | None = None
    format_field: str | None = None
    safety_field: str | None = None
    size: SizeFact
    output_size: OutputSize
    price: PriceFact | None = None
    notes: tuple[str, ...] = ()
    outputs: dict[str, str]
    fields: dict[str, Field]

    @property
    def pictures(self) -> tuple[str, ...]:
        """The fields of its result that bring pictures and are not said to be missing at times."""
        return tuple(
            name
            for name, kind in self.outputs.items()
            if not kind.endswith("?") and (kind.startswith("image") or name in {"image", "images"})
        )

    @property
    def rule(self) -> SizeRule:
        """Its limits in the form `preproc.crop` and `preproc.outpaint` take."""
        size = self.size
        return SizeRule(
            multiple_of=size.multiple_of,
            cell=size.cell,
            min_side=size.min_side,
            max_side=size.max_side,
            min_pixels=size.min_pixels,
            max_pixels=size.max_pixels,
            max_aspect=size.max_aspect,
            best_pixels=size.best_pixels,
            billed_pixels=1_000_000 if self.price and self.price.unit == "megapixel" else None,
        )
