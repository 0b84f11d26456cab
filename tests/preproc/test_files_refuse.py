"""Files that are refused by name, before they cost anything."""

import io
import struct
import zlib

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preproc.control import load_depth
from preproc.control.label_files import load_labels
from preproc.errors import FileFormatError, InputError
from preproc.files import Photo, load_image, load_mask, size_of

PICTURE = PIL.Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8))


def encoded(name, picture=PICTURE, **options):
    buffer = io.BytesIO()
    picture.save(buffer, name, **options)
    return buffer.getvalue()


def refusal(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    for load in (load_image, load_mask, Photo.open):
        with pytest.raises(FileFormatError) as caught:
            load(path)
        assert caught.value.path == str(path)
        assert caught.value.message.startswith(str(path))
        assert caught.value.fix
    return caught.value


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.png", b"", "is empty (0 bytes)"),
        ("a.jpg", b"Dear diary, this is no picture.\n", "is text"),
        ("a.jpg", "Grüße".encode(), "is text"),
        ("a.jpg", b"<!DOCTYPE html>\n<html><body>404</body></html>", "is a web page"),
        ("a.svg", b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "is an SVG drawing"),
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "is a PDF document"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), "is a HEIC picture"),
        ("a.avif", b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(64), "is an AVIF picture"),
        ("a.mp4", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2" + bytes(64), "is an MP4 or QuickTime video"),
        ("a.webm", b"\x1a\x45\xdf\xa3" + bytes(64), "is a Matroska or WebM video"),
        ("a.avi", b"RIFF\0\0\0\0AVI LIST" + bytes(64), "is an AVI video"),
        ("a.jxl", b"\xff\x0a" + bytes(64), "is a JPEG XL picture"),
        ("a.psd", b"8BPS\0\1" + bytes(64), "is a Photoshop document"),
        ("a.npy", b"\x93NUMPY\1\0" + bytes(64), "is a NumPy array"),
        ("a.docx", b"PK\3\4" + bytes(64), "is a ZIP archive"),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n", "is a PostScript document"),
        ("a.bin", b"\x80\x81\x82\x83" * 40, "is no picture that can be read"),
        ("a.dng", encoded("TIFF"), "is a camera's raw file"),
        ("a.NEF", encoded("TIFF"), "is a camera's raw file"),
        ("a.bin", b"II*\0\x10\0\0\0CR\2\0" + bytes(64), "is a camera's raw file"),
        ("a.jpg", encoded("JPEG")[:-2], "is a JPEG cut off before its end"),
        ("a.jpg", encoded("JPEG")[:900], "is a JPEG cut off before its end"),
        ("a.jpg", encoded("JPEG", progressive=True)[:-30], "is a JPEG cut off before its end"),
        ("a.jpg", encoded("JPEG")[:1500] + bytes(4000), "is a JPEG cut off before its end"),
        ("a.png", encoded("PNG")[:-12], "is a PNG cut off before its end"),
        ("a.png", encoded("PNG")[:2000], "is a PNG cut off before its end"),
        ("a.tif", encoded("TIFF")[:6000], "damaged"),
        ("a.webp", encoded("WEBP")[:-50], "damaged"),
        ("a.gif", encoded("GIF")[:-300], "damaged"),
        ("a.bmp", encoded("BMP")[:-300], "damaged"),
    ],
)
def test_named_refusals(tmp_path, name, data, words):
    assert words in refusal(tmp_path, name, data).message


def test_avif_that_this_pillow_cannot_read(tmp_path, monkeypatch):
    plugin = pytest.importorskip("PIL.AvifImagePlugin")
    data = encoded("AVIF")
    monkeypatch.setattr(plugin, "SUPPORTED", False)
    assert "is an AVIF picture that this Pillow cannot read" in refusal(tmp_path, "a.avif", data).message


def test_a_jpeg_cut_off_behind_a_whole_thumbnail(tmp_path):
    thumbnail = encoded("JPEG", PICTURE.resize((16, 12)))
    data = encoded("JPEG")
    app1 = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    cut = data[:2] + app1 + data[2:-400]
    assert "cut off" in refusal(tmp_path, "a.jpg", cut).message


