"""`crop`, `outpaint` and `finish`: a job in three processes."""

import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from preproc import Edit, Photo, SizeRule, load_image, save_image
from preproc import mask as masks


@pytest.fixture
def record(run, photo, mask):
    assert run("crop", photo, "-m", mask, "--feather-px", "8", "-o", "job.edit.json").code == 0
    return "job.edit.json"


def test_crop_writes_the_record_and_the_pictures(run, photo, mask, here):
    ended = run("crop", photo, "--mask", mask, "--json")
    assert ended.json["output"] == "photo.crop.edit.json"
    assert {path.name for path in here.glob("photo.crop.*")} == {
        f"photo.crop.{part}" for part in ("edit.json", "mask.png", "blend.png", "sent.png", "sent-mask.png")
    }
    edit = Edit.load(here / "photo.crop.edit.json")
    assert list(edit.sent) == ended.json["sent"]
    assert list(edit.crop) == ended.json["crop"]


def test_crop_fits_an_endpoint(run, photo, mask):
    from remote.catalog import rule

    ended = run("crop", photo, "-m", mask, "--endpoint", "fal-ai/flux-pro/v1/fill", "--json")
    width, height = ended.json["sent"]
    step = rule("fal-ai/flux-pro/v1/fill").step
    assert width % step == height % step == 0


@pytest.mark.parametrize("where", [(), ("-o", "masks")])
def test_crops_take_the_masks_that_were_drawn_for_photos_of_one_name(run, here, cup, where):
    (here / "in").mkdir()
    for name in ("a.jpg", "a.png"):
        save_image(cup, here / "in" / name)
    assert run("mask", "ellipse", "in", "--box", "80,40,160,120", *where).code == 0
    ended = run("crop", "in", "-m", where[1] if where else "in", "-o", "out", "--json")
    assert (ended.code, ended.err) == (0, "2 done\n")
    assert [Path(one["output"]).name for one in ended.lines] == ["a.jpg.edit.json", "a.png.edit.json"]


def test_crops_of_a_folder_are_paired_by_name(run, here, cup):
    for folder in ("photos", "masks"):
        (here / folder).mkdir()
    for name, left in (("a", 20), ("b", 90)):
        save_image(cup, here / "photos" / f"{name}.jpg")
        save_image(masks.rectangle((240, 160), (left, 40, left + 60, 100)), here / "masks" / f"{name}.png")
    assert run("crop", "photos", "-m", "masks", "-o", "edits").code == 0
    crops = [Edit.load(here / "edits" / f"{name}.edit.json").crop for name in "ab"]
    assert crops[0].left < crops[1].left
    (here / "masks" / "b.png").rename(here / "masks" / "c.png")
    ended = run("crop", "photos", "-m", "masks", "-o", "others")
    assert ended.code == 6
    assert "warning: no photo for the mask masks/c.png" in ended.err
    assert "no mask for photos/b.jpg in masks" in ended.err
    assert (here / "others" / "a.edit.json").exists()


def test_outpaint(run, photo, here):
    ended = run("outpaint", photo, "--aspect", "2:1", "--fill", "reflect", "--json")
    assert ended.json["canvas"] == [320, 160]
    assert ended.json["kind"] == "outpaint"
    ended = run("outpaint", photo, "--left", "40", "--fill", "solid", "--color", "#ff0000", "-o", "left.edit.json")
    assert ended.code == 0, ended.err
    edit = Edit.load(here / "left.edit.json")
    assert tuple(edit.sent_image[80, 8]) == (255, 0, 0)


def test_finish_prints_the_receipt(run, record, cup, here):
    edit = Edit.load(here / record)
    save_image(255 - edit.sent_image, here / "generated.png")
    ended = run("finish", record, "generated.png", "--repair", "none")
    assert ended.code == 0
    assert "preserved  " in ended.text
    assert "equal" in ended.text
    assert "written    job.done.png" in ended.text
    done = load_image(here / "job.done.png")
    assert np.array_equal(done[edit.blend == 0], cup[edit.blend == 0])
    assert not np.array_equal(done[edit.blend == 255], cup[edit.blend == 255])


