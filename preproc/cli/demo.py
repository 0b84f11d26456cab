"""The whole way on two sample photos: maps and masks, checks, plans, results, proofs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

import preproc

from ..errors import InputError
from .control import rule_of
from .exits import UsageError
from .inputs import PICTURES, STDIO
from .known import OptionalEndpointId
from .talk import TALK, Talk
from .writing import put

__all__ = ["demo"]


def demo(
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = Path("preproc-demo"),
    live: OptionalEndpointId = None,
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

    from .demo_steps import ENDPOINT, steps

    if live:
        _check_live(live)
    folder = _new_folder(output)
    if folder != output:
        talk.say(f"{output} is there already: this one goes to {folder}")
    console = Console()
    table = Table("", "step", "result", title=None, box=None, header_style="bold", padding=(0, 1))
    sheet: list[tuple[str, Any]] = []
    stand_ins = {"controlnet"} if live else {"controlnet", "inpainted", "outpainted"}
    with Fal(backend="rehearsal") as rehearsal, Fal(backend="fal" if live else "rehearsal") as paid:
        for number, step in enumerate(steps(rehearsal, paid, live or ENDPOINT), start=1):
            table.add_row(str(number), step.what, step.found)
            files = {name: folder / f"{number:02}-{name}.png" for name in step.pictures}
            for name, picture in step.pictures.items():
                put(picture, files[name], overwrite=False)
                caption = f"{number} {name.replace('-', ' ')}"
                sheet.append((f"{caption} (a stand-in)" if name in stand_ins else caption, picture))
            talk.record({"step": step.what, "found": step.found, "outputs": list(files.values())})
    put(preproc.preview.contact_sheet(sheet, columns=4, tile_px=400), folder / "contact-sheet.png", overwrite=False)
    talk.record({"output": folder / "contact-sheet.png", "pictures": len(sheet)})
    if talk.json or talk.quiet:
        return
    console.print(table)
    console.print(f"\n{len(sheet)} pictures in {folder}, all of them on {folder / 'contact-sheet.png'}")


def _check_live(endpoint: str) -> None:
    """Refuse what could not be run, before there is a folder."""
    from remote import FalBackend
    from remote.errors import MissingKeyError

    rule_of(endpoint)
    with closing(FalBackend()) as backend:
        try:
            backend.check_key()
        except MissingKeyError as error:
            error.fix = "preproc demo, without --live, needs no key"
            raise


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
        except OSError as error:
            raise InputError(f"the folder {folder} cannot be made: {error.strerror}", fix="another -o") from error
        return folder
    raise InputError(f"{wanted} and 998 numbered folders beside it exist already", fix="choose another one with -o")
