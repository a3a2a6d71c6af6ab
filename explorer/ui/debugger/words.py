"""What a step of the timeline does, in words: a title, a sentence, the formula, and the line of PyTorch that does it.

Pure: from the recorded step to text, for the debugger's header and its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from explorer.arithmetic.cells import subscript
from explorer.arithmetic.loss import Loss
from explorer.arithmetic.operations import operation_for
from explorer.arithmetic.updates import update_of
from explorer.arithmetic.words import SPREAD, UNKNOWN, KindWords, Told
from explorer.session.cursor import Cursor, walk_length, walk_place
from explorer.session.row_names import row_letters
from explorer.session.step_tensors import KEPT, StepTensors
from explorer.session.timeline import Timeline, TimelineStep
from explorer.ui.common.text import count, listed, number
from explorer.ui.debugger.facts import facts_of
from explorer.ui.debugger.pytorch_lines import backward_line, forward_line, update_line
from explorer.ui.debugger.unread import discarded_of, unread_of

PARAMETERS = ("weight", "bias")
FROZEN_WORDS = "Its weights are frozen: no gradient comes to them, and no update."
KEPT_WORDS = "Nobody cleared the gradients of the steps before: g is the sum of what was kept of them and this one's."


@dataclass(frozen=True)
class StepWords:
    """What is said of a step. `source` is PyTorch's line."""

    title: str
    sentence: str
    formula: str
    source: str


def step_words(step: TimelineStep, tensors: StepTensors, of: str = "") -> StepWords:
    """The words for a step; on the way back for the gradient of its argument `of`, or else of its first."""
    if step.phase == "update":
        return _update_words(step, tensors)
    facts = facts_of(step, tensors)
    known = _kind_words(step, tensors)
    title = known.title.format_map(facts)
    if step.phase != "backward":
        words = _filled(title, known.forward, facts, source=forward_line(step, tensors))
        return replace(words, sentence=" ".join([words.sentence, *_left_out(step, tensors), *_frozen(step)]))
    of = of or step.asked_first
    facts["of"] = argument_name(step, of)
    source = backward_line(of, facts["of"])
    words = _filled(f"{title}, on the way back", _gradient(known, tensors, of), facts, source=source)
    return replace(words, sentence=" ".join([words.sentence, *_frozen(step)]))


def _frozen(step: TimelineStep) -> Iterator[str]:
    """What is said of weights that do not learn."""
    if step.is_frozen:
        yield FROZEN_WORDS


def _left_out(step: TimelineStep, tensors: StepTensors) -> Iterator[str]:
    """Sentences about cells that do not come through."""
    discarded, unread = discarded_of(step, tensors), unread_of(step, tensors)
    if discarded:
        yield f"{discarded} of the cells are discarded."
    if unread.names:
        yield f"No patch reaches {unread.names}."


def step_label(step: TimelineStep) -> str:
    """The step in a few words, without reading its tensors: "backward · conv2 · gradient of relu1 and weight"."""
    if step.phase == "update":
        return f"update · {step.parameter}"
    if step.phase == "loss":
        return f"loss · {step.kind.replace('_', ' ')}"
    if step.phase == "forward":
        return f"forward · {step.call}"
    names = [argument_name(step, of) if of not in PARAMETERS else of for of in step.asked]
    return f"backward · {step.call} · gradient of {listed(names)}"


def argument_name(step: TimelineStep, of: str) -> str:
    """What the argument `of` of a step is called in the window: the call that made it, or the layer's parameter."""
    if of in PARAMETERS:
        return f"{step.layer.partition(':')[0]}.{of}" if step.layer else of
    return step.titles.get(of, of)


