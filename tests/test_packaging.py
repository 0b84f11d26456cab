"""What the wheel holds: two packages and nothing beside them."""

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


def test_one_version():
    import preproc

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert preproc.__version__ == project["version"]
