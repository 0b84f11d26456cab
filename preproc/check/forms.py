"""How a mask arrives, before its pixels are looked at."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import Mask, as_planes, narrow, size_of_array, to_uint8
from ..errors import FileFormatError, InputError, MaskError
from ..files import ImageSource, Photo, load_mask
from ..files.decode import stored as stored_numbers
from ..files.header import open_picture
from ..files.source import MAX_PIXELS, is_file, opened
from ..geometry import Size
from ..mask import from_alpha, from_luminance
from .colours import TINTED, colour_call
from .report import Finding

__all__ = ["Arrival", "receive"]

_MODES = {
    "1": ("one-bit", "the mask has 1 bit a pixel: its edge cannot be anti-aliased"),
    "P": ("palette", "the mask is a palette picture: its colours count here, its numbers may count elsewhere"),
    "PA": ("palette", "the mask is a palette picture: its colours count here, its numbers may count elsewhere"),
    "LA": ("gray-alpha", "the mask has an alpha channel, opaque everywhere"),
    "RGBA": ("gray-alpha", "the mask has an alpha channel, opaque everywhere"),
    "I": ("sixteen-bit", "the mask has more than 8 bits a pixel"),
    "F": ("float", "the mask is floating point"),
    "CMYK": ("cmyk", "the mask is CMYK, where black and white depend on who converts it"),
}


FULL_RATIO = 0.9  # of the white of so many bits
VOID = 255  # the number of "no class" in label maps
SIGNED_RATIO = -0.25  # lower than a resampling's undershoot: black is at the lowest value
OVERSHOOT = 1.5
RAMP_RATIO = 0.1  # of white; rounding and JPEG stay below

_MOST_LABELS = 64  # a palette with more numbers in use was made from a photo

_DROP_ALPHA = "preproc.load_image(m)[:, :, 0]"


class Arrival(NamedTuple):
    """A mask as it was read, and what its form says."""

    mask: Mask | None
    """None where it is not clear what of the picture is the mask."""
    size: Size | None
    findings: list[Finding]


def receive(picture: PIL.Image.Image | ImageSource) -> Arrival:
    """Read a mask in any form, and name the form where others may read it differently.

    Raises
    ------
    FileFormatError
        For files that are no picture.
    """
    wide = _wide(picture)
    if wide is not None:
        return wide
    try:
        # decoded once: all that follows looks at the same planes
        stored = Photo.open(picture) if isinstance(picture, PIL.Image.Image) or is_file(picture) else picture
        mask = load_mask(stored)
    except FileFormatError as error:
        if not isinstance(picture, PIL.Image.Image):
            raise
        return Arrival(None, None, [_unreadable(picture, error)])
    except MaskError as error:
        photo = Photo.open(stored)
        if error.code in {"zero-one", "wrong-scale"}:
            return _by_value(picture, photo, error)
        labels = _indices(picture)
        read, finding = _carried(photo, error, labels)
        return Arrival(read, photo.size, [finding, *labels])
    except InputError as error:
        return Arrival(None, None, [_unreadable(picture, error)])
    narrower = _fewer_bits(picture, stored)
    if narrower is not None:
        return narrower
    return Arrival(mask, size_of_array(mask), _form(picture, stored))


def _wide(picture: Any) -> Arrival | None:
    """Find 16 bits in Pillow's mode of 32, which says nothing of its white."""
    if not isinstance(picture, PIL.Image.Image) or picture.mode != "I" or not min(picture.size):
        return None
    values = np.asarray(picture)
    if values.min() < 0 or not 255 < values.max() <= 65535:
        return None
    white = _white(int(values.max())) or 65535
    words = f"the mask is of Pillow's mode I and runs to {values.max()}: which value is white there is not told"
    return _rescaled("sixteen-bit", words, values, white, plain="np.asarray(m)")


def _fewer_bits(picture: Any, stored: Any) -> Arrival | None:
    """Find 9 to 14 bits stored in 16: a camera's or scanner's white is nearly black then."""
    planes = stored.pixels if isinstance(stored, Photo) else np.asarray(stored)
    if planes.dtype != np.uint16:
        return None
    values = planes if planes.ndim == 2 else planes[:, :, 0]
    white = _white(int(values.max()))
    if white is None:
        return None
    words = f"this 16-bit mask runs to {values.max()}, where 65535 is white: "
    words += f"it holds {white.bit_length()}-bit values, and is nearly black"
    plain = "m" if isinstance(picture, np.ndarray) else "preproc.files.Photo.open(m).pixels"
    return _rescaled("wrong-scale", words, values, white, plain=plain)


def _white(highest: int) -> int | None:
    """Return the white of 9 to 14 bits that the highest value comes close to."""
    white = (1 << highest.bit_length()) - 1
    return white if 9 <= highest.bit_length() <= 14 and highest >= FULL_RATIO * white else None


