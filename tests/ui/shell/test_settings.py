"""A damaged file of settings is as good as none: the window starts."""

from __future__ import annotations

import pickle
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings
from pytestqt.qtbot import QtBot

from explorer.session.session import Session
from explorer.ui.common import settings
from explorer.ui.shell.main_window import MainWindow


def _own() -> QSettings:
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "network-explorer", "network-explorer")


def _write(text: str) -> None:
    """The file of settings, as it lies on the disk."""
    own = _own()
    path = Path(own.fileName())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"[General]\n{text}\n")
    own.sync()


@pytest.mark.parametrize(
    "text",
    [
        "play_speed=99999999999\ntraining_height=99999999999999999999999",
        "play_speed=0\ntraining_height=0",
        "play_speed=\xb2\ntraining_height=-3",
        "recent=@ByteArray(/)",
        f"recent=/{'x' * 5000}",
        "recent=@Variant(\\0\\0\\0\\x2\\0\\0\\0\\x5)",
        "recent=@Invalid()\ntheme=purple",
        "recent=a, b, @Rect(1 2 3 4)\ngeometry=wide\ndocks=@ByteArray(nothing)",
    ],
)
def test_a_window_starts_with_damaged_settings(text: str, qtbot: QtBot) -> None:
    _write(text)
    assert settings.recent_files() == ()
    assert 1 <= settings.play_speed() <= 10**5
    session = Session()
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    assert window.isVisible()
    window.close()


def _asked_of(folder: Path) -> subprocess.CompletedProcess[str]:
    """What another process remembers that has its settings in `folder`: Qt may end it."""
    code = (
        "import sys; from PySide6.QtCore import QSettings; from explorer.ui.common import settings;"
        "QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1]);"
        "print(settings.play_speed(), settings.theme_choice())"
    )
    return subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False)


def _objects(folder: Path) -> Iterator[str]:
    """Values that Qt makes objects of, as somebody may write them."""
    order = pickle.dumps(_Touch(folder / "ran"))
    pickled = b"\0\0\0\x19PySide::PyObjectWrapper\0" + struct.pack(">I", len(order)) + order
    wrapped = "".join(f"\\x{byte:02x}" for byte in pickled)
    yield "@Variant(\\0\\0\\0\\t\\x7f\\xff\\xff\\xfe\\0a)"  # a list of two thousand million
    yield f"@Variant(\\0\\0\\0\\x7f{wrapped})"
    yield f"\\x40Variant(\\0\\0\\0\\x7f{wrapped})"
    yield f'@Var"iant("\\0\\0\\0\\x7f{wrapped})'
    yield f"a, @\\qVariant(\\0\\0\\0\\x7f{wrapped})"
    yield f"\\\n@Variant(\\0\\0\\0\\x7f{wrapped})"


class _Touch:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self._path,)


def test_an_object_of_qts_in_the_file_is_never_made(tmp_path: Path) -> None:
    path = tmp_path / "network-explorer" / "network-explorer.ini"
    path.parent.mkdir()
    others = "\n".join(f"other{number}={value}" for number, value in enumerate(_objects(tmp_path)))
    path.write_text(f"[General]\nplay_speed=7\n{others}\ntheme=dark\n")
    done = _asked_of(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "7 dark\n", "")
    assert not (tmp_path / "ran").exists()


def test_what_is_remembered_needs_no_escapes_and_comes_back(tmp_path: Path) -> None:
    names = [tmp_path / name for name in ("a@b, c.png", "@größe=1.png", '"50%\\x40".json')]
    for name in names:
        name.touch()
    settings.set_recent_files((*names,))
    settings.set_layout(QByteArray(b"\0@Variant("), QByteArray(b"\xff\\"))
    settings.set_training_folded(False)
    settings.set_training_height(210)
    written = Path(_own().fileName()).read_text()
    assert not {*"@\\"} & {*written}
    assert settings.recent_files() == (*names,)
    assert settings.layout() == (QByteArray(b"\0@Variant("), QByteArray(b"\xff\\"))
    assert (settings.is_training_folded(), settings.training_height()) == (False, 210)
    settings.set_training_folded(True)
    settings.set_training_height(None)
    settings.set_recent_files(())
    settings.forget_layout()
    assert (settings.is_training_folded(), settings.training_height()) == (True, None)
    assert (settings.recent_files(), settings.layout()) == ((), (None, None))


def test_where_something_else_lies_in_its_place_nothing_is_remembered_and_that_stays() -> None:
    path = Path(_own().fileName())
    path.mkdir(parents=True)
    settings.set_play_speed(9)
    assert settings.play_speed() == settings.USUAL_SPEED
    assert path.is_dir()
