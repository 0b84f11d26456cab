"""The tables of the user's guide, row by row: what it names is taken under the ids it gives, within the ranges it gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from remote import PlanError, catalog
from remote.plan import make_plan
from remote.plan.levels import SCALES, STRENGTHS, level_named

GUIDE = json.loads((Path(__file__).parent / "data" / "guide.json").read_text())
URL = "https://v3.fal.media/files/a/picture.png"
PICTURES = ("image_url", "control_image_url", "face_image_url")


def planned(endpoint: str, name: str, value: Any):
    """Plan with as many of the guide's usual arguments as the endpoint takes."""
    alias = catalog.guide()[endpoint]
    spec = catalog.endpoint(alias.successor or endpoint)
    arguments = {**GUIDE["needs"].get(endpoint, {}), name: value}
    if "prompt" in spec.fields:
        arguments["prompt"] = "a barn"
    taken = {*spec.fields, *alias.rename}
    arguments |= {place: URL for place in PICTURES if place in taken and place not in arguments}
    if "control_image_url" in arguments:
        arguments.pop("image_url", None)
    return make_plan(endpoint, arguments=arguments)


ROWS = [
    (row[0], row[1], value, right) for row in GUIDE["arguments"] for right in (True, False) for value in row[3 - right]
]


@pytest.mark.parametrize(("endpoint", "name", "value", "right"), ROWS)
def test_arguments(endpoint: str, name: str, value: Any, right: bool):
    if right:
        sent = json.dumps(planned(endpoint, name, value).payload).replace("low-quality", "low_quality")
        assert json.dumps(value) in sent
    else:
        with pytest.raises(PlanError) as caught:
            planned(endpoint, name, value)
        assert len(caught.value.problems) == 1


def test_every_id_of_the_guide_has_a_row():
    assert {row[0] for row in GUIDE["rows"]} == set(catalog.guide())
    assert len(catalog.guide()) == 21


@pytest.mark.parametrize(("endpoint", "runs_on", "arguments", "pictures", "left_out"), GUIDE["rows"])
def test_a_row_as_a_whole(endpoint: str, runs_on: str, arguments: dict, pictures: list[str], left_out: list[str]):
    urls = {name: f"https://v3.fal.media/files/a/{name}.png" for name in pictures}
    plan = make_plan(endpoint, arguments={**arguments, **urls})
    assert (plan.asked, plan.endpoint) == (endpoint, runs_on)
    assert any(endpoint in said and runs_on in said for said in plan.warnings) == (endpoint != runs_on)
    sent = json.dumps(plan.payload)
    assert all(sent.count(url) == 1 for url in urls.values())
    for name, value in arguments.items():
        if name in left_out:
            assert any(said.startswith(f"{name} is left out") for said in plan.warnings)
        elif name == "controlnet_type":  # a field of its own for each
            assert f"{value}_image_url" in plan.payload
        else:
            assert json.dumps(value) in sent
    if endpoint != runs_on:
        with pytest.raises(PlanError, match=endpoint):
            make_plan(endpoint, resolve="strict", arguments={**arguments, **urls})
        verbatim = make_plan(endpoint, resolve="verbatim", arguments={**arguments, **urls})
        assert (verbatim.endpoint, verbatim.payload) == (endpoint, {**arguments, **urls})


@pytest.mark.parametrize(("table", "levels"), [("strengths", STRENGTHS), ("scales", SCALES)])
def test_levels(table: str, levels: Any):
    ranges = GUIDE[table]
    assert set(levels) - {"color-correction"} == set(ranges)
    for name, (low, high) in ranges.items():
        assert (levels[name].low, levels[name].high) == (low, high)
        assert low <= levels[name].value <= high


def test_a_range_of_the_description_is_no_difference_to_the_schema():
    import msgspec

    from remote.catalog.revise import _compare_fields, _merged

    fidelity = catalog.endpoint("fal-ai/codeformer").fields["fidelity"]
    published = msgspec.structs.replace(fidelity, minimum=None, maximum=None, documented=False)
    compared = ({"fidelity": fidelity}, lambda _: {}, {"fidelity": published}, {}, "")
    assert not _compare_fields(*compared)
    assert _merged(fidelity, published, {}) == fidelity
    stated = msgspec.structs.replace(published, minimum=0, maximum=2)
    assert _compare_fields({"fidelity": fidelity}, lambda _: {}, {"fidelity": stated}, {}, "")
    assert _merged(fidelity, stated, {}).maximum == 2


@pytest.mark.parametrize(("said", "number"), [("strict structure", 0.95), ("Loose_guidance", 0.5), ("balanced", 0.75)])
def test_the_rows_of_the_scale_table_are_levels(said: str, number: float):
    level = level_named("conditioning_scale", said)
    assert level is not None
    assert level.value == number
    assert level_named("strength", said) is None
