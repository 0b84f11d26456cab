"""Pipes, interruptions and the start of a real process."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from preproc import control, load_image, save_image
from preproc.cli import signals
from preproc.cli.writing import uninterrupted

# a runner in the background or under nohup may have these ignored, and children inherit that
LISTEN = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
for end in ("SIGTERM", "SIGHUP"):
    if hasattr(signal, end):
        signal.signal(getattr(signal, end), signal.SIG_DFL)
"""
PREPROC = [sys.executable, "-c", f"{LISTEN}\nfrom preproc.cli import main; main()"]


def start(*words, **options):
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([*PREPROC, *map(str, words)], env=env, **options)


def test_from_a_photo_to_a_sheet_through_a_pipe(photo, here):
    first = start("canny", photo, "-o", "-", stdout=subprocess.PIPE)
    second = start("preview", "-", "-o", "sheet.png", stdin=first.stdout, stderr=subprocess.PIPE, text=True)
    first.stdout.close()
    words = second.communicate()[1]
    assert (first.wait(), second.returncode) == (0, 0)
    assert words.startswith("sheet.png: ")
    assert load_image(here / "sheet.png").ndim == 3


def test_bytes_that_come_through_a_pipe_are_the_file(photo, cup, here):
    done = subprocess.run(
        [*PREPROC, "canny", "-", "-o", "-"],
        input=(here / photo).read_bytes(),
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert np.array_equal(load_image(done.stdout)[:, :, 0], control.canny(cup))
    assert done.stderr == b""


@pytest.mark.parametrize("words", [("endpoints", "--json"), ("canny", "--help")], ids=" ".join)
def test_a_reader_that_goes_away(photo, words):
    with start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as listing:
        if words[0] == "endpoints":
            listing.stdout.read(10)
        listing.stdout.close()
        assert listing.stderr.read() == b""
    assert listing.returncode == 141


@pytest.fixture
def listening():
    """Python's own handler of interrupts, also where the runner has them ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def many(here):
    """Pictures enough to be interrupted at."""
    (here / "in").mkdir()
    picture = np.random.default_rng(1).integers(0, 255, (400, 400, 3), np.uint8)
    for number in range(40):
        save_image(picture, here / "in" / f"p{number:02}.jpg")
    return "in"


def interrupted(here, *words, by=signal.SIGINT):
    """Start a command, press Ctrl-C or kill it once there are two results, and return what it said."""
    with start(*words, "--jobs", "2", stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and len(list((here / "out").glob("p*.png"))) < 2:
            time.sleep(0.002)
        process.send_signal(by)
        said = process.communicate(timeout=30)[1]
    assert process.returncode == 130, said
    return said


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("words", [("canny",), ("outpaint", "--zoom-out", "1.5")], ids=lambda words: words[0])
def test_ctrl_c_leaves_no_half_file(many, here, words):
    said = interrupted(here, words[0], many, "-o", "out", *words[1:])
    told = re.fullmatch(r"(\d+) done(?: \(.*\))?, (\d+) not begun\npreproc: interrupted\n", said)
    assert told, said
    done, left = map(int, told.groups())
    files = list((here / "out").iterdir())
    assert [path.name for path in files if path.name.startswith(".") or path.suffix == ".part"] == []
    pictures = [path for path in files if path.suffix == ".png"]
    records = [path for path in files if path.suffix == ".json"]
    assert 2 <= done == (len(records) or len(pictures)) < 40
    assert done + left == 40
    assert all(load_image(path).size for path in pictures)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_second_ctrl_c_changes_nothing(many, here):
    for wait_ms in (0, 5, 20):
        out = f"out-{wait_ms}"
        with start("control", "soft_edge", many, "-o", out, stderr=subprocess.PIPE, text=True) as process:
            while process.poll() is None and not list(here.glob(f"{out}/p*.png")):
                time.sleep(0.002)
            process.send_signal(signal.SIGINT)
            for _ in range(3):
                time.sleep(wait_ms / 1000)
                process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=30)[1]
        assert process.returncode == 130, said
        assert re.fullmatch(r"\d+ done(?: \(.*\))?, \d+ not begun\npreproc: interrupted\n", said)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_later_ctrl_c_ends_what_does_not_end(monkeypatch, listening):
    monkeypatch.setattr(signals, "_PATIENCE_S", 0.01)
    left = []
    monkeypatch.setattr(signals, "_leave", lambda *_: left.append(True))
    monkeypatch.setattr(signals.atexit, "register", lambda _: None)
    with pytest.raises(KeyboardInterrupt), signals.listening(process=True):  # noqa: PT012 - in this order
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)
            assert not left
            time.sleep(0.02)
            signal.raise_signal(signal.SIGINT)
            assert left
    for end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, signal.SIG_DFL)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGHUP], ids=lambda by: by.name)
def test_so_does_a_polite_kill(many, here, by):
    said = interrupted(here, "mask", "luminance", many, "-o", "out", by=by)
    assert said.endswith("not begun\npreproc: interrupted\n")
    assert not list((here / "out").glob(".*"))


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_what_belongs_together_is_written_before_an_interrupt_is_obeyed(here, listening):
    with pytest.raises(KeyboardInterrupt), uninterrupted():  # noqa: PT012 - what comes after the signal is the point
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
        (here / "whole").touch()
    assert (here / "whole").exists()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupted_batch_carries_on(many, here, run):
    words = ["batch", many, "-o", "out", "--control", "canny"]
    interrupted(here, *words)
    before = len(list((here / "out").glob("p*.png")))
    again = run(*words, "--json")
    assert again.code == 0
    assert [line["state"] for line in again.lines].count("kept") == before
    assert len(list((here / "out").glob("p*.png"))) == 40


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_while_the_commands_are_loaded(here):
    (here / "cyclopts.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(here), *sys.path])}
    done = subprocess.run([*PREPROC, "--help"], capture_output=True, text=True, check=False, env=env)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "preproc: interrupted\n")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupt_that_a_module_turns_into_something_else_while_it_loads(here):
    kills = "import os, signal\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\nexcept KeyboardInterrupt:\n    pass\n"
    (here / "cv2.py").write_text(kills)
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(here), *sys.path])}
    done = subprocess.run([*PREPROC, "canny", "a.png"], capture_output=True, text=True, check=False, env=env)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "preproc: interrupted\n")


def test_nothing_loads_before_interrupts_are_caught():
    code = "import sys; before = set(sys.modules); import preproc.cli; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"__future__", "preproc", "preproc.cli"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux")
def test_a_full_disk_behind_the_pipe(photo):
    with (
        Path("/dev/full").open("wb") as full,
        start("canny", photo, "-o", "-", stdout=full, stderr=subprocess.PIPE) as process,
    ):
        said = process.stderr.read()
    assert process.returncode == 3
    assert said.startswith(b"preproc: cannot write to standard output: No space left")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux")
@pytest.mark.parametrize(
    ("words", "code"), [(("canny", "nope.png"), 3), (("canny", "photo.png"), 0), (("nope",), 2)], ids=str
)
def test_words_that_nothing_takes_are_lost_and_no_more(photo, words, code):
    with Path("/dev/full").open("wb") as full, start(*words, stdout=subprocess.PIPE, stderr=full) as process:
        assert process.stdout.read() == b""
    assert process.returncode == code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux")
@pytest.mark.parametrize("words", ["endpoints", "--help", "doctor"])
def test_answers_that_nothing_takes_are_an_error(here, words):
    with Path("/dev/full").open("wb") as full, start(words, stdout=full, stderr=subprocess.PIPE) as process:
        said = process.stderr.read()
    assert (process.returncode, said) == (3, b"preproc: No space left on device\n")


def test_warnings_are_one_line_for_people(cup, here):
    PIL.Image.fromarray(cup).save(here / "odd.png", icc_profile=b"this is no profile")
    with start("canny", "odd.png", "-q", stderr=subprocess.PIPE, text=True) as process:
        said = process.stderr.read()
    assert process.returncode == 0
    [line] = said.splitlines()
    assert line.startswith("preproc: warning: ")


def test_errors_end_a_process_with_their_code(here):
    done = start("canny", "nope.jpg", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = done.communicate()
    assert (done.returncode, out) == (3, b"")
    assert b"Traceback" not in err
