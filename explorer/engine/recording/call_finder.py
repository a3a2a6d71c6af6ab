"""Finds calls by what a person types: a name, a module's path, or a pattern such as "layer1.*"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase

from explorer.engine.errors import EngineError
from explorer.engine.recording.call import Call

NAMED = 8  # more are not listed
_WILD = frozenset("*?[")


class NoSuchCall(EngineError, KeyError):
    """A name that no call has; the message is a sentence, which a KeyError would put in quotes."""

    def __str__(self) -> str:
        return str(self.args[0])


class CallFinder:
    """The calls of a recording by their names and by the paths of the modules whose output they made.

    `failed` is what is to be said of a pass that ended before its end.
    """

    def __init__(self, calls: tuple[Call, ...], module_calls: Mapping[str, int], failed: str) -> None:
        modules = {path: calls[index] for path, index in module_calls.items()}
        self.by_name = modules | {call.name: call for call in calls}
        self._calls = calls
        self._failed = failed

    @property
    def names(self) -> Iterator[str]:
        """All that can be asked for: names of calls, then paths of modules that have none of their own."""
        names = dict.fromkeys(call.name for call in self._calls)
        yield from names
        yield from (name for name in self.by_name if name and name not in names)

    def call(self, name: str) -> Call:
        """The call of that name. Raises NoSuchCall, a KeyError, where there is none."""
        call = self.by_name.get(name)
        if call is None:
            raise NoSuchCall(f"There is no call {name!r} in this recording; {self._instead(name)}")
        return call

    def find(self, name: str) -> Call | tuple[Call, ...]:
        """The call of that name, or all those that match a pattern, in the order they ran; raises as `call` does."""
        matching = self._matching(name) if name not in self.by_name and _WILD.intersection(name) else ()
        return matching or self.call(name)

    def _matching(self, pattern: str) -> tuple[Call, ...]:
        found = {call.index: call for name, call in self.by_name.items() if fnmatchcase(name, pattern)}
        return tuple(found[index] for index in sorted(found))

    def _instead(self, name: str) -> str:
        if self._failed:
            return f"the pass ended early. {self._failed}"
        known = [call.name for call in self._calls]
        near = get_close_matches(name, [*self.names], NAMED)
        if near:
            return f"near it are {', '.join(near)}."
        return f"it has {', '.join(known[:NAMED])}{' …' if known[NAMED:] else ''}." if known else "it has none."
