"""Tell what kind of picture this is, or say that it cannot be told."""

from __future__ import annotations

from typing import Literal, TypeAlias

import cv2
import numpy as np

from ..adapt import takes_image
from ..arrays import Image, narrow
from .colour_shares import are_unit_vectors, is_pose, is_turned, normal_error, palette_share
from .picture_facts import Facts, Tones, facts_of

__all__ = [
    "Kind",
    "is_rough",
    "is_shaded",
    "is_thin",
    "kind_from",
    "kind_of",
    "may_be_depth",
    "passes_as_depth",
]

# Log-odds of `surface_score`: no known photo is above the first, of the photos above `SURELY_PLAIN` one in seven above the
# second, hardly any depth map below the third.
SURELY_SMOOTH, LIKELY_SMOOTH, SURELY_ROUGH = 2.5, 0.5, -4.0
# What passes for depth in silence: log-odds of `depth_score`, or of `noise_score` and `plain_score`. Of 720 gray crops of
# photos that no score was fitted on five pass, of 83 real depth maps 67, of 377 with noise, holes or out of JPEG 190.
SURELY_DEPTH, SURELY_CLEAN, SURELY_WITHOUT_TEXTURE = 4.0, 2.2, 4.0
# Log-odds of `depth_score`: of those photos one in eleven is above the first, of the spoilt depth maps seven in eight; what
# is below the second may be called a photo.
MAYBE_DEPTH, SURELY_PHOTO = -2.0, -5.0
# Log-odds of `noise_score`: one depth map in a hundred is below the first, one photo in two hundred above the second.
LIKELY_NOISELESS, SURELY_NOISELESS = 1.0, 1.6
# Of `Facts.sharpest`: steps blurred by 3.3 px. Without a sharper one, depth looks like a photo that is out of focus.
SHARP_STEP = 0.12
# Log-odds of `plain_score`: one photo in 70 is above the first, one depth map in a hundred below the second and one
# photo in four above it, one depth map in 1200 below the third.
SURELY_PLAIN, LIKELY_PLAIN, SURELY_TEXTURED = 3.0, -1.5, -3.0
# Of `Facts.blocky`: JPEG of a quality below 60 or so. It takes the grain out of photos, and the texture of
# those that show few things before plain ground.
BLOCKY = 1.5
TINTED = 0.05  # of `Facts.tinted`: colours of things, however faint
LIKELY_DRAWN = 1.8  # log-odds of `drawn_score`: one dark photo in fifty is above
DITHERED = 1.06  # of `Facts.dithered`: seven dithered photos in eight are above, lines below 1.02, noise below 1.05
SHARP = 0.85  # of `Tones.hard`: lines that are there or not, JPEG copies too
FAINT = 31  # of `Tones.top`: black itself is up to 8
SURELY_FLAT = -0.7  # broad strokes, blurred and out of JPEG too, are below -1.6, depth that is mostly black above 0

Kind: TypeAlias = Literal[
    "photo", "edges", "inverted-edges", "depth", "pose", "inverted-pose", "normal", "segmentation", "blank", "unknown"
]


@takes_image
def kind_of(picture: Image, /) -> Kind:
    """Tell what kind of picture this is.

    It looks at tones, texture and colours, never at content, and abstains where they do not decide: an answer other
    than ``"unknown"`` can be relied on, silence cannot.

    Parameters
    ----------
    picture
        RGB of shape `(H, W, 3)`.

    Returns
    -------
    str
        ``"photo"``, ``"edges"`` (light lines and strokes on black: canny, line art and the like),
        ``"inverted-edges"`` (dark ones on white), ``"depth"``, ``"pose"``, ``"inverted-pose"``, ``"normal"``,
        ``"segmentation"`` (ADE20K or COCO colours), ``"blank"`` or ``"unknown"``.

    Examples
    --------
    >>> import numpy as np
    >>> edges = np.zeros((64, 64), np.uint8)
    >>> edges[8:56, 20] = 255
    >>> kind_of(edges), kind_of(255 - edges)
    ('edges', 'inverted-edges')
    """
    return kind_from(picture, facts_of(picture))


def kind_from(picture: Image, facts: Facts) -> Kind:
    """Judge a measured picture."""
    if facts.blank:
        return "blank"
    if is_pose(picture, facts.tones.black):
        return "pose"
    if is_pose(narrow(~picture), facts.inverse.black):
        return "inverted-pose"
    if facts.coloured < 0.002:
        return _gray_kind(facts)
    errors = normal_error(picture), normal_error(picture[:, :, ::-1]), normal_error(narrow(~picture))
    if ((errors[0] < 0.035 or errors[1] < 0.012) and is_turned(picture)) or are_unit_vectors(picture):
        return "normal"
    areas = narrow(cv2.medianBlur(np.ascontiguousarray(picture), 5))  # takes out what JPEG leaves along borders
    classes = max(palette_share(areas, name, tolerance=6) for name in ("ade20k", "coco"))
    if classes > 0.65:
        return "segmentation"
    # Between the two limits lie JPEG copies of such maps: no photos, but not sure enough to be named.
    is_photo = min(errors) > 0.06 and classes < 0.25 and facts.surface < SURELY_SMOOTH and facts.flat < 0.97
    return "photo" if is_photo and max(facts.tones.black, facts.inverse.black) < 0.8 else "unknown"


