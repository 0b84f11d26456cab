"""`mask`: every command does what its function does."""

import numpy as np
import pytest

from preproc import load_mask, save_image
from preproc import mask as masks
from preproc.cli.fixes import advice

SIZE = (240, 160)


def test_shapes(run, photo, here):
    drawn = {
        "rectangle": (
            ["--box", "20,30,120.5,90", "--radius", "8"],
            masks.rectangle(SIZE, (20, 30, 120.5, 90), radius_px=8),
        ),
        "ellipse": (["--box", "20,30,120,90"], masks.ellipse(SIZE, (20, 30, 120, 90))),
        "polygon": (
            ["--points", "10,10 200,20 100,150", "--hole", "90,40 120,40 100,70"],
            masks.polygon(SIZE, [(10, 10), (200, 20), (100, 150)], holes=[[(90, 40), (120, 40), (100, 70)]]),
        ),
        "stroke": (
            ["--points", "10,10 200,20", "--width", "12", "--closed"],
            masks.stroke(SIZE, [(10, 10), (200, 20)], width_px=12, closed=True),
        ),
    }
    for name, (options, expected) in drawn.items():
        assert run("mask", name, photo, "-o", f"{name}.png", *options).code == 0
        assert np.array_equal(load_mask(here / f"{name}.png"), expected), name
        sized = run("mask", name, "--size", "240x160", "-o", f"{name}-2.png", *options, "--json").json
        assert sized["size"] == [240, 160]
        assert (here / f"{name}.png").read_bytes() == (here / f"{name}-2.png").read_bytes()


@pytest.mark.parametrize("form", ["json", "svg"])
def test_drawings_are_rendered_at_the_photos_size(run, photo, here, form):
    drawing = masks.Drawing((60, 40)).add(masks.Ellipse((10, 10, 50, 30)))
    (here / f"shapes.{form}").write_text(drawing.to_json() if form == "json" else drawing.to_svg())
    assert run("mask", "drawing", f"shapes.{form}", photo).code == 0
    assert np.array_equal(load_mask(here / "photo.mask.png"), drawing.render(SIZE))


def test_masks_read_out_of_pictures(run, here, photo, cup):
    cutout = np.dstack([cup, masks.ellipse(SIZE, (20, 20, 100, 100))])
    save_image(cutout, here / "cutout.png")
    later = cup.copy()
    later[50:80, 60:90] = (0, 0, 255)
    save_image(later, here / "later.png")
    labels = np.zeros((160, 240), np.uint8)
    labels[:50], labels[100:] = 3, 7
    save_image(labels, here / "labels.png")
    for words, expected in (
        (["alpha", "cutout.png"], cutout[:, :, 3]),
        (["alpha", "cutout.png", "--edit", "transparent"], 255 - cutout[:, :, 3]),
        (["color", "#0000ff", "later.png", "--tolerance", "4"], masks.from_color(later, (0, 0, 255), tolerance=4)),
        (["luminance", photo, "--low", "90", "--soft", "20"], masks.from_luminance(cup, low=90, soft=20)),
        (["labels", "labels.png", "--ids", "3,7"], masks.from_labels(labels, [3, 7])),
        (["flood", "later.png", "--at", "70,60", "--tolerance", "3"], masks.flood(later, (70, 60), tolerance=3)),
        (["grabcut", "later.png", "--box", "50,40,100,90"], masks.grabcut(later, (50, 40, 100, 90))),
        (["depth", "labels.png", "--near", "3", "--far", "7"], masks.from_labels(labels, [3, 7])),
        (["changed", photo, "later.png"], masks.from_difference(cup, later)),
    ):
        assert run("mask", *words, "-o", "out.png", "--overwrite").code == 0, words
        assert np.array_equal(load_mask(here / "out.png"), expected), words


def test_changes(run, mask, photo, cup, here):
    before = load_mask(here / mask)
    for words, expected in (
        (["grow", "--px", "6.5"], masks.grow(before, 6.5)),
        (["grow", "--ratio", "0.1"], masks.grow(before, ratio=0.1)),
        (["shrink", "--px", "6"], masks.shrink(before, 6)),
        (["feather", "--px", "12"], masks.feather(before, 12)),
        (["feather", "--px", "12", "--position", "inner", "--curve", "linear"],
         masks.feather(before, 12, position="inner", curve="linear")),
        (["smooth", "--px", "4"], masks.smooth(before, 4)),
        (["invert"], masks.invert(before)),
        (["binarize", "--threshold", "1"], masks.binarize(before, 1)),
        (["contrast", "--factor", "0.5"], masks.contrast(before, 0.5)),
        (["snap", "--cell", "8"], masks.snap(before, 8)),
        (["fill-holes"], masks.fill_holes(before)),
        (["drop-islands", "--min-area", "20"], masks.drop_islands(before, min_area_px=20)),
        (["hull"], masks.hull(before)),
        (["clean", "--noise", "9"], masks.clean(before, noise=9)),
        (["resize", "--size", "120x80", "--kind", "cover"], masks.resize(before, (120, 80), kind="cover")),
        (["resize", "--photo", photo], before),
        (["refine", "--photo", photo, "--radius", "5"], masks.refine(before, cup, radius_px=5)),
    ):  # fmt: skip
        assert run("mask", words[0], mask, *words[1:], "-o", "out.png", "--overwrite").code == 0, words
        assert np.array_equal(load_mask(here / "out.png"), expected), words


