"""What a file holds besides 8-bit RGB comes home too: 16 bits, alpha, profile, EXIF."""

import io

import cv2
import numpy as np
import PIL.Image
import pytest
from skimage import data

import preproc
from preproc import crop, outpaint


@pytest.fixture(scope="module")
def base():
    return data.chelsea()[:200, :260].copy()


@pytest.fixture
def disc(base):
    m = np.zeros(base.shape[:2], np.uint8)
    cv2.circle(m, (130, 100), 30, 255, -1)
    return m


def photo_16_bit(base):
    rng = np.random.default_rng(0)
    return preproc.Photo(base.astype(np.uint16) * 256 + rng.integers(0, 256, base.shape, dtype=np.uint16))


def photo_with_alpha(base):
    alpha = np.linspace(0, 255, base.shape[1]).astype(np.uint8)[np.newaxis].repeat(base.shape[0], 0)
    return preproc.Photo(base, alpha=alpha)


def photo_16_bit_with_alpha(base):
    deep = photo_16_bit(base)
    return preproc.Photo(deep.pixels, alpha=photo_with_alpha(base).alpha.astype(np.uint16) * 257)


def photo_gray(base):
    return preproc.Photo(base[:, :, 1:2].copy())


@pytest.mark.parametrize("make", [photo_16_bit, photo_with_alpha, photo_16_bit_with_alpha, photo_gray])
@pytest.mark.parametrize("repair", ["none", "auto"])
def test_preserved_values_survive_finish_and_file(base, disc, tmp_path, make, repair):
    photo = make(base)
    edit = crop.around(photo, disc)
    generated = np.clip(edit.sent_image.astype(int) * 0.9 + 20, 0, 255).astype(np.uint8)
    done = edit.finish(generated, repair=repair)
    kept = edit.blend == 0
    assert done.photo.depth == photo.depth
    np.testing.assert_array_equal(done.photo.pixels[kept], photo.pixels[kept])
    assert done.receipt.is_preserved
    loaded = preproc.Photo.open(done.save(tmp_path / "done.png"))
    np.testing.assert_array_equal(loaded.pixels, done.photo.pixels)
    if photo.alpha is None:
        assert loaded.alpha is None
    else:
        np.testing.assert_array_equal(loaded.alpha, photo.alpha)
    inside = disc == 255
    assert (done.photo.pixels[inside] != photo.pixels[inside]).any()
    if repair == "none" and make is not photo_gray:
        error = np.abs(done.image[inside].astype(int) - generated[_in_crop(edit, inside)])
        assert error.max() <= 1


def _in_crop(edit, inside):
    return inside[edit.crop.slices]


def test_what_was_sent_gives_16_bits_back_to_within_8(base, disc):
    photo = photo_16_bit(base)
    edit = crop.around(photo, disc, feather_px=0)
    done = edit.finish(edit.sent_image)
    inside = disc == 255
    assert np.abs(done.photo.pixels[inside].astype(int) - photo.pixels[inside]).max() <= 257


def test_new_canvas_is_opaque_and_the_rest_keeps_its_alpha(base):
    photo = photo_with_alpha(base)
    edit = outpaint.extend(photo, left=32, overlap=8)
    done = edit.finish(np.clip(edit.sent_image.astype(int) + 5, 0, 255).astype(np.uint8))
    assert (done.photo.alpha[:, :32] == 255).all()
    np.testing.assert_array_equal(done.photo.alpha[:, 32:], photo.alpha)


def test_exif_comes_home_upright_and_none_is_sent(base, disc, tmp_path):
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Maker"
    buffer = io.BytesIO()
    PIL.Image.fromarray(np.ascontiguousarray(np.rot90(base))).save(buffer, "PNG", exif=exif)
    path = tmp_path / "turned.png"
    path.write_bytes(buffer.getvalue())
    edit = crop.around(path, disc)
    np.testing.assert_array_equal(edit.original, base)
    done = edit.finish(np.clip(edit.sent_image.astype(int) + 5, 0, 255).astype(np.uint8))
    saved = PIL.Image.open(done.save(tmp_path / "done.png"))
    assert saved.getexif().get(0x010F) == "Maker"
    assert saved.getexif().get(0x0112, 1) == 1
    np.testing.assert_array_equal(np.array(saved)[edit.blend == 0], base[edit.blend == 0])


@pytest.mark.parametrize("form", ["path", "bytes", "array", "pil"])
def test_every_form_keeps_what_it_holds(base, disc, tmp_path, form):
    photo = photo_16_bit_with_alpha(base)
    path = photo.save(tmp_path / "deep.png")
    if form in {"path", "bytes"}:
        source = path if form == "path" else path.read_bytes()
    elif form == "array":
        source = np.dstack([photo.pixels, photo.alpha])
    else:
        photo = photo_with_alpha(base)
        source = PIL.Image.fromarray(np.dstack([photo.pixels, photo.alpha]))
    edit = crop.around(source, disc)
    edit.save(tmp_path / "job.edit.json")
    generated = np.clip(edit.sent_image.astype(int) + 9, 0, 255).astype(np.uint8)
    for one in (edit, preproc.Edit.load(tmp_path / "job.edit.json", original=source)):
        done = one.finish(generated)
        kept = one.blend == 0
        np.testing.assert_array_equal(done.photo.pixels[kept], photo.pixels[kept])
        np.testing.assert_array_equal(done.photo.alpha, photo.alpha)


def test_another_alpha_is_another_photo(base, disc, tmp_path):
    photo = photo_with_alpha(base)
    crop.around(photo, disc).save(tmp_path / "job.edit.json")
    other = preproc.Photo(photo.pixels, alpha=255 - photo.alpha)
    with pytest.raises(preproc.PlacementError, match="is not the one"):
        preproc.Edit.load(tmp_path / "job.edit.json", original=other)


def test_what_was_sent_gives_every_bit_back(base, disc):
    photo = photo_16_bit(base)
    edit = crop.around(photo, disc)
    np.testing.assert_array_equal(edit.finish(edit.sent_image).photo.pixels, photo.pixels)


def test_an_edit_that_stays_unseen_is_told():
    alpha = np.full((200, 300), 255, np.uint8)
    alpha[:, 150:] = 0
    photo = PIL.Image.fromarray(np.dstack([data.coffee()[:200, :300], alpha]))
    m = np.zeros((200, 300), np.uint8)
    m[60:120, 120:180] = 255
    edit = crop.around(photo, m)
    done = edit.finish(255 - edit.sent_image, repair="none")
    assert "50% of the mask lies where the photo is transparent, and stays unseen" in done.receipt.notes
