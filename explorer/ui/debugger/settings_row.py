"""What a training step learns from, and how: target, learning rate and batch in a row, the rest a click away."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLayout, QToolButton, QWidget

from explorer.arithmetic.losses import suggested_loss
from explorer.session import Session, State
from explorer.session.batch_place import example_at, place_in_batch, values_at
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.learning_form import LARGEST_RATE, LearningForm, loss_title
from explorer.ui.common.number_boxes import FloatBox, WholeBox
from explorer.ui.common.popup import ButtonMenu
from explorer.ui.common.popup_button import CaretButton, PopupButton
from explorer.ui.debugger.target_editor import Aim, TargetEditor

GAP = 8
MOST_AIMED = 10_000  # outputs whose targets are listed
EXAMPLE_WIDTH = 132
BUTTON_ROOM = 36  # pixels that a button takes besides its words
FORM_TIP = "Loss, optimizer and all of its numbers. The list of losses says what each makes of this step."
RATE_TIP = "lr: how far along the gradient a step goes. A new number records the step again."
BATCH_TIP = "How many examples the step learns from at once: the gradients of a weight are their sum or mean."
INPUT_TIP = (
    "How the loss changes with each number of the input. Nobody trains the input, so it is worked out on request."
)
EXAMPLE_TIP = "The example of the batch that is drawn, counted from 0 as everything that stands in a tensor."


class StepSettings(FollowingView, QWidget):
    """One row where there is room for it; else a single button that opens all of it."""

    shows = ("document", "steps.timeline", "steps.target", "steps.batch", "steps.cursor", "steps.input_gradient")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("stepSettings")
        self._suited = ""
        self._is_folded = False
        self.form = LearningForm()
        self.form.edited.connect(self._choose)
        self.open_form = PopupButton("Loss and optimizer", tip=FORM_TIP)
        self.open_form.opened.connect(self._open)
        self.open_form.body.addWidget(self.form)
        self.input_gradient = QCheckBox("gradient of the input too")
        self.input_gradient.setToolTip(INPUT_TIP)
        self.input_gradient.toggled.connect(session.learning.ask_input_gradient)
        self.open_form.body.addWidget(self.input_gradient)
        self.target = TargetEditor()
        self.target.edited.connect(self._aim)
        self.target.refused.connect(self._complain)
        self.rate = FloatBox(0.0, LARGEST_RATE, name="Learning rate of the step", tip=RATE_TIP)
        self.rate.setFixedWidth(84)
        self.rate.valueChanged.connect(lambda value: self._choose("learning_rate", value))
        self.rate.refused.connect(self._complain)
        self.batch = self._batch_button()
        self.example = WholeBox(0, 0, name="Example of the batch", tip=EXAMPLE_TIP, live=True)
        self.example.refused.connect(session.say)
        self.example.setPrefix("example ")
        self.example.setMinimumWidth(EXAMPLE_WIDTH)
        self.example.valueChanged.connect(lambda value: session.steps.choose_example(value))
        self._beside = self._row_beside()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # narrower than its parts, it folds
        self._row.addWidget(self.open_form)
        self._row.addWidget(self._beside)
        self._row.addStretch()
        self.follow_session()

    def _row_beside(self) -> QWidget:
        """What is changed most."""
        holder = QWidget()
        self._parts: tuple[QWidget, ...] = ()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        for name, control in (("target", self.target), ("lr", self.rate)):
            label = QLabel(name)
            label.setProperty("role", "dim")
            label.setBuddy(control)
            row.addWidget(label)
            row.addWidget(control)
            self._rate_parts: tuple[QWidget, ...] = (label, control)
            self._parts = (*self._parts, label, control)
        row.addWidget(self.batch)
        row.addWidget(self.example)
        self._parts = (*self._parts, self.batch, self.example)
        return holder

    def _batch_button(self) -> CaretButton:
        button = CaretButton(tip=BATCH_TIP)
        button.setAccessibleName("Batch")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = ButtonMenu(button)
        menu.setToolTipsVisible(True)
        self.add = menu.addAction("Add this input to the batch")
        self.add.setToolTip("It stays in the batch when another input is opened.")
        self.add.triggered.connect(self._session.learning.add_to_batch)
        self.copy = menu.addAction("Another example, to be typed")
        self.copy.setToolTip("A copy of the example that is drawn: type over its numbers, or paste others.")
        self.copy.triggered.connect(lambda: self._session.learning.copy_example(self.example.value()))
        self.remove = menu.addAction("Remove this example")
        self.remove.setToolTip("Take the example that is drawn out of the batch.")
        self.remove.triggered.connect(lambda: self._session.learning.remove_example(self.example.value()))
        self.only = menu.addAction("Only this input")
        self.only.setToolTip("Learn from the present input alone.")
        self.only.triggered.connect(self._session.learning.clear_batch)
        button.setMenu(menu)
        return button

    def sizeHint(self) -> QSize:
        return QSize(self._whole_width(), self.open_form.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.open_form.sizeHint().width(), self.open_form.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_changes(self, old: State | None, new: State) -> None:
        is_fresh = old is None or old.steps.timeline is not new.steps.timeline
        if is_fresh or old is None or old.document is not new.document:
            self._show_learning(new)
        with QSignalBlocker(self.input_gradient):
            self.input_gradient.setChecked(new.steps.input_gradient)
        if is_fresh and self.open_form.popup.isVisible():
            self._show_losses(new)
        if is_fresh or old is None or _aimed_by(old) != _aimed_by(new):
            self.target.show_aim(aim_of(new))
            self._fit()
        if is_fresh or old is None or (old.steps.batch, old.steps.cursor) != (new.steps.batch, new.steps.cursor):
            self._show_batch(new)

    def _show_learning(self, state: State) -> None:
        chosen = state.document.hyperparameters
        self._suited = _suited(state) or self._suited
        self.form.show_chosen(chosen, suited=self._suited, own=_own_loss(state))
        self.rate.show_number(chosen.learning_rate)
        self.open_form.settle()
        self._name_form()
        self._fit()

    def _words(self) -> str:
        chosen = self._session.state.document.hyperparameters
        own = "" if chosen.loss else _own_loss(self._session.state)
        return f"{own or loss_title(chosen.loss or self._suited)}, {chosen.optimizer}"

    def _name_form(self) -> None:
        self.open_form.show_words("Settings" if self._is_folded else self._words())
        self.open_form.setAccessibleName(f"Loss and optimizer: {self._words()}")

    def _show_batch(self, state: State) -> None:
        size = 1 if state.steps.timeline is None else state.steps.timeline.batch_size
        self.batch.show_words(f"batch {size}")
        self.only.setEnabled(bool(state.steps.batch))
        self.copy.setEnabled(values_at(state, state.steps.cursor.example) is not None)
        self.remove.setEnabled(place_in_batch(state, state.steps.cursor.example) is not None)
        self.add.setEnabled(state.values is not None)
        was_visible = not self.example.isHidden()
        self.example.setVisible(size > 1)
        self.example.blockSignals(True)
        self.example.setRange(0, size - 1)
        self.example.setSuffix(f" of 0–{size - 1}")
        self.example.setValue(state.steps.cursor.example)
        self.example.blockSignals(False)
        if was_visible != (size > 1):
            self.updateGeometry()
            self._fit()

    def _whole_width(self) -> int:
        """The room that the unfolded row takes."""
        words = self.open_form.fontMetrics().horizontalAdvance(self._words()) + BUTTON_ROOM
        parts = [part for part in self._parts if part in self._rate_parts or not part.isHidden()]
        return words + sum(GAP + max(part.sizeHint().width(), part.minimumWidth()) for part in parts)

    def _fit(self) -> None:
        """Fold the row into the form where it does not fit, and out of it again, but not while someone uses it."""
        if self.open_form.popup.isVisible():
            return
        is_folded = self.width() < self._whole_width()
        if is_folded != self._is_folded:
            self._fold(is_folded)

    def _fold(self, is_folded: bool) -> None:
        self._is_folded = is_folded
        for part in self._rate_parts:  # the form has a box for it
            part.setVisible(not is_folded)
        if is_folded:
            self.open_form.body.insertWidget(0, self._beside, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            self._row.insertWidget(1, self._beside)
        self._beside.show()
        self._name_form()

    @Slot()
    def _open(self) -> None:
        self.form.complain("")
        self._show_losses(self._session.state)

    def _show_losses(self, state: State) -> None:
        """What each loss says of the step that is shown, to be compared before one is chosen."""
        self.form.show_losses(state.steps.timeline.losses_beside() if state.steps.timeline is not None else {})

    @Slot(str, object)
    def _choose(self, name: str, value: object) -> None:
        if getattr(self._session.state.document.hyperparameters, name) != value:
            self._session.learning.set_hyperparameters(**{name: value})

    @Slot(object)
    def _aim(self, target: int | tuple[float, ...] | None) -> None:
        state = self._session.state
        example = state.steps.cursor.example
        if example_at(state, example) is not None:
            self._session.learning.set_example_target(example, target)
        elif target != state.steps.target:
            self._session.learning.set_target(target)

    @Slot(str)
    def _complain(self, sentence: str) -> None:
        self.form.complain(sentence)
        self._session.say(sentence)


def _aimed_by(state: State) -> tuple[object, ...]:
    steps = state.steps
    return steps.target, steps.batch, steps.cursor.example, state.document


def aim_of(state: State) -> Aim:
    """What the example that is drawn should give, and what could be chosen; where outputs are very many, nothing."""
    timeline, example = state.steps.timeline, state.steps.cursor.example
    found = example_at(state, example)
    target = state.steps.target if found is None else found.target
    count = _output_count(state)
    if count > MOST_AIMED:
        return Aim()
    targets = () if timeline is None or timeline.target is None else np.asarray(timeline.target)
    used = targets[example] if example < len(targets) else None
    by_class = isinstance(target, int) or (len(state.classes) > 1 and not isinstance(target, tuple)) or _is_class(used)
    if by_class and count:
        values = target if isinstance(target, int) else _class_of(used)
        return Aim(_aimed_at(state.classes, count), count, values, target is not None)
    if isinstance(target, tuple):
        return Aim((), count, target, True)
    return Aim((), count, None if used is None else tuple(float(value) for value in np.ravel(used)), False)


def _aimed_at(classes: tuple[str, ...], outputs: int) -> tuple[str, ...]:
    """The names of the classes that can be aimed at. One output tells two of them apart."""
    is_one_of_two = outputs == 1 and len(classes) == 2
    return classes if len(classes) == outputs or is_one_of_two else tuple(f"class {at}" for at in range(outputs))


def _is_class(used: np.ndarray | None) -> bool:
    return used is not None and used.ndim == 0 and np.issubdtype(used.dtype, np.integer)


def _class_of(used: np.ndarray | None) -> int | None:
    """The class that a target means: its index, or the place of the largest of its numbers; of one number itself."""
    if used is None or not used.size:
        return None
    return round(float(np.ravel(used)[0])) if used.size == 1 else int(np.argmax(used))


def _output_count(state: State) -> int:
    """How many numbers the network gives for one input."""
    steps = state.steps.timeline.steps if state.steps.timeline else ()
    shapes = [step.asked["output"] for step in steps if step.phase == "forward"]
    if shapes:
        return int(np.prod(shapes[-1][1:], dtype=np.int64))
    return len(state.classes)


def _own_loss(state: State) -> str:
    """What the loss is called that a model's program learns by: the name of its class or function, or how it is given;
    "" where there is none."""
    own = state.subject.own_loss
    if own is None or isinstance(own, str):
        return own or ""
    return str(getattr(own, "__name__", type(own).__name__))


def _suited(state: State) -> str:
    """The loss that suits the network, once it is known what it gives."""
    steps = [step for step in state.steps.timeline.steps if step.phase == "forward"] if state.steps.timeline else []
    if not steps:
        return ""
    shape = steps[-1].asked["output"]
    return suggested_loss(steps[-1].kind, shape[1] if len(shape) == 2 else 0, len(state.classes))
