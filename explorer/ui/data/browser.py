"""The browser of data: on the left all data sets, on the right what is in the open one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QWidget

from explorer.session import Session, State
from explorer.ui.common import pictures
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.passing import passing
from explorer.ui.data.list import DataList, entry_of
from explorer.ui.data.open_data import OpenData
from explorer.ui.data.words import question

SIZE = (1240, 760)
FRAME = QSize(16, 48)  # what the desktop puts around a window


class DataBrowser(FollowingView, QDialog):
    """A window beside the main one: the network goes on while it is looked at. A download asks first, once."""

    shows = ("data.data_set", "data.opened", "data.progress", "data.failed", "document")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("dataBrowser")
        self.setWindowTitle("Data")
        self.setAcceptDrops(True)
        self.setMinimumSize(860, 520)
        room = self.screen().availableSize() - FRAME
        self.resize(QSize(*SIZE).boundedTo(room))
        self.session = session
        self._agreed: set[str] = set()
        self.list = DataList()
        self.list.wanted.connect(self.open_data)
        self.list.again.connect(self._try_again)
        self.shown = OpenData(session)
        self.shown.wanted.connect(self.open_data)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 6, 6, 6)
        row.setSpacing(6)
        row.addWidget(self.list)
        row.addWidget(self.shown, 1)
        self.follow_session()

    @Slot(str)
    def open_data(self, name: str) -> None:
        """Open what goes by this name or lies at this path, in the background; a download is asked for first."""
        state, entry = self.session.state, entry_of(name)
        self.shown.hide_question()
        if state.data.data_set is not None and state.document.data == name and state.data.progress is None:
            return
        if entry is not None and entry.host and name not in self._agreed and not entry.is_here():
            self.shown.ask(question(entry), entry, lambda: self._download(name))
        else:
            self.session.data.use_data(name)

    @Slot(str)
    def _try_again(self, name: str) -> None:
        """It was agreed to before; what is here by now is not fetched again."""
        self.shown.hide_question()
        self._download(name)

    def _download(self, name: str) -> None:
        self._agreed.add(name)
        self.session.data.use_data(name)

    def show_changes(self, old: State | None, new: State) -> None:
        """Mark the open one, and what has been downloaded by now."""
        if old is None or _listed(old) != _listed(new):
            self.list.show_state(new)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if pictures.local_path(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := pictures.local_path(event.mimeData()):
            self.open_data(path)
            event.acceptProposedAction()


def _listed(state: State) -> tuple[object, ...]:
    """What the list shows of the state."""
    data = state.data
    return id(data.data_set), id(data.opened), data.progress is None, data.failed, state.document.data


def show_data_browser(session: Session, beside: QWidget) -> DataBrowser:
    """The browser of `session`, brought to the front; made if it is not there."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, DataBrowser) and widget.session is session and widget.isVisible():
            break
    else:
        owner = session.parent()
        widget = passing(DataBrowser(session, owner if isinstance(owner, QWidget) else beside.window()))
    widget.show()
    widget.raise_()
    widget.activateWindow()
    return widget
