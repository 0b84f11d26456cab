"""Numbers of other tools: what "16" means in A1111, ComfyUI, diffusers and Crop & Stitch, drawn and measured.

``python samples/from_other_tools.py [FOLDER]`` writes ``from-other-tools.png``, with the pixels in which each edge falls from 90 to 10 %.
"""

import sys
from dataclasses import replace
from pathlib import Path

import cyclopts
import numpy as np

from preproc import PreprocError, mask, preview, save_image

A1111 = mask.from_settings("a1111", mask_blur=16)
EDGES = {
    "red: the edge; soft: from 90 to 10 %": mask.Softening(),
    "ours: feather 16": mask.Softening(feather_px=16),
    "A1111: mask_blur 16": A1111,
    "A1111's, but outside": replace(A1111, position="outer"),
    "ComfyUI: GrowMask 16": mask.from_settings("comfyui", expand=16),
    "KJNodes: 16, blur 16": mask.from_settings("comfyui", expand=16, blur_radius=16),
    "diffusers: blur 16": mask.from_settings("diffusers", blur=16),
    "Crop & Stitch: expand 16": mask.from_settings("crop-and-stitch", mask_expand_pixels=16, mask_blend_pixels=0),
    "Crop & Stitch: blend 16": mask.from_settings("crop-and-stitch", mask_blend_pixels=16),
}


def main(folder: Path = Path()) -> None:
    """Draw one square under each tool's 16, and say over how many pixels its edge is soft."""
    folder.mkdir(parents=True, exist_ok=True)
    square, tiles = mask.rectangle((340, 340), (106, 106, 234, 234)), []
    for words, edge in EDGES.items():
        soft = edge.apply(square)
        wide = np.count_nonzero((soft[170, :170] > 25) & (soft[170, :170] < 230))
        tiles.append((f"{words}, soft over {wide} px" if wide else words, preview.overlay(soft, square, opacity=0)))
    save_image(preview.contact_sheet(tiles, columns=3, tile_px=340), folder / "from-other-tools.png", overwrite=True)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except (PreprocError, OSError) as error:
        sys.exit(str(error))
