"""Code of plain PyTorch, a hook and a slice, that takes out of the model the numbers that the window shows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from explorer.arithmetic.operation import Index
from explorer.arithmetic.python_call import value_text
from explorer.network.names import INPUT
from explorer.session.selection import Selection
from explorer.session.snapshot import LayerActivation

if TYPE_CHECKING:
    from explorer.engine.recording.feed import Feed
    from explorer.engine.recording.taken import Taken

SHOWN = "# model: what the window shows; x: what it is fed, with the batch as its first axis"
LEARNED = "# model: what the window shows; x and target: the examples of this training step"
FUNCTIONAL = "import torch.nn.functional as F"
ANEW = "# from the second step on it goes on with the state that the steps before left in it"


@dataclass(frozen=True)
class LossCode:
    """How a loss comes about, "F.mse_loss({input}, target)", and how long its gradient may be; 0 for any length."""

    loss: str
    clip_norm: float = 0.0

    @property
    def lines(self) -> list[str]:
        return [f"loss = {self.loss.format(input='output')}"]

    @property
    def imports(self) -> list[str]:
        return [FUNCTIONAL] if "F." in self.loss else []


def called(given: object) -> str:
    """How a model is called with what it is given: all of a tuple or list by place, a dictionary by name."""
    stars = "**" if isinstance(given, dict) else "*" if type(given) in (tuple, list) else ""
    return f"model({stars}x)"


def is_fed_as_shown(feed: Feed | None) -> bool:
    """Whether the one input that is shown is `x` itself, with its axes in their order."""
    return feed is None or (called(feed.given) == "model(x)" and len(feed.every) == 1 and not feed.layout)


def numbers_line(whole: str, cell: Index) -> str:
    """ "numbers = kept[0][0, 5]"; all of them without a cell."""
    return f"numbers = {whole}[{', '.join(map(str, cell))}]" if cell else f"numbers = {whole}"


def forward_code(taken: Taken, cell: Index, *, call: str = "model(x)") -> str:
    """What takes a cell, or a part, of what a call gave."""
    whole = f"kept[{taken.run}]"
    keep = f"kept.append({taken.part}.detach().clone())"
    if taken.module is None:
        watched, run = _function_watch(taken, keep), "with torch.no_grad(), Watch():"
        return _joined(watched, [run, f"    {call}", numbers_line(whole, cell)])
    hooked = f"lambda module, given, output: {keep}"
    lines = [SHOWN, "kept = []", *_hook(taken.module, hooked), "with torch.no_grad():", f"    {call}", "hook.remove()"]
    return _joined(["import torch"], [*lines, numbers_line(whole, cell)])


def gradient_code(taken: Taken, cell: Index, learning: LossCode, *, call: str = "model(x)") -> str:
    """What takes the gradient of the loss with respect to what a call gave."""
    keep = [
        f"    at, given_back = len(kept), {taken.part}",
        "    kept.append(None)",
        "    if given_back.requires_grad:",
        "        given_back.register_hook(lambda gradient: kept.__setitem__(at, gradient))",
    ]
    numbers = numbers_line(f"kept[{taken.run}]", cell)
    if taken.module is None:
        begin = _function_watch(taken, *(line[4:] for line in keep), shown=LEARNED, imports=learning.imports)
        run = ["with Watch():", f"    output = {call}"]
        return _joined(begin, [*run, *learning.lines, "loss.backward()", numbers])
    define = [LEARNED, "kept = []", "def keep(module, given, output):", *keep]
    run = [*_hook(taken.module, "keep"), f"output = {call}", "hook.remove()"]
    return _joined(learning.imports, [*define, "", *run, *learning.lines, "loss.backward()", numbers])


def parameter_code(name: str, cell: Index) -> str:
    """What takes a weight or a buffer."""
    return _joined([], [f"# {SHOWN[2:].partition(';')[0]}", numbers_line(f'model.state_dict()["{name}"]', cell)])


def parameter_gradient_code(name: str, cell: Index, learning: LossCode, *, call: str = "model(x)") -> str:
    """What takes the gradient of a weight."""
    numbers = numbers_line(f'model.get_parameter("{name}").grad', cell)
    run = [LEARNED, "model.zero_grad()", f"output = {call}", *learning.lines, "loss.backward()"]
    return _joined(learning.imports, [*run, numbers])


def input_gradient_code(cell: Index, learning: LossCode) -> str:
    """What takes the gradient of the input."""
    run = [LEARNED, "x = x.detach().requires_grad_()", "output = model(x)", *learning.lines, "loss.backward()"]
    return _joined(learning.imports, [*run, numbers_line("x.grad", cell)])


def input_code(cell: Index) -> str:
    """What takes a number of the input."""
    return _joined([], ["# x: what the model is fed, with the batch as its first axis", numbers_line("x", cell)])


def loss_code(learning: LossCode, *, call: str = "model(x)") -> str:
    """What works out the loss."""
    return _joined(learning.imports, [LEARNED, f"output = {call}", *learning.lines, "numbers = loss"])


def update_code(name: str, cell: Index, learning: LossCode, *, optimizer: str, call: str = "model(x)") -> str:
    """What takes a weight after a step of the optimizer."""
    run = [LEARNED, f"optimizer = {optimizer}  {ANEW}", "optimizer.zero_grad()", f"output = {call}"]
    clip = f"torch.nn.utils.clip_grad_norm_(model.parameters(), {value_text(learning.clip_norm)})"
    step = [*learning.lines, "loss.backward()", *([clip] if learning.clip_norm else []), "optimizer.step()"]
    numbers = numbers_line(f'model.get_parameter("{name}")', cell)
    return _joined(["import torch", *learning.imports], [*run, *step, numbers])


def code_of_maps(entry: LayerActivation, chosen: Selection, feed: Feed | None = None, *, example: int = 0) -> str:
    """What takes the chosen cell, map or layer of the present maps; "" for what no call gave.

    `feed` is what a program feeds its model; `example` that of its batch that is shown.
    """
    call, place = called(None if feed is None else feed.given), place_in_output(entry, chosen)
    if entry.taken is not None:
        return forward_code(entry.taken, place, call=call)
    return input_code((example, *place[1:])) if entry.name == INPUT and is_fed_as_shown(feed) else ""


def place_in_output(entry: LayerActivation, chosen: Selection) -> Index:
    """Where what is chosen lies in all that the call gave: a cell, the two axes of a map after it, or an example."""
    places = (chosen.channel, chosen.row, chosen.column)[: entry.values.ndim]
    own = tuple(place for place in places if place is not None)
    if not own:
        is_all = entry.values.size == prod(entry.whole_shape)
        return () if is_all else (entry.example,)
    is_cell = len(own) == entry.values.ndim
    found = entry.cell(*own) if is_cell else entry.cell(own[0], 0, 0)
    assert found is not None
    return found.index if is_cell else found.index[:-2]


def _hook(module: str, hooked: str) -> list[str]:
    owner = f'model.get_submodule("{module}")' if module else "model"
    return [f"hook = {owner}.register_forward_hook({hooked})"]


def _function_watch(taken: Taken, *keep: str, shown: str = SHOWN, imports: list[str] | None = None) -> list[str]:
    """A class that watches PyTorch's functions while the model runs."""
    return [
        "import torch",
        *(imports or []),
        "from torch.overrides import TorchFunctionMode",
        "",
        shown,
        "kept = []",
        "class Watch(TorchFunctionMode):",
        "    def __torch_function__(self, function, types, args=(), kwargs=None):",
        "        output = function(*args, **(kwargs or {}))",
        f"        if {taken.function}:",
        *(f"            {line}" for line in keep),
        "        return output",
    ]


def _joined(begin: list[str], then: list[str]) -> str:
    return "\n".join([*begin, *([""] if begin else []), *then]) + "\n"
