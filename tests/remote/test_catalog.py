from __future__ import annotations

import subprocess
import sys
import textwrap
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from remote import catalog
from remote.catalog import lookup
from remote.catalog.facts import Spec
from remote.catalog.field import Field
from remote.catalog.file import CatalogFile, render
from remote.errors import PlanError

from . import published

SPECS = {spec.id: spec for spec in catalog.endpoints()}


def at(spec: Spec, path: str) -> Field:
    """The field at a path through lists and nested objects."""
    fields, found = spec.fields, None
    for step in path.split("."):
        if step.isdecimal():
            assert found is not None
            assert found.many
            continue
        found = fields[step]
        fields = catalog.nested(found.of) if found.of else {}
    assert found is not None
    return found


def test_the_same_endpoints_as_published() -> None:
    assert list(SPECS) == list(published.endpoints())


@pytest.mark.parametrize("endpoint", SPECS)
def test_fields_as_published(endpoint: str) -> None:
    spec, known = SPECS[endpoint], published.endpoints()[endpoint]
    assert spec.fields.keys() == known["properties"].keys()
    assert sorted(name for name, field in spec.fields.items() if field.required) == known["required"]
    assert {name: field.default for name, field in spec.fields.items() if field.default is not None} == known[
        "defaults"
    ]
    assert sorted(spec.outputs) == known["out"]
    mask = spec.mask and {"field": spec.mask.field, "white_is_edit": spec.mask.white_is_edit}
    assert mask == known.get("mask")


def test_the_gone_ones() -> None:
    gone = {name: spec for name, spec in SPECS.items() if not spec.live}
    assert len(gone) == 8
    assert set(gone) == {name for name, known in published.endpoints().items() if not known["live"]}
    for spec in gone.values():
        assert spec.gone_since
        assert spec.gone_note or SPECS[spec.successor].live


def test_paths_lead_to_fields() -> None:
    for spec in SPECS.values():
        if spec.image_field:
            assert at(spec, spec.image_field).role == "image", spec.id
        if spec.mask:
            assert at(spec, spec.mask.field).role == "mask", spec.id
        for name in (spec.format_field, spec.safety_field):
            assert name is None or name in spec.fields, spec.id
        if spec.control:
            for word in spec.control.types.values() or [""]:
                assert at(spec, spec.control.image.format(type=word)).role == "control", spec.id
                for path in (*spec.control.off, *spec.control.set):
                    at(spec, path.format(type=word))
            if spec.control.mode:
                assert set(spec.control.types.values()) == set(at(spec, spec.control.mode).enum)
            for path in (spec.control.scale, spec.control.start, spec.control.end, spec.control.needs):
                assert path is None or at(spec, path), spec.id


def test_no_default_lies_outside_its_own_range() -> None:
    for spec in SPECS.values():
        for name, field in spec.fields.items():
            if field.default is None or isinstance(field.default, list):
                continue
            assert field.minimum is None or field.default >= field.minimum, (spec.id, name)
            assert field.maximum is None or field.default <= field.maximum, (spec.id, name)
            assert not field.enum or field.open or field.default in field.enum, (spec.id, name)


def test_prices_carry_their_source() -> None:
    priced = [spec for spec in SPECS.values() if spec.price and spec.price.amount is not None]
    assert len(priced) == 87
    assert all(spec.price.source and spec.price.unit for spec in priced)
    assert all(spec.price.note for spec in SPECS.values() if spec.price and spec.price.amount is None)


def test_rules() -> None:
    assert catalog.rule("fal-ai/flux-pro/v1/fill").cell == 16
    assert catalog.rule("fal-ai/flux-pro/v1/fill").billed_pixels == 1_000_000
    assert catalog.rule("fal-ai/fast-sdxl/inpainting").step == 32
    assert catalog.rule("fal-ai/inpaint").cell == 8
    wide = catalog.rule("openai/gpt-image-2/edit")
    assert (wide.multiple_of, wide.max_aspect, wide.max_pixels) == (16, 3, 8_300_000)
    assert all(spec.rule.smallest_side >= 1 for spec in SPECS.values())


def test_groups() -> None:
    assert next(spec.id for spec in catalog.endpoints("face")) == "fal-ai/codeformer"
    assert sum(len(catalog.endpoints(group)) for group in {spec.group for spec in SPECS.values()}) == 139


def test_unknown_ids_name_the_nearest() -> None:
    with pytest.raises(PlanError, match=r"perhaps fal-ai/flux-pro/v1/fill") as caught:
        catalog.endpoint("fal-ai/flux-pro/v1/fil")
    assert caught.value.endpoint == "fal-ai/flux-pro/v1/fil"
    assert catalog.find("nobody/knows") is None


def test_the_data_file_is_written_for_reading() -> None:
    text = resources.files("remote.catalog").joinpath("catalog.json").read_text(encoding="utf-8")
    assert render(msgspec.json.decode(text, type=CatalogFile)) == text
    assert len(text) < 1_000_000


def test_a_users_own_endpoints_come_after(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    spec = msgspec.structs.replace(SPECS["fal-ai/esrgan"], id="", checked="")
    raw = msgspec.Raw(msgspec.json.encode(spec))
    mine = tmp_path / "endpoints.json"
    mine.write_text(render(CatalogFile({"me/mine": raw, "fal-ai/esrgan": raw})), encoding="utf-8")
    monkeypatch.setattr(lookup, "user_file", lambda: mine)
    catalog.reload()
    try:
        assert catalog.endpoint("me/mine").fields == SPECS["fal-ai/esrgan"].fields
        assert len(catalog.endpoints()) == 140
    finally:
        monkeypatch.undo()
        catalog.reload()
    assert len(catalog.endpoints()) == 139


def test_a_users_file_that_is_damaged_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    mine = tmp_path / "endpoints.json"
    monkeypatch.setattr(lookup, "user_file", lambda: mine)
    for text in ("{", '{"endpoints": {"me/mine": {"group": "magic"}}}'):
        mine.write_text(text, encoding="utf-8")
        catalog.reload()
        with pytest.raises(PlanError, match=r"endpoints\.json cannot be read") as caught:
            catalog.endpoints()
        assert "remove that file" in caught.value.fix
    monkeypatch.undo()
    catalog.reload()


def test_threads_may_ask_for_the_first_endpoint_at_once():
    code = """
        import sys, threading
        from remote import Fal
        sys.setswitchinterval(1e-6)
        fal, together, rules = Fal("rehearsal"), threading.Barrier(16), []
        def ask():
            together.wait()
            rules.append(fal.rule("fal-ai/flux-pro/v1/fill"))
        threads = [threading.Thread(target=ask) for _ in range(16)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        assert len(rules) == 16 and len(set(rules)) == 1
    """
    for _ in range(3):
        subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, cwd=Path(__file__).parents[2])
