"""``preproc mask``: one command for each thing that is done with masks."""

from __future__ import annotations

from cyclopts import App, Group

__all__ = ["mask"]

_DRAW = Group("Draw", sort_key=1)
_READ = Group("Read out of pictures", sort_key=2)
_CHANGE = Group("Change", sort_key=3)
_COMBINE = Group("Combine", sort_key=4)
_COMMANDS = (
    (_DRAW, "shapes", "rectangle", "Draw a rectangle."),
    (_DRAW, "shapes", "ellipse", "Draw the ellipse that fills a box."),
    (_DRAW, "shapes", "polygon", "Draw a polygon, with holes if there are any."),
    (_DRAW, "shapes", "stroke", "Draw what a round brush sweeps along a line."),
    (_DRAW, "shapes", "drawing", "Draw the shapes of an SVG or JSON file, at any size."),
    (_READ, "select", "alpha", "Read the mask out of a picture's transparency."),
    (_READ, "select", "color", "Select what has about one colour."),
    (_READ, "select", "luminance", "Select by brightness."),
    (_READ, "cut", "flood", "Select the connected region around a point: a magic wand."),
    (_READ, "cut", "grabcut", "Cut an object out by its colours, from a box or scribbles."),
    (_READ, "cut", "depth", "Select what lies within a range of depth."),
    (_READ, "select", "labels", "Select regions of a label map by their numbers."),
    (_READ, "select", "changed", "Select what changed between two pictures."),
    (_CHANGE, "change", "grow", "Move the edge outwards, by the same distance in every direction."),
    (_CHANGE, "change", "shrink", "Move the edge inwards, by the same distance in every direction."),
    (_CHANGE, "change", "feather", "Run the edge from full to nothing over some pixels."),
    (_CHANGE, "change", "smooth", "Even out the outline."),
    (_CHANGE, "change", "invert", "Swap what is edited and what is kept."),
    (_CHANGE, "change", "binarize", "Leave only 0 and 255."),
    (_CHANGE, "change", "contrast", "Make ramps steeper or flatter about one half."),
    (_CHANGE, "tidy", "snap", "Extend masks outwards to whole cells of a latent grid."),
    (_CHANGE, "tidy", "fill-holes", "Fill what is kept but wholly surrounded by what is edited."),
    (_CHANGE, "tidy", "drop-islands", "Remove separate parts that are too small."),
    (_CHANGE, "tidy", "hull", "Fill the mask out to its convex hull, as a rubber band around it would."),
    (_CHANGE, "tidy", "clean", "Remove the crumbs that JPEG leaves around an edge."),
    (_CHANGE, "tidy", "resize", "Bring masks to another size with the kernel that their purpose needs."),
    (_CHANGE, "tidy", "refine", "Pull the edge to the nearest edge of the photo, as soft as that is."),
    (_CHANGE, "trace", "trace", "Trace the outline of masks as SVG or JSON."),
    (_COMBINE, "combine", "union", "Edit what any of the masks edits."),
    (_COMBINE, "combine", "intersect", "Edit only what all of the masks edit."),
    (_COMBINE, "combine", "subtract", "Edit what the first mask edits and none of the others."),
)

mask = App(
    name="mask",
    help="Draw masks, read them out of pictures, and change them. White is edited, black is kept.",
    help_epilogue="""\
Examples:

    preproc mask ellipse photo.jpg --box 320,230,412,332 -o mask.png
    preproc mask grow mask.png --px 12 -o - | preproc mask feather - --px 16 -o soft.png""",
)
for group, module, name, about in _COMMANDS:
    mask.command(f"preproc.cli.mask.{module}:{name.replace('-', '_')}", name=name, help=about, group=group)
