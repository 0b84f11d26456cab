"""Run the notebook and keep what its cells show, small enough for a page: ``python samples/draw_tour.py``.

Nothing leaves this machine. Pictures are kept as JPEG: they are for looking at.
"""

import ast
import base64
import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import PIL.Image

TOUR = Path(__file__).parent / "tour.ipynb"
WIDTH = 900


def run(source: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    """Run a cell as a notebook does, and return its outputs."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    said, value = io.StringIO(), None
    with contextlib.redirect_stdout(said):
        exec(compile(tree, "tour", "exec"), names)  # noqa: S102 - our own notebook
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "tour", "eval"), names)  # noqa: S307
    outputs: list[dict[str, Any]] = []
    if words := steady(said.getvalue()):
        outputs.append({"output_type": "stream", "name": "stdout", "text": words.splitlines(keepends=True)})
    if value is not None:
        outputs.append({"output_type": "display_data", "metadata": {}, "data": shown(value)})
    return outputs


def steady(words: str) -> str:
    """Put one moment in the place of those that differ from run to run."""
    words = re.sub(r"\d{8}-\d{6}-[0-9a-f]{8}", "20260811-093014-1f6c8a02", words)
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "2026-08-11 09:30:14 UTC", words)


def shown(value: object) -> dict[str, Any]:
    """Return what is seen of a value: a picture, or its words."""
    if not isinstance(value, PIL.Image.Image):
        return {"text/plain": repr(value)}
    picture, file = value.convert("RGB"), io.BytesIO()
    picture.thumbnail((WIDTH, WIDTH), PIL.Image.Resampling.LANCZOS)
    picture.save(file, "JPEG", quality=85, optimize=True)
    size = f"<picture of {value.width}x{value.height} pixels>"
    return {"image/jpeg": base64.b64encode(file.getvalue()).decode(), "text/plain": size}


def main() -> None:
    """Run all cells in order, and write the notebook with what they show."""
    notebook, names = json.loads(TOUR.read_text(encoding="utf-8")), {"__name__": "tour"}
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code, start=1):
        cell["outputs"], cell["execution_count"] = run("".join(cell["source"]), names), number
    TOUR.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
