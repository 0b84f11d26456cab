"""What the wheel holds: two packages and nothing beside them."""

import re
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    builders = pytest.importorskip("hatchling.builders.wheel")
    folder = tmp_path_factory.mktemp("dist")
    (path,) = builders.WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_wheel_holds_the_two_packages_and_nothing_else(wheel, project):
    top = {name.split("/")[0] for name in wheel.namelist()}
    assert top == {"preproc", "remote", f"fal_preproc-{project['version']}.dist-info"}


@pytest.mark.parametrize("package", ["preproc", "remote"])
def test_the_packages_are_whole(wheel, package):
    names = set(wheel.namelist())
    sources = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in names if name.startswith(f"{package}/")} == sources
    assert f"{package}/py.typed" in names
    assert f"{package}/__init__.py" in names


def test_the_data_travels(wheel):
    catalog = [name for name in wheel.namelist() if name.endswith(".json")]
    assert "remote/catalog/catalog.json" in catalog
    for name in catalog:
        assert wheel.read(name) == (ROOT / name).read_bytes()


def test_no_tests_no_caches(wheel):
    assert not [name for name in wheel.namelist() if "test" in name.split("/")[-1] or "__pycache__" in name]


def test_metadata(wheel, project):
    folder = f"fal_preproc-{project['version']}.dist-info"
    metadata = wheel.read(f"{folder}/METADATA").decode()
    assert "Name: fal-preproc" in metadata
    assert "License-Expression: MIT" in metadata
    assert f"Requires-Python: {project['requires-python']}" in metadata
    assert f"{folder}/licenses/LICENSE" in wheel.namelist()
    assert "preproc = preproc.cli:main" in wheel.read(f"{folder}/entry_points.txt").decode()


def test_the_page_of_an_index_has_no_link_into_the_tree(wheel, project):
    metadata = wheel.read(f"fal_preproc-{project['version']}.dist-info/METADATA").decode()
    page = metadata.partition("\n\n")[2]
    readme = (ROOT / "README.md").read_text()
    assert "Description-Content-Type: text/markdown" in metadata
    assert re.findall(r"^#+ .*$", page, re.MULTILINE) == re.findall(r"^#+ .*$", readme, re.MULTILINE)
    assert not re.findall(r"\]\((?!https?://|#)", page)
    linked = re.findall(r"\]\((?!https?://|#)([^)]+)\)", readme)
    assert linked
    assert [file for file in linked if f"`{file}`" not in page] == []


def test_the_source_distribution_builds_the_same_wheel_and_holds_what_its_page_names(tmp_path, wheel, project):
    sdists = pytest.importorskip("hatchling.builders.sdist")
    wheels = pytest.importorskip("hatchling.builders.wheel")
    (path,) = sdists.SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path, filter="data")
    tree = tmp_path / f"fal_preproc-{project['version']}"
    page = wheel.read(f"fal_preproc-{project['version']}.dist-info/METADATA").decode()
    assert [file for file in re.findall(r"`(samples/[^`]+)`", page) if not (tree / file).exists()] == []
    (again,) = wheels.WheelBuilder(str(tree)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(again) as built:
        assert {name: built.read(name) for name in built.namelist()} == {
            name: wheel.read(name) for name in wheel.namelist()
        }


def test_one_version():
    import preproc

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert preproc.__version__ == project["version"]
