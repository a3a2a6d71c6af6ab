"""The window's small dialogs: files, shortcuts, and the question before unsaved work goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import Shiboken

from explorer.bounds import brief
from explorer.data.reading import ENDINGS as PICTURE_ENDINGS
from explorer.lessons.file_names import ENDING
from explorer.network.file_names import NETWORK_SUFFIXES, PROGRAM_SUFFIXES, WEIGHT_SUFFIXES
from explorer.ui.common import theme
from explorer.ui.common.focus_ring import FocusRing
from explorer.ui.common.icons import icon
from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.typing.keys import TYPING_KEYS

PICTURE_FILTER = f"Pictures ({' '.join(f'*{ending}' for ending in PICTURE_ENDINGS)});;All files (*)"
NETWORK_FILTER = f"Networks ({' '.join(f'*{ending}' for ending in NETWORK_SUFFIXES)});;All files (*)"
MODEL_FILTER = f"Models (*.py {' '.join(f'*{ending}' for ending in PROGRAM_SUFFIXES)});;All files (*)"
WEIGHTS_FILTER = f"Weights ({' '.join(f'*{ending}' for ending in WEIGHT_SUFFIXES)});;All files (*)"
ICON_PX = QSize(40, 40)
DATA_FILTER = "Data sets (*.npz *.csv *.tsv *.tab *.txt *.gz *.tgz *.tar *-ubyte *.idx*);;All files (*)"


def ask_picture(parent: QWidget) -> Path | None:
    """A picture file chosen by the person; None if they changed their mind."""
    name, _ = QFileDialog.getOpenFileName(parent, "Open picture", "", PICTURE_FILTER)
    return Path(name) if name else None


def ask_network(parent: QWidget) -> Path | None:
    """A network file chosen by the person; None if they changed their mind."""
    name, _ = QFileDialog.getOpenFileName(parent, "Open network", "", NETWORK_FILTER)
    return Path(name) if name else None


def ask_weights(parent: QWidget) -> Path | None:
    """A file of weights chosen by the person; None if they changed their mind."""
    name, _ = QFileDialog.getOpenFileName(parent, "Load weights", "", WEIGHTS_FILTER)
    return Path(name) if name else None


def ask_lesson(parent: QWidget) -> Path | None:
    """The file of a lesson chosen by the person; None if they changed their mind."""
    name, _ = QFileDialog.getOpenFileName(parent, "Open lesson", "", f"Lessons (*{ENDING});;All files (*)")
    return Path(name) if name else None


def ask_lesson_path(parent: QWidget, proposed: str) -> Path | None:
    """Where to write a lesson of one's own; `proposed` is a name without an ending."""
    return ask_where_to_write(parent, "Save as lesson", f"{proposed}{ENDING}", {f"Lessons (*{ENDING})": ENDING})


def ask_model(parent: QWidget) -> Path | None:
    """A file that makes a model, chosen by the person; None if they changed their mind."""
    name, _ = QFileDialog.getOpenFileName(parent, "Open a model", "", MODEL_FILTER)
    return Path(name) if name else None


def ask_handout_path(parent: QWidget, proposed: str) -> Path | None:
    """Where to write a hand-out; its ending says as what. `proposed` is a name without an ending."""
    kinds = {"PDF (*.pdf)": ".pdf", "Page (*.html)": ".html"}
    return ask_where_to_write(parent, "Save hand-out", f"{proposed}.pdf", kinds)


def ask_step_picture_path(parent: QWidget, proposed: str) -> Path | None:
    """Where to write the picture of a step; its ending says as what. `proposed` is a name without an ending."""
    kinds = {"PNG (*.png)": ".png", "SVG (*.svg)": ".svg"}
    return ask_where_to_write(parent, "Save step as picture", f"{proposed}.png", kinds)


def ask_data_file(parent: QWidget) -> Path | None:
    """A file of labelled examples chosen by the person; None if they changed their mind."""
    name, _ = QFileDialog.getOpenFileName(parent, "Open data", "", DATA_FILTER)
    return Path(name) if name else None


def ask_data_folder(parent: QWidget) -> Path | None:
    """A folder of labelled pictures chosen by the person; None if they changed their mind."""
    name = QFileDialog.getExistingDirectory(parent, "Open a folder of class folders")
    return Path(name) if name else None


def ask_save_path(parent: QWidget, proposed: str) -> Path | None:
    """Where to save a network; always a .json file. `proposed` is a path, or a name, without an ending."""
    return ask_where_to_write(parent, "Save network", f"{proposed}.json", {"Networks (*.json)": ".json"})


