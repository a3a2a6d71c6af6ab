"""Lines about data for the dock and the browser: how far opening has come, what does not fit, what is on both sides."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from explorer.amounts import part_of_file
from explorer.data import Twins
from explorer.session import Session, State
from explorer.session.progress import Progress
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.icons import icon
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.text import count, on_a_button, plural

MOST = 1000
MOST_CURES = 3
REMOVE = "Remove from training"


class OpeningLine(FollowingView, QWidget):
    """What is being opened, a thin line of progress and a button that gives it up; hidden while nothing is opened."""

    shows = ("data.progress",)
    follows_hidden = True  # it hides itself

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("openingData")
        self.words = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)  # how far it is stands at the end
        self.bar = QProgressBar(textVisible=False, accessibleName="Progress of opening the data")
        self.cancel = QToolButton(objectName="cancelOpening", accessibleName="Cancel opening the data")
        self.cancel.setToolTip("Stop opening the data; what is open stays.")
        self.cancel.setProperty("role", "flat")
        self.cancel.setIcon(icon("ph.x"))
        self.cancel.clicked.connect(session.data.cancel_data)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.words)
        column.addWidget(self.bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(column, 1)
        row.addWidget(self.cancel)
        self.follow_session()

    def show_changes(self, old: State | None, new: State) -> None:
        """Follow the progress."""
        progress = new.data.progress
        self.setVisible(progress is not None)
        if progress is None:
            return
        self.words.set_whole(progress_words(progress))
        self.bar.setRange(0, MOST if progress.total else 0)
        if progress.total:
            self.bar.setValue(round(MOST * min(progress.done / progress.total, 1)))


class ProblemLine(FollowingView, QWidget):
    """Why the network cannot learn from the data, and what would let it as buttons; hidden while it can."""

    shows = ("data.problem",)
    follows_hidden = True  # it hides itself

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("dataProblem")
        self.sentence = QLabel(wordWrap=True)
        self.sentence.setProperty("role", "warning")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.fix = self._cure_button("fitToData", 0)
        self.others = [self._cure_button(f"fitToData{at}", at) for at in range(1, MOST_CURES)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.sentence)
        for button in (self.fix, *self.others):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.follow_session()

    def _cure_button(self, name: str, at: int) -> QPushButton:
        button = QPushButton(objectName=name)
        button.setAutoDefault(False)
        if at:
            button.setProperty("role", "link")
        button.clicked.connect(lambda _checked=False: self._session.data.fit_to_data(at))
        return button

    def show_changes(self, old: State | None, new: State) -> None:
        """Follow the problem."""
        problem = new.data.problem
        self.setVisible(problem is not None)
        if problem is None:
            return
        self.sentence.setText(problem.message)
        self.sentence.setAccessibleName(problem.message)
        for at, button in enumerate((self.fix, *self.others)):
            cure = problem.cures[at] if at < len(problem.cures) else None
            button.setVisible(cure is not None)
            if cure is not None:
                button.setText(on_a_button(f"or: {cure.label[:1].lower()}{cure.label[1:]}" if at else cure.label))
                button.setAccessibleName(cure.label)
                button.setToolTip(f"{cure.label}; undo takes it back.")


class TwinsLine(FollowingView, QWidget):
    """How many pictures lie in training and test at once, and a button that takes them out of training."""

    shows = ("data.twins", "data.data_set")
    follows_hidden = True  # it hides itself

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("dataTwins")
        self.sentence = QLabel(wordWrap=True)
        self.sentence.setProperty("role", "warning")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.remove = QPushButton(REMOVE, objectName="removeTwins", accessibleName=REMOVE)
        self.remove.setToolTip("They stay held out. Opening the data again brings them back.")
        self.remove.setAutoDefault(False)
        self.remove.clicked.connect(session.data.remove_twins)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.remove)
        self.follow_session()

    def show_changes(self, old: State | None, new: State) -> None:
        """Follow what was found."""
        twins = new.data.twins if new.data.data_set is not None else None
        words = twins_words(twins) if twins is not None and twins.held_out else ""
        self.setVisible(bool(words))
        self.sentence.setText(words)
        self.sentence.setAccessibleName(words)


def twins_words(twins: Twins) -> str:
    """What equal pictures on both sides mean."""
    amount, is_one = plural(twins.held_out, "held-out picture"), twins.held_out == 1
    looked = "" if twins.is_whole else " Not all were looked at."
    return (
        f"{amount} {'is' if is_one else 'are'} among those to learn from as well, equal in every pixel: "
        f"{'it tells' if is_one else 'they tell'} what was memorised, not what was learned.{looked}"
    )


def progress_words(progress: Progress) -> str:
    """ "Downloading cifar-10-binary.tar.gz · 12.3 of 170.0 MB", "Listing photos · 4,000"."""
    if progress.total and progress.text.startswith("Downloading"):
        return f"{progress.text} · {part_of_file(progress.done, progress.total)}"
    if progress.total:
        return f"{progress.text} · {count(progress.done)} of {count(progress.total)}"
    return f"{progress.text} · {count(progress.done)}" if progress.done else progress.text
