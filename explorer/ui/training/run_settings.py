"""What Train would start: data, loss, optimizer, and the numbers that are changed most."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.session import Session, State
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.learning_form import loss_title
from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.number_boxes import FloatBox
from explorer.ui.common.popup_button import PopupButton
from explorer.ui.data.button import DataButton
from explorer.ui.training.run_form import (
    BATCH_TIP,
    EPOCHS_TIP,
    LARGEST_BATCH,
    LARGEST_RUN_RATE,
    MOST_EPOCHS,
    RunForm,
    count_box,
)
from explorer.ui.training.run_words import suited_loss

WIDTH = 268
DATA_TIP = "What the network learns from."
FORM_TIP = "Loss, optimizer, schedule and all of their numbers."
RATE_TIP = "lr: how far along the gradient a step goes. It can be changed while the run goes on."


class RunSettings(FollowingView, QWidget):
    """A column; what is chosen here is the document's, so that undo takes it back."""

    shows = ("document", "data.data_set")

    def __init__(self, session: Session, show_data: NamedAction, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("runSettings")
        self.setFixedWidth(WIDTH)
        self.data = DataButton(session, show_data, with_problem=False)  # the line above has more room for it
        self.form = RunForm()
        self.form.edited.connect(self._choose)
        self.open_form = PopupButton("Loss and optimizer", tip=FORM_TIP)
        self.open_form.setObjectName("openRunForm")
        self.open_form.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.open_form.opened.connect(lambda: self.form.complain(""))
        self.open_form.body.addWidget(self.form)
        self.rate = FloatBox(0.0, LARGEST_RUN_RATE, name="Learning rate", tip=RATE_TIP)
        self.rate.valueChanged.connect(lambda value: self._choose("learning_rate", value))
        self.batch = count_box(1, LARGEST_BATCH)
        self.batch.valueChanged.connect(lambda value: self._choose("batch_size", value))
        self.epochs = count_box(1, MOST_EPOCHS)
        self.epochs.valueChanged.connect(lambda value: self._choose("epochs", value))
        for box in (self.rate, self.batch, self.epochs):
            box.refused.connect(session.say)
        self._lay_out()
        self.follow_session()

    def _lay_out(self) -> None:
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        self._row(grid, 0, "data", self.data, DATA_TIP)
        self._row(grid, 1, "learn", self.open_form, FORM_TIP)
        self._row(grid, 2, "rate", self.rate, RATE_TIP)
        self._row(grid, 3, "batch", self.batch, BATCH_TIP)
        self._row(grid, 3, "epochs", self.epochs, EPOCHS_TIP, column=2)
        for column in (1, 3):
            grid.setColumnStretch(column, 1)
        self.column.addLayout(grid)
        self.column.addStretch()

    def _row(self, grid: QGridLayout, row: int, name: str, control: QWidget, tip: str, *, column: int = 0) -> None:
        label = QLabel(name)
        label.setProperty("role", "dim")
        label.setBuddy(control)
        label.setToolTip(tip)
        if control not in (self.data, self.open_form):  # they say more themselves
            control.setToolTip(tip)
            control.setAccessibleName({"rate": "Learning rate", "batch": "Batch size"}.get(name, name.capitalize()))
        grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(control, row, column + 1, 1, 3 if row < 3 else 1)

    def edit_setting(self, name: str) -> None:
        """Bring the keyboard into the field of one of `run_settings`; what has none in sight is in the form."""
        seen: dict[str, QWidget] = {"learning rate": self.rate, "batch_size": self.batch, "epochs": self.epochs}
        if name not in seen:
            self.open_form.open_popup()
        seen.get(name, self.form.editor(name)).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_changes(self, old: State | None, new: State) -> None:
        """Show what is chosen."""
        chosen, suited = new.document.hyperparameters, suited_loss(new)
        self.form.show_chosen(chosen, suited=suited)
        self.rate.show_number(chosen.learning_rate)
        self.batch.show_number(chosen.batch_size)
        self.epochs.show_number(chosen.epochs)
        words = f"{loss_title(chosen.loss or suited)}, {chosen.optimizer}"
        self.open_form.show_words(words)
        self.open_form.setAccessibleName(f"Loss and optimizer: {words}")
        self.open_form.settle()

    @Slot(str, object)
    def _choose(self, name: str, value: object) -> None:
        if getattr(self._session.state.document.hyperparameters, name) != value:
            self._session.learning.set_hyperparameters(**{name: value})