def header(timeline: Timeline, cursor: Cursor) -> str:
    """ "step 4 of 31 · forward · conv2 · cell (4, 30, 28)"; on the way back it names the gradient that is looked at."""
    step = timeline.steps[cursor.step]
    parts = [f"step {count(cursor.step + 1)} of {count(len(timeline.steps))}", step.phase]
    parts.append(step.parameter if step.phase == "update" else step.call)
    if step.phase == "loss":
        parts[-1] = step.kind.replace("_", " ")
    if step.phase == "backward" and cursor.of:
        name = argument_name(step, cursor.of)
        parts[-1:] = [f"gradient of {name}"] if name.startswith(f"{step.call}.") else [step.call, f"gradient of {name}"]
    cell = shown_cell(step, cursor)
    named = number_name(timeline, cursor) or f"cell {cell}"
    return " · ".join([*parts, named] if cell else parts)


def facts_line(timeline: Timeline, cursor: Cursor) -> str:
    """The dim words at the header's right: inside, which of the step's cells; outside, the loss."""
    step = timeline.steps[cursor.step]
    if cursor.is_inside and cursor.of in step.asked and cursor.cell is not None:
        noun = "patch" if step.family in ("convolution", "pooling") and step.phase == "forward" else "cell"
        return f"{noun} {count(walk_place(step, cursor) + 1)} of {count(walk_length(step, cursor.of))}"
    taken = f"training step {count(timeline.taken + 1)}"
    return taken if timeline.loss is None else f"{taken} · loss {number(timeline.loss, 4)}"


def number_name(timeline: Timeline, cursor: Cursor) -> str:
    """ "u₂": what the cursor's cell is called if it is a number of a row; "" for any other."""
    step, of, cell = timeline.steps[cursor.step], cursor.of, cursor.cell
    if cell is None or len(cell) != 2 or of in PARAMETERS or of not in step.asked or not step.has_batch(of):
        return ""
    forward = (each for each in timeline.steps if each.phase == "forward")
    letters = row_letters((each.call, each.kind, each.parents) for each in forward)
    letter = letters.get(step.call if of == "output" else argument_name(step, of), "")
    return subscript(letter, cell[1]) if letter else ""


def shown_cell(step: TimelineStep, cursor: Cursor) -> str:
    """ "(4, 30, 28)", without the batch axis; "" where there is one number only."""
    if cursor.cell is None or cursor.of not in step.asked:
        return ""
    cell = cursor.cell[1:] if step.has_batch(cursor.of) else cursor.cell
    return f"({', '.join(str(place) for place in cell)})" if cell else ""


def _update_words(step: TimelineStep, tensors: StepTensors) -> StepWords:
    settings = tensors.settings
    facts = {**facts_of(step, tensors), "parameter": step.parameter}
    update = update_of(step.kind)
    told = Told(f"{step.kind} changed {{parameter}}; its arithmetic is not taken apart.", "w ← w + difference")
    if update is not None:
        told = update.words(settings, is_first=not tensors.beside)
    words = _filled(f"Update of {step.parameter}", told, facts, source=update_line(step, settings))
    return replace(words, sentence=f"{words.sentence} {KEPT_WORDS}") if KEPT in tensors.by_name else words


def _kind_words(step: TimelineStep, tensors: StepTensors) -> KindWords:
    operation = operation_for(step.kind)
    arrays = {name: tensor.values for name, tensor in tensors.by_name.items()}
    if operation is None or (isinstance(operation, Loss) and not {"input", "target"} <= arrays.keys()):
        return UNKNOWN
    return operation.words(step.kind, arrays | dict(tensors.settings))


def _gradient(known: KindWords, tensors: StepTensors, of: str) -> Told:
    made, arrived = tensors.by_name.get(f"grad_{of}"), tensors.by_name.get("grad_output")
    is_spread = made is not None and arrived is not None and made.values.size < arrived.values.size
    if is_spread and SPREAD in known.backward:
        return known.backward[SPREAD]
    return known.backward.get(of) or known.backward.get("") or next(iter(known.backward.values()))


def _filled(title: str, told: Told, facts: Mapping[str, str], *, source: str) -> StepWords:
    return StepWords(title, told.sentence.format_map(facts), told.formula.format_map(facts), source)
