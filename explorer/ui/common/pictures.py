"""Pictures between Qt and the program: clipboard and drops in, thumbnails out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from explorer.data import Picture, picture_from_array
from explorer.data.picture_size import check_size
from explorer.data.reading import ENDINGS
from explorer.network.file_names import is_model
from explorer.session import Session

OpenPath = Callable[[str], None]

NOTHING_TO_PASTE = "There is no picture on the clipboard."
NOT_A_FILE = "Only pictures and files on this computer can be dropped here."


def picture_of(image: QImage, name: str = "pasted picture") -> Picture:
    """A picture for the network from an image of Qt's. Raises PictureError for one with too many pixels."""
    check_size(name, image.width(), image.height())
    has_alpha = image.hasAlphaChannel()
    channels = 4 if has_alpha else 3
    same = image.convertToFormat(QImage.Format.Format_RGBA8888 if has_alpha else QImage.Format.Format_RGB888)
    rows = np.frombuffer(same.constBits(), np.uint8).reshape(same.height(), same.bytesPerLine())
    return picture_from_array(rows[:, : same.width() * channels].reshape(same.height(), same.width(), channels), name)


def can_take(mime: QMimeData | None) -> bool:
    """Whether this is something that might be a picture; Qt gives None for nothing at all."""
    return mime is not None and (mime.hasUrls() or mime.hasImage())


def local_paths(mime: QMimeData | None) -> tuple[str, ...]:
    """The files and folders of this computer in `mime`."""
    urls = mime.urls() if mime is not None and mime.hasUrls() else []
    return tuple(url.toLocalFile() for url in urls if url.isLocalFile())


def local_path(mime: QMimeData | None) -> str:
    """The first of them; "" where there is none."""
    return next(iter(local_paths(mime)), "")


def take(
    session: Session, mime: QMimeData | None, open_path: OpenPath, otherwise: str, name: str = "pasted picture"
) -> None:
    """Let `open_path` open the file, or show the image, in `mime`; say `otherwise` if it holds neither.

    Of several files that are pictures by their names the first is shown. A Python file or a program is a
    model, with the weights beside it; of any others the first is opened.
    """
    local = local_path(mime)
    image = QImage(mime.imageData()) if mime is not None and mime.hasImage() and not local else QImage()
    if show_several(session, local_paths(mime)) or open_model(session, local_paths(mime)):
        return
    if local:
        open_path(local)
    elif not image.isNull():
        session.input.make_picture(name, partial(picture_of, image, name))
    else:
        session.say(otherwise)


def show_several(session: Session, paths: Sequence[str | Path]) -> bool:
    """Of several pictures, by their names, show the first and offer the others; whether `paths` hold several."""
    several = [Path(path) for path in paths if is_picture(path)]
    if len(several) > 1:
        session.input.open_pictures(several)
    return len(several) > 1


def open_model(session: Session, paths: Sequence[str | Path]) -> bool:
    """Of `paths` with a Python file or a program among them, open the model that it is; whether there is one."""
    is_there = any(map(is_model, paths))
    if is_there:
        session.files.models.open(paths)
    return is_there


def is_picture(path: str | Path) -> bool:
    """Whether a file is a picture by its name."""
    return str(path).lower().endswith(ENDINGS)


def paste(session: Session, open_path: OpenPath) -> None:
    """Show the network what is on the clipboard."""
    take(session, QGuiApplication.clipboard().mimeData(), open_path, NOTHING_TO_PASTE)