def test_finish_as_json_and_through_pipes(run, record, here):
    sent = (here / "job.sent.png").read_bytes()
    facts = run("finish", record, "-", "--json", "-o", "a.png", stdin=sent).json
    assert facts["is_preserved"]
    assert facts["output"] == "a.png"
    assert facts["preserved_sha256_before"] == facts["preserved_sha256_after"]
    ended = run("finish", record, "-", "-o", "-", stdin=sent)
    assert ended.out[:4] == b"\x89PNG"
    assert "preserved" in ended.err


def test_several_results_of_one_edit(run, record, here):
    sent = (here / "job.sent.png").read_bytes()
    for name in ("r1.png", "r2.png"):
        (here / name).write_bytes(sent)
    assert run("finish", record, "r*.png", "-o", "out/", "-q").code == 0
    assert sorted(path.name for path in (here / "out").iterdir()) == ["job-r1.png", "job-r2.png"]
    assert run("finish", record, "r*.png", "-o", "-").code == 2
    (here / "more").mkdir()
    (here / "more" / "r1.png").write_bytes(sent)
    assert run("finish", record, "r1.png", "more", "-q").code == 0
    assert (here / "job.done-more-r1-png.png").is_file()
    assert len(run("canny", ".", "--json", "-q").lines) == len(["mask", "photo", "r1", "r2"])


def test_what_the_photo_holds_comes_back(run, here, cup, mask):
    deep = Photo.open(np.dstack([cup, np.full(cup.shape[:2], 200, np.uint8)]).astype(np.uint16) * 257)
    deep.save(here / "deep.png")
    assert run("crop", "deep.png", "-m", mask, "-o", "deep.edit.json").code == 0
    assert run("finish", "deep.edit.json", "deep.sent.png", "-o", "deep-done.png").code == 0
    done = Photo.open(here / "deep-done.png")
    assert (done.depth, int(done.alpha.min())) == (16, 200 * 257)


def test_a_record_and_its_photo_move_together(run, record, here, monkeypatch):
    elsewhere = here / "elsewhere"
    elsewhere.mkdir()
    for path in [*here.glob("job.*"), here / "photo.png"]:
        path.rename(elsewhere / path.name)
    assert run("finish", f"elsewhere/{record}", "elsewhere/job.sent.png", "-o", "done.png").code == 0
    (elsewhere / "photo.png").rename(here / "renamed.png")
    again = run("finish", f"elsewhere/{record}", "elsewhere/job.sent.png", "-o", "done2.png")
    assert again.code == 3
    assert "photo.png does not exist" in again.err
    fixed = run("finish", f"elsewhere/{record}", "elsewhere/job.sent.png", "-o", "d2.png", "--original", "renamed.png")
    assert fixed.code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["crop", "photo.png"], 2, "-m mask.png"),
        (["crop", "photo.png", "-m", "nope.png"], 3, "nope.png does not exist"),
        (["crop", "photo.png", "-m", "mask.png", "-o", "-"], 2, "standard output"),
        (["crop", "photo.png", "-m", "mask.png", "-o", "x.png"], 2, "x.edit.json"),
        (["crop", "photo.png", "-m", "mask.png", "--context-ratio", "0.5"], 2, "--context-ratio"),
        (["outpaint", "photo.png"], 2, "nothing says how much is added"),
        (["outpaint", "photo.png", "--left", "-5"], 2, "at least 0"),
        (["finish", "nope.edit.json", "photo.png"], 3, "cannot read nope.edit.json"),
        (["finish", "photo.png", "photo.png"], 3, "not an edit record"),
        (["finish", "job.edit.json", "nope.png"], 3, "nope.png does not exist"),
        (["finish", "job.edit.json", "mask.png"], 3, "aspect"),
        (["finish", "job.edit.json"], 2, "nothing to work on"),
    ],
)
def test_what_goes_wrong_is_said(run, record, photo, mask, words, code, said):
    ended = run(*words)
    assert ended.code == code, ended.err
    assert said in ended.err


def test_jpeg_is_warned_about(run, record):
    ended = run("finish", record, "job.sent.png", "-o", "done.jpg")
    assert ended.code == 0
    assert "changes every pixel" in ended.err


def test_a_changed_photo_is_refused(run, record, photo, cup, here):
    save_image(cup[::-1], here / photo, overwrite=True)
    ended = run("finish", record, "job.sent.png")
    assert ended.code == 3
    assert "sha256" in ended.err
    assert json.loads((here / record).read_text())["original_path"] == "photo.png"


