"""The verbs of data: choosing what to learn from, and making the network fit it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.session.data_errands import FindTwins, OpenData, ReadBatch
from explorer.session.data_fit import problem_with
from explorer.session.document import Document
from explorer.session.example import Example
from explorer.session.failure import Failure
from explorer.session.fault import Fault
from explorer.session.features.learning import Learning
from explorer.session.lanes import Lane
from explorer.session.opened import Opened
from explorer.session.slices import NotOpened
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.subjects.subject import Verb

if TYPE_CHECKING:
    from explorer.data import DataSet, Grouping, Twins
    from explorer.data.augment import Augmentation
    from explorer.network import Network


class Data:
    """Opens data in the background. Which ones are chosen is part of undo, which opens those again."""

    def __init__(self, store: Store, learning: Learning) -> None:
        self._store, self._learning = store, learning
        self._then: Callable[[], object] | None = None  # what is to be done once data are open
        self._asked = ""  # which data were asked for last
        self._batch_count = 0  # how many training batches were looked at
        self._found_twins: tuple[DataSet | None, Twins | None] = (None, None)  # in which data, and what
        batches: Lane[tuple[Example, ...]] = Lane(
            "batch", failed=store.fail, cancelled=store.tell_cancelled, told_as="opening"
        )
        opening: Lane[Opened | Fault] = Lane(
            "data", failed=self._take_failure, cancelled=self._tell_cancelled, told_as="opening"
        )
        twins: Lane[Twins] = Lane("twins", failed=store.fail)
        self._batches, self._opening = store.add_lane(batches), store.add_lane(opening)
        self._twins = store.add_lane(twins)
        store.follow(self._follow)
        store.on_look(self._look)

    def use_data(self, name: str | Path, then: Callable[[], object] | None = None) -> None:
        """Open a data set by its name, or what lies at a path, in the background; the last one asked for wins.

        `then` is called once data are open, these or others that were asked for since.
        """
        self._then = then or self._then
        self._asked = str(name)
        self._store.set(replace(self._store.state.data, failed=None))
        self._store.begin(self._opening, OpenData(self._asked), self._take_opened)

    def use_opened(self, opened: Opened) -> None:
        """Learn from data that were opened."""
        present = replace(self._store.state.data, opened=opened, whole=opened.data, progress=None, twins=None)
        groups = _carried_over(self._store.state, opened)
        why = _why_let_go(self._store.state.document.class_groups, groups, opened.data)
        with self._store.gathered():  # nobody sees the data without the groups of the document
            self._store.set(present)
            self._store.edit(f"choose {opened.data.card.title}", lambda before: _choosing(before, opened, groups))
        if why:
            self._store.say(why)
        self._look_for_twins(opened)
        then, self._then = self._then, None
        if then is not None:
            then()

    def cancel_data(self) -> None:
        """Give up opening data; those that are open stay."""
        self._opening.cancel()
        self._store.look()

    def set_augmentations(self, chosen: tuple[Augmentation, ...]) -> None:
        """How training pictures are changed at random."""
        change = lambda before: replace(before, augmentations=chosen)  # noqa: E731
        self._store.edit("change augmentation", change, merge_key="augment")

    def group_classes(self, groups: Grouping) -> None:
        """Learn several classes as one, held-out examples too; () for each by itself. It says what cannot be done."""
        from explorer.data import DataError, grouped

        whole, present = self._store.state.data.whole, self._store.state.data.data_set
        if whole is None or present is None:
            self._store.say("Choose data first.")
            return
        try:
            learned = grouped(whole, groups) if groups else whole
        except DataError as error:
            self._store.say(str(error))
            return
        label = "group classes" if groups else "learn each class by itself"
        self._store.edit(label, lambda before: _with_groups(before, groups, present.classes, learned.classes))

    def fit_to_data(self, at: int = 0) -> None:
        """Take cure number `at` for what keeps the network from learning from the data."""
        problem, data = self._store.state.data.problem, self._store.state.data.data_set
        if problem is None or data is None or at >= len(problem.cures):
            return
        cure = problem.cures[at]
        if cure.class_groups:
            self.group_classes(cure.class_groups)
        elif (mended := cure.mended) is not None:
            self._store.edit(cure.label.lower(), lambda before: _fitted(before, mended, data.classes))

    def open_batch(self) -> None:
        """Record the next training batch as a step in the debugger; no weight is changed before the step is taken."""
        state = self._store.state
        if not self._store.may(Verb.USE_DATA):
            return
        if state.data.data_set is None or state.data.problem is not None:
            self._store.say("Choose data first.")
            return
        errand = ReadBatch(state.document, state.data.data_set, self._batch_count)
        self._batch_count += 1
        self._store.begin(self._batches, errand, partial(self._take_batch, state.document))

    def remove_twins(self) -> None:
        """Take out of training the pictures that are also held out, until the data are opened again."""
        data, twins = self._store.state.data.whole, self._store.state.data.twins
        if data is None or twins is None:
            return
        from explorer.data import DataError, without_twins

        try:
            self._store.set(replace(self._store.state.data, whole=without_twins(data, twins), twins=None))
        except DataError as error:
            self._store.say(str(error))

    def _follow(self, old: State, new: State) -> None:
        data = new.data.data_set
        if new.data.whole is not old.data.whole:
            self._tell_twins()  # they may have been found while others were there
        if new.data.whole is not old.data.whole or _chosen(new.document) != _chosen(old.document):
            data = _present(new)
        if new.subject.structure is not old.subject.structure or data is not old.data.data_set:
            problem = problem_with(new.subject, data)
            self._store.set(replace(self._store.state.data, data_set=data, problem=problem))
        if _are_others_again(old, new):
            self.use_data(new.document.data)

    def _look(self) -> None:
        self._store.set(replace(self._store.state.data, progress=self._opening.progress))

    def _take_opened(self, opened: Opened | Fault) -> None:
        if isinstance(opened, Fault):
            self._take_fault(opened.message)
        else:
            self.use_opened(opened)

    def _look_for_twins(self, opened: Opened) -> None:
        """In the background; published data are left as their authors divided them."""
        from explorer.data import DATA_SETS

        self._twins.drop()
        if not any(entry.card.name == opened.name for entry in DATA_SETS):
            self._store.begin(self._twins, FindTwins(opened.data), partial(self._take_twins, opened.data))

    def _take_twins(self, data: DataSet, twins: Twins) -> None:
        self._found_twins = data, twins
        self._tell_twins()

    def _tell_twins(self) -> None:
        present, (data, twins) = self._store.state.data, self._found_twins
        if data is not None and data is present.whole:
            self._store.set(replace(present, twins=twins))

    def _take_fault(self, sentence: str) -> None:
        self._store.set(replace(self._store.state.data, failed=NotOpened(self._asked, sentence)))
        self._take_none(sentence)

    def _take_none(self, notice: str) -> None:
        self._then = None
        self._store.set(
            replace(self._store.state.data, progress=None), replace(self._store.state.status, notice=notice)
        )

    def _tell_cancelled(self, _title: str) -> None:
        self._take_none("Opening the data was cancelled.")

    def _take_failure(self, failure: Failure) -> None:
        self._store.fail(failure)
        self._take_fault(failure.sentence)

    def _take_batch(self, document: Document, examples: tuple[Example, ...]) -> None:
        if document is self._store.state.document:
            self._learning.use_batch(examples)


def _choosing(before: Document, opened: Opened, groups: Grouping) -> Document:
    """The document with its data chosen, in these groups; a network without classes takes those of the data."""
    classes = before.classes or _learned(opened.data, groups).classes
    return replace(before, data=opened.name, class_groups=groups, classes=classes)


def _carried_over(state: State, opened: Opened) -> Grouping:
    """The groups of the document for what was opened now: the data may have been moved since."""
    document, before = state.document, state.data.opened
    if not document.class_groups or document.data == opened.name:
        return document.class_groups
    from explorer.data.grouping import carried_over

    was_open = before is not None and before.name == document.data and before.data.classes == opened.data.classes
    has_same_name = Path(document.data).name == Path(opened.name).name
    return carried_over(document.class_groups, opened.data.classes, is_moved=was_open or has_same_name)


def _why_let_go(before: Grouping, groups: Grouping, data: DataSet) -> str:
    """What is said of groups that are not those of the data any more; "" where they are."""
    if groups or not before:
        return ""
    from explorer.data.grouping import why_not_carried

    return why_not_carried(before, data.card.title, data.classes)


def _chosen(document: Document) -> tuple[object, ...]:
    """What decides which examples are learned from."""
    return document.data, document.class_groups


def _present(state: State) -> DataSet | None:
    """What is learned from now; None where other data are open than were chosen for the network."""
    whole, opened, document = state.data.whole, state.data.opened, state.document
    is_other = opened is not None and bool(document.data) and opened.name != document.data
    return None if whole is None or is_other else _learned(whole, document.class_groups)


def _are_others_again(old: State, new: State) -> bool:
    """Whether undo or redo came to a choice of other data than are open."""
    document, before, opened = new.document, old.document, new.data.opened
    is_another_choice = document.opening == before.opening and document.data not in ("", before.data)
    return is_another_choice and opened is not None and opened.name != document.data


def _learned(whole: DataSet, groups: Grouping) -> DataSet:
    """What is learned of `whole`: in groups, or as it is where they are those of other data."""
    from explorer.data import DataError, grouped

    if not groups:
        return whole
    try:
        return grouped(whole, groups)
    except DataError:
        return whole


def _with_groups(before: Document, groups: Grouping, old: tuple[str, ...], new: tuple[str, ...]) -> Document:
    """A network that has learned nothing yet means the groups; a trained one still what it was trained on."""
    means_data = before.has_fresh_weights and before.classes == old
    return replace(before, class_groups=groups, classes=new if means_data else before.classes)


def _fitted(before: Document, network: Network, classes: tuple[str, ...]) -> Document:
    """With other outputs they stand for the classes of the data; a single one needs a loss that suits it."""
    fitted = before.with_network(network)
    outputs = fitted.subject.output_shape
    if outputs == before.subject.output_shape:
        return fitted
    chosen = before.hyperparameters
    is_single = outputs is not None and prod(outputs) == 1
    loss = "" if is_single else chosen.loss
    return replace(fitted, classes=classes or before.classes, hyperparameters=replace(chosen, loss=loss))
