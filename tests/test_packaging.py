"""The program finds its resources from a checkout, an editable install and a wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
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
    done = subprocess.run(build, capture_output=True, text=True, timeout=300, check=False)
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
