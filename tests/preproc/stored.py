"""Pictures as files of every kind, as cameras and other tools write them."""

import io
import struct
import zlib

import cv2
import numpy as np
import PIL.Image
import pytest
from PIL import ImageCms

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
AVIF = pytest.param(
    "AVIF",
    marks=pytest.mark.skipif("AVIF" not in PIL.Image.registered_extensions().values(), reason="a Pillow without AVIF"),
)
UPRIGHT = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3) * 3


def encoded(picture, name="PNG", **options):
    buffer = io.BytesIO()
    picture.save(buffer, name, **options)
    return buffer.getvalue()


def smooth(height=24, width=40, *, seed=0):
    small = np.random.default_rng(seed).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(rows, *, depth, kind, before=b"", after=b""):
    """A PNG written chunk by chunk from rows of bytes."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    width = len(rows[0]) * 8 // depth // samples
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), depth, kind, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return b"\x89PNG\r\n\x1a\n" + header + before + pixels + after + chunk(b"IEND", b"")


def exif_with(orientation):
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    return exif


def random_planes(seed, height, width, channels, dtype):
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, (height, width, channels), dtype=dtype)


def camera_exif(*, orientation=1):
    exif = PIL.Image.Exif()
    exif[0x010F] = "Maker"
    exif[0x0112] = orientation
    exif[0x0132] = "2024:05:06 07:08:09"
    exif[0x8769] = {0x9003: "2024:05:06 07:08:09", 0x927C: b"maker's note"}
    exif[0x8825] = {0x0001: "N"}
    return exif.tobytes().removeprefix(b"Exif\0\0")


def tags_of(block):
    exif = PIL.Image.Exif()
    exif.load(block)
    blocks = [dict(exif.get_ifd(block)) for block in (0x8769, 0x8825)]
    return {tag: exif[tag] for tag in exif if tag not in {0x8769, 0x8825}}, *blocks
