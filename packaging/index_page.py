"""The README as a package index shows it, where a picture is found by a whole address alone.

Set PICTURES_AT to the address that the repository's files lie under when the package is built, such as
https://raw.githubusercontent.com/OWNER/NAME/v1.0.0/; without it the page has no pictures, rather than broken ones.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

PICTURE = re.compile(r"!\[([^\]]*)\]\((?!https?:)([^)]+)\)\n*")


def index_page(readme: str, pictures_at: str) -> str:
    """`readme` with its pictures' addresses made whole, or without pictures where `pictures_at` is ""."""
    if not pictures_at:
        return PICTURE.sub("", readme)
    base = pictures_at.rstrip("/")
    return PICTURE.sub(lambda found: f"![{found[1]}]({base}/{found[2]})\n\n", readme)


class CustomMetadataHook(MetadataHookInterface):
    """What hatchling asks for the field `readme`."""

    def update(self, metadata: dict[str, Any]) -> None:
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": index_page(text, os.environ.get("PICTURES_AT", "")),
        }
