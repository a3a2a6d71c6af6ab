"""Everything that a training run depends on besides its data: the learning form and the numbers of a whole run."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from explorer.engine.training.hyperparameters import SCHEDULES, Hyperparameters
from explorer.ui.common.learning_form import LearningForm
from explorer.ui.common.number_boxes import ChoiceBox, WholeBox

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

    def show_chosen(self, chosen: Hyperparameters, *, suited: str = "") -> None:
        super().show_chosen(chosen, suited=suited)
        self.schedule.setCurrentText(chosen.schedule)
        for name, box in self.counts.items():
            box.show_number(getattr(chosen, name))


def count_box(low: int, high: int) -> WholeBox:
    """A box that tells its number once it is settled, not key by key."""
    box = WholeBox(low, high)
    box.setAlignment(Qt.AlignmentFlag.AlignLeft)
    return box
