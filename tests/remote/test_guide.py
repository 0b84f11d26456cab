"""The tables of the user's guide, row by row: what it names is taken under the ids it gives, within the ranges it gives."""

from __future__ import annotations

import inspect
import json
import pkgutil
import re
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


LEVELS, TRANSFORM, CONTROLNET = "remote.plan.levels", "remote.Fal.transform", "remote.Fal.controlnet"
INPAINT, MASKS = "remote.Fal.inpaint", "preproc.mask"
REFLECTED = [
    ("strength 0.0: no change", LEVELS, r"``no-change``\s+0\.01\s+0\.0 "),
    ("strength 0.2-0.5: subtle, style hint", LEVELS, r"``subtle``\s+0\.35\s+0\.2-0\.5"),
    ("strength 0.5-0.7: moderate", LEVELS, r"``moderate``\s+0\.6\s+0\.5-0\.7"),
    ("strength 0.7-0.9: strong", LEVELS, r"``strong``\s+0\.8\s+0\.7-0\.9"),
    ("strength 0.9-1.0: full regeneration", LEVELS, r"``full``\s+0\.95\s+0\.9-1\.0"),
    ("task colour correction 0.2-0.3", LEVELS, r"``colour-correction``\s+0\.25\s+0\.2-0\.3"),
    ("task style hint 0.3-0.5", LEVELS, r"``style-hint``\s+0\.4\s+0\.3-0\.5"),
    ("task style transfer 0.5-0.7", LEVELS, r"``style-transfer``\s+0\.6\s+0\.5-0\.7"),
    ("task reimagining 0.7-0.9", LEVELS, r"``reimagining``\s+0\.8\s+0\.7-0\.9"),
    ("task full regeneration 0.9-1.0", LEVELS, r"``full-regeneration``\s+0\.95\s+0\.9-1\.0"),
    ("short table 0.0-0.3", LEVELS, r"0\.0-0\.3\s+the photo is kept"),
    ("short table 0.5-0.7", LEVELS, r"0\.5-0\.7\s+it is changed clearly"),
    ("short table 0.8-1.0", LEVELS, r"0\.8-1\.0\s+another picture"),
    ("scale strict structure 0.9-1.0", LEVELS, r"``strict``\s+0\.95\s+0\.9-1\.0"),
    ("scale balanced 0.7-0.8", LEVELS, r"``balanced``\s+0\.75\s+0\.7-0\.8"),
    ("scale loose guidance 0.4-0.6", LEVELS, r"``loose``\s+0\.5\s+0\.4-0\.6"),
    ("transform: strength", TRANSFORM, r"strength\s+fal-ai/flux/dev/image-to-image 0\.01 - 1"),
    ("transform: steps 28, guidance 3.5", TRANSFORM, r"28 steps and a guidance of 3\.5"),
    (
        "controlnet: types canny, depth, pose",
        CONTROLNET,
        r"``\"canny\"`` edges, ``\"depth\"`` 3D.*``\"pose\"`` human pose",
    ),
    (
        "controlnet: types tile, blur, gray, low_quality",
        CONTROLNET,
        r"``\"tile\"`` detail, ``\"blur\"``,\s+``\"gray\"``, ``\"low",
    ),
    ("controlnet: scale 0-1", CONTROLNET, r"controlnet_conditioning_scale \S+ 0 - 1"),
    ("mask: white regenerated, black kept", INPAINT, r"White is painted anew, black is kept"),
    ("mask: clean, anti-aliased edges", INPAINT, r"Clean, anti-aliased edges"),
    ("mask: a slight feather", INPAINT, r"A slight feather"),
    ("mask: slightly more than the object", INPAINT, r"covers slightly more than the object"),
    ("mask: PNG", INPAINT, r"PNG: masks are sent as 8-bit gray PNG"),
    ("mask: white (255) edits, black (0) keeps", MASKS, r"255 is edited, 0 is kept"),
    ("upscale: esrgan scale 2 or 4, clarity 1-4", "remote.Fal.upscale", r"creativity(.|\n)*resemblance"),
    ("background: PNG with transparency", "remote.Fal.remove_background", r"alpha channel"),
    ("faces: fidelity 0-1", "remote.Fal.restore_face", r"fidelity"),
    ("style: ip_adapter_scale 0-1", "remote.Fal.style", r"scale"),
    ("workflow: product photo", "remote.workflows.product_photo", r"strength"),
    ("workflow: face restoration", "remote.workflows.restore_portrait", r"fidelity"),
    ("large files: upload first", "remote.Fal.upload", r"Upload a file, once for each content, and return its URL"),
]
"""Each row and tip of the guide, where it is reflected, and by which words."""


@pytest.mark.parametrize(("row", "place", "words"), REFLECTED)
def test_each_row_is_in_a_docstring(row: str, place: str, words: str):
    said = inspect.getdoc(pkgutil.resolve_name(place)) or ""
    assert re.search(words, said, re.DOTALL), f"{row} is not in {place}"


def test_every_row_of_the_level_tables_is_listed():
    named = {found[1] for row in REFLECTED if (found := re.match(r"``([a-z-]+)``", row[2]))}
    assert named == {*GUIDE["strengths"], *GUIDE["scales"]}


def test_no_change_sends_the_least_that_is_taken():
    made = planned("fal-ai/flux/dev/image-to-image", "strength", "no change")
    assert made.payload["strength"] == 0.01 == catalog.endpoint(made.endpoint).fields["strength"].minimum
    assert any("'no change' sends 0.01" in said for said in made.warnings)