@pytest.mark.parametrize("suffix", ["svg", "json"])
def test_outlines_come_back_as_the_mask(run, mask, photo, here, suffix):
    ended = run("mask", "trace", mask, "-o", f"outline.{suffix}", "--json")
    assert ended.json["outlines"] == 1
    assert run("mask", "drawing", f"outline.{suffix}", photo, "-o", "again.png").code == 0
    difference = load_mask(here / "again.png").astype(int) - load_mask(here / mask)
    assert abs(difference).max() < 40
    piped = run("mask", "trace", mask, "-o", "-", "--format", suffix)
    assert piped.out == (here / f"outline.{suffix}").read_bytes()


def test_combinations(run, mask, here):
    one = load_mask(here / mask)
    two, three = masks.rectangle(SIZE, (100, 60, 200, 150)), masks.rectangle(SIZE, (0, 0, 90, 70))
    (here / "parts").mkdir()
    save_image(two, here / "parts" / "two.png")
    save_image(three, here / "parts" / "three.png")
    for name, combine in (("union", masks.union), ("intersect", masks.intersect), ("subtract", masks.subtract)):
        assert run("mask", name, mask, "parts/two.png", "-o", f"{name}.png").code == 0
        assert np.array_equal(load_mask(here / f"{name}.png"), combine(one, two))
    assert run("mask", "union", mask, "parts", "-o", "all.png").code == 0
    assert np.array_equal(load_mask(here / "all.png"), masks.union(one, two, three))


def test_what_is_said_of_a_mask(run, mask):
    facts = run("mask", "invert", mask, "--json").json
    assert facts["output"] == "mask.invert.png"
    assert 0.8 < facts["coverage"] < 0.9
    assert facts["bounds"] == [0, 0, 240, 160]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["rectangle", "photo.png", "--box", "1,2,3"], 2, "is no box"),
        (["rectangle", "--box", "1,2,3,4"], 2, "--size 1024x768"),
        (["rectangle", "photo.png", "--size", "9x9", "--box", "1,2,3,4"], 2, "leave one of the two out"),
        (["rectangle", "--size", "9x9", "--box", "1,2,3,4"], 2, "-o mask.png"),
        (["rectangle", "photo.png", "--box", "9,2,3,4"], 2, ""),
        (["polygon", "photo.png", "--points", "1,2 3,4"], 3, "3 points"),
        (["drawing", "nope.svg", "photo.png"], 3, "nope.svg cannot be read"),
        (["grabcut", "photo.png"], 2, "--box"),
        (["flood", "photo.png", "--at", "999,9"], 3, "outside"),
        (["alpha", "photo.png"], 3, "no transparency"),
        (["color", "orangish", "photo.png"], 2, "no colour"),
        (["labels", "photo.png", "--ids", "a"], 2, "no label numbers"),
        (["grow", "photo.png", "--px", "3"], 3, "colour"),
        (["grow", "mask.png", "--px", "3", "--ratio", "0.1"], 2, "one of them"),
        (["grow", "mask.png", "--px", "-3"], 2, "at least 0"),
        (["resize", "mask.png"], 2, "--size 1024x768"),
        (["union", "mask.png"], 2, "second mask"),
        (["refine", "mask.png", "--photo", "nope.png"], 3, "does not exist"),
    ],
)
def test_what_goes_wrong_is_said(run, photo, mask, words, code, said):
    ended = run("mask", *words)
    assert ended.code == code, ended.err
    assert said in ended.err


def test_drawings_come_through_pipes(run, mask, here):
    for form in ("svg", "json"):
        traced = run("mask", "trace", mask, "-o", "-", "--format", form)
        ended = run("mask", "drawing", "-", "--size", "240x160", "-o", f"{form}.png", stdin=traced.out)
        assert ended.code == 0
    assert (here / "svg.png").read_bytes() == (here / "json.png").read_bytes()


@pytest.mark.parametrize("form", ["json", "svg"])
def test_drawings_have_a_size_of_their_own(run, here, form):
    drawing = masks.Drawing((60, 40)).add(masks.Ellipse((10, 10, 50, 30)))
    (here / f"shapes.{form}").write_text(drawing.to_json() if form == "json" else drawing.to_svg())
    assert run("mask", "drawing", f"shapes.{form}", "-o", "mask.png").code == 0
    assert np.array_equal(load_mask(here / "mask.png"), drawing.render())


def test_a_box_of_what_is_not_finite(run, here):
    ended = run("mask", "rectangle", "--size", "20x20", "--box", "nan,1,2,3", "-o", "mask.png")
    assert ended.code == 2
    assert "not finite" in ended.err
    assert "nan,4" not in ended.err


@pytest.mark.parametrize(
    "read",
    ["m", "mask.from_alpha(m)", "mask.from_luminance(m, low=9)", "mask.from_color(m, (255, 0, 0), tolerance=59)"],
)
def test_a_reference_is_an_option_however_the_mask_is_read(read):
    assert advice(f"check.mask({read}, reference=box)") == "--reference LEFT,TOP,RIGHT,BOTTOM, or another mask"
