"""``preproc doctor``."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator
from ctypes.util import find_library
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from cyclopts import CycloptsError

from .. import __version__
from ..errors import MissingLibraryError, PreprocError
from .exits import BAD_INPUT
from .fixes import advice, typed
from .talk import TALK, Talk, table

__all__ = ["doctor"]

_PACKAGES = ("numpy", "pillow", "scikit-image", "fal-client", "cyclopts", "rich", "msgspec", "platformdirs")
_MODULES = {
    "numpy": "numpy",
    "pillow": "PIL",
    "scikit-image": "skimage",
    "fal-client": "fal_client",
    "cyclopts": "cyclopts",
    "msgspec": "msgspec",
    "platformdirs": "platformdirs",
}
"""What packages are imported as."""
_OPENCV = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)


@dataclass(frozen=True, slots=True)
class _Finding:
    """One line: `state` is ``"ok"``, ``"note"`` or ``"bad"``."""

    what: str
    found: str
    state: Literal["ok", "note", "bad"] = "ok"
    fix: str | None = None


def doctor(*, talk: Talk = TALK) -> int:
    """Say whether this machine has everything, and where things lie.

    Ends with 3 where something is broken. Keys are looked for and never shown.

    Examples
    --------
    preproc doctor

    preproc doctor --json
    """
    findings = [found for look in _LOOKS for found in _safely(look)]
    ok = all(finding.state != "bad" for finding in findings)
    rows = [
        ({"ok": "", "note": "note", "bad": "BAD"}[finding.state], finding.what, line)
        for finding in findings
        if finding.state == "bad" or not talk.quiet
        for line in [finding.found, *([f"Fix: {finding.fix}"] if finding.fix else [])]
    ]
    if rows or talk.json:
        talk.answer(table(rows), {"ok": ok, "findings": findings})
    return 0 if ok else BAD_INPUT


def _safely(look: Callable[[], Iterator[_Finding]]) -> list[_Finding]:
    """Look; whatever goes wrong is a finding of its own."""
    found: list[_Finding] = []
    try:
        for finding in look():
            found.append(finding)  # noqa: PERF402 - what was found before something goes wrong is kept
    except MissingLibraryError as error:
        first = look is _opencv
        words = error.message if first else "not looked at, without OpenCV"
        found.append(_Finding(look.__name__.strip("_").replace("_", "-"), words, "bad", error.fix if first else None))
    except PreprocError as error:
        fix = None if error.fix is None else advice(error.fix)
        found.append(_Finding(look.__name__.strip("_"), typed(error.message), "bad", fix))
    except Exception as error:  # noqa: BLE001 - a broken machine is what this is for
        found.append(_Finding(look.__name__.strip("_").replace("_", "-"), f"{type(error).__name__}: {error}", "bad"))
    return found


def _versions() -> Iterator[_Finding]:
    yield _Finding("preproc", f"{__version__} in {Path(__file__).parents[1]}")
    yield _Finding("python", f"{platform.python_version()} on {platform.platform(terse=True)}")
    for name in _PACKAGES:
        try:
            yield _Finding(name, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield _Finding(name, "not installed", "bad", f"pip install {name}")


def _opencv() -> Iterator[_Finding]:
    installed = [name for name in _OPENCV if _version(name)]
    words = " and ".join(f"{name} {_version(name)}" for name in installed) or "from no package that pip knows"
    if len(installed) > 1:
        yield _Finding(
            "opencv", words, "note", "they write into one folder: pip uninstall all but one, and reinstall it"
        )
    else:
        yield _Finding("opencv", words)
    library = find_library("GL")
    headless = bool(installed) and all("headless" in name for name in installed)
    yield _Finding("libGL", "not needed, headless" if headless else library or "not found", "ok")
    from ..opencv import cv2

    yield _Finding("opencv threads", f"{cv2.getNumThreads()} of {os.cpu_count()} processors")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _key() -> Iterator[_Finding]:
    home = Path(os.environ.get("FAL_HOME_DIR", "~/.fal")).expanduser()
    forced = os.environ.get("FAL_FORCE_AUTH_BY_USER") == "1"
    if os.environ.get("FAL_KEY") and not forced:
        yield _Finding("fal key", "from FAL_KEY in the environment")
    elif os.environ.get("FAL_KEY_ID") and os.environ.get("FAL_KEY_SECRET") and not forced:
        yield _Finding("fal key", "from FAL_KEY_ID and FAL_KEY_SECRET in the environment")
    elif (home / "auth0_token").exists():
        yield _Finding("fal key", f"from the login of fal auth in {home}")
    else:
        fix = "export FAL_KEY=…, or fal auth login; --rehearsal needs none"
        yield _Finding("fal key", "none found", "note", fix)


def _modules() -> Iterator[_Finding]:
    opencv = next((name for name in _OPENCV if _version(name)), None)
    for package, module in [*_MODULES.items(), *([(opencv, "cv2")] if opencv else [])]:
        spec = find_spec(module) if _version(package) else None
        home = Path(str(metadata.distribution(package).locate_file(""))).resolve() if spec else None
        if spec and spec.origin and home and not Path(spec.origin).resolve().is_relative_to(home):
            words = f"another module of this name comes first: {spec.origin}"
            yield _Finding(module, words, "bad", "rename that module, or take its folder off PYTHONPATH")
    ours, origin = _remote()
    if origin is None:
        yield _Finding("remote", "not installed", "bad", "pip install --force-reinstall fal-preproc")
    elif origin == ours:
        yield _Finding("remote", str(ours.parent))
    else:
        fix = "rename that module, or take its folder off PYTHONPATH"
        yield _Finding("remote", f"another module of this name comes first: {origin}", "bad", fix)


def _remote() -> tuple[Path, Path | None]:
    """Return where our module is, and where Python would take it from."""
    spec = find_spec("remote")
    ours = Path(__file__).parents[2] / "remote" / "__init__.py"
    return ours.resolve(), Path(spec.origin).resolve() if spec and spec.origin else None


def _journal() -> Iterator[_Finding]:
    ours, origin = _remote()
    if ours != origin:
        return
    from remote.jobs.journal import Journal, default_path

    path = default_path()
    yield from _results(path.with_name(f"{path.stem}.results"))
    if path.exists():
        journal = Journal(path)
        count = len(journal.entries(limit=-1))
        journal.close()
        yield _Finding("journal", f"{path}: {_count(count, 'job')}, {_size(path, *path.parent.glob(f'{path.name}-*'))}")
    else:
        yield _Finding("journal", f"{path}: not there yet")


def _results(results: Path) -> Iterator[_Finding]:
    files = [file for file in results.glob("*") if file.is_file()]
    held = f"{_count(len(files), 'result')}, {_size(*files)}" if files else "nothing kept yet"
    yield _Finding("cache", f"{results}: {held}")


def _own_endpoints() -> Iterator[_Finding]:
    ours, origin = _remote()
    if ours != origin:
        return
    from remote.catalog import user_file

    own = user_file()
    yield _Finding("own endpoints", f"{own}: {_size(own) if own.exists() else 'none'}")


def _settings() -> Iterator[_Finding]:
    settings = next((folder / "preproc.toml" for folder in _upwards() if (folder / "preproc.toml").exists()), None)
    if settings is None:
        yield _Finding("settings", "no preproc.toml here or above")
        return
    from .settings import check_options, read_file

    try:
        check_options(settings, read_file(settings))
    except CycloptsError as error:
        yield _Finding("settings", str(error).strip(), "bad", f"mend {settings}, or move it away")
    else:
        yield _Finding("settings", str(settings))


def _upwards() -> Iterator[Path]:
    here = Path.cwd()
    yield here
    yield from here.parents


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _size(*files: Path) -> str:
    return f"{sum(file.stat().st_size for file in files) / 1024:,.0f} KiB"


def _self_test() -> Iterator[_Finding]:
    import numpy as np

    from .. import control, crop, mask

    started = time.perf_counter()
    photo = np.zeros((96, 128, 3), np.uint8)
    photo[:, 64:] = 200
    edges = control.canny(photo, low=100, high=200)
    yield _passed("canny", bool((edges[1:-1].nonzero()[1] == 63).all() and edges.any()))
    covered = mask.rectangle(photo, (20.5, 10, 60, 50))
    yield _passed("mask", int(covered.sum(dtype=np.int64)) == 39 * 40 * 255 + 40 * 128)
    edit = crop.around(photo, covered, feather_px=8)
    done = edit.finish(np.full_like(edit.sent_image, 90), repair="none")
    changed = bool((done.image[30, 40] == 90).all())
    yield _passed("exact paste", done.receipt.is_preserved and changed)
    yield _Finding("self-test", f"{time.perf_counter() - started:.2f} s")


def _passed(what: str, ok: bool) -> _Finding:  # noqa: FBT001
    if ok:
        return _Finding(what, "works")
    return _Finding(what, "gives wrong pixels", "bad", "please report this, with the lines above")


_LOOKS = (_versions, _opencv, _key, _modules, _journal, _own_endpoints, _settings, _self_test)
