"""All that is known about the open data set: where it is from, what reading it decided, and what was left out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from explorer.data import DataSet
from explorer.ui.common.tall_page import TallPage
from explorer.ui.common.text import count, plural
from explorer.ui.data.words import balance_words, origin_facts

MOST_NAMED = 500


class AboutData(QScrollArea):
    """A page of sentences under headings; all of it can be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("About the data set")
        self.setWidgetResizable(True)
        self._page = TallPage()
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(12, 8, 12, 12)
        self._column.setSpacing(4)
        self.setWidget(self._page)

    def show_data(self, data: DataSet) -> None:
        """Show what is known about `data`."""
        while self._column.count():
            item = self._column.takeAt(0)
            if item is not None and (label := item.widget()) is not None:
                label.setParent(None)
                label.deleteLater()
        for heading, sentences in about(data):
            self._add(heading, "title")
            for sentence in sentences:
                self._add(sentence, "")
            self._column.addSpacing(8)
        self._column.addStretch()

    def words(self) -> str:
        """Everything that stands there."""
        return "\n".join(label.text() for label in self._page.findChildren(QLabel))

    def _add(self, text: str, role: str) -> None:
        label = QLabel(text, wordWrap=True)
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        keys = Qt.TextInteractionFlag.TextSelectableByKeyboard
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | keys)
        self._column.addWidget(label)


def about(data: DataSet) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(heading, sentences) pairs; those with nothing to say are left out."""
    splits = [f"{plural(len(data.train), 'example')} to learn from. {balance_words(data, data.train)}".strip()]
    if data.test is not None:
        splits.append(f"{plural(len(data.test), 'example')} held out. {balance_words(data, data.test)}".strip())
    named = [f"{skipped.path}: {skipped.sentence}" for skipped in data.skipped[:MOST_NAMED]]
    if len(data.skipped) > MOST_NAMED:
        named.append(f"… and {count(len(data.skipped) - MOST_NAMED)} more.")
    parts = (
        ("What it is", (data.card.what, *splits)),
        ("What reading it decided", data.notes),
        (f"Left out ({count(len(data.skipped))})", tuple(named)),
        *((heading, (words,)) for heading, words in origin_facts(data.card)),
        ("Classes", (", ".join(data.classes),) if data.classes else ()),
    )
    return tuple((heading, sentences) for heading, sentences in parts if sentences)
