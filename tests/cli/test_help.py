"""Help, and what is said of a command line that makes no sense."""

import inspect
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from preproc.cli.app import _show_docstring, app


def commands(parent=app, words=()):
    """Every command there is, as words."""
    for name in parent:
        if not name.startswith("-"):
            command = parent[name]
            below = [*commands(command, (*words, name))]
            yield from below or [(*words, name)]


EVERY = [*commands()]


def command_of(words):
    command = app
    for word in words:
        command = command[word]
    return command


def test_all_commands_are_there():
    first = {words[0] for words in EVERY}
    assert first == {
        *("canny", "control", "mask", "outpaint", "crop", "check", "sweep", "preview", "finish", "batch"),
        *("plan", "run", "jobs", "endpoints", "demo", "doctor"),
    }  # fmt: skip


@pytest.mark.parametrize("words", [(), ("mask",), ("check",), *EVERY], ids=" ".join)
def test_help_ends_with_two_examples_that_can_be_typed(words):
    _show_docstring(words)
    heading, *shown = [line.strip() for line in command_of(words).help_epilogue.splitlines() if line.strip()]
    assert heading == "Examples:"
    assert len(shown) >= 2
    for line in shown:
        for part in line.split(" | "):
            called, *rest = shlex.split(part)
            assert called == "preproc"
            assert tuple(rest[: len(words)]) == words or "|" in line
            tokens = ["<stdio>" if word == "-" else word for word in rest]
            app.parse_args(tokens, exit_on_error=False, print_error=False)


@pytest.mark.parametrize("words", [("canny",), ("mask", "grow"), ("run",)], ids=" ".join)
def test_help_is_the_docstring(run, words, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    shown = run(*words, "--help")
    assert (shown.code, shown.err) == (0, "")
    docstring = inspect.getdoc(command_of(words).default_command)
    assert docstring.splitlines()[0] in shown.text
    for example in docstring.partition("Examples\n--------\n")[2].split("\n\n"):
        assert example.strip() in shown.text
    assert "--overwrite" in shown.text


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_the_line_in_the_list_begins_the_help(words):
    parent = command_of(words[:-1])
    listed = parent._commands[words[-1]].help
    assert inspect.getdoc(parent[words[-1]].default_command).splitlines()[0] == listed


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (["canny"], "preproc canny [OPTIONS] PHOTOS..."),
        (["control"], "preproc control [OPTIONS] [KIND] SOURCES..."),
        (["sweep"], "preproc sweep [OPTIONS] KIND SOURCES..."),
        (["jobs"], "preproc jobs [OPTIONS] [JOB]"),
        (["mask", "grow"], "preproc mask grow [OPTIONS] PICTURES..."),
        (["doctor"], "preproc doctor [OPTIONS]"),
        (["mask"], "preproc mask COMMAND"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_first_line_names_what_is_given(run, words, usage):
    assert run(*words, "--help").text.splitlines()[0] == f"Usage: {usage}"


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_option_is_explained(words):
    command = app
    for word in words:
        command = command[word]
    unexplained = [argument.name for argument in command.assemble_argument_collection(parse_docstring=True)
                   if argument.show and not argument.parameter.help]  # fmt: skip
    assert unexplained == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cany", "a.png"], "did you mean 'canny'?"),
        (["mask", "rectangel"], "did you mean 'rectangle'?"),
        (["frobnicate"], "one of"),
        (["canny", "--lw", "3", "a.png"], "Did you mean --low?"),
        (["canny", "--low", "three", "a.png"], '"three"'),
        (["canny", "a.png", "--profile", "nope"], "controlnet_aux"),
        (["canny"], "nothing to work on"),
        (["mask", "grow", "a.png"], "--px"),
        (["finish"], "EDIT"),
    ],
)
def test_usage_errors_end_with_2(run, words, said):
    ended = run(*words)
    assert ended.code == 2
    assert said in ended.err
    assert "Fix: " in ended.err
    assert ended.out == b""


