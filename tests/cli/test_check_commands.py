"""`check`: findings on standard output, 3 where there is an error."""

import shlex

import numpy as np
import PIL.Image
import pytest

from preproc import check, control, load_mask, save_image
from preproc import mask as masks
from preproc.cli.fixes import advice, command_in


def test_a_good_mask(run, mask, photo):
    ended = run("check", "mask", mask, "--photo", photo, "--reference", "80,40,160,120")
    assert ended.code == 0
    assert "[polarity-confirmed]" in ended.text


def test_an_inverted_mask_is_caught(run, mask, photo, here):
    save_image(masks.invert(load_mask(here / mask)), here / "inverted.png")
    for reference in ("80,40,160,120", mask):
        ended = run("check", "mask", "inverted.png", "--reference", reference)
        assert ended.code == 3
        assert "the mask is inverted" in ended.text
        assert "fix: preproc mask invert inverted.png" in ended.text


def test_json_is_the_report(run, mask, photo, cup, here):
    facts = run("check", "mask", mask, "--photo", photo, "--intent", "object", "--json").json
    expected = check.mask(here / mask, cup, intent="object").to_dict()
    shell = {"advice": None, "command": None}
    assert [one | shell for one in expected["findings"]] == [one | shell for one in facts["findings"]]
    assert facts["ok"] is True


def test_of_quiet_checks_only_what_is_wrong_is_said(run, mask, here):
    save_image(np.zeros((160, 240), np.uint8), here / "empty.png")
    ended = run("check", "mask", mask, "-q")
    assert (ended.code, ended.out, ended.err) == (0, b"", "")
    ended = run("check", "mask", mask, "empty.png", "-q")
    assert (ended.code, ended.text.splitlines()[0], ended.err) == (3, "empty.png", "")
    assert "mask.png" not in ended.text


def test_several_masks_each_with_its_name(run, mask, here):
    save_image(np.zeros((160, 240), np.uint8), here / "empty.png")
    ended = run("check", "mask", mask, "empty.png")
    assert ended.code == 3
    assert "empty.png\n  error: " in ended.text
    assert [line["ok"] for line in run("check", "mask", mask, "empty.png", "--json").lines] == [True, False]


def test_pairs(run, photo, mask, here):
    assert run("check", "pair", photo, "-m", mask).code == 0
    save_image(masks.rectangle((160, 240), (10, 10, 50, 50)), here / "turned.png")
    ended = run("check", "pair", photo, "-m", "turned.png")
    assert ended.code == 3
    assert "[transposed]" in ended.text


def test_fix_mends_what_does_not_change_the_edit(run, mask, here):
    dirty = load_mask(here / mask).copy()
    dirty[dirty == 0] = 2
    save_image(dirty, here / "dirty.png")
    ended = run("check", "mask", "dirty.png", "--fix")
    assert ended.code == 0, ended.text
    assert "mended: " in ended.text
    assert "written dirty.fixed.png" in ended.text
    assert load_mask(here / "dirty.fixed.png").min() == 0
    through = run("check", "mask", "-", "--fix", "-o", "-", stdin=(here / "dirty.png").read_bytes())
    assert through.out == (here / "dirty.fixed.png").read_bytes()


def test_control_maps(run, photo, cup, here):
    edges = control.canny(cup)
    save_image(edges, here / "edges.png")
    save_image(255 - edges, here / "inverted.png")
    assert run("check", "control", "edges.png", "-k", "canny", "--photo", photo).text == "nothing found\n"
    ended = run("check", "control", "inverted.png", "-k", "canny")
    assert ended.code == 3
    assert "[inverted]" in ended.text
    assert "[photo]" in run("check", "control", photo, "--kind", "canny").text


def test_which_end_of_a_depth_map_is_near(run, here):
    ramp = np.repeat(np.linspace(0, 255, 160).astype(np.uint8)[:, None], 240, axis=1)
    save_image(ramp, here / "depth.png")
    assert run("check", "control", "depth.png", "-k", "depth", "--near", "120,150", "--far", "120,5").code == 0
    ended = run("check", "control", "depth.png", "-k", "depth", "--near", "120,5", "--far", "120,150")
    assert ended.code == 3
    assert "[depth-inverted]" in ended.text
    save_image(255 - ramp, here / "turned.png")
    assert run("check", "control", "depth.png", "-k", "depth", "--sky", "0,0,240,20").code == 0
    for evidence in (("--sky", "0,0,240,20"), ("--reference", "depth.png")):
        ended = run("check", "control", "turned.png", "-k", "depth", *evidence)
        assert (ended.code, "[depth-inverted]" in ended.text) == (3, True)
    assert run("check", "control", "turned.png", "-k", "depth", "--reference", "none.png").code in {2, 3}


