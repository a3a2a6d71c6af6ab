"""The messages of this session, in the order in which the person was told."""

from __future__ import annotations

import time
from dataclasses import replace

from explorer.session.message import Message
from explorer.session.state import State
from explorer.session.store import Store

MOST_KEPT = 200


class Telling:
    """Keeps in `state.status.told` each message that stands at the foot of the window or that a run had to say, the
    newest last."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.follow(self._follow)

    def _follow(self, old: State, new: State) -> None:
        notice, fault, ended = new.status.notice, new.maps.fault, new.training.message
        news = []
        if ended and ended != old.training.message:
            news.append(Message(ended, time.time()))
        if notice and notice not in (old.status.notice, ended):
            news.append(Message(notice, time.time(), new.fault_told_of(notice)))
        if fault is not None and fault != old.maps.fault and fault.message != notice:
            news.append(Message(fault.message, time.time(), fault))
        if news:
            self._store.set(replace(new.status, told=(*new.status.told, *news)[-MOST_KEPT:]))
