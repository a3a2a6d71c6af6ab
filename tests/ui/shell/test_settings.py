"""A damaged file of settings is as good as none: the window starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from explorer.session.session import Session
from explorer.ui.common import settings
from explorer.ui.shell.main_window import MainWindow


def _write(text: str) -> None:
    """The file of settings, as it lies on the disk."""
    own = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "network-explorer", "network-explorer")
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
