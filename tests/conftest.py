"""No test finds a key, or touches the journal and the endpoints of whoever runs it."""

import os

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True)  # the same examples every time; at home they are new ones
settings.register_profile("home", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "home")


@pytest.fixture(autouse=True, scope="session")
def nobodys_home(tmp_path_factory):
    """Folders of their own for data and caches, and an environment without keys."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "FAL_HOME_DIR"):
            patch.setenv(name, str(home / name.lower()))
        for name in ("FAL_KEY", "FAL_KEY_ID", "FAL_KEY_SECRET"):
            patch.delenv(name, raising=False)
        yield
