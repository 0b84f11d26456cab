"""What is known of an endpoint, in words: nothing that the data has is left out."""

import msgspec
import pytest

from preproc.cli.labelled import labelled
from remote import catalog
from remote.catalog.alias import Alias
from remote.catalog.facts import Control, MaskFact, OutputSize, PriceFact, SizeFact, Spec
from remote.catalog.field import Field
from remote.explain import explain, explain_successor

SWITCHED_ON = {
    "must_equal_image_size": "has to be of the picture's size",
    "risk": "contradicts itself",
    "rounded_up": "a started megapixel counts as a whole one",
    "follows_input": "the picture's where that is left out",
}
MAKERS = {
    "caller": "by you",
    "endpoint": "by the endpoint",
    "switch": "a switch decides",
    "undocumented": "undocumented",
}
SIZES = {
    "input": "that of the picture sent",
    "image_size": "that of image_size",
    "scaled": "sides times",
    "expanded": "larger by expand_left",
    "field": "is width and height",
    "width and height": "width (",
    "unknown": "not published",
}
ROLES = {"image": "picture", "mask": "mask", "control": "control map", "file": "file"}


def text_of(spec: Spec) -> str:
    return " ".join(f"{line.label} {line.words}" for line in explain(spec))


@pytest.mark.parametrize("spec", catalog.endpoints(), ids=lambda spec: spec.id)
def test_no_fact_is_left_out(spec):
    text = text_of(spec)
    held = {name: value for name, value in msgspec.to_builtins(spec).items() if name not in {"id", "fields", "outputs"}}
    missing = [
        f"{path} = {value!r}"
        for path, value in leaves(held, "")
        if not any(said in text for said in spellings(spec, path, value))
    ]
    assert not missing
    lines = dict(line.words.split(": ", 1) for line in explain(spec) if line.label in {"argument", "  inside"})
    for name, field in spec.fields.items():
        check_field(name, field, lines)
    for name, kind in spec.outputs.items():
        assert f"{name}: " in text
        assert ("may be missing" in text) >= kind.endswith("?")


def check_field(place: str, field: Field, lines: dict[str, str]) -> None:
    said = lines[place]
    assert field.many == said.startswith("list of ")
    assert field.required == (", required" in said)
    assert field.type in said
    assert field.about in said
    assert field.documented == ("its schema states no limit" in said)
    assert field.open == ("or others like these" in said)
    if field.role:
        assert ROLES[field.role] in said
    for value in (field.minimum, field.maximum, field.above, field.length, field.max_items, *field.enum):
        assert value is None or str(value) in said
    if field.default is not None:
        assert f"default {field.default if field.default not in ('', [], {}) else 'empty'}" in said
    for inner, fact in catalog.nested(field.of).items() if field.of else ():
        check_field(f"{place}.N.{inner}" if field.many else f"{place}.{inner}", fact, lines)


def leaves(value, path):
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, f"{path}.{name}".strip("."))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item, path)
    elif value is not None:
        yield path, value


def spellings(spec, path, value):
    name = path.rpartition(".")[2]
    if path.startswith("price.amounts."):
        return [f"{path.removeprefix('price.amounts.').replace(' other', ' and any other')} {value:g}"]
    if path.startswith("control.off."):
        *_, place = of_types(spec, path.removeprefix("control.off."))
        return [f"{place} = {value}"]
    if path == "mask.white_is_edit":
        return ["white is edited" if value else "black is edited"]
    if path.startswith(("control.set.", "output_size.only_if.")):
        place = path.removeprefix("control.set.").removeprefix("output_size.only_if.")
        return [f"{place}={value}", f"{place} is {value}"]
    if path.startswith("control.types."):
        return [f"{name} (there {value})"] if name != value else [f"{name}, ", f"{name};", f"and {name}"]
    words = {"live": "no longer published", "control.maker": MAKERS.get(value), "output_size.size": SIZES.get(value)}
    if path in words:
        return [words[path]]
    if path == "control.form":
        return [""]  # how the map's place is written down here
    if isinstance(value, bool):
        return [SWITCHED_ON[name]]
    if isinstance(value, (int, float)):
        return [f"{value:,}", f"{value:g}"]
    return of_types(spec, value) if path.startswith("control.") else [value, value.replace("-", " ")]


