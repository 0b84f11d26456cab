"""Every fix that the library can propose, as a terminal shows it: no Python call where a command exists."""

import ast
import itertools
import re
from pathlib import Path

import pytest

import preproc
import remote
from preproc.cli.fixes import advice, typed

ROOTS = [Path(package.__file__).parent for package in (preproc, remote)]
PYTHON = re.compile(
    r"\w\(|\b(?:fal|mask|control|check|crop|outpaint|preproc|preview|np|Fal|Edit|Photo)\.(?!media)[a-zA-Z]"
    r"|(?<![-\w./])(?!image_url=)[a-z_]+="
)
"""A call, a name of the library, or an argument."""

ONLY_IN_PYTHON = {
    # arrays, drawings and rules, which no command takes
    "[(x, y), (x, y), …], or points.reshape(-1, 2)",
    "SizeRule(multiple_of=32)",
    "array.astype(bool), or array.astype(np.uint8) * 255",
    "array.astype(np.uint8) for 8-bit values",
    "border_px=(8, 8, 8, 8)",
    "channels come last here: np.moveaxis(array, 0, -1)",
    "color=(0, 255, 0)",
    'contact_sheet([("before", photo), ("after", other)])',
    "control.make('pose', control.read_pose(source, size=(width, height)), size=...), with the picture's size",
    "control.read_pose(source, size=(width, height)), as OpenPose's own files name none",
    "convert them with preproc.load_image and preproc.load_mask",
    "edit.finish(result.images)",
    "7.astype(np.uint8)",
    "mask.7(7, 7)",
    "mask.7(mask, 12)",
    "mask.7(mask, 7)",
    "mask.7(mask, ratio=7)",
    "mask.Rectangle, mask.Ellipse, mask.Polygon, mask.Stroke or mask.Path",
    "mask.from_coco(segmentation, (width, height))",
    "mask.from_rle(counts, (width, height))",
    "mask.resize(mask.from_rle(rle), size)",
    "np.array(values, np.uint8)",
    "np.moveaxis(7, 0, -1)",
    "np.moveaxis(7[0], 0, -1)",
    "pass alpha= of the pixels' size",
    "pass one of them: np.load(path)[name]",
    "pass the file's text: path.read_text()",
    "path.read_text() gives the text",
    "Photo.open(array) takes other forms",
    "plan.edit(7, plan.edit(7, ...).finish(generated))",
    "preview.overlay shows a mask",
    "raise it: np.maximum(blend, mask)",
    "rule=fal.rule(endpoint_id), or SizeRule(...)",
    "take all edits from one crop.regions(...)",
    # colours are read back to class numbers in Python alone
    "choose the palette it was made with, raise tolerance= for a JPEG, or number them with unknown=-1",
    # sweeps
    'grid=[{"profile": "flux"}, {"density": 0.05}]',
    'grid={"low": [50, 100]}',
    'pass grid={"option": [values, …]}',
    # the tasks of `Fal`, and jobs of other backends
    "7; fal.preprocess('an_id', photo, verify=False) returns this one as it is",
    "Fal(backend='an_id')",
    'arguments={"seed": 7}',
    "box=(100, 50, 300, 250)",
    "fal-ai/flux-pro/v1/fill or fal-ai/flux-2-pro/outpaint keep it; fal.run(...) uses this one as it is",
    "fal.submit(fal.plan(endpoint, ...))",
    "points=[(120, 80)]",
    'text="the dog", points=[(x, y)] or box=',
    "what only the endpoint knows goes into arguments={...}",
}
"""What is proposed where no command leads, or where only Python helps."""


def texts(node):
    """Every text that an expression can be, with samples for what only a run can tell."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.FormattedValue):
        if isinstance(node.value, ast.Name) and node.value.id == "of":
            return ["canny"]
        return texts(node.value) or (["'an_id'"] if node.conversion == ord("r") else ["7"])
    if isinstance(node, ast.JoinedStr):
        return ["".join(parts) for parts in itertools.product(*map(texts, node.values))]
    if isinstance(node, ast.IfExp):
        return texts(node.body) + texts(node.orelse)
    if isinstance(node, ast.BoolOp):
        return [text for value in node.values for text in texts(value)]
    return []


def proposed():
    """Find ``fix=…``, the fix of each finding, and what is kept in a variable for one."""
    for path in (path for root in ROOTS for path in sorted(root.rglob("*.py")) if "cli" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found = [keyword.value for keyword in node.keywords if keyword.arg == "fix"]
                if getattr(node.func, "id", "") == "Finding":
                    found += node.args[3:4]
            elif isinstance(node, ast.Assign) and {"fix", "DECIDES", "draw", "meant"} & {
                getattr(target, "id", "") for target in node.targets
            }:
                found = [node.value]
            else:
                continue
            yield from (text for value in found for text in texts(value))


PROPOSED = sorted(set(proposed()))


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        ("mask.invert(mask.from_alpha(m))", "preproc mask alpha MASK, then preproc mask invert"),
        (
            "mask.snap(mask.clean(m, noise=5), 16)",
            "preproc mask clean MASK --noise 5, then preproc mask snap with --cell 16",
        ),
        (
            "mask.drop_islands(mask.clean(mask.from_alpha(m)), min_area_px=9)",
            "preproc mask alpha MASK, then preproc mask clean, then preproc mask drop-islands with --min-area 9",
        ),
        (
            "mask.resize(mask.from_alpha(m), (320, 240))",
            "preproc mask alpha MASK, then preproc mask resize with --size 320x240",
        ),
        ("mask.feather(mask.clean(m), 16)", "preproc mask clean MASK, then preproc mask feather with --px 16"),
    ],
)
def test_a_call_inside_another_is_two_commands(fix, said):
    assert advice(fix) == said


def test_many_are_found():
    assert len(PROPOSED) > 300
    assert {"m", "mask.invert(m)"} & set(PROPOSED)


@pytest.mark.parametrize("fix", [fix for fix in PROPOSED if fix not in ONLY_IN_PYTHON])
def test_a_terminal_shows_commands(fix):
    said = re.sub(r"-p \w+=", "", advice(fix))
    assert not said.startswith("in Python"), said
    assert not PYTHON.search(said.partition("load_image in Python")[0]), said


def test_what_is_only_in_python_is_still_proposed_and_told_to_be_that():
    assert set(PROPOSED) >= ONLY_IN_PYTHON
    calls = [fix for fix in ONLY_IN_PYTHON if re.search(r"\w\.\w+\(", fix)]
    assert [fix for fix in calls if not advice(fix).startswith("in Python: ")] == []


def messages():
    """Find what errors and findings say first."""
    for path in (path for root in ROOTS for path in sorted(root.rglob("*.py")) if "cli" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            said = []
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                said = node.exc.args[:1]
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                said = node.args[2:3]
            yield from (text for value in said for text in texts(value))


def test_no_message_shows_a_call():
    shown = {text: typed(text) for text in messages()}
    assert len(shown) > 300
    assert [said for said in shown.values() if re.search(r"\w\.\w+\(", said)] == []
