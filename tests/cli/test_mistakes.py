"""Mistakes that a shell makes for people, and what they are told."""

import os
import re
import shutil
import subprocess
import sys

import numpy as np
import PIL.Image
import pytest

from preproc import save_image
from preproc.cli.exits import exit_code, meant
from preproc.cli.fixes import command_in, typed
from preproc.control.thresholding import density_warnings


@pytest.mark.parametrize("words", [["canny", "-"], ["preview", "-"], ["mask", "luminance", "-"]], ids=" ".join)
def test_json_never_follows_a_picture_onto_standard_output(run, photo, here, words):
    ended = run(*words, "--json", stdin=(here / photo).read_bytes())
    assert ended.code == 2
    assert "both want standard output" in ended.err
    assert "both want standard output" in ended.json["error"]["message"]  # and no byte of a picture


@pytest.mark.parametrize("words", [["canny", ""], ["canny", "photo.png", ""], ["preview", ""]], ids=str)
def test_an_unset_variable_is_not_the_folder_one_stands_in(run, photo, here, words):
    ended = run(*words)
    assert ended.code == 2
    assert "one of the names is empty" in ended.err
    assert [file.name for file in here.iterdir()] == ["photo.png"]


def test_an_empty_output_is_refused(run, photo):
    assert "-o names nothing" in run("canny", photo, "-o", "").err


def test_outlines_are_no_png(run, mask, here):
    ended = run("mask", "trace", mask, "-o", "outline.png")
    assert ended.code == 2
    assert "Fix: -o outline.svg" in ended.err
    assert not (here / "outline.png").exists()


def test_a_mask_beside_its_photo_is_noticed(run, photo):
    ended = run("mask", "rectangle", photo, "--box", "5000,5000,5100,5100")
    assert ended.code == 3
    assert "the box (5000, 5000, 5100, 5100) lies wholly off the 240x160 canvas" in ended.err
    ended = run("mask", "polygon", photo, "--points", "5000,5000 5100,5100 5000,5100")
    assert ended.code == 0
    assert "warning: photo.png: the mask is empty" in ended.err


def test_a_far_guess_is_not_made(run, photo):
    assert "Did you mean" not in run("canny", photo, "--frobnicate").err
    assert "Did you mean --low?" in run("canny", photo, "--lo", "3").err


def test_more_than_the_memory_holds(run, photo, monkeypatch):
    from preproc import outpaint

    def extend(*_, **__):
        raise MemoryError("Unable to allocate 111. GiB")

    monkeypatch.setattr(outpaint, "extend", extend)
    ended = run("outpaint", photo, "--left", "100000000")
    assert ended.code == 3
    assert "there is not enough memory: Unable to allocate" in ended.err


def test_a_folder_that_cannot_be_made(run, here):
    (here / "file").touch()
    ended = run("demo", "-o", "file/demo")
    assert ended.code == 3
    assert ended.err == "preproc: the folder file/demo cannot be made: Not a directory\nFix: another -o\n"


def test_what_the_machine_says_is_no_bug():
    wrong = meant(PermissionError(13, os.strerror(13), "x.png"))
    assert (str(wrong), exit_code(wrong)) == ("x.png: Permission denied", 3)


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


def test_a_mistake_in_the_options_is_told_once_and_before_anything_is_read(run, folder, here):
    ended = run("batch", folder, "-o", "maps/", "--control", "depth")
    assert (ended.code, ended.err) == (2, "preproc: depth needs near\nFix: -p near=high or -p near=low\n")
    assert not (here / "maps").exists()
    for options, said in (
        (("canny", "low=500", "high=20"), "low=500, high=20 are not"),
        (("canny", "density=5"), "density=5 is not"),
        (("blur", "sigma_px=-1"), "a sigma of -1 px is not"),
    ):
        ended = run(
            "control", options[0], folder, "-o", "maps/", *(word for one in options[1:] for word in ("-p", one))
        )
        assert (ended.code, ended.err.count(said)) == (2, 1)
    assert run("control", "tile", folder, "-o", "maps/", "-p", "reduction_ratio=64").code == 6


def test_three_words_for_the_type_of_a_map(run, photo, here):
    for number, option in enumerate(("--control", "--type", "--kind")):
        assert run("batch", photo, option, "canny", "-o", f"maps{number}").code == 0
        assert run("check", "control", f"maps{number}/photo.png", option, "canny").code == 0


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


def test_what_is_too_sparse_is_so_in_the_numbers_that_are_said():
    [words] = density_warnings(0.01999, (240, 160))
    assert "too sparse: 2.00% of" not in words
    assert "1.999% of the pixels are edges, and models saw 2% to" in words


