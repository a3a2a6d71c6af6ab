"""What an optimizer has to offer: how a cell of a parameter and of its own state came to its new value, and words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from explorer.arithmetic.explanation import Explanation
from explorer.arithmetic.operation import Index
from explorer.arithmetic.update_lines import Lines, UpdateExplanation
from explorer.arithmetic.words import Told

if TYPE_CHECKING:
    from torch.optim import Optimizer

RENAMED = {"learning_rate": "lr"}
"""What PyTorch calls a hyperparameter, where it has another name for it."""


class Update(ABC):
    """An optimizer: its rule, its words, and how it is made. To add one: a class and an entry in `UPDATES`."""

    name: ClassVar[str]
    """The optimizer's class in torch.optim ("SGD")."""
    reads: ClassVar[tuple[str, ...]]
    """What of the optimizer's state it reads, by PyTorch's names; missing before the first step."""
    defaults: ClassVar[Mapping[str, Any]]
    """The settings it reads and what they are unless given, as in torch.optim."""
    numbers: ClassVar[tuple[str, ...]] = ("learning_rate", "weight_decay")
    """What a person chooses of them, by the names of `Hyperparameters`."""

    def optimizer(self) -> type[Optimizer]:
        """PyTorch's class."""
        from torch import optim

        found: type[Optimizer] = getattr(optim, self.name)
        return found

    def settings(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """What PyTorch's class is made with; `chosen` are hyperparameters by name."""
        return {RENAMED.get(name, name): chosen[name] for name in self.numbers}

    @abstractmethod
    def words(self, settings: Mapping[str, Any], *, is_first: bool) -> Told:
        """What it does to `{parameter}` as it is set, whose numbers are `{lr}` and the others by PyTorch's names;
        `is_first` if it remembers nothing yet."""

    def changed(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The learning rate, and what else differs from PyTorch's defaults."""
        others = [name for name in self.defaults if name != "lr" and settings.get(name) != self.defaults[name]]
        return {name: settings[name] for name in ("lr", *others) if name in settings}

    def explain(
        self,
        parameter: np.ndarray,
        gradient: np.ndarray,
        state: Mapping[str, Any],
        hyperparameters: Mapping[str, Any],
        cell: Index,
        *,
        symbols: Mapping[str, str] | None = None,
        kept: np.ndarray | None = None,
        clipped: float = 1.0,
    ) -> UpdateExplanation:
        """How `parameter[cell]` came to its new value.

        `parameter`, `gradient` and the tensors of `state` have one shape and are as they were *before* the step;
        `state` may lack what the optimizer had not made yet. `hyperparameters` are those of its parameter group; others
        than those listed are not read. `symbols` may rename "parameter" (w) and "gradient" (g). Where gradients of the
        steps before were `kept`, `gradient` is that of this step, and their sum was multiplied by `clipped`.
        """
        before = {name: _at(state[name], cell) for name in self.reads if state.get(name) is not None}
        lines = Lines(
            float(parameter[cell]),
            float(gradient[cell]),
            before,
            parameter.dtype if parameter.dtype.kind == "f" else np.dtype(np.float64),
            {name: hyperparameters.get(name, default) for name, default in self.defaults.items()},
            dict(symbols or {}),
            kept=None if kept is None else (float(kept[cell]), clipped),
        )
        with np.errstate(all="ignore"):  # a diverged run's infinities are numbers to show like others
            return lines.finished(self.run(lines))

    @abstractmethod
    def run(self, lines: Lines) -> Explanation:
        """Adds the update's lines to `lines`, state included, and returns the one that gives the new value.

        A line is `lines.add(symbol, formula, terms)` with a `LineTerm` a product; `state` is PyTorch's name of what is
        kept of it, and `is_tensor=False` says that PyTorch has no tensor of it. `descended` makes the last line.
        """


def _at(value: Any, cell: Index) -> float:
    array = np.asarray(value)
    return float(array[cell] if array.ndim else array)
