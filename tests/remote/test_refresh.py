from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from remote import catalog
from remote.catalog import lookup, refresh
from remote.catalog.facts import MaskFact, OutputSize, PriceFact, Spec
from remote.catalog.field import Field
from remote.catalog.file import CatalogFile, read_file, render, write
from remote.catalog.published import read_openapi, role_of
from remote.catalog.revise import added, compare, update
from remote.errors import DownloadError, PlanError
from remote.plan import make_plan

ID = "me/inpaint"
DAY = "2026-11-30"


@pytest.fixture
def document() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "data" / "openapi.json").read_text(encoding="utf-8"))


@pytest.fixture
def file(document: dict[str, Any]) -> CatalogFile:
    return added(CatalogFile({}), document, ID, group="inpaint", today="2026-10-01")


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """A user's own catalog that is empty at first."""
    path = tmp_path / "mine" / "endpoints.json"
    monkeypatch.setattr(lookup, "user_file", lambda: path)
    catalog.reload()
    yield path
    monkeypatch.undo()
    catalog.reload()


def spec_of(file: CatalogFile, endpoint: str = ID) -> Spec:
    return msgspec.structs.replace(msgspec.json.decode(file.endpoints[endpoint], type=Spec), id=endpoint)


def test_a_schema_becomes_fields(document: dict[str, Any]) -> None:
    published = read_openapi(document, ID)
    assert published.category == "image-to-image"
    assert published.fields == {
        "image_url": Field("url", role="image", required=True),
        "mask_url": Field("url", role="mask", required=True),
        "prompt": Field("string", required=True),
        "adapter": Field("object", of="Adapter"),
        "fill_image_url": Field("url", many=True, role="image"),
        "free": Field("object"),
        "image_size": Field("size", default="auto", enum=("auto", "square")),
        "label": Field("integer", enum=(0, 1)),
        "loras": Field("object", many=True, of="LoraWeight", default=[]),
        "nag": Field("number", above=0, maximum=1),
        "old_style": Field("number", above=0),
        "output_format": Field("string", default="jpeg", enum=("jpeg", "png")),
        "ratio": Field("string", enum=("16:9", "1:1"), open=True),
        "steps": Field("integer", default=28, minimum=1, maximum=50),
        "strength": Field("number", default=0.8, minimum=0.01, maximum=1),
        "sync_mode": Field("boolean", default=False),
    }
    assert list(published.fields)[:3] == ["image_url", "mask_url", "prompt"]
    assert published.types == {
        "LoraWeight": {
            "path": Field("string", required=True),
            "scale": Field("number", default=1, minimum=0, maximum=4),
        },
        "Adapter": {
            "image_url": Field("url", role="image", required=True),
            "config_url": Field("url", role="file"),
            "inner": Field("object"),  # the type itself: any object there
        },
    }
    assert published.outputs == {"images": "image[]", "seed": "number?", "mask": "image?", "timings": "object?"}
    assert published.limits["max_file_size"] == 1_000_000


def test_roles() -> None:
    assert role_of("reference_mask_urls") == "mask"
    assert role_of("control_lora_image_url") == "control"
    assert role_of("face_images_data_url") == "file"


def test_a_schema_of_something_else(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="does not describe me/other"):
        read_openapi(document, "me/other")
    with pytest.raises(ValueError, match="does not describe"):
        read_openapi({}, ID)


def test_limits_reach_the_size_rule(file: CatalogFile) -> None:
    rule = spec_of(file).rule
    assert (rule.multiple_of, rule.min_side, rule.max_side, rule.max_pixels, rule.max_aspect) == (
        32,
        64,
        2048,
        4_000_000,
        4,
    )
    assert spec_of(file).size.max_file_bytes == 1_000_000


def test_differences_are_named(file: CatalogFile, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "nested", file.types.__getitem__)
    spec = spec_of(file)
    assert compare(spec, document).differences == ()
    changed = copy.deepcopy(document)
    schemas = changed["components"]["schemas"]
    schemas["InpaintInput"]["properties"]["strength"].update(maximum=2, default=0.5)
    schemas["InpaintInput"]["properties"]["quality"] = {"enum": ["a", "b"], "type": "string"}
    schemas["InpaintInput"]["required"].remove("mask_url")
    del schemas["InpaintInput"]["properties"]["nag"]
    schemas["LoraWeight"]["properties"]["scale"]["maximum"] = 1
    schemas["InpaintOutput"]["properties"]["extra"] = {"type": "string"}
    assert compare(spec, changed).differences == (
        "loras.scale.maximum: 4 here, 1 published",
        "mask_url.required: True here, False published",
        "nag: gone",
        "quality: new",
        "strength.default: 0.8 here, 0.5 published",
        "strength.maximum: 1 here, 2 published",
        "result: images, seed, mask, timings here, images, seed, mask, timings, extra published",
    )
    assert compare(spec, None).differences == ("no longer published (last seen 2026-10-01)",)
    gone = msgspec.structs.replace(spec, live=False)
    assert compare(gone, None).differences == ()
    assert compare(gone, document).differences == ("published again",)


