"""`endpoints`."""

import pytest

from remote import catalog
from remote.catalog import refresh

FILL = "fal-ai/flux-pro/v1/fill"


def test_the_list(run):
    listed = run("endpoints", "--group", "inpaint").text.splitlines()
    live = [spec for spec in catalog.endpoints("inpaint") if spec.live]
    assert [line.split()[0] for line in listed[1:]] == [spec.id for spec in live]
    assert len(run("endpoints").text.splitlines()) > 100
    assert [line["id"] for line in run("endpoints", "--group", "inpaint", "--json").lines] == [spec.id for spec in live]


def test_one_endpoint(run):
    described = run("endpoints", FILL).text
    assert "mask_url: white is edited" in described
    assert "prompt: string, required" in described
    assert "0.05 USD per megapixel" in described
    assert run("endpoints", FILL, "--json").json["id"] == FILL


def test_every_endpoint_can_be_described(run):
    from preproc.cli.endpoints import _described

    assert all(spec.id in _described(spec) for spec in catalog.endpoints())


def test_ranges_with_one_end_are_said_so(run):
    described = run("endpoints", "fal-ai/flux-general").text
    assert "nag_alpha: number, at most 1, default 0.25" in described
    assert "num_inference_steps: integer, 1 to 50, default 28" in described


def test_nested_objects_are_explained_to_their_end(run):
    described = " ".join(run("endpoints", "fal-ai/flux-general").text.split())
    inside = "controlnet_unions.N.controls.N"
    assert f"{inside}.conditioning_scale: number, 0 to 2, default 1" in described
    assert f"{inside}.control_mode: string, required, one of canny, tile, depth, blur, pose, gray" in described
    assert f"{inside}.mask_threshold: number, 0.01 to 0.99, default 0.5" in described
    assert "controlnet_unions.N.path: string, required" in described
    types = run("endpoints", "fal-ai/flux-general", "--json").json["types"]
    assert types["ControlNetUnionControl"]["mask_threshold"]["maximum"] == 0.99
    assert types["ControlNetUnion"]["controls"]["of"] == "ControlNetUnionControl"


def test_every_nested_type_of_every_endpoint_is_explained():
    from preproc.cli.endpoints import _described, _facts

    for spec in catalog.endpoints():
        facts, described = _facts(spec), _described(spec)
        for name, field in spec.fields.items():
            for inner in catalog.nested(field.of) if field.of else ():
                assert inner in facts["types"][field.of]
                assert f"{name}{'.N' if field.many else ''}.{inner}: " in described


def test_every_price_says_when_it_was_seen(run):
    from preproc.cli.endpoints import _described

    priced = [spec for spec in catalog.endpoints() if spec.price and spec.price.amount is not None]
    assert all("\n  price seen    " in _described(spec) for spec in priced)
    assert "price seen    in or before 2026-11, its source has no date" in run("endpoints", "fal-ai/sam-3/image").text


def test_an_endpoint_nobody_knows(run):
    ended = run("endpoints", "fal-ai/flux-pro/v1/fil")
    assert ended.code == 3
    assert FILL in ended.err


def test_verify_says_what_differs(run, monkeypatch):
    monkeypatch.setattr(refresh, "fetch_schema", lambda _: None)
    ended = run("endpoints", FILL, "--verify")
    assert ended.code == 3
    assert "no longer published" in ended.text
    assert run("endpoints", FILL, "--verify", "--json").json["differences"]


def test_verify_without_network(run, monkeypatch):
    from remote.errors import DownloadError

    def fail(_):
        raise DownloadError("no route", host="fal.ai", fix="try again later")

    monkeypatch.setattr(refresh, "fetch_schema", fail)
    assert run("endpoints", FILL, "--verify").code == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--add"], "preproc endpoints --add ID"),
        ([FILL, "--add", "--group", "fill"], "known already"),
    ],
)
def test_what_add_needs(run, words, said):
    ended = run("endpoints", *words)
    assert ended.code == 2
    assert said in ended.err


def test_an_id_of_guides_is_explained(run):
    ended = run("endpoints", "fal-ai/real-esrgan")
    assert ended.code == 0
    assert "planned instead on fal-ai/esrgan" in ended.text
    assert "becomes       face_enhance: face" in ended.text
    assert run("endpoints", "fal-ai/real-esrgan", "--json").json["id"] == "fal-ai/esrgan"
    assert run("endpoints", "fal-ai/real-esrgam").code == 3


def test_verify_goes_on_past_what_cannot_be_read(run, monkeypatch):
    from remote.errors import DownloadError

    def fetch(name: str):
        if name == FILL:
            raise DownloadError("fal.ai answered 500", host="fal.ai")
        return {"paths": []} if name.endswith("erase") else None

    monkeypatch.setattr(refresh, "fetch_schema", fetch)
    ended = run("endpoints", "--verify")
    assert ended.code == 5
    assert f"{FILL}: fal.ai answered 500" in ended.err
    assert "no whole schema" in ended.err
    assert ended.text.count("no longer published") > 100


