"""What losses say of the same outputs, L27 to L29: each row begins where its function says before `Hand.begin`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QTabBar,
)
from torch.nn.functional import cross_entropy, l1_loss, mse_loss

from explorer.ui.common.popup_button import PopupButton
from explorer.ui.tensors.view import TensorView
from explorer.ui.training.plane.landscape_canvas import LandscapeCanvas
from tests.end_to_end.counting_hand import Hand, number_in
from tests.end_to_end.row_acts import begin_in_debugger, begin_with, explained, paste
from tests.end_to_end.slides import slides
from tests.ui.fakes import values_of


def l27_losses_of_numbers_on_the_same_prediction(hand: Hand) -> None:
    """Begins in the debugger, with the lecture's 2-2-2 network: it says 2 and 2, and should say 1 and 0."""
    begin_with(hand, "two-two-two")
    hand.window.show_part("debugger")
    for second, expected in (
        ("3", {"mean squared error": 1, "mean absolute error": 1, "mean bias error": 0}),  # the signs cancel
        ("22", {"mean squared error": 200.5, "mean absolute error": 10.5, "mean bias error": 9.5}),  # an outlier
    ):
        hand.wait_for_step()
        hand.begin()
        hand.double_click(hand.find(QAbstractSpinBox, "Target d₂").lineEdit())
        hand.write(second)
        found = _losses(hand)
        assert {name: found[name] for name in expected} == expected
        _close_form(hand)
        assert hand.acts <= 6
    for title, loss in GRADIENTS.items():
        _read_gradient(hand, title, loss)