def ask_where_to_write(parent: QWidget, caption: str, proposed: str, kinds: Mapping[str, str]) -> Path | None:
    """A file to write, chosen by the person, with the ending of its kind; None if they changed their mind.

    `kinds` are the endings by the words that Qt filters by; a kind with the ending "" is a folder to write into.
    """
    # Qt would ask before the ending is added, and so of another file.
    unasked = QFileDialog.Option.DontConfirmOverwrite
    name, chosen = QFileDialog.getSaveFileName(parent, caption, proposed, ";;".join(kinds), "", unasked)
    if not name:
        return None
    path = with_ending(Path(name), kinds.get(chosen, next(iter(kinds.values()))), tuple(filter(None, kinds.values())))
    return path if not path.is_file() or ask_replacing(parent, path.name) else None


def with_ending(path: Path, ending: str, known: tuple[str, ...]) -> Path:
    """`path` with one of the `known` endings: its own or `ending`; with none of them where that is ""."""
    own = next((each for each in known if path.name.lower().endswith(each)), "")
    if not ending:
        return path.with_name(path.name[: len(path.name) - len(own)] or path.name)
    return path if own else path.with_name(path.name + ending)


def ask_replacing(parent: QWidget, name: str) -> bool:
    """Whether a file that is there may be replaced."""
    buttons = QMessageBox.StandardButton
    text = f"{brief(name)} is there already. Replace it?"
    return _answer(parent, "Replace file", text, buttons.Yes | buttons.No, buttons.No) == buttons.Yes


def ask_replacing_newer(parent: QWidget, name: str) -> bool:
    """Whether a file may be replaced that another program wrote since it was opened."""
    buttons = QMessageBox.StandardButton
    text = f"{brief(name)} was changed by another program since it was opened. Replace what that one wrote?"
    return _answer(parent, "Replace file", text, buttons.Yes | buttons.No, buttons.No) == buttons.Yes


def ask_unsaved(parent: QWidget, title: str) -> str:
    """What to do with unsaved changes: "save", "discard" or "cancel"."""
    buttons = QMessageBox.StandardButton
    text = f"“{brief(title)}” has changes that are not saved."
    answer = _answer(parent, "Unsaved changes", text, buttons.Save | buttons.Discard | buttons.Cancel, buttons.Save)
    return {buttons.Save: "save", buttons.Discard: "discard"}.get(answer, "cancel")


def _answer(
    parent: QWidget,
    caption: str,
    text: str,
    buttons: QMessageBox.StandardButton,
    default: QMessageBox.StandardButton,
) -> QMessageBox.StandardButton:
    """The button that the person pressed; `text` may hold a name, which is shown as it is."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, caption, "", buttons, parent)
    box.setIconPixmap(icon("ph.question", theme.current().accent).pixmap(ICON_PX, box.devicePixelRatioF()))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setDefaultButton(default)
    with _over(box):
        return QMessageBox.StandardButton(box.exec())


@contextmanager
def _over(dialog: QDialog) -> Iterator[None]:
    """`dialog` goes when it is answered, unless it went before, unanswered, with the window that it stood over."""
    try:
        yield
    finally:
        if Shiboken.isValid(dialog):
            dialog.deleteLater()


BESIDE_KEYS = 20  # pixels from the widest keys to what they do


class Shortcuts(QDialog):
    """Every command with a key, also those of the parts of the window around it, and what other keys do in views."""

    VIEW_KEYS = (
        ("Arrow keys", "Move the chosen cell, or go through layers and channels in the overview."),
        ("Esc", "From the cell back to all channels."),
        ("Wheel, drag", "Zoom and pan a map or the overview; F fits it again, + and − zoom too."),
        ("Space, Backspace", "Open or fold a group of the overview; fold the group around."),
        ("Enter", "Show the chosen map of the overview among the feature maps, or where a term came from."),
        *((key.names, key.words) for key in TYPING_KEYS),
    )

    def __init__(self, actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutList")
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(640, 520)
        of_parts = () if parent is None else parent.findChildren(NamedAction)
        rows = [
            (action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), action.statusTip())
            for action in dict.fromkeys((*actions, *of_parts))
            if not action.shortcut().isEmpty()
        ]
        page = QWidget()
        grid = QGridLayout(page)
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(BESIDE_KEYS)
        for at, (keys, words) in enumerate((*self.VIEW_KEYS, *rows)):
            key_label = QLabel(keys)
            key_label.setProperty("role", "title")
            grid.addWidget(key_label, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(QLabel(words, wordWrap=True), at, 1, Qt.AlignmentFlag.AlignTop)
        area = QScrollArea(widgetResizable=True, accessibleName="What the keys do")
        FocusRing(area)
        area.setWidget(page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(area)
        column.addWidget(buttons)