def test_results_of_one_name_are_told_apart(run, photo, here):
    (here / "in").mkdir()
    (here / "in" / photo.name).write_bytes((here / photo).read_bytes())
    for output, fix in (
        ("out/", "-o 'out/{parent}-{stem}.png'"),
        ("{stem}-edges.png", "-o '{parent}-{stem}.png'"),
        ("one.png", "-o one, a folder, or -o '{parent}-{stem}.png'"),
    ):
        ended = run("canny", photo, f"in/{photo}", "-o", output)
        assert (ended.code, ended.err.splitlines()[-1]) == (2, f"Fix: {fix}")
    assert run("canny", f"in/{photo}", "-o", "out/{parent}-{stem}.png").code == 0
    assert (here / "out" / "in-photo.png").exists()


def test_a_bare_name_lies_in_a_folder_too(run, photo, here):
    assert run("canny", photo, "-o", "{parent}/{stem}.edges.png").code == 0
    assert (here / "photo.edges.png").exists()


def test_empty_masks_are_counted(run, folder):
    points = "900,900 910,900 910,910"
    ended = run("mask", "polygon", folder, "--points", points, "-o", "masks/")
    assert ended.err.splitlines()[-1] == "47 done (47 of them empty), 3 failed"


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


def test_class_numbers_come_from_files(run, here):
    numbers = np.arange(600).reshape(20, 30) % 5
    PIL.Image.fromarray(numbers.astype(np.uint8)).save(here / "labels.png")
    np.save(here / "labels.npy", numbers)
    assert run("control", "segmentation", "labels.png", "-o", "one.png").code == 0
    assert run("control", "segmentation", "labels.npy", "-o", "two.png").code == 0
    assert (here / "one.png").read_bytes() == (here / "two.png").read_bytes()
    assert run("control", "segmentation", "one.png", "-o", "three.png").code == 3


@pytest.fixture
def odd(here, cup):
    """A photo whose name is no UTF-8, as old archives hold them."""
    name = os.fsdecode(b"odd\xff.png")
    try:
        PIL.Image.fromarray(cup).save(here / name)
    except OSError:
        pytest.skip("this file system has no such names")
    return name


def test_names_that_are_no_utf8(run, odd, mask, here):
    ended = run("canny", odd, "--json")
    assert (ended.code, ended.json["source"]) == (0, odd)
    assert run("check", "control", odd, odd, mask, "-k", "photo").code in {0, 3}
    for words in (["crop", odd, "-m", mask], ["batch", odd, "-o", "maps", "--control", "canny"]):
        ended = run(*words)
        assert ended.code == 3
        assert "is no UTF-8\nFix: rename it" in ended.err
    assert not list(here.glob("*.crop.*"))


def test_a_link_to_nowhere_is_named(run, photo, here):
    (here / "in").mkdir()
    (here / "in" / "gone.png").symlink_to("nowhere.png")
    (here / "in" / "there.png").write_bytes((here / photo).read_bytes())
    ended = run("canny", "in", "-o", "out/")
    assert ended.code == 6
    assert "in/gone.png does not exist\nFix: it is a link to what is no longer there" in ended.err


def test_words_that_standard_output_cannot_write_are_escaped(here):
    env = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(sys.path)}
    code = "from preproc.cli import main; main(['jobs', 'é'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 3
    assert done.stderr.startswith("preproc: job '\\xe9' is in no journal here")


@pytest.mark.skipif(os.name != "posix", reason="a shell")
@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("canny photo.png -o - >&-", 3, "standard output is closed"),
        ("canny - -o edges.png <&-", 3, "standard input is closed"),
        ("endpoints >&-", 0, ""),
    ],
)
def test_closed_streams(photo, line, code, said):
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = f"{sys.executable} -c 'from preproc.cli import main; main()' {line}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="a shell")
def test_words_never_go_to_standard_output_because_the_other_is_closed(photo):
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = f"{sys.executable} -c 'from preproc.cli import main; main()' canny photo.png 2>&-"
    done = subprocess.run(command, shell=True, capture_output=True, check=True, env=env)
    assert done.stdout == b""


def test_hidden_folders_are_left_alone(run, photo, here):
    for name in ("in/.thumbnails/a.png", "in/b.png", "in/deep/c.png"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes((here / photo).read_bytes())
    assert run("canny", "in", "-r", "-o", "out/").code == 0
    assert sorted(file.name for file in (here / "out").rglob("*.png")) == ["b.png", "c.png"]


def test_a_demo_is_no_stream(run, here):
    ended = run("demo", "-o", "-")
    assert (ended.code, ended.err.splitlines()[-1]) == (2, "Fix: -o FOLDER")
    assert not list(here.iterdir())


def test_a_dash_is_called_a_dash(run, photo):
    ended = run("check", "mask", photo, "--photo", "-")
    assert "<stdio>" not in ended.err


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [("fal-ai/flux-pro/v1/fill", "Fix: preproc demo, without --live"), ("fal-ai/no-such-thing", "no-such-thing")],
)
def test_a_demo_that_cannot_be_paid_for_begins_nothing(run, here, endpoint, said):
    ended = run("demo", "-o", "out", "--live", endpoint)
    assert ended.code in {3, 4}
    assert said in ended.err
    assert not (here / "out").exists()