def test_version(run):
    from preproc import __version__

    assert run("--version").text == f"{__version__}\n"


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom preproc.cli import main\nmain(['--help'])\n"
        "heavy = {'numpy', 'cv2', 'PIL', 'skimage', 'remote', 'httpx', 'fal_client', 'msgspec', 'rich.markdown'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_of_every_command_loads_no_library_of_pictures():
    code = (
        "import sys\nfrom contextlib import suppress\nfrom preproc.cli import main\n"
        f"for words in {[list(words) for words in EVERY]!r}:\n"
        "    with suppress(SystemExit):\n        main([*words, '--help'])\n"
        "heavy = {'numpy', 'cv2', 'PIL', 'skimage', 'scipy', 'remote', 'httpx', 'fal_client'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_colours_where_nobody_wants_them(run, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("--help").text


def test_completion_is_installed_for_the_shell(run, here):
    (here / ".home").mkdir()
    ended = run("--install-completion", "--shell", "bash")
    assert ended.code == 0, ended.err
    written = "".join(file.read_text() for file in (here / ".home").rglob("*") if file.is_file())
    assert "canny" in written
    assert "--multi-scale" in written
    assert "complete -o default -F" in written  # file names, where the script knows nothing better


@pytest.mark.parametrize("before", ["", "autoload -Uz compinit && compinit\n"])
def test_completion_in_zsh_completes_files_and_is_read(run, here, before):
    (here / ".home").mkdir()
    (here / ".home" / ".zshrc").write_text(before)
    for _ in range(2):
        assert run("--install-completion", "--shell", "zsh").code == 0
    [script] = (here / ".home").rglob("_*preproc*")
    text = script.read_text()
    assert "'*:Files, folders, patterns, or - for standard input.:_files'" in text
    assert "'*:name=value for each argument" in text
    assert re.search(r"'\*-o\[[^']*\]:o:_files'", text)
    assert ":_files:_files" not in text
    startup = (here / ".home" / ".zshrc").read_text().splitlines()
    assert [line.partition("=")[0] for line in startup if line] == [
        "# preproc completions",
        "fpath",
        "autoload -Uz compinit && compinit",
    ]


COMPLETED = [
    (["control", "s"], ["scribble", "segmentation", "soft_edge"]),
    (["batch", "--control", "lin"], ["lineart", "lines"]),
    (["sweep", "so"], ["soft_edge"]),
    (["run", "fal-ai/esr"], ["fal-ai/esrgan"]),
    (["plan", "fal-ai/esr"], ["fal-ai/esrgan"]),
    (["endpoints", "fal-ai/esr"], ["fal-ai/esrgan"]),
    (["control", "canny", "--endpoint", "fal-ai/esr"], ["fal-ai/esrgan"]),
    (["mask", "gro"], ["grow"]),
]
"""What is typed, and what a tab makes of its last word."""


@pytest.fixture
def on_path(here, monkeypatch):
    """Commands `preproc` that scripts of completion can call, in a home of its own."""
    (here / ".home").mkdir()
    script = here / "bin" / "preproc"
    script.parent.mkdir()
    script.write_text(f"#!{sys.executable}\nfrom preproc.cli import main\nmain()\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent), prepend=os.pathsep)
    return here


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_types_and_endpoints(run, on_path):
    assert run("--install-completion", "--shell", "bash").code == 0
    [script] = (on_path / ".home").rglob("completions/preproc")
    lines = [f". {shlex.quote(str(script))}"]
    for words, _ in COMPLETED:
        lines += [f"COMP_WORDS=(preproc {shlex.join(words)}); COMP_CWORD={len(words)}; COMPREPLY=(); _preproc"]
        lines += ['echo "${COMPREPLY[*]}"']
    done = subprocess.run(["bash", "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert [line.split() for line in done.stdout.splitlines()] == [found for _, found in COMPLETED]


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
def test_fish_completes_types_and_endpoints(run, on_path):
    assert run("--install-completion", "--shell", "fish").code == 0
    [script] = (on_path / ".home").rglob("preproc.fish")
    lines = [f"source {shlex.quote(str(script))}"]
    for words, _ in COMPLETED:
        lines += [f"complete -C {shlex.quote('preproc ' + ' '.join(words))}", "echo =="]
    done = subprocess.run(["fish", "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    said = done.stdout.split("==\n")
    found = [[line.split("\t")[0] for line in part.splitlines()] for part in said[:-1]]
    assert found == [found for _, found in COMPLETED]


def test_zsh_is_told_types_and_asks_for_endpoints(run, on_path):
    assert run("--install-completion", "--shell", "zsh").code == 0
    [script] = (on_path / ".home").rglob("_*preproc*")
    text = script.read_text()
    assert re.search(r'"1:The type[^"]*:\(blur canny [^"]* tile\)"', text)
    assert re.search(r'"\*--control\[The type of the maps[^"]*:\(blur canny [^"]* tile\)"', text)
    assert re.search(r"'\*--endpoint\[[^']*'\\''s id[^']*:endpoint:_\w+_complete'", text)
    assert len(re.findall(r"'1:[^']*'\\''s id[^']*:_\w+_complete'", text)) == 3  # run, plan, endpoints


def test_the_words_that_are_completed_are_those_that_are_taken():
    from preproc import control
    from remote import catalog

    done = subprocess.run(
        [sys.executable, "-m", "preproc", "__complete", "run", ""], capture_output=True, text=True, check=True
    )
    told = {line.split("\t")[0] for line in done.stdout.splitlines() if "\t" in line}
    assert told == {spec.id for spec in catalog.endpoints() if spec.live}
    assert set(app["batch"].assemble_argument_collection()["--control"].get_choices(force=True)) == set(control.TYPES)


@pytest.mark.parametrize("words", [["canny"], ["mask", "grow"]])
def test_lines_break_where_the_terminal_ends(run, monkeypatch, words):
    monkeypatch.setenv("COLUMNS", "400")
    [line] = [line for line in run(*words, "--help").text.splitlines() if "--output -o" in line]
    assert "a folder, without one (edges or edges/), which is made if it is missing; a pattern with {stem}" in line