def _rescaled(code: str, words: str, values: NDArray[Any], white: int, *, plain: str) -> Arrival:
    scaled = narrow(np.rint(values * (255 / white)).astype(np.uint8))
    finding = Finding(code, "error", words, f"{plain} / {white}", white.bit_length(), mend=np.copy)
    return Arrival(scaled, size_of_array(scaled), [finding])


def _indices(picture: Any) -> list[Finding]:
    """Name a palette in colours, such as label maps have: its numbers select, not its colours."""
    if not (isinstance(picture, PIL.Image.Image) or is_file(picture)) or _header(picture)[0] not in {"P", "PA"}:
        return []
    if isinstance(picture, PIL.Image.Image):
        numbers: NDArray[Any] = np.asarray(picture)
    else:
        with opened(picture) as (file, path):
            numbers = stored_numbers(file, path=path, max_pixels=MAX_PIXELS)
    used = np.unique(numbers if numbers.ndim == 2 else numbers[:, :, 0]).tolist()
    chosen = [number for number in used if number not in {0, VOID}] or used[1:]
    if not chosen or len(used) > _MOST_LABELS:
        return []
    words = f"the mask is a palette picture with the numbers {_listed(used)}: a label map, and each number is a class"
    return [Finding("palette", "warning", words, f"mask.from_labels(m, [{', '.join(map(str, chosen))}])", len(used))]


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:8])) + (f" and {len(numbers) - 8} more" if len(numbers) > 8 else "")


def _unreadable(picture: Any, error: InputError) -> Finding:
    """Name the call that brings an array into a readable form, where there is one."""
    fix = "mask.rectangle(image, box)"
    array = picture if isinstance(picture, np.ndarray) else np.asarray(getattr(picture, "im", None) and picture)
    name = "m" if array is picture else "np.asarray(m)"
    if array.ndim == 4 and array.size:
        first = array.shape[1] in {1, 3, 4} and array.shape[3] not in {1, 2, 3, 4}
        fix = f"np.moveaxis({name}[0], 0, -1)" if first else f"{name}[0]"
    elif array.ndim == 3 and array.shape[0] in {1, 3, 4} and array.shape[2] not in {1, 2, 3, 4}:
        fix = f"np.moveaxis({name}, 0, -1)"
    elif array.size and array.dtype.kind in "iuf":
        fix = _in_range(name, array)
    return Finding("unreadable", "error", error.message, fix)


def _in_range(name: str, array: NDArray[Any]) -> str:
    known = array[np.isfinite(array)]
    if not known.size:
        return "mask.rectangle(m, box)" if array.ndim == 2 else "mask.rectangle(image, box)"
    if known.size < array.size:
        # What is not known is white where nothing else is: "no depth here", "outside the scan".
        white = not (known > 0.5).any() and bool(np.isnan(array).any())
        return f"np.nan_to_num({name}, nan={int(white)}, posinf=1, neginf=0).clip(0, 1)"
    low, high = array.min(), array.max()
    if low < SIGNED_RATIO * high:
        return f"(({name} + {-float(low):g}) / {float(high) - float(low):g}).clip(0, 1)"
    if array.dtype.kind == "f" and high < OVERSHOOT:
        return f"{name}.clip(0, 1)"
    if low < 0:
        return f"{name}.clip(0, {255 if high > 1 else 1}).astype(np.{'uint8' if high > 1 else 'float64'})"
    return f"{name}.round().astype(np.uint8)" if high <= 255 else f"{name} / {high}"


def _by_value(picture: Any, photo: Photo, error: MaskError) -> Arrival:
    """Take the values for what they mean where their type would make them black."""
    values = narrow(photo.pixels.reshape(*photo.pixels.shape[:2], -1)[:, :, 0].astype(np.uint8))
    plain = "m" if isinstance(picture, np.ndarray) else "preproc.files.Photo.open(m).pixels"
    fix = f"{plain}.astype(np.uint8)"
    if error.code == "zero-one":
        values *= np.uint8(255)
        fix += " * np.uint8(255)"
    finding = Finding(error.code, "error", error.message, fix, mend=np.copy)
    return Arrival(values, photo.size, [finding])


def _form(picture: Any, stored: Any) -> list[Finding]:
    if isinstance(picture, PIL.Image.Image) or is_file(picture):
        return _stored_form(picture, stored)
    if isinstance(picture, Photo):
        return [_as_read("sixteen-bit", _MODES["I"][1], 16)] if picture.depth == 16 else []
    return _array_form(np.asarray(picture))


