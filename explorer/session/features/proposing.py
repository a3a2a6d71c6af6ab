"""What a press of Train does before anything of the person's is replaced: it says what would happen, and asks."""

from __future__ import annotations

from dataclasses import replace

from explorer.session import edits
from explorer.session.data_fit import data_for, misfit_of_classes
from explorer.session.features.training import Trainer
from explorer.session.proposal import Proposal, Until
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.subjects.subject import Verb


class Proposing:
    """Stands between the buttons that train and the training.

    A press trains at once
    - once data were chosen for this network, by hand or by a run: the person said what it is to learn;
    - on a network without a past, with fresh weights and without names of classes: nothing is replaced;
    - when it goes on with a run, or forks it: its data were chosen.

    A press asks first, in `state.training.proposal`, where no data were chosen and
    - the weights were learned, loaded or typed;
    - or the classes have names, which are not those of the data that it would learn;
    - or no data that come along fit what the network takes, so that there is nothing to begin with.

    A second press agrees. Whatever else is done to the network or its data takes the question away. Scripts and the
    command line call `Trainer.train`, which never asks.
    """

    def __init__(self, store: Store, trainer: Trainer) -> None:
        self._store, self._trainer = store, trainer
        store.follow(self._follow)

    def press(self, until: Until = "") -> bool:
        """Train, or ask; whether it trains."""
        state = self._store.state
        proposal = proposal_of(state, until)
        is_agreed = state.training.proposal is not None and bool(state.training.proposal.data)
        if proposal is None or is_agreed or not proposal.is_asked_about or not self._may_begin(state):
            self._train(until)
            return True
        self._show(proposal)
        return False

    def agree(self) -> None:
        """Train as proposed."""
        proposal = self._store.state.training.proposal
        if proposal is not None and proposal.data:
            self._train(proposal.until)

    def train_copy(self) -> None:
        """Leave the network as it is, and train one like it with fresh weights; undo leads back to this one."""
        proposal, document = self._store.state.training.proposal, self._store.state.document
        if proposal is None or not proposal.data:
            return
        self._store.open_document(edits.fresh_copy(document))
        self._train(proposal.until)

    def dismiss(self) -> None:
        """Leave everything as it is."""
        self._show(None)

    def _train(self, until: Until) -> None:
        self._show(None)
        verbs = {"": self._trainer.train, "step": self._trainer.train_one_step, "epoch": self._trainer.train_one_epoch}
        verbs[until]()

    def _may_begin(self, state: State) -> bool:
        """Whether training would begin at all; why not is said by the trainer."""
        return not state.training.is_live and state.data.problem is None and state.subject.can(Verb.TRAIN)

    def _show(self, proposal: Proposal | None) -> None:
        training = self._store.state.training
        if training.proposal != proposal:
            self._store.set(replace(training, proposal=proposal))

    def _follow(self, old: State, new: State) -> None:
        if new.document is not old.document or new.data.opened is not old.data.opened:
            self._show(None)


def proposal_of(state: State, until: Until = "") -> Proposal | None:
    """What Train would do now; None for a network whose data were chosen."""
    document, opened = state.document, state.data.opened
    if document.data:
        return None
    if opened is not None:
        name, title, classes = opened.name, opened.data.card.title, opened.data.classes
    else:
        name, title, classes = _come_along(data_for(document.subject))
        if misfit := misfit_of_classes(document.subject, title, len(classes)) if name else "":
            return Proposal(title=title, classes=classes, until=until, misfit=misfit)
    replaces_classes = bool(document.classes) and document.classes != classes
    replaces_weights = not document.has_fresh_weights
    return Proposal(name, title, classes, replaces_classes, replaces_weights, until, are_open=opened is not None)


def _come_along(name: str) -> tuple[str, str, tuple[str, ...]]:
    from explorer.data import DATA_SETS

    card = next((entry.card for entry in DATA_SETS if entry.card.name == name), None)
    return ("", "", ()) if card is None else (name, card.title, card.classes)
