"""Types of a schema that hold themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remote import catalog
from remote.catalog import refresh
from remote.catalog.published import read_openapi
from remote.catalog.revise import compare
from remote.errors import PlanError
from remote.explain import explain
from remote.plan import make_plan

from .added import ID, document_of, reference


def holding(name: str, inside: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "title": name, "properties": {"text": {"type": "string"}, **inside}}


CIRCLES = {
    "itself": {"Tree": holding("Tree", {"kid": reference("Tree")})},
    "a list of itself": {"Tree": holding("Tree", {"kid": {"type": "array", "items": reference("Tree")}})},
    "itself or null": {"Tree": holding("Tree", {"kid": {"anyOf": [reference("Tree"), {"type": "null"}]}})},
    "each other": {
        "Tree": holding("Tree", {"kid": reference("Leaf")}),
        "Leaf": holding("Leaf", {"back": reference("Tree")}),
    },
    "by way of three": {
        "Tree": holding("Tree", {"kid": reference("Leaf")}),
        "Leaf": holding("Leaf", {"more": {"type": "array", "items": reference("Twig")}}),
        "Twig": holding("Twig", {"back": {"allOf": [reference("Leaf"), reference("Tree")]}}),
    },
}


@pytest.mark.parametrize("schemas", CIRCLES.values(), ids=CIRCLES)
def test_a_type_that_holds_itself_is_any_object_inside(add, schemas):
    document = document_of(
        {"value": reference("Tree"), "other": reference("Leaf" if "Leaf" in schemas else "Tree")}, **schemas
    )
    spec = refresh.add(ID, group="upscale", fetch=lambda _: document)
    inside = [line.words for line in explain(spec) if line.label.strip() == "inside"]
    assert "value.text: string" in inside
    assert any("kid: " in said for said in inside)
    deep = {"text": "a", "kid": {"text": "b"}}
    if "list" not in str(schemas) and "array" not in str(schemas):
        assert make_plan(ID, arguments={"value": deep}).payload["value"] == deep
    with pytest.raises(PlanError):
        make_plan(ID, arguments={"value": {"text": 3}})
    assert compare(spec, document).differences == ()


def test_a_result_that_is_a_list_of_itself_is_read():
    document = document_of({}, Out={})
    document["components"]["schemas"]["Out"] = {"properties": {"made": reference("Deep")}}
    document["components"]["schemas"]["Deep"] = {"type": "array", "items": reference("Deep")}
    assert read_openapi(document, ID).outputs["made"].startswith("object[]")


def test_circles_that_were_kept_before_are_cut(add, tmp_path):
    add(value=reference("Named"))
    path = tmp_path / "endpoints.json"
    held = json.loads(path.read_text())
    held["types"] = {
        "Named": {"path": {"type": "string"}, "kid": {"type": "object", "of": "Leaf"}},
        "Leaf": {"back": {"type": "object", "of": "Named"}, "own": {"type": "object", "of": "Leaf"}},
    }
    path.write_text(json.dumps(held))
    catalog.reload()
    inside = [line.words for line in explain(catalog.endpoint(ID)) if line.label.strip() == "inside"]
    assert inside == ["value.path: string", "value.kid: object", "value.kid.back: object", "value.kid.own: object"]
