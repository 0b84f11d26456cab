"""Sources stand in full where they are named: authors, title, where and when."""

import ast
import re
from pathlib import Path

import pytest

import preproc

FOLDER = Path(preproc.__file__).parent
ENTRY = re.compile(r"\.\. \[(\d+)\] (.+?)(?=\n\s*\.\. \[|\Z)", re.DOTALL)
COMPLETE = re.compile(r'\S+\.\S* .+, (?:"[^"]+"|\*[^*]+\*), .+, (?:19|20)\d\d\.')


def docstrings():
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (text := ast.get_docstring(node)):
                yield f"{path.relative_to(FOLDER)}:{getattr(node, 'name', '')}", text


CITING = [(where, text) for where, text in docstrings() if "\nReferences\n" in text]


def test_sources_are_found():
    assert len(CITING) > 20


@pytest.mark.parametrize(("where", "text"), CITING, ids=[where for where, _ in CITING])
def test_a_source_has_authors_title_place_and_year(where, text):
    section = re.split(r"\n\n\w+\n-+\n", text.partition("\nReferences\n----------\n")[2])[0]
    entries = ENTRY.findall(section)
    assert [int(number) for number, _ in entries] == list(range(1, len(entries) + 1))
    for _, entry in entries:
        assert COMPLETE.fullmatch(" ".join(entry.split())), entry
    cited = {int(number) for number in re.findall(r"\[(\d+)\]_", text)}
    assert cited <= {int(number) for number, _ in entries}