def test_an_extension_in_steps(run, photo, here):
    words = ["outpaint", photo, "--left", "300", "--max-step-px", "200"]
    first = run(*words, "--json").json
    assert (first["output"], first["steps"], first["canvas_after"]) == ("photo.outpaint-1.edit.json", 2, [390, 160])
    assert run("finish", first["output"], "photo.outpaint-1.sent.png", "-o", "one.png").code == 0
    second = run(*words, "--step", "2", "--after", "one.png", "--json").json
    assert second["canvas_after"] == [540, 160]
    assert run("finish", second["output"], "photo.outpaint-2.sent.png", "-o", "two.png").code == 0
    done = load_image(here / "two.png")
    assert np.array_equal(done[:, 300 + 32 :], load_image(here / photo)[:, 32:])


@pytest.mark.parametrize(
    ("words", "code", "fix"),
    [
        (["--step", "2"], 2, "--max-step-px 512"),
        (["--max-step-px", "200", "--step", "2"], 2, "--step 2 --after DONE.png"),
        (["--max-step-px", "200", "--after", "photo.png"], 2, "--step 2 --after DONE.png"),
        (["--max-step-px", "200", "--step", "3", "--after", "photo.png"], 2, "--step 2"),
        (["--max-step-px", "200", "--step", "2", "--after", "photo.png"], 3, "unchanged in size"),
    ],
)
def test_steps_that_make_no_sense(run, photo, here, words, code, fix):
    ended = run("outpaint", photo, "--left", "300", *words)
    assert ended.code == code
    assert fix in ended.err.splitlines()[-1]
    assert not list(here.glob("*.edit.json"))


def test_a_step_that_was_stored_with_loss(run, photo, here):
    words = ["outpaint", photo, "--left", "300", "--max-step-px", "200"]
    run(*words)
    run("finish", "photo.outpaint-1.edit.json", "photo.outpaint-1.sent.png", "-o", "one.jpg")
    ended = run(*words, "--step", "2", "--after", "one.jpg")
    assert ended.code == 3
    assert "does not hold the photo's own pixels any more" in ended.err


def test_only_a_part_is_sent(run, photo):
    assert run("outpaint", photo, "--left", "64", "--context-px", "50", "--json").json["sent"][0] < 240


def test_outpainting_by_ratio(run, photo):
    told = run("outpaint", photo, "--left-ratio", "0.5", "--bottom-ratio", "0.25", "--json").json
    width, height = load_image(photo).shape[1::-1]
    assert told["canvas"] == [width + width // 2, height + height // 4]


def test_steps_that_are_sent_scaled_down_say_so(run, here):
    save_image(np.zeros((6000, 20, 3), np.uint8), here / "long.png")
    words = ["outpaint", "long.png", "--left", "60", "--max-step-px", "30", "--endpoint", "openai/gpt-image-2/edit"]
    (note,) = run(*words, "--json").json["notes"]
    assert note.startswith("left: sent at 0.8")
    assert f"note: {note}" in run(*words, "--overwrite").err


def test_finished_pictures_go_where_others_do(run, record, here):
    assert run("finish", record, "job.sent.png", "-o", "out", "--repair", "none").code == 0
    assert run("finish", record, "job.sent.png", "-o", "{stem}-x", "--repair", "none").code == 0
    assert (here / "out" / "job.png").is_file()
    assert (here / "job-x.png").is_file()


def test_outpaint_by_shares_of_the_photo(run, photo):
    ended = run("outpaint", photo, "--left-ratio", "0.25", "--top-ratio", "0.5", "--json")
    assert ended.json["canvas"] == [300, 240]


def test_what_a_step_cannot_send_at_its_own_scale_is_said(run, here, monkeypatch):
    monkeypatch.setattr(import_module("preproc.cli.outpaint"), "rule_of", lambda _: SizeRule(max_side=1024))
    save_image(np.full((64, 2100, 3), 90, np.uint8), here / "wide.png")
    ended = run("outpaint", "wide.png", "--top", "96", "--max-step-px", "64", "--endpoint", "any", "--json")
    [note] = ended.json["notes"]
    assert note.startswith("top: sent at 0.43 of its size")
    assert f"note: {note}" in ended.err
