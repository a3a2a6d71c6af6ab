"""What the commands of the window do, one function each; `actions` gives them their words and keys."""

from __future__ import annotations

from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QApplication

from explorer.session import Verb
from explorer.ui.common import dialogs, leaving, settings, theme
from explorer.ui.common.command import Shell
from explorer.ui.common.fitting import fit_at
from explorer.ui.common.passing import passing
from explorer.ui.shell.start_list import StartList


def fit_under_mouse(shell: Shell) -> None:
    fit_at(QCursor.pos(), shell.widget)


def show_start_list(shell: Shell) -> None:
    dialog = passing(StartList(shell.actions()["openNetwork"], shell.widget))
    dialog.chosen.connect(lambda name: shell.leave(lambda: shell.session.files.open_network(name)))
    dialog.open()


def new_network(shell: Shell) -> None:
    """Nothing is asked about the network that is open before the text of the new one is right."""
    from explorer.ui.new_network.page import NewNetworkPage

    def leave(page: NewNetworkPage, text: str) -> None:
        leaving.leave(page, shell.session, lambda: go(page, text))

    def go(page: NewNetworkPage, text: str) -> None:
        page.forget()
        shell.session.files.new_network(text)

    NewNetworkPage.over(shell.widget, leave).open_over_parent()


def choose_network(shell: Shell) -> None:
    path = dialogs.ask_network(shell.widget)
    if path:
        shell.leave(lambda: shell.session.files.open_network(path))


def choose_model(shell: Shell) -> None:
    path = dialogs.ask_model(shell.widget)
    if path:
        shell.open_path(path)


def name_model(shell: Shell) -> None:
    shell.leave(shell.session.files.models.ask_name)


def choose_weights(shell: Shell) -> None:
    path = dialogs.ask_weights(shell.widget)
    if path:
        shell.session.files.load_weights(path)


def save(shell: Shell) -> None:
    leaving.save(shell.widget, shell.session)


def save_as(shell: Shell) -> None:
    leaving.save_as(shell.widget, shell.session)


def copy_source(shell: Shell) -> None:
    subject = shell.session.state.subject
    if not subject.can(Verb.EDIT):
        return
    if not subject.is_whole:
        shell.session.say("The network has a fault: mend it first, then its source can be written.")
        return
    QGuiApplication.clipboard().setText(subject.edited.source())
    shell.session.say("The PyTorch source is on the clipboard.")


def copy_notation(shell: Shell) -> None:
    subject = shell.session.state.subject
    if subject.can(Verb.EDIT):
        QGuiApplication.clipboard().setText(subject.edited.text())
        shell.session.say("The network is on the clipboard as text.")


def step_layer(shell: Shell, steps: int) -> None:
    """Select the layer, or the call of an own model, `steps` after the selected one."""
    names = [part.name for part in shell.session.state.parts]
    chosen = shell.session.state.selection.layer
    at = names.index(chosen) if chosen in names else 0
    shell.session.selection.select(layer=names[min(max(at + steps, 0), len(names) - 1)])


def set_theme(choice: str) -> None:
    """Change the theme now and for the next start."""
    settings.set_theme_choice(choice)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, choice)


def show_shortcuts(shell: Shell) -> None:
    passing(dialogs.Shortcuts(list(shell.actions()), shell.widget)).open()


def show_messages(shell: Shell) -> None:
    from explorer.ui.shell.message_list import bring_up

    bring_up(shell.session, shell.widget)


def show_report(shell: Shell) -> None:
    from explorer.ui.common.report_words import problem_report
    from explorer.ui.shell.report_window import ReportWindow

    passing(ReportWindow(problem_report(shell.session.state), shell.widget)).open()


def show_calculator(shell: Shell) -> None:
    """Sizes and parameters of layers on any input."""
    from explorer.ui.editor.calculator import SizeCalculator

    calculator = passing(SizeCalculator(shell.session.state.subject.input_shape, shell.widget))
    calculator.refused.connect(shell.session.say)
    calculator.open()


def show_about(shell: Shell) -> None:
    from explorer.ui.shell.about import About

    passing(About(shell.widget)).open()


def show_welcome(shell: Shell) -> None:
    settings.set_welcome_seen(False)
    shell.show("welcome")
