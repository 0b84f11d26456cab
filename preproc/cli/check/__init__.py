"""``preproc check``: one command for each thing that is checked."""

from __future__ import annotations

from cyclopts import App

__all__ = ["check"]

check = App(
    name="check",
    help="Say what is wrong with masks and control maps, and how to mend it. Ends with 3 where there is an error.",
    help_epilogue="""\
Examples:

    preproc check mask mask.png --photo photo.jpg --reference 300,60,430,340
    preproc check control edges.png --kind canny""",
)
check.command(
    "preproc.cli.check.masks:mask",
    name="mask",
    help="Find what is wrong with masks: inverted, empty, misplaced, spoilt by JPEG and more.",
)
check.command("preproc.cli.check.masks:pair", name="pair", help="Check photos with the masks that belong to them.")
check.command(
    "preproc.cli.check.maps:control",
    name="control",
    help="Check that control maps are what a model of their type was trained on.",
)
