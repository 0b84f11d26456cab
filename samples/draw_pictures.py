"""Draw everything in ``samples/pictures`` anew: run the samples and keep their pictures.

Run it without arguments: ``python samples/draw_pictures.py``. Nothing leaves this machine.
"""

import runpy
import tempfile
from pathlib import Path

import PIL.Image

HERE = Path(__file__).parent
SAMPLES = (
    *("controlnet_canny", "inpaint_feathered", "erase_object", "outpaint_wide"),
    *("product_photo", "restore_face", "restyle", "from_other_tools", "compare_thresholds"),
    *("overview", "three_masks", "control_gallery", "mask_gallery"),
)


def keep(source: Path, target: Path) -> None:
    """Write a picture as small as PNG gets without changing a pixel."""
    PIL.Image.open(source).convert("RGB").save(target, optimize=True)


def main() -> None:
    """Run all samples in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        for name in SAMPLES:
            runpy.run_path(str(HERE / f"{name}.py"))["main"](Path(folder))
        for picture in sorted(Path(folder).iterdir()):
            keep(picture, HERE / "pictures" / picture.name)


if __name__ == "__main__":
    main()
