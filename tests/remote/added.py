"""An endpoint that a user adds: its schema, as fal would publish it."""

from __future__ import annotations

from typing import Any

ID = "me/limited"
SCHEMAS = {
    "Share": {"type": "number", "minimum": 0, "maximum": 1},
    "Named": {"type": "object", "required": ["path"], "properties": {"path": {"type": "string", "maxLength": 4}}},
    "Weighted": {
        "type": "object",
        "required": ["scale"],
        "properties": {"scale": {"$ref": "#/components/schemas/Share"}},
    },
    "Size": {
        "type": "object",
        "properties": {
            name: {"type": "integer", "minimum": 64, "maximum": 2048, "multipleOf": 16} for name in ("width", "height")
        },
    },
}


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def document_of(properties: dict[str, Any], **schemas: Any) -> dict[str, Any]:
    held = {
        **SCHEMAS,
        **schemas,
        "In": {"type": "object", "properties": properties},
        "Out": {"type": "object", "required": ["image"], "properties": {"image": {"type": "string"}}},
    }

    def holding(name: str) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": reference(name)}}}

    return {
        "components": {"schemas": held},
        "paths": {
            f"/{ID}": {"post": {"requestBody": holding("In")}},
            f"/{ID}/requests/{{request_id}}": {"get": {"responses": {"200": holding("Out")}}},
        },
    }