def test_differences_are_written_and_our_own_facts_kept(
    file: CatalogFile, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "nested", file.types.__getitem__)
    spec = spec_of(file)
    fields = {**spec.fields, "strength": msgspec.structs.replace(spec.fields["strength"], about="how far", maximum=9)}
    ours = msgspec.structs.replace(spec, id="", fields=fields, notes=("ours",), output_size=OutputSize("input"))
    held = msgspec.structs.replace(file, endpoints={ID: msgspec.Raw(msgspec.json.encode(ours))})
    document["components"]["schemas"]["LoraWeight"]["properties"]["force"] = {"type": "boolean"}
    after = update(held, [compare(spec_of(held), document)], today=DAY)
    spec = spec_of(after)
    assert spec.fields["strength"] == Field("number", default=0.8, minimum=0.01, maximum=1, about="how far")
    assert (spec.notes, spec.output_size, spec.last_seen, after.checked) == (
        ("ours",),
        OutputSize("input"),
        DAY,
        "2026-11",
    )
    assert "force" in after.types[spec.fields["loras"].of]
    assert after.types.keys() == {"Adapter", spec.fields["loras"].of}
    gone = update(after, [compare(spec, None)], today=DAY)
    assert (spec_of(gone).live, spec_of(gone).gone_since) == (False, DAY)


