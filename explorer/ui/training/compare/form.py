"""What is varied and for how long: a choice, its values, the epochs, and the one press that trains all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QWidget

from explorer.session.variation import Choice
from explorer.ui.common.number_boxes import ChoiceBox, WholeBox

WIDTH = 250
MOST_EPOCHS = 100_000
USUAL_EPOCHS = 5
TRAIN_TIP = "Train all variants one after the other, from fresh weights with the same seed."
EPOCHS_TIP = "How often each variant goes through the training examples."


class CompareForm(QWidget):
    """Emits `wanted` with the title of what is varied, its values as they are typed and the epochs; and `stopped`.

    `edited` tells that something else is written or chosen. `refused` tells in a sentence why a number was not taken.
    """

    wanted = Signal(str, str, int)
    stopped = Signal()
    edited = Signal()
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._choices: Sequence[Choice] = ()
        self.what = ChoiceBox()
        self.what.setObjectName("compareWhat")
        self.what.setAccessibleName("What is varied")
        self.what.setToolTip("What the variants differ in; all else is as it is now.")
        self.what.setMinimumContentsLength(20)
        self.what.currentIndexChanged.connect(self._suggest)
        self.values = QLineEdit(objectName="compareValues", accessibleName="Values")
        self.values.setToolTip("One variant for each of these, with commas between them.")
        self.values.textChanged.connect(lambda _text: self.edited.emit())
        self.values.returnPressed.connect(self._want)
        self.epochs = WholeBox(1, MOST_EPOCHS, name="Epochs of each", tip=EPOCHS_TIP)
        self.epochs.setObjectName("compareEpochs")
        self.epochs.setValue(USUAL_EPOCHS)
        self.epochs.refused.connect(self.refused)
        self.train = QPushButton("Train all", objectName="compareTrain", accessibleName="Train all")
        self.train.setToolTip(TRAIN_TIP)
        self.train.clicked.connect(self._want)
        self.stop = QPushButton("Stop", objectName="compareStop", accessibleName="Stop comparing")
        self.stop.setToolTip("Give up what has not ended; the curves stay.")
        self.stop.clicked.connect(self.stopped)
        self._lay_out()

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(6)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        row = QHBoxLayout()
        row.addWidget(self.epochs, 1)
        row.addWidget(self.train)
        row.addWidget(self.stop)
        for name, field in (("vary", self.what), ("values", self.values), ("epochs", row)):
            label = QLabel(name)
            label.setProperty("role", "dim")
            form.addRow(label, field)
        form.setAlignment(Qt.AlignmentFlag.AlignTop)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Always as wide as what stands in it, whatever can be chosen."""
        return super().minimumSizeHint().expandedTo(QSize(WIDTH, 0))

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Offer these; what was chosen and typed stays while it is among them."""
        self._choices = choices
        titles = [choice.title for choice in choices]
        if titles == [self.what.itemText(at) for at in range(self.what.count())]:
            return
        chosen = self.what.currentText()
        with QSignalBlocker(self.what):
            self.what.clear()
            self.what.addItems(titles)
            self.what.setCurrentIndex(titles.index(chosen) if chosen in titles else 0)
        if chosen not in titles:
            self._suggest()

    def set_running(self, is_running: bool, *, why_not: str) -> None:
        """What can be pressed now; `why_not` says in a sentence why none can be begun, "" where one can."""
        self.train.setEnabled(not why_not and not is_running)
        self.train.setToolTip(why_not or TRAIN_TIP)
        self.stop.setEnabled(is_running)

    @Slot()
    def _suggest(self) -> None:
        choice = self._chosen()
        self.values.setText("" if choice is None else ", ".join(choice.suggested))
        self.values.setPlaceholderText("" if choice is None or not choice.present else f"now {choice.present}")

    def _chosen(self) -> Choice | None:
        at = self.what.currentIndex()
        return self._choices[at] if 0 <= at < len(self._choices) else None

    @Slot()
    def _want(self) -> None:
        if self.train.isEnabled():
            self.wanted.emit(self.what.currentText(), self.values.text(), self.epochs.value())
