"""The verbs of data: choosing what to learn from, and making the network fit it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from explorer.session.data_errands import FindTwins, OpenData, Opened, ReadBatch
from explorer.session.data_fit import problem_with
from explorer.session.failure import Failure
from explorer.session.lanes import Lane
from explorer.session.state import Document, Example, Fault
from explorer.session.stepping import Stepping

if TYPE_CHECKING:
    from explorer.data import DataSet, Twins
    from explorer.data.augment import Augmentation


class DataVerbs(Stepping):
    """Opens data in the background. Data are no part of undo, which one is chosen is."""

    _opened: Opened | None = None

    def __init__(self, parent: QObject | None = None, **options: Any) -> None:
        super().__init__(parent, **options)
        self._batch_count = 0  # how many training batches were looked at
        self._batches: Lane[tuple[Example, ...]] = self._opening_lane("batch")
        self._data_lane: Lane[Opened | Fault] = self._add_opening(
            Lane("data", failed=self._take_data_failure, cancelled=self._tell_data_cancelled)
        )

        self._twins_lane: Lane[Twins] = self._runner.lanes.add(
            Lane("twins", failed=self._take_failure, cancelled=lambda _title: None)
        )

    def use_data(self, name: str | Path) -> None:
        """Open a data set by its name, or what lies at a path, in the background; the last one asked for wins."""
        self._begin(self._data_lane, OpenData(str(name)), self._take_opened)

    def cancel_data(self) -> None:
        """Give up opening data; those that are open stay."""
        self._data_lane.cancel()
        self._show_lanes()

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
        document, data, number = state.document, state.data, self._batch_count
        self._batch_count += 1
        self._begin(self._batches, ReadBatch(document, data, number), partial(self._take_batch, document))

    def _show_document(self, document: Document, **changes: Any) -> None:
        super()._show_document(document, data_problem=problem_with(document.network, self.state.data), **changes)

    def _show_lanes(self) -> None:
        super()._show_lanes()
        self._set(data_progress=self._data_lane.progress)

    def _take_opened(self, opened: Opened | Fault) -> None:
        self._take_no_data(opened.message) if isinstance(opened, Fault) else self._take_data(opened)

    def _take_data(self, opened: Opened) -> None:
        data, self._opened = opened.data, opened
        self._set(data=data, data_progress=None, twins=None)
        self._edit(f"choose {data.card.title}", lambda before: _choosing(before, opened))
        self._set(data_problem=problem_with(self.state.network, data))

        self._look_for_twins(opened)

    def _look_for_twins(self, opened: Opened) -> None:
        """In the background; published data are as their authors divided them."""
        from explorer.data import DATA_SETS

        self._twins_lane.drop()
        if not any(entry.card.name == opened.name for entry in DATA_SETS):
            self._begin(self._twins_lane, FindTwins(opened.data), partial(self._take_twins, opened.data))

    def _take_twins(self, data: DataSet, twins: Twins) -> None:
        if data is self.state.data:
            self._set(twins=twins)

    def remove_twins(self) -> None:
        """Take the pictures that are held out as well out of training, until the data are opened again."""
        data, twins = self.state.data, self.state.twins
        if data is None or twins is None or self._opened is None:
            return
        from explorer.data import DataError, without_twins

        try:
            left = without_twins(data, twins)
        except DataError as error:
            self.say(str(error))
            return
        self._opened = replace(self._opened, data=left)
        self._set(data=left, twins=None)

    def _take_no_data(self, notice: str) -> None:
        self._set(data_progress=None, notice=notice)

    def _tell_data_cancelled(self, _title: str) -> None:
        self._take_no_data("Opening the data was cancelled.")

    def _take_data_failure(self, failure: Failure) -> None:
        self._take_failure(failure)
        self._take_no_data(str(failure.error))

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
