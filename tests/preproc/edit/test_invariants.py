"""An edit that contradicts itself cannot be made, nor read from a record that was changed."""

import json
from dataclasses import replace

import numpy as np
import pytest

from preproc import Edit, crop
from preproc.errors import InputError, PlacementError, PreprocError, ShapeError
from preproc.geometry import Box, SizeRule


@pytest.fixture
def edit():
    photo = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    m = np.zeros((200, 300), np.uint8)
    m[80:120, 100:160] = 255
    return crop.around(photo, m)


def changed(array, where, value):
    other = array.copy()
    other[where] = value
    return other


def test_what_the_masks_promise_is_checked(edit):
    with pytest.raises(PlacementError, match=r"blend is below the mask at \(100, 80\): 254 under 255"):
        replace(edit, blend=changed(edit.blend, (80, 100), 254))
    with pytest.raises(PlacementError, match="never sent"):
        replace(edit, blend=changed(edit.blend, (0, 0), 1))
    with pytest.raises(PlacementError, match=r"leaves out \d+ cells of 16 px"):
        replace(edit, sent_mask=np.where(edit.sent_mask > 0, 127, 0).astype(np.uint8))
    whole_cells = edit.sent_mask.reshape(-1, 16, edit.sent.width // 16, 16).min((1, 3))
    y, x = np.argwhere(whole_cells)[len(np.argwhere(whole_cells)) // 2] * 16
    with pytest.raises(PlacementError, match="leaves out 1 cells"):
        replace(edit, sent_mask=changed(edit.sent_mask, (y + 5, x + 5), 0))


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"crop": Box(0, 0, 300, 101)}, PlacementError, "scales of the two axes differ"),
        ({"crop": Box(5, 5, 5, 5)}, PlacementError, "cannot be sent"),
        ({"origin": (3, 0)}, PlacementError, "does not fill"),
        ({"kind": "outpaint", "origin": (3, 0)}, PlacementError, "does not lie in"),
        ({"original": np.zeros((200, 299, 3), np.uint8)}, PlacementError, "299x200 photo"),
        ({"original": np.zeros((200, 300, 3), np.uint16)}, InputError, "original is uint8"),
        ({"mask": np.zeros((200, 300, 1), np.uint8)}, InputError, "mask is uint8 of 2 dimensions"),
        ({"mask": [[0]]}, InputError, "got list"),
        ({"sent_image": np.zeros((112, 160, 2), np.uint8)}, InputError, "3 or 4 channels, got 2"),
        ({"blend": np.zeros((20, 30), np.uint8)}, ShapeError, "blend is 30x20"),
        ({"rule": SizeRule(max_side=64)}, InputError, "breaks the rule: longest side"),
    ],
)
def test_so_are_forms_and_places(edit, fields, error, message):
    with pytest.raises(error, match=message):
        replace(edit, **fields)


@pytest.mark.parametrize("field", ["crop", "origin", "rule", "kind"])
def test_a_record_that_was_changed_is_refused(edit, tmp_path, field):
    path = edit.save(tmp_path / "job.edit.json")
    record = json.loads(path.read_bytes())
    record[field] = {
        "crop": [1, 0, 161, 112],
        "origin": [0, 1],
        "rule": {**record["rule"], "cell": 8},
        "kind": "outpaint",
    }[field]
    path.write_text(json.dumps(record))
    with pytest.raises(PreprocError, match="was changed since it was written"):
        Edit.load(path, original=edit.original)


def test_a_photo_may_move(edit, tmp_path):
    path = edit.save(tmp_path / "job.edit.json")
    record = json.loads(path.read_bytes())
    record["original_path"] = "elsewhere.png"
    path.write_text(json.dumps(record))
    assert Edit.load(path, original=edit.original).crop == edit.crop