def test_add_of_an_id_that_is_not_published(run, monkeypatch):
    import httpx

    monkeypatch.setattr(httpx, "get", lambda *_, **__: httpx.Response(404))
    ended = run("endpoints", "FAL-AI/Flux-Pro/V1/Fil", "--add")
    assert ended.code == 3
    assert "fal publishes no endpoint" in ended.err
    assert f"perhaps it is {FILL}," in ended.err
    assert "resolve" not in ended.err


def test_an_own_endpoint_is_added_anew(run, monkeypatch, tmp_path):
    strength: dict[str, object] = {"type": "number", "maximum": 1, "default": 0.8}

    def fetch(name: str):
        def made(properties):
            return {"content": {"application/json": {"schema": {"type": "object", "properties": properties}}}}

        kid = {"text": {"type": "string"}, "kid": {"$ref": "#/components/schemas/Tree"}}
        return {
            "components": {"schemas": {"Tree": {"type": "object", "properties": kid}}},
            "paths": {
                f"/{name}": {"post": {"requestBody": made({"strength": strength, "tree": kid["kid"]})}},
                f"/{name}/requests/{{request_id}}": {"get": {"responses": {"200": made({"image": {}})}}},
            },
        }

    monkeypatch.setattr(refresh, "fetch_schema", fetch)
    monkeypatch.setattr(catalog.lookup, "user_file", lambda: tmp_path / "endpoints.json")
    catalog.reload()
    try:
        assert "changed" not in run("endpoints", "me/x", "--add", "--group", "fill").text
        assert "tree.kid: object" in run("endpoints", "me/x").text
        assert run("endpoints", "me/x", "--json").json["types"]["Tree"]["kid"] == {"type": "object"}
        assert "changed: nothing" in run("endpoints", "me/x", "--add").text
        strength["default"] = 0.5
        verified = run("endpoints", "me/x", "--verify")
        assert verified.code == 3
        assert "preproc endpoints --add me/x" in verified.err
        ended = run("endpoints", "me/x", "--add")
        assert ended.code == 0
        assert "changed: strength.default: 0.8 here, 0.5 published" in ended.text
        assert (catalog.endpoint("me/x").fields["strength"].default, catalog.endpoint("me/x").group) == (0.5, "fill")
        assert run("endpoints", "me/x", "--verify").code == 0
        strength["default"] = 0.4
        assert run("endpoints", "me/x", "--add", "--json").json["changed"]
        before = (tmp_path / "endpoints.json").read_bytes()
        monkeypatch.setattr(refresh, "fetch_schema", lambda _: None)
        gone = run("endpoints", "me/x", "--add")
        assert (gone.code, "fal publishes no endpoint" in gone.err) == (3, True)
        monkeypatch.setattr(refresh, "fetch_schema", lambda _: {"paths": 3})
        assert run("endpoints", "me/x", "--add").code == 5
        assert (tmp_path / "endpoints.json").read_bytes() == before
        shipped = run("endpoints", FILL, "--verify")
        assert "--add" not in shipped.err
    finally:
        monkeypatch.undo()
        catalog.reload()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, b"oops", "fal.ai answered 500"),
        (200, b"<html>", "text/html that is no JSON"),
        (200, b"[1]", "a list, which is no schema"),
        (200, b'{"openapi": "3.1"}', "does not describe fal-ai/new"),
        (200, b'{"paths": 3, "components": []}', "no whole schema of fal-ai/new"),
    ],
)
def test_answers_that_are_no_schema(run, monkeypatch, tmp_path, status, body, said):
    import httpx

    answer = httpx.Response(status, content=body, headers={"content-type": "text/html; charset=utf-8"})
    monkeypatch.setattr(httpx, "get", lambda *_, **__: answer)
    monkeypatch.setattr(catalog.lookup, "user_file", lambda: tmp_path / "endpoints.json")
    ended = run("endpoints", "fal-ai/new", "--add")
    assert (ended.code, said in ended.err) == (5, True), ended.err
    assert "catalog stays as it is" in ended.err
    assert not (tmp_path / "endpoints.json").exists()


def test_what_is_listed_is_one_object_a_line(run, monkeypatch):
    from remote import catalog

    assert {one["id"] for one in run("endpoints", "--json").lines} == {
        one.id for one in catalog.endpoints() if one.live
    }
    assert [one["id"] for one in run("endpoints", "fal-ai/esrgan", "--json").lines] == ["fal-ai/esrgan"]
    monkeypatch.setattr(catalog, "endpoints", lambda _group=None: [])
    none = run("endpoints", "--json")
    assert (none.code, none.out) == (0, b"")
    monkeypatch.setenv("COLUMNS", "400")
    for words in (["jobs"], ["endpoints"], ["canny"]):
        assert "for each thing that is listed; no line where there is none" in run(*words, "--help").text
