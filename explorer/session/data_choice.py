"""The verbs of data: choosing what to learn from, and making the network fit it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.session import data_worker
from explorer.session.data_fit import problem_with
from explorer.session.data_worker import Opened
from explorer.session.runner import Failure, Result
from explorer.session.state import Document
from explorer.session.stepping import Stepping
from explorer.session.train_state import Progress

if TYPE_CHECKING:
    from explorer.data.augment import Augmentation


class DataVerbs(Stepping):
    """Opens data in the background. Data are no part of undo, which one is chosen is."""

    _batches = 0  # how many training batches were looked at
    _opened: Opened | None = None
    _asked_data = 0  # the number of the newest request for data

    def use_data(self, name: str | Path) -> None:
        """Open a data set by its name, or what lies at a path, in the background; the last one asked for wins."""
        tell = lambda progress: self._runner.tell("data progress", progress)  # noqa: E731
        job = lambda _worker, stop: data_worker.open_chosen(str(name), tell, stop)  # noqa: E731
        self._set(data_progress=Progress(f"Opening {Path(name).name}…"))
        self._asked_data = self._submit("data", job, f"Opening {Path(name).name}…")

    def set_augmentations(self, chosen: tuple[Augmentation, ...]) -> None:
        """How training pictures are changed at random."""
        self._edit("change augmentation", lambda before: replace(before, augmentations=chosen), merge_key="augment")

    def fit_to_data(self) -> None:
        """Take the network that can learn from the data: another input or another number of outputs."""
        problem = self.state.data_problem
        if problem is not None and (network := problem.network) is not None:
            self._edit(problem.label.lower(), lambda before: before.with_network(network))

    def open_batch(self) -> None:
        """Record the next training batch as a step in the debugger; no weight is changed before the step is taken."""
        state = self.state
        if state.data is None or state.network is None or state.data_problem is not None:
            self.say("Choose data first.")
            return
        document, data, number = state.document, state.data, self._batches
        self._batches += 1
        job = lambda _worker, _stop: data_worker.one_batch(document, data, number)  # noqa: E731
        self._submit("batch", job, "Reading a batch…")

    def _show_document(self, document: Document, **changes: Any) -> None:
        super()._show_document(document, data_problem=problem_with(document.network, self.state.data), **changes)

    def _receive_step(self, result: Result) -> None:
        content: Any = result.content
        if result.kind in ("data", "no data"):
            if result.number == self._asked_data:  # one given up for another tells nothing any more
                self._take_data(content) if result.kind == "data" else self._take_no_data(content[1])
        elif result.kind == "data progress":
            self._set(data_progress=content if self.state.data_progress else None)
        elif result.kind == "batch":
            self._take_batch(*content)
        else:
            super()._receive_step(result)

    def _take_data(self, opened: Opened) -> None:
        data, self._opened = opened.data, opened
        self._set(data=data, data_progress=None)
        self._edit(f"choose {data.card.title}", lambda before: _choosing(before, opened))
        self._set(data_problem=problem_with(self.state.network, data))

    def _take_no_data(self, notice: str) -> None:
        self._set(data_progress=None, notice=notice)

    def _cancel_opening(self) -> None:
        """Data that only wait to be opened would tell nothing of it by themselves."""
        if self.state.data_progress is not None:
            self._take_no_data("Opening the data was cancelled.")

    def _receive(self, result: Result) -> None:
        super()._receive(result)
        if isinstance(result.content, Failure) and result.number == self._asked_data:
            self._take_no_data(str(result.content.error))

    def _take_batch(self, document: Document, examples: tuple[Any, ...]) -> None:
        if document is self.state.document:
            self._set(batch=examples, is_batch_alone=True)
            self._record_step()


def _choosing(before: Document, opened: Opened) -> Document:
    """The document with its data chosen; a network that means no classes yet means those of the data."""
    return replace(before, data=opened.name, classes=before.classes or opened.data.classes)


def learning_from(before: Document, opened: Opened) -> Document:
    """The document that learns from the data: with their classes, and where it knows no mean with that of the pictures.

    Before it learns, a trained network still means the classes it was trained on.
    """
    is_unscaled = not before.mean and not before.std
    has_channels = before.network is not None and len(opened.mean) in (0, before.network.input_shape[0])
    changes: dict[str, Any] = {"data": opened.name, "classes": opened.data.classes or before.classes}
    if is_unscaled and has_channels:
        changes |= {"mean": opened.mean, "std": opened.std}
    return replace(before, **changes)
