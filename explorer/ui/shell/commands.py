"""What the commands of the window do, one function each; `actions` gives them their words and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from explorer.ui.common import dialogs, pictures, settings, theme
from explorer.ui.common.passing import passing
from explorer.ui.shell import leaving
from explorer.ui.shell.leaving import leave
from explorer.ui.shell.start_list import StartList

if TYPE_CHECKING:
    from explorer.ui.shell.main_window import MainWindow


def show_start_list(window: MainWindow) -> None:
    dialog = passing(StartList(window))
    dialog.chosen.connect(lambda name: leave(window, window.session, lambda: window.session.open_network(name)))
    dialog.file_wanted.connect(lambda: choose_network(window))
    dialog.open()


def new_network(window: MainWindow) -> None:
    text = dialogs.ask_notation(window)
    if text:
        leave(window, window.session, lambda: window.session.new_network(text))


def choose_network(window: MainWindow) -> None:
    path = dialogs.ask_network(window)
    if path:
        leave(window, window.session, lambda: window.session.open_network(path))


def choose_weights(window: MainWindow) -> None:
    path = dialogs.ask_weights(window)
    if path:
        window.session.load_weights(path)


def choose_picture(window: MainWindow) -> None:
    path = dialogs.ask_picture(window)
    if path:
        window.session.open_picture(path)


def show_data_browser(window: MainWindow) -> None:
    from explorer.ui.data.browser import show_data_browser as show  # the first paint does not need it

    show(window.session, window)


def save(window: MainWindow) -> None:
    leaving.save(window, window.session)


def save_as(window: MainWindow) -> None:
    leaving.save_as(window, window.session)


def copy_source(window: MainWindow) -> None:
    network = window.session.state.network
    if network is None:
        return
    if any(problem.severity == "error" for problem in window.session.state.problems):
        window.session.say("The network has a fault: mend it first, then its source can be written.")
        return
    QGuiApplication.clipboard().setText(network.source())
    window.session.say("The PyTorch source is on the clipboard.")


def copy_notation(window: MainWindow) -> None:
    network = window.session.state.network
    if network is not None:
        QGuiApplication.clipboard().setText(network.text())
        window.session.say("The network is on the clipboard as text.")


def paste_picture(window: MainWindow) -> None:
    pictures.paste(window.session, window.open_path)


def step_layer(window: MainWindow, steps: int) -> None:
    """Select the layer `steps` after the selected one."""
    network = window.session.state.network
    names = ("input", *(network.names if network else ()))
    chosen = window.session.state.selection.layer
    at = names.index(chosen) if chosen in names else 0
    window.session.select(layer=names[min(max(at + steps, 0), len(names) - 1)])


def previous_step(window: MainWindow) -> None:
    """The step before, from whatever depth."""
    window.session.go_to_step(window.session.state.cursor.step - 1)


def back_into(window: MainWindow) -> None:
    """Inside a step the cell before; else into the cells of the step before."""
    cursor = window.session.state.cursor
    if cursor.is_inside:
        window.session.step_over(-1)
    elif cursor.step > 0:
        window.session.go_to_step(cursor.step - 1, inside=True)


def toggle_play(window: MainWindow) -> None:
    """Play in the debugger's tab, or stop."""
    window.show_tab(2)
    assert window.debugger is not None
    window.debugger.controls.toggle_play()


def set_theme(choice: str) -> None:
    """Change the theme now and for the next start."""
    settings.set_theme_choice(choice)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, choice)


def show_shortcuts(window: MainWindow) -> None:
    passing(dialogs.Shortcuts(window.menus.actions(), window)).open()


def show_report(window: MainWindow) -> None:
    from explorer.ui.common.report_words import problem_report
    from explorer.ui.shell.report_window import ReportWindow

    passing(ReportWindow(problem_report(window.session.state), window)).open()


def show_about(window: MainWindow) -> None:
    from explorer.ui.shell.about import About

    passing(About(window)).open()


def show_welcome(window: MainWindow) -> None:
    settings.set_welcome_seen(False)
    window.welcome.show()