def _stored_form(picture: Any, stored: Photo) -> list[Finding]:
    mode, kind = _header(picture)
    if stored.depth == 16 and not isinstance(picture, PIL.Image.Image):
        mode = "I;16"  # Pillow does not tell 16 bits in several channels
    found = []
    name = "I" if mode.startswith("I;") else mode
    if name in _MODES:
        code, words = _MODES[name]
        found.append(_as_read(code, words, mode))
    if kind in {"JPEG", "MPO"}:
        found.append(
            Finding(
                "jpeg",
                "info",
                "the mask is a JPEG: edges have noise around them",
                'preproc.save_image(m, "m.png")',
                kind,
            )
        )
    return found


def _header(picture: Any) -> tuple[str, str | None]:
    """Mode and format, as Pillow tells them."""
    if isinstance(picture, PIL.Image.Image):
        return picture.mode, picture.format
    with opened(picture) as (file, path), open_picture(file, path) as header:
        return header.mode, header.format


def _array_form(array: NDArray[Any]) -> list[Finding]:
    kind = str(array.dtype)
    found = []
    if array.dtype == np.bool_:
        words = "the mask is a bool array: OpenCV takes it for 0 and 1 and writes a black picture"
        found.append(_as_read("bool", words, kind))
    elif np.issubdtype(array.dtype, np.floating):
        found.append(_as_read("float", f"the mask is {kind} within 0 to 1", kind))
        low, high = float(array.min()), float(array.max())
        if 254.5 / 255 < high < 1:  # read as 255
            found.append(_as_read("almost-white", f"the highest value is {high:.6g}, not 1", high))
        if 0 < low < 0.5 / 255:  # read as 0
            found.append(_as_read("almost-black", f"the lowest value is {low:.6g}, not 0", low))
    elif array.dtype != np.uint8:
        name = "sixteen-bit" if array.dtype.itemsize == 2 else "integer"
        found.append(_as_read(name, f"the mask is {kind}", kind))
    if array.ndim == 3 and array.shape[2] in {2, 4}:
        found.append(_as_read("gray-alpha", "the mask has an alpha channel, opaque everywhere", array.shape[2]))
    return found


def _as_read(code: str, words: str, value: Any) -> Finding:
    """Name a form that is read right here; the report's mask has the plain one."""
    return Finding(code, "info", words, fix="preproc.load_mask(m)", value=value, mend=np.copy)


def _carried(photo: Photo, error: MaskError, labels: list[Finding]) -> tuple[Mask | None, Finding]:
    """Say where the information is when the mask is not plain gray, and read it where there is no doubt."""
    if error.code != "alpha" or photo.alpha is None:
        return _coloured(photo, error, labels)
    pixels, alpha = photo.pixels, photo.alpha
    low, high = int(alpha.min()), int(alpha.max())
    fix = "mask.from_alpha(m)"
    if low == high:
        words = f"the mask has the same transparency everywhere ({low})"
        plain = as_planes(to_uint8(pixels))
        gray = (plain == plain[:, :, :1]).all()
        return (
            (np.ascontiguousarray(plain[:, :, 0]), Finding("alpha", "error", words, _DROP_ALPHA, low, mend=np.copy))
            if gray
            else (None, Finding("alpha", "error", words, _DROP_ALPHA, low))
        )
    if (pixels == pixels[0, 0]).all():
        colour = ", ".join(str(int(value)) for value in pixels[0, 0])
        words = f"all the information is in the alpha channel ({low} to {high}), the colour is ({colour}) everywhere"
        return from_alpha(photo), Finding("alpha-only", "error", words, fix, (low, high), np.copy)
    if (
        (pixels <= alpha[:, :, np.newaxis]).all()
        and narrow(pixels)[alpha > 0].any()
        and not _holds_a_ramp(pixels, alpha)
    ):
        words = "the mask is premultiplied: its colour is multiplied by its alpha channel, which holds the mask"
        return from_alpha(photo), Finding("premultiplied", "error", words, fix, (low, high), np.copy)
    return None, Finding("alpha", "error", error.message, fix, (low, high))


def _holds_a_ramp(pixels: NDArray[Any], alpha: NDArray[Any]) -> bool:
    """Tell gray that varies where it is opaque: black may only have been made transparent, and the mask be the gray."""
    opaque = pixels[alpha == alpha.max()]
    gray = bool((opaque == opaque[:, :1]).all())
    return gray and float(np.ptp(opaque[:, 0])) > RAMP_RATIO * float(alpha.max())


def _coloured(photo: Photo, error: MaskError, labels: list[Finding]) -> tuple[Mask | None, Finding]:
    if labels:
        return None, Finding(error.code, "error", error.message, labels[0].fix)
    call = colour_call(photo.rgb)
    if call != TINTED:
        return None, Finding(error.code, "error", error.message, call)
    words = f"{error.message}, by a tint: its brightness is the mask"
    return from_luminance(photo.rgb, low=255, soft=255), Finding(error.code, "error", words, call, mend=np.copy)
