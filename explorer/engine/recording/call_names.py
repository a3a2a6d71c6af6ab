"""Names of calls."""

from __future__ import annotations

from explorer.engine.recording.call import LOSS, Call
from explorer.engine.recording.module_watch import ModuleRun
from explorer.network.names import INPUT

_TAKEN = (INPUT, LOSS)  # the network's input, and the loss that was asked for, have these names


class CallNames:
    """The module's path for the call that made its output, else path and kind; numbered from the second on.

    The name of a layer called "input" or "loss" is followed by its call's kind: both words stand for something else.
    """

    def __init__(self) -> None:
        self._owners: dict[int, str] = {}  # path of the module whose output a call made

    def made_output(self, run: ModuleRun, call: int) -> None:
        self._owners[call] = run.path

    def tentative(self, run: ModuleRun | None, kind: str) -> str:
        """The name of a call that failed, so that nobody knows whether it would have made its module's output."""
        if run is None or not run.path:
            return kind
        is_a_layer = next(run.module.children(), None) is None
        return run.path if is_a_layer else f"{run.path}.{kind}"

    def give(self, calls: list[Call]) -> None:
        counts: dict[str, int] = {}
        for call in calls:
            path = f"{call.module}.{call.kind}" if call.module else call.kind
            owner = self._owners.get(call.index, "")
            base = path if owner in ("", *_TAKEN) else owner
            counts[base] = counts.get(base, 0) + 1
            call.name = base if counts[base] == 1 else f"{base}:{counts[base]}"
