"""What the view of all losses shows of a state: numbers, what each loss says of them, and what is asked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.amounts import VEILED, listed, plural
from explorer.arithmetic import CallValues, Explanation
from explorer.arithmetic.losses import loss_named
from explorer.arithmetic.losses_beside import Said, losses_beside
from explorer.session.compared import asked_gradients, compared, is_covered
from explorer.session.features.trying import loss_looked_at
from explorer.session.row_names import MADE, row_names
from explorer.session.state import State
from explorer.session.tried import Tried
from explorer.session.veil import without_total


@dataclass(frozen=True, eq=False)
class Beside:
    """`numbers` and what all losses say of them; `loss` and `output` are looked at.

    `wanted` is what each output should be, a class as a 1 among zeros. `asked` are the outputs whose gradients a lesson
    asks for, `is_loss_asked` tells that it asks for the loss; what it asks for is "?" in `said`.
    """

    numbers: Tried
    labels: Sequence[str]
    said: tuple[Said, ...]
    loss: str
    output: int
    is_own: bool = False
    is_loss_asked: bool = False
    asked: frozenset[int] = frozenset()

    @property
    def looked_at(self) -> Said:
        """What the loss that is looked at says."""
        return next(each for each in self.said if each.loss.name == self.loss)

    @property
    def wanted(self) -> tuple[float, ...]:
        """What each output should be."""
        target = self.numbers.target
        if isinstance(target, tuple):
            return target
        count = len(self.numbers.predictions)
        return tuple(float(target if count == 1 else at == target) for at in range(count))


def beside_of(state: State) -> Beside | str:
    """What is shown of `state`; a sentence where there are no numbers to compare."""
    numbers = compared(state)
    if isinstance(numbers, str):
        return numbers
    count = len(numbers.predictions)
    is_own = state.steps.tried is not None
    labels = state.classes if len(state.classes) == count and not is_own else row_names(MADE, count)
    asked, is_loss_asked = asked_gradients(state, count), state.lessons.veil.loss
    said = losses_beside(numbers.output, numbers.wanted)
    hides_all = is_covered(numbers)
    return Beside(
        numbers,
        labels,
        tuple(_covered(each, asked, is_loss_asked=is_loss_asked, hides_all=hides_all) for each in said),
        loss_looked_at(state),
        min(state.steps.output_looked_at, count - 1),
        is_own,
        is_loss_asked or hides_all,
        frozenset(range(count)) if hides_all else asked,
    )


def _covered(said: Said, asked: frozenset[int], *, is_loss_asked: bool, hides_all: bool) -> Said:
    """`said` with "?" for what is asked for; of a loss with its only term, which tells it."""
    if said.refusal:
        return said
    terms, gradients = said.terms, said.gradients
    if hides_all or (is_loss_asked and np.isfinite(terms).sum() < 2):
        terms = np.where(np.isnan(terms), terms, VEILED)
    if hides_all or asked:
        gradients = gradients.copy()
        gradients[0, list(range(len(gradients[0])) if hides_all else asked)] = VEILED
    value = VEILED if is_loss_asked or hides_all else said.value
    return replace(said, value=value, terms=terms, gradients=gradients)


def lines(shown: Beside) -> tuple[str, str]:
    """How the loss that is looked at came about, and its gradient of the output that is looked at; "" where refused,
    which is told where its curve would be."""
    said = shown.looked_at
    if said.refusal or is_covered(shown.numbers):
        return "", ""
    loss, name = loss_named(shown.loss), shown.labels[shown.output]
    values = {"input": shown.numbers.output, "target": said.target.astype(np.float64)}
    call = CallValues(loss.kinds[0], values, np.zeros(()), symbols={"output": "L", "grad_input": f"∂L/∂{name}"})
    with np.errstate(all="ignore"):
        forward, backward = loss.forward(call), loss.backward(call, "input", (0, shown.output))
    return _line(forward, shown.is_loss_asked), _line(backward, shown.output in shown.asked)


def _line(explanation: Explanation, is_asked: bool) -> str:
    return (without_total(explanation) if is_asked else explanation).written


def checked(state: State, shown: Beside) -> str:
    """Whether PyTorch has the same values, where the numbers are those of the step on record; "" where nobody asked."""
    timeline = state.steps.timeline
    if timeline is None or shown.is_own or shown.is_loss_asked or state.steps.is_recording or timeline.batch_size > 1:
        return ""
    computed = timeline.losses_beside()
    told = [(each, computed.get(each.loss.name)) for each in shown.said if not each.refusal]
    known = [(each, value) for each, value in told if isinstance(value, float)]
    wrong = [each.loss.title for each, value in known if not _is_close(each.value, value)]
    if wrong:
        return f"✗ PyTorch has another value of {listed(wrong)}."
    return f"✓ PyTorch computes the same {plural(len(known), 'value')}." if known else ""


def _is_close(ours: float, computed: float) -> bool:
    return bool(np.isclose(ours, computed, rtol=1e-4, atol=1e-6, equal_nan=True))