def of_types(spec, place):
    """Write a place out for each kind of map that it is for."""
    words = list(spec.control.types.values()) if "{type}" in place else [""]
    return [place.format(type=word) for word in words]


def test_what_is_not_known_is_said_to_be():
    text = text_of(catalog.endpoint("fal-ai/sdxl-controlnet-union"))
    assert "unknown: billed per compute second" in text
    assert "canny_preprocess, depth_preprocess, openpose_preprocess" in text
    assert "polarity unknown" in text_of(catalog.endpoint("bria/fibo-edit/edit"))
    assert "not published: it is known when the result is there" in text_of(
        catalog.endpoint("fal-ai/gpt-image-1.5/edit")
    )
    unpriced = [spec for spec in catalog.endpoints() if spec.price is None or spec.price.amount is None]
    assert all("unknown" in text_of(spec) and "not the same as free" in text_of(spec) for spec in unpriced)


@pytest.mark.parametrize(
    ("name", "alias"), catalog.guide().items(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_translation_of_a_guides_id_is_left_out(name, alias: Alias):
    text = " ".join(line.words for line in explain_successor(alias))
    for argument, place in alias.rename.items():
        assert f"{argument}: {place.format(kind=next(iter(alias.kinds.values()), ''))}" in text
    for argument, value in (*alias.set.items(), *alias.default.items()):
        assert f"{argument}={value}" in text
    for argument, reason in alias.drop.items():
        assert f"{argument}: {reason}" in text
    for ours, theirs in alias.kinds.items():
        assert f"{theirs}_image_url where {alias.kind} is {ours}" in text
    for words in alias.values.values():
        assert all(f"{ours} as {theirs}" in text for ours, theirs in words.items())
    if alias.successor:
        assert name in text_of(catalog.endpoint(alias.successor))
    else:
        assert alias.note in text_of(catalog.endpoint(name))


def test_facts_that_no_endpoint_has_yet_are_explained_too():
    spec = Spec(
        group="erase",
        first_seen="2026-01-01",
        last_seen="2026-02-02",
        schema_from="2026-02-02",
        image_field="image_url",
        mask=MaskFact("mask_url", False, "its page says so"),
        control=Control("field", "switch", {"canny": "canny"}, "image_url", "seen", off={"preprocess": "none"}),
        size=SizeFact(8, min_side=64, max_side=2048, min_pixels=4096, source="its page"),
        output_size=OutputSize("scaled", field="scale", multiple_of=8, least_side=96, max_pixels=10_000_000),
        price=PriceFact(0.2, "megapixel", request_fee=0.01, fees={"detail": 0.02}, plus="tokens"),
        outputs={"image": "image?"},
        fields={
            "image_url": Field("url", role="image", required=True),
            "scale": Field("number", above=0, maximum=8),
            "words": Field("string", enum=("a", "b"), open=True, many=True, max_items=3),
        },
    )
    text = text_of(spec)
    for said in (
        "black is edited (its page says so); white stays what is edited here: a plan inverts it",
        "preprocess = none with a finished map",
        "sides of 64 to 2,048 px; at least 0.004096 megapixels (4,096 pixels)",
        "sides times scale; rounded up to multiples of 8 px; a picture whose shorter side is below 96 px is first enlarged",
        "at most 10 megapixels (10,000,000 pixels)",
        "0.2 USD per megapixel of the result; whether started megapixels are rounded up is not published",
        "0.01 more per request; 0.02 more with detail; tokens",
        "scale: number, above 0 to 8",
        "words: list of string, at most 3 of them, one of a, b, or others like these",
        "image: picture, may be missing",
    ):
        assert said in text


def test_lines_end_where_a_terminal_does():
    for spec in catalog.endpoints():
        lines = labelled(explain(spec)).splitlines()
        assert all(len(line) <= 100 or " " not in line.strip() or "  " in line.strip() for line in lines)
        assert max(len(line) for line in lines) <= 160  # names and addresses are not broken