def _read_gradient(hand: Hand, title: str, loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> None:
    """Of the same prediction, with another loss."""
    session = hand.window.session
    session.steps.to_start()
    hand.begin()
    hand.click(_form(hand))
    hand.choose(hand.find(QComboBox, "Loss", _form(hand).popup), title)
    hand.press("Esc")
    hand.wait_for_step()
    hand.press("Ctrl+G")
    hand.press("F11")
    assert hand.acts <= 6
    outputs = torch.tensor(values_of(session, "linear2"), requires_grad=True)
    target = torch.tensor(np.asarray(session.state.steps.target), dtype=torch.float32)
    (gradient,) = torch.autograd.grad(loss(outputs, target), outputs)
    cell = session.state.steps.cursor.cell
    assert cell is not None
    assert number_in(explained(hand)) == pytest.approx(float(gradient.flatten()[cell[-1]]), rel=1e-3)


def l28_losses_of_classes_on_the_same_scores(hand: Hand) -> None:
    """Begins in the debugger, before three scores that are the outputs, with the hinge loss; once for each picture."""
    table = slides()["hinge"]
    begin_in_debugger(hand, "3 identity")
    hand.window.session.learning.set_hyperparameters(loss="hinge")
    hand.wait_for_step()
    for image, expected in enumerate(table["losses"]):
        if image > 0:
            _close_form(hand)
        hand.begin()
        fed, scores = hand.find(TensorView, "input"), torch.tensor(table["scores"])[:, image]
        hand.click(fed, hand.in_view(fed, (0, 0)))
        paste(hand, scores.tolist())
        hand.choose(hand.find(QComboBox, "Target"), f"class {image}")
        hand.wait_for_step()
        told = next(words for words in hand.words(hand.part("debugger")) if words.startswith("training step 1 · "))
        assert number_in(told) == expected, told
        found = _losses(hand)
        assert found["hinge loss"] == expected
        assert found["cross entropy"] == pytest.approx(float(cross_entropy(scores, torch.tensor(image))), rel=1e-3)
        yes = torch.eye(3)[image]  # the probability of each class by a sigmoid of its own
        log_loss = -(yes * scores.sigmoid().log() + (1 - yes) * (1 - scores.sigmoid()).log()).mean()
        assert found["binary cross entropy with logits"] == pytest.approx(float(log_loss), rel=1e-3)
        assert hand.acts <= 6
    _close_form(hand)
    for title, name in TRAINED_WITH.items():
        _train_with(hand, title, name)


def _train_with(hand: Hand, title: str, name: str) -> None:
    """Begins with fresh weights and points of classes that lie apart, with the training unfolded."""
    session, dock = hand.window.session, hand.window.training_dock
    session.files.new_network("2 linear(8) tanh linear(4)")
    session.learning.set_hyperparameters(epochs=12, batch_size=50, learning_rate=0.1)
    session.data.use_data("points:blobs")
    hand.wait(lambda: session.state.document.data == "points:blobs" and session.state.data.progress is None)
    classes = len(session.state.data.data_set.classes)
    session.files.new_network(f"2 linear(8) tanh linear({classes})")
    session.learning.set_hyperparameters(epochs=12, batch_size=50, learning_rate=0.1)
    session.data.use_data("points:blobs")
    dock.unfold()
    hand.begin()
    form = hand.find(PopupButton, "openRunForm")
    hand.click(form)
    hand.choose(hand.find(QComboBox, "Loss", form.popup), title)
    hand.press("Esc")
    hand.press("Ctrl+R")
    hand.wait(lambda: session.state.training.status == "ended")
    hand.wait_for_curves()
    run = session.state.watching.runs[-1]
    assert (run.loss, run.parent) == (name, None)
    assert run.losses[-5:].mean() < run.losses[:5].mean()
    best = max(each.val_accuracy or 0.0 for each in run.epochs)
    assert best > 0.9
    assert hand.find(QAbstractButton, f"{title}, SGD").isVisible()
    assert hand.acts <= 6


def l29_the_squared_error_of_one_weight_is_a_parabola(hand: Hand) -> None:
    """Begins with a neuron of two inputs, which learns points with the mean squared error."""
    session = hand.window.session
    session.files.new_network("2 linear(1)")
    session.learning.set_hyperparameters(loss="mse", epochs=30)
    session.data.use_data("points:moons")
    hand.wait(lambda: session.state.data.data_set is not None)
    hand.begin()
    hand.click(hand.find(QAbstractButton, "trainFold"))
    tabs = hand.find(QTabBar, "trainingTabs")
    landscape = next(at for at in range(tabs.count()) if tabs.tabText(at) == "Landscape")
    hand.click(tabs, tabs.tabRect(landscape).center())
    hand.choose(hand.find(QComboBox, "Parameter upwards"), "none")
    canvas = hand.find(LandscapeCanvas, "Loss over the chosen weights")
    hand.wait(lambda: canvas.line.isVisible() and canvas.line.getData()[0] is not None)
    hand.press("Ctrl+R")
    hand.wait(lambda: session.state.training.status == "ended")
    hand.wait(lambda: f"as after step {session.state.training.step}." in canvas.toolTip())
    hand.wait_for_curves()
    weights, losses = canvas.line.getData()
    parabola = np.polynomial.Polynomial.fit(weights, losses, 2)
    np.testing.assert_allclose(losses, parabola(weights), rtol=1e-4)
    (lowest,) = parabola.deriv().roots()
    walked, fell = canvas.trail.getData()
    assert parabola.deriv(2)(0) > 0  # one minimum
    assert weights[0] < lowest < weights[-1]
    assert abs(walked[-1] - lowest) < abs(walked[0] - lowest)
    assert (np.diff(fell) < 0).all()
    assert (canvas.point.getData()[0][0], canvas.point.getData()[1][0]) == (walked[-1], fell[-1])


def _close_form(hand: Hand) -> None:
    """With the list that is open in it."""
    hand.press("Esc")
    hand.press("Esc")
    assert not _form(hand).popup.isVisible()


def _form(hand: Hand) -> PopupButton:
    """Opens loss and optimizer."""
    buttons = hand.part("debugger").findChildren(PopupButton)
    return next(each for each in buttons if each.accessibleName().startswith("Loss and optimizer"))


def _losses(hand: Hand) -> dict[str, float]:
    """Open the list of losses and read what each makes of the step: two acts."""
    hand.click(_form(hand))
    hand.wait_for_step()
    box = hand.find(QComboBox, "Loss", _form(hand).popup)
    hand.click(box)
    assert box.view().isVisible()
    said = [str(box.itemData(at, Qt.ItemDataRole.AccessibleTextRole)) for at in range(1, box.count())]
    return {name: number_in(value) for name, _, value in (each.rpartition(", ") for each in said) if value != "–"}


GRADIENTS: dict[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    "mean squared error": mse_loss,
    "mean absolute error": l1_loss,
    "mean bias error": lambda outputs, target: (target - outputs).mean(),
}
TRAINED_WITH = {
    "hinge loss": "hinge",
    "binary cross entropy with logits": "bce_with_logits",
    "cross entropy": "cross_entropy",
}
LOSS_ROWS: dict[str, Callable[[Hand], None]] = {
    "L27": l27_losses_of_numbers_on_the_same_prediction,
    "L28": l28_losses_of_classes_on_the_same_scores,
    "L29": l29_the_squared_error_of_one_weight_is_a_parabola,
}
