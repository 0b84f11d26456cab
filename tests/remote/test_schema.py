"""Every endpoint's plan against a frozen copy of what fal published, kept apart from the catalog."""

from __future__ import annotations

import pytest

from remote import catalog
from remote.errors import PlanError
from remote.plan import Plan, make_plan

from . import published

ENDPOINTS = list(published.endpoints())


def plan(endpoint: str, arguments: dict) -> Plan:
    mode = "successor" if published.endpoints()[endpoint]["live"] else "verbatim"
    return make_plan(endpoint, resolve=mode, arguments=arguments)


def refused(endpoint: str, arguments: dict) -> dict[str, str]:
    with pytest.raises(PlanError) as caught:
        plan(endpoint, arguments)
    return {problem.field: problem.code for problem in caught.value.problems}


def test_there_are_139() -> None:
    assert len(ENDPOINTS) == 139


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_minimal_plan(endpoint: str) -> None:
    arguments = published.minimal(endpoint)
    payload = plan(endpoint, arguments).payload
    assert published.payload_errors(endpoint, payload) == []
    assert arguments.items() <= payload.items()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_required_arguments(endpoint: str) -> None:
    arguments = published.minimal(endpoint)
    for name in arguments:
        rest = {key: value for key, value in arguments.items() if key != name}
        assert refused(endpoint, rest) == {name: "missing"}
        assert refused(endpoint, {**arguments, name: None}) == {name: "missing"}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_argument_alone(endpoint: str) -> None:
    arguments = published.minimal(endpoint)
    for name, schema in published.endpoints()[endpoint]["properties"].items():
        payload = plan(endpoint, {**arguments, name: published.sample(schema, name)}).payload
        assert published.payload_errors(endpoint, payload) == []


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_bounds(endpoint: str) -> None:
    arguments = published.minimal(endpoint)
    for name, schema in published.endpoints()[endpoint]["properties"].items():
        if (endpoint, name) in published.STALE:
            continue
        for path, number in published.bounds(schema):
            steps = path.split(".")[1:] if path else []
            width = 1 if number["type"] == "integer" else 1e-6
            for edge, outside in (("minimum", -width), ("maximum", width)):
                if edge not in number:
                    continue
                just = published.with_value(schema, steps, number[edge], name)
                if (endpoint, name) in published.TIGHTER:
                    assert refused(endpoint, {**arguments, name: just}) == {name: "image-size"}
                else:
                    plan(endpoint, {**arguments, name: just})
                beyond = published.with_value(schema, steps, number[edge] + outside, name)
                code = {"minimum": "greater_than_equal", "maximum": "less_than_equal"}[edge]
                assert refused(endpoint, {**arguments, name: beyond}) == {f"{name}{path}": code}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_choices(endpoint: str) -> None:
    arguments = published.minimal(endpoint)
    for name, schema in published.endpoints()[endpoint]["properties"].items():
        if "enum" not in schema:
            continue
        for value in schema["enum"]:
            assert plan(endpoint, {**arguments, name: value}).payload[name] == value
        assert refused(endpoint, {**arguments, name: "none of them"})[name] in {"literal_error", "float_type"}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_wrong_types_and_unknown_names(endpoint: str) -> None:
    arguments = published.minimal(endpoint)
    wrong = {
        "string": (3, "string_type"),
        "boolean": ("yes", "bool_type"),
        "integer": (1.5, "int_type"),
        "number": ("much", "float_type"),
        "array": (7, "list_type"),
        "object": (7, "dict_type"),
    }
    for name, schema in published.endpoints()[endpoint]["properties"].items():
        kind = published.resolved(schema).get("type")
        if kind is None or name.endswith(("_url", "_urls")):
            continue
        value, code = wrong[kind]
        assert refused(endpoint, {**arguments, name: value}) == {name: code}
    assert refused(endpoint, {**arguments, "wishes": 1}) == {"wishes": "unknown_field"}


def test_a_range_that_excludes_its_own_default_is_widened_by_its_note() -> None:
    endpoint, name = next(iter(published.STALE))
    arguments = published.minimal(endpoint)
    for number in (0, 3.5, published.endpoints()[endpoint]["properties"][name]["maximum"]):
        assert plan(endpoint, {**arguments, name: number}).payload[name] == number
    assert refused(endpoint, {**arguments, name: -1e-6}) == {name: "greater_than_equal"}
    assert refused(endpoint, {**arguments, name: 40 + 1e-6}) == {name: "less_than_equal"}
    assert any("20 to 40" in note and "default 3.5" in note for note in catalog.endpoint(endpoint).notes)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_required_texts_and_lists_say_something(endpoint: str) -> None:
    arguments = published.minimal(endpoint)
    for name in arguments:
        kind = published.resolved(published.endpoints()[endpoint]["properties"][name]).get("type")
        if kind == "array" and not catalog.endpoint(endpoint).fields[name].length:
            assert refused(endpoint, {**arguments, name: []}) == {name: "too_short"}
        elif kind == "string" and not name.endswith("_url"):
            for empty in ("", " \n"):
                assert refused(endpoint, {**arguments, name: empty})[name] in {"too_short", "literal_error"}
