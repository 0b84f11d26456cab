"""What helps, as it is typed in a terminal, and as JSON has it."""

import re
import shlex
import shutil

import numpy as np
import PIL.Image
import pytest

from preproc import save_image
from preproc.cli.fixes import command_in, typed


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["jobs", "--journal", "nope.sqlite3"], 3, "there is no journal nope.sqlite3"),
        (["jobs", "--journal", "photo.png"], 3, "Fix: name another file: --journal jobs.sqlite3"),
        (["jobs", "--limit", "0"], 2, "--limit"),
        (["run", "fal-ai/esrgan", "--timeout", "-1"], 2, "--timeout"),
        (["outpaint", "photo.png"], 2, "Fix: --left 256, --right-ratio 0.5, --aspect 16:9"),
        (["outpaint", "photo.png", "--left", "9", "--left-ratio", "1"], 2, "--left and --left-ratio both say"),
        (["outpaint", "photo.png", "--left", "9", "--aspect", "2:1"], 2, "--left and --aspect each say how large"),
        (["control", "depth", "photo.png"], 2, "Fix: -p near=high or -p near=low"),
        (["control", "--type", "canny", "photo.png"], 2, "Fix: the type comes first: preproc control canny photo.jpg"),
        (["canny", "photo.png", "--low", "100"], 2, "--low is given without --high\nFix: --low 100 --high 200"),
        (["canny", "photo.png", "--low", "9", "--high", "3"], 2, "--low 9 is above --high 3\nFix: --low 3 --high 9"),
        (["canny", "photo.png", "--profile", "flux", "--low", "4"], 2, "--low and --profile each choose"),
        (["canny", "photo.png", "--density", "2"], 2, "for --density. It is between 0 and 1."),
        (["canny", "photo.png", "--sigma", "inf"], 2, "for --sigma. It is 0 to 100."),
        (["canny", "photo.png", "-q", "-v"], 2, "--quiet says less and --verbose says more"),
        (["mask", "grow", "photo.png", "--px", "-3"], 2, "for --px. It is at least 0."),
        (["mask", "stroke", "photo.png", "--points", "1,1", "--width", "0"], 2, "for --width. It is above 0."),
        (["mask", "rectangle", "photo.png", "--box", "50,60,20,30"], 2, "of left,top,width,height it is 50,60,70,90"),
        (["mask", "invert", "photo.png"], 3, "Fix: preproc mask luminance MASK, or preproc mask color COLOR MASK"),
        (["crop", "photo.png", "-m", "photo.png", "--aspect", "16"], 2, "'16' is no shape"),
        (["demo", "-o", "file.jpg"], 2, "Fix: -o file"),
        (["finish", "nope.edit.json", "photo.png"], 3, "Fix: preproc crop and preproc outpaint write NAME.edit.json"),
        (["check", "mask", "masks/", "--photo", "."], 2, "Fix: preproc check pair . -m masks/"),
        (["control", "canny", "photo.png", "--endpoint", "fal-ai/nope"], 3, "Fix: perhaps "),
        (["endpoints", "fal-ai/nope"], 3, "Fix: perhaps "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_fixes_can_be_typed(run, photo, words, code, said):
    ended = run(*words)
    assert ended.code == code
    assert said in ended.err
    assert "resolve" not in ended.err


def test_errors_are_json_too_where_that_is_asked_for(run, photo):
    for words in (["canny"], ["canny", "--lwo", "3"], ["endpoints", "nope/nope"], ["finish", "nope.edit.json", photo]):
        ended = run(*words, "--json")
        assert ended.code in {2, 3}
        assert {"type", "message", "fix", "advice", "command"} <= set(ended.json["error"])


@pytest.mark.parametrize(
    ("words", "fix", "advice"),
    [
        ("control depth photo.png", "pass options={'near': 'high'} or …", "-p near=high or -p near=low"),
        ("mask polygon photo.png --points 1,1", "mask.stroke draws …", "preproc mask stroke PHOTO --points X,Y …"),
        ("run fal-ai/flux-pro/v1/fill prompt=x --edit job.edit.json", "…Fal(backend='rehearsal')", "…--rehearsal"),
        ("plan fal-ai/flux-pro/v1/fill prompt=x --image photo.png --mask small.png", "mask.resize(…", "preproc mask …"),
        ("crop photo.png -m small.png", "mask.resize(…", "preproc mask resize small.png --size 240x160…"),
        ("canny photo.png -o mask.png", "overwrite=True, or …", "--overwrite, or another -o"),
        ("finish moved.edit.json photo.png", "…Edit.load(path, original=…", "--original PHOTO"),
    ],
)
def test_json_has_each_fix_for_python_and_as_the_terminal_says_it(run, photo, mask, here, words, fix, advice):
    save_image(np.full((40, 40), 255, np.uint8), here / "small.png")
    assert run("crop", photo, "-m", mask, "-o", "job.edit.json").code == 0
    if "moved" in words:
        shutil.copy(here / photo, here / "old.png")
        assert run("crop", "old.png", "-m", mask, "-o", "moved.edit.json").code == 0
        (here / "old.png").rename(here / "old2.png")
    ended = run(*words.split(), "--json")
    error = ended.lines[-1]["error"]
    assert f"Fix: {error['advice']}\n" in ended.err
    for said, wanted in ((error["fix"], fix), (error["advice"], advice)):
        assert re.fullmatch(".*".join(map(re.escape, wanted.split("…"))), said), said


@pytest.mark.parametrize("command", [["canny", "photo.png", "--density", "0.004"], ["control", "canny", "photo.png"]])
def test_warnings_are_as_they_are_typed(run, here, command):
    picture = np.full((160, 240, 3), 90, np.uint8)
    picture[50:54, 50:54] = 220
    save_image(picture, here / "photo.png")
    words = run(*command, "-o", "edges.png").err
    assert ("-p density=0.05" if "control" in command else "--density 0.05") in words
    assert " density=0.05" not in words.replace("-p density", "")


def test_every_option_in_a_fix_is_one():
    from preproc.cli.app import app
    from preproc.cli.rewordings import _OPTIONS

    known = {name for command in ("crop", "outpaint", "run", "plan", "check", "canny", "finish")
             for one in ([app[command]] if command != "check" else [app["check"][name] for name in ("mask", "control")])
             for argument in one.assemble_argument_collection(parse_docstring=True) for name in argument.names}  # fmt: skip
    assert {f"--{name.replace('_', '-')}" for name in _OPTIONS.split("|")} <= known


def test_what_is_no_call_stays_as_it_is():
    words = "fal-ai/x: strength=2 is above 1\nFix: say it in other words"
    assert typed(words) == words


def test_a_kept_answer_is_shown_by_a_command():
    assert (
        typed("the answer is kept: fal.resume('20261128-1').entry.result")
        == "the answer is kept: preproc jobs 20261128-1"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mask", "expand"], "Fix: preproc mask grow\n"),
        (["inpaint"], "Fix: preproc crop, then preproc run"),
        (["depth"], "Fix: preproc control depth\n"),
        (["resize"], "Fix: preproc mask resize\n"),
        (["mask", "canny"], "Fix: preproc control canny\n"),
        (["mask", "draw"], "Fix: did you mean 'drawing'?\n"),
        (["canny", "--frob", "3"], "Unknown option: --frob\n"),
        (["canny", "--recipe"], "Unknown option: --recipe\n"),
        (["canny", "--prof", "flux"], "Did you mean --profile?"),
        (["mask", "contrast", "m.png"], "needs --factor\nFix: such as preproc mask contrast soft.png --factor 2"),
        (["mask", "contrast", "m.png", "--factor"], "--factor needs a value\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_was_probably_meant(run, words, said):
    ended = run(*words)
    assert ended.code == 2
    assert said in ended.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("canny photo.png -o x.xyz", 2, "'.xyz' names no format that is written\nFix: -o x.png"),
        ("preview photo.png -o x.xyz", 2, "'.xyz' names no format that is written\nFix: one of .png, .tif"),
        ("doctor extra", 2, "preproc doctor has no use for 'extra'\nFix: leave it out; preproc doctor --help"),
        ("demo -o mask.png/x", 3, "the folder mask.png/x cannot be made: Not a directory\nFix: another -o"),
        (
            "mask ellipse 300x200 --box 2,2,8,8 -o m.png",
            2,
            "300x200 is a size, and photos are named here\nFix: --size 300x200",
        ),
        (
            "plan fal-ai/flux-pro/v1/fill --image photo.png",
            3,
            "Fix: prompt=VALUE --mask FILE, or --edit NAME.edit.json",
        ),
        ("plan fal-ai/flux-general", 3, "prompt: is required (what to generate)\nFix: prompt=VALUE\n"),
        ("endpoints nope", 3, "not an endpoint of the catalog\nFix: preproc endpoints lists all"),
        ("endpoints rembg", 3, "Fix: perhaps fal-ai/imageutils/rembg"),
    ],
)
def test_what_helps_is_said(run, photo, mask, words, code, said):
    ended = run(*words.split())
    assert (ended.code, said in ended.err) == (code, True), ended.err


@pytest.mark.parametrize(
    ("fix", "command"),
    [
        ("--low 3 --high 6, or neither to have them chosen", None),
        ("preproc mask trace writes one", None),
        ("preproc jobs lists their ids; of rehearsals, preproc jobs --journal FILE", "preproc jobs"),
        ("save it as PNG: control.canny(photo) again, or mask.binarize(m, 128)", "preproc control canny cup.jpg"),
        ("preproc crop and preproc outpaint write NAME.edit.json", None),
        ("control.canny(photo, …) with lower thresholds", None),
        ("mask.fill_holes(m, max_area_px=12)", "preproc mask fill-holes 'my mask.png' --max-area 12"),
        ("np.moveaxis(m, 0, -1)", None),
        ("preproc canny --help", "preproc canny --help"),
        # one of two that follow each other
        ("mask.snap(mask.clean(m), 16)", None),
        ("mask.drop_islands(mask.clean(m, noise=5), min_area_px=9)", None),
        ("mask.feather(mask.drop_islands(m, min_area_px=9), 16)", None),
        # one of two, and only its reader knows which
        ('mask.from_alpha(m)  # or mask.from_alpha(m, edit="transparent") if what was erased is edited', None),
        # a last resort
        ("mask.rectangle(image, box)  # only if all else fails, mask.resize(m, (6, 4)): it stretches by 50%", None),
        # what its reader fills in
        ("mask.rectangle(m, box)", None),
        ("check.mask(m, image, reference=box)", None),
        ("pass mask.Drawing, of preproc mask drawing OUTLINE.svg PHOTO", None),
        ("crop.around(image, m)", "preproc crop cup.jpg -m 'my mask.png'"),
    ],
)
def test_a_command_of_a_fix_is_one(fix, command):
    assert command_in(fix, mask="my mask.png", photo="cup.jpg") == command


def test_a_command_without_its_photo_is_none():
    assert command_in("crop.around(image, m)", mask="m.png") is None
    assert command_in("crop.around(image, m)", mask="M.PNG", photo="PHOTO") == "preproc crop PHOTO -m M.PNG"


@pytest.mark.parametrize("kind", ["empty", "noisy"])
def test_the_command_of_a_finding_runs_as_it_is(run, here, kind):
    m = np.zeros((160, 240), np.uint8)
    if kind == "noisy":
        m[40:120, 60:150] = 255
        m[53:57, 30:34] = 255
    PIL.Image.fromarray(m).save(here / "m.jpg", quality=50)
    found = {one["code"]: one for one in run("check", "mask", "m.jpg", "--json").json["findings"]}
    assert found["empty" if kind == "empty" else "islands"]["command"] is None, found
    for one in found.values():
        if one["command"] is not None:
            ended = run(*shlex.split(one["command"])[1:], "--overwrite")
            assert ended.code == 0 or "written " in ended.text, one


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "too sparse: 1.0% of the pixels are edges, and 4 to 9 are usual; lower thresholds, or density=0.05",
            "too sparse: 1.0% of the pixels are edges, and 4 to 9 are usual; lower thresholds, or --density 0.05",
        ),
        ("mask.contrast: factor is -1, it is finite", "factor is -1, it is finite"),
        (
            "for a black and white picture: load_mask, or mask.from_luminance",
            "preproc mask luminance PICTURE, for black and white",
        ),
        ("make the edit with crop.around or outpaint.extend", "preproc crop or preproc outpaint makes the edit anew"),
        ("mask.from_labels(m, [1, 7])", "preproc mask labels MASK --ids 1,7"),
        ("preproc.load_mask(m)", "preproc check mask MASK --fix"),
    ],
)
def test_no_words_of_python(words, said):
    assert typed(words) == said
