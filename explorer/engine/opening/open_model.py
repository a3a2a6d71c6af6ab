"""A model out of a Python file that a person agreed to run, with its weights and what it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from torch import Tensor, nn

from explorer.bounds import brief
from explorer.engine.errors import LoadError
from explorer.engine.opening.expected_input import Shape, expected_input
from explorer.engine.opening.library_weights import said_by_weights
from explorer.engine.opening.model_of_files import ModelOfFiles
from explorer.engine.opening.offered import Offered, read_python_file
from explorer.engine.opening.python_file import make_model, run_file
from explorer.engine.opening.weights_of_class import Misfit, put_into

Weights = Mapping[str, Tensor]
MOST_TRIED = 20  # callables of a file that are made to see whether weights fit


@dataclass(frozen=True)
class WeightsOfFile:
    """A table of weights, the name of its file, and what the file keeps beside it of how the model was made."""

    table: Weights
    name: str
    arguments: Mapping[str, object]


def open_python_file(
    path: Path,
    asked: str,
    weights: WeightsOfFile | None = None,
    *,
    shape: Shape | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> ModelOfFiles:
    """Run the Python file at `path` and make the model that `asked` names; "" for the first that the weights fit.

    `shape` is what the person said that it takes. Raises LoadError with a sentence, Cancelled.
    """
    with run_file(path) as source:
        maker = _Maker(path, source, weights)
        model, name, found = maker.make(asked) if asked else maker.first_that_fits()
        model.eval()
        known = said_by_weights(source, name)
        expected = expected_input(model, source, asked=shape, known=known, should_stop=should_stop)
    remark = _remark(path, name, weights, found) if known is None else f"{brief(name)} has the weights of its library."
    return ModelOfFiles(model, name, expected, remark)


def _remark(path: Path, name: str, weights: WeightsOfFile | None, found: Misfit) -> str:
    if weights is None:
        own = f"{brief(name)} of {brief(path.name)} has the weights that it makes itself"
        return f"{own}: open a file of weights to put them into it."
    left = f", {found.left_out:,} of the file's belong to something around it" if found.left_out else ""
    return f"{brief(name)} of {brief(path.name)} has the weights of {brief(weights.name)}{left}."


class _Maker:
    """Makes the models that a file offers, and puts weights into them."""

    def __init__(self, path: Path, source: ModuleType, weights: WeightsOfFile | None) -> None:
        self._path, self._source, self._weights = path, source, weights

    def make(self, asked: str) -> tuple[nn.Module, str, Misfit]:
        """The model of `asked` with its weights. Raises LoadError, which names another one that they would fit."""
        model, found = self._tried(asked)
        if found and self._weights is not None:
            raise LoadError(found.sentence(self._weights.name, asked) + self._nearest(asked))
        return model, asked, found

    def first_that_fits(self) -> tuple[nn.Module, str, Misfit]:
        """Of what can be made without more words the first that the weights fit; what fits best, if none does."""
        first = next(self._names(), "")
        tried: list[tuple[int, str, Misfit]] = []
        for name in self._names():
            try:
                model, found = self._tried(name)
            except LoadError:
                continue
            if not found:
                return model, name, found
            tried.append((found.distance, name, found))
        if not tried or self._weights is None:
            return self.make(first)  # says why it cannot be made
        _, name, found = min(tried, key=lambda each: each[0])
        raise LoadError(found.sentence(self._weights.name, name))

    def _tried(self, asked: str) -> tuple[nn.Module, Misfit]:
        given = {} if self._weights is None else self._weights.arguments
        model = make_model(self._source, asked, given)
        return model, Misfit() if self._weights is None else put_into(model, self._weights.table)

    def _names(self) -> Iterator[str]:
        given = {} if self._weights is None else self._weights.arguments
        offered = read_python_file(self._path).offered[:MOST_TRIED]
        yield from (each.name for each in offered if _can_be_made(each, given))

    def _nearest(self, asked: str) -> str:
        """Which other of the file the weights fit, as a sentence; "" where none does."""
        for name in self._names():
            if name == asked:
                continue
            try:
                fits = not self._tried(name)[1]
            except LoadError:
                continue
            if fits:
                return f" They fit {brief(name)} of the same file."
        return ""


def _can_be_made(offered: Offered, given: Mapping[str, object]) -> bool:
    return all(need in given for need in offered.needs)
