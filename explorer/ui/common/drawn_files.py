"""What Qt draws into a file, as the bytes of that file."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice


def drawn_bytes(draw: Callable[[QBuffer], object]) -> bytes:
    """What `draw` writes into the buffer that it is given."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    draw(buffer)
    buffer.close()
    return bytes(content.data())
