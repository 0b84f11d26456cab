"""Two plans are one job where only the spelling differs; a journal of an earlier version still knows its jobs."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote import Fal, catalog
from remote.jobs import submit
from remote.plan import make_plan
from remote.plan.identity import fingerprint_as_written, fingerprint_of, fingerprints_of
from remote.rehearsal import Rehearsal

from .plans import plan

URL = "https://v3.fal.media/files/a/photo.png"
DEFAULTS = [
    (spec.id, name, field.default)
    for spec in catalog.endpoints()
    for name, field in spec.fields.items()
    if field.default is not None
]


@given(st.sampled_from(DEFAULTS), st.randoms(use_true_random=False))
def test_what_the_endpoint_takes_anyway_says_nothing(row: tuple[str, str, Any], random: Any):
    endpoint, name, default = row
    others = {"prompt": "p", "image_url": URL, "seed": 7}
    written = list({**others, name: default}.items())
    random.shuffle(written)
    bare = {key: value for key, value in others.items() if key != name}
    assert fingerprint_of(endpoint, dict(written)) == fingerprint_of(endpoint, bare)
    assert fingerprint_of(endpoint, {**bare, name: ["another"]}) != fingerprint_of(endpoint, bare)


def _union(**control: Any) -> dict[str, Any]:
    made = {"path": "a/b", "controls": [{"control_image_url": URL, "control_mode": "canny", **control}]}
    return {"prompt": "p", "controlnet_unions": [made]}


def test_defaults_inside_nested_objects_say_nothing_either():
    nested = catalog.nested(catalog.nested("ControlNetUnion")["controls"].of)
    default = nested["conditioning_scale"].default
    assert default == 1
    plain = make_plan("fal-ai/flux-general", arguments=_union()).fingerprint
    assert make_plan("fal-ai/flux-general", arguments=_union(conditioning_scale=1)).fingerprint == plain
    assert make_plan("fal-ai/flux-general", arguments=_union(conditioning_scale=1.0)).fingerprint == plain
    assert make_plan("fal-ai/flux-general", arguments=_union(conditioning_scale=None)).fingerprint == plain
    assert make_plan("fal-ai/flux-general", arguments=_union(conditioning_scale=0.9)).fingerprint != plain


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"scale": 3}, {"scale": 3.0}, True),
        ({"scale": 2.5}, {"scale": 2.50}, True),
        ({"scale": 3}, {"scale": "3"}, False),
        ({"on": True}, {"on": 1}, False),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 2.0, "b": 1}}, True),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
        ({"a": None}, {}, False),
        ({"a": -0.0}, {"a": 0}, True),
        ({"a": 1e300}, {"a": 1e299}, False),
    ],
)
def test_spellings(one: dict[str, Any], other: dict[str, Any], same: bool):
    """Of an endpoint that nobody here knows, so that nothing is a default."""
    assert (fingerprint_of("my/own", one) == fingerprint_of("my/own", other)) is same


@pytest.fixture
def make(tmp_path: Path) -> Callable[[], Fal]:
    return lambda: Fal(Rehearsal(), journal=tmp_path / "journal.sqlite3")


def test_a_default_written_out_is_not_paid_again(make):
    with make() as fal:
        endpoint, rest = "fal-ai/flux/dev/image-to-image", {"prompt": "p", "image_url": URL}
        first = fal.submit(fal.plan(endpoint, **rest))
        for spelt in ({"strength": 0.95}, {"num_inference_steps": 40}, {"guidance_scale": 3.5, "num_images": 1}):
            job = fal.submit(fal.plan(endpoint, **rest, **spelt))
            assert (job.id, job.reused) == (first.id, True)
        assert not fal.submit(fal.plan(endpoint, **rest, strength=0.9)).reused


@pytest.mark.parametrize("spelt", [{}, {"strength": 0.3}])
def test_a_default_that_was_another_when_the_job_ran_makes_another_job(make, monkeypatch, spelt: dict[str, Any]):
    spec = catalog.endpoint("fal-ai/flux/dev/image-to-image")
    rest = {"prompt": "p", "image_url": URL}
    with make() as fal:
        first = fal.submit(fal.plan(spec.id, **rest))
        fields = {**spec.fields, "strength": msgspec.structs.replace(spec.fields["strength"], default=0.3)}
        revised = msgspec.structs.replace(spec, fields=fields)
        for module in ("remote.catalog.find", "remote.catalog.endpoint"):
            monkeypatch.setattr(module, lambda *_, **__: revised)
        now = fal.plan(spec.id, **rest, **spelt)
        assert now.defaults.get("strength", 0.3) == 0.3
        assert not fal.submit(now).reused
        monkeypatch.undo()
        again = fal.submit(fal.plan(spec.id, **rest, strength=0.95))
        assert (again.id, again.reused) == (first.id, True)


def _revised(monkeypatch: pytest.MonkeyPatch, name: str, **defaults: Any) -> None:
    """Give fields of a nested type other defaults."""
    held = catalog.nested(name)
    fields = {**held, **{key: msgspec.structs.replace(held[key], default=value) for key, value in defaults.items()}}
    nested = catalog.nested
    monkeypatch.setattr("remote.catalog.nested", lambda asked: fields if asked == name else nested(asked))


LORA = catalog.endpoint("fal-ai/flux-general").fields["loras"].of
CONTROL = catalog.nested("ControlNetUnion")["controls"].of
NESTED = [
    (LORA, "scale", lambda **given: {"prompt": "p", "loras": [{"path": "a/b", **given}]}),
    (CONTROL, "conditioning_scale", _union),
]


@pytest.mark.parametrize(("type_", "name", "arguments"), NESTED, ids=[LORA, CONTROL])
def test_a_nested_default_that_was_another_when_the_job_ran_makes_another_job(
    make, monkeypatch, type_, name, arguments
):
    with make() as fal:
        first = fal.submit(fal.plan("fal-ai/flux-general", **arguments()))
        _revised(monkeypatch, type_, **{name: 0.5})
        assert not fal.submit(fal.plan("fal-ai/flux-general", **arguments(**{name: 0.5}))).reused
        again = fal.submit(fal.plan("fal-ai/flux-general", **arguments(**{name: 1})))
        assert (again.id, again.reused) == (first.id, True)


@pytest.mark.parametrize(("type_", "name", "arguments"), NESTED, ids=[LORA, CONTROL])
def test_a_job_with_its_default_written_out_is_known_after_the_default_has_changed(
    make, monkeypatch, type_, name, arguments
):
    with make() as fal:
        first = fal.submit(fal.plan("fal-ai/flux-general", **arguments(**{name: 1.0})))
        _revised(monkeypatch, type_, **{name: 0.5})
        again = fal.submit(fal.plan("fal-ai/flux-general", **arguments(**{name: 1})))
        assert (again.id, again.reused) == (first.id, True)
        assert not fal.submit(fal.plan("fal-ai/flux-general", **arguments())).reused


def test_a_job_with_many_values_is_known_after_one_default_has_changed(make, monkeypatch):
    spec = catalog.endpoint("fal-ai/flux/dev/image-to-image")
    given = {"prompt": "p", "image_url": URL, "num_inference_steps": 30, "guidance_scale": 4, "strength": 0.95}
    with make() as fal:
        first = fal.submit(fal.plan(spec.id, **given))
        fields = {**spec.fields, "strength": msgspec.structs.replace(spec.fields["strength"], default=0.3)}
        for module in ("remote.catalog.find", "remote.catalog.endpoint"):
            monkeypatch.setattr(module, lambda *_, **__: msgspec.structs.replace(spec, fields=fields))
        again = fal.submit(fal.plan(spec.id, **given))
        assert (again.id, again.reused) == (first.id, True)
        assert not fal.submit(fal.plan(spec.id, **{**given, "num_inference_steps": 31})).reused
        assert not fal.submit(fal.plan(spec.id, **{**given, "strength": 0.9})).reused


@pytest.mark.parametrize(
    ("then", "written_then", "now", "written_now"),
    [
        (2, {"scale": 4}, 4, {"scale": 4}),
        (2, {"scale": 4}, 4, {}),
        (2, {"scale": 4, "face": False, "tile": 0}, 4, {"scale": 4, "face": False, "tile": 0}),
        (2, {"scale": 2}, None, {"scale": 2}),
        (None, {"scale": 2}, 2, {"scale": 2.0, "face": False}),
    ],
)
def test_what_became_the_default_since_is_the_same_job(make, monkeypatch, then, written_then, now, written_now):
    def default(value):
        fields = {**spec.fields, "scale": msgspec.structs.replace(spec.fields["scale"], default=value)}
        for module in ("remote.catalog.find", "remote.catalog.endpoint"):
            monkeypatch.setattr(module, lambda *_, **__: msgspec.structs.replace(spec, fields=fields))

    spec = catalog.endpoint("fal-ai/esrgan")
    with make() as fal:
        default(then)
        first = fal.submit(fal.plan(spec.id, image_url=URL, **written_then))
        default(now)
        again = fal.submit(fal.plan(spec.id, image_url=URL, **written_now))
        assert (again.id, again.reused) == (first.id, True)
        assert not fal.submit(fal.plan(spec.id, image_url=URL, scale=3)).reused


def test_a_text_with_an_address_in_it_is_not_paid_again(make):
    given = {"prompt": "p", "image_url": URL, "mask_url": URL}
    with make() as fal:
        for number, text in enumerate(("as https://a.b/c.png?sig=1", "as https://a.b/c.png?sig=2")):
            plan = fal.plan("fal-ai/fast-sdxl/inpainting", **given, negative_prompt=text)
            assert not fal.submit(plan).reused, number
            assert fal.submit(plan).reused


SIZED = [
    (spec.id, name, size)
    for spec in catalog.endpoints()
    if (fact := spec.fields.get("image_size")) and fact.type == "size"
    for name, size in catalog.presets().items()
    if name in fact.enum
]


@given(st.sampled_from(SIZED))
def test_a_size_is_one_by_name_and_in_pixels(row):
    endpoint, name, (width, height) = row
    by_name = fingerprint_of(endpoint, {"prompt": "p", "image_size": name})
    assert fingerprint_of(endpoint, {"prompt": "p", "image_size": {"width": width, "height": height}}) == by_name
    assert fingerprint_of(endpoint, {"prompt": "p", "image_size": {"width": width, "height": height + 8}}) != by_name
    assert fingerprint_of("my/own", {"image_size": name}) != fingerprint_of(
        "my/own", {"image_size": {"width": width, "height": height}}
    )


def test_a_size_by_another_name_is_not_paid_again(make):
    with make() as fal:
        first = fal.submit(fal.plan("fal-ai/flux-general", prompt="p", image_size="square_hd"))
        again = fal.submit(fal.plan("fal-ai/flux-general", prompt="p", image_size=(1024, 1024)))
        assert (again.id, again.reused) == (first.id, True)
        default = fal.submit(fal.plan("fal-ai/instant-character", prompt="p", image_url=URL))
        again = fal.submit(fal.plan("fal-ai/instant-character", prompt="p", image_url=URL, image_size=(1024, 1024)))
        assert (again.id, again.reused) == (default.id, True)


@pytest.mark.parametrize("spelt", [{}, {"scale": 2}, {"scale": 2.0, "face": False}])
def test_a_job_of_an_earlier_journal_is_found(make, spelt: dict[str, Any]):
    with make() as fal:
        plan = fal.plan("fal-ai/esrgan", image_url=URL, **spelt)
        job = fal.submit(plan)
        path = fal._desk.journal.path
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE jobs SET fingerprint = ?", (fingerprint_as_written(plan.endpoint, plan.payload),))
    with make() as fal:
        again = fal.submit(fal.plan("fal-ai/esrgan", image_url=URL, **spelt))
        assert (again.id, again.reused) == (job.id, True)


def test_the_earlier_form_is_what_earlier_versions_wrote():
    text = 'a/b\n{"prompt":"p","scale":2.0}'

    assert fingerprint_as_written("a/b", {"scale": 2.0, "prompt": "p"}) == hashlib.sha256(text.encode()).hexdigest()


def test_a_submit_makes_the_hashes_once(desk, monkeypatch):
    made = []

    def counted(*args):
        made.append(args)
        return fingerprints_of(*args)

    monkeypatch.setattr("remote.plan.record.fingerprints_of", counted)
    job = submit(plan(), desk)
    assert len(made) == 1
    assert submit(plan(), desk).id == job.id
    assert len(made) == 2
    assert submit(plan(), desk, again=True).id != job.id
    assert len(made) == 2