def test_the_palette_that_is_expected(run, here):
    classes = np.repeat(np.repeat(np.arange(12).reshape(3, 4), 30, axis=0), 30, axis=1)
    save_image(control.segmentation_map(classes, palette="coco-contiguous"), here / "classes.png")
    assert run("check", "control", "classes.png", "-k", "segmentation", "--palette", "coco").code == 0
    ended = run("check", "control", "classes.png", "-k", "segmentation")
    assert (ended.code, "[palette]" in ended.text) == (3, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["mask", "nope.png"], 3, "does not exist"),
        (["mask", "mask.png", "--reference", "here"], 2, "neither a file that is there nor a box"),
        (["mask", "mask.png", "-o", "x.png"], 2, "--fix"),
        (["pair", "mask.png"], 2, "-m mask.png"),
        (["control", "mask.png"], 2, "--kind"),
        (["control", "mask.png", "-k", "cany"], 2, "canny"),
    ],
)
def test_what_goes_wrong_is_said(run, mask, words, code, said):
    ended = run("check", *words)
    assert ended.code == code
    assert said in ended.err


MENDED = {
    "one-bit": lambda m: PIL.Image.fromarray(m).convert("1"),
    "gray-alpha": lambda m: PIL.Image.fromarray(m).convert("LA"),
    "zero-one": lambda m: PIL.Image.fromarray(m // 255),
    "alpha-only": lambda m: PIL.Image.fromarray(np.dstack([np.full((*m.shape, 3), 255, np.uint8), m])),
    "colour": lambda m: PIL.Image.fromarray(np.dstack([m, m, 255 - m])),
    "colour, red": lambda m: PIL.Image.fromarray(np.dstack([m, m // 9, m // 9])),
    "faint": lambda m: PIL.Image.fromarray(m // 3),
}


@pytest.mark.parametrize("code", MENDED)
def test_the_command_of_a_finding_can_be_pasted_and_mends(run, mask, here, code):
    name = f"a {code}.png"
    MENDED[code](load_mask(here / mask)).save(here / name)
    code = code.partition(",")[0]
    [finding] = [one for one in run("check", "mask", name, "--json").json["findings"] if one["code"] == code]
    assert finding["fix"] != finding["command"]
    assert f"fix: {finding['command']}\n" in run("check", "mask", name).text
    words = shlex.split(finding["command"])
    assert words[0] == "preproc"
    before = set(here.iterdir())
    assert run(*words[1:]).code == 0
    [mended] = {file for file in here.iterdir() if file.is_file()} - before
    assert code not in {one["code"] for one in run("check", "mask", mended.name, "--json").json["findings"]}


def test_what_only_python_does_is_told_to_be_that():
    assert advice("np.nan_to_num(m).clip(0, 1)") == "in Python: np.nan_to_num(m).clip(0, 1)"
    assert command_in("np.nan_to_num(m).clip(0, 1)") is None


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        ('control.make("canny", photo, size=(640, 480)).image', "preproc control canny cup.jpg --size 640x480"),
        (
            'control.make("segmentation", labels, options={"palette": "coco"}).image  # or check with palette="ade20k"',
            "preproc control segmentation LABELS -p palette=coco",
        ),
        (
            'control.make("depth", depth, size=(64, 48), options={"near": "high"}).image  # "low" if these are distances',
            "preproc control depth DEPTH -p near=high --size 64x48 (low if these are distances)",
        ),
        (
            'control.make("pose", people, size=(64, 48)).image  # and save it as PNG',
            "preproc control pose KEYPOINTS.json --size 64x48; and save it as PNG",
        ),
        (
            "control.canny(photo, density=0.08)  # or higher thresholds",
            "preproc control canny cup.jpg -p density=0.08; or higher thresholds",
        ),
        (
            "mask.binarize(control.gray(m), 128)  # or control.canny(photo), saved as PNG",
            "preproc mask binarize map.png --threshold 128; or preproc control canny cup.jpg, saved as PNG",
        ),
        (
            "m[:, :, ::-1]  # it was written or read by OpenCV as BGR",
            "swap red and blue: it was written or read by OpenCV as BGR",
        ),
        ("control.normalize_depth(m, near='high')", "preproc control depth map.png -p near=high"),
        ("np.rot90(preproc.load_mask(m), -1)", "turn it as the photo is shown, and save it again"),
        ("preproc.load_image(m)[:, :, 0]", "save it without its alpha channel"),
        (
            "fal.run('fal-ai/x', image=photo, ...) uses it as it is",
            "preproc run fal-ai/x --image cup.jpg uses it as it is",
        ),
        ("pass missing=0 if 0 means not measured", "-p missing=0 if 0 means not measured"),
        ("size=(width, height)", "--size widthxheight"),
        ('pass it: Edit.load(path, original="photo.png")', "--original cup.jpg"),
        ("mask.from_luminance(m, low=255, soft=255)", "preproc mask luminance map.png --low 255 --soft 255"),
        ("create it first: Path(...).mkdir(parents=True)", "create it first: mkdir -p FOLDER"),
    ],
)
def test_fixes_of_maps_are_commands_or_words(fix, said):
    assert advice(fix, mask="map.png", photo="cup.jpg") == said


def test_a_negative_is_mended_by_a_command_where_it_is_gray(run, photo, here):
    run("canny", photo, "-o", "edges.png")
    save_image(255 - load_mask(here / "edges.png"), here / "negative.png")
    ended = run("check", "control", "negative.png", "-k", "canny", "--photo", photo)
    assert ended.code == 3
    assert "fix: preproc mask invert negative.png\n" in ended.text