def test_the_whole_file_is_read_and_written_the_same(tmp_path: Path, file: CatalogFile) -> None:
    path = tmp_path / "catalog.json"
    write(file, path)
    text = path.read_text(encoding="utf-8")
    assert text == render(msgspec.json.decode(text, type=CatalogFile))
    assert '    "strength": {"type": "number", "default": 0.8, "minimum": 0.01, "maximum": 1}' in text
    assert [item.name for item in tmp_path.iterdir()] == ["catalog.json"]


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, file: CatalogFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "catalog.json"
    write(file, path)
    before = path.read_bytes()

    def full(self, target):
        raise OSError(28, "no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        write(msgspec.structs.replace(file, checked="2027-01"), path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["catalog.json"]


def test_the_command(tmp_path: Path, document: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    text = json.dumps(document).replace(ID, "fal-ai/esrgan")
    path = tmp_path / "catalog.json"
    path.write_text(render(lookup._file()), encoding="utf-8")
    before = path.read_bytes()

    def fetch(endpoint: str) -> dict[str, Any] | None:
        return json.loads(text) if endpoint == "fal-ai/esrgan" else None

    assert refresh.main(["fal-ai/esrgan"], fetch=fetch, path=path) == 3
    assert "fal-ai/esrgan: scale: gone" in capsys.readouterr().out
    assert path.read_bytes() == before
    assert refresh.main(["fal-ai/esrgan", "fal-ai/ccsr", "--write"], fetch=fetch, path=path, today=DAY) == 0
    assert "fal-ai/ccsr: no longer published" in capsys.readouterr().out
    after = msgspec.json.decode(path.read_bytes(), type=CatalogFile)
    assert "steps" in spec_of(after, "fal-ai/esrgan").fields
    assert spec_of(after, "fal-ai/esrgan").price == catalog.endpoint("fal-ai/esrgan").price
    assert not spec_of(after, "fal-ai/ccsr").live
    untouched = set(after.endpoints) - {"fal-ai/esrgan", "fal-ai/ccsr"}
    assert all(
        spec_of(after, name) == msgspec.structs.replace(catalog.endpoint(name), checked="") for name in untouched
    )
    assert refresh.main(["nobody/knows"], fetch=fetch, path=path) == 2


def test_the_command_without_a_network(capsys: pytest.CaptureFixture[str]) -> None:
    def fetch(endpoint: str) -> dict[str, Any] | None:
        raise DownloadError("no route", host="fal.ai")

    assert refresh.main(["fal-ai/esrgan"], fetch=fetch) == 5
    assert "fal-ai/esrgan: no route" in capsys.readouterr().err


def test_what_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"there": (200, {"openapi": "3"}), "gone": (404, None), "null": (200, None), "down": (502, None)}
    asked = []

    def get(url: str, *, params: dict[str, str], **_: Any) -> httpx.Response:
        asked.append((url, params))
        if params["endpoint_id"] == "offline":
            raise httpx.ConnectError("no route")
        status, body = answers[params["endpoint_id"]]
        return httpx.Response(status, content=json.dumps(body), request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", get)
    assert refresh.fetch_schema("there") == {"openapi": "3"}
    assert refresh.fetch_schema("gone") is None
    assert refresh.fetch_schema("null") is None
    for name in ("down", "offline"):
        with pytest.raises(DownloadError, match=f"the schema of {name} could not be fetched"):
            refresh.fetch_schema(name)
    assert asked[0] == ("https://fal.ai/api/openapi/queue/openapi.json", {"endpoint_id": "there"})


def test_what_an_added_endpoint_is_for_is_read_off_its_arguments(own: Path, document: dict[str, Any]) -> None:
    assert refresh.add(ID, fetch=lambda _: document, today=DAY).group == "inpaint"


def test_a_users_endpoint_is_added_and_planned(own: Path, document: dict[str, Any]) -> None:
    with pytest.raises(PlanError):
        make_plan(ID, arguments={})
    spec = refresh.add(ID, group="inpaint", fetch=lambda _: document, today=DAY)
    assert (spec.id, spec.image_field, spec.format_field, spec.mask.white_is_edit) == (
        ID,
        "image_url",
        "output_format",
        None,
    )
    assert own.is_file()
    url = "https://v3.fal.media/files/a/picture.png"
    arguments = {"prompt": "p", "image_url": url, "mask_url": url, "loras": [{"path": "w"}]}
    plan = make_plan(ID, arguments=arguments)
    assert plan.payload["output_format"] == "png"
    assert any("not documented" in warning for warning in plan.warnings)
    with pytest.raises(PlanError) as caught:
        make_plan(ID, arguments={**arguments, "nag": 0, "label": 2, "loras": [{"scale": 5}]})
    assert {problem.field: problem.code for problem in caught.value.problems} == {
        "nag": "greater_than",
        "label": "literal_error",
        "loras.0.path": "missing",
        "loras.0.scale": "less_than_equal",
    }
    assert ID in {spec.id for spec in catalog.endpoints("inpaint")}
    assert read_file(own.read_bytes()).checked == DAY[:7]
    assert catalog.endpoint(ID).checked == DAY
    with pytest.raises(PlanError, match="fal publishes no endpoint 'me/nothing'"):
        refresh.add("me/nothing", group="inpaint", fetch=lambda _: None)


def test_types_of_the_same_name_are_kept_apart(document: dict[str, Any], file: CatalogFile) -> None:
    other = json.loads(json.dumps(document).replace(ID, "me/second"))
    other["components"]["schemas"]["LoraWeight"]["properties"]["scale"]["maximum"] = 1
    both = added(file, other, "me/second", group="inpaint", today=DAY)
    assert spec_of(both, ID).fields["loras"].of == "LoraWeight"
    assert spec_of(both, "me/second").fields["loras"].of == "LoraWeight2"
    assert both.types["LoraWeight2"]["scale"].maximum == 1
    assert spec_of(both, "me/second").fields["adapter"].of == spec_of(both, ID).fields["adapter"].of == "Adapter"


def test_what_is_added_anew_is_replaced_and_what_no_schema_says_stays(own: Path, document: dict[str, Any]) -> None:
    first = refresh.add(ID, group="fill", fetch=lambda _: document, today="2026-10-01")
    held = read_file(own.read_bytes())
    priced = msgspec.structs.replace(
        first,
        id="",
        checked="",
        price=PriceFact(0.05, "image"),
        mask=MaskFact("mask_url", False, "tried"),
        fields={**first.fields, "prompt": msgspec.structs.replace(first.fields["prompt"], about="in English")},
    )
    write(msgspec.structs.replace(held, endpoints={ID: msgspec.Raw(msgspec.json.encode(priced))}), own)
    catalog.reload()
    schemas = document["components"]["schemas"]
    schemas["InpaintInput"]["properties"]["strength"]["default"] = 0.5
    del schemas["InpaintInput"]["properties"]["adapter"]
    after = refresh.add(ID, fetch=lambda _: document, today=DAY)
    assert after.fields["strength"].default == 0.5
    assert (after.group, after.first_seen, after.last_seen, after.schema_from) == ("fill", "2026-10-01", DAY, DAY)
    assert (after.price, after.mask, after.fields["prompt"].about) == (priced.price, priced.mask, "in English")
    assert read_file(own.read_bytes()).types.keys() == {"LoraWeight"}
    assert catalog.endpoint(ID) == after
    assert compare(after, document).differences == ()
