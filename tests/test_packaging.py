"""The program finds its resources from a checkout, an editable install and a wheel, which says what it is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import explorer
from explorer.report import LIBRARIES
from explorer.ui.shell.about import About, licences

ROOT = Path(__file__).resolve().parents[1]
PICTURES_AT = "https://example.org/files/v1/"
LOOK = "from explorer.resources import resource; print(resource('networks', 'cifar10.json').is_file())"


def _python(code: str, folder: Path, *flags: str) -> str:
    done = subprocess.run(
        [sys.executable, *flags, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_resources_are_found_from_a_checkout() -> None:
    assert _python(LOOK, ROOT, "-S", "-E") == "True"


def test_resources_are_found_from_the_installed_program(tmp_path: Path) -> None:
    assert _python(LOOK, tmp_path) == "True"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    words = os.environ | {"PICTURES_AT": PICTURES_AT}
    done = subprocess.run(build, env=words, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def test_a_wheel_carries_the_resources_and_finds_them(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    assert not (tmp_path / "resources").exists()
    place = "import explorer; print(explorer.__file__)"
    path = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
    assert _python(path + place, tmp_path).startswith(str(tmp_path))
    assert _python(path + LOOK, tmp_path) == "True"


def _inside(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        path = next(each for each in archive.namelist() if each.endswith(name))
        return archive.read(path).decode()


@pytest.fixture(scope="module")
def about(wheel: Path) -> Message:
    return Parser().parsestr(_inside(wheel, ".dist-info/METADATA"))


def test_a_wheel_says_what_it_is(about: Message) -> None:
    assert about["Version"] == explorer.__version__
    assert about["License-Expression"] == "MIT"
    assert about.get_all("License-File") == [
        "LICENSE",
        "resources/licences/GPL-3.0.txt",
        "resources/licences/LGPL-3.0.txt",
    ]
    assert about["Author"] == "Network Explorer developers"
    assert "pytorch" in about["Keywords"]
    assert "Typing :: Typed" in (about.get_all("Classifier") or [])
    assert about["Requires-Python"] == ">=3.11"


def _pictures(page: str) -> Iterator[str]:
    yield from re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page)


def test_the_pictures_of_the_readme_are_found_from_an_index_page(about: Message) -> None:
    shown = list(_pictures(str(about.get_payload())))
    there = list(_pictures((ROOT / "README.md").read_text()))
    assert shown == [PICTURES_AT + picture for picture in there]
    assert all((ROOT / picture).is_file() for picture in there)


def test_a_page_without_an_address_for_its_pictures_has_none_that_are_broken(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--sdist", "--outdir", str(tmp_path), str(ROOT)]
    words = {name: value for name, value in os.environ.items() if name != "PICTURES_AT"}
    subprocess.run(build, env=words, capture_output=True, timeout=300, check=True)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        inside = {name.partition("/")[2]: name for name in archive.getnames()}
        file = archive.extractfile(inside["PKG-INFO"])
        assert file is not None
        page = file.read().decode()
    assert list(_pictures(page)) == []
    assert "## Two commands" in page
    assert {"LICENSE", "explorer/py.typed", "packaging/start", "packaging/index_page.py"} < set(inside)


def test_a_wheel_is_typed_and_starts_from_a_terminal_and_from_a_menu(wheel: Path) -> None:
    entries = _inside(wheel, ".dist-info/entry_points.txt")
    assert "[console_scripts]\nnetwork-explorer = explorer.__main__:main" in entries
    assert "[gui_scripts]\nnetwork-explorer-window = explorer.__main__:main" in entries
    assert _inside(wheel, "explorer/py.typed") == ""


def test_what_a_reader_of_the_repository_looks_for_is_there() -> None:
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert f"## {explorer.__version__}" in (ROOT / "packaging" / "CHANGELOG.md").read_text()
    assert "network-explorer report" in (ROOT / ".github" / "CONTRIBUTING.md").read_text()
    assert f"version = {{{explorer.__version__}}}" in (ROOT / "README.md").read_text()


def test_every_dependency_is_reported_and_has_its_reason_in_the_readme() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[<>=!]", each, maxsplit=1)[0] for each in project["dependencies"]}
    assert names == set(LIBRARIES)
    reasons = (ROOT / "README.md").read_text()
    assert [name for name in names if f"| {name} |" not in reasons] == []


def test_about_shows_every_library_with_its_licence_and_its_text(qtbot: QtBot) -> None:
    shown = About()
    qtbot.addWidget(shown)
    assert [each.library for each in licences()] == ["Network Explorer", *LIBRARIES]
    assert all(each.name for each in licences())
    texts: dict[str, str] = {}
    for row, licence in enumerate(licences()):
        shown.list.setCurrentIndex(shown.list.model().index(row, 0))
        texts[licence.library] = shown.text.toPlainText()
    assert texts["Network Explorer"].startswith("MIT License")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in texts["PySide6-Essentials"]
    assert "https://download.qt.io" in texts["PySide6-Essentials"]
    assert "Redistribution and use in source and binary forms" in texts["torch"]
    assert all(len(text) > 500 for text in texts.values())