@pytest.mark.parametrize("side", ["0", "-3", "15", "5000"])
def test_tiles_have_a_side(run, photo, side):
    ended = run("preview", photo, "--tile-px", side)
    assert ended.code == 2
    assert "16 to 4096" in ended.err


def test_a_file_whose_name_begins_with_a_dash(run, photo, here):
    (here / "-dash.png").write_bytes((here / photo).read_bytes())
    ended = run("canny", "-dash.png", "-o", "a.png")
    assert (ended.code, ended.err) == (2, "preproc: -dash.png reads as an option\nFix: ./-dash.png names the file\n")
    assert run("canny", "./-dash.png", "-o", "a.png").code == 0


def test_a_sheet_of_nothing_is_told_in_json_too(run, here):
    (here / "text.png").write_text("this is text")
    (here / "empty.png").touch()
    for words in (["text.png"], ["text.png", "empty.png", "-o", "sheet.png"]):
        ended = run("preview", *words, "--json")
        assert ended.code == 3
        assert {one["source"] for one in ended.json["errors"]} == set(words) & {"text.png", "empty.png"}


def test_an_option_says_not_which_command(run):
    ended = run("check", "--json")
    assert (ended.code, ended.json["error"]["fix"]) == (2, "one of mask, pair, control")


def test_a_demo_in_json(run, here):
    ended = run("demo", "-o", "demo", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert all((here / path).exists() for line in ended.lines[:-1] for path in line["outputs"])
    assert ended.lines[-1]["output"] == "demo/contact-sheet.png"


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
        ("save it as PNG: control.canny(photo) again, or mask.binarize(m, 128)", "preproc control canny PHOTO"),
        ("preproc crop and preproc outpaint write NAME.edit.json", None),
        ("control.canny(photo, …) with lower thresholds", None),
        ("mask.fill_holes(m, max_area_px=12)", "preproc mask fill-holes 'my mask.png' --max-area 12"),
        ("np.moveaxis(m, 0, -1)", None),
        ("preproc canny --help", "preproc canny --help"),
    ],
)
def test_a_command_of_a_fix_is_one(fix, command):
    assert command_in(fix, mask="my mask.png") == command


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


def test_what_is_drawn_from_no_picture_has_no_source(run, mask, here):
    assert run("mask", "trace", mask, "-o", "m.svg").code == 0
    words = ["--size", "48x32", "-o", "m2.png", "--json"]
    assert run("mask", "drawing", "m.svg", *words).json["source"] == "m.svg"
    assert run("mask", "rectangle", "--box", "1,1,9,9", *words, "--overwrite").json["source"] is None
    ended = run("mask", "drawing", mask, *words, "--overwrite")
    assert (ended.code, ended.json["error"]["command"]) == (3, "preproc mask drawing OUTLINE.svg PHOTO")


def test_an_input_that_is_missing_is_said_before_an_output_that_is_there(run, photo, mask, here):
    (here / "photo.canny.png").touch()
    assert "nope.png does not exist" in run("canny", "nope.png", "-o", "photo.canny.png").err
    (here / "photo.preview.png").touch()
    (here / "photo.crop.edit.json").touch()
    for words, missing in (
        (["preview", "photo.edit.json"], "cannot read photo.edit.json: No such file"),
        (["preview", photo, "--after", "nope.png"], "nope.png does not exist"),
        (["crop", photo, "-m", "nope.png"], "nope.png does not exist"),
    ):
        ended = run(*words)
        assert (ended.code, missing in ended.err) == (3, True), ended.err


def test_sizes_that_differ_are_told_for_what_they_are(run, photo, mask, here):
    assert run("mask", "resize", mask, "--size", "120x80", "-o", "small.png").code == 0
    ended = run("preview", photo, "--after", "small.png", "--slider", "0.5", "-o", "x.png")
    assert ended.code == 3
    assert "Fix: bring after to 240x160, or before to 120x80\n" in ended.err


def test_checks_count_what_has_errors(run, photo, mask, here):
    assert run("canny", photo, "-o", "edges.png").code == 0
    ended = run("check", "control", "edges.png", photo, "-k", "canny")
    assert (ended.code, ended.err) == (3, "2 done (1 of them with errors)\n")
