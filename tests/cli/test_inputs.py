"""Which pictures a command line names."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from preproc.cli.exits import UsageError
from preproc.cli.inputs import STDIO, Source, find
from preproc.cli.pairs import pair, warn_of_unpaired
from preproc.cli.products import MASKS, PRODUCTS
from preproc.errors import FramesWarning, InputError


@pytest.fixture
def tree(here):
    for name in ("a.jpg", "b.PNG", "c.txt", ".d.png", "a.canny.png", "deep/e.webp", "deep/er/f.tif"):
        path = here / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return Path("in")


def names(sources):
    return [source.name for source in sources]


def test_a_file_is_itself_even_where_it_is_missing(here):
    assert names(find(["nope.jpg", "x.txt"])) == ["nope.jpg", "x.txt"]


def test_a_folder_gives_its_pictures_in_order(tree):
    assert names(find(["in"], made=())) == ["in/a.canny.png", "in/a.jpg", "in/b.PNG"]


def test_what_preproc_made_is_left_out_of_folders(tree):
    assert names(find(["in"])) == ["in/a.jpg", "in/b.PNG"]
    assert names(find(["in/a.canny.png"])) == ["in/a.canny.png"]


@pytest.mark.parametrize(
    "product",
    [
        *("a.canny.png", "a.soft_edge.png", "a.mask.png", "a.mask.grow.png", "a.preview.png", "preview.png"),
        *(
            "a.crop.sent.png",
            "a.outpaint-12.sent-mask.png",
            "a.outpaint.blend.png",
            "a.crop.done.png",
            "a.result-2.png",
        ),
        *("job.sent.png", "job.mask.png", "job.done-3.png", "a.jpg.canny.png"),
    ],
)
def test_products_are_no_photos(tmp_path, product):
    for name in ("a.jpg", "job.edit.json", "a.crop.edit.json", "a.mask.png", "a.mask.grow.png", product):
        (tmp_path / name).touch()
    assert [one.path.name for one in find([str(tmp_path)])] == ["a.jpg"]


@pytest.mark.parametrize(
    "photo", ["b.clean.png", "b.resized.png", "a.holiday.png", "a.mask.jpg", "done.png", "sent.png"]
)
def test_photos_that_are_called_like_products_are_photos(tmp_path, photo):
    for name in ("a.jpg", photo):
        (tmp_path / name).touch()
    assert {one.path.name for one in find([str(tmp_path)])} == {"a.jpg", photo}


def test_all_types_of_maps_are_known():
    from preproc import control

    assert {*control.TYPES} <= PRODUCTS


def test_where_masks_are_read_they_are_no_products(tmp_path):
    for name in ("a.png", "b.mask.png", "b.jpg", "b.mask.grow.png", "a.grow.png", "b.crop.mask.png"):
        (tmp_path / name).touch()
    assert [one.path.name for one in find([str(tmp_path)], made=MASKS)] == ["a.png", "b.jpg", "b.mask.png"]


def test_folders_of_folders(tree):
    found = find(["in"], recursive=True)
    assert names(found) == ["in/a.jpg", "in/b.PNG", "in/deep/e.webp", "in/deep/er/f.tif"]
    assert [str(source.below) for source in found] == [".", ".", "deep", "deep/er"]


def test_patterns(tree):
    assert names(find(["in/*.[jJ]pg"])) == ["in/a.jpg"]
    assert names(find(["in/**/*.tif"])) == ["in/deep/er/f.tif"]


def test_a_file_whose_name_looks_like_a_pattern(here):
    (here / "a[1].png").touch()
    assert names(find(["a[1].png"])) == ["a[1].png"]


def test_nothing_is_done_twice(tree):
    assert names(find(["in/a.jpg", "in/a.jpg"])) == ["in/a.jpg"]


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ([], UsageError, "nothing to work on"),
        ([STDIO, STDIO], UsageError, "once"),
        (["*.jpg"], InputError, "nothing matches '*.jpg'"),
        (["."], InputError, "holds no pictures"),
    ],
)
def test_nothing_found(here, given, error, said):
    with pytest.raises(error, match=said.replace("*", r"\*")):
        find(given)


def sources(*paths, folder=None):
    return [Source(Path(path), Path(folder) if folder else None) for path in paths]


def masks_of(pairs):
    return [one.other.name if one.other else one.missing.message for one in pairs]


def test_one_mask_serves_all():
    photos = sources("a.jpg", "b.jpg")
    assert masks_of(pair(photos, sources("m.png"))) == ["m.png", "m.png"]


@pytest.mark.parametrize("mask", ["b.png", "b.mask.png", "b-mask.png", "b_mask.png"])
def test_masks_are_found_by_name(mask):
    photos = sources("p/a.jpg", "p/b.jpg", folder="p")
    assert masks_of(pair(photos, sources(f"m/{mask}", "m/a.tif", folder="m"))) == ["m/a.tif", f"m/{mask}"]


def test_places_below_the_folders_count():
    photos = sources("p/x/a.jpg", "p/y/a.jpg", folder="p")
    masks = sources("m/y/a.png", "m/x/a.png", folder="m")
    assert masks_of(pair(photos, masks)) == ["m/x/a.png", "m/y/a.png"]


def test_a_photo_without_a_mask_does_not_stop_the_others():
    photos, masks = sources("p/a.jpg", "p/b.jpg", folder="p"), sources("m/b.png", "m/c.png", folder="m")
    assert masks_of(pair(photos, masks)) == ["no mask for p/a.jpg in m", "m/b.png"]


def test_neither_does_one_with_two_masks():
    photos = sources("a.jpg", "b.jpg")
    masks = sources("m/a.png", "m/a.tif", "m/b.png", folder="m")
    assert masks_of(pair(photos, masks)) == ["2 masks for a.jpg: m/a.png, m/a.tif", "m/b.png"]


def test_of_several_frames_the_first_is_taken_and_that_is_said(run, here, cup):
    frames = [PIL.Image.fromarray(np.roll(cup, 40 * n, axis=1)) for n in range(3)]
    frames[0].save(here / "moving.gif", save_all=True, append_images=frames[1:])
    with pytest.warns(FramesWarning, match=r"moving\.gif holds several pictures: the first is read"):
        assert run("canny", "moving.gif", "-o", "edges.png").code == 0


def test_masks_called_after_whole_names_belong_to_those_photos():
    photos = sources("p/a.jpg", "p/a.png", folder="p")
    apart = sources("m/a.jpg.png", "m/a.png.mask.png", "m/a.tif", folder="m")
    assert masks_of(pair(photos, apart)) == ["m/a.jpg.png", "m/a.png.mask.png"]
    both = sources("p/a.jpg", "p/a.jpg.mask.png", "p/a.png", "p/a.png.mask.png", folder="p")
    assert masks_of(pair(photos, both)) == ["p/a.jpg.mask.png", "p/a.png.mask.png"]


def test_a_photo_with_a_mask_is_not_the_mask_of_another():
    photos = sources("p/a.jpg", "p/a.png", folder="p")
    both = sources("p/a.jpg", "p/a.jpg.mask.png", "p/a.png", folder="p")
    assert masks_of(pair(photos, both)) == ["p/a.jpg.mask.png", "no mask for p/a.png in p"]


@pytest.mark.parametrize("photos", [["p/a.jpg"], ["p/a.jpg", "p/b.jpg"]], ids=len)
def test_nothing_that_is_paired_is_a_mistake(photos):
    with pytest.raises(UsageError, match=r"no mask.* in m") as caught:
        pair(sources(*photos, folder="p"), sources("m/c.png", "m/d.png", folder="m"))
    assert all(name in caught.value.message for name in photos)


def test_photos_and_masks_may_share_a_folder():
    both = sources("p/a.jpg", "p/a.mask.png", "p/b.jpg", "p/b_mask.png", folder="p")
    assert masks_of(pair(both, both)) == ["p/a.mask.png", "p/b_mask.png"]
    assert masks_of(pair(sources("p/a.jpg", "p/m.png", folder="p"), sources("p/m.png"))) == ["p/m.png"]


def test_masks_that_belong_to_nothing_are_named(capsys):
    masks = sources("m/b.png", "m/c.png", folder="m")
    for photos, said in ((sources("p/b.jpg", folder="p"), "no photo for the mask m/c.png"), (sources("p/b.jpg"), "")):
        warn_of_unpaired(pair(photos, masks), masks)
        assert said in capsys.readouterr().err


def test_standard_input(run, cup):
    from preproc.files import encode_png

    ended = run("canny", "-", "--json", "-o", "edges.png", stdin=encode_png(cup))
    assert ended.json["source"] == "-"
    assert run("canny", "-", stdin=b"").code == 3
    assert "nothing came" in run("canny", "-", stdin=b"").err


def test_an_address_is_said_to_be_none_of_a_file(run):
    ended = run("canny", "https://example.com/a.jpg")
    assert ended.code == 2
    assert "https://example.com/a.jpg is an address, and files are read" in ended.err
    assert "curl -L https://example.com/a.jpg | preproc" in ended.err
