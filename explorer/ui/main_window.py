"""The main window: the list of its parts and what ties them to the commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QTabWidget, QToolBar, QToolButton, QVBoxLayout, QWidget

from explorer.session import Session, State
from explorer.ui import dialogs, settings, theme
from explorer.ui.actions import COMMANDS, Command, make_action
from explorer.ui.docks import PaneDock
from explorer.ui.icons import icon
from explorer.ui.start_list import StartList
from explorer.ui.views.input_view import InputView
from explorer.ui.views.messages import Messages, Welcome
from explorer.ui.views.network_panel import NetworkPanel
from explorer.ui.views.overview import Overview
from explorer.ui.views.prediction import PredictionView
from explorer.ui.views.status import Status

if TYPE_CHECKING:
    from explorer.ui.views.feature_maps import FeatureMaps

TITLE = "Network Explorer"
FIRST_SIZE = (1440, 900)
MINIMUM_SIZE = (960, 560)
LEFT_WIDTH, RIGHT_WIDTH = 290, 270


class MainWindow(QMainWindow):
    """Three columns: what the network is, what it does, what it sees and says.

    `painted` is emitted once, after the first paint and before the parts are made that it did not need.
    """

    painted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        session.setParent(self)
        self.setObjectName("mainWindow")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.resize(*FIRST_SIZE)
        self.setMinimumSize(*MINIMUM_SIZE)
        self.feature_maps: FeatureMaps | None = None
        self._actions: dict[str, tuple[Command, QAction]] = {}
        self._is_painted = False
        self._make_centre()
        self._make_docks()
        self._make_menus()
        self._make_tool_bar()
        self.setStatusBar(Status(session))
        self._restore_layout()
        session.changed.connect(self.show_state)
        self.show_state(None, session.state)

    def open_path(self, path: str | Path) -> None:
        """Open whatever lies at `path`: a picture or a network; what dropping and the dialogs call."""
        self.session.open_path(path)

    # --- the parts ---

    def _make_centre(self) -> None:
        self.tabs = QTabWidget(documentMode=True, objectName="centre")
        self.tabs.tabBar().setDrawBase(False)
        self.overview = Overview(self.session)
        self.overview.opened.connect(lambda: self.show_tab(1))
        self.tabs.addTab(self.overview, "Overview")
        self._maps_page = QWidget()
        QVBoxLayout(self._maps_page).setContentsMargins(0, 0, 0, 0)
        self.tabs.addTab(self._maps_page, "Feature maps")
        self.welcome = Welcome()
        self.welcome.setVisible(not settings.is_welcome_seen())
        self.welcome.dismissed.connect(self._dismiss_welcome)
        self.welcome.networks_wanted.connect(self.show_start_list)
        self.welcome.picture_wanted.connect(self.choose_picture)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addWidget(Messages(self.session))
        column.addWidget(self.welcome)
        column.addWidget(self.tabs, 1)
        self.setCentralWidget(centre)

    def _make_docks(self) -> None:
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self.network_panel = NetworkPanel(self.session)
        self.input_view = InputView(self.session)
        self.prediction = PredictionView(self.session)
        self.docks = (
            PaneDock("Network", "dock.network", self.network_panel, self),
            PaneDock("Input", "dock.input", self.input_view, self),
            PaneDock("Prediction", "dock.prediction", self.prediction, self),
        )
        for dock, area, width in zip(
            self.docks, (left, right, right), (LEFT_WIDTH, RIGHT_WIDTH, RIGHT_WIDTH), strict=True
        ):
            dock.setMinimumWidth(width)
            self.addDockWidget(area, dock)
        self._place_docks()

    def _place_docks(self) -> None:
        network, picture, prediction = self.docks
        self.resizeDocks([network, picture], [LEFT_WIDTH, RIGHT_WIDTH], Qt.Orientation.Horizontal)
        self.resizeDocks([picture, prediction], [6, 4], Qt.Orientation.Vertical)

    def _make_menus(self) -> None:
        menus: dict[str, QMenu] = {}
        current: QMenu | None = None
        for command in COMMANDS:
            if isinstance(command, str):
                if current is not None:
                    current.addSeparator()
                continue
            if command.menu not in menus:
                menus[command.menu] = self.menuBar().addMenu(f"&{command.menu}")
            current = menus[command.menu]
            action = make_action(command, self)
            current.addAction(action)
            self._actions[command.name] = (command, action)
        self._add_view_choices(menus["View"])
        self._recent_menu = QMenu("Open recent", self)
        menus["File"].insertMenu(self.action("save"), self._recent_menu)
        self._recent_menu.aboutToShow.connect(self._fill_recent)

    def _add_view_choices(self, menu: QMenu) -> None:
        menu.addSeparator()
        for dock in self.docks:
            menu.addAction(dock.toggleViewAction())
        themes = menu.addMenu("Theme")
        group = QActionGroup(self)
        for choice in theme.CHOICES:
            action = themes.addAction("As the system" if choice == "system" else choice.capitalize())
            action.setCheckable(True)
            action.setChecked(choice == settings.theme_choice())
            action.setObjectName(f"action.theme.{choice}")
            action.triggered.connect(lambda _checked=False, chosen=choice: self.set_theme(chosen))
            group.addAction(action)

    def _make_tool_bar(self) -> None:
        bar = QToolBar("Tools", objectName="toolBar", movable=False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for name, short in (
            ("startList", "Networks"),
            ("openNetwork", "Open network"),
            ("openPictureFile", "Open picture"),
            ("save", "Save"),
            ("", ""),
            ("undo", "Undo"),
            ("redo", "Redo"),
        ):
            if not name:
                bar.addSeparator()
                continue
            bar.addAction(self.action(name))
            button = bar.widgetForAction(self.action(name))
            assert isinstance(button, QToolButton)
            button.setObjectName(name)
            button.setAccessibleName(short)
            self.action(name).setIconText(short)
        self.addToolBar(bar)

    def action(self, name: str) -> QAction:
        """The action of the command `name`."""
        return self._actions[name][1]

    def show_late_parts(self) -> None:
        """Make what the first paint did not need: pyqtgraph takes 0.4 s to import."""
        if self.feature_maps is not None:
            return
        from explorer.ui.views.feature_maps import FeatureMaps

        self.feature_maps = FeatureMaps(self.session)
        layout = self._maps_page.layout()
        assert layout is not None
        layout.addWidget(self.feature_maps)

    # --- what it shows ---

    @Slot(object, object)
    def show_state(self, old: State | None, new: State) -> None:
        """Title, enabled commands, and what undo and redo would do."""
        mark = "•" if new.unsaved else ""
        self.setWindowTitle(f"{mark}{new.title} – {TITLE}")
        for command, action in self._actions.values():
            action.setEnabled(command.enabled(new))
        for name, text in (("undo", new.undo_text), ("redo", new.redo_text)):
            action = self.action(name)
            label = f"{name.capitalize()} {text}".strip()
            action.setText(label)
            action.setIconText(name.capitalize())
            action.setToolTip(f"{label} ({action.shortcut().toString()})" if text else f"Nothing to {name}.")
        if old is not None and old.recent is not new.recent:
            settings.set_recent_files(new.recent)

    def show_tab(self, index: int) -> None:
        """Bring a tab of the centre to the front."""
        self.show_late_parts()
        self.tabs.setCurrentIndex(index)

    def step_layer(self, steps: int) -> None:
        """Select the layer `steps` after the selected one."""
        network = self.session.state.network
        names = ("input", *(network.names if network else ()))
        chosen = self.session.state.selection.layer
        at = names.index(chosen) if chosen in names else 0
        self.session.select(layer=names[min(max(at + steps, 0), len(names) - 1)])

    def set_theme(self, choice: str) -> None:
        """Change the theme now and for the next start."""
        settings.set_theme_choice(choice)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, choice)
        self._colour_icons()

    def _colour_icons(self) -> None:
        for command, action in self._actions.values():
            if command.icon:
                action.setIcon(icon(command.icon))

    # --- what commands do ---

    def show_start_list(self) -> None:
        dialog = StartList(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self.session.open_network)
        dialog.file_wanted.connect(self.choose_network)
        dialog.open()

    def new_network(self) -> None:
        text = dialogs.ask_notation(self)
        if text:
            self.session.new_network(text)

    def choose_network(self) -> None:
        path = dialogs.ask_network(self)
        if path:
            self.session.open_network(path)

    def choose_picture(self) -> None:
        path = dialogs.ask_picture(self)
        if path:
            self.session.open_picture(path)

    def save(self) -> None:
        path = self.session.state.path
        if path is None:
            self.save_as()
        else:
            self.session.save_network(path)

    def save_as(self) -> None:
        path = dialogs.ask_save_path(self, self.session.state.title)
        if path:
            self.session.save_network(path)

    def copy_source(self) -> None:
        network = self.session.state.network
        if network is None:
            return
        if any(problem.severity == "error" for problem in network.problems()):
            self.session.say("The network has a fault: mend it first, then its source can be written.")
            return
        QGuiApplication.clipboard().setText(network.source())
        self.session.say("The PyTorch source is on the clipboard.")

    def copy_notation(self) -> None:
        network = self.session.state.network
        if network is not None:
            QGuiApplication.clipboard().setText(network.text())
            self.session.say("The network is on the clipboard as text.")

    def paste_picture(self) -> None:
        mime = QGuiApplication.clipboard().mimeData()
        if mime.hasUrls() and mime.urls()[0].isLocalFile():
            self.open_path(mime.urls()[0].toLocalFile())
        elif mime.hasImage():
            self.input_view.paste()
        else:
            self.session.say("There is no picture on the clipboard.")

    def show_shortcuts(self) -> None:
        dialogs.Shortcuts([action for _, action in self._actions.values()], self).open()

    def show_about(self) -> None:
        dialogs.show_about(self)

    def show_welcome(self) -> None:
        settings.set_welcome_seen(False)
        self.welcome.show()

    @Slot()
    def _dismiss_welcome(self) -> None:
        settings.set_welcome_seen(True)
        self.welcome.hide()

    def reset_layout(self) -> None:
        settings.forget_layout()
        for dock in self.docks:
            dock.setFloating(False)
            dock.show()
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        for dock, area in zip(self.docks, (left, right, right), strict=True):
            self.addDockWidget(area, dock)
        self._place_docks()

    def quit(self) -> None:
        self.close()

    @Slot()
    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for path in self.session.state.recent:
            action = self._recent_menu.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(lambda _checked=False, chosen=path: self.open_path(chosen))
        if self._recent_menu.isEmpty():
            self._recent_menu.addAction("Nothing opened yet").setEnabled(False)

    # --- Qt's events ---

    def _restore_layout(self) -> None:
        geometry, docks = settings.layout()
        if geometry is not None:
            self.restoreGeometry(geometry)
        if docks is not None:
            self.restoreState(docks)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self, self._after_first_paint)

    @Slot()
    def _after_first_paint(self) -> None:
        self.painted.emit()
        self.show_late_parts()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ThemeChange and settings.theme_choice() == "system":
            QTimer.singleShot(0, self, lambda: self.set_theme("system"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        mime = event.mimeData()
        if mime.hasUrls():
            self._drop_file(mime.urls()[0].toLocalFile())
        elif mime.hasImage():
            self.session.use_picture(picture_of(mime.imageData()))
        event.acceptProposedAction()

    def _drop_file(self, name: str) -> None:
        if name:
            self.open_path(name)
        else:
            self.session.say("Only files on this computer can be dropped here.")

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.session.state.unsaved and self.isVisible() and not self._may_close():
            event.ignore()
            return
        settings.set_layout(self.saveGeometry(), self.saveState())
        self.session.close()
        super().closeEvent(event)

    def _may_close(self) -> bool:
        answer = dialogs.ask_unsaved(self, self.session.state.title)
        if answer == "save":
            self.save()
            return False  # the window stays until the file is written
        return answer == "discard"


def picture_of(image: QImage) -> object:
    """A picture for the network from an image of the clipboard or of a drop."""
    from explorer.data import picture_from_array

    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    pixels = rows[:, : rgb.width() * 3].reshape(rgb.height(), rgb.width(), 3).copy()
    return picture_from_array(pixels, "pasted picture")
