"""Which sizes an endpoint takes, and which size its result has."""

from __future__ import annotations

from .. import catalog
from ..catalog.facts import OutputSize, Spec
from ..plan.choices import takes_size_of_picture
from .lines import Line, listed, value_named

__all__ = ["explain_sizes"]

_MIB = 1024 * 1024


def explain_sizes(spec: Spec, /) -> list[Line]:
    """Say what goes in and how large it comes out."""
    output = spec.output_size
    return [
        Line("sizes", _taken(spec)),
        Line("file size", _files(spec)),
        Line("result size", "; ".join([_made(spec), *_rounded(output), *_only_if(output)])),
    ]


def _taken(spec: Spec) -> str:
    size = spec.size
    words = []
    if size.multiple_of > 1:
        words.append(f"multiples of {size.multiple_of} px, others are rounded there")
    if size.min_side > 1 and size.max_side:
        words.append(f"sides of {size.min_side:,} to {size.max_side:,} px")
    elif size.max_side:
        words.append(f"sides of at most {size.max_side:,} px")
    elif size.min_side > 1:
        words.append(f"sides of at least {size.min_side:,} px")
    if size.min_pixels > 1:
        words.append(f"at least {_megapixels(size.min_pixels)}")
    if size.max_pixels:
        words.append(f"at most {_megapixels(size.max_pixels)}")
    if size.max_aspect:
        words.append(f"the longer side at most {size.max_aspect:g} times the shorter")
    if not words:
        named = (spec.fields["image_size"].enum if "image_size" in spec.fields else ()) or ()
        words = ["those that image_size lists" if named else "no limits are published"]
    if size.best_pixels:
        words.append(f"paints best at about {_megapixels(size.best_pixels)}")
    words.append(f"crops and masks are snapped to cells of {size.cell} px")
    if spec.output_size.size == "image_size":
        words.append("where image_size is given, these are limits of that, and not of the picture")
    return "; ".join(words) + (f" (source: {size.source})" if size.source else "")


def _megapixels(pixels: int) -> str:
    megapixels = f"{pixels / 1_000_000:.4g}"
    return f"{megapixels} megapixel{'' if megapixels == '1' else 's'} ({pixels:,} pixels)"


def _files(spec: Spec) -> str:
    own = spec.size.max_file_bytes
    most = min(own or catalog.max_input_bytes(), catalog.max_input_bytes())
    whose = "" if own else ", the most that fal fetches for any endpoint"
    return f"each picture at most {most / _MIB:.4g} MiB ({most:,} bytes){whose}"


def _made(spec: Spec) -> str:
    output = spec.output_size
    match output.size:
        case "input":
            said = "that of the picture sent"
        case "image_size":
            said = _chosen(spec)
        case "scaled":
            default = spec.fields[output.field].default
            usual = "" if default is None else f", which is {value_named(default)} unless given"
            said = f"the picture's sides times {output.field}{usual}"
        case "expanded":
            said = "the picture's, larger by expand_left, expand_right, expand_top and expand_bottom"
        case "field":
            said = f"{output.field} is width and height"
        case "width and height":
            sides = [f"{name} ({value_named(spec.fields[name].default)} unless given)" for name in ("width", "height")]
            said = listed(sides)
        case "unknown":
            said = "not published: it is known when the result is there"
    return said


def _chosen(spec: Spec) -> str:
    default = spec.fields["image_size"].default
    names = {name: f"{name} {width}x{height}" for name, (width, height) in catalog.presets().items()}
    known = [names[str(word)] for word in spec.fields["image_size"].enum if word in names]
    said = f"that of image_size, as width and height or a name ({', '.join(known)})" if known else "that of image_size"
    if spec.output_size.follows_input:
        return f"{said}; the picture's where that is left out"
    usual = (
        "what it is otherwise is not documented" if default is None else f"{value_named(default)} where it is left out"
    )
    if takes_size_of_picture(spec):
        usual = f"{usual}; a plan sets it to the size of a picture that is sent from here"
    return f"{said}; {usual}"


def _rounded(output: OutputSize) -> list[str]:
    words = []
    if output.multiple_of > 1:
        words.append(f"rounded up to multiples of {output.multiple_of} px")
    if output.least_side > 1:
        words.append(f"a picture whose shorter side is below {output.least_side} px is first enlarged to it")
    if output.max_pixels:
        words.append(f"at most {_megapixels(output.max_pixels)}")
    return words


def _only_if(output: OutputSize) -> list[str]:
    terms = [f"{name} is {value_named(value)}" for name, value in output.only_if.items()]
    return [f"this holds only while {listed(terms)}"] if terms else []
