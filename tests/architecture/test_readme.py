"""The README's map is true: each file that it names is there, and each name in the file named beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (ROOT / "README.md").read_text().split("## The rooms\n")[1].split("\n## ")[0]
CODE = r"`([^`]+)`"
PLACES = ("explorer/", "tests/", "resources/")


def files_named() -> Iterator[str]:
    """Paths from the root; a bare file name stands in the folder of the path before it."""
    folder = ""
    for word in re.findall(CODE, ROOMS):
        if word.startswith(PLACES):
            folder = word.rpartition("/")[0]
            yield word
        elif word.endswith(".py") and "/" not in word:
            yield f"{folder}/{word}"


def names_beside_files() -> Iterator[tuple[str, str]]:
    """Names of classes, functions and tables, each with the file that the text says they are in."""
    text = " ".join(ROOMS.split())
    for names, file in re.findall(
        r"((?:`\w+`(?:,? (?:and|or) |, )?)+) (?:\([^)]*\) )?in `((?:explorer|tests)/[\w/]+\.py)`", text
    ):
        yield from ((name, file) for name in re.findall(CODE, names))
    yield from re.findall(r"`(\w+)` \(`(explorer/[\w/]+\.py)`\)", text)


@pytest.mark.parametrize("path", sorted(set(files_named())))
def test_a_file_that_the_readme_names_is_there(path: str) -> None:
    assert list(ROOT.glob(path))


@pytest.mark.parametrize(("name", "file"), sorted(set(names_beside_files())))
def test_a_name_stands_in_the_file_that_the_readme_says(name: str, file: str) -> None:
    defined = rf"^(?:class |def |    def )?{name}(?:\b\(|\b:| =)"
    assert re.search(defined, (ROOT / file).read_text(), re.MULTILINE)


def test_the_tables_that_things_are_added_to_are_among_them() -> None:
    tables = {"LAYERS", "OPERATIONS", "LOSSES", "UPDATES", "DATA_SETS", "BREAKPOINTS", "STEP_COMMANDS", "TABS"}
    assert tables <= {name for name, _ in names_beside_files()}
    assert {"ORACLES", "MODULES", "GIVEN", "HYPERPARAMETERS", "READ_BY"} <= {name for name, _ in names_beside_files()}
    assert len(set(files_named())) > 60
