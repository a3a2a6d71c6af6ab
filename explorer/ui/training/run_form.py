"""Everything that a training run depends on besides its data: the learning form and the numbers of a whole run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.updates import UPDATES
from explorer.engine.training.hyperparameters import SCHEDULES, Hyperparameters
from explorer.ui.common.learning_form import (
    LOSS_NUMBERS,
    LOSS_TIP,
    OPTIMIZER_NUMBERS,
    OPTIMIZER_TIP,
    LearningForm,
    loss_title,
    numbers_read,
)
from explorer.ui.common.number_boxes import ChoiceBox, WholeBox
from explorer.ui.common.text import count, exact

LARGEST_RUN_RATE = 1e30  # even so large a rate is worth trying: the run stops and says where
LARGEST_BATCH, MOST_EPOCHS, LARGEST_SEED = 65_536, 100_000, 2_147_483_647
BATCH_TIP = "How many examples are learned from at once."
MOST_BATCHES = 10_000
ACCUMULATION_TIP = "How many batches are added up before the weights change: as one large batch, in less memory."
EPOCHS_TIP = "How often the run goes through all training examples."
SCHEDULE_TIP = "How the learning rate goes over the run: its number is the top."
# name, label, smallest, largest, tip
COUNTS = (
    ("batch_size", "batch size", 1, LARGEST_BATCH, BATCH_TIP),
    ("accumulation", "accumulation", 1, MOST_BATCHES, ACCUMULATION_TIP),
    ("epochs", "epochs", 1, MOST_EPOCHS, EPOCHS_TIP),
    ("seed", "seed", 0, LARGEST_SEED, "Fixes the order of the examples and all that is random: same seed, same run."),
    (
        "patience",
        "patience",
        0,
        MOST_EPOCHS,
        "The number of epochs without a smaller validation loss after which the run ends; 0 for never.",
    ),
)


@dataclass(frozen=True)
class RunSetting:
    """One thing that a run depends on: what it is called here and on the screen, and as what it is chosen.

    `words` are what it may be looked for by besides.
    """

    name: str
    label: str
    tip: str
    chosen: str
    words: str = ""


def run_settings(chosen: Hyperparameters, loss: str) -> Iterator[RunSetting]:
    """All that has a control in the form; of numbers those that the optimizer and the loss called `loss` read."""
    title = loss_title(loss) if chosen.loss else f"suited: {loss_title(loss)}"
    yield RunSetting("loss", "loss", LOSS_TIP, title, " ".join(each.title for each in LOSSES))
    yield RunSetting("optimizer", "optimizer", OPTIMIZER_TIP, chosen.optimizer, " ".join(each.name for each in UPDATES))
    yield RunSetting("schedule", "schedule", SCHEDULE_TIP, chosen.schedule)
    for name, label, _, _, tip in COUNTS:
        yield RunSetting(name, label, tip, count(getattr(chosen, name)))
    read = numbers_read(chosen, loss)
    for field in (*LOSS_NUMBERS, *OPTIMIZER_NUMBERS):
        if field.name in read:
            yield RunSetting(field.label, field.label, field.tip, exact(field.value(chosen)))


class RunForm(LearningForm):
    """`LearningForm` with schedule, batch size, accumulation, epochs, seed and patience."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.schedule = ChoiceBox()
        self.counts: dict[str, WholeBox] = {}
        super().__init__(parent)
        self._grid.removeWidget(self.complaint)
        next(box for field, (_, box) in self.boxes.items() if field.name == "learning_rate").setMaximum(
            LARGEST_RUN_RATE
        )
        self.schedule.addItems(list(SCHEDULES))
        self.schedule.activated.connect(lambda _index: self.edited.emit("schedule", self.schedule.currentText()))
        self._add("schedule", self.schedule, SCHEDULE_TIP)
        for name, label, low, high, tip in COUNTS:
            self.counts[name] = count_box(low, high)
            self.counts[name].valueChanged.connect(lambda value, named=name: self.edited.emit(named, value))
            self.counts[name].refused.connect(self.complain)
            self._add(label, self.counts[name], tip)
        self._grid.addWidget(self.complaint, self._grid.rowCount(), 0, 1, 2)
        self.show_chosen(self._chosen)

    def editor(self, name: str) -> QWidget:
        """The control of one of `run_settings`."""
        choices: dict[str, QWidget] = {"loss": self.loss, "optimizer": self.optimizer, "schedule": self.schedule}
        numbers = {field.label: box for field, (_, box) in self.boxes.items()}
        return {**choices, **self.counts, **numbers}[name]

    def show_chosen(self, chosen: Hyperparameters, *, suited: str = "", own: str = "") -> None:
        super().show_chosen(chosen, suited=suited, own=own)
        self.schedule.setCurrentText(chosen.schedule)
        for name, box in self.counts.items():
            box.show_number(getattr(chosen, name))


def count_box(low: int, high: int) -> WholeBox:
    """A box that tells its number once it is settled, not key by key."""
    box = WholeBox(low, high)
    box.setAlignment(Qt.AlignmentFlag.AlignLeft)
    return box
