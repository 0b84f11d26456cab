"""The whole way on two sample photos: maps and masks, checks, plans, results, proofs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray

from .. import check, control, crop, mask, outpaint, preview
from ..arrays import Image, Mask, narrow
from ..errors import InputError, MaskError
from ..geometry import Box
from ..preview.draw import label
from .exits import UsageError
from .inputs import PICTURES, STDIO
from .talk import TALK, Talk
from .writing import put

if TYPE_CHECKING:
    from remote import Fal

__all__ = ["demo"]

_RED = (255, 77, 109)
_FILL = "fal-ai/flux-pro/v1/fill"
_SPOON_BOX = Box(320, 60, 430, 334)
_SPOON = [
    *((396, 74), (406, 66), (420, 68), (425, 80), (417, 112), (404, 150), (392, 196), (384, 224), (398, 240)),
    *((407, 262), (406, 288), (394, 312), (372, 327), (350, 326), (332, 314), (325, 294), (328, 268), (344, 248)),
    *((366, 236), (372, 216), (386, 176), (398, 120)),
]


@dataclass(frozen=True)
class _Step:
    """One line of the table and the pictures that belong to it."""

    what: str
    found: str
    pictures: dict[str, NDArray[np.uint8]]


def demo(
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = Path("preproc-demo"),
    live: str | None = None,
    talk: Talk = TALK,
) -> None:
    """Show the whole way on two sample photos, without a key and without a network.

    Makes a canny map, a feathered polygon mask and an outpaint canvas; checks them, and shows an inverted mask being
    caught; plans and runs ControlNet, inpainting and outpainting on the rehearsal backend, which answers with labelled
    stand-ins; brings the results home; writes every picture and one contact sheet.

    Parameters
    ----------
    output
        Folder to write to; a number is added to its name if it exists.
    live
        An endpoint to really run the inpainting and outpainting on, such as fal-ai/flux-pro/v1/fill. Needs a fal key
        and costs what the plan says.

    Examples
    --------
    preproc demo

    preproc demo -o out --live fal-ai/flux-pro/v1/fill
    """
    from rich.console import Console
    from rich.table import Table

    from remote import Fal

    folder = _new_folder(output)
    if folder != output:
        talk.say(f"{output} is there already: this one goes to {folder}")
    console = Console()
    table = Table("", "step", "result", title=None, box=None, header_style="bold", padding=(0, 1))
    sheet: list[tuple[str, NDArray[np.uint8]]] = []
    stand_ins = {"controlnet"} if live else {"controlnet", "inpainted", "outpainted"}
    with Fal(backend="rehearsal") as rehearsal, Fal(backend="fal" if live else "rehearsal") as paid:
        for number, step in enumerate(_steps(rehearsal, paid, live or _FILL), start=1):
            table.add_row(str(number), step.what, step.found)
            files = {name: folder / f"{number:02}-{name}.png" for name in step.pictures}
            for name, picture in step.pictures.items():
                put(picture, files[name], overwrite=False)
                caption = f"{number} {name.replace('-', ' ')}"
                sheet.append((f"{caption} (a stand-in)" if name in stand_ins else caption, picture))
            talk.record({"step": step.what, "found": step.found, "outputs": list(files.values())})
    put(preview.contact_sheet(sheet, columns=4, tile_px=400), folder / "contact-sheet.png", overwrite=False)
    talk.record({"output": folder / "contact-sheet.png", "pictures": len(sheet)})
    if talk.json or talk.quiet:
        return
    console.print(table)
    console.print(f"\n{len(sheet)} pictures in {folder}, all of them on {folder / 'contact-sheet.png'}")


def _steps(rehearsal: Fal, fal: Fal, endpoint: str) -> Iterator[_Step]:
    from skimage import data

    cup, rocket = narrow(data.coffee()), narrow(data.rocket())
    yield _canny(cup)
    spoon, step = _mask(cup)
    yield step
    yield _caught(cup, spoon)
    yield _inpaint(fal, cup, spoon, endpoint)
    yield _outpaint(fal, rocket, endpoint)
    yield _controlnet(rehearsal, cup)


def _canny(photo: Image) -> _Step:
    chosen = control.thresholds(photo)
    edges = control.canny(photo)
    found = f"thresholds {chosen.low:.0f} and {chosen.high:.0f} found, {(edges > 0).mean():.1%} of the pixels are edges"
    return _Step("canny map", found, {"photo": photo, "canny": edges})


def _mask(photo: Image) -> tuple[Mask, _Step]:
    spoon = mask.polygon(photo, _SPOON)
    soft = mask.feather(spoon, 12)
    report = check.mask(spoon, photo, reference=_SPOON_BOX)
    report.raise_if_bad()
    found = f"{(spoon > 127).mean():.1%} of the photo, edge exact to 1/255; {_verdict(report)}"
    return spoon, _Step("polygon mask", found, {"mask": spoon, "feathered": preview.overlay(photo, soft)})


def _verdict(report: check.Report) -> str:
    return f"check: {'fine' if report.ok else 'errors'} ({', '.join(report.codes) or 'nothing to say'})"


def _caught(photo: Image, spoon: Mask) -> _Step:
    inverted = mask.invert(spoon)
    try:
        check.mask(inverted, photo, reference=_SPOON_BOX).raise_if_bad()
    except MaskError as error:
        return _Step(
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


def _inpaint(fal: Fal, photo: Image, spoon: Mask, endpoint: str) -> _Step:
    edit = crop.around(photo, spoon, context_ratio=1.2, aspect="3:2", rule=fal.rule(endpoint))
    plan = fal.plan(endpoint, edit=edit, prompt="an empty red saucer")
    done = edit.finish(fal.submit(plan).wait())
    kept = "equal" if done.receipt.is_preserved else "CHANGED"
    found = (
        f"sent {edit.sent.width}x{edit.sent.height}, {plan.price}; {done.receipt.preserved_ratio:.1%} of the photo {kept}"
        " by SHA-256"
    )
    return _Step("inpaint", found, {"sent": edit.sent_image, "sent-mask": edit.sent_mask, "inpainted": done.image})


def _outpaint(fal: Fal, photo: Image, endpoint: str) -> _Step:
    edit = outpaint.extend(photo, aspect="16:9", rule=fal.rule(endpoint))
    plan = fal.plan(endpoint, edit=edit, prompt="a launch pad at dusk")
    done = edit.finish(fal.submit(plan).wait())
    kept = "equal" if done.receipt.is_preserved else "CHANGED"
    found = f"{photo.shape[1]}x{photo.shape[0]} to {edit.canvas}, {plan.price}; photo {kept} by SHA-256"
    return _Step("outpaint to 16:9", found, {"canvas": edit.sent_image, "outpainted": done.image})


def _controlnet(fal: Fal, photo: Image) -> _Step:
    result = fal.controlnet(photo, control="canny", prompt="a watercolour of a cup")
    picture = result.image.array()
    found = f"{result.endpoint} would paint {picture.shape[1]}x{picture.shape[0]} along the map"
    pictures = {"map": control.make("canny", photo, size=picture.shape[1::-1]).image, "controlnet": picture}
    return _Step("controlnet", found, pictures)


def _new_folder(wanted: Path) -> Path:
    """Make the folder, or the first free one with a number behind its name."""
    if str(wanted) in {"-", STDIO}:
        raise UsageError("a demo is a folder of pictures, too much for standard output", fix="-o FOLDER")
    if wanted.suffix.lower() in PICTURES:
        raise UsageError(f"a demo is a folder of pictures, and {wanted} names one", fix=f"-o {wanted.with_suffix('')}")
    for number in range(1, 1000):
        folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise InputError(f"{wanted} and 998 numbered folders beside it exist already", fix="choose another one with -o")
