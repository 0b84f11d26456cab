"""What mends an error, as it is typed: the library's own words name Python calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import PreprocError

__all__ = ["typed", "without_resolve"]

_OPTIONS = (
    "again|aspect|context_px|context_ratio|feather_px|kind|left|limit_per_day|max_price|original|"
    "overwrite|repair|resolve|size|timeout|zoom_out"
)
_RULES = (
    (r"Fal\(backend='rehearsal'\)", "--rehearsal"),
    (r"Fal\(journal='([^']*)'\)", r"--journal \1"),
    (r"Fal\(\)\.preprocess\(\"(\w+)\", photo\)", "preproc endpoints --group preprocess"),
    (r"fal\.resume\('([\w-]+)'\)\.wait\(\)", r"preproc jobs \1 --resume"),
    (
        r"fal\.resume\('([\w-]+)'\)\.adopt\(request_id\), else \.declare_not_taken\(\)",
        r"preproc jobs \1 --adopt REQUEST_ID, else --not-taken",
    ),
    (r"fal\.resume\('([\w-]+)'\)\.adopt\('([^']*)'\)", r"preproc jobs \1 --adopt \2"),
    (r"fal\.resume\('([\w-]+)'\)\.entry\.result", r"preproc jobs \1"),
    (r"fal\.jobs\(\)", "preproc jobs"),
    (r"check\.mask\(m, image, reference=box_or_mask\)", "--reference LEFT,TOP,RIGHT,BOTTOM, or another mask"),
    (r"(?:pass )?near_point=\(x, y\) and far_point=\(x, y\)", "--near X,Y and --far X,Y"),
    (r"mask\.resize\(\w+, \((\d+), (\d+)\)\)", r"preproc mask resize MASK --size \1x\2"),
    (r"mask\.(grow|shrink|feather|smooth)\(\w+, ([\d.]+)\)", r"preproc mask \1 MASK --px \2"),
    (r"check\.mask\(m, reference=box\)", "--reference LEFT,TOP,RIGHT,BOTTOM, or another mask"),
    (r"mask\.fill_holes\(m, max_area_px=([\d.]+)\)", r"preproc mask fill-holes MASK --max-area \1"),
    (r"mask\.drop_islands\(m, min_area_px=([\d.]+)\)", r"preproc mask drop-islands MASK --min-area \1"),
    (r"mask\.snap\(m, (\d+)\)", r"preproc mask snap MASK --cell \1"),
    (r"mask\.binarize\(m, (\d+)\)", r"preproc mask binarize MASK --threshold \1"),
    (r"mask\.clean\(m, noise=(\d+)\)", r"preproc mask clean MASK --noise \1"),
    (r"mask\.rectangle\((?:m|image), box\)", "preproc mask rectangle PHOTO --box LEFT,TOP,RIGHT,BOTTOM"),
    (r"mask\.(?!from_)(\w+)\(m(?:ask)?\)", lambda call: f"preproc mask {call[1].replace('_', '-')} MASK"),
    (r"mask\.from_(alpha|luminance)(?:\(\w+\))?", r"preproc mask \1"),
    (r"control\.(\w+)\(photo\)", r"preproc control \1 PHOTO"),
    (r"(?:pass )?options=\{'(\w+)': …\}", r"-p \1=…"),
    (
        rf"(?:pass )?\b({_OPTIONS})=(?:\"([^\"]*)\"|'([^']*)'|(True\b)|([\d.]*\d)|(\.\.\.))?",
        lambda option: (
            f"--{option[1].replace('_', '-')} {option[2] or option[3] or option[5] or option[6] or ''}".rstrip()
        ),
    ),
)


def typed(words: str) -> str:
    """Say the same with commands and options in the place of calls and arguments.

    Examples
    --------
    >>> typed("the mask is inverted; mask.invert(m)")
    'the mask is inverted; preproc mask invert MASK'
    >>> typed("state the most it can cost: max_price=0.10")
    'state the most it can cost: --max-price 0.10'
    >>> typed("fal.resume('20260811-1').adopt(request_id), else .declare_not_taken()")
    'preproc jobs 20260811-1 --adopt REQUEST_ID, else --not-taken'
    >>> typed("mask.snap(m, 16)"), typed("mask.from_luminance(m)")
    ('preproc mask snap MASK --cell 16', 'preproc mask luminance')
    """
    for pattern, said in _RULES:
        words = re.sub(pattern, said, words)
    return words


@contextmanager
def without_resolve() -> Iterator[None]:
    """Keep the advice to send an id as it is written from commands that send nothing."""
    try:
        yield
    except PreprocError as error:
        error.fix = error.fix and error.fix.partition("; resolve=")[0]
        raise
