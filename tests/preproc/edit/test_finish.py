"""A result comes home: outside the blend not one bit moves."""

import io
from dataclasses import replace

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from preproc import crop, outpaint, preview
from preproc.errors import InputError, MaskError, PlacementError
from preproc.geometry import SizeRule

SCALED = SizeRule(cell=16, min_side=256, best_pixels=512 * 512, max_pixels=600_000)


def encoded(array, kind, quality=90):
    buffer = io.BytesIO()
    picture = PIL.Image.fromarray(array)
    if kind == "rgba":
        picture.putalpha(200)
        picture.save(buffer, "PNG")
    elif kind == "gray":
        picture.convert("L").save(buffer, "PNG")
    else:
        picture.save(buffer, kind, quality=quality)
    return buffer.getvalue()


@pytest.mark.parametrize("repair", ["none", "color", "seam", "auto"])
@pytest.mark.parametrize("scale", [1, 0.5, 1.7])
@pytest.mark.parametrize("kind", ["array", "jpeg", "rgba", "gray"])
def test_preserved_pixels_are_equal_for_any_size_and_mode(photo, disc, repair, scale, kind):
    edit = crop.around(photo, disc, rule=SizeRule(cell=8))
    generated = np.clip(edit.sent_image.astype(int) * 0.9 + 12, 0, 255).astype(np.uint8)
    size = (round(edit.sent.width * scale), round(edit.sent.height * scale))
    generated = cv2.resize(generated, size, interpolation=cv2.INTER_AREA)
    before = photo.copy()
    done = edit.finish(generated if kind == "array" else encoded(generated, kind), repair=repair)
    kept = edit.blend == 0
    np.testing.assert_array_equal(done.image[kept], photo[kept])
    assert done.receipt.is_preserved
    assert done.receipt.returned == size
    assert (done.image[disc == 255] != photo[disc == 255]).any()
    np.testing.assert_array_equal(photo, before)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    rule=st.sampled_from([SizeRule(), SizeRule(cell=8), SCALED, SizeRule(max_pixels=30_000)]),
    repair=st.sampled_from(["none", "auto"]),
    feather_px=st.sampled_from([None, 0, 7]),
)
def test_preserved_pixels_survive_saving_and_loading(tmp_path_factory, seed, rule, repair, feather_px):
    rng = np.random.default_rng(seed)
    width, height = (int(side) for side in rng.integers(40, 300, 2))
    photo = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    m = np.zeros((height, width), np.uint8)
    cv2.ellipse(
        m, (int(rng.integers(width)), int(rng.integers(height))), (int(rng.integers(1, 60)), 20), 30, 0, 360, 255, -1
    )
    m[height // 2, width // 2] = 255
    edit = crop.around(photo, m, rule=rule, feather_px=feather_px)
    generated = rng.integers(0, 256, (edit.sent.height, edit.sent.width, 3), dtype=np.uint8)
    done = edit.finish(generated, repair=repair)
    path = done.save(tmp_path_factory.mktemp("out") / "done.png")
    loaded = np.array(PIL.Image.open(path))
    kept = edit.blend == 0
    np.testing.assert_array_equal(loaded[kept], photo[kept])
    assert done.receipt.preserved_sha256_before == done.receipt.preserved_sha256_after


def test_what_was_sent_gives_back_the_original_exactly_when_unscaled(photo, disc):
    edit = crop.around(photo, disc)
    done = edit.finish(edit.sent_image)
    np.testing.assert_array_equal(done.image, photo)
    assert done.receipt.changed_ratio == 0
    assert "nothing was painted" in done.receipt.notes[0]


def test_what_was_sent_comes_back_within_a_level_when_it_was_scaled_up(photo, disc):
    edit = crop.around(photo, disc, rule=SCALED)
    assert edit.scale > 1.2
    done = edit.finish(edit.sent_image)
    assert np.abs(done.image.astype(int) - photo)[disc == 255].mean() <= 1
    np.testing.assert_array_equal(done.image[edit.blend == 0], photo[edit.blend == 0])


def test_what_was_sent_comes_back_as_the_reference_resampling_when_it_was_scaled_down(photo, disc):
    edit = crop.around(photo, disc, rule=SizeRule(cell=8, max_pixels=12_000), feather_px=0)
    assert edit.scale < 0.9
    done = edit.finish(edit.sent_image)
    box = edit.crop
    down = PIL.Image.fromarray(photo[box.slices]).resize(edit.sent, PIL.Image.Resampling.LANCZOS)
    reference = photo.copy()
    reference[box.slices] = cv2.resize(np.array(down), box.size, interpolation=cv2.INTER_LANCZOS4)
    np.testing.assert_array_equal(done.image[disc == 255], reference[disc == 255])
    np.testing.assert_array_equal(done.image[disc == 0], photo[disc == 0])


def test_a_list_gives_a_list_and_one_result_one(photo, disc):
    edit = crop.around(photo, disc)

    class File:
        def read(self):
            return encoded(edit.sent_image, "png")

    class Result:
        request_id = "abc-123"
        images = (File(),)

    class Several(Result):
        images = (File(), File())

    assert [done.receipt.returned for done in edit.finish([edit.sent_image, File()])] == [edit.sent] * 2
    assert edit.finish(Result()).receipt.request_id == "abc-123"
    assert len(edit.finish(Several.images)) == 2
    File.request_id = "abc-123"
    assert [done.receipt.request_id for done in edit.finish(Several.images)] == ["abc-123"] * 2
    with pytest.raises(InputError, match="holds 2 images.*\n.*result.images"):
        edit.finish(Several())
    nothing = Result()
    nothing.images = ()
    with pytest.raises(PlacementError, match=r"returned no picture \(request abc-123\)"):
        edit.finish(nothing)


def test_another_aspect_is_refused_with_both(photo, disc):
    edit = crop.around(photo, disc, aspect="1:1")
    with pytest.raises(PlacementError, match=r"200x100 .*aspect 2\.000.*aspect 1\.000"):
        edit.finish(np.full((100, 200, 3), 9, np.uint8))


def test_a_black_picture_is_called_what_it_is(photo, disc):
    edit = crop.around(photo, disc)
    with pytest.raises(InputError, match="black all over.*safety"):
        edit.finish(np.zeros_like(edit.sent_image))


def test_a_result_already_pasted_back_is_noticed(photo, disc):
    edit = crop.around(photo, disc)
    generated = edit.sent_image.copy()
    generated[edit.sent_mask > 0] = (200, 30, 30)
    done = edit.finish(generated)
    assert any("pasted back by itself" in note for note in done.receipt.notes)
    assert done.receipt.repair == "none"


def test_outpainting_keeps_the_photo_and_takes_the_rest(photo):
    edit = outpaint.extend(photo, left=64, bottom=32, overlap=0)
    generated = np.clip(edit.sent_image.astype(int) + 20, 0, 255).astype(np.uint8)
    done = edit.finish(generated, repair="none")
    assert done.image.shape == (332, 464, 3)
    np.testing.assert_array_equal(done.image[:300, 64:], photo)
    at = edit.crop
    expected = generated[-at.top : -at.top + 332, -at.left : -at.left + 464]
    np.testing.assert_array_equal(done.image[300:], expected[300:])
    np.testing.assert_array_equal(done.image[:, :64], expected[:, :64])
    assert done.receipt.is_preserved


def test_repair_without_anything_to_fit_is_refused_or_left_out(photo):
    m = np.full(photo.shape[:2], 255, np.uint8)
    edit = crop.around(photo, m, feather_px=0)
    generated = np.clip(edit.sent_image.astype(int) + 20, 0, 255).astype(np.uint8)
    with pytest.raises(PlacementError, match="nothing to fit"):
        edit.finish(generated, repair="seam")
    assert edit.finish(generated).receipt.repair == "none"


def test_the_receipt_prints_and_goes_to_json(photo, disc):
    import msgspec

    edit = crop.around(photo, disc)
    receipt = edit.finish(np.clip(edit.sent_image.astype(int) + 9, 0, 255).astype(np.uint8)).receipt
    text = str(receipt)
    assert "preserved" in text
    assert "equal" in text
    assert receipt.preserved_sha256_after[:12] in text
    parsed = msgspec.json.decode(receipt.to_json())
    assert parsed["sent"] == list(edit.sent)
    assert parsed["is_preserved"] is True
    assert parsed["preserved_sha256_before"] == receipt.preserved_sha256_before


def test_a_pixel_of_a_photo_one_by_one():
    photo = np.full((1, 1, 3), 128, np.uint8)
    edit = crop.around(photo, np.full((1, 1), 255, np.uint8))
    assert (edit.crop.size, edit.sent) == ((1, 1), (16, 16))
    done = edit.finish(np.full((16, 16, 3), 30, np.uint8))
    assert done.image.tolist() == [[[30, 30, 30]]]


def test_a_finished_edit_is_not_written_as_jpeg(photo, disc, tmp_path):
    edit = crop.around(photo, disc)
    done = edit.finish(edit.sent_image)
    with pytest.raises(InputError, match="JPEG would change"):
        done.save(tmp_path / "done.jpg")
    assert not list(tmp_path.iterdir())


def test_notebooks_show_pictures_and_receipts(photo, disc):
    edit = crop.around(photo, disc)
    done = edit.finish(edit.sent_image)
    assert np.array_equal(np.array(PIL.Image.open(io.BytesIO(done._repr_png_()))), done.image)
    assert np.array_equal(np.array(PIL.Image.open(io.BytesIO(edit._repr_png_()))), preview.of_edit(edit))
    assert "preserved" in done.receipt._repr_html_()


def test_a_repair_nobody_knows_is_refused(photo, disc):
    edit = crop.around(photo, disc)
    with pytest.raises(InputError, match="no repair is called 'Seam'"):
        edit.finish(edit.sent_image, repair="Seam")


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket", "camera"])
@pytest.mark.parametrize("radius", [12, 40])
def test_enlarging_for_the_endpoint_costs_less_than_a_level(name, radius):
    from preproc.arrays import as_image

    whole = as_image(getattr(data, name)())
    m = np.zeros(whole.shape[:2], np.uint8)
    cv2.circle(m, (whole.shape[1] // 2, whole.shape[0] // 2), radius, 255, -1)
    edit = crop.around(whole, m, rule=SizeRule(best_pixels=1_000_000))
    done = edit.finish(edit.sent_image)
    assert np.abs(done.image.astype(int) - whole)[m == 255].mean() <= 1


def test_black_is_refused_only_where_something_else_was_sent():
    night, m = np.zeros((300, 300, 3), np.uint8), np.zeros((300, 300), np.uint8)
    m[100:200, 100:200] = 255
    edit = crop.around(night, m)
    np.testing.assert_array_equal(edit.finish(edit.sent_image).image, night)
    edit = crop.around(night + np.uint8(40), m)
    with pytest.raises(InputError, match="result 2 of 3: the result is black all over"):
        edit.finish([edit.sent_image, edit.sent_image * 0, edit.sent_image])


def test_an_edit_that_pastes_nothing_is_refused(photo, disc):
    edit = crop.around(photo, disc)
    nothing = replace(edit, mask=edit.mask * 0, blend=edit.blend * 0)
    with pytest.raises(MaskError, match="the mask is empty"):
        nothing.finish(edit.sent_image)
