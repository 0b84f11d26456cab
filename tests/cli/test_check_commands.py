"""`check`: findings on standard output, 3 where there is an error."""

import numpy as np
import pytest

from preproc import check, control, load_mask, save_image
from preproc import mask as masks


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
        assert "fix: preproc mask invert MASK" in ended.text


def test_json_is_the_report(run, mask, photo, cup, here):
    facts = run("check", "mask", mask, "--photo", photo, "--intent", "object", "--json").json
    expected = check.mask(here / mask, cup, intent="object").to_dict()
    assert facts["findings"] == expected["findings"]
    assert facts["ok"] is True


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
