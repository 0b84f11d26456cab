"""Which pictures a command line names."""

from pathlib import Path

import pytest

from preproc.cli.exits import UsageError
from preproc.cli.inputs import STDIO, Source, find, pair
from preproc.errors import InputError


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
    assert names(find(["in"])) == ["in/a.canny.png", "in/a.jpg", "in/b.PNG"]


def test_what_the_command_made_itself_is_left_out_of_folders(tree):
    assert names(find(["in"], made=(".canny.png",))) == ["in/a.jpg", "in/b.PNG"]
    assert names(find(["in/a.canny.png"], made=(".canny.png",))) == ["in/a.canny.png"]


def test_folders_of_folders(tree):
    found = find(["in"], recursive=True, made=(".canny.png",))
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


def test_one_mask_serves_all():
    photos = sources("a.jpg", "b.jpg")
    assert [one.name for _, one in pair(photos, sources("m.png"))] == ["m.png", "m.png"]


@pytest.mark.parametrize("mask", ["b.png", "b.mask.png", "b-mask.png", "b_mask.png"])
def test_masks_are_found_by_name(mask):
    photos = sources("p/a.jpg", "p/b.jpg", folder="p")
    [first, second] = pair(photos, sources(f"m/{mask}", "m/a.tif", folder="m"))
    assert (first[1].name, second[1].name) == ("m/a.tif", f"m/{mask}")


def test_places_below_the_folders_count():
    photos = sources("p/x/a.jpg", "p/y/a.jpg", folder="p")
    masks = sources("m/y/a.png", "m/x/a.png", folder="m")
    assert [one.name for _, one in pair(photos, masks)] == ["m/x/a.png", "m/y/a.png"]


def test_what_is_left_over_on_either_side_is_named():
    photos, masks = sources("p/a.jpg", "p/b.jpg", folder="p"), sources("m/b.png", "m/c.png", folder="m")
    with pytest.raises(InputError, match=r"no mask for p/a\.jpg; no photo for m/c\.png"):
        pair(photos, masks)
    assert len(pair(sources("p/b.jpg"), masks)) == 1  # masks nobody asked for are no matter


def test_two_masks_for_one_photo():
    with pytest.raises(InputError, match="named alike: a"):
        pair(sources("a.jpg"), sources("m/a.png", "m/a.mask.png", folder="m"))


def test_standard_input(run, cup):
    from preproc.files import encode_png

    ended = run("canny", "-", "--json", "-o", "edges.png", stdin=encode_png(cup))
    assert ended.json["source"] == "-"
    assert run("canny", "-", stdin=b"").code == 3
    assert "nothing came" in run("canny", "-", stdin=b"").err