def test_a_damaged_16_bit_png(tmp_path):
    data = bytearray(cv2.imencode(".png", np.asarray(PICTURE).astype(np.uint16) * 200)[1].tobytes())
    data[len(data) // 2] ^= 0xFF
    assert "16-bit pixels cannot be decoded" in refusal(tmp_path, "a.png", bytes(data)).message


def test_paths_that_cannot_be_opened(tmp_path):
    PICTURE.save(tmp_path / "street.jpg")
    with pytest.raises(FileFormatError, match="does not exist") as caught:
        load_image(tmp_path / "stret.jpg")
    assert caught.value.fix == "did you mean 'street.jpg'?"
    with pytest.raises(FileFormatError, match="does not exist") as caught:
        load_image(tmp_path / "street.png")
    assert caught.value.fix == "did you mean 'street.jpg'?"
    with pytest.raises(FileFormatError, match="does not exist") as caught:
        load_image(tmp_path / "strips.jpg")
    assert caught.value.fix == "check the spelling and the folder"
    with pytest.raises(FileFormatError, match="does not exist") as caught:
        load_image(tmp_path / "nowhere" / "x.png")
    assert caught.value.fix == "check the spelling and the folder"
    with pytest.raises(FileFormatError, match="is a folder"):
        size_of(tmp_path)
    with pytest.raises(FileFormatError) as caught:
        load_image("https://example.com/a.jpg")
    assert "download it first" in caught.value.fix
    with pytest.raises(FileFormatError, match="cannot be opened"):
        load_image("a\0b.png")


def test_forms_that_are_no_picture(tmp_path):
    (tmp_path / "a.png").write_text("x")
    with (tmp_path / "a.png").open() as text, pytest.raises(InputError, match="open as text"):
        load_image(text)
    for nothing in (None, 7, [[0, 255]], {"a": 1}):
        with pytest.raises(InputError, match="expected an array"):
            load_image(nothing)


# ------------------------------------------------------------------------------------------------ size limits


def png_header(width, height):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def jpeg_header(width, height):
    data = bytearray(encoded("JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize("data", [png_header(40000, 40000), jpeg_header(40000, 40000)])
def test_a_header_of_40000_by_40000(tmp_path, data):
    error = refusal(tmp_path, "huge.png", data)
    assert "40000x40000 (1600 MP); at most 300 MP" in error.message
    assert "max_pixels=1600000000" in error.fix


@pytest.mark.parametrize("load", [load_image, load_mask, Photo.open])
def test_max_pixels_is_the_callers(load):
    data = encoded("PNG", PICTURE.convert("L"))
    load(data, max_pixels=48 * 64)
    for form in (data, PIL.Image.open(io.BytesIO(data))):
        with pytest.raises(FileFormatError, match="at most"):
            load(form, max_pixels=48 * 64 - 1)


def turned_sideways():
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    return exif


OF_ANY_SIZE = {
    **{name: encoded(name) for name in ("PNG", "JPEG", "BMP", "MPO", "TIFF", "WEBP")},
    "16-bit TIFF": cv2.imencode(".tiff", np.asarray(PICTURE).astype(np.uint16))[1].tobytes(),
    "packed TIFF": encoded("TIFF", compression="tiff_lzw"),
    "TIFF with a palette": encoded("TIFF", PICTURE.quantize(8)),
    "turned TIFF": encoded("TIFF", exif=turned_sideways()),
    "turned, packed TIFF": encoded("TIFF", exif=turned_sideways(), compression="tiff_lzw"),
    "exact WebP": encoded("WEBP", lossless=True),
    "WebP with alpha": encoded("WEBP", PICTURE.convert("RGBA")),
    "turned WebP": encoded("WEBP", exif=turned_sideways()),
}


@pytest.mark.parametrize("name", OF_ANY_SIZE)
def test_pillows_own_limit_neither_warns_nor_refuses(name, monkeypatch):
    expected = load_image(OF_ANY_SIZE[name])
    size = expected.shape[1::-1]
    for limit in (2000, 1000):  # at 3,072 pixels Pillow warns above the first and refuses above twice the second
        monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", limit)
        np.testing.assert_array_equal(load_image(OF_ANY_SIZE[name]), expected)
        assert size_of(OF_ANY_SIZE[name]) == size
        with pytest.raises(FileFormatError, match="at most"):
            load_image(OF_ANY_SIZE[name], max_pixels=3071)


def test_gif_keeps_pillows_own_limit(monkeypatch):
    data = encoded("GIF")
    for limit in (2000, 1000):  # its reader looks at the limit itself
        monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", limit)
        with pytest.raises(FileFormatError, match="at most") as caught:
            load_image(data)
        assert "save it as PNG" in caught.value.fix


def test_a_canvas_that_no_webp_fills_is_refused_by_its_header(tmp_path):
    data = bytearray(encoded("WEBP", exif=turned_sideways()))
    assert data[12:16] == b"VP8X"
    data[24:30] = b"\xff\xff\x00" * 2
    refusal(tmp_path, "huge.webp", bytes(data))


# ------------------------------------------------------------------------------------------------ damage of any kind

EXIF = PIL.Image.Exif()
EXIF[0x0112] = 6
EXIF.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
SOUND = [
    *(encoded(name, exif=EXIF) for name in ("PNG", "JPEG", "WEBP", "TIFF")),
    *(encoded(name) for name in ("GIF", "BMP", "PPM", "JPEG2000", "TGA", "ICO", "SGI", "PCX", "DDS")),
    encoded("PNG", PICTURE.convert("P")),
    encoded("JPEG", PICTURE.convert("CMYK")),
    cv2.imencode(".png", np.asarray(PICTURE).astype(np.uint16) * 200)[1].tobytes(),
]


@given(st.sampled_from(SOUND), st.data())
@settings(max_examples=150, deadline=None)
@pytest.mark.filterwarnings("ignore")  # Pillow warns of damaged metadata
def test_damage_is_a_picture_or_a_named_error(sound, data):
    damaged = bytearray(sound)
    if data.draw(st.booleans(), label="cut"):
        damaged = damaged[: data.draw(st.integers(0, len(sound)))]
    else:
        for _ in range(data.draw(st.integers(1, 3))):
            reach = data.draw(st.sampled_from([40, 400, len(sound)]))
            damaged[data.draw(st.integers(0, min(reach, len(sound)) - 1))] = data.draw(st.integers(0, 255))
    try:
        photo = Photo.open(bytes(damaged), max_pixels=2_000_000)
    except FileFormatError:
        return
    assert photo.rgb.shape == (photo.size.height, photo.size.width, 3)


def closed(thing):
    thing.close()
    return thing


@pytest.mark.parametrize("load", [load_image, load_mask, Photo.open, load_depth, load_labels])
@pytest.mark.parametrize(
    "picture",
    [
        closed(io.BytesIO(encoded("PNG"))),
        closed(PIL.Image.new("L", (4, 3))),
        PIL.Image.open(io.BytesIO(encoded("PNG")[:-200])),
        PIL.Image.open(io.BytesIO(encoded("TIFF")[:-200])),
    ],
)
def test_what_is_closed_or_cut_off_is_refused(load, picture):
    with pytest.raises(FileFormatError):
        load(picture)


def test_files_open_for_writing_or_as_text_are_refused(tmp_path):
    path = tmp_path / "a.png"
    with path.open("wb") as file, pytest.raises(FileFormatError, match="cannot be read"):
        load_image(file)
    path.write_bytes(encoded("PNG"))
    with path.open(encoding="utf-8") as file, pytest.raises(InputError, match="open as text"):
        load_image(file)


@pytest.mark.parametrize("size", [(0, 0), (0, 3), (3, 0)])
def test_pillow_images_without_pixels_are_refused(size):
    for load in (load_image, load_mask, Photo.open, size_of):
        with pytest.raises(FileFormatError, match="has no pixels"):
            load(PIL.Image.new("L", size))


def test_arrays_that_cannot_be_had_are_refused():
    class Elsewhere:
        def __array__(self, dtype=None, copy=None):
            raise TypeError("cannot convert a tensor of another device")

    for load in (load_image, load_mask, size_of):
        with pytest.raises(InputError, match="another device"):
            load(Elsewhere())
