"""The steps of ``preproc demo``, each with what is found and the pictures that belong to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .. import check, control, crop, mask, outpaint, preview
from ..arrays import Image, Mask, narrow
from ..errors import MaskError
from ..geometry import Box
from ..preview.draw import label

if TYPE_CHECKING:
    from remote import Fal

__all__ = ["ENDPOINT", "Step", "steps"]

_RED = (255, 77, 109)
ENDPOINT = "fal-ai/flux-pro/v1/fill"
_SPOON_BOX = Box(320, 60, 430, 334)
_SPOON = [
    *((396, 74), (406, 66), (420, 68), (425, 80), (417, 112), (404, 150), (392, 196), (384, 224), (398, 240)),
    *((407, 262), (406, 288), (394, 312), (372, 327), (350, 326), (332, 314), (325, 294), (328, 268), (344, 248)),
    *((366, 236), (372, 216), (386, 176), (398, 120)),
]


@dataclass(frozen=True)
class Step:
    """One line of the table and the pictures that belong to it."""

    what: str
    found: str
    pictures: dict[str, NDArray[np.uint8]]


def steps(rehearsal: Fal, fal: Fal, endpoint: str) -> Iterator[Step]:
    """Go through the demo: the maps and masks, then ControlNet on `rehearsal` and the edits on `fal`."""
    from skimage import data

    cup, rocket = narrow(data.coffee()), narrow(data.rocket())
    yield _canny(cup)
    spoon, step = _mask(cup)
    yield step
    yield _caught(cup, spoon)
    yield _inpaint(fal, cup, spoon, endpoint)
    yield _outpaint(fal, rocket, endpoint)
    yield _controlnet(rehearsal, cup)


def _canny(photo: Image) -> Step:
    chosen = control.thresholds(photo)
    edges = control.canny(photo)
    found = f"thresholds {chosen.low:.0f} and {chosen.high:.0f} found, {(edges > 0).mean():.1%} of the pixels are edges"
    return Step("canny map", found, {"photo": photo, "canny": edges})


def _mask(photo: Image) -> tuple[Mask, Step]:
    spoon = mask.polygon(photo, _SPOON)
    soft = mask.feather(spoon, 12)
    report = check.mask(spoon, photo, reference=_SPOON_BOX)
    report.raise_if_bad()
    found = f"{(spoon > 127).mean():.1%} of the photo, edge exact to 1/255; {_verdict(report)}"
    return spoon, Step("polygon mask", found, {"mask": spoon, "feathered": preview.overlay(photo, soft)})


def _verdict(report: check.Report) -> str:
    return f"check: {'fine' if report.ok else 'errors'} ({', '.join(report.codes) or 'nothing to say'})"


def _caught(photo: Image, spoon: Mask) -> Step:
    inverted = mask.invert(spoon)
    try:
        check.mask(inverted, photo, reference=_SPOON_BOX).raise_if_bad()
    except MaskError as error:
        return Step(
            "the same, inverted", f"refused: {error.message}", {"inverted": _refused(photo, inverted, error.code)}
        )
    raise AssertionError("an inverted mask was not caught")


def _refused(photo: Image, wrong: Mask, code: str) -> Image:
    """Show a mask that is not sent: in red, in a red frame, with the reason."""
    shown = preview.overlay(photo, wrong, color=_RED)
    for side in (np.s_[:8], np.s_[-8:], np.s_[:, :8], np.s_[:, -8:]):
        shown[side] = _RED
    label(shown, f"refused: {code}", corner="left", px=26)
    return shown


def _inpaint(fal: Fal, photo: Image, spoon: Mask, endpoint: str) -> Step:
    edit = crop.around(photo, spoon, context_ratio=1.2, aspect="3:2", rule=fal.rule(endpoint))
    plan = fal.plan(endpoint, edit=edit, prompt="an empty red saucer")
    done = edit.finish(fal.submit(plan).wait())
    kept = "equal" if done.receipt.is_preserved else "CHANGED"
    found = (
        f"sent {edit.sent.width}x{edit.sent.height}, {plan.price}; {done.receipt.preserved_ratio:.1%} of the photo {kept}"
        " by SHA-256"
    )
    return Step("inpaint", found, {"sent": edit.sent_image, "sent-mask": edit.sent_mask, "inpainted": done.image})


def _outpaint(fal: Fal, photo: Image, endpoint: str) -> Step:
    edit = outpaint.extend(photo, aspect="16:9", rule=fal.rule(endpoint))
    plan = fal.plan(endpoint, edit=edit, prompt="a launch pad at dusk")
    done = edit.finish(fal.submit(plan).wait())
    kept = "equal" if done.receipt.is_preserved else "CHANGED"
    found = f"{photo.shape[1]}x{photo.shape[0]} to {edit.canvas}, {plan.price}; photo {kept} by SHA-256"
    return Step("outpaint to 16:9", found, {"canvas": edit.sent_image, "outpainted": done.image})


def _controlnet(fal: Fal, photo: Image) -> Step:
    result = fal.controlnet(photo, control="canny", prompt="a watercolour of a cup")
    picture = result.image.array()
    found = f"{result.endpoint} would paint {picture.shape[1]}x{picture.shape[0]} along the map"
    pictures = {"map": control.make("canny", photo, size=picture.shape[1::-1]).image, "controlnet": picture}
    return Step("controlnet", found, pictures)
