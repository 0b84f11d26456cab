"""Build the text that a package index shows: the README, whose links into the tree lead nowhere there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

NOTE = "*Files named on this page are those of the source distribution, pictures too.*"


class IndexPage(MetadataHookInterface):
    """Gives the README to the metadata, without links that need the tree around it."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the long description."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": with_files_named(text)}


def with_files_named(page: str) -> str:
    """Name the files that pictures and links of a page stand for; addresses and links within the page stay."""
    page = re.sub(r"!\[([^\]]*)\]\((?!https?:)([^)]+)\)", r"*\1:* `\2`", page)
    page = re.sub(r"\[([^\]]+)\]\((?!https?:|#)([^)]+)\)", r"\1 (`\2`)", page)
    title, _, rest = page.partition("\n")
    return f"{title}\n\n{NOTE}\n{rest}"
