"""Run the notebook ``samples/tour.ipynb`` from its first cell to its last and keep what it shows.

``pip install nbclient ipykernel``, then ``python samples/run_tour.py``. Nothing leaves this machine.
"""

import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

TOUR = Path(__file__).with_name("tour.ipynb")


def main() -> None:
    """Pictures are kept as JPEG: of photos it takes a tenth of PNG, and they are here to be looked at."""
    tour = nbformat.read(TOUR, as_version=4)
    kernel = dict(tour.metadata)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(tour, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    for cell in tour.cells:
        cell.metadata = {}  # when it ran
        for output in cell.get("outputs", []):
            if "image/jpeg" in output.get("data", {}):
                output.data.pop("image/png", None)
    tour.metadata = kernel
    nbformat.write(tour, TOUR)


if __name__ == "__main__":
    main()
