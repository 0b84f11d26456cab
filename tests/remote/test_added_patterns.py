"""Patterns of a schema: kept where matching them takes bounded time."""

from __future__ import annotations

from typing import Any

import pytest

from remote import catalog
from remote.catalog.revise import compare
from remote.errors import PlanError
from remote.explain import explain
from remote.plan import make_plan

from .added import ID, document_of


def holding(name: str, inside: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "title": name, "properties": {"text": {"type": "string"}, **inside}}


SLOW = [
    "^(a+)+$",
    "^(a|aa)*$",
    "^(a?){30}a{30}$",
    "^a*a*a*a*b$",
    "(x+x+)+y",
    r"^(a)\1$",
    "^(",
    "^" + "(a|a)" * 30 + "$",
]


@pytest.mark.parametrize("pattern", SLOW)
def test_a_pattern_whose_time_is_not_bounded_is_not_kept_and_said(add, pattern):
    spec = add(
        value={"type": "string", "pattern": pattern},
        names={"type": "array", "items": {"pattern": pattern, "type": "string"}},
    )
    assert spec.fields["value"].pattern == spec.fields["names"].pattern == ""
    said = [line.words for line in explain(spec) if line.label == "note"]
    assert sum("form is not checked here" in note for note in said) == 2
    text = "a" * 40 + "b"
    assert make_plan(ID, arguments={"value": text, "names": [text]}).payload["value"] == text
    assert (
        compare(
            spec,
            document_of(
                {
                    "value": {"type": "string", "pattern": pattern},
                    "names": {"type": "array", "items": {"type": "string"}},
                }
            ),
        ).differences
        == ()
    )


def test_a_pattern_that_was_kept_before_does_not_hang(add, tmp_path):
    add(value={"type": "string", "pattern": "^a+$"})
    path = tmp_path / "endpoints.json"
    path.write_text(path.read_text().replace("^a+$", "^(a+)+$"))
    catalog.reload()
    assert make_plan(ID, arguments={"value": "a" * 40 + "b"}).payload["value"].endswith("b")


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^\d+(\.\d+)?$", "1.5", "1."),
        (r"^\d+x\d+$", "1x2", "1x"),
        ("^#([0-9a-f]{2}){3}$", "#00ff00", "#00ff0"),
        ("^(jpeg|png)$", "png", "gif"),
        (r"^https?://.+\.png$", "https://a/b.png", "ftp://a/b.png"),
        ("^(cat|dog)(,(cat|dog))*$", "cat,dog,cat", "cat,"),
        ("^[^,]*,[^,]*$", "a,b", "a"),
        (r"^[\w-]{1,64}$", "a-b", "a b"),
    ],
)
def test_a_plain_pattern_is_kept(add, pattern, good, bad):
    assert add(value={"type": "string", "pattern": pattern}).fields["value"].pattern == pattern
    assert make_plan(ID, arguments={"value": good}).payload["value"] == good
    with pytest.raises(PlanError, match="not of the form"):
        make_plan(ID, arguments={"value": bad})