def _gray_kind(facts: Facts) -> Kind:
    tones, inverse = facts.tones, facts.inverse
    if facts.dithered > DITHERED:
        return "photo"
    if tones.black >= inverse.black and _are_lines(tones, facts.drawn, facts):
        return "edges"
    if _are_lines(inverse, facts.inverse_drawn, facts):
        return "inverted-edges"
    if _is_depth(facts) and facts.midtones > 0.25:
        return "depth"
    # What is mostly near black, or mostly near white, may be soft edges of a rough surface.
    return "photo" if is_rough(facts) and min(tones.body, inverse.body) > 0.5 else "unknown"


def is_rough(facts: Facts) -> bool:
    """Tell whether there is texture or grain nearly everywhere, as in no depth map."""
    # With few levels between black and white, the steps from one to the next look like texture in depth too.
    grainy = facts.smooth < (0.97 if facts.contrast > 40 else 0.8)
    textured = facts.surface < SURELY_ROUGH or facts.plain < SURELY_TEXTURED
    return grainy and textured and facts.depth < SURELY_PHOTO


def passes_as_depth(facts: Facts) -> bool:
    """Tell whether it is smooth as hardly any photo is, one out of focus or out of strong JPEG neither."""
    if facts.tinted > TINTED:
        return False
    sharp = facts.sharpest > SHARP_STEP and facts.blocky < BLOCKY
    return facts.depth > SURELY_DEPTH or (sharp and _is_clean(facts, SURELY_CLEAN, SURELY_WITHOUT_TEXTURE))


def may_be_depth(facts: Facts) -> bool:
    """Tell whether it may be a depth map: without colour, and smooth enough by one of the scores."""
    return facts.tinted <= TINTED and (facts.depth > MAYBE_DEPTH or _is_clean(facts, SURELY_NOISELESS, SURELY_PLAIN))


def _is_clean(facts: Facts, noiseless: float, plain: float) -> bool:
    """Tell whether there is hardly any noise, or hardly any detail: strong JPEG takes the noise of photos, not lettering."""
    return facts.plain > plain or (facts.noiseless > noiseless and facts.plain > LIKELY_PLAIN)


def _is_depth(facts: Facts) -> bool:
    if facts.tinted > TINTED:
        return False
    if facts.surface > SURELY_SMOOTH and facts.noiseless > LIKELY_NOISELESS and facts.plain > LIKELY_PLAIN:
        return True
    return facts.surface > LIKELY_SMOOTH and facts.plain > SURELY_PLAIN


def _are_lines(tones: Tones, drawn: float, facts: Facts) -> bool:
    """Tell whether light is drawn on black: as thin lines, or as strokes, not scattered as stars and grain are."""
    if not _is_stroked(tones) or (tones.hard <= SHARP and drawn <= LIKELY_DRAWN):
        return False
    return is_thin(tones) or (_is_drawn(tones) and not is_shaded(tones, facts))


def is_thin(tones: Tones) -> bool:
    """Tell whether the light is thin, as lines, stars and grain are, and there is some of it or black around it."""
    thin = (tones.black > 0.25 and tones.thin > 0.42) or (tones.black > 0.03 and tones.thin > 0.58)
    return thin and (tones.black > 0.5 or tones.lit > 0.1)


def _is_drawn(tones: Tones) -> bool:
    """Tell whether there are strokes or dots on black, however broad, with hardly anything between; or soft lines."""
    two_tone = tones.black > 0.5 and tones.body < 0.45 and 1 - tones.extreme < 0.5 * tones.bright
    # Of soft lines a good part is lit; of a night sky with grain hardly anything.
    soft = (
        tones.black > 0.2
        and tones.lit > 0.2 * (1 - tones.black)
        and tones.body < 0.35
        and tones.bright > 0.02
        and tones.thin > 0.25
    )
    return two_tone or soft


def _is_stroked(tones: Tones) -> bool:
    """Tell whether the light begins and ends sharply, or runs along lines: that of stars does neither."""
    light = 1 - tones.black
    # Of the darkest pictures, whose highest level is hardly above black, grain has peaks too.
    peaked = tones.top > FAINT and tones.peak > 0.5 * light
    return tones.hard > SHARP or peaked or (tones.long > 0.3 and tones.lit > 0.1 * light)


def is_shaded(tones: Tones, facts: Facts) -> bool:
    """Tell whether the light lies in broad pieces that are shaded as near things in a depth map are, not flat as strokes."""
    return tones.thin < 0.02 and facts.surface > SURELY_FLAT
