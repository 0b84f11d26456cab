"""What `preproc endpoints --add` keeps of a schema's limits, whichever way they are spelt, and what the plan makes of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remote.catalog import refresh
from remote.catalog.field import Field
from remote.catalog.published import read_openapi
from remote.catalog.revise import compare
from remote.errors import DownloadError, PlanError
from remote.explain import explain
from remote.plan import make_plan

from .added import ID, document_of, reference

NUMBER = {"type": "number"}
LIMITS: dict[str, tuple[dict[str, Any], list[Any], list[Any], str]] = {
    "exclusive maximum": ({**NUMBER, "exclusiveMaximum": 1}, [0.999, -5], [1, 2], "less_than"),
    "exclusive minimum": ({**NUMBER, "exclusiveMinimum": 0}, [0.001], [0, -1], "greater_than"),
    "the old way, most": ({**NUMBER, "maximum": 1, "exclusiveMaximum": True}, [0.999], [1], "less_than"),
    "the old way, least": ({**NUMBER, "minimum": 0, "exclusiveMinimum": True}, [0.1], [0], "greater_than"),
    "the old way, off": ({**NUMBER, "maximum": 1, "exclusiveMaximum": False}, [1], [1.1], "less_than_equal"),
    "multiples": ({"type": "integer", "multipleOf": 8}, [8, 0, 64], [4, 9], "multiple_of"),
    "multiples of a part": ({**NUMBER, "multipleOf": 0.05}, [0.15, 0.3, 1], [0.07], "multiple_of"),
    "const": ({"const": "v1"}, ["v1"], ["v2"], "literal_error"),
    "const number": ({"const": 3}, [3], [4], "literal_error"),
    "consts": ({"oneOf": [{"const": "a"}, {"const": "b"}]}, ["a", "b"], ["c"], "literal_error"),
    "enum of numbers": ({"enum": [0.5, 1, 2.5]}, [0.5, 1, 2.5], [2], "literal_error"),
    "enum with null": ({"type": "string", "enum": ["a", None]}, ["a"], ["b"], "literal_error"),
    "two enums": ({"anyOf": [{"enum": ["a"]}, {"enum": ["b"]}]}, ["a", "b"], ["c"], "literal_error"),
    "words and numbers": ({"enum": ["auto", 1]}, ["auto", 1], ["b", 2], "literal_error"),
    "nullable": ({"type": "number", "nullable": True, "maximum": 1}, [1], [2], "less_than_equal"),
    "null by type": ({"type": ["number", "null"], "maximum": 1}, [1], [2], "less_than_equal"),
    "two types": ({"type": ["number", "string"]}, [1, "a"], [], ""),
    "any of": ({"anyOf": [{**NUMBER, "exclusiveMaximum": 1}, {"type": "null"}]}, [0.5], [1], "less_than"),
    "one of": ({"oneOf": [{**NUMBER, "maximum": 1}, {"type": "null"}]}, [1], [2], "less_than_equal"),
    "any of two ranges": (
        {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 4}, {"type": "integer", "minimum": 8, "maximum": 9}]},
        [1, 9],
        [0, 10],
        "",
    ),
    "any of number and text": ({"anyOf": [NUMBER, {"type": "string"}]}, [1, "a"], [], ""),
    "reference": (reference("Share"), [1], [1.1], "less_than_equal"),
    "reference and more": ({**reference("Share"), "exclusiveMinimum": 0}, [0.1], [0], "greater_than"),
    "all of": ({"allOf": [reference("Share"), {"exclusiveMaximum": 1}]}, [0.5], [1], "less_than"),
    "all of and more": ({"allOf": [reference("Share")], "multipleOf": 0.5}, [0.5], [0.6], "multiple_of"),
    "shortest": ({"type": "string", "minLength": 2}, ["ab"], ["a"], "string_too_short"),
    "longest": ({"type": "string", "maxLength": 3}, ["abc"], ["abcd"], "string_too_long"),
    "pattern": ({"type": "string", "pattern": "^#[0-9a-f]{6}$"}, ["#00ff00"], ["red"], "string_pattern_mismatch"),
    "broken pattern": ({"type": "string", "pattern": "(?<n"}, ["red"], [], ""),
    "most items": ({"type": "array", "items": NUMBER, "maxItems": 2}, [[], [1, 2]], [[1, 2, 3]], "too_long"),
    "least items": ({"type": "array", "items": NUMBER, "minItems": 2}, [[1, 2]], [[1]], "too_short"),
    "a pair": ({"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}, [[1, 2]], [[1]], "list_length"),
    "a tuple": ({"type": "array", "prefixItems": [NUMBER, {"type": "string"}]}, [[1, "a"]], [[1]], "list_length"),
    "items": ({"type": "array", "items": {**NUMBER, "exclusiveMaximum": 1}}, [[0.5]], [[1]], "less_than"),
    "items of a choice": ({"type": "array", "items": {"anyOf": [{"enum": ["a"]}]}}, [["a"]], [["b"]], "literal_error"),
    "lists of lists": ({"type": "array", "items": {"type": "array", "items": NUMBER}}, [[[1], [2, 3]]], [], ""),
    "list or null": (
        {"anyOf": [{"type": "array", "items": NUMBER, "maxItems": 1}, {"type": "null"}]},
        [[1]],
        [[1, 2]],
        "too_long",
    ),
    "sides": (
        {"anyOf": [reference("Size"), {"enum": ["auto"]}]},
        ["auto", (64, 2048)],
        [(60, 64)],
        "greater_than_equal",
    ),
    "sides in steps": ({"anyOf": [reference("Size"), {"enum": ["auto"]}]}, [(80, 96)], [(72, 64)], "multiple_of"),
    "object": (reference("Named"), [{"path": "abcd"}], [{"path": "abcde"}], "string_too_long"),
    "objects joined": (
        {"allOf": [reference("Named"), reference("Weighted")]},
        [{"path": "a", "scale": 1}],
        [{"path": "a"}, {"scale": 1}],
        "missing",
    ),
    "object without a name": (
        {"type": "object", "properties": {"share": {**NUMBER, "exclusiveMaximum": 1}}},
        [{"share": 0}],
        [{"share": 1}],
        "less_than",
    ),
}


@pytest.mark.parametrize(("schema", "good", "bad", "code"), LIMITS.values(), ids=LIMITS)
def test_a_limit_is_kept_and_planned_with(add, schema, good, bad, code):
    spec = add(value=schema)
    for value in good:
        sent = make_plan(ID, arguments={"value": value}).payload["value"]
        if spec.fields["value"].type != "size":
            assert sent == value
    for value in bad:
        with pytest.raises(PlanError) as caught:
            make_plan(ID, arguments={"value": value})
        assert code in {"", caught.value.problems[0].code}
    assert compare(spec, document_of({"value": schema})).differences == ()


def test_the_limits_are_explained(add):
    spec = add(
        share={**NUMBER, "minimum": 0, "exclusiveMaximum": 1},
        name={"type": "string", "minLength": 2, "maxLength": 9, "pattern": "^a"},
        sides={"type": "array", "items": {"type": "integer", "multipleOf": 8}, "minItems": 1, "maxItems": 4},
    )
    said = [line.words for line in explain(spec) if line.label == "argument"]
    assert said == [
        "name: string, at least 2 letters, at most 9 letters, of the form ^a",
        "share: number, at least 0, below 1",
        "sides: list of integer, at least 1 of them, at most 4 of them, in multiples of 8",
    ]


def test_a_url_that_may_be_an_object_is_still_a_file():
    document = document_of({"image_url": {"anyOf": [{"type": "string", "maxLength": 2083}, reference("Named")]}})
    assert read_openapi(document, ID).fields["image_url"] == Field("url", role="image")


def test_a_changed_limit_is_a_difference(add):
    spec = add(value={**NUMBER, "exclusiveMaximum": 1})
    changed = document_of({"value": {**NUMBER, "exclusiveMaximum": 2, "multipleOf": 0.5}})
    assert compare(spec, changed).differences == (
        "value.below: 1 here, 2 published",
        "value.multiple_of: None here, 0.5 published",
    )


@pytest.mark.parametrize(
    "schema",
    [
        {**NUMBER, "minimum": "low"},
        reference("Loop"),
        reference("Nobody"),
        {"allOf": 3},
        {"type": "string", "maxLength": []},
    ],
)
def test_a_schema_that_cannot_be_kept_is_not_written(add, tmp_path, schema):
    document = document_of({"value": schema}, Loop=reference("Loop"))
    with pytest.raises(DownloadError, match="could not be fetched"):
        refresh.add(ID, group="upscale", fetch=lambda _: document)
    assert not (tmp_path / "endpoints.json").exists()
    assert json.dumps(document)


def test_the_safety_check_and_the_format_are_found(add):
    spec = add(
        enable_safety_checker={"type": "boolean", "default": True},
        format={"enum": ["png", "jpeg"]},
        image_url={"type": "string"},
    )
    assert (spec.safety_field, spec.format_field, spec.image_field) == ("enable_safety_checker", "format", "image_url")
    said = dict(explain(spec))
    assert said["safety"] == "enable_safety_checker: boolean, default True"
    assert said["price"].startswith("unknown, which is not the same as free")


@pytest.mark.parametrize(
    ("type_", "kind"), [("integer", "number"), (["string", "null"], "string"), ({"odd": 1}, "object")]
)
def test_a_result_of_any_type_is_read_and_explained(type_, kind):
    document = document_of({}, Out={})
    document["components"]["schemas"]["Out"] = {"type": "object", "properties": {"made": {"type": type_}}}
    assert read_openapi(document, ID).outputs == {"made": f"{kind}?"}


def holding(name: str, inside: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "title": name, "properties": {"text": {"type": "string"}, **inside}}
