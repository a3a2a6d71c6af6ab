"""Passes through the network: asking for the maps of what is there now, and showing them."""

from __future__ import annotations

from dataclasses import replace

from explorer.session.jobs.passes import ShowMaps
from explorer.session.request import Request
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.worker.passes import FittedInput, Shown


class Passes:
    """Asks for a pass whenever the document or the input changes, or it is told to. `state.maps.asked` says so."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.follow(self._follow)

    def request(self) -> Request:
        """All that a pass depends on, as it is now."""
        state, given = self._store.state, self._store.state.input
        return Request(
            state.document,
            given.picture,
            given.numbers,
            state.maps.wanted_device,
            state.maps.mode,
            given.place,
            given.elsewhere,
        )

    def ask(self) -> None:
        """Ask for a pass with everything as it is now; whatever else depends on it follows `state.maps.asked`."""
        request = self.request()
        if request.can_run:
            self._submit(request)
            self._store.set(replace(self._store.state.maps, asked=request, computing=True))
        else:
            self._store.set(
                replace(self._store.state.maps, asked=request, activations=None)
            )  # those of another network

    def ask_again(self) -> None:
        """Ask for the maps alone, as they were asked for last."""
        asked = self._store.state.maps.asked
        if asked is not None and asked.can_run:
            self._submit(asked)
            self._store.set(replace(self._store.state.maps, computing=True))

    def set_mode(self, mode: str) -> None:
        """Run the model in "eval" or "train" mode; once more where it is in that one, as after a pass was given up."""
        if mode == self._store.state.maps.mode:
            self.ask()
            return
        self._store.give(f"run in {mode} mode", replace(self._store.state.maps, mode=mode))

    def set_device(self, name: str) -> None:
        """Run on another device from now on."""
        self._store.set(replace(self._store.state.maps, wanted_device=name))
        self.ask()

    def _submit(self, request: Request) -> None:
        self._store.ask(ShowMaps(request), self.take)

    def _follow(self, old: State, new: State) -> None:
        # Answers on the way are about the document under its old name.
        is_owed = new.maps.computing or new.steps.is_recording
        if _differs(old, new) or (new.document is not old.document and is_owed):
            self.ask()

    def take(self, answer: FittedInput | Shown) -> None:
        """Show what a pass gave, as far as it still is about what was asked for."""
        self._take_shown(answer) if isinstance(answer, Shown) else self._take_fitted(answer)

    def _take_fitted(self, answer: FittedInput) -> None:
        state, request = self._store.state, answer.request
        if request.picture is state.input.picture and request.document is state.document:
            self._store.set(replace(self._store.state.input, fitted=answer.fitted))

    def _take_shown(self, shown: Shown) -> None:
        """Take an answer if it is about the present network; an older picture's maps are shown on the way."""
        state = self._store.state
        if shown.request.document is not state.document:
            return
        is_newest = shown.request is state.maps.asked
        self._store.set(
            replace(
                self._store.state.maps,
                activations=shown.activations,
                shown=shown.request,
                computing=state.maps.computing and not is_newest,
                fault=shown.fault,
                device=shown.device,
                devices=shown.devices,
                missed=shown.missed,
            ),
            replace(self._store.state.input, fitted=shown.fitted if is_newest else state.input.fitted),
            replace(self._store.state.status, notice=shown.notice or state.status.notice),
        )


def _differs(old: State, new: State) -> bool:
    """Whether another pass is to be run: for any change but that of the names under which the document is saved."""
    if old.input.picture is not new.input.picture or old.input.numbers is not new.input.numbers:
        return True
    if old.maps.mode != new.maps.mode:
        return True
    before, document = old.document, new.document
    return document.opening != before.opening or replace(document, path=before.path, title=before.title) != before
